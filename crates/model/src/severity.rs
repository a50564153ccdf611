//! How bad a failed policy is, and how sure the policy is of itself.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// How bad it is when the policy fails; ordered from informational to critical.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Informational,
    /// Hygiene.
    Low,
    /// Weakens a defence.
    Medium,
    /// A defence is missing.
    High,
    /// Data or control is exposed now.
    Critical,
}

impl Severity {
    /// All, from informational to critical.
    pub const ALL: [Self; 5] = [Self::Informational, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The lower-case word of the field.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.as_str().eq_ignore_ascii_case(word))
            .ok_or_else(|| format!("'{word}' is not a severity: use informational, low, medium, high or critical"))
    }
}

/// How sure the policy is that a failure is one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A heuristic.
    Low,
    /// Decided from configuration.
    #[default]
    High,
}
