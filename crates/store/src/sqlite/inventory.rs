//! Reading documents back: now, or as they were.

use super::{json_list, open::Store, to_micros};
use crate::{InventoryFilter, StoreError, json};
use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use model::{Record, Resource, Unread};
use sqlx::{Row, sqlite::SqliteRow};

/// Records in one batch.
const BATCH_RECORDS_MAX: usize = 1_000;
/// A document's size when it is unpacked from history, in bytes.
const UNPACKED_BYTES_MAX: usize = 1 << 30;

/// ?1: the epoch; the others: JSON lists, empty for all.
const BODIES: &str =
    "SELECT d.body FROM listing l JOIN resource r ON r.listing = l.id JOIN document d ON d.listing = l.id AND d.resource = r.id
    WHERE d.from_scan IN (SELECT seq FROM scan WHERE epoch <= ?1)
      AND (d.to_scan IS NULL OR d.to_scan NOT IN (SELECT seq FROM scan WHERE epoch <= ?1))
      AND (?2 = '[]' OR l.account IN (SELECT value FROM json_each(?2)))
      AND (?3 = '[]' OR l.type IN (SELECT value FROM json_each(?3)))
      AND (?4 = '[]' OR r.region IN (SELECT value FROM json_each(?4)))
      AND (?5 = '[]' OR r.name IN (SELECT value FROM json_each(?5)))
    ORDER BY l.account, l.type, r.region, r.name, l.region";
const UNREAD: &str = "SELECT u.record FROM listing l JOIN unread u ON u.listing = l.id
    WHERE u.from_scan IN (SELECT seq FROM scan WHERE epoch <= ?1)
      AND (u.to_scan IS NULL OR u.to_scan NOT IN (SELECT seq FROM scan WHERE epoch <= ?1))
      AND (?2 = '[]' OR l.account IN (SELECT value FROM json_each(?2)))
      AND (?3 = '[]' OR l.type IN (SELECT value FROM json_each(?3)))
      AND (?4 = '[]' OR l.region IN (SELECT value FROM json_each(?4)))
      AND ?5 = '[]'";

/// Records of an inventory, a batch at a time: resources sorted by account, type, region and id, then unread listings.
#[derive(Debug)]
pub struct InventoryReader {
    store: Store,
    bodies: std::vec::IntoIter<i64>,
    unread: std::vec::IntoIter<Unread>,
}

impl Store {
    /// The inventory, now or as it was after the last scan that had finished by then.
    ///
    /// # Errors
    /// The store can't be read, or the history of that time was pruned.
    pub async fn inventory(&self, filter: &InventoryFilter) -> Result<InventoryReader, StoreError> {
        let failed = self.failed("read the inventory");
        let epoch = match filter.at {
            Some(at) => self.epoch_at(at).await?,
            None => i64::MAX,
        };
        let lists = [&filter.accounts, &filter.types, &filter.regions, &filter.ids].map(|list| json_list(list));
        let mut connection = self.pool().acquire().await.map_err(&failed)?;
        let [mut bodies, mut unread] = [BODIES, UNREAD].map(|sql| sqlx::query(sql).bind(epoch));
        for list in lists {
            bodies = bodies.bind(list.clone());
            unread = unread.bind(list);
        }
        let bodies: Result<Vec<i64>, _> =
            bodies.try_map(|row: SqliteRow| row.try_get::<i64, _>(0)).fetch(&mut *connection).try_collect().await;
        let mut records = Vec::new();
        for row in unread.fetch_all(&mut *connection).await.map_err(&failed)? {
            records.push(unread_of(row.try_get(0).map_err(&failed)?)?);
        }
        records.sort();
        Ok(InventoryReader {
            store: self.clone(),
            bodies: bodies.map_err(&failed)?.into_iter(),
            unread: records.into_iter(),
        })
    }

    /// The epoch of the last scan that had finished by then; 0 before the first.
    async fn epoch_at(&self, at: DateTime<Utc>) -> Result<i64, StoreError> {
        let failed = self.failed("find the scan of a time");
        let row = sqlx::query(
            "SELECT epoch, id, pruned FROM scan WHERE epoch IS NOT NULL AND finished_at <= ?1 ORDER BY epoch DESC LIMIT 1",
        )
        .bind(to_micros(at))
        .fetch_optional(self.pool())
        .await
        .map_err(&failed)?;
        let Some(row) = row else { return Ok(0) };
        if row.try_get(2).map_err(&failed)? {
            return Err(StoreError::PrunedScan { id: row.try_get(1).map_err(&failed)? });
        }
        row.try_get(0).map_err(&failed)
    }

    /// Resources of these bodies, in their order; a body that was pruned meanwhile is left out.
    pub(super) async fn resources_of(&self, bodies: &[i64]) -> Result<Vec<(i64, Resource)>, StoreError> {
        let failed = self.failed("read documents");
        let rows = sqlx::query(
            "SELECT b.id, b.form, CASE b.form WHEN 0 THEN json(b.bytes) END, CASE b.form WHEN 1 THEN b.bytes END
             FROM json_each(?1) asked CROSS JOIN body b ON b.id = asked.value ORDER BY asked.key",
        )
        .bind(json_list(bodies))
        .fetch_all(self.pool())
        .await
        .map_err(&failed)?;
        let mut resources = Vec::with_capacity(rows.len());
        for row in rows {
            let id: i64 = row.try_get(0).map_err(&failed)?;
            let text: Option<&str> = row.try_get(2).map_err(&failed)?;
            let packed: Option<&[u8]> = row.try_get(3).map_err(&failed)?;
            let resource = match (text, packed) {
                (Some(text), _) => json::read(text),
                (None, packed) => json::read(&unpack(packed.unwrap_or_default()).map_err(&failed)?),
            };
            let resource = resource.map_err(|source| StoreError::Record {
                operation: "read a document",
                object: format!("document {id}"),
                source,
            })?;
            resources.push((id, resource));
        }
        Ok(resources)
    }
}

impl InventoryReader {
    /// The next records; none at the end.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn next(&mut self) -> Result<Option<Vec<Record>>, StoreError> {
        loop {
            let bodies: Vec<i64> = self.bodies.by_ref().take(BATCH_RECORDS_MAX).collect();
            if bodies.is_empty() {
                let unread: Vec<_> = self.unread.by_ref().take(BATCH_RECORDS_MAX).map(Record::Unread).collect();
                return Ok((!unread.is_empty()).then_some(unread));
            }
            let resources = self.store.resources_of(&bodies).await?;
            if !resources.is_empty() {
                return Ok(Some(resources.into_iter().map(|(_, found)| Record::Resource(Box::new(found))).collect()));
            }
        }
    }
}

fn unread_of(record: &str) -> Result<Unread, StoreError> {
    serde_json::from_str(record).map_err(|source| StoreError::Record {
        operation: "read an unread listing",
        object: record.chars().take(200).collect(),
        source,
    })
}

fn unpack(packed: &[u8]) -> Result<String, sqlx::Error> {
    let bytes = zstd::bulk::Decompressor::upper_bound(packed).unwrap_or(UNPACKED_BYTES_MAX).min(UNPACKED_BYTES_MAX);
    let text = zstd::bulk::decompress(packed, bytes).map_err(sqlx::Error::Io)?;
    String::from_utf8(text).map_err(|error| sqlx::Error::Decode(error.into()))
}
