//! What is told of several scans: differences, filters, counters.

use super::*;
use crate::{Changes, FindingFilter, FindingTurn, ResourceTurn, SeverityCounts, State};

/// Scan `number` shows these resources, each with its version and whether it fails.
async fn scan(store: &Store, number: i64, shows: &[(&str, i64, bool)]) -> crate::ScanSummary {
    let bucket = bucket();
    let resources: Vec<_> = shows.iter().map(|(name, version, _)| resource(name, *version)).collect();
    let found: Vec<_> = shows
        .iter()
        .zip(&resources)
        .map(|((_, _, fails), resource)| {
            fails.then(|| finding(resource, "policy", "", Status::Fail)).into_iter().collect::<Vec<_>>()
        })
        .collect();
    let judgements: Vec<_> =
        resources.iter().zip(&found).map(|(resource, found)| judgement(resource, b"input", found)).collect();
    let mut writer = store.begin_scan(&header(number)).await.unwrap();
    let part =
        Part { resources: Some(&resources), judgements: &judgements, tallies: &[tally("policy")], ..part(&bucket) };
    writer.put(&part).await.unwrap();
    writer.finish(end(number)).await.unwrap()
}

/// `+c -b ~a[document.Version] | opened:c resolved:b`
async fn tell(store: &Store, earlier: i64, later: i64) -> String {
    let id = |scan: i64| format!("scan-{scan:03}");
    let diff = store.diff(&id(earlier), &id(later)).await.unwrap();
    let mut words: Vec<String> = diff
        .resources
        .iter()
        .map(|change| match &change.turn {
            ResourceTurn::Added => format!("+{}", change.name),
            ResourceTurn::Removed => format!("-{}", change.name),
            ResourceTurn::Changed { paths } => format!("~{}[{}]", change.name, paths.join(",")),
        })
        .collect();
    words.push("|".to_owned());
    let mut findings: Vec<_> = diff
        .findings
        .iter()
        .map(|change| {
            let turn = match change.turn {
                FindingTurn::Opened => "opened",
                FindingTurn::Reopened => "reopened",
                FindingTurn::Resolved => "resolved",
            };
            format!("{turn}:{}", change.resource.name)
        })
        .collect();
    findings.sort();
    words.extend(findings);
    words.join(" ")
}

#[tokio::test]
async fn two_scans_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store.db")).await.unwrap();
    scan(&store, 1, &[("a", 1, true), ("b", 1, true)]).await;
    scan(&store, 2, &[("a", 2, true), ("b", 1, true), ("c", 1, true)]).await;
    scan(&store, 3, &[("a", 1, true), ("b", 1, false)]).await;
    scan(&store, 4, &[("b", 1, true)]).await;
    let table = [
        (1, 1, "|"),
        (1, 2, "+c ~a[document.Version] | opened:c"),
        (2, 1, "-c ~a[document.Version] | resolved:c"),
        (2, 3, "~a[document.Version] -c | resolved:b resolved:c"),
        (1, 3, "| resolved:b"),
        (3, 4, "-a | reopened:b resolved:a"),
        (1, 4, "-a | resolved:a"),
    ];
    for (earlier, later, expected) in table {
        let told = tell(&store, earlier, later).await;
        let sorted = |text: &str| {
            let mut words: Vec<_> = text.split(' ').map(str::to_owned).collect();
            words.sort();
            words
        };
        assert_eq!(sorted(&told), sorted(expected), "from {earlier} to {later}: {told}");
    }
}

