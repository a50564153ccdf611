//! Opening the store: the file, its settings, its schema. Knows nothing of what is stored.

use crate::StoreError;
use sqlx::{
    ConnectOptions, Connection, Row, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// Marks our files in SQLite's header: "stnc". <https://sqlite.org/pragma.html#pragma_application_id>
const APPLICATION_ID: i64 = 0x7374_6e63;
/// Each brings the schema from its index to the next version.
const MIGRATIONS: &[&str] = &[include_str!("../../migrations/0001_scans_documents_findings.sql")];
/// How long a writer waits for another process' writer.
const BUSY_WAIT_SECONDS: u64 = 30;
/// Readers and writers of this process at once.
const CONNECTIONS_MAX: u32 = 4;
/// Page cache of a connection, in KiB.
const CACHE_KIB: u32 = 32_768;
/// Documents of some 2 KB waste less of a page of this size, in bytes.
const PAGE_BYTES: u32 = 16_384;
/// The write-ahead log is merged into the file when it has so many pages.
const CHECKPOINT_PAGES: u32 = 4_096;
/// What the write-ahead log keeps of its size after it was merged, in bytes.
const LOG_KEPT_BYTES: u32 = 16 << 20;
/// Rows that the database's thread reads ahead.
const ROWS_BUFFERED_MAX: usize = 1_000;
/// Statements kept prepared by a connection.
const STATEMENTS_MAX: usize = 256;
/// The path that stands in errors for a store in memory.
const MEMORY_NAME: &str = "(in memory)";

/// The store. Cheap to clone; all clones are one.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    pool: SqlitePool,
    path: PathBuf,
    in_memory: bool,
}

impl Store {
    /// Open the store in this file; folder, file and schema are made or brought up to date where needed. What is made
    /// can be read by its owner alone.
    ///
    /// # Errors
    /// The file is no store, damaged, of a newer schema, or can't be written; no space is left.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, options()).await
    }

    pub(crate) async fn open_with(path: &Path, options: SqliteConnectOptions) -> Result<Self, StoreError> {
        const OPENING: &str = "open";
        create_private(path)?;
        let failed = |source| StoreError::database(OPENING, path, source);
        let options = options.filename(path).create_if_missing(true);
        let mut connection = options.connect().await.map_err(failed)?;
        migrate(&mut connection, path).await?;
        sqlx::query("PRAGMA journal_mode = WAL").fetch_one(&mut connection).await.map_err(failed)?;
        check_writable(&mut connection).await.map_err(failed)?;
        connection.close().await.map_err(failed)?;
        let pool = pool_options(CONNECTIONS_MAX).connect_with(options).await.map_err(failed)?;
        Ok(Self { inner: Arc::new(Inner { pool, path: path.to_owned(), in_memory: false }) })
    }

    /// A store that ends with the process. It has one connection: what one task reads or writes, others wait for.
    ///
    /// # Errors
    /// Memory is used up.
    pub async fn in_memory() -> Result<Self, StoreError> {
        let path = PathBuf::from(MEMORY_NAME);
        let failed = |source| StoreError::database("open", Path::new(MEMORY_NAME), source);
        let options = options().in_memory(true).journal_mode(SqliteJournalMode::Memory);
        let pool = pool_options(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
            .await
            .map_err(failed)?;
        let mut connection = pool.acquire().await.map_err(failed)?;
        migrate(&mut connection, &path).await?;
        drop(connection);
        Ok(Self { inner: Arc::new(Inner { pool, path, in_memory: true }) })
    }

    /// The file, or `(in memory)`.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Close all connections and merge the write-ahead log into the file. Without it the next opening does.
    pub async fn close(self) {
        self.inner.pool.close().await;
    }

    pub(super) fn pool(&self) -> &SqlitePool {
        &self.inner.pool
    }

    pub(super) fn failed(&self, operation: &'static str) -> impl Fn(sqlx::Error) -> StoreError + '_ {
        move |source| StoreError::database(operation, self.path(), source)
    }

    /// The file whose lock running scans share; none for a store in memory.
    pub(super) fn lock_path(&self) -> Option<PathBuf> {
        if self.inner.in_memory {
            return None;
        }
        let mut name = self.inner.path.clone().into_os_string();
        name.push(".lock");
        Some(PathBuf::from(name))
    }
}

pub(crate) fn options() -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .page_size(PAGE_BYTES)
        .foreign_keys(false)
        .busy_timeout(Duration::from_secs(BUSY_WAIT_SECONDS))
        .synchronous(SqliteSynchronous::Normal)
        .statement_cache_capacity(STATEMENTS_MAX)
        .row_buffer_size(ROWS_BUFFERED_MAX)
        .pragma("cache_size", format!("-{CACHE_KIB}"))
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES.to_string())
        .pragma("journal_size_limit", LOG_KEPT_BYTES.to_string())
        .disable_statement_logging()
}

fn pool_options(connections_max: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(Duration::from_secs(BUSY_WAIT_SECONDS))
        .test_before_acquire(false)
}

/// Bring the schema up to date, each version in a transaction of its own.
async fn migrate(connection: &mut SqliteConnection, path: &Path) -> Result<(), StoreError> {
    const MIGRATING: &str = "read the schema of";
    let failed = |source| StoreError::database(MIGRATING, path, source);
    let known = i64::try_from(MIGRATIONS.len()).expect("there are few migrations");
    if version(connection, path).await.map_err(failed)?? == known {
        return Ok(());
    }
    // Another process may be migrating: look again under the write lock.
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    let found = version(&mut transaction, path).await.map_err(failed)??;
    if found > known {
        return Err(StoreError::Newer { path: path.to_owned(), found, known });
    }
    let done = usize::try_from(found).unwrap_or(0);
    for migration in MIGRATIONS.iter().skip(done) {
        sqlx::raw_sql(*migration).execute(&mut *transaction).await.map_err(failed)?;
    }
    let marks = format!("PRAGMA user_version = {known}; PRAGMA application_id = {APPLICATION_ID};");
    sqlx::raw_sql(sqlx::AssertSqlSafe(marks)).execute(&mut *transaction).await.map_err(failed)?;
    transaction.commit().await.map_err(failed)
}

/// The version of the schema; 0 for a new file; an error where the file belongs to another program.
async fn version(connection: &mut SqliteConnection, path: &Path) -> Result<Result<i64, StoreError>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT (SELECT user_version FROM pragma_user_version), (SELECT application_id FROM pragma_application_id),
                (SELECT count(*) FROM sqlite_schema)",
    )
    .fetch_one(connection)
    .await?;
    let (version, application, objects): (i64, i64, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let new = version == 0 && application == 0 && objects == 0;
    if !new && (application != APPLICATION_ID || version < 1) {
        return Ok(Err(StoreError::NotAStore { path: path.to_owned() }));
    }
    Ok(Ok(version))
}

/// Fail now, and not at the end of the first scan, where the file can't be written.
async fn check_writable(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    // In a file that can't be written, beginning to write succeeds; writing does not.
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let mark = format!("PRAGMA application_id = {APPLICATION_ID}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(mark)).execute(&mut *transaction).await?;
    transaction.rollback().await
}

/// Make the folder and the file, for their owner alone: documents of an account are nobody else's business.
fn create_private(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        return Err(StoreError::NotAStore { path: path.to_owned() });
    }
    if path.exists() {
        return Ok(());
    }
    let failed = |operation| move |source| StoreError::File { operation, path: path.to_owned(), source };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(failed("create the folder of"))?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(failed("create"))
}
