//! What differs between two scans: resources with the paths that changed, and findings. Compares structure, not meaning.

use model::{FindingId, Resource, ResourceRef, Severity, TypeName, Value};
use std::sync::Arc;

/// Changed paths listed for one resource; past that only the first are.
const PATHS_MAX: usize = 100;
/// Depth to which documents are compared; what lies deeper is one change.
const DEPTH_MAX: usize = 64;

/// What differs between two scans.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diff {
    /// Sorted by account, type, region and id.
    pub resources: Vec<ResourceChange>,
    /// Sorted by severity, worst first, then by identity.
    pub findings: Vec<FindingChange>,
}

/// A resource that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceChange {
    /// The account.
    pub account: String,
    /// The resource type.
    pub type_name: TypeName,
    /// The region.
    pub region: String,
    /// The id.
    pub id: String,
    /// The name people know it by.
    pub name: String,
    /// How it differs.
    pub turn: ResourceTurn,
}

/// How a resource differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResourceTurn {
    /// Only the later scan has it.
    Added,
    /// Only the earlier scan has it.
    Removed,
    /// Both have it, with these paths changed: `document.Versioning.Status`, `tags.team`, `document.Rules[2].Port`.
    Changed {
        /// Sorted; the first hundred.
        paths: Vec<String>,
    },
}

/// A finding that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingChange {
    /// The finding's id.
    pub id: FindingId,
    /// The policy's id.
    pub policy: Arc<str>,
    /// Its severity.
    pub severity: Severity,
    /// The resource.
    pub resource: Arc<ResourceRef>,
    /// One sentence: what is, or was, so.
    pub message: Arc<str>,
    /// How it differs.
    pub turn: FindingTurn,
}

/// How a finding differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingTurn {
    /// Not there in the earlier scan nor ever before it.
    Opened,
    /// Not there in the earlier scan, but before it.
    Reopened,
    /// There in the earlier scan only.
    Resolved,
}

/// The paths at which two states of a resource differ.
pub(crate) fn paths(before: &Resource, after: &Resource) -> Vec<String> {
    let mut found = Vec::new();
    compare("document", &before.document, &after.document, 0, &mut found);
    for (name, differs) in [
        ("name", before.name != after.name),
        ("partition", before.partition != after.partition),
        ("region", before.region != after.region),
        ("source", before.source != after.source),
    ] {
        if differs {
            found.push(name.to_owned());
        }
    }
    compare("tags", &before.tags, &after.tags, 0, &mut found);
    found.truncate(PATHS_MAX);
    found.sort();
    found
}

fn compare(path: &str, before: &Value, after: &Value, depth: usize, found: &mut Vec<String>) {
    if before == after || found.len() >= PATHS_MAX {
        return;
    }
    match (before, after) {
        (Value::Map(old), Value::Map(new)) if depth < DEPTH_MAX => {
            for (key, value) in old.iter() {
                compare(&format!("{path}.{key}"), value, new.get(key).unwrap_or(&Value::Null), depth + 1, found);
            }
            for (key, value) in new.iter().filter(|(key, _)| old.get(key).is_none()) {
                compare(&format!("{path}.{key}"), &Value::Null, value, depth + 1, found);
            }
        }
        (Value::List(old), Value::List(new)) if depth < DEPTH_MAX && old.len() == new.len() => {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                compare(&format!("{path}[{index}]"), old, new, depth + 1, found);
            }
        }
        _ => found.push(path.to_owned()),
    }
}
