//! The memory: scans, documents with validity times, findings with their lives, exceptions.
//!
//! Never: interprets a document, calls a cloud, judges, prints, or looks at a clock (every time is passed in).
//!
//! A scan is written as a stream: [`Store::begin_scan`], [`ScanWriter::put`] for each listing, [`ScanWriter::finish`].
//! Nothing that it wrote can be seen before it finishes; then all of it is there at once.

pub mod changes;
pub mod error;
pub mod exception;
pub mod filter;
mod json;
pub mod life;
pub mod part;
pub mod scan;
mod sqlite;

pub use changes::{Diff, FindingChange, FindingTurn, ResourceChange, ResourceTurn};
pub use error::StoreError;
pub use exception::ExceptionRule;
pub use filter::{FindingFilter, InventoryFilter};
pub use life::{Event, FindingHistory, FindingRecord, Life, State, Turn};
pub use part::{Counts, Coverage, Judged, Judgement, Part, Tally};
pub use scan::{Changes, Documents, Keep, Policies, Pruned, ScanEnd, ScanHeader, ScanSummary, SeverityCounts, scan_id};
pub use sqlite::{FindingReader, InventoryReader, ScanWriter, Store};

#[cfg(test)]
mod tests;
