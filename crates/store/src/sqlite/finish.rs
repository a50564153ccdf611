//! The end of a scan: one transaction in which all that it wrote becomes current and what it replaced becomes history.

use super::{
    json_list,
    rows::{Cell, Rows},
    to_i64, to_micros,
    writer::{ByListing, Listing, ScanWriter},
};
use crate::{Counts, ScanEnd, ScanSummary, StoreError};
use sqlx::{Connection, Row, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};

/// Row numbers in one statement.
const ROW_NUMBERS_MAX: usize = 20_000;
/// Bodies packed in one transaction.
const BODIES_MAX: usize = 500;
/// zstd's level for history.
const PACK_LEVEL: i32 = 3;

/// The scan that saw a finding last, before this one.
macro_rules! last_scan {
    () => {
        "last_scan = coalesce(last_scan, (
            SELECT max(from_scan, CASE finding.status WHEN 2 THEN c.tried_scan ELSE coalesce(c.read_scan, 0) END)
            FROM coverage c WHERE c.listing = finding.listing AND c.policy = finding.policy), from_scan)"
    };
}
/// Rows that count: of a finished scan, and still valid.
macro_rules! current {
    () => {
        " AND to_scan IS NULL AND from_scan IN (SELECT seq FROM scan WHERE epoch IS NOT NULL)"
    };
}

const CLOSE_DOCUMENTS: &str = concat!(
    "UPDATE document SET to_scan = ?2 WHERE listing = ?3 AND resource IN (SELECT value FROM json_each(?1))",
    current!()
);
const FORGET_JUDGED: &str =
    "DELETE FROM judged WHERE listing = ?3 AND resource IN (SELECT value FROM json_each(?1)) AND from_scan <> ?2
    AND from_scan IN (SELECT seq FROM scan WHERE epoch IS NOT NULL)";
const RESOLVE_ON_RESOURCES: &str = concat!(
    "UPDATE finding SET to_scan = ?2, ended = 1, ",
    last_scan!(),
    " WHERE resource IN (SELECT value FROM json_each(?1))",
    current!()
);
const RESOLVE: &str = concat!(
    "UPDATE finding SET to_scan = ?2, ended = 1, ",
    last_scan!(),
    " WHERE id IN (SELECT value FROM json_each(?1))",
    current!()
);
const TURN: &str =
    concat!("UPDATE finding SET to_scan = ?2, ended = 0 WHERE id IN (SELECT value FROM json_each(?1))", current!());
const UNCONFIRM: &str = concat!(
    "UPDATE finding SET ",
    last_scan!(),
    " WHERE ?2 = ?2 AND id IN (SELECT value FROM json_each(?1))",
    current!()
);
const CONFIRM: &str = concat!(
    "UPDATE finding SET last_scan = NULL WHERE ?2 = ?2 AND id IN (SELECT value FROM json_each(?1))",
    current!()
);
const DROP_REWORDED: &str = "DELETE FROM finding WHERE ?2 = ?2 AND id IN (SELECT value FROM json_each(?1))";
const DROP_BODIES: &str = "DELETE FROM body WHERE ?2 = ?2 AND id IN (SELECT value FROM json_each(?1))";

/// What another scan that finished while this one ran has made current, where this one knows better.
const CLOSE_RIVALS: &[&str] = &[
    "UPDATE document SET to_scan = ?1 WHERE to_scan IS NULL AND from_scan <> ?1
       AND from_scan IN (SELECT seq FROM scan WHERE epoch IS NOT NULL)
       AND (listing, resource) IN (SELECT listing, resource FROM document WHERE from_scan = ?1)",
    "DELETE FROM judged WHERE from_scan <> ?1 AND from_scan IN (SELECT seq FROM scan WHERE epoch IS NOT NULL)
       AND (listing, resource) IN (SELECT listing, resource FROM judged WHERE from_scan = ?1)",
    "UPDATE finding SET to_scan = ?1, ended = 0 WHERE to_scan IS NULL AND from_scan <> ?1
       AND from_scan IN (SELECT seq FROM scan WHERE epoch IS NOT NULL)
       AND identity IN (SELECT identity FROM finding WHERE from_scan = ?1)",
];

impl ScanWriter {
    /// Make what the scan found current, all at once.
    ///
    /// # Errors
    /// The store can't be written; then nothing of the scan is current.
    pub async fn finish(mut self, end: ScanEnd) -> Result<ScanSummary, StoreError> {
        const FINISHING: &str = "finish the scan";
        let mut connection = self.acquire().await?;
        self.write_waiting(&mut connection).await?;
        let gone = self.gone();
        let store = self.store.clone();
        pack(&mut connection, &self.ends.bodies).await.map_err(store.failed("pack old documents"))?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(store.failed(FINISHING))?;
        self.conclude(&mut transaction, &gone, end).await.map_err(store.failed(FINISHING))?;
        transaction.commit().await.map_err(store.failed(FINISHING))?;
        drop(connection);
        store.scan(&self.id).await
    }

