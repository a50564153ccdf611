//! What becomes of a finding when its resource is judged anew. Pure: rows in, decisions out.

use super::finding_row::UNKNOWN;

/// The last stretch of a finding's life that finished scans have written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Past {
    pub(super) row: i64,
    pub(super) policy: i64,
    pub(super) status: i64,
    pub(super) severity: i64,
    pub(super) excepted: bool,
    pub(super) fingerprint: i64,
    pub(super) first_scan: i64,
    pub(super) opened_scan: i64,
    pub(super) reopened: i64,
    pub(super) open: bool,
    /// It is open, but the last judgement could not tell.
    pub(super) unconfirmed: bool,
}

/// A finding of the new judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Present {
    pub(super) policy: i64,
    pub(super) status: i64,
    pub(super) severity: i64,
    pub(super) excepted: bool,
    pub(super) fingerprint: i64,
}

/// What is to be done about a finding that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A first stretch.
    Open,
    /// A stretch after a gap.
    Reopen,
    /// The stretch goes on as it is.
    Keep,
    /// The stretch goes on with other words.
    Reword,
    /// A stretch after another: status, severity or exception changed.
    Turn,
}

pub(super) fn step(past: Option<&Past>, present: &Present) -> Step {
    match past {
        None => Step::Open,
        Some(past) if !past.open => Step::Reopen,
        Some(past)
            if (past.status, past.severity, past.excepted) != (present.status, present.severity, present.excepted) =>
        {
            Step::Turn
        }
        Some(past) if past.fingerprint != present.fingerprint => Step::Reword,
        Some(_) => Step::Keep,
    }
}

/// What is to be done about an open finding that the new judgement does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absence {
    /// Its policy was not judged: it stays as it is.
    Untouched,
    /// Its policy could not tell: it stays, and was not seen this time.
    Unconfirmed,
    /// It is gone.
    Resolved,
}

/// `judged`: its policy was judged, or no longer exists; `present`: all findings of its resource now.
pub(super) fn absence(past: &Past, judged: bool, present: &[Present]) -> Absence {
    if !judged {
        return Absence::Untouched;
    }
    let unknown = present.iter().any(|now| now.policy == past.policy && now.status == UNKNOWN);
    if unknown { Absence::Unconfirmed } else { Absence::Resolved }
}
