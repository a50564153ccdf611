//! What the store knows of a listing, read for a running scan: its resources, and the findings on them.

use super::{
    finding_row, json_list,
    lifecycle::Past,
    writer::{Hash, Known, KnownDocument, Listing, ListingKey, QUERY_ITEMS_MAX, ScanWriter, resource_key},
};
use crate::{Judged, Judgement, StoreError};
use futures::TryStreamExt;
use model::{FindingId, Resource, TypeName};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};
use std::collections::{BTreeMap, BTreeSet};

/// Findings that were there before a judgement.
#[derive(Debug, Default)]
pub(super) struct Pasts {
    pub(super) by_identity: BTreeMap<FindingId, Past>,
    /// Identities of the open findings of a resource.
    pub(super) open_of: BTreeMap<i64, Vec<FindingId>>,
}

/// Columns that [`past`] reads.
const OPEN_OF_RESOURCES: &str = "SELECT f.identity, f.resource, f.id, f.policy, f.status, f.severity, f.excepted,
      f.fingerprint, f.first_scan, f.opened_scan, f.reopened, f.to_scan IS NULL, f.last_scan IS NOT NULL
    FROM json_each(?1) asked CROSS JOIN finding f ON f.resource = asked.value
    WHERE f.to_scan IS NULL AND f.from_scan IN (SELECT seq FROM scan WHERE epoch IS NOT NULL)";
const LAST_OF_IDENTITIES: &str = "SELECT f.identity, f.resource, f.id, f.policy, f.status, f.severity, f.excepted,
      f.fingerprint, f.first_scan, f.opened_scan, f.reopened, f.to_scan IS NULL, f.last_scan IS NOT NULL
    FROM json_each(?1) asked CROSS JOIN finding f ON f.identity = unhex(asked.value)
    WHERE f.from_scan IN (SELECT seq FROM scan WHERE epoch IS NOT NULL)
    ORDER BY f.to_scan IS NULL, f.id";

