//! Taking away what nobody needs: history before the scans that are kept, and what killed scans left.

use super::{open::Store, to_micros};
use crate::{Keep, Pruned, StoreError};
use sqlx::{Connection, Row, SqliteConnection};

/// Scans that began and can't finish any more.
const PURGE_KILLED: &[&str] = &[
    "DELETE FROM body WHERE id IN (SELECT body FROM document WHERE from_scan IN (SELECT seq FROM scan WHERE epoch IS NULL))",
    "DELETE FROM document WHERE from_scan IN (SELECT seq FROM scan WHERE epoch IS NULL)",
    "DELETE FROM judged WHERE from_scan IN (SELECT seq FROM scan WHERE epoch IS NULL)",
    "DELETE FROM finding WHERE from_scan IN (SELECT seq FROM scan WHERE epoch IS NULL)",
    "DELETE FROM scan WHERE epoch IS NULL",
];
/// Bodies of what ended by the oldest kept scan (?1).
const PRUNE_BODIES: &str = "DELETE FROM body WHERE id IN (SELECT body FROM document
    WHERE to_scan IN (SELECT seq FROM scan WHERE epoch <= ?1))";
const PRUNE_DOCUMENTS: &str = "DELETE FROM document WHERE to_scan IN (SELECT seq FROM scan WHERE epoch <= ?1)";
const PRUNE_FINDINGS: &str = "DELETE FROM finding WHERE to_scan IN (SELECT seq FROM scan WHERE epoch <= ?1)";
const PRUNE_UNREAD: &str = "DELETE FROM unread WHERE to_scan IN (SELECT seq FROM scan WHERE epoch <= ?1)";
const PRUNE_RESOURCES: &str = "DELETE FROM resource WHERE ?1 = ?1 AND id NOT IN (SELECT resource FROM document)
    AND id NOT IN (SELECT resource FROM finding)";
const PRUNE_SCANS: &str = "UPDATE scan SET pruned = 1 WHERE epoch < ?1 AND NOT pruned";

impl Store {
    /// Take away history that no kept scan needs. Open findings keep the date when they were first seen; scans keep
    /// their counters. With `compact` the file is rewritten to give the space back, which needs as much again meanwhile.
    ///
    /// # Errors
    /// Scans are running, or the store can't be written.
    pub async fn prune(&self, keep: Keep, compact: bool) -> Result<Pruned, StoreError> {
        const PRUNING: &str = "prune";
        let failed = self.failed(PRUNING);
        let lock = self.lock_file()?;
        if lock.as_ref().is_some_and(|file| file.try_lock().is_err()) {
            return Err(StoreError::Busy { operation: PRUNING, path: self.path().to_owned() });
        }
        let mut connection = self.pool().acquire().await.map_err(&failed)?;
        if lock.is_some() {
            purge_killed(&mut connection).await.map_err(&failed)?;
        }
        let mut pruned = Pruned::default();
        if let Some(epoch) = oldest_kept(&mut connection, keep).await.map_err(&failed)? {
            pruned = prune_before(&mut connection, epoch).await.map_err(&failed)?;
        }
        if compact {
            sqlx::query("VACUUM").execute(&mut *connection).await.map_err(&failed)?;
            sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_all(&mut *connection).await.map_err(&failed)?;
        }
        Ok(pruned)
    }
}

/// The epoch of the oldest kept scan.
async fn oldest_kept(connection: &mut SqliteConnection, keep: Keep) -> Result<Option<i64>, sqlx::Error> {
    let (scans, since) = match keep {
        Keep::Scans(scans) => (i64::from(scans.max(1)), i64::MIN),
        Keep::Since(at) => (i64::MAX, to_micros(at)),
    };
    let row = sqlx::query(
        "SELECT coalesce(
           (SELECT min(epoch) FROM (SELECT epoch FROM scan WHERE epoch IS NOT NULL AND finished_at >= ?2
              ORDER BY epoch DESC LIMIT ?1)),
           (SELECT max(epoch) FROM scan))",
    )
    .bind(scans)
    .bind(since)
    .fetch_one(connection)
    .await?;
    row.try_get(0)
}

async fn prune_before(connection: &mut SqliteConnection, epoch: i64) -> Result<Pruned, sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let mut counts = [0; 6];
    let statements = [PRUNE_BODIES, PRUNE_DOCUMENTS, PRUNE_FINDINGS, PRUNE_UNREAD, PRUNE_RESOURCES, PRUNE_SCANS];
    for (count, statement) in counts.iter_mut().zip(statements) {
        *count = sqlx::query(statement).bind(epoch).execute(&mut *transaction).await?.rows_affected();
    }
    transaction.commit().await?;
    let [_, documents, findings, _, _, scans] = counts;
    Ok(Pruned { scans, documents, findings })
}

/// Take away what killed scans left. Only while no scan runs.
pub(super) async fn purge_killed(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let row = sqlx::query("SELECT EXISTS (SELECT 1 FROM scan WHERE epoch IS NULL)").fetch_one(&mut *connection).await?;
    if !row.try_get::<bool, _>(0)? {
        return Ok(());
    }
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    for statement in PURGE_KILLED {
        sqlx::query(*statement).execute(&mut *transaction).await?;
    }
    transaction.commit().await
}
