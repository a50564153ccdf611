//! Scans: beginning one, and what is remembered of those before.

use super::{
    finding_row, from_micros,
    open::Store,
    to_micros, to_u64,
    writer::{Before, ScanWriter},
};
use crate::{Changes, Counts, ScanHeader, ScanSummary, SeverityCounts, StoreError};
use sqlx::{Connection, Row, SqliteConnection, sqlite::SqliteRow};
use std::{
    collections::BTreeMap,
    fs::{File, TryLockError},
    time::Duration,
};

/// How often, and how long apart, the lock of running scans is tried.
const LOCK_TRIES_MAX: u32 = 100;
const LOCK_WAIT_MILLISECONDS: u64 = 100;

const SUMMARY: &str =
    "SELECT seq, id, started_at, finished_at, complete, pruned, scope, catalog_hash, resources, calls, errors,
      added, changed, removed, opened, reopened, resolved FROM scan";

impl Store {
    /// Begin a scan. Several may run at once, in several processes: each becomes current when it finishes, for the
    /// listings that it read.
    ///
    /// # Errors
    /// A scan with this id exists, or the store can't be written.
    pub async fn begin_scan(&self, header: &ScanHeader) -> Result<ScanWriter, StoreError> {
        const BEGINNING: &str = "begin a scan";
        let failed = self.failed(BEGINNING);
        let mut connection = self.pool().acquire().await.map_err(&failed)?;
        let lock = self.lock_shared(&mut connection).await?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(&failed)?;
        let before = before(&mut transaction).await.map_err(&failed)?;
        let seq = sqlx::query(
            "INSERT INTO scan (id, started_at, scope, catalog_hash) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO NOTHING RETURNING seq",
        )
        .bind(header.id.as_str())
        .bind(to_micros(header.started_at))
        .bind(header.scope.as_str())
        .bind(header.catalog_hash.as_str())
        .fetch_optional(&mut *transaction)
        .await
        .and_then(|row| row.map(|row| row.try_get(0)).transpose())
        .map_err(&failed)?;
        let Some(seq) = seq else { return Err(StoreError::ScanExists { id: header.id.clone() }) };
        transaction.commit().await.map_err(&failed)?;
        Ok(ScanWriter::new(self.clone(), seq, header, before, lock))
    }

    /// Finished scans and those that run or were killed, the last begun first.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn scans(&self) -> Result<Vec<ScanSummary>, StoreError> {
        self.summaries("ORDER BY seq DESC", None).await
    }

    /// A scan.
    ///
    /// # Errors
    /// There is none with this id, or the store can't be read.
    pub async fn scan(&self, id: &str) -> Result<ScanSummary, StoreError> {
        let found = self.summaries("WHERE id = ?1", Some(id)).await?.into_iter().next();
        found.ok_or_else(|| StoreError::NoScan { id: id.to_owned() })
    }

    /// The scan that finished last.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn last_scan(&self) -> Result<Option<ScanSummary>, StoreError> {
        let found = self.summaries("WHERE epoch IS NOT NULL ORDER BY epoch DESC LIMIT 1", None).await?;
        Ok(found.into_iter().next())
    }

    /// The last scan that finished and tried all that it was asked for.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn last_complete_scan(&self) -> Result<Option<ScanSummary>, StoreError> {
        let found = self.summaries("WHERE epoch IS NOT NULL AND complete ORDER BY epoch DESC LIMIT 1", None).await?;
        Ok(found.into_iter().next())
    }

    async fn summaries(&self, which: &'static str, id: Option<&str>) -> Result<Vec<ScanSummary>, StoreError> {
        let failed = self.failed("read the scans");
        let mut connection = self.pool().acquire().await.map_err(&failed)?;
        let sql = format!("{SUMMARY} {which}");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).fetch_all(&mut *connection).await.map_err(&failed)?;
        let mut summaries = Vec::with_capacity(rows.len());
        for row in rows {
            let seq: i64 = row.try_get(0).map_err(&failed)?;
            let mut summary = summary(&row).map_err(&failed)??;
            summary.verdicts = verdicts(&mut connection, seq).await.map_err(&failed)?;
            summaries.push(summary);
        }
        Ok(summaries)
    }

    /// The shared lock of running scans. Where none runs, rows of scans that were killed are taken away first.
    async fn lock_shared(&self, connection: &mut SqliteConnection) -> Result<Option<File>, StoreError> {
        let Some(file) = self.lock_file()? else { return Ok(None) };
        if file.try_lock().is_ok() {
            super::prune::purge_killed(connection).await.map_err(self.failed("take away what killed scans left"))?;
            file.unlock().map_err(|source| self.lock_failed(source))?;
        }
        for _ in 0..LOCK_TRIES_MAX {
            match file.try_lock_shared() {
                Ok(()) => return Ok(Some(file)),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(source)) => return Err(self.lock_failed(source)),
            }
            tokio::time::sleep(Duration::from_millis(LOCK_WAIT_MILLISECONDS)).await;
        }
        Err(StoreError::Busy { operation: "begin a scan", path: self.path().to_owned() })
    }

    /// The file whose lock says that scans run; none for a store in memory.
    pub(super) fn lock_file(&self) -> Result<Option<File>, StoreError> {
        let Some(path) = self.lock_path() else { return Ok(None) };
        let mut options = File::options();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path).map(Some).map_err(|source| self.lock_failed(source))
    }

    pub(super) fn lock_failed(&self, source: std::io::Error) -> StoreError {
        StoreError::File { operation: "lock", path: self.lock_path().unwrap_or_default(), source }
    }
}

