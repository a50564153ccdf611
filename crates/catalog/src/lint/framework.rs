//! Frameworks: every requirement says how it is met, and every policy that it names exists.

use super::nearest;
use crate::{Catalog, Diagnostic, Entry, schema::Framework};
use std::collections::BTreeSet;

pub(super) fn lint(catalog: &Catalog, entry: &Entry<Framework>, found: &mut Vec<Diagnostic>) {
    let mut ids = BTreeSet::new();
    for (index, requirement) in entry.value.requirements.iter().enumerate() {
        let place = entry.place(&["requirements", &index.to_string()]);
        if !ids.insert(requirement.id.as_str()) {
            found.push(place.taken(&requirement.id, "another requirement"));
        }
        if requirement.title.trim().is_empty() {
            found.push(place.text("title", "is empty"));
        }
        let ways = usize::from(!requirement.policies.is_empty()) + usize::from(requirement.not_covered);
        if ways > 1 || (requirement.manual.is_some() && requirement.not_covered) {
            found.push(place.contradiction("a requirement that is not covered has neither policies nor `manual`"));
        } else if ways == 0 && requirement.manual.is_none() {
            found.push(place.contradiction("a requirement has `policies`, or is `manual`, or is `not_covered: true`"));
        }
        for policy in requirement.policies.iter().filter(|policy| !catalog.policies.contains_key(*policy)) {
            found.push(place.no_such("policy", policy, nearest(policy, catalog.policies.keys().map(String::as_str))));
        }
    }
}
