//! A score from 0 to 100 with the factors it is made of.

use serde::{Deserialize, Serialize};

/// How urgent a finding is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Risk {
    /// 0 (none) to 100 (drop everything).
    pub score: u8,
    /// What the score is made of, largest first.
    pub factors: Vec<Factor>,
}

/// One reason for the score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Factor {
    /// `severity`, `exposure`, `sensitivity`, `privilege`, …
    pub name: String,
    /// Points added to the score, or taken from it.
    pub points: i16,
    /// A few words: `reachable from the internet on tcp/22`.
    pub detail: String,
}
