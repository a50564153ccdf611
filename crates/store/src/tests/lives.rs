//! The lives of findings: what scans say of one policy on one resource, one word a scan, and what the store tells of it.

use super::*;
use crate::{Life, Turn};

const POLICY: &str = "bucket-closed";

/// Play scans; `words` are separated by spaces:
///
/// - `fail`, `pass`, `unknown`: what the policy says; `excepted`, `high`, `reword`: a failure so
/// - `same`: the resource is unchanged and not judged
/// - `gone`: the listing does not show the resource; `unread`: the listing failed
/// - `region`: only another region is scanned; `policy`: the resource is judged by another policy only; `every`: so too,
///   and that policy is all there is
/// - `killed`: says `pass`, and never finishes
async fn play(store: &Store, words: &str) {
    let bucket = bucket();
    let thing = resource("a", 1);
    for (scan, word) in (1_i64..).zip(words.split_whitespace()) {
        let mut failure = finding(&thing, POLICY, "", Status::Fail);
        match word {
            "excepted" => failure.exception = Some(exception()),
            "high" => failure.severity = Severity::High,
            "reword" => failure.message = format!("a is not well in scan {scan}").into(),
            "unknown" => failure = finding(&thing, POLICY, "missing", Status::Unknown(missing())),
            "unknown-same" => failure.status = Status::Unknown(missing()),
            _ => {}
        }
        let found = [failure];
        let findings: &[Finding] = if matches!(word, "pass" | "killed" | "policy" | "every") { &[] } else { &found };
        let judgements = [judgement(&thing, b"input", findings)];
        let tallies = [tally(if matches!(word, "policy" | "every") { "other" } else { POLICY })];
        let failed_listing = [unread("north")];
        let resources = std::slice::from_ref(&thing);
        let judged = Part { resources: Some(resources), judgements: &judgements, tallies: &tallies, ..part(&bucket) };
        let policies = if word == "every" { Policies::Every } else { Policies::Selected };
        let mut writer: ScanWriter = store.begin_scan(&ScanHeader { policies, ..header(scan) }).await.unwrap();
        let part = match word {
            "same" => Part { judgements: &[], ..judged },
            "gone" => Part { resources: Some(&[]), judgements: &[], ..judged },
            "unread" => Part { resources: Some(&[]), judgements: &[], unread: &failed_listing, ..judged },
            "region" => Part { resources: Some(&[]), judgements: &[], region: "south", ..judged },
            _ => judged,
        };
        writer.put(&part).await.unwrap();
        if word != "killed" {
            writer.finish(end(scan)).await.unwrap();
        }
    }
}

/// `opened@1 resolved@2 | resolved first=1 last=1 at=2 reopened=0`
async fn tell(store: &Store) -> String {
    let id = FindingId::new(POLICY, "1", "id:a", "").to_string();
    let Ok(history) = store.finding(&id).await else { return "none".to_owned() };
    let number = |time: DateTime<Utc>| (time.timestamp() - at(0).timestamp()) / 3_600;
    let mut words: Vec<String> = history
        .events
        .iter()
        .map(|event| {
            let turn = match event.turn {
                Turn::Opened => "opened".to_owned(),
                Turn::Resolved => "resolved".to_owned(),
                Turn::Reopened => "reopened".to_owned(),
                Turn::Excepted => "excepted".to_owned(),
                Turn::ExceptionEnded => "exception-ended".to_owned(),
                Turn::Status { from, to } => format!("{from}->{to}"),
                Turn::Severity { from, to } => format!("{from}->{to}"),
            };
            format!("{turn}@{}", number(event.at))
        })
        .collect();
    let Life { state, first_seen, last_seen, resolved_at, reopened } = history.record.life;
    words.push(format!("| {state:?} first={} last={}", number(first_seen), number(last_seen)).to_lowercase());
    words.extend(resolved_at.map(|time| format!("at={}", number(time))));
    if reopened > 0 {
        words.push(format!("reopened={reopened}"));
    }
    words.join(" ")
}

#[tokio::test]
async fn a_finding_lives_as_scans_see_it() {
    let table = [
        ("pass", "none"),
        ("fail", "opened@1 | open first=1 last=1"),
        ("fail fail", "opened@1 | open first=1 last=2"),
        ("fail same same", "opened@1 | open first=1 last=3"),
        ("fail pass", "opened@1 resolved@2 | resolved first=1 last=1 at=2"),
        ("fail same pass", "opened@1 resolved@3 | resolved first=1 last=2 at=3"),
        ("fail pass pass fail", "opened@1 resolved@2 reopened@4 | open first=1 last=4 reopened=1"),
        (
            "fail pass fail pass fail",
            "opened@1 resolved@2 reopened@3 resolved@4 reopened@5 | open first=1 last=5 reopened=2",
        ),
        ("fail excepted", "opened@1 excepted@2 | excepted first=1 last=2"),
        ("excepted fail", "opened@1 excepted@1 exception-ended@2 | open first=1 last=2"),
        ("excepted pass", "opened@1 excepted@1 resolved@2 | resolved first=1 last=1 at=2"),
        ("fail high", "opened@1 medium->high@2 | open first=1 last=2"),
        ("fail reword reword", "opened@1 | open first=1 last=3"),
        (
            "fail pass reword reword pass",
            "opened@1 resolved@2 reopened@3 resolved@5 | resolved first=1 last=4 at=5 reopened=1",
        ),
        ("fail gone", "opened@1 resolved@2 | resolved first=1 last=1 at=2"),
        ("fail gone gone", "opened@1 resolved@2 | resolved first=1 last=1 at=2"),
        ("fail gone fail", "opened@1 resolved@2 reopened@3 | open first=1 last=3 reopened=1"),
        // Not known is not gone.
        ("fail unread", "opened@1 | open first=1 last=1"),
        ("fail unread unread same", "opened@1 | open first=1 last=4"),
        ("fail unknown", "opened@1 | open first=1 last=1"),
        ("fail unknown unknown", "opened@1 | open first=1 last=1"),
        ("fail fail unknown fail", "opened@1 | open first=1 last=4"),
        ("fail fail unknown unknown pass", "opened@1 resolved@5 | resolved first=1 last=2 at=5"),
        ("fail unknown-same", "opened@1 fail->unknown@2 | open first=1 last=2"),
        ("unknown-same fail pass", "opened@1 unknown->fail@2 resolved@3 | resolved first=1 last=2 at=3"),
        // Not asked for is not gone.
        ("fail region", "opened@1 | open first=1 last=1"),
        ("fail policy", "opened@1 | open first=1 last=1"),
        ("fail policy pass", "opened@1 resolved@3 | resolved first=1 last=1 at=3"),
        // A policy that no longer exists takes its findings with it.
        ("fail every", "opened@1 resolved@2 | resolved first=1 last=1 at=2"),
        // A scan that does not finish never was.
        ("killed", "none"),
        ("fail killed", "opened@1 | open first=1 last=1"),
        ("fail killed fail", "opened@1 | open first=1 last=3"),
        ("fail killed pass", "opened@1 resolved@3 | resolved first=1 last=1 at=3"),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (index, (words, expected)) in table.into_iter().enumerate() {
        let file = Store::open(&folder.path().join(format!("{index}.db"))).await.unwrap();
        let memory = Store::in_memory().await.unwrap();
        for store in [file, memory] {
            play(&store, words).await;
            assert_eq!(tell(&store).await, expected, "scans said: {words}, store: {}", store.path().display());
            store.close().await;
        }
    }
}
