//! A policy's tests: patches over the example of its type, judged as a scan would.

use super::example::{self, Examples};
use assess::{Estate, Exceptions, judge};
use catalog::{
    Catalog, CompiledType, Pack,
    compiled::Overrides,
    schema::{Expect, Other, PolicyTest, Scope},
};
use expr::{Arena, Entity, Env, Program};
use model::{Cause, Finding, Inventory, Lack, Missing, Resource, Unread, Value, value::intern};
use std::collections::{BTreeMap, BTreeSet};

/// How one test went.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The test's name.
    pub name: String,
    /// What was expected and what was said, where they differ.
    pub result: Result<(), String>,
}

/// How a policy's tests went.
#[derive(Clone, Debug, Default)]
pub struct PolicyReport {
    /// In the order of the tests.
    pub outcomes: Vec<Outcome>,
    /// What is wrong beside the tests.
    pub problems: Vec<String>,
}

/// Run a policy's tests, and judge its example with each member that it reads taken away.
pub fn run_policy(catalog: &Catalog, examples: &Examples<'_>, id: &str) -> PolicyReport {
    let mut report = PolicyReport::default();
    let Some(entry) = catalog.policies.get(id) else { return report };
    for test in &entry.value.tests {
        let result = run_test(catalog, examples, id, &entry.value.resource, test);
        report.outcomes.push(Outcome { name: test.name.clone(), result });
    }
    report.problems = survives_absence(catalog, examples, id);
    report
}

fn run_test(
    catalog: &Catalog,
    examples: &Examples<'_>,
    id: &str,
    type_name: &str,
    test: &PolicyTest,
) -> Result<(), String> {
    let overrides = Overrides::from([(id.to_owned(), test.params.clone())]);
    let pack = compile(catalog, id, &overrides)?;
    let case = case(&pack, examples, type_name, test)?;
    let now = match &test.now {
        Some(text) => text.parse().map_err(|error| format!("`now` is no time: {error}"))?,
        None => example::now(),
    };
    let (findings, faults) = verdicts(&pack, &case.inventory, now);
    if let Some(fault) = faults.first() {
        return Err(format!("the policy errs: {fault}"));
    }
    let findings: Vec<&Finding> = findings
        .iter()
        .filter(|finding| case.subject.as_ref().is_none_or(|subject| finding.resource.id == *subject))
        .collect();
    compare(test, &findings)
}

