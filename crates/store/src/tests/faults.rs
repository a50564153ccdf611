//! What can't be opened or written says why, and harms nothing.

use super::*;
use crate::{InventoryFilter, StoreError, sqlite::options};
use sqlx::{ConnectOptions, sqlite::SqliteConnectOptions};
use std::path::Path;

async fn execute(path: &Path, sql: &'static str) {
    let mut connection = SqliteConnectOptions::new().filename(path).create_if_missing(true).connect().await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
}

async fn refused(path: &Path) -> String {
    let error = Store::open(path).await.unwrap_err();
    error.to_string().replace(&path.display().to_string(), "FILE")
}

#[tokio::test]
async fn what_is_no_store_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.db");
    std::fs::write(
        &text,
        "not a database, but as long as a header of one would be: a hundred bytes and then some more.",
    )
    .unwrap();
    let foreign = folder.path().join("foreign.db");
    execute(&foreign, "CREATE TABLE theirs (x); PRAGMA user_version = 1;").await;
    let foreign_bytes = std::fs::read(&foreign).unwrap();
    let newer = folder.path().join("newer.db");
    Store::open(&newer).await.unwrap().close().await;
    execute(&newer, "PRAGMA user_version = 99;").await;

    let table = [
        (&text, "FILE is not a store of stance"),
        (&foreign, "FILE is not a store of stance"),
        (&folder.path().to_owned(), "FILE is not a store of stance"),
        (
            &newer,
            "FILE has schema 99, written by a newer stance; this one knows schemas up to 1: update it, or choose another store",
        ),
    ];
    for (path, expected) in table {
        assert_eq!(refused(path).await, expected);
    }
    assert_eq!(std::fs::read(&foreign).unwrap(), foreign_bytes);
    let under_a_file = text.join("store.db");
    assert_eq!(refused(&under_a_file).await, "can't create the folder of FILE");
}

#[tokio::test]
async fn folder_and_file_are_made_for_their_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/b/store.db");
    let store = Store::open(&path).await.unwrap();
    store.begin_scan(&header(1)).await.unwrap();
    #[cfg(unix)]
    for (path, mode) in [(&path, 0o600), (&folder.path().join("a/b"), 0o700), (&path.with_extension("db.lock"), 0o600)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
    }
}

#[tokio::test]
async fn a_store_that_cannot_be_written_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    Store::open(&path).await.unwrap().close().await;
    let error = Store::open_with(&path, options().read_only(true)).await.unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error:?}");
}

/// A scan of many new resources.
async fn large_scan(store: &Store, scan: i64) -> Result<(), StoreError> {
    let bucket = bucket();
    let resources: Vec<_> = (0..2_000).map(|number| resource(&format!("new{number}"), scan)).collect();
    let mut writer = store.begin_scan(&header(scan)).await?;
    writer.put(&Part { resources: Some(&resources), ..part(&bucket) }).await?;
    writer.finish(end(scan)).await.map(drop)
}

#[tokio::test]
async fn a_full_disk_loses_the_scan_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = Store::open(&path).await.unwrap();
    let bucket = bucket();
    let first = [resource("a", 1)];
    let mut writer = store.begin_scan(&header(1)).await.unwrap();
    writer.put(&Part { resources: Some(&first), ..part(&bucket) }).await.unwrap();
    writer.finish(end(1)).await.unwrap();
    store.close().await;

    let full = Store::open_with(&path, options().pragma("max_page_count", "30")).await.unwrap();
    let error = large_scan(&full, 2).await.unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    let error = large_scan(&full, 3).await.unwrap_err();
    assert!(
        matches!(error, StoreError::Full { .. }),
        "what the first left is taken away, and it is still too small: {error:?}"
    );
    let kept = [Record::Resource(Box::new(first[0].clone()))];
    assert_eq!(records(&full, &InventoryFilter::default()).await, kept);
    full.close().await;

    let store = Store::open(&path).await.unwrap();
    assert_eq!(records(&store, &InventoryFilter::default()).await, kept);
    large_scan(&store, 4).await.unwrap();
    assert_eq!(records(&store, &InventoryFilter::default()).await.len(), 2_000);
    assert_eq!(store.scans().await.unwrap().len(), 2, "the scans that failed are forgotten");
}

#[tokio::test]
async fn ids_are_taken_once() {
    let store = Store::in_memory().await.unwrap();
    drop(store.begin_scan(&header(1)).await.unwrap());
    assert!(matches!(store.begin_scan(&header(1)).await, Err(StoreError::ScanExists { .. })));
    assert!(matches!(store.diff("scan-001", "scan-001").await, Err(StoreError::NoScan { .. })));
    assert!(matches!(store.finding("abc").await, Err(StoreError::NoFinding { .. })));
    assert!(matches!(store.finding("not hexadecimal").await, Err(StoreError::NoFinding { .. })));
    assert!(matches!(store.finding("").await, Err(StoreError::NoFinding { .. })));
}

#[tokio::test]
async fn exceptions_are_kept() {
    let store = Store::in_memory().await.unwrap();
    let rule = |id: &str| crate::ExceptionRule {
        id: id.to_owned(),
        scope: "name == 'a'".to_owned(),
        reason: "for now".to_owned(),
        owner: "ops".to_owned(),
        until: String::new(),
        created_at: at(1),
        created_by: "me".to_owned(),
    };
    store.add_exception(&rule("e1")).await.unwrap();
    store.add_exception(&rule("e2")).await.unwrap();
    assert!(matches!(store.add_exception(&rule("e1")).await, Err(StoreError::ExceptionExists { .. })));
    store.end_exception("e1", "2027-01-15").await.unwrap();
    store.remove_exception("e2").await.unwrap();
    assert!(matches!(store.remove_exception("e2").await, Err(StoreError::NoException { .. })));
    let ended = crate::ExceptionRule { until: "2027-01-15".to_owned(), ..rule("e1") };
    assert_eq!(store.exceptions().await.unwrap(), std::slice::from_ref(&ended));
    assert!(ended.holds_on("2027-01-15") && !ended.holds_on("2027-01-16") && rule("e1").holds_on("9999-12-31"));
}
