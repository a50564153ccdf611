//! Policies: names that exist, paths that documents have, tests that can fail, texts that help.

use super::{nearest, shape::Shape};
use crate::{
    Catalog, CompiledPolicy, Diagnostic, Entry,
    schema::{Expect, Policy},
};
use expr::Root;

/// Letters of a title.
const TITLE_CHARS_MAX: usize = 120;
/// Letters of a risk: a busy reader reads three sentences.
const RISK_CHARS_MAX: usize = 700;

pub(super) fn lint(catalog: &Catalog, id: &str, entry: &Entry<Policy>, found: &mut Vec<Diagnostic>) {
    let policy = &entry.value;
    if !catalog.types.contains_key(&policy.resource) {
        let near = nearest(&policy.resource, catalog.types.keys().map(String::as_str));
        found.push(entry.place(&["resource"]).no_such("resource type", &policy.resource, near));
    }
    texts(entry, found);
    tests(catalog, entry, found);
    match CompiledPolicy::compile(id, entry, None) {
        Err(errors) => found.extend(errors),
        Ok(compiled) => reads(catalog, entry, &compiled, found),
    }
}

fn texts(entry: &Entry<Policy>, found: &mut Vec<Diagnostic>) {
    let policy = &entry.value;
    let mut wrong = |key: &str, message: &str| found.push(entry.place(&[key]).text(key, message));
    if policy.title.trim().is_empty() || policy.title.chars().count() > TITLE_CHARS_MAX {
        wrong("title", &format!("has 1 to {TITLE_CHARS_MAX} letters"));
    }
    if policy.title.starts_with("Ensure") || policy.title.ends_with('.') {
        wrong("title", "is the requirement itself: no 'Ensure', no full stop");
    }
    if policy.risk.trim().is_empty() || policy.risk.chars().count() > RISK_CHARS_MAX {
        wrong("risk", &format!("has 1 to {RISK_CHARS_MAX} letters"));
    }
    match (&policy.fail, &policy.manual) {
        (None, None) => wrong("fail", "is missing: a policy has `fail`, or `manual`"),
        (Some(_), Some(_)) => wrong("manual", "stands beside `fail`: a policy has one of them"),
        (Some(_), None) if policy.message.is_none() => {
            wrong("message", "is missing: say what is wrong when the policy fails")
        }
        _ => {}
    }
    if policy.fix.guide.console.is_empty() {
        wrong("fix", "has no console steps");
    }
    if policy.references.is_empty() || policy.references.iter().any(|link| !link.starts_with("https://")) {
        wrong("references", "are https links to the provider's documentation, at least one");
    }
}

fn tests(catalog: &Catalog, entry: &Entry<Policy>, found: &mut Vec<Diagnostic>) {
    let policy = &entry.value;
    let expects = |wanted: Expect| policy.tests.iter().any(|test| test.expect == wanted);
    let place = entry.place(&["tests"]);
    if policy.manual.is_some() {
        if !expects(Expect::Manual) {
            found.push(place.missing_test("manual"));
        }
        return;
    }
    for (wanted, name) in [(Expect::Pass, "pass"), (Expect::Fail, "fail")] {
        if !expects(wanted) {
            found.push(place.missing_test(name));
        }
    }
    let reads_cloud = catalog.types.get(&policy.resource).is_some_and(|entry| {
        entry.value.list.call.is_some() || entry.value.parts.values().any(|part| part.call.is_some())
    });
    if reads_cloud && !expects(Expect::Unknown) {
        found.push(place.missing_test("unknown"));
    }
    for (index, test) in policy.tests.iter().enumerate() {
        let place = || entry.place(&["tests", &index.to_string()]);
        let types = test.others.iter().map(|other| &other.type_name).chain(&test.none_of);
        for name in types.filter(|name| !catalog.types.contains_key(*name)) {
            found.push(place().no_such("resource type", name, nearest(name, catalog.types.keys().map(String::as_str))));
        }
        for name in test.params.keys().filter(|name| !policy.params.contains_key(*name)) {
            found.push(place().no_such("parameter", name, policy.params.keys().next().map(String::as_str)));
        }
    }
}

fn reads(catalog: &Catalog, entry: &Entry<Policy>, compiled: &CompiledPolicy, found: &mut Vec<Diagnostic>) {
    let own = Shape::of_type(catalog, compiled.resource.as_str());
    let programs = [("applies", compiled.applies.as_ref()), ("fail", compiled.fail.as_ref())];
    for (key, program) in programs.into_iter().filter_map(|(key, program)| program.map(|program| (key, program))) {
        let reads = program.reads();
        for path in &reads.paths {
            let (shape, steps) = match (&path.root, path.steps.as_slice()) {
                (Root::Name(name), steps) if name == "doc" => (own.clone(), steps),
                // An element of the listing, then its document.
                (Root::Type(name), [_, doc, steps @ ..]) if doc == "doc" => (Shape::of_type(catalog, name), steps),
                _ => continue,
            };
            if let Err(error) = shape.walk(steps) {
                found.push(entry.place(&[key]).no_such_path(key, &error.path, error.near.as_deref()));
            }
        }
        for name in reads.types.keys().filter(|name| !catalog.types.contains_key(*name)) {
            found.push(entry.place(&[key]).no_such(
                "resource type",
                name,
                nearest(name, catalog.types.keys().map(String::as_str)),
            ));
        }
        kinds(catalog, entry, key, compiled.resource.as_str(), program, found);
        for warning in program.warnings() {
            found.push(entry.place(&[key]).trap(key, &warning.message, &warning.help));
        }
    }
}

/// Relations that the type, or a type that points to it, has.
fn kinds(
    catalog: &Catalog,
    entry: &Entry<Policy>,
    key: &str,
    resource: &str,
    program: &expr::Program,
    found: &mut Vec<Diagnostic>,
) {
    let own: Vec<&str> = catalog
        .types
        .get(resource)
        .into_iter()
        .flat_map(|entry| &entry.value.relations)
        .map(|relation| relation.kind.as_str())
        .collect();
    let towards: Vec<&str> = catalog
        .types
        .values()
        .flat_map(|entry| &entry.value.relations)
        .filter(|relation| relation.to == resource)
        .map(|relation| relation.kind.as_str())
        .collect();
    let reads = program.reads();
    for (asked, known) in [(reads.relations.keys(), own), (reads.referrers.keys(), towards)] {
        for kind in asked.filter(|kind| !known.contains(&kind.as_str())) {
            found.push(entry.place(&[key]).no_such("relation", kind, nearest(kind, known.iter().copied())));
        }
    }
}
