//! An inventory: resources, and what could not be listed. As JSON lines it goes out and comes back unchanged.

use crate::{Missing, Resource, TypeName};
use serde::{Deserialize, Serialize};

/// A listing that could not be made: whether resources of the type exist there is unknown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unread {
    /// The resource type.
    #[serde(rename = "type")]
    pub type_name: TypeName,
    /// The account whose listing failed.
    pub account: String,
    /// The region whose listing failed, or `global`.
    pub region: String,
    /// The provider's partition, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub partition: String,
    /// What is missing.
    pub missing: Missing,
}

/// A line of an exported inventory: `{"resource":{…}}`, `{"unread":{…}}`; a line that is a bare resource is accepted too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Record {
    /// A resource.
    Resource(Box<Resource>),
    /// A listing that could not be made.
    Unread(Unread),
}

/// What one scan (or one account's part of it) found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inventory {
    /// Sorted by account, type, region and id.
    pub resources: Vec<Resource>,
    /// Sorted.
    pub unread: Vec<Unread>,
}

impl Inventory {
    /// Bring both lists into their order. Of several records of one resource, the last stays.
    pub fn sort(&mut self) {
        self.resources.sort_by(|a, b| {
            (&a.account, &a.type_name, &a.region, &a.id).cmp(&(&b.account, &b.type_name, &b.region, &b.id))
        });
        self.unread.sort();
        self.unread.dedup();
    }
}
