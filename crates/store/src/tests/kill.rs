//! Killed at any point, the store opens, is whole, and shows the last scan that finished, exactly.

use super::*;
use crate::{FindingFilter, InventoryFilter, Keep};
use sqlx::{ConnectOptions, Row, sqlite::SqliteConnectOptions};
use std::{
    hash::{BuildHasher, RandomState},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

const KILLS: u64 = 50;
/// So many kills meet one file; then another is made, so that some meet its making.
const KILLS_PER_STORE: u64 = 7;
/// The child writes here when this is set.
const PATH_VARIABLE: &str = "STANCE_TEST_KILLED_STORE";
const CHILD: &str = "tests::kill::child_writes_scans_until_it_is_killed";

/// What scan `number` finds: ten listings' worth of resources of which each scan changes, adds and removes some.
fn estate(number: i64) -> Vec<Resource> {
    (0..60)
        .filter(|place| (place + number) % 7 != 0)
        .map(|place| {
            let mut found = resource(&format!("r{place:02}"), (number + place) / 5);
            found.document.set("Padding", Value::from("x".repeat(500)));
            found
        })
        .collect()
}

fn failures(resource: &Resource) -> Vec<Finding> {
    let version = resource.document.at("Version").as_int().unwrap_or(0);
    (0..version % 3).map(|offender| finding(resource, "policy", &offender.to_string(), Status::Fail)).collect()
}

async fn write_scan(store: &Store, number: i64) {
    let bucket = bucket();
    let mut writer = store.begin_scan(&header(number)).await.unwrap();
    for resources in estate(number).chunks(9) {
        let found: Vec<_> = resources.iter().map(failures).collect();
        let judgements: Vec<_> =
            resources.iter().zip(&found).map(|(resource, found)| judgement(resource, b"input", found)).collect();
        let part =
            Part { resources: Some(resources), judgements: &judgements, tallies: &[tally("policy")], ..part(&bucket) };
        writer.put(&part).await.unwrap();
    }
    writer.finish(end(number)).await.unwrap();
}

/// Not a test of its own: the process that [`a_killed_scan_leaves_the_store_right`] kills.
#[tokio::test]
async fn child_writes_scans_until_it_is_killed() {
    let Some(path) = std::env::var_os(PATH_VARIABLE) else { return };
    let path = Path::new(&path);
    let store = Store::open(path).await.unwrap();
    let first = store.scans().await.unwrap().first().map_or(0, |scan| number_of(&scan.id)) + 1;
    for number in first.. {
        write_scan(&store, number).await;
        // What was acknowledged must be there after the kill.
        std::fs::write(path.with_extension("acknowledged"), number.to_string()).unwrap();
        if number % 5 == 0 {
            store.prune(Keep::Scans(3), number % 10 == 0).await.unwrap();
        }
    }
}

fn number_of(id: &str) -> i64 {
    id.trim_start_matches("scan-").parse().unwrap()
}

/// The store is whole and shows its last finished scan; that scan's number, 0 for none.
async fn check(path: &Path) -> i64 {
    let store = Store::open(path).await.unwrap();
    let mut connection = SqliteConnectOptions::new().filename(path).connect().await.unwrap();
    let row = sqlx::query("PRAGMA integrity_check").fetch_one(&mut connection).await.unwrap();
    assert_eq!(row.get::<&str, _>(0), "ok");
    let number = store.last_complete_scan().await.unwrap().map_or(0, |scan| number_of(&scan.id));
    let expected = if number == 0 { Vec::new() } else { estate(number) };
    let found: Vec<_> = expected.iter().cloned().map(|resource| Record::Resource(Box::new(resource))).collect();
    assert!(records(&store, &InventoryFilter::default()).await == found, "the inventory of scan {number} differs");
    let mut stored: Vec<_> =
        findings(&store, &FindingFilter::default()).await.into_iter().map(|record| record.finding).collect();
    let mut failed: Vec<_> = expected.iter().flat_map(failures).collect();
    stored.sort_by_key(|finding| finding.id);
    failed.sort_by_key(|finding| finding.id);
    assert!(stored == failed, "the findings of scan {number} differ");
    store.close().await;
    number
}

#[tokio::test]
async fn a_killed_scan_leaves_the_store_right() {
    let folder = tempfile::tempdir().unwrap();
    let (mut last, mut scans, mut unfinished) = (0, 0, 0);
    for kill in 0..KILLS {
        let path = folder.path().join(format!("{}.db", kill / KILLS_PER_STORE));
        last = if kill % KILLS_PER_STORE == 0 { 0 } else { last };
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", CHILD])
            .env(PATH_VARIABLE, &path)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let delay = RandomState::new().hash_one(kill) % 300;
        tokio::time::sleep(Duration::from_millis(10 + delay)).await;
        assert_eq!(child.try_wait().unwrap(), None, "the child ended by itself");
        child.kill().unwrap();
        child.wait().unwrap();
        let acknowledged = std::fs::read_to_string(path.with_extension("acknowledged")).unwrap_or_default();
        let current = check(&path).await;
        assert!(current >= acknowledged.parse().unwrap_or(0), "scan {acknowledged} was acknowledged, not {current}");
        assert!(current >= last, "the store went back from scan {last} to {current}");
        scans += current - last;
        let store = Store::open(&path).await.unwrap();
        unfinished += store.scans().await.unwrap().iter().filter(|scan| scan.finished_at.is_none()).count();
        last = store.scans().await.unwrap().first().map_or(0, |scan| number_of(&scan.id)).min(current);
    }
    assert!(scans > 0, "no scan finished: the kills prove nothing");
    assert!(unfinished > 0, "no scan was killed while it ran: the kills prove nothing");
}