fn compile(catalog: &Catalog, id: &str, overrides: &Overrides) -> Result<Pack, String> {
    Pack::compile(catalog, &[id], overrides)
        .map_err(|found| found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

fn verdicts(pack: &Pack, inventory: &Inventory, now: chrono::DateTime<chrono::Utc>) -> (Vec<Finding>, Vec<String>) {
    let estate = Estate::new(inventory, pack, now);
    let nothing_excepted =
        Exceptions::compile(Vec::new()).unwrap_or_else(|_| unreachable!("there is nothing to compile"));
    let judged = judge(&estate, &inventory.unread, pack, &nothing_excepted, now);
    (judged.findings, judged.faults.into_iter().map(|fault| fault.message).collect())
}

fn compare(test: &PolicyTest, findings: &[&Finding]) -> Result<(), String> {
    let said = |status: &str| findings.iter().any(|finding| finding.status.as_str() == status);
    let found = ["fail", "unknown", "manual", "pass"].into_iter().find(|status| said(status)).unwrap_or("none");
    let expected = match test.expect {
        Expect::Pass => "pass",
        Expect::Fail => "fail",
        Expect::Unknown => "unknown",
        Expect::Manual => "manual",
        Expect::None => "none",
    };
    if found != expected {
        let why = findings.first().map(|finding| format!(": {}", finding.message)).unwrap_or_default();
        let evidence: Vec<String> =
            findings.iter().flat_map(|finding| finding.evidence.iter().map(Value::to_json)).collect();
        let evidence = if evidence.is_empty() { String::new() } else { format!(" [{}]", evidence.join(", ")) };
        return Err(format!("expected {expected}, got {found}{why}{evidence}"));
    }
    let offenders =
        if findings.len() > 1 { findings.len() } else { findings.iter().map(|finding| finding.evidence.len()).sum() };
    if let Some(expected) = test.offenders.filter(|expected| *expected != offenders) {
        return Err(format!("expected {expected} offenders, got {offenders}"));
    }
    match (&test.message, findings.iter().find(|finding| finding.status.as_str() == expected)) {
        (Some(expected), Some(finding)) if **expected != *finding.message => {
            Err(format!("expected the message '{expected}', got '{}'", finding.message))
        }
        _ => Ok(()),
    }
}

struct Case {
    inventory: Inventory,
    /// The id of the resource that the test is about; none where it could not be listed.
    subject: Option<String>,
}

fn case(pack: &Pack, examples: &Examples<'_>, type_name: &str, test: &PolicyTest) -> Result<Case, String> {
    let denied: BTreeSet<&str> = test.deny.iter().map(String::as_str).collect();
    check_denied(pack, &denied)?;
    let mut inventory = Inventory::default();
    let mut subject = None;
    let own = Other {
        type_name: type_name.to_owned(),
        set: test.set.clone(),
        document: test.document.clone(),
        id: test.id.clone(),
        name: test.resource_name.clone(),
        region: test.region.clone(),
        tags: test.tags.clone(),
    };
    let account = test.account.as_deref().unwrap_or(example::ACCOUNT);
    for (index, other) in std::iter::once(&own).chain(&test.others).enumerate() {
        let Some(compiled) = pack.types.get(&other.type_name) else {
            return Err(format!("the policy does not look at {}, so that it can't be among `others`", other.type_name));
        };
        let mut resource = patched(compiled, examples, other, &denied)?;
        account.clone_into(&mut resource.account);
        if let Some(partition) = &test.partition {
            partition.clone_into(&mut resource.partition);
        }
        let unlisted = compiled.list.permissions.iter().any(|permission| denied.contains(permission.as_str()))
            || resource.document.missing().is_some();
        if !unlisted {
            if index == 0 {
                subject = Some(resource.id.clone());
            }
            inventory.resources.push(resource);
        }
    }
    for compiled in pack.types.values() {
        let permissions =
            compiled.list.permissions.iter().chain(compiled.describe.iter().flat_map(|describe| &describe.permissions));
        if let Some(missing) = lacks(permissions, &denied) {
            inventory.unread.push(Unread {
                type_name: compiled.name.clone(),
                account: account.to_owned(),
                region: if compiled.scope == Scope::Global { "global".to_owned() } else { example::REGION.to_owned() },
                partition: example::PARTITION.to_owned(),
                missing,
            });
        }
    }
    inventory.sort();
    Ok(Case { inventory, subject })
}

/// A denied permission that no call of the pack needs would make a test that can't fail.
fn check_denied(pack: &Pack, denied: &BTreeSet<&str>) -> Result<(), String> {
    let needed: BTreeSet<&str> = pack.types.values().flat_map(permissions_of).collect();
    match denied.iter().find(|permission| !needed.contains(**permission)) {
        Some(permission) => {
            let needed = needed.into_iter().collect::<Vec<_>>().join(", ");
            Err(format!("`deny` names {permission}, which no call here needs (they need: {needed})"))
        }
        None => Ok(()),
    }
}

fn permissions_of(compiled: &CompiledType) -> impl Iterator<Item = &str> {
    let describe = compiled.describe.iter().flat_map(|describe| &describe.permissions);
    let parts = compiled.parts.iter().flat_map(|part| &part.permissions);
    compiled.list.permissions.iter().chain(describe).chain(parts).map(String::as_str)
}

fn lacks<'a>(permissions: impl IntoIterator<Item = &'a String>, denied: &BTreeSet<&str>) -> Option<Missing> {
    let hit = permissions.into_iter().filter(|permission| denied.contains(permission.as_str()));
    Missing::from_lacks(
        hit.map(|what| Lack { what: what.clone(), cause: Cause::Denied, detail: String::new() }).collect(),
    )
}

/// The example's resource with a test's changes, its computed parts made anew where what they read has changed.
fn patched(
    compiled: &CompiledType,
    examples: &Examples<'_>,
    other: &Other,
    denied: &BTreeSet<&str>,
) -> Result<Resource, String> {
    let base = examples.resource(&other.type_name).map_err(|error| error.to_string())?;
    let mut resource = (*base).clone();
    let mut changed: BTreeSet<String> = BTreeSet::new();
    if let Some(document) = &other.document {
        resource.document = document.clone();
    }
    for (path, value) in &other.set {
        resource.document.set(path, value.clone());
        changed.insert(path.split('.').next().unwrap_or_default().to_owned());
    }
    let set = changed.clone();
    if let Some(missing) = lacks(compiled.describe.iter().flat_map(|describe| &describe.permissions), denied) {
        resource.document = Value::unknown(missing);
    }
    for part in &compiled.parts {
        if let Some(missing) = lacks(&part.permissions, denied) {
            put(&mut resource.document, &part.name, Value::unknown(missing));
            changed.insert(part.name.clone());
        } else if part.call.is_none() && !set.contains(&part.name) && reads_any(&part.take, &changed) {
            let value = evaluate(&part.take, &resource);
            put(&mut resource.document, &part.name, value);
            changed.insert(part.name.clone());
        }
    }
    if let Some(region) = &other.region {
        region.clone_into(&mut resource.region);
    }
    rename(compiled, &mut resource, &changed, other);
    Ok(resource)
}

/// Identity and tags follow the document where the change reaches them, unless the test says them.
fn rename(compiled: &CompiledType, resource: &mut Resource, changed: &BTreeSet<String>, other: &Other) {
    let anew = |program: &Program| other.document.is_some() || reads_any(program, changed);
    if anew(&compiled.id)
        && let Value::String(id) = evaluate(&compiled.id, resource)
    {
        resource.id = id.into_string();
    }
    if anew(&compiled.name_of)
        && let Value::String(name) = evaluate(&compiled.name_of, resource)
    {
        resource.name = name.into_string();
    }
    if let Some(tags) = &compiled.tags
        && (other.document.is_some() || reads_any(tags, changed))
    {
        resource.tags = evaluate(tags, resource);
    }
    if let Some(tags) = &other.tags {
        resource.tags = tags.iter().map(|(key, value)| (key, Value::from(value.as_str()))).collect();
    }
    if let Some(id) = &other.id {
        resource.id.clone_from(id);
    }
    if let Some(name) = &other.name {
        resource.name.clone_from(name);
    }
}

fn put(document: &mut Value, name: &str, value: Value) {
    if let Value::Map(map) = document {
        map.insert(intern(name), value);
    }
}

fn reads_any(program: &Program, members: &BTreeSet<String>) -> bool {
    match &program.reads().doc {
        expr::Members::All => true,
        expr::Members::Some(read) => read.iter().any(|member| members.contains(&**member)),
    }
}

fn evaluate(program: &Program, resource: &Resource) -> Value {
    let env = Env::resource_type();
    let arena = Arena::new();
    let entity = Entity {
        id: &resource.id,
        name: &resource.name,
        type_name: resource.type_name.as_str(),
        region: &resource.region,
        account: &resource.account,
        partition: &resource.partition,
        tags: &resource.tags,
        doc: &resource.document,
    };
    let mut scope = expr::Scope::new(&env, example::now());
    scope.set_entity(&entity);
    program.evaluate(&scope, &arena).map(|value| value.to_value()).unwrap_or_default()
}

/// Judge the example with each member that the policy reads taken away: any verdict will do, a fault will not.
pub fn survives_absence(catalog: &Catalog, examples: &Examples<'_>, id: &str) -> Vec<String> {
    let Some(entry) = catalog.policies.get(id) else { return Vec::new() };
    let Ok(pack) = compile(catalog, id, &example::no_overrides()) else { return Vec::new() };
    let Ok(base) = examples.resource(&entry.value.resource) else { return Vec::new() };
    let others: Vec<Resource> = pack
        .types
        .keys()
        .filter(|name| **name != entry.value.resource)
        .filter_map(|name| examples.resource(name).ok())
        .map(|resource| (*resource).clone())
        .collect();
    let mut paths: BTreeMap<String, Vec<String>> = BTreeMap::new();
    paths.insert(entry.value.resource.clone(), places(&base.document));
    for other in &others {
        paths.insert(other.type_name.as_str().to_owned(), places(&other.document));
    }
    let mut problems = BTreeSet::new();
    for (type_name, places) in paths {
        for place in places {
            let mut inventory = Inventory { resources: others.clone(), unread: Vec::new() };
            inventory.resources.push((*base).clone());
            for resource in inventory.resources.iter_mut().filter(|resource| resource.type_name.as_str() == type_name) {
                resource.document.set(&place, Value::Null);
            }
            let (_, faults) = verdicts(&pack, &inventory, example::now());
            if let Some(fault) = faults.first() {
                problems.insert(format!("errs when {type_name} has no `{place}`: {fault}"));
            }
        }
    }
    problems.into_iter().take(3).collect()
}

/// Every path of a document, list elements by number.
fn places(document: &Value) -> Vec<String> {
    const PLACES_MAX: usize = 400;
    fn walk(value: &Value, path: &str, found: &mut Vec<String>) {
        let mut enter = |name: &str, value: &Value| {
            if found.len() < PLACES_MAX {
                let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
                found.push(path.clone());
                walk(value, &path, found);
            }
        };
        match value {
            Value::Map(map) => {
                map.iter().filter(|(key, _)| !key.contains('.')).for_each(|(key, value)| enter(key, value))
            }
            Value::List(items) => {
                items.iter().take(3).enumerate().for_each(|(index, value)| enter(&index.to_string(), value))
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(document, "", &mut found);
    found
}
