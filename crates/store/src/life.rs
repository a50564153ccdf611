//! The life of a finding, read off the stretches that the store keeps of it.

use chrono::{DateTime, Utc};
use model::{Finding, Severity};

/// Where a finding is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It is there.
    Open,
    /// It is there, and an exception accepts it.
    Excepted,
    /// It was there and is no longer.
    Resolved,
}

/// The dates of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// Where it is in its life.
    pub state: State,
    /// The end of the scan that saw it first.
    pub first_seen: DateTime<Utc>,
    /// The end of the scan that saw it last.
    pub last_seen: DateTime<Utc>,
    /// The end of the scan that saw it gone.
    pub resolved_at: Option<DateTime<Utc>>,
    /// How often it came back after it was resolved.
    pub reopened: u32,
}

/// A finding and its dates.
#[derive(Clone, Debug, PartialEq)]
pub struct FindingRecord {
    /// The finding as it was last seen.
    pub finding: Finding,
    /// Its dates.
    pub life: Life,
}

/// A finding, its dates, and all that happened to it.
#[derive(Clone, Debug, PartialEq)]
pub struct FindingHistory {
    /// The finding and its dates.
    pub record: FindingRecord,
    /// What happened, from the first to the last; what pruning took away is missing at the beginning.
    pub events: Vec<Event>,
}

/// Something that happened to a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The end of the scan that saw it.
    pub at: DateTime<Utc>,
    /// That scan's id.
    pub scan: String,
    /// What happened.
    pub turn: Turn,
}

/// What can happen to a finding. To be seen again is no event: [`Life::last_seen`] tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Seen for the first time.
    Opened,
    /// Gone: judged again and not found, or its resource is gone.
    Resolved,
    /// Found again after it was resolved.
    Reopened,
    /// An exception began to apply.
    Excepted,
    /// No exception applies any more.
    ExceptionEnded,
    /// The status changed; words of [`model::Status::as_str`].
    Status {
        /// Before.
        from: &'static str,
        /// Since.
        to: &'static str,
    },
    /// The severity changed.
    Severity {
        /// Before.
        from: Severity,
        /// Since.
        to: Severity,
    },
}

/// The moment of a scan's end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) at: DateTime<Utc>,
    pub(crate) scan: String,
}

/// A time in which status, severity and exception stayed the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) from: Moment,
    pub(crate) to: Option<Moment>,
    /// It ended because the finding was resolved.
    pub(crate) resolved: bool,
    pub(crate) first: bool,
    pub(crate) status: &'static str,
    pub(crate) severity: Severity,
    pub(crate) excepted: bool,
}

/// The events that a sequence of stretches tells of.
pub(crate) fn events(stretches: &[Stretch]) -> Vec<Event> {
    let mut events = Vec::new();
    let mut before: Option<&Stretch> = None;
    for stretch in stretches {
        let mut push = |turn| events.push(Event { at: stretch.from.at, scan: stretch.from.scan.clone(), turn });
        match before.filter(|before| !before.resolved) {
            Some(before) => {
                if before.status != stretch.status {
                    push(Turn::Status { from: before.status, to: stretch.status });
                }
                if before.severity != stretch.severity {
                    push(Turn::Severity { from: before.severity, to: stretch.severity });
                }
                match (before.excepted, stretch.excepted) {
                    (false, true) => push(Turn::Excepted),
                    (true, false) => push(Turn::ExceptionEnded),
                    _ => {}
                }
            }
            None => {
                if stretch.first {
                    push(Turn::Opened);
                } else if before.is_some() {
                    push(Turn::Reopened);
                }
                if stretch.excepted {
                    push(Turn::Excepted);
                }
            }
        }
        if let (Some(end), true) = (&stretch.to, stretch.resolved) {
            events.push(Event { at: end.at, scan: end.scan.clone(), turn: Turn::Resolved });
        }
        before = Some(stretch);
    }
    events
}
