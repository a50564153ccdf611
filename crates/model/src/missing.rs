//! What could not be read or is not known yet, and why. An unknown value carries this; a verdict built on it names it.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Why something is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The provider refused the call: a permission is missing.
    Denied,
    /// The provider kept throttling until the retries were used up.
    Throttled,
    /// The call failed or its answer could not be understood.
    Failed,
    /// The endpoint could not be reached in time.
    Unreachable,
    /// The credentials ended before the call could be made.
    Expired,
    /// The call was not made because it reads data rather than configuration, or was switched off.
    NotRead,
    /// A value of infrastructure code that is only known after it is applied, or a variable without a value.
    AfterApply,
}

impl Cause {
    /// The word shown to people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::Failed => "failed",
            Self::Unreachable => "unreachable",
            Self::Expired => "credentials expired",
            Self::NotRead => "not read",
            Self::AfterApply => "known after apply",
        }
    }
}

/// One thing that is missing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lack {
    /// The permission that would mend it (`s3:GetBucketPolicy`), or the variable that has no value.
    pub what: String,
    /// Why it is missing.
    pub cause: Cause,
    /// The provider's own words, shortened, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.what, self.cause.as_str())
    }
}

/// One or more things that are missing: sorted, without repetition, never empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<Lack>", into = "Vec<Lack>")]
pub struct Missing(Vec<Lack>);

impl Missing {
    /// A single lack.
    pub fn one(lack: Lack) -> Self {
        Self(vec![lack])
    }

    /// From a list; `None` where the list is empty.
    pub fn from_lacks(mut lacks: Vec<Lack>) -> Option<Self> {
        lacks.sort();
        lacks.dedup();
        if lacks.is_empty() { None } else { Some(Self(lacks)) }
    }

    /// Both together.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        if self == other {
            return self.clone();
        }
        let mut lacks = self.0.clone();
        lacks.extend(other.0.iter().cloned());
        lacks.sort();
        lacks.dedup();
        Self(lacks)
    }

    /// The lacks, sorted; at least one.
    pub fn lacks(&self) -> &[Lack] {
        &self.0
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, lack) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{lack}")?;
        }
        Ok(())
    }
}

impl TryFrom<Vec<Lack>> for Missing {
    type Error = &'static str;

    fn try_from(lacks: Vec<Lack>) -> Result<Self, Self::Error> {
        Self::from_lacks(lacks).ok_or("a list of what is missing can't be empty")
    }
}

impl From<Missing> for Vec<Lack> {
    fn from(missing: Missing) -> Self {
        missing.0
    }
}