async fn before(connection: &mut SqliteConnection) -> Result<Before, sqlx::Error> {
    let row = sqlx::query("SELECT coalesce(max(epoch), 0), EXISTS (SELECT 1 FROM finding) FROM scan")
        .fetch_one(&mut *connection)
        .await?;
    let mut policies = BTreeMap::new();
    for row in sqlx::query("SELECT name, id FROM policy").fetch_all(&mut *connection).await? {
        policies.insert(row.try_get(0)?, row.try_get(1)?);
    }
    Ok(Before { epoch: row.try_get(0)?, policies, any_findings: row.try_get(1)? })
}

fn summary(row: &SqliteRow) -> Result<Result<ScanSummary, StoreError>, sqlx::Error> {
    let count = |column: usize| row.try_get::<i64, _>(column).map(to_u64);
    let finished: Option<i64> = row.try_get(3)?;
    let times = from_micros(row.try_get(2)?)
        .and_then(|started| finished.map(from_micros).transpose().map(|finished| (started, finished)));
    let (started_at, finished_at) = match times {
        Ok(times) => times,
        Err(error) => return Ok(Err(error)),
    };
    Ok(Ok(ScanSummary {
        id: row.try_get(1)?,
        started_at,
        finished_at,
        complete: row.try_get(4)?,
        pruned: row.try_get(5)?,
        scope: row.try_get(6)?,
        catalog_hash: row.try_get(7)?,
        resources: count(8)?,
        calls: count(9)?,
        errors: count(10)?,
        changes: Changes {
            added: count(11)?,
            changed: count(12)?,
            removed: count(13)?,
            opened: count(14)?,
            reopened: count(15)?,
            resolved: count(16)?,
        },
        verdicts: Vec::new(),
    }))
}

async fn verdicts(connection: &mut SqliteConnection, seq: i64) -> Result<Vec<SeverityCounts>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT severity, passes, failures, excepted, unknowns, manuals FROM scan_verdicts WHERE scan = ?1 ORDER BY severity",
    )
    .bind(seq)
    .fetch_all(connection)
    .await?;
    let mut verdicts = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some(severity) = finding_row::severity_of(row.try_get(0)?) {
            verdicts.push(SeverityCounts { severity, counts: counts(&row, 1)? });
        }
    }
    Ok(verdicts)
}

/// The five counts that begin at a column.
pub(super) fn counts(row: &SqliteRow, first: usize) -> Result<Counts, sqlx::Error> {
    let count = |place: usize| row.try_get::<i64, _>(first + place).map(to_u64);
    Ok(Counts { passes: count(0)?, failures: count(1)?, excepted: count(2)?, unknowns: count(3)?, manuals: count(4)? })
}
