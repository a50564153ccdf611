//! What is asked for of an inventory and of the findings. An empty list lets everything through.

use crate::State;
use chrono::{DateTime, Utc};
use model::Severity;

/// Which records of an inventory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InventoryFilter {
    /// As it was then; none for now.
    pub at: Option<DateTime<Utc>>,
    /// Accounts.
    pub accounts: Vec<String>,
    /// Resource types.
    pub types: Vec<String>,
    /// Regions of the resources.
    pub regions: Vec<String>,
    /// Ids of resources; records of unread listings are left out when any is given.
    pub ids: Vec<String>,
}

/// Which findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindingFilter {
    /// Where they are in their lives. Empty: open and excepted ones, not those resolved.
    pub states: Vec<State>,
    /// Words of [`model::Status::as_str`].
    pub statuses: Vec<String>,
    /// Severities.
    pub severities: Vec<Severity>,
    /// Policy ids.
    pub policies: Vec<String>,
    /// Services: `provider.service`, or the service alone.
    pub services: Vec<String>,
    /// Resource types.
    pub types: Vec<String>,
    /// Resource ids.
    pub resources: Vec<String>,
    /// Regions.
    pub regions: Vec<String>,
    /// Accounts.
    pub accounts: Vec<String>,
    /// Opened, reopened or resolved at this time or later.
    pub since: Option<DateTime<Utc>>,
}
