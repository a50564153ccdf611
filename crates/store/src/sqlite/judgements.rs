//! Judgements of a running scan: what becomes of each finding, as rows that wait.

use super::{
    finding_row::{self, Place},
    lifecycle::{Absence, Past, Present, Step, absence, step},
    rows::Cell,
    writer::{Known, ListingKey, ScanWriter, resource_key, resource_row},
};
use crate::{Judgement, Policies, StoreError};
use model::{Finding, Status, TypeName};
use sqlx::SqliteConnection;
use std::collections::BTreeSet;

impl ScanWriter {
    pub(super) async fn put_judgements(
        &mut self,
        connection: &mut SqliteConnection,
        key: &ListingKey,
        judgements: &[Judgement<'_>],
        type_name: &TypeName,
        policies: &BTreeSet<i64>,
    ) -> Result<(), StoreError> {
        let mut fresh = Vec::new();
        for judgement in judgements {
            let row = self.new_row();
            let listing = self.listings.get_mut(key).expect("the listing was entered before");
            let resource_key = resource_key(judgement.region, judgement.resource);
            let known = listing.resources.entry(resource_key).or_insert_with(|| {
                let name = judgement.resource;
                self.waiting.resources.push(resource_row(row, listing.id, resource_key, judgement.region, name));
                Known::new(row)
            });
            known.seen = true;
            if !std::mem::replace(&mut known.judged, true) {
                fresh.push((known.resource, judgement));
            }
        }
        let listing = self.listings.get(key).expect("the listing was entered before").id;
        let mut pasts = self.pasts_of(connection, &fresh).await?;
        for (resource, judgement) in fresh {
            self.put_judged(listing, resource, judgement);
            let place = Place { account: &key.0, type_name, region: judgement.region, resource: judgement.resource };
            let mut present = Vec::with_capacity(judgement.findings.len());
            for finding in judgement.findings.iter().filter(|finding| finding.status != Status::Pass) {
                let policy = self.policy(connection, &finding.policy).await?;
                let past = pasts.by_identity.remove(&finding.id);
                present.push(self.put_finding(key, resource, policy, finding, place, past.as_ref())?);
            }
            let open = pasts.open_of.remove(&resource).unwrap_or_default();
            for identity in open {
                if let Some(past) = pasts.by_identity.remove(&identity) {
                    self.put_absence(&past, policies, &present);
                }
            }
        }
        Ok(())
    }

    fn put_judged(&mut self, listing: i64, resource: i64, judgement: &Judgement<'_>) {
        self.ends.judged.entry(listing).or_default().push(resource);
        if !judgement.input.is_empty() {
            self.waiting.judged.push([
                Cell::Int(listing),
                Cell::Int(resource),
                Cell::Int(self.seq),
                Cell::Blob(judgement.input.to_vec()),
                Cell::Blob(judgement.verdicts.to_vec()),
            ]);
        }
    }

    fn put_finding(
        &mut self,
        listing: &ListingKey,
        resource: i64,
        policy: i64,
        finding: &Finding,
        place: Place<'_>,
        past: Option<&Past>,
    ) -> Result<Present, StoreError> {
        let (details, fingerprint) = finding_row::encode(finding, place)?;
        let present = Present {
            policy,
            status: finding_row::status_code(finding.status.as_str()).unwrap_or(finding_row::UNKNOWN),
            severity: finding_row::severity_code(finding.severity),
            excepted: finding.exception.is_some(),
            fingerprint,
        };
        if !self.identities.insert(finding.id) {
            // Two listings show one resource; the first part that names the finding keeps it.
            return Ok(present);
        }
        let seq = self.seq;
        let (first, opened, reopened, replaces) = match (step(past, &present), past) {
            (Step::Keep, Some(past)) => {
                if past.unconfirmed {
                    self.ends.confirmed.push(past.row);
                }
                return Ok(present);
            }
            (Step::Reopen, Some(past)) => {
                self.changes.reopened += 1;
                (past.first_scan, seq, past.reopened + 1, None)
            }
            (Step::Reword, Some(past)) => {
                self.ends.reworded.push(past.row);
                (past.first_scan, past.opened_scan, past.reopened, Some(past.row))
            }
            (Step::Turn, Some(past)) => {
                self.ends.turned.push(past.row);
                (past.first_scan, past.opened_scan, past.reopened, None)
            }
            _ => {
                self.changes.opened += 1;
                (seq, seq, 0, None)
            }
        };
        let row = self.new_row();
        let listing = self.listings.get(listing).expect("the listing was entered before").id;
        self.waiting.findings.push([
            Cell::Int(row),
            Cell::Blob(finding.id.as_bytes().to_vec()),
            Cell::Int(listing),
            Cell::Int(resource),
            Cell::Int(policy),
            Cell::Int(present.status),
            Cell::Int(present.severity),
            Cell::Int(i64::from(present.excepted)),
            Cell::Int(i64::from(finding.risk.score)),
            Cell::Int(first),
            Cell::Int(opened),
            Cell::Int(reopened),
            Cell::Int(seq),
            Cell::from(replaces),
            Cell::Int(fingerprint),
            Cell::Text(details),
        ]);
        Ok(present)
    }

    fn put_absence(&mut self, past: &Past, policies: &BTreeSet<i64>, present: &[Present]) {
        let judged = self.policies_judged == Policies::Every || policies.contains(&past.policy);
        match absence(past, judged, present) {
            Absence::Untouched => {}
            Absence::Unconfirmed if past.unconfirmed => {}
            Absence::Unconfirmed => self.ends.unconfirmed.push(past.row),
            Absence::Resolved => {
                self.changes.resolved += 1;
                self.ends.resolved.push(past.row);
            }
        }
    }
}
