//! What is said of a scan: its header when it begins, its end, and the summary that stays.

use crate::Counts;
use chrono::{DateTime, Utc};
use model::Severity;

/// An id that sorts by time: `20261103T114601Z-1f2e3d4c`. `entropy` keeps two scans of one second apart.
pub fn scan_id(started_at: DateTime<Utc>, entropy: u32) -> String {
    format!("{}-{entropy:08x}", started_at.format("%Y%m%dT%H%M%SZ"))
}

/// Whether the documents of a scan are whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Documents {
    /// Every part that the catalog knows was asked for.
    #[default]
    Whole,
    /// Only what the selected policies read. A document that is already known stays as it is; new ones are stored.
    Partial,
}

/// Which policies a scan judges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policies {
    /// All that there are: an open finding of any other policy on a resource that is judged anew is resolved, since
    /// that policy no longer exists.
    #[default]
    Every,
    /// Some: findings of the others stay as they are.
    Selected,
}

/// What is known when a scan begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanHeader {
    /// Unique, and sorting by time: see [`scan_id`].
    pub id: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// JSON of what was asked for (providers, accounts, regions, policies); opaque here.
    pub scope: String,
    /// The hash of the catalog that judged; opaque here.
    pub catalog_hash: String,
    /// Whether the documents are whole.
    pub documents: Documents,
    /// Which policies are judged.
    pub policies: Policies,
}

/// What is known when a scan ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScanEnd {
    /// When it ended: from then on what it found is current.
    pub at: DateTime<Utc>,
    /// All that was asked for was tried. `false` where it ended early (credentials expired, interrupted): what it read
    /// until then counts, what it did not reach stays as it was.
    pub complete: bool,
    /// API calls made.
    pub calls: u64,
    /// API calls that failed for good.
    pub errors: u64,
}

/// What a scan changed against the state before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Resources that were not there before.
    pub added: u64,
    /// Resources whose document changed.
    pub changed: u64,
    /// Resources that are gone.
    pub removed: u64,
    /// Findings opened for the first time.
    pub opened: u64,
    /// Findings that had been resolved and are there again.
    pub reopened: u64,
    /// Findings resolved.
    pub resolved: u64,
}

/// The verdicts of one severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeverityCounts {
    /// The severity.
    pub severity: Severity,
    /// How many of each status.
    pub counts: Counts,
}

/// A scan, as the store remembers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanSummary {
    /// Its id.
    pub id: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended; none while it runs or where it was killed.
    pub finished_at: Option<DateTime<Utc>>,
    /// All that was asked for was tried.
    pub complete: bool,
    /// Its history was pruned: it can't be compared with another any more, its counters remain.
    pub pruned: bool,
    /// JSON of what was asked for.
    pub scope: String,
    /// The hash of the catalog that judged.
    pub catalog_hash: String,
    /// Resources read.
    pub resources: u64,
    /// API calls made.
    pub calls: u64,
    /// API calls that failed for good.
    pub errors: u64,
    /// What it changed.
    pub changes: Changes,
    /// What it judged, from informational to critical; severities without a verdict are left out.
    pub verdicts: Vec<SeverityCounts>,
}

/// Which scans' history [`crate::Store::prune`] keeps. The last finished scan is always kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The last so many.
    Scans(u32),
    /// Those that finished at this time or later.
    Since(DateTime<Utc>),
}

/// What [`crate::Store::prune`] took away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Scans that can't be compared any more.
    pub scans: u64,
    /// Old documents.
    pub documents: u64,
    /// Stretches of findings' lives.
    pub findings: u64,
}
