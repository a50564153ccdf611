//! What can go wrong with the store: each error names the operation and the file.

use std::path::{Path, PathBuf};

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder of the store could not be made, or the file not be created or locked.
    #[error("can't {operation} {}", path.display())]
    File {
        /// What was being done.
        operation: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The file is something else.
    #[error("{} is not a store of stance", path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
    },
    /// A newer version of this program has written the file.
    #[error("{} has schema {found}, written by a newer stance; this one knows schemas up to {known}: update it, or choose another store", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The schema of the file.
        found: i64,
        /// The last schema that this program knows.
        known: i64,
    },
    /// The file, its folder or its file system can't be written.
    #[error("can't {operation}: the store {} can't be written (it or its folder is read-only)", path.display())]
    ReadOnly {
        /// What was being done.
        operation: &'static str,
        /// The file.
        path: PathBuf,
        /// The database's words.
        source: sqlx::Error,
    },
    /// No space is left.
    #[error("can't {operation}: no space is left for the store {}; what it held before is unharmed", path.display())]
    Full {
        /// What was being done.
        operation: &'static str,
        /// The file.
        path: PathBuf,
        /// The database's words.
        source: sqlx::Error,
    },
    /// Another process is writing for too long, or scans run while the operation needs the store for itself.
    #[error("can't {operation}: another process is using the store {}", path.display())]
    Busy {
        /// What was being done.
        operation: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// The file is damaged.
    #[error("can't {operation}: the store {} is damaged", path.display())]
    Damaged {
        /// What was being done.
        operation: &'static str,
        /// The file.
        path: PathBuf,
        /// The database's words.
        source: sqlx::Error,
    },
    /// The database refused otherwise.
    #[error("can't {operation} in the store {}", path.display())]
    Database {
        /// What was being done.
        operation: &'static str,
        /// The file.
        path: PathBuf,
        /// The database's words.
        source: sqlx::Error,
    },
    /// A record could not be written as JSON or read back.
    #[error("can't {operation}: {object} is no valid record")]
    Record {
        /// What was being done.
        operation: &'static str,
        /// Which record.
        object: String,
        /// Why.
        source: serde_json::Error,
    },
    /// A document or a finding's evidence nests too deeply to be stored.
    #[error("can't {operation}: {object} nests deeper than {levels_max} levels")]
    TooDeep {
        /// What was being done.
        operation: &'static str,
        /// Which record.
        object: String,
        /// The bound.
        levels_max: usize,
    },
    /// A record holds something that this version does not know.
    #[error("can't {operation}: {object} holds a value that is not known")]
    Value {
        /// What was being done.
        operation: &'static str,
        /// Which record.
        object: String,
    },
    /// There is no such scan, or it did not finish.
    #[error("there is no finished scan '{id}'")]
    NoScan {
        /// The id asked for.
        id: String,
    },
    /// A scan with this id exists.
    #[error("a scan '{id}' exists already")]
    ScanExists {
        /// The id.
        id: String,
    },
    /// The history that the question needs was pruned.
    #[error("the history of scan '{id}' was pruned")]
    PrunedScan {
        /// The scan.
        id: String,
    },
    /// There is no such finding.
    #[error("there is no finding '{id}'")]
    NoFinding {
        /// The id or prefix asked for.
        id: String,
    },
    /// Several findings begin so.
    #[error("several findings begin with '{prefix}': {}", candidates.join(", "))]
    AmbiguousFinding {
        /// The prefix asked for.
        prefix: String,
        /// Some of them.
        candidates: Vec<String>,
    },
    /// An exception with this id exists.
    #[error("an exception '{id}' exists already")]
    ExceptionExists {
        /// The id.
        id: String,
    },
    /// There is no such exception.
    #[error("there is no exception '{id}'")]
    NoException {
        /// The id.
        id: String,
    },
}

/// Result codes of SQLite, primary where nothing else is said: <https://sqlite.org/rescode.html>.
mod code {
    pub(super) const PERM: i64 = 3;
    pub(super) const BUSY: i64 = 5;
    pub(super) const LOCKED: i64 = 6;
    pub(super) const READONLY: i64 = 8;
    pub(super) const CORRUPT: i64 = 11;
    pub(super) const FULL: i64 = 13;
    pub(super) const CANTOPEN: i64 = 14;
    pub(super) const NOTADB: i64 = 26;
    /// The shared memory of the write-ahead log could not grow: no space, too.
    pub(super) const IOERR_SHMSIZE: i64 = 10 | 19 << 8;
}

impl StoreError {
    /// The error that a failure of the database means.
    pub(crate) fn database(operation: &'static str, path: &Path, source: sqlx::Error) -> Self {
        let path = path.to_owned();
        if matches!(source, sqlx::Error::PoolTimedOut) {
            return Self::Busy { operation, path };
        }
        let extended = extended_code(&source);
        match extended.map(|extended| extended & 0xff) {
            _ if extended == Some(code::IOERR_SHMSIZE) => Self::Full { operation, path, source },
            Some(code::NOTADB) => Self::NotAStore { path },
            Some(code::BUSY | code::LOCKED) => Self::Busy { operation, path },
            Some(code::READONLY | code::PERM | code::CANTOPEN) => Self::ReadOnly { operation, path, source },
            Some(code::FULL) => Self::Full { operation, path, source },
            Some(code::CORRUPT) => Self::Damaged { operation, path, source },
            _ => Self::Database { operation, path, source },
        }
    }
}

fn extended_code(error: &sqlx::Error) -> Option<i64> {
    error.as_database_error()?.code()?.parse().ok()
}
