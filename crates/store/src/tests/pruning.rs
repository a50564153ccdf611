//! Pruning takes away history that no kept scan needs, and nothing else.

use super::*;
use crate::{InventoryFilter, Keep, Pruned, StoreError};

/// Scans 1 to 5: `a` changes each time; `b` fails in 1 and 5; `c` is there in 1 only.
async fn five_scans(store: &Store) {
    let bucket = bucket();
    for number in 1..=5 {
        let mut resources = vec![resource("a", number), resource("b", 1)];
        if number == 1 {
            resources.push(resource("c", 1));
        }
        let found = [finding(&resources[1], "policy", "", Status::Fail)];
        let found: &[Finding] = if number == 1 || number == 5 { &found } else { &[] };
        let judgements = [judgement(&resources[1], b"input", found)];
        let mut writer = store.begin_scan(&header(number)).await.unwrap();
        let part =
            Part { resources: Some(&resources), judgements: &judgements, tallies: &[tally("policy")], ..part(&bucket) };
        writer.put(&part).await.unwrap();
        writer.finish(end(number)).await.unwrap();
    }
}

#[tokio::test]
async fn history_is_pruned_as_asked() {
    let table = [
        ("all scans", Keep::Scans(9), Pruned { scans: 0, documents: 0, findings: 0 }),
        ("three scans", Keep::Scans(3), Pruned { scans: 2, documents: 3, findings: 1 }),
        ("since the third", Keep::Since(at(3)), Pruned { scans: 2, documents: 3, findings: 1 }),
        ("one scan", Keep::Scans(1), Pruned { scans: 4, documents: 5, findings: 1 }),
        ("none, but the last stays", Keep::Scans(0), Pruned { scans: 4, documents: 5, findings: 1 }),
        ("since later than the last", Keep::Since(at(9)), Pruned { scans: 4, documents: 5, findings: 1 }),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (index, (name, keep, expected)) in table.into_iter().enumerate() {
        let store = Store::open(&folder.path().join(format!("{index}.db"))).await.unwrap();
        five_scans(&store).await;
        let before = records(&store, &InventoryFilter::default()).await;
        assert_eq!(store.prune(keep, true).await.unwrap(), expected, "{name}");
        assert_eq!(store.prune(keep, false).await.unwrap(), Pruned::default(), "{name}, again");
        assert_eq!(records(&store, &InventoryFilter::default()).await, before, "{name}");
        let id = FindingId::new("policy", "1", "id:b", "").to_string();
        let life = store.finding(&id).await.unwrap().record.life;
        assert_eq!((life.first_seen, life.reopened), (at(1), 1), "{name}");
        assert_eq!(store.scans().await.unwrap().len(), 5, "{name}: counters stay");
        let kept = 5 - expected.scans;
        let past = InventoryFilter { at: Some(at(5 - i64::try_from(kept).unwrap())), ..InventoryFilter::default() };
        let past = store.inventory(&past).await.map(|_| ());
        assert_eq!(matches!(past, Err(StoreError::PrunedScan { .. })), kept < 5, "{name}: {past:?}");
        let diff = store.diff("scan-001", "scan-005").await.map(|diff| diff.resources.len());
        assert_eq!(matches!(diff, Err(StoreError::PrunedScan { .. })), kept < 5, "{name}: {diff:?}");
        for scan in (6 - i64::try_from(kept).unwrap())..=5 {
            let then = InventoryFilter { at: Some(at(scan)), ..InventoryFilter::default() };
            let expected = if scan == 1 { 3 } else { 2 };
            assert_eq!(records(&store, &then).await.len(), expected, "{name}: scan {scan}");
        }
    }
}

#[tokio::test]
async fn pruning_waits_for_no_scan() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store.db")).await.unwrap();
    five_scans(&store).await;
    let running = store.begin_scan(&header(6)).await.unwrap();
    assert!(matches!(store.prune(Keep::Scans(1), false).await, Err(StoreError::Busy { .. })));
    drop(running);
    store.prune(Keep::Scans(1), false).await.unwrap();
}