impl ScanWriter {
    /// What the store remembers of these resources' judgements, in their order: none where nothing is remembered.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn judged(
        &mut self,
        account: &str,
        region: &str,
        type_name: &TypeName,
        resources: &[Resource],
    ) -> Result<Vec<Option<Judged>>, StoreError> {
        let mut connection = self.acquire().await?;
        let key = self.listing(&mut connection, account, region, type_name).await?;
        let listing = self.listings.get(&key).expect("the listing was entered above");
        let rows: Vec<Option<i64>> = resources
            .iter()
            .map(|resource| listing.resources.get(&resource_key(&resource.region, &resource.id)))
            .map(|known| known.filter(|known| known.document.is_some()).map(|known| known.resource))
            .collect();
        let asked: Vec<i64> = rows.iter().flatten().copied().collect();
        let mut remembered = remembered(&mut connection, listing, &asked)
            .await
            .map_err(self.store.failed("read the remembered judgements"))?;
        Ok(rows.into_iter().map(|row| row.and_then(|row| remembered.remove(&row))).collect())
    }

    /// Enter a listing, with all that is known of it.
    pub(super) async fn listing(
        &mut self,
        connection: &mut SqliteConnection,
        account: &str,
        region: &str,
        type_name: &TypeName,
    ) -> Result<ListingKey, StoreError> {
        let key = (account.to_owned(), type_name.as_str().to_owned(), region.to_owned());
        if !self.listings.contains_key(&key) {
            let listing = load(connection, &key).await.map_err(self.store.failed("read what is known of a listing"))?;
            self.listings.insert(key.clone(), listing);
        }
        Ok(key)
    }

    /// The number of a policy.
    pub(super) async fn policy(&mut self, connection: &mut SqliteConnection, name: &str) -> Result<i64, StoreError> {
        if let Some(id) = self.policies.get(name) {
            return Ok(*id);
        }
        let id = sqlx::query(
            "INSERT INTO policy (name) VALUES (?1) ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id",
        )
        .bind(name)
        .fetch_one(connection)
        .await
        .and_then(|row| row.try_get(0))
        .map_err(self.store.failed("write a policy's name"))?;
        self.policies.insert(name.to_owned(), id);
        Ok(id)
    }

    /// The findings that there were on these resources, and those of the same identity.
    pub(super) async fn pasts_of(
        &self,
        connection: &mut SqliteConnection,
        judgements: &[(i64, &Judgement<'_>)],
    ) -> Result<Pasts, StoreError> {
        let mut pasts = Pasts::default();
        if !self.any_findings {
            return Ok(pasts);
        }
        let failed = self.store.failed("read the findings of a listing");
        let resources: Vec<i64> = judgements.iter().map(|(resource, _)| *resource).collect();
        let rows = sqlx::query(OPEN_OF_RESOURCES).bind(json_list(&resources)).fetch_all(&mut *connection).await;
        for row in rows.map_err(&failed)? {
            let (identity, resource, past) = past(&row).map_err(&failed)?;
            pasts.open_of.entry(resource).or_default().push(identity);
            pasts.by_identity.insert(identity, past);
        }
        let new: BTreeSet<FindingId> = judgements
            .iter()
            .flat_map(|(_, judgement)| judgement.findings)
            .map(|finding| finding.id)
            .filter(|identity| !pasts.by_identity.contains_key(identity))
            .collect();
        let new: Vec<FindingId> = new.into_iter().collect();
        for chunk in new.chunks(QUERY_ITEMS_MAX) {
            let rows = sqlx::query(LAST_OF_IDENTITIES).bind(json_list(chunk)).fetch_all(&mut *connection).await;
            for row in rows.map_err(&failed)? {
                let (identity, _, past) = past(&row).map_err(&failed)?;
                pasts.by_identity.insert(identity, past);
            }
        }
        Ok(pasts)
    }
}

fn past(row: &SqliteRow) -> Result<(FindingId, i64, Past), sqlx::Error> {
    let past = Past {
        row: row.try_get(2)?,
        policy: row.try_get(3)?,
        status: row.try_get(4)?,
        severity: row.try_get(5)?,
        excepted: row.try_get(6)?,
        fingerprint: row.try_get(7)?,
        first_scan: row.try_get(8)?,
        opened_scan: row.try_get(9)?,
        reopened: row.try_get(10)?,
        open: row.try_get(11)?,
        unconfirmed: row.try_get(12)?,
    };
    Ok((finding_row::id_of(row.try_get(0)?), row.try_get(1)?, past))
}

async fn load(connection: &mut SqliteConnection, key: &ListingKey) -> Result<Listing, sqlx::Error> {
    let (account, type_name, region) = key;
    let found = sqlx::query("SELECT id FROM listing WHERE account = ?1 AND type = ?2 AND region = ?3")
        .bind(account.as_str())
        .bind(type_name.as_str())
        .bind(region.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    let mut listing =
        Listing { id: 0, resources: BTreeMap::new(), unread: BTreeSet::new(), listed: false, tallies: BTreeMap::new() };
    let Some(found) = found else {
        let added = sqlx::query(
            "INSERT INTO listing (account, type, region) VALUES (?1, ?2, ?3)
             ON CONFLICT (account, type, region) DO UPDATE SET region = excluded.region RETURNING id",
        )
        .bind(account.as_str())
        .bind(type_name.as_str())
        .bind(region.as_str())
        .fetch_one(&mut *connection)
        .await?;
        listing.id = added.try_get(0)?;
        return Ok(listing);
    };
    listing.id = found.try_get(0)?;
    let mut documents = BTreeMap::new();
    let rows = sqlx::query(
        "SELECT resource, hash, from_scan, body FROM document WHERE listing = ?1 AND to_scan IS NULL
           AND from_scan IN (SELECT seq FROM scan WHERE epoch IS NOT NULL) ORDER BY resource",
    );
    let mut rows = rows.bind(listing.id).fetch(&mut *connection);
    while let Some(row) = rows.try_next().await? {
        let document =
            KnownDocument { hash: to_hash(row.try_get(1)?), from_scan: row.try_get(2)?, body: row.try_get(3)? };
        documents.insert(row.try_get::<i64, _>(0)?, document);
    }
    drop(rows);
    let rows = sqlx::query("SELECT id, key FROM resource WHERE listing = ?1 ORDER BY key");
    let mut rows = rows.bind(listing.id).fetch(&mut *connection);
    while let Some(row) = rows.try_next().await? {
        let mut known = Known::new(row.try_get(0)?);
        known.document = documents.remove(&known.resource);
        listing.resources.insert(to_hash(row.try_get(1)?), known);
    }
    drop(rows);
    Ok(listing)
}

const REMEMBERED_OF_LISTING: &str = "SELECT resource, input, verdicts FROM judged WHERE listing = ?2 AND ?1 = ?1
      AND from_scan IN (SELECT seq FROM scan WHERE epoch IS NOT NULL) ORDER BY resource, from_scan";
const REMEMBERED_OF_RESOURCES: &str = "SELECT j.resource, j.input, j.verdicts
    FROM json_each(?1) asked CROSS JOIN judged j ON j.resource = asked.value AND j.listing = ?2
    WHERE j.from_scan IN (SELECT seq FROM scan WHERE epoch IS NOT NULL) ORDER BY j.from_scan";

/// The remembered judgements of these resources of a listing, by resource; of the whole listing where most are asked for.
async fn remembered(
    connection: &mut SqliteConnection,
    listing: &Listing,
    asked: &[i64],
) -> Result<BTreeMap<i64, Judged>, sqlx::Error> {
    let most = asked.len() * 2 > listing.resources.len();
    let (sql, chunk_max) =
        if most { (REMEMBERED_OF_LISTING, asked.len()) } else { (REMEMBERED_OF_RESOURCES, QUERY_ITEMS_MAX) };
    let mut remembered = BTreeMap::new();
    for chunk in asked.chunks(chunk_max.max(1)) {
        let rows = sqlx::query(sql).bind(json_list(if most { &[] } else { chunk })).bind(listing.id);
        let mut rows = rows.fetch(&mut *connection);
        while let Some(row) = rows.try_next().await? {
            remembered.insert(row.try_get(0)?, Judged { input: row.try_get(1)?, verdicts: row.try_get(2)? });
        }
    }
    Ok(remembered)
}

fn to_hash(bytes: &[u8]) -> Hash {
    let mut hash = Hash::default();
    hash.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = *byte);
    hash
}
