//! ASFF: a JSON array of findings for Security Hub's `BatchImportFindings`, which takes a hundred of them a call.
//! <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html>
//!
//! Unknown and manual findings are `NOT_AVAILABLE`, accepted ones `WARNING`. Security Hub holds findings about accounts of its
//! own provider only; others, and those about code that is not deployed, are left out.

use crate::{
    Report,
    library::Library,
    text::{RFC_3339, fitted, harmless},
    vocabulary::{asff_type, home_region, is_for_security_hub, partition, upper},
    written::{Streamed, write_json},
};
use model::{Finding, Severity, Status};
use serde::Serialize;
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    io,
};

const SCHEMA_VERSION: &str = "2018-10-08";
/// Limits of the format.
/// <https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html>
const TITLE_BYTES_MAX: usize = 256;
const DESCRIPTION_BYTES_MAX: usize = 1_024;
const ID_BYTES_MAX: usize = 512;
const RECOMMENDATION_BYTES_MAX: usize = 512;
const REQUIREMENTS_MAX: usize = 32;
const REQUIREMENT_BYTES_MAX: usize = 64;
const STANDARDS_MAX: usize = 20;
const FIELD_BYTES_MAX: usize = 2_048;
/// Things missing that are named.
const REASONS_MAX: usize = 20;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry<'a> {
    schema_version: &'static str,
    id: String,
    product_arn: String,
    generator_id: Cow<'a, str>,
    aws_account_id: &'a str,
    types: &'a [&'static str],
    created_at: &'a str,
    updated_at: &'a str,
    last_observed_at: &'a str,
    severity: Label<'a>,
    title: Cow<'a, str>,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remediation: Option<&'a Remediation<'a>>,
    product_fields: BTreeMap<&'static str, Cow<'a, str>>,
    resources: [Resource<'a>; 1],
    compliance: Compliance<'a>,
    record_state: &'static str,
    finding_provider_fields: ProviderFields<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Label<'a> {
    label: &'static str,
    original: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ProviderFields<'a> {
    severity: Label<'a>,
    types: &'a [&'static str],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Remediation<'a> {
    recommendation: Recommendation<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Recommendation<'a> {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Resource<'a> {
    r#type: &'static str,
    id: String,
    partition: &'a str,
    region: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Compliance<'a> {
    status: &'static str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    related_requirements: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    associated_standards: &'a [Standard],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    status_reasons: Vec<Reason>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Standard {
    standards_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reason {
    reason_code: &'static str,
    description: String,
}

/// What the findings of one policy share.
struct Shared<'a> {
    title: Cow<'a, str>,
    remediation: Option<Remediation<'a>>,
    requirements: Vec<String>,
    standards: Vec<Standard>,
    types: Vec<&'static str>,
}

impl<'a> Shared<'a> {
    fn of(library: &'a Library<'a>, id: &'a str) -> Self {
        let claims = library.claims(id);
        let requirements = claims
            .iter()
            .flat_map(|claim| claim.requirements.iter().map(|requirement| format!("{} {requirement}", claim.name)))
            .map(|text| fitted(&text, REQUIREMENT_BYTES_MAX).into_owned())
            .collect::<BTreeSet<_>>();
        let steps = library.steps(id);
        let url = library.policy(id).and_then(|policy| policy.references.first()).map(String::as_str);
        let text = fitted(&steps, RECOMMENDATION_BYTES_MAX).into_owned();
        let mut types = vec!["Software and Configuration Checks/AWS Security Best Practices"];
        if !claims.is_empty() {
            types.push("Software and Configuration Checks/Industry and Regulatory Standards");
        }
        Self {
            title: fitted(library.title(id), TITLE_BYTES_MAX),
            remediation: (!text.is_empty()).then_some(Remediation { recommendation: Recommendation { text, url } }),
            requirements: requirements.into_iter().take(REQUIREMENTS_MAX).collect(),
            standards: claims
                .iter()
                .take(STANDARDS_MAX)
                .map(|claim| Standard { standards_id: claim.id.to_owned() })
                .collect(),
            types,
        }
    }
}

/// The format allows no empty text and no control characters.
fn said(text: &str, bytes_max: usize) -> String {
    let text = harmless(&fitted(text, bytes_max));
    // A replacement is longer than what it replaces.
    let text = fitted(text.trim(), bytes_max).into_owned();
    if text.is_empty() { "unnamed".to_owned() } else { text }
}

fn status(finding: &Finding) -> &'static str {
    match finding.status {
        Status::Pass => "PASSED",
        Status::Fail if finding.exception.is_some() => "WARNING",
        Status::Fail => "FAILED",
        Status::Unknown(_) | Status::Manual => "NOT_AVAILABLE",
    }
}

