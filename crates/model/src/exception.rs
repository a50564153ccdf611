//! The exception that applies to a finding: accepted for a while, by somebody, for a reason.

use serde::{Deserialize, Serialize};

/// Why a finding is excepted. It stays a finding; it does not count as failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionNote {
    /// The exception's own id.
    pub id: String,
    /// Why it is accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// Last day on which it holds, as `YYYY-MM-DD`, or empty for one without an end.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub until: String,
}
