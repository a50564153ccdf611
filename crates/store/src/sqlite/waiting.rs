//! The rows of a running scan that wait to be written, and writing them in one transaction.

use super::{
    rows::{Cell, Rows},
    writer::{Known, Listing},
};
use sqlx::{Connection, Row, SqliteConnection};
use std::collections::BTreeMap;

/// Rows that wait to be written.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) resources: Rows<5>,
    pub(super) documents: Rows<5>,
    pub(super) bodies: Rows<2>,
    pub(super) judged: Rows<5>,
    pub(super) findings: Rows<16>,
}

impl Waiting {
    pub(super) fn new() -> Self {
        Self {
            resources: Rows::new(
                "INSERT INTO resource (id, listing, key, region, name) VALUES ",
                "(?,?,?,?,?)",
                " ON CONFLICT (listing, key) DO NOTHING",
            ),
            documents: Rows::new(
                "INSERT OR REPLACE INTO document (listing, resource, from_scan, hash, body) VALUES ",
                "(?,?,?,?,?)",
                "",
            ),
            bodies: Rows::new("INSERT INTO body (id, form, bytes) VALUES ", "(?,0,jsonb(?))", ""),
            judged: Rows::new(
                "INSERT OR REPLACE INTO judged (listing, resource, from_scan, input, verdicts) VALUES ",
                "(?,?,?,?,?)",
                "",
            ),
            findings: Rows::new(
                "INSERT INTO finding (id, identity, listing, resource, policy, status, severity, excepted, score,
                   first_scan, opened_scan, reopened, from_scan, replaces, fingerprint, details) VALUES ",
                "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                "",
            ),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.resources.bytes()
            + self.documents.bytes()
            + self.bodies.bytes()
            + self.judged.bytes()
            + self.findings.bytes()
    }

    /// Write all that waits. `listings` learn the ids of resources that another scan has added meanwhile.
    pub(super) async fn write<'a>(
        &mut self,
        connection: &mut SqliteConnection,
        listings: impl Iterator<Item = &'a mut Listing>,
    ) -> Result<(), sqlx::Error> {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let added: Vec<_> = self.resources.waiting_mut().iter().filter_map(identity).collect();
        let written = self.resources.write(&mut transaction).await?;
        if written < u64::try_from(added.len()).unwrap_or(u64::MAX) {
            let renamed = renamed(&mut transaction, &added).await?;
            self.rename(&renamed);
            rename_known(listings, &renamed);
        }
        self.bodies.write(&mut transaction).await?;
        self.documents.write(&mut transaction).await?;
        self.judged.write(&mut transaction).await?;
        self.findings.write(&mut transaction).await?;
        transaction.commit().await
    }

    fn rename(&mut self, renamed: &BTreeMap<i64, i64>) {
        let documents = self.documents.waiting_mut().iter_mut().map(|row| &mut row[1]);
        let judged = self.judged.waiting_mut().iter_mut().map(|row| &mut row[1]);
        let findings = self.findings.waiting_mut().iter_mut().map(|row| &mut row[3]);
        for cell in documents.chain(judged).chain(findings) {
            if let Cell::Int(id) = cell {
                *id = *renamed.get(id).unwrap_or(id);
            }
        }
    }
}

/// Row, listing and key of a resource that waits.
fn identity(row: &[Cell; 5]) -> Option<(i64, i64, Vec<u8>)> {
    match row {
        [Cell::Int(id), Cell::Int(listing), Cell::Blob(key), ..] => Some((*id, *listing, key.clone())),
        _ => None,
    }
}

/// The rows that resources really have, where another scan was first.
async fn renamed(
    connection: &mut SqliteConnection,
    added: &[(i64, i64, Vec<u8>)],
) -> Result<BTreeMap<i64, i64>, sqlx::Error> {
    let mut renamed = BTreeMap::new();
    for (id, listing, key) in added {
        let row = sqlx::query("SELECT id FROM resource WHERE listing = ? AND key = ?")
            .bind(*listing)
            .bind(key.clone())
            .fetch_one(&mut *connection)
            .await?;
        let real: i64 = row.try_get(0)?;
        if real != *id {
            renamed.insert(*id, real);
        }
    }
    Ok(renamed)
}

fn rename_known<'a>(listings: impl Iterator<Item = &'a mut Listing>, renamed: &BTreeMap<i64, i64>) {
    for known in listings.flat_map(|listing| listing.resources.values_mut()) {
        let Known { resource, .. } = known;
        *resource = *renamed.get(resource).unwrap_or(resource);
    }
}
