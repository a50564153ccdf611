//! A rule that accepts findings for a while. Its scope is CEL, which the store keeps and does not read.

use chrono::{DateTime, Utc};

/// An exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExceptionRule {
    /// Unique.
    pub id: String,
    /// The CEL expression that says which findings.
    pub scope: String,
    /// Why they are accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// Last day on which it holds, as `YYYY-MM-DD`, or empty for one without an end.
    pub until: String,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// Who added it.
    pub created_by: String,
}

impl ExceptionRule {
    /// It holds on this day (`YYYY-MM-DD`).
    pub fn holds_on(&self, day: &str) -> bool {
        self.until.is_empty() || day <= self.until.as_str()
    }
}
