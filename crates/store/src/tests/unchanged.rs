//! What a scan of an unchanged estate writes: itself, and when it looked.

use super::*;
use sqlx::{AssertSqlSafe, ConnectOptions, Row, sqlite::SqliteConnectOptions};
use std::{collections::BTreeMap, path::Path};

/// Tables that an unchanged scan leaves as they are.
const TABLES: [&str; 9] =
    ["listing", "policy", "resource", "document", "body", "judged", "unread", "finding", "exception"];

/// A hash of each row's values, by table.
async fn contents(path: &Path) -> BTreeMap<&'static str, String> {
    let mut connection = SqliteConnectOptions::new().filename(path).connect().await.unwrap();
    let mut contents = BTreeMap::new();
    for table in TABLES {
        let columns = sqlx::query(AssertSqlSafe(format!(
            "SELECT group_concat('quote(' || name || ')', '||') FROM pragma_table_info('{table}')"
        )))
        .fetch_one(&mut connection)
        .await
        .unwrap()
        .get::<String, _>(0);
        let rows = sqlx::query(AssertSqlSafe(format!("SELECT count(*) || ':' || coalesce(group_concat(line), '') FROM (SELECT {columns} AS line FROM {table} ORDER BY line)")))
            .fetch_one(&mut connection)
            .await
            .unwrap();
        contents.insert(table, rows.get(0));
    }
    contents
}

async fn scan(store: &Store, number: i64, judged_again: bool) {
    let bucket = bucket();
    let resources: Vec<_> = (0..30).map(|place| resource(&format!("r{place}"), 1)).collect();
    let found: Vec<_> = resources.iter().map(|resource| [finding(resource, "policy", "", Status::Fail)]).collect();
    let failed = [unread("south")];
    let mut writer = store.begin_scan(&header(number)).await.unwrap();
    let known = writer.judged("1", "north", &bucket, &resources).await.unwrap();
    let judgements: Vec<_> = resources
        .iter()
        .zip(&found)
        .zip(&known)
        .filter(|(_, known)| known.is_none() || judged_again)
        .map(|((resource, found), _)| judgement(resource, if judged_again { b"new" } else { b"input" }, found))
        .collect();
    assert_eq!(judgements.len(), if number == 1 || judged_again { 30 } else { 0 });
    let north =
        Part { resources: Some(&resources), judgements: &judgements, tallies: &[tally("policy")], ..part(&bucket) };
    writer.put(&north).await.unwrap();
    writer.put(&Part { region: "south", resources: Some(&[]), unread: &failed, ..part(&bucket) }).await.unwrap();
    writer.finish(end(number)).await.unwrap();
}

#[tokio::test]
async fn an_unchanged_scan_writes_only_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = Store::open(&path).await.unwrap();
    scan(&store, 1, false).await;
    let before = contents(&path).await;
    assert!(
        before["body"].starts_with("30:") && before["finding"].starts_with("30:") && before["unread"].starts_with("1:")
    );
    scan(&store, 2, false).await;
    assert!(contents(&path).await == before, "the second scan changed more than itself");
    scan(&store, 3, true).await;
    let after = contents(&path).await;
    let changed: Vec<_> = TABLES.into_iter().filter(|table| before[table] != after[table]).collect();
    assert_eq!(changed, ["judged"], "judged again under another catalog, with the same result");
}

#[tokio::test]
async fn many_open_a_new_store_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let opening: Vec<_> = (0..12)
        .map(|_| {
            let path = path.clone();
            tokio::spawn(async move { Store::open(&path).await.map(|_| ()).map_err(|error| format!("{error:?}")) })
        })
        .collect();
    for opened in opening {
        opened.await.unwrap().unwrap();
    }
}
