//! The store in SQLite, and all of its SQL. A second database would stand beside this folder with the same methods.

mod coverage;
mod diff;
mod exceptions;
mod finding_row;
mod findings;
mod finish;
mod inventory;
mod judgements;
mod lifecycle;
mod memory;
mod open;
mod prune;
mod rows;
mod scans;
mod waiting;
mod writer;

pub use findings::FindingReader;
pub use inventory::InventoryReader;
pub use open::Store;
pub use writer::ScanWriter;

#[cfg(test)]
pub(crate) use open::options;

use crate::StoreError;
use chrono::{DateTime, Utc};

/// Microseconds since 1970, as times are stored.
fn to_micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

fn from_micros(micros: i64) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp_micros(micros)
        .ok_or_else(|| StoreError::Value { operation: "read a time", object: micros.to_string() })
}

/// A count as SQLite stores it; past nine quintillions it stays there.
fn to_i64(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn to_u64(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(0)
}

/// A list as a parameter of `IN (SELECT value FROM json_each(?))`.
fn json_list<T: serde::Serialize>(items: &[T]) -> String {
    serde_json::to_string(items).expect("a list of strings or numbers is valid JSON")
}
