//! Reports: one file an output format, all over the same findings.
//!
//! Never: reads a store, judges, prints.

mod format;
pub mod summary;
pub mod text;

mod library;
mod ranking;
mod vocabulary;
mod written;

mod asff;
mod csv;
mod html;
mod json;
mod jsonl;
mod junit;
mod md;
mod ocsf;
mod sarif;
mod table;

pub use format::Format;
pub use summary::Summary;

use catalog::Catalog;
use chrono::{DateTime, Utc};
use model::Finding;
use serde::Serialize;

/// What a report is about.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Meta {
    /// The version of this program.
    pub version: String,
    /// The scan's id.
    pub scan: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: DateTime<Utc>,
    /// The accounts, sorted.
    pub accounts: Vec<String>,
    /// The regions, sorted.
    pub regions: Vec<String>,
    /// Resources in the inventory.
    pub resources: usize,
    /// Calls made to providers, retries included.
    pub calls: u64,
    /// What was asked for and not scanned, in sentences.
    pub left_out: Vec<String>,
}

/// How a person's terminal wants it.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Columns.
    pub width: usize,
    /// Colours.
    pub colour: bool,
    /// Rows of the longest lists; 0 for all.
    pub rows_max: usize,
}

impl Default for Look {
    fn default() -> Self {
        Self { width: 100, colour: false, rows_max: 20 }
    }
}

/// Findings, and the prose about their policies.
pub struct Report<'a> {
    /// What it is about.
    pub meta: Meta,
    /// The policies' prose and the frameworks.
    pub catalog: &'a Catalog,
    /// In their order.
    pub findings: &'a [Finding],
    /// How a terminal wants it.
    pub look: Look,
    /// OCSF's Detection Finding (2004) in place of its Compliance Finding (2003).
    pub ocsf_detection: bool,
}