    /// Resources that were known and that their listing no longer shows; their bodies go to history.
    fn gone(&mut self) -> ByListing {
        let mut gone = ByListing::new();
        for listing in self.listings.values().filter(|listing| listing.listed && listing.unread.is_empty()) {
            for known in listing.resources.values().filter(|known| !known.seen) {
                gone.entry(listing.id).or_default().push(known.resource);
                self.ends.bodies.extend(known.document.map(|document| document.body));
            }
        }
        gone
    }

    async fn conclude(
        &mut self,
        connection: &mut SqliteConnection,
        gone: &ByListing,
        end: ScanEnd,
    ) -> Result<(), sqlx::Error> {
        let seq = self.seq;
        let ends = std::mem::take(&mut self.ends);
        let row = sqlx::query("SELECT coalesce(max(epoch), 0) FROM scan").fetch_one(&mut *connection).await?;
        let last_epoch: i64 = row.try_get(0)?;
        for (listing, gone) in gone {
            self.changes.removed += each_of(connection, CLOSE_DOCUMENTS, gone, seq, *listing).await?;
            self.changes.resolved += each(connection, RESOLVE_ON_RESOURCES, gone, seq).await?;
            each_of(connection, FORGET_JUDGED, gone, seq, *listing).await?;
        }
        for (listing, resources) in &ends.documents {
            each_of(connection, CLOSE_DOCUMENTS, resources, seq, *listing).await?;
        }
        for (listing, resources) in &ends.judged {
            each_of(connection, FORGET_JUDGED, resources, seq, *listing).await?;
        }
        each(connection, RESOLVE, &ends.resolved, seq).await?;
        each(connection, TURN, &ends.turned, seq).await?;
        each(connection, UNCONFIRM, &ends.unconfirmed, seq).await?;
        each(connection, CONFIRM, &ends.confirmed, seq).await?;
        self.reword(connection, &ends.reworded).await?;
        each(connection, DROP_BODIES, &ends.bodies_dropped, seq).await?;
        if last_epoch != self.epoch_before {
            for statement in CLOSE_RIVALS {
                sqlx::query(*statement).bind(seq).execute(&mut *connection).await?;
            }
        }
        self.write_unread(connection).await?;
        self.write_coverage(connection).await?;
        self.write_end(connection, end, last_epoch + 1).await
    }

    /// Findings with new words begin when those with the old words began.
    async fn reword(&self, connection: &mut SqliteConnection, old: &[i64]) -> Result<(), sqlx::Error> {
        if old.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "UPDATE finding SET replaces = NULL, from_scan = coalesce(
               (SELECT old.from_scan FROM finding old WHERE old.id = finding.replaces), from_scan)
             WHERE id BETWEEN ?1 AND ?2 AND replaces IS NOT NULL",
        )
        .bind(self.first_row())
        .bind(self.next_row)
        .execute(&mut *connection)
        .await?;
        each(connection, DROP_REWORDED, old, self.seq).await.map(drop)
    }

    async fn write_unread(&self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let mut before: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
        let rows = sqlx::query(concat!("SELECT listing, record FROM unread WHERE TRUE", current!()));
        for row in rows.fetch_all(&mut *connection).await? {
            before.entry(row.try_get(0)?).or_default().insert(row.try_get(1)?);
        }
        for listing in self.listings.values().filter(|listing| listing.listed || !listing.unread.is_empty()) {
            let known = before.remove(&listing.id).unwrap_or_default();
            for record in known.difference(&listing.unread) {
                sqlx::query(concat!("UPDATE unread SET to_scan = ?1 WHERE listing = ?2 AND record = ?3", current!()))
                    .bind(self.seq)
                    .bind(listing.id)
                    .bind(record.as_str())
                    .execute(&mut *connection)
                    .await?;
            }
            for record in listing.unread.difference(&known) {
                sqlx::query("INSERT INTO unread (listing, from_scan, record) VALUES (?1, ?2, ?3)")
                    .bind(listing.id)
                    .bind(self.seq)
                    .bind(record.as_str())
                    .execute(&mut *connection)
                    .await?;
            }
        }
        Ok(())
    }

    async fn write_coverage(&self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let mut rows: Rows<10> = Rows::new(
            "INSERT INTO coverage (listing, policy, severity, read_scan, tried_scan, passes, failures, excepted, unknowns,
               manuals) VALUES ",
            "(?,?,?,?,?,?,?,?,?,?)",
            " ON CONFLICT (listing, policy) DO UPDATE SET severity = excluded.severity,
               read_scan = coalesce(excluded.read_scan, read_scan), tried_scan = excluded.tried_scan,
               passes = excluded.passes, failures = excluded.failures, excepted = excluded.excepted,
               unknowns = excluded.unknowns, manuals = excluded.manuals",
        );
        for listing in self.listings.values() {
            let read = listing.unread.is_empty().then_some(self.seq);
            for (policy, (severity, counts)) in &listing.tallies {
                let [passes, failures, excepted, unknowns, manuals] = cells(*counts);
                rows.push([
                    Cell::Int(listing.id),
                    Cell::Int(*policy),
                    Cell::Int(*severity),
                    Cell::from(read),
                    Cell::Int(self.seq),
                    passes,
                    failures,
                    excepted,
                    unknowns,
                    manuals,
                ]);
            }
        }
        rows.write(connection).await.map(drop)
    }

    async fn write_end(&self, connection: &mut SqliteConnection, end: ScanEnd, epoch: i64) -> Result<(), sqlx::Error> {
        let mut rows: Rows<7> = Rows::new(
            "INSERT INTO scan_verdicts (scan, severity, passes, failures, excepted, unknowns, manuals) VALUES ",
            "(?,?,?,?,?,?,?)",
            "",
        );
        for (severity, counts) in by_severity(self.listings.values()) {
            let [passes, failures, excepted, unknowns, manuals] = cells(counts);
            rows.push([Cell::Int(self.seq), Cell::Int(severity), passes, failures, excepted, unknowns, manuals]);
        }
        rows.write(connection).await?;
        sqlx::query(
            "UPDATE scan SET epoch = ?2, finished_at = ?3, complete = ?4, resources = ?5, calls = ?6, errors = ?7, added = ?8,
               changed = ?9, removed = ?10, opened = ?11, reopened = ?12, resolved = ?13 WHERE seq = ?1",
        )
        .bind(self.seq)
        .bind(epoch)
        .bind(to_micros(end.at))
        .bind(end.complete)
        .bind(to_i64(self.resources_read))
        .bind(to_i64(end.calls))
        .bind(to_i64(end.errors))
        .bind(to_i64(self.changes.added))
        .bind(to_i64(self.changes.changed))
        .bind(to_i64(self.changes.removed))
        .bind(to_i64(self.changes.opened))
        .bind(to_i64(self.changes.reopened))
        .bind(to_i64(self.changes.resolved))
        .execute(connection)
        .await
        .map(drop)
    }
}

