//! Tests of the store through its public methods. Each table's line is a test.

mod comparisons;
mod faults;
mod kill;
mod lives;
mod pruning;
mod round_trip;
mod scopes;
mod unchanged;

use crate::{Counts, Documents, Judgement, Part, Policies, ScanEnd, ScanHeader, ScanWriter, Store, Tally};
use chrono::{DateTime, Utc};
use model::{
    Cause, ExceptionNote, Finding, FindingId, Lack, Missing, Record, Resource, ResourceRef, Risk, Severity, Status,
    TypeName, Unread, Value,
};
use std::sync::Arc;

/// The time of the scan with this number: they begin on full hours and end half an hour later.
pub(crate) fn at(scan: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + scan * 3_600, 0).expect("the time is valid")
}

pub(crate) fn header(scan: i64) -> ScanHeader {
    ScanHeader {
        id: format!("scan-{scan:03}"),
        started_at: at(scan),
        scope: "{}".to_owned(),
        catalog_hash: "catalog".to_owned(),
        documents: Documents::Whole,
        policies: Policies::Selected,
    }
}

pub(crate) fn end(scan: i64) -> ScanEnd {
    ScanEnd { at: at(scan), complete: true, calls: 7, errors: 0 }
}

pub(crate) fn bucket() -> TypeName {
    TypeName::new("cloud.storage.bucket")
}

pub(crate) fn resource(name: &str, version: i64) -> Resource {
    Resource {
        type_name: bucket(),
        id: format!("id:{name}"),
        name: name.to_owned(),
        region: "north".to_owned(),
        account: "1".to_owned(),
        partition: String::new(),
        tags: Value::Null,
        document: [("Name", Value::from(name)), ("Version", Value::from(version))].into_iter().collect(),
        source: None,
    }
}

pub(crate) fn missing() -> Missing {
    Missing::one(Lack { what: "storage:Get".to_owned(), cause: Cause::Denied, detail: String::new() })
}

pub(crate) fn unread(region: &str) -> Unread {
    Unread {
        type_name: bucket(),
        account: "1".to_owned(),
        region: region.to_owned(),
        partition: String::new(),
        missing: missing(),
    }
}

pub(crate) fn finding(resource: &Resource, policy: &str, offender: &str, status: Status) -> Finding {
    Finding {
        id: FindingId::new(policy, &resource.account, &resource.id, offender),
        policy: policy.into(),
        status,
        severity: Severity::Medium,
        risk: Risk { score: 40, factors: Vec::new() },
        resource: Arc::new(ResourceRef::from(resource)),
        message: format!("{} is not well", resource.name).into(),
        evidence: vec![Value::from(offender)],
        exception: None,
    }
}

pub(crate) fn exception() -> Box<ExceptionNote> {
    Box::new(ExceptionNote {
        id: "e1".to_owned(),
        reason: "for now".to_owned(),
        owner: "ops".to_owned(),
        until: String::new(),
    })
}

pub(crate) fn tally(policy: &str) -> Tally<'_> {
    Tally { policy, severity: Severity::Medium, counts: Counts { passes: 1, ..Counts::default() } }
}

/// A part that names nothing; tests fill in what they are about.
pub(crate) fn part(type_name: &TypeName) -> Part<'_> {
    Part { account: "1", region: "north", type_name, resources: None, unread: &[], judgements: &[], tallies: &[] }
}

pub(crate) fn judgement<'a>(resource: &'a Resource, input: &'a [u8], findings: &'a [Finding]) -> Judgement<'a> {
    Judgement { resource: &resource.id, region: &resource.region, input, verdicts: b"verdicts", findings }
}

pub(crate) async fn records(store: &Store, filter: &crate::InventoryFilter) -> Vec<Record> {
    let mut reader = store.inventory(filter).await.unwrap();
    let mut records = Vec::new();
    while let Some(batch) = reader.next().await.unwrap() {
        records.extend(batch);
    }
    records
}

pub(crate) async fn findings(store: &Store, filter: &crate::FindingFilter) -> Vec<crate::FindingRecord> {
    let mut reader = store.findings(filter).await.unwrap();
    let mut records = Vec::new();
    while let Some(batch) = reader.next().await.unwrap() {
        records.extend(batch);
    }
    records
}
