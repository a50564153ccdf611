//! Writing a scan: rows that nobody sees until the scan finishes. Knows nothing of reading it back, and nothing of a
//! finding's life.

use super::{finding_row, open::Store, rows::Cell, waiting::Waiting};
use crate::{Changes, Counts, Documents, Part, Policies, ScanHeader, StoreError, json};
use model::{FindingId, Resource};
use sha2::{Digest, Sha256};
use sqlx::{SqliteConnection, pool::PoolConnection, sqlite::Sqlite};
use std::collections::{BTreeMap, BTreeSet};

/// What waits in memory is written when it has grown so large; tests write often.
const WAITING_BYTES_MAX: usize = if cfg!(test) { 16 << 10 } else { 4 << 20 };
/// Resources whose remembered state is read in one query.
pub(super) const QUERY_ITEMS_MAX: usize = 2_000;
/// Rows are numbered from the scan's number, shifted by this.
const SCAN_SHIFT_BITS: u32 = 32;

/// 128 bits of SHA-256.
pub(super) type Hash = [u8; 16];

/// A scan that is being written. Dropped before [`ScanWriter::finish`], it never was.
#[derive(Debug)]
pub struct ScanWriter {
    pub(super) store: Store,
    pub(super) seq: i64,
    pub(super) id: String,
    documents: Documents,
    pub(super) policies_judged: Policies,
    /// The last scan that had finished when this one began.
    pub(super) epoch_before: i64,
    pub(super) next_row: i64,
    pub(super) listings: BTreeMap<ListingKey, Listing>,
    pub(super) policies: BTreeMap<String, i64>,
    pub(super) identities: BTreeSet<FindingId>,
    pub(super) any_findings: bool,
    pub(super) waiting: Waiting,
    pub(super) ends: Ends,
    pub(super) changes: Changes,
    pub(super) resources_read: u64,
    /// Shared with other running scans; held until the scan ends, to show that its rows are not abandoned.
    pub(super) _lock: Option<std::fs::File>,
}

/// Account, type and region of a listing.
pub(super) type ListingKey = (String, String, String);

/// What was there when the scan began.
#[derive(Debug)]
pub(super) struct Before {
    pub(super) epoch: i64,
    pub(super) policies: BTreeMap<String, i64>,
    pub(super) any_findings: bool,
}

/// What this scan knows of a listing.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) id: i64,
    pub(super) resources: BTreeMap<Hash, Known>,
    pub(super) unread: BTreeSet<String>,
    pub(super) listed: bool,
    pub(super) tallies: BTreeMap<i64, (i64, Counts)>,
}

/// What is known of a resource.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) resource: i64,
    pub(super) document: Option<KnownDocument>,
    pub(super) seen: bool,
    pub(super) judged: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct KnownDocument {
    pub(super) hash: Hash,
    pub(super) from_scan: i64,
    pub(super) body: i64,
}

/// Row numbers of resources, by their listing's.
pub(super) type ByListing = BTreeMap<i64, Vec<i64>>;

/// Rows of earlier scans whose validity ends, or goes on, when this scan finishes.
#[derive(Debug, Default)]
pub(super) struct Ends {
    /// Resources that have a new document.
    pub(super) documents: ByListing,
    /// Bodies of documents that are no longer current.
    pub(super) bodies: Vec<i64>,
    /// Bodies that this scan wrote and then replaced itself.
    pub(super) bodies_dropped: Vec<i64>,
    /// Resources judged anew.
    pub(super) judged: ByListing,
    /// Findings that another stretch follows.
    pub(super) turned: Vec<i64>,
    /// Findings resolved.
    pub(super) resolved: Vec<i64>,
    /// Findings that could not be confirmed.
    pub(super) unconfirmed: Vec<i64>,
    /// Findings that could not be confirmed before and are seen again.
    pub(super) confirmed: Vec<i64>,
    /// Findings whose words changed: replaced by a row of this scan.
    pub(super) reworded: Vec<i64>,
}

impl ScanWriter {
    pub(super) fn new(
        store: Store,
        seq: i64,
        header: &ScanHeader,
        before: Before,
        lock: Option<std::fs::File>,
    ) -> Self {
        Self {
            store,
            seq,
            id: header.id.clone(),
            documents: header.documents,
            policies_judged: header.policies,
            epoch_before: before.epoch,
            next_row: seq << SCAN_SHIFT_BITS,
            listings: BTreeMap::new(),
            policies: before.policies,
            identities: BTreeSet::new(),
            any_findings: before.any_findings,
            waiting: Waiting::new(),
            ends: Ends::default(),
            changes: Changes::default(),
            resources_read: 0,
            _lock: lock,
        }
    }

