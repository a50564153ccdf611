//! A finding as a row: what is asked for has columns, the rest is JSON. Knows no SQL statement.

use crate::{StoreError, json};
use model::{ExceptionNote, Finding, FindingId, ResourceRef, Risk, Severity, Status, TypeName, Value};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{borrow::Cow, sync::Arc};

/// The words of statuses, at the place of their code.
const STATUS_WORDS: [&str; 4] = ["pass", "fail", "unknown", "manual"];
pub(super) const UNKNOWN: i64 = 2;

pub(super) fn status_code(word: &str) -> Option<i64> {
    STATUS_WORDS.iter().position(|known| *known == word).and_then(|place| i64::try_from(place).ok())
}

pub(super) fn status_word(code: i64) -> Option<&'static str> {
    usize::try_from(code).ok().and_then(|place| STATUS_WORDS.get(place)).copied()
}

pub(super) fn severity_code(severity: Severity) -> i64 {
    match severity {
        Severity::Informational => 0,
        Severity::Low => 1,
        Severity::Medium => 2,
        Severity::High => 3,
        Severity::Critical => 4,
    }
}

pub(super) fn severity_of(code: i64) -> Option<Severity> {
    usize::try_from(code).ok().and_then(|place| Severity::ALL.get(place)).copied()
}

/// The identity in a row.
pub(super) fn id_of(bytes: &[u8]) -> FindingId {
    let mut id = [0; 16];
    id.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = *byte);
    FindingId::from_bytes(id)
}

/// Where a finding's row gets its resource from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) account: &'a str,
    pub(super) type_name: &'a TypeName,
    pub(super) region: &'a str,
    pub(super) resource: &'a str,
}

/// What has no column. `resource` is there only where it says something else than the columns.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Details<'a> {
    status: Cow<'a, Status>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    name: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    address: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    file: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "is_zero")]
    line: u32,
    message: Cow<'a, str>,
    risk: Cow<'a, Risk>,
    #[serde(default, skip_serializing_if = "<[Value]>::is_empty")]
    evidence: Cow<'a, [Value]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exception: Option<Cow<'a, ExceptionNote>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resource: Option<Cow<'a, ResourceRef>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(line: &u32) -> bool {
    *line == 0
}

/// The JSON of what has no column, and 64 bits of its hash.
pub(super) fn encode(finding: &Finding, place: Place<'_>) -> Result<(String, i64), StoreError> {
    const STORING: &str = "store a finding";
    let resource = &finding.resource;
    let derived = resource.id == place.resource
        && resource.account == place.account
        && resource.region == place.region
        && resource.type_name == *place.type_name
        && resource.provider == place.type_name.provider();
    let details = Details {
        status: Cow::Borrowed(&finding.status),
        name: Cow::Borrowed(&resource.name),
        address: Cow::Borrowed(&resource.address),
        file: Cow::Borrowed(&resource.file),
        line: resource.line,
        message: Cow::Borrowed(&finding.message),
        risk: Cow::Borrowed(&finding.risk),
        evidence: Cow::Borrowed(&finding.evidence),
        exception: finding.exception.as_deref().map(Cow::Borrowed),
        resource: (!derived).then_some(Cow::Borrowed(resource)),
    };
    if finding.evidence.iter().any(json::is_too_deep) {
        let object = finding.id.to_string();
        return Err(StoreError::TooDeep { operation: STORING, object, levels_max: json::DEPTH_MAX });
    }
    let json = serde_json::to_string(&details).map_err(|source| StoreError::Record {
        operation: STORING,
        object: finding.id.to_string(),
        source,
    })?;
    let mut prefix = [0; 8];
    prefix.iter_mut().zip(Sha256::digest(&json)).for_each(|(slot, byte)| *slot = byte);
    Ok((json, i64::from_le_bytes(prefix)))
}

/// The finding again.
pub(super) fn decode(
    id: FindingId,
    policy: Arc<str>,
    severity: Severity,
    place: Place<'_>,
    details: &str,
) -> Result<Finding, StoreError> {
    let details: Details<'static> = json::read(details).map_err(|source| StoreError::Record {
        operation: "read a finding",
        object: id.to_string(),
        source,
    })?;
    let resource = match details.resource {
        Some(resource) => resource.into_owned(),
        None => ResourceRef {
            id: place.resource.to_owned(),
            type_name: place.type_name.clone(),
            name: details.name.into_owned(),
            region: place.region.to_owned(),
            account: place.account.to_owned(),
            provider: place.type_name.provider().to_owned(),
            address: details.address.into_owned(),
            file: details.file.into_owned(),
            line: details.line,
        },
    };
    Ok(Finding {
        id,
        policy,
        status: details.status.into_owned(),
        severity,
        risk: details.risk.into_owned(),
        resource: Arc::new(resource),
        message: details.message.into(),
        evidence: details.evidence.into_owned(),
        exception: details.exception.map(|exception| Box::new(exception.into_owned())),
    })
}