#[test]
fn changed_paths_are_named() {
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let table = [
        (r#"{"a":1}"#, r#"{"a":1}"#, ""),
        (r#"{"a":1}"#, r#"{"a":2}"#, "document.a"),
        (r#"{"a":1}"#, r#"{"b":1}"#, "document.a document.b"),
        (r#"{"a":{"b":[1,{"c":2}]}}"#, r#"{"a":{"b":[1,{"c":3}]}}"#, "document.a.b[1].c"),
        (r#"{"a":[1,2]}"#, r#"{"a":[1,2,3]}"#, "document.a"),
        (r#"{"a":{"b":1}}"#, r#"{"a":"b"}"#, "document.a"),
        (r#"{"a":1}"#, r#"{"a":{"$unknown":[{"what":"w","cause":"denied"}]}}"#, "document.a"),
    ];
    for (before, after, expected) in table {
        let side = |text| Resource { document: json(text), ..resource("a", 1) };
        assert_eq!(crate::changes::paths(&side(before), &side(after)).join(" "), expected, "{before} -> {after}");
    }
    let tagged = Resource { tags: json(r#"{"team":"x"}"#), region: "south".to_owned(), ..resource("a", 1) };
    assert_eq!(crate::changes::paths(&resource("a", 1), &tagged), ["region", "tags"]);
}

#[tokio::test]
async fn a_scan_is_counted() {
    let store = Store::in_memory().await.unwrap();
    let first = scan(&store, 1, &[("a", 1, true), ("b", 1, true)]).await;
    assert_eq!(first.changes, Changes { added: 2, opened: 2, ..Changes::default() });
    let second = scan(&store, 2, &[("b", 2, true), ("c", 1, true)]).await;
    let changes = Changes { added: 1, changed: 1, removed: 1, opened: 1, resolved: 1, reopened: 0 };
    assert_eq!(second.changes, changes);
    let third = scan(&store, 3, &[("a", 1, true), ("b", 2, true), ("c", 1, true)]).await;
    assert_eq!(third.changes, Changes { added: 1, reopened: 1, ..Changes::default() });
    assert_eq!((third.resources, third.calls, third.errors, third.complete), (3, 7, 0, true));
    assert_eq!((third.started_at, third.finished_at), (at(3), Some(at(3))));
    let counts = Counts { passes: 1, ..Counts::default() };
    assert_eq!(third.verdicts, [SeverityCounts { severity: Severity::Medium, counts }]);
    assert_eq!(store.last_scan().await.unwrap().unwrap(), third);
    let ids: Vec<_> = store.scans().await.unwrap().into_iter().map(|scan| scan.id).collect();
    assert_eq!(ids, ["scan-003", "scan-002", "scan-001"]);
    let coverage = store.coverage().await.unwrap();
    assert_eq!(coverage.iter().map(|coverage| coverage.counts).collect::<Vec<_>>(), [counts]);
}

#[tokio::test]
async fn findings_are_filtered() {
    let store = Store::in_memory().await.unwrap();
    scan(&store, 1, &[("a", 1, true), ("b", 1, true)]).await;
    scan(&store, 2, &[("b", 1, true), ("c", 1, true)]).await;
    let none = FindingFilter::default;
    let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let every = vec![State::Open, State::Excepted, State::Resolved];
    let table = [
        ("open ones", none(), "b c"),
        ("resolved ones", FindingFilter { states: vec![State::Resolved], ..none() }, "a"),
        ("all", FindingFilter { states: every.clone(), ..none() }, "a b c"),
        ("since the second scan", FindingFilter { states: every, since: Some(at(2)), ..none() }, "a c"),
        ("failures", FindingFilter { statuses: words(&["fail"]), ..none() }, "b c"),
        ("unknowns", FindingFilter { statuses: words(&["unknown"]), ..none() }, ""),
        ("no such status", FindingFilter { statuses: words(&["other"]), ..none() }, ""),
        ("medium", FindingFilter { severities: vec![Severity::Medium, Severity::High], ..none() }, "b c"),
        ("high", FindingFilter { severities: vec![Severity::High], ..none() }, ""),
        ("a policy", FindingFilter { policies: words(&["policy"]), ..none() }, "b c"),
        ("another policy", FindingFilter { policies: words(&["other"]), ..none() }, ""),
        ("a service", FindingFilter { services: words(&["storage"]), ..none() }, "b c"),
        ("a service with its provider", FindingFilter { services: words(&["cloud.storage"]), ..none() }, "b c"),
        ("a part of a service's name", FindingFilter { services: words(&["stor"]), ..none() }, ""),
        ("a resource", FindingFilter { resources: words(&["id:c"]), ..none() }, "c"),
        ("a region", FindingFilter { regions: words(&["north"]), ..none() }, "b c"),
        ("another region", FindingFilter { regions: words(&["south"]), ..none() }, ""),
        ("an account", FindingFilter { accounts: words(&["1"]), ..none() }, "b c"),
        ("a type", FindingFilter { types: words(&["cloud.storage.bucket"]), ..none() }, "b c"),
    ];
    for (name, filter, expected) in table {
        let mut found: Vec<_> =
            findings(&store, &filter).await.into_iter().map(|record| record.finding.resource.name.clone()).collect();
        found.sort();
        assert_eq!(found.join(" "), expected, "{name}");
    }
}

#[tokio::test]
async fn a_finding_is_found_by_the_beginning_of_its_id() {
    let store = Store::in_memory().await.unwrap();
    let names: Vec<String> = (0..40).map(|number| format!("n{number}")).collect();
    let shows: Vec<_> = names.iter().map(|name| (name.as_str(), 1, true)).collect();
    scan(&store, 1, &shows).await;
    let whole = FindingId::new("policy", "1", "id:n7", "").to_string();
    for digits in [32, 31, 9, 8] {
        let history = store.finding(&whole[..digits]).await.unwrap();
        assert_eq!(history.record.finding.id.to_string(), whole);
    }
    let error = store.finding(&whole[..1].to_uppercase()).await.map(|history| history.record.finding.id);
    assert!(
        matches!(&error, Err(crate::StoreError::AmbiguousFinding { candidates, .. }) if candidates.len() > 1),
        "{error:?}"
    );
}