    /// This scan's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Add a part. Nothing of it can be seen before [`ScanWriter::finish`].
    ///
    /// Of several documents of one resource the last counts; of several judgements the first.
    ///
    /// # Errors
    /// The store can't be written, or a document is no valid JSON. The scan should be dropped then.
    pub async fn put(&mut self, part: &Part<'_>) -> Result<(), StoreError> {
        let mut connection = self.acquire().await?;
        let key = self.listing(&mut connection, part.account, part.region, part.type_name).await?;
        for resource in part.resources.unwrap_or_default() {
            self.put_resource(&key, resource)?;
            self.write_when_large(&mut connection).await?;
        }
        let policies = self.put_tallies(&mut connection, &key, part).await?;
        for judgements in part.judgements.chunks(QUERY_ITEMS_MAX) {
            self.put_judgements(&mut connection, &key, judgements, part.type_name, &policies).await?;
            self.write_when_large(&mut connection).await?;
        }
        let listing = self.listings.get_mut(&key).expect("the listing was entered above");
        listing.listed |= part.resources.is_some();
        for unread in part.unread {
            let record = serde_json::to_string(unread).map_err(|source| StoreError::Record {
                operation: "store an unread listing",
                object: part.type_name.to_string(),
                source,
            })?;
            listing.unread.insert(record);
        }
        Ok(())
    }

    pub(super) async fn acquire(&self) -> Result<PoolConnection<Sqlite>, StoreError> {
        self.store.pool().acquire().await.map_err(self.store.failed("connect to"))
    }

    async fn write_when_large(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        if self.waiting.bytes() < WAITING_BYTES_MAX {
            return Ok(());
        }
        self.write_waiting(connection).await
    }

    pub(super) async fn write_waiting(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        self.waiting.write(connection, self.listings.values_mut()).await.map_err(self.store.failed("write the scan"))
    }

    /// The first row number that this scan may give.
    pub(super) fn first_row(&self) -> i64 {
        self.seq << SCAN_SHIFT_BITS
    }

    pub(super) fn new_row(&mut self) -> i64 {
        self.next_row += 1;
        self.next_row
    }

    fn put_resource(&mut self, listing: &ListingKey, resource: &Resource) -> Result<(), StoreError> {
        const STORING: &str = "store a document";
        if json::is_too_deep(&resource.document) || json::is_too_deep(&resource.tags) {
            let object = resource.id.clone();
            return Err(StoreError::TooDeep { operation: STORING, object, levels_max: json::DEPTH_MAX });
        }
        let json = serde_json::to_string(resource).map_err(|source| StoreError::Record {
            operation: STORING,
            object: resource.id.clone(),
            source,
        })?;
        let hash = hash_of([json.as_bytes()]);
        self.resources_read += 1;
        let partial = self.documents == Documents::Partial;
        let (row, body) = (self.new_row(), self.new_row());
        let seq = self.seq;
        let listing = self.listings.get_mut(listing).expect("the listing was entered before");
        let key = resource_key(&resource.region, &resource.id);
        let known = listing.resources.entry(key).or_insert_with(|| {
            self.waiting.resources.push(resource_row(row, listing.id, key, &resource.region, &resource.id));
            Known::new(row)
        });
        known.seen = true;
        let document = KnownDocument { hash, from_scan: seq, body };
        match known.document.replace(document) {
            Some(old) if old.hash == hash || partial => {
                known.document = Some(old);
                return Ok(());
            }
            Some(old) if old.from_scan == seq => self.ends.bodies_dropped.push(old.body),
            Some(old) => {
                self.changes.changed += 1;
                self.ends.documents.entry(listing.id).or_default().push(known.resource);
                self.ends.bodies.push(old.body);
            }
            None => self.changes.added += 1,
        }
        self.waiting.bodies.push([Cell::Int(body), Cell::Text(json)]);
        self.waiting.documents.push([
            Cell::Int(listing.id),
            Cell::Int(known.resource),
            Cell::Int(seq),
            Cell::Blob(hash.to_vec()),
            Cell::Int(body),
        ]);
        Ok(())
    }

    /// Add up the tallies; the policies that were judged.
    async fn put_tallies(
        &mut self,
        connection: &mut SqliteConnection,
        listing: &ListingKey,
        part: &Part<'_>,
    ) -> Result<BTreeSet<i64>, StoreError> {
        let mut judged = BTreeSet::new();
        for tally in part.tallies {
            let policy = self.policy(connection, tally.policy).await?;
            judged.insert(policy);
            let listing = self.listings.get_mut(listing).expect("the listing was entered before");
            let total = listing.tallies.entry(policy).or_default();
            total.0 = finding_row::severity_code(tally.severity);
            total.1 += tally.counts;
        }
        Ok(judged)
    }
}

impl Known {
    pub(super) fn new(resource: i64) -> Self {
        Self { resource, document: None, seen: false, judged: false }
    }
}

pub(super) fn resource_row(row: i64, listing: i64, key: Hash, region: &str, id: &str) -> [Cell; 5] {
    [
        Cell::Int(row),
        Cell::Int(listing),
        Cell::Blob(key.to_vec()),
        Cell::Text(region.to_owned()),
        Cell::Text(id.to_owned()),
    ]
}

pub(super) fn resource_key(region: &str, id: &str) -> Hash {
    hash_of([&region.len().to_le_bytes(), region.as_bytes(), id.as_bytes()])
}

fn hash_of<const PARTS: usize>(parts: [&[u8]; PARTS]) -> Hash {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    let mut hash = Hash::default();
    hash.iter_mut().zip(digest.finalize()).for_each(|(slot, byte)| *slot = byte);
    hash
}
