//! What is wrong with a catalog beyond its schema: names, calls, permissions, paths, tests, texts.

mod framework;
mod policy;
mod resource_type;
mod shape;

use crate::{Catalog, Diagnostic};

/// Everything wrong with the catalog's files, sorted. What reading them said is not repeated, and tests are not run here.
pub fn lint(catalog: &Catalog) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (name, entry) in &catalog.types {
        resource_type::lint(catalog, name, entry, &mut found);
    }
    for (id, entry) in &catalog.policies {
        policy::lint(catalog, id, entry, &mut found);
    }
    for entry in catalog.frameworks.values() {
        framework::lint(catalog, entry, &mut found);
    }
    found.sort();
    found.dedup();
    found
}

/// The candidate nearest to a misspelt name.
fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    expr::diagnostics::nearest(name, candidates)
}