fn reasons(finding: &Finding) -> Vec<Reason> {
    let reason =
        |reason_code, description: &str| Reason { reason_code, description: said(description, FIELD_BYTES_MAX) };
    match (&finding.status, &finding.exception) {
        (Status::Unknown(missing), _) => {
            let lacks = missing.lacks().iter().take(REASONS_MAX);
            lacks.map(|lack| reason("NOT_READ", &format!("Missing: {lack}"))).collect()
        }
        (Status::Manual, _) => vec![reason("MANUAL", "A person has to look.")],
        (Status::Fail, Some(note)) => {
            let until = if note.until.is_empty() { String::new() } else { format!(" until {}", note.until) };
            vec![reason("EXCEPTED", &format!("Accepted by {}{until}: {}", note.owner, note.reason))]
        }
        _ => Vec::new(),
    }
}

fn fields<'a>(report: &'a Report<'_>, finding: &'a Finding) -> BTreeMap<&'static str, Cow<'a, str>> {
    let field = |text: &str| Cow::Owned(said(text, FIELD_BYTES_MAX));
    let mut fields = BTreeMap::from([
        ("ProviderName", Cow::Borrowed("stance")),
        ("ProviderVersion", field(&report.meta.version)),
        ("ResourceName", field(&finding.resource.name)),
        ("ResourceType", Cow::Borrowed(finding.resource.type_name.as_str())),
        ("RiskScore", Cow::Owned(finding.risk.score.to_string())),
    ]);
    if let Some(note) = &finding.exception {
        fields.insert("ExceptionId", field(&note.id));
    }
    fields
}

/// `DescribeRegions` names regions in these letters; anything else is no region that could be called.
fn is_region(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 32
        && text != "global"
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn entry<'a>(report: &'a Report<'_>, finding: &'a Finding, shared: &'a Shared<'_>, time: &'a str) -> Entry<'a> {
    let resource = &finding.resource;
    let partition = partition(resource);
    let region = if is_region(&resource.region) { &resource.region } else { home_region(partition) };
    let account = resource.account.as_str();
    // What passed asks for nothing.
    let severity = if finding.status == Status::Pass { Severity::Informational } else { finding.severity };
    let label = || Label { label: upper(severity), original: finding.severity.as_str() };
    Entry {
        schema_version: SCHEMA_VERSION,
        id: format!("stance/{}", finding.id),
        product_arn: format!("arn:{partition}:securityhub:{region}:{account}:product/{account}/default"),
        generator_id: fitted(&finding.policy, ID_BYTES_MAX),
        aws_account_id: account,
        types: &shared.types,
        created_at: time,
        updated_at: time,
        last_observed_at: time,
        severity: label(),
        title: Cow::Borrowed(&shared.title),
        description: said(&finding.message, DESCRIPTION_BYTES_MAX),
        remediation: shared.remediation.as_ref(),
        product_fields: fields(report, finding),
        resources: [Resource {
            r#type: asff_type(resource.type_name.as_str()),
            id: said(&resource.id, ID_BYTES_MAX),
            partition,
            region,
        }],
        compliance: Compliance {
            status: status(finding),
            related_requirements: &shared.requirements,
            associated_standards: &shared.standards,
            status_reasons: reasons(finding),
        },
        record_state: "ACTIVE",
        finding_provider_fields: ProviderFields { severity: label(), types: &shared.types },
    }
}

pub(crate) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let library = Library::of(report.catalog);
    let time = report.meta.finished_at.format(RFC_3339).to_string();
    let held = || report.findings.iter().filter(|finding| is_for_security_hub(&finding.resource));
    let mut shared: BTreeMap<&str, Shared<'_>> = BTreeMap::new();
    for finding in held() {
        shared.entry(&finding.policy).or_insert_with(|| Shared::of(&library, &finding.policy));
    }
    let entries = held().filter_map(|finding| Some(entry(report, finding, shared.get(&*finding.policy)?, &time)));
    write_json(&Streamed::of(entries), out)?;
    out.write_all(b"\n")
}
