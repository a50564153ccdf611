//! The shape of an event, in the order of its attributes in the schema's groups: classification, occurrence, context, primary.

use super::{Shared, TEXT_BYTES_MAX};
use crate::{
    Report,
    text::{RFC_3339, fitted},
    vocabulary::{ocsf_account, partition},
};
use model::{Finding, Severity, Status, Value};
use serde::Serialize;
use std::{borrow::Cow, collections::BTreeMap};

/// The version of the schema.
const VERSION: &str = "1.5.0";
/// Offenders of one finding that become evidence.
const EVIDENCES_MAX: usize = 100;
/// More of one offender is cut, and is then text.
const EVIDENCE_BYTES_MAX: usize = 8_000;

#[derive(Serialize)]
pub(super) struct Event<'a> {
    activity_id: u8,
    activity_name: &'static str,
    category_uid: u8,
    category_name: &'static str,
    class_uid: u16,
    class_name: &'static str,
    type_uid: u32,
    type_name: &'static str,
    severity_id: u8,
    severity: &'static str,
    time: i64,
    time_dt: String,
    metadata: Metadata<'a>,
    cloud: Cloud<'a>,
    message: Cow<'a, str>,
    status_id: u8,
    status: &'static str,
    status_code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_detail: Option<String>,
    finding_info: FindingInfo<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compliance: Option<Compliance<'a>>,
    resources: [Resource<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evidences: Vec<Evidence<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remediation: Option<&'a Remediation<'a>>,
    risk_score: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    risk_details: Option<String>,
    #[serde(skip_serializing_if = "Unmapped::is_empty")]
    unmapped: Unmapped<'a>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    version: &'static str,
    profiles: [&'static str; 3],
    product: Product<'a>,
    event_code: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    correlation_uid: &'a str,
}

#[derive(Serialize)]
struct Product<'a> {
    name: &'static str,
    uid: &'static str,
    vendor_name: &'static str,
    version: &'a str,
}

#[derive(Serialize)]
struct Cloud<'a> {
    provider: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    region: Cow<'a, str>,
    account: Account<'a>,
}

#[derive(Serialize)]
struct Account<'a> {
    uid: Cow<'a, str>,
    r#type: &'static str,
    type_id: u8,
}

#[derive(Serialize)]
struct FindingInfo<'a> {
    uid: String,
    title: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    desc: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    types: Option<[&'a str; 1]>,
    analytic: Analytic<'a>,
    modified_time: i64,
    modified_time_dt: String,
}

/// The policy, as the rule that made the finding.
#[derive(Serialize)]
struct Analytic<'a> {
    uid: &'a str,
    name: &'a str,
    r#type: &'static str,
    type_id: u8,
}

#[derive(Serialize)]
pub(super) struct Compliance<'a> {
    control: &'a str,
    desc: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    standards: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    requirements: &'a [String],
    status_id: u8,
    status: &'static str,
    status_code: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    status_details: Vec<String>,
}

impl<'a> Compliance<'a> {
    /// Without its status.
    pub(super) fn of(control: &'a str, desc: &'a str, standards: &'a [String], requirements: &'a [String]) -> Self {
        let (status_id, status, status_code, status_details) = (0, "Unknown", "UNKNOWN", Vec::new());
        Self { control, desc, standards, requirements, status_id, status, status_code, status_details }
    }
}

#[derive(Serialize)]
pub(super) struct Remediation<'a> {
    pub(super) desc: String,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) references: &'a [String],
}

#[derive(Serialize)]
struct Resource<'a> {
    uid: Cow<'a, str>,
    name: Cow<'a, str>,
    r#type: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    region: Cow<'a, str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    cloud_partition: &'a str,
    group: Group<'a>,
}

#[derive(Serialize)]
struct Group<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct Evidence<'a> {
    data: Cow<'a, Value>,
}

impl<'a> Evidence<'a> {
    fn of(offender: &'a Value) -> Self {
        let text = offender.to_json();
        let is_short = text.len() <= EVIDENCE_BYTES_MAX;
        let cut = || Value::from(&*fitted(&text, EVIDENCE_BYTES_MAX));
        Self { data: if is_short { Cow::Borrowed(offender) } else { Cow::Owned(cut()) } }
    }
}

/// What the schema has no place for.
#[derive(Serialize)]
struct Unmapped<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    compliance: Option<&'a BTreeMap<&'a str, &'a [&'a str]>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exception: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    address: Cow<'a, str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    file: Cow<'a, str>,
    #[serde(skip_serializing_if = "is_zero")]
    line: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the member over by reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Unmapped<'_> {
    fn is_empty(&self) -> bool {
        self.compliance.is_none() && self.exception.is_none() && self.address.is_empty() && self.file.is_empty()
    }
}

fn severity(severity: Severity) -> (u8, &'static str) {
    match severity {
        Severity::Informational => (1, "Informational"),
        Severity::Low => (2, "Low"),
        Severity::Medium => (3, "Medium"),
        Severity::High => (4, "High"),
        Severity::Critical => (5, "Critical"),
    }
}

/// The status as Prowler's readers know it, and as the compliance object counts it.
fn status(status: &Status) -> (&'static str, u8, &'static str) {
    match status {
        Status::Pass => ("PASS", 1, "Pass"),
        Status::Fail => ("FAIL", 3, "Fail"),
        Status::Unknown(_) => ("UNKNOWN", 0, "Unknown"),
        Status::Manual => ("MANUAL", 99, "Manual"),
    }
}

