//! The permissions that a scan needs, derived from the catalog.

use catalog::{Catalog, Diagnostic, Pack, compiled::Overrides};
use std::collections::{BTreeMap, BTreeSet};

/// Permissions that every scan needs, by provider: to know the regions.
const ALWAYS: [&str; 1] = ["ec2:DescribeRegions"];

/// Permission → the policies that need it; none where it takes several together (one follows a relation that the other's
/// resources have), or where nothing but the inventory does.
pub type Needed = BTreeMap<String, BTreeSet<String>>;

/// The permissions that the policies with these ids need; with `whole`, those of a scan that lists every type.
///
/// # Errors
/// Expressions that do not compile.
pub fn needed(catalog: &Catalog, ids: &[&str], whole: bool) -> Result<Needed, Vec<Diagnostic>> {
    let mut needed = Needed::new();
    for permission in ALWAYS {
        needed.insert(permission.to_owned(), BTreeSet::new());
    }
    for id in ids {
        let pack = Pack::compile(catalog, &[id], &Overrides::new())?;
        for permission in of_pack(&pack) {
            needed.entry(permission).or_default().insert((*id).to_owned());
        }
    }
    let further: Vec<&str> = if whole { catalog.types.keys().map(String::as_str).collect() } else { Vec::new() };
    for permission in of_pack(&Pack::compile_with(catalog, ids, &further, &Overrides::new())?) {
        needed.entry(permission).or_default();
    }
    Ok(needed)
}

/// The permissions of all calls that a pack makes.
pub fn of_pack(pack: &Pack) -> BTreeSet<String> {
    let mut permissions = BTreeSet::new();
    for (name, compiled) in &pack.types {
        permissions.extend(compiled.list.permissions.iter().cloned());
        permissions.extend(compiled.describe.iter().flat_map(|describe| describe.permissions.iter().cloned()));
        let parts = compiled.parts.iter().filter(|part| pack.needs.part(name, &part.name));
        permissions.extend(parts.flat_map(|part| part.permissions.iter().cloned()));
    }
    permissions
}
