//! What a function found, and what it could not see: a part that was not read never becomes a definite answer.

use model::{Cause, Lack, Missing, Value};

/// A list of offenders, and what is missing from it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// What is certain.
    pub found: Vec<Value>,
    /// What could not be seen and might add to `found`; `None` where `found` is everything.
    pub missing: Option<Missing>,
}

impl Outcome {
    /// Remember that something is missing.
    pub fn lack(&mut self, missing: &Missing) {
        self.missing = Some(match &self.missing {
            Some(before) => before.and(missing),
            None => missing.clone(),
        });
    }

    /// Take a value in where it is certain, remember the lack where it is not.
    pub fn take(&mut self, truth: &Truth, value: impl FnOnce() -> Value) {
        match truth {
            Truth::Yes => self.found.push(value()),
            Truth::No => {}
            Truth::Unknown(missing) => self.lack(missing),
        }
    }
}

/// Three-valued truth. `false && unknown` is false, `true && unknown` is unknown.
#[derive(Clone, Debug, PartialEq)]
pub enum Truth {
    /// Certainly so.
    Yes,
    /// Certainly not so.
    No,
    /// It hangs on what is missing.
    Unknown(Missing),
}

impl Truth {
    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, other) => other,
            (this, Self::Yes) => this,
            (Self::Unknown(a), Self::Unknown(b)) => Self::Unknown(a.and(&b)),
        }
    }

    /// Either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        !(!self).and(!other)
    }

    /// Whether any holds; an empty list has none.
    pub fn any(truths: impl IntoIterator<Item = Self>) -> Self {
        let mut result = Self::No;
        for truth in truths {
            result = result.or(truth);
            if result == Self::Yes {
                break;
            }
        }
        result
    }

    /// Whether all hold; of an empty list all do.
    pub fn all(truths: impl IntoIterator<Item = Self>) -> Self {
        let mut result = Self::Yes;
        for truth in truths {
            result = result.and(truth);
            if result == Self::No {
                break;
            }
        }
        result
    }
}

impl std::ops::Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown(missing) => Self::Unknown(missing),
        }
    }
}

impl From<bool> for Truth {
    fn from(flag: bool) -> Self {
        if flag { Self::Yes } else { Self::No }
    }
}

impl From<Truth> for Value {
    fn from(truth: Truth) -> Self {
        match truth {
            Truth::Yes => Self::Bool(true),
            Truth::No => Self::Bool(false),
            Truth::Unknown(missing) => Self::unknown(missing),
        }
    }
}

/// A text that should hold a structure and does not: nobody can say what it means.
pub fn unreadable(what: &str, detail: impl std::fmt::Display) -> Missing {
    Missing::one(Lack { what: what.to_owned(), cause: Cause::Failed, detail: detail.to_string() })
}

/// A value where a list is wanted: null is empty, a single value is a list of itself. An unknown value stays one item.
pub fn listed(value: &Value) -> &[Value] {
    match value {
        Value::Null => &[],
        Value::List(items) => items,
        single => std::slice::from_ref(single),
    }
}