fn class(detection: bool) -> (u16, &'static str, u32, &'static str) {
    if detection {
        (2004, "Detection Finding", 200_401, "Detection Finding: Create")
    } else {
        (2003, "Compliance Finding", 200_301, "Compliance Finding: Create")
    }
}

impl<'a> Event<'a> {
    /// The event of a finding.
    pub(super) fn of(report: &'a Report<'_>, finding: &'a Finding, shared: &'a Shared<'_>) -> Self {
        let (class_uid, class_name, type_uid, type_name) = class(report.ocsf_detection);
        let (severity_id, severity) = severity(finding.severity);
        let (status_code, compliance_id, compliance_word) = status(&finding.status);
        let (status_id, status) = if finding.exception.is_some() { (3, "Suppressed") } else { (1, "New") };
        let lacks = lacks(finding);
        let time = report.meta.finished_at;
        let time_dt = time.format(RFC_3339).to_string();
        let compliance = (!report.ocsf_detection).then(|| Compliance {
            status_id: compliance_id,
            status: compliance_word,
            status_code,
            status_details: lacks.clone(),
            ..shared.compliance(&finding.policy)
        });
        Self {
            activity_id: 1,
            activity_name: "Create",
            category_uid: 2,
            category_name: "Findings",
            class_uid,
            class_name,
            type_uid,
            type_name,
            severity_id,
            severity,
            time: time.timestamp_millis(),
            time_dt: time_dt.clone(),
            metadata: metadata(report, finding),
            cloud: cloud(finding),
            message: fitted(&finding.message, TEXT_BYTES_MAX),
            status_id,
            status,
            status_code,
            status_detail: status_detail(finding, &lacks),
            finding_info: FindingInfo {
                uid: finding.id.to_string(),
                title: shared.title,
                desc: shared.risk,
                types: shared.category.as_deref().map(|category| [category]),
                analytic: Analytic { uid: &finding.policy, name: shared.title, r#type: "Rule", type_id: 1 },
                modified_time: time.timestamp_millis(),
                modified_time_dt: time_dt,
            },
            compliance,
            resources: [resource(finding)],
            evidences: finding.evidence.iter().take(EVIDENCES_MAX).map(Evidence::of).collect(),
            remediation: shared.remediation.as_ref(),
            risk_score: finding.risk.score,
            risk_details: factors(finding),
            unmapped: Unmapped {
                compliance: (report.ocsf_detection && !shared.claims.is_empty()).then_some(&shared.claims),
                exception: finding.exception.as_deref().map(|note| fitted(&note.id, TEXT_BYTES_MAX)),
                address: fitted(&finding.resource.address, TEXT_BYTES_MAX),
                file: fitted(&finding.resource.file, TEXT_BYTES_MAX),
                line: finding.resource.line,
            },
        }
    }
}

fn metadata<'a>(report: &'a Report<'_>, finding: &'a Finding) -> Metadata<'a> {
    Metadata {
        version: VERSION,
        profiles: ["cloud", "datetime", "security_control"],
        product: Product { name: "stance", uid: "stance", vendor_name: "stance", version: &report.meta.version },
        event_code: &finding.policy,
        correlation_uid: &report.meta.scan,
    }
}

fn cloud(finding: &Finding) -> Cloud<'_> {
    let resource = &finding.resource;
    let (type_id, word) = ocsf_account(&resource.provider);
    Cloud {
        provider: &resource.provider,
        region: fitted(&resource.region, TEXT_BYTES_MAX),
        account: Account { uid: fitted(&resource.account, TEXT_BYTES_MAX), r#type: word, type_id },
    }
}

fn resource(finding: &Finding) -> Resource<'_> {
    let resource = &finding.resource;
    Resource {
        uid: fitted(&resource.id, TEXT_BYTES_MAX),
        name: fitted(&resource.name, TEXT_BYTES_MAX),
        r#type: resource.type_name.as_str(),
        region: fitted(&resource.region, TEXT_BYTES_MAX),
        cloud_partition: partition(resource),
        group: Group { name: resource.type_name.service() },
    }
}

fn lacks(finding: &Finding) -> Vec<String> {
    match &finding.status {
        Status::Unknown(missing) => {
            missing.lacks().iter().map(|lack| fitted(&lack.to_string(), TEXT_BYTES_MAX).into_owned()).collect()
        }
        _ => Vec::new(),
    }
}

fn status_detail(finding: &Finding, lacks: &[String]) -> Option<String> {
    match &finding.exception {
        Some(note) => {
            let until = if note.until.is_empty() { String::new() } else { format!(" until {}", note.until) };
            let text = format!("Accepted by {}{until}: {}", note.owner, note.reason);
            Some(fitted(&text, TEXT_BYTES_MAX).into_owned())
        }
        None if lacks.is_empty() => None,
        None => Some(fitted(&format!("Missing: {}", lacks.join(", ")), TEXT_BYTES_MAX).into_owned()),
    }
}

fn factors(finding: &Finding) -> Option<String> {
    let factors = finding.risk.factors.iter();
    let factors: Vec<String> =
        factors.map(|factor| format!("{} {:+} ({})", factor.name, factor.points, factor.detail)).collect();
    (!factors.is_empty()).then(|| fitted(&factors.join(", "), TEXT_BYTES_MAX).into_owned())
}
