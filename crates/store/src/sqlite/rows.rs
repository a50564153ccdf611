//! Rows on their way into a table, many in one statement. Knows no table.

use sqlx::{AssertSqlSafe, SqliteConnection};
use std::sync::Arc;

/// Rows in one statement.
const ROWS_PER_STATEMENT: usize = 128;

/// A value on its way into the database.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl From<Option<i64>> for Cell {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Self::Null, Self::Int)
    }
}

/// Rows of one table that wait to be written.
#[derive(Debug)]
pub(super) struct Rows<const COLUMNS: usize> {
    head: &'static str,
    row: &'static str,
    tail: &'static str,
    full: Arc<str>,
    waiting: Vec<[Cell; COLUMNS]>,
    bytes: usize,
}

impl<const COLUMNS: usize> Rows<COLUMNS> {
    /// `head` is `INSERT INTO table (columns) VALUES `, `row` is `(?, …)`, `tail` a conflict clause or empty.
    pub(super) fn new(head: &'static str, row: &'static str, tail: &'static str) -> Self {
        let full = statement(head, row, tail, ROWS_PER_STATEMENT).into();
        Self { head, row, tail, full, waiting: Vec::new(), bytes: 0 }
    }

    pub(super) fn push(&mut self, row: [Cell; COLUMNS]) {
        self.bytes += row.iter().map(bytes_of).sum::<usize>();
        self.waiting.push(row);
    }

    /// Bytes that wait, roughly.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn waiting_mut(&mut self) -> &mut [[Cell; COLUMNS]] {
        &mut self.waiting
    }

    /// Write all that waits; the number of rows written.
    pub(super) async fn write(&mut self, connection: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
        let mut written = 0;
        let mut waiting = std::mem::take(&mut self.waiting).into_iter().peekable();
        self.bytes = 0;
        while waiting.peek().is_some() {
            let chunk: Vec<_> = waiting.by_ref().take(ROWS_PER_STATEMENT).collect();
            let sql = if chunk.len() == ROWS_PER_STATEMENT {
                AssertSqlSafe(self.full.clone())
            } else {
                AssertSqlSafe(statement(self.head, self.row, self.tail, chunk.len()).into())
            };
            let mut query = sqlx::query(sql);
            for cell in chunk.into_iter().flatten() {
                query = match cell {
                    Cell::Null => query.bind(None::<i64>),
                    Cell::Int(number) => query.bind(number),
                    Cell::Text(text) => query.bind(text),
                    Cell::Blob(bytes) => query.bind(bytes),
                };
            }
            written += query.execute(&mut *connection).await?.rows_affected();
        }
        Ok(written)
    }
}

fn bytes_of(cell: &Cell) -> usize {
    const CELL_BYTES: usize = 32;
    CELL_BYTES
        + match cell {
            Cell::Null | Cell::Int(_) => 0,
            Cell::Text(text) => text.len(),
            Cell::Blob(bytes) => bytes.len(),
        }
}

fn statement(head: &str, row: &str, tail: &str, rows: usize) -> String {
    let mut sql = String::with_capacity(head.len() + (row.len() + 1) * rows + tail.len());
    sql.push_str(head);
    for index in 0..rows {
        if index > 0 {
            sql.push(',');
        }
        sql.push_str(row);
    }
    sql.push_str(tail);
    sql
}