fn by_severity<'a>(listings: impl Iterator<Item = &'a Listing>) -> BTreeMap<i64, Counts> {
    let mut totals: BTreeMap<i64, Counts> = BTreeMap::new();
    for (severity, counts) in listings.flat_map(|listing| listing.tallies.values()) {
        *totals.entry(*severity).or_default() += *counts;
    }
    totals
}

fn cells(counts: Counts) -> [Cell; 5] {
    [counts.passes, counts.failures, counts.excepted, counts.unknowns, counts.manuals]
        .map(|count| Cell::Int(to_i64(count)))
}

/// Run a statement over row numbers (`?1`, a JSON list) for this scan (`?2`); the number of rows that it changed.
async fn each(
    connection: &mut SqliteConnection,
    statement: &'static str,
    rows: &[i64],
    seq: i64,
) -> Result<u64, sqlx::Error> {
    each_of(connection, statement, rows, seq, 0).await
}

/// The same over row numbers of a listing (`?3`).
async fn each_of(
    connection: &mut SqliteConnection,
    statement: &'static str,
    rows: &[i64],
    seq: i64,
    listing: i64,
) -> Result<u64, sqlx::Error> {
    let mut changed = 0;
    for chunk in rows.chunks(ROW_NUMBERS_MAX) {
        let query = sqlx::query(statement).bind(json_list(chunk)).bind(seq).bind(listing);
        changed += query.execute(&mut *connection).await?.rows_affected();
    }
    Ok(changed)
}

/// Compress bodies that are about to become history. A body reads the same in either form, whenever that happens.
async fn pack(connection: &mut SqliteConnection, bodies: &[i64]) -> Result<(), sqlx::Error> {
    let mut compressor = zstd::bulk::Compressor::new(PACK_LEVEL).map_err(sqlx::Error::Io)?;
    let mut packed: Rows<2> = Rows::new("INSERT OR REPLACE INTO body (id, form, bytes) VALUES ", "(?,1,?)", "");
    for chunk in bodies.chunks(BODIES_MAX) {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let rows = sqlx::query(
            "SELECT id, json(bytes) FROM body WHERE form = 0 AND id IN (SELECT value FROM json_each(?1)) ORDER BY id",
        )
        .bind(json_list(chunk))
        .fetch_all(&mut *transaction)
        .await?;
        for row in rows {
            let text: &str = row.try_get(1)?;
            let bytes = compressor.compress(text.as_bytes()).map_err(sqlx::Error::Io)?;
            packed.push([Cell::Int(row.try_get(0)?), Cell::Blob(bytes)]);
        }
        packed.write(&mut transaction).await?;
        transaction.commit().await?;
    }
    Ok(())
}
