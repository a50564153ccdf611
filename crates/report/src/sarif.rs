//! SARIF 2.1.0: open failures, and accepted ones with a suppression. Rules, with their help, once.
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>
//!
//! GitHub shows a result only where it has a file. A resource that lives in a cloud and not in a file gets a path of its own
//! making: `cloud/PROVIDER/ACCOUNT/REGION/TYPE/NAME`, which no repository holds; its logical location has the real identifier.
//! <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>

use crate::{
    Report,
    library::Library,
    text::{RFC_3339, fitted},
    written::{Streamed, write_json},
};
use catalog::Policy;
use model::{Confidence, Finding, ResourceRef, Severity, Status};
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::{collections::BTreeMap, fmt::Write as _, io};

/// GitHub refuses a rule with more tags.
const TAGS_MAX: usize = 20;
/// Longest message.
const MESSAGE_BYTES_MAX: usize = 8_000;
/// Longest segment of a made-up path.
const SEGMENT_BYTES_MAX: usize = 240;
/// Things not read that are named one by one.
const NOTIFICATIONS_MAX: usize = 100;

#[derive(Serialize)]
struct Log<'a, R: Serialize> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a, R>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a, R: Serialize> {
    tool: Json,
    automation_details: Json,
    invocations: [Json; 1],
    column_kind: &'static str,
    results: &'a R,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    rule_id: &'a str,
    rule_index: usize,
    kind: &'static str,
    level: &'static str,
    rank: u8,
    message: Json,
    locations: [Json; 1],
    partial_fingerprints: Json,
    suppressions: Vec<Json>,
    properties: Json,
}

/// SARIF's level of a severity.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Informational => "note",
    }
}

/// A number in the range that GitHub names with the same word.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Informational => "0.0",
    }
}

/// One segment of a URI's path.
fn segment(text: &str) -> String {
    let mut segment = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_~.".contains(&byte) {
            segment.push(char::from(byte));
        } else {
            let _ = write!(segment, "%{byte:02X}");
        }
        if segment.len() >= SEGMENT_BYTES_MAX {
            break;
        }
    }
    // A segment of dots would walk up the path.
    if segment.bytes().all(|byte| byte == b'.') { format!("_{segment}") } else { segment }
}

fn artifact(resource: &ResourceRef) -> String {
    if resource.file.is_empty() {
        let or = |text: &'static str, of: &str| if of.is_empty() { text.to_owned() } else { segment(of) };
        let name = if resource.name.is_empty() { &resource.id } else { &resource.name };
        let (account, region) = (or("no-account", &resource.account), or("global", &resource.region));
        let (provider, kind) = (segment(&resource.provider), segment(resource.type_name.as_str()));
        return format!("cloud/{provider}/{account}/{region}/{kind}/{}", or("unnamed", name));
    }
    let path = resource.file.replace('\\', "/");
    path.split('/').filter(|part| !part.is_empty()).map(segment).collect::<Vec<_>>().join("/")
}

fn location(resource: &ResourceRef) -> Json {
    let full = if resource.address.is_empty() { &resource.id } else { &resource.address };
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": artifact(resource) },
            "region": { "startLine": resource.line.max(1) },
        },
        "logicalLocations": [{
            "name": fitted(&resource.name, MESSAGE_BYTES_MAX),
            "fullyQualifiedName": fitted(full, MESSAGE_BYTES_MAX),
            "kind": "resource",
        }],
    })
}

impl<'a> Outcome<'a> {
    fn of(finding: &'a Finding, rule_index: usize) -> Self {
        let text = if finding.message.trim().is_empty() { &*finding.policy } else { &*finding.message };
        let suppressions = finding.exception.iter().map(|note| {
            let until = if note.until.is_empty() { String::new() } else { format!(" until {}", note.until) };
            let justification = format!("Accepted by {}{until}: {}", note.owner, note.reason);
            json!({ "kind": "external", "status": "accepted", "justification": fitted(&justification, MESSAGE_BYTES_MAX) })
        });
        Self {
            rule_id: &finding.policy,
            rule_index,
            kind: "fail",
            level: level(finding.severity),
            rank: finding.risk.score.min(100),
            message: json!({ "text": fitted(text, MESSAGE_BYTES_MAX) }),
            locations: [location(&finding.resource)],
            // What GitHub compares to tell an old alert from a new one.
            partial_fingerprints: json!({
                "primaryLocationLineHash": format!("{}:1", finding.id),
                "findingId/v1": finding.id.to_string(),
            }),
            suppressions: suppressions.collect(),
            properties: json!({
                "severity": finding.severity.as_str(),
                "risk": finding.risk.score,
                "account": fitted(&finding.resource.account, SEGMENT_BYTES_MAX),
                "region": fitted(&finding.resource.region, SEGMENT_BYTES_MAX),
                "resourceType": finding.resource.type_name.as_str(),
            }),
        }
    }
}

fn markdown(library: &Library<'_>, id: &str, policy: &Policy) -> String {
    let guide = &policy.fix.guide;
    let mut text = format!("{}\n\n", policy.risk.trim());
    for (index, step) in guide.console.iter().enumerate() {
        let _ = writeln!(text, "{}. {step}", index + 1);
    }
    for (language, code) in [("sh", &guide.cli), ("hcl", &guide.terraform)] {
        if let Some(code) = code {
            let _ = write!(text, "\n```{language}\n{}\n```\n", code.trim());
        }
    }
    for claim in library.claims(id) {
        let _ = write!(text, "\n{}: {}\n", claim.name, claim.requirements.join(", "));
    }
    for reference in &policy.references {
        let _ = write!(text, "\n<{reference}>\n");
    }
    text
}

/// A rule: everything that is said of a policy.
fn rule(library: &Library<'_>, id: &str, severity: Severity) -> Json {
    let Some(policy) = library.policy(id) else {
        return json!({ "id": id, "shortDescription": { "text": id }, "defaultConfiguration": { "level": level(severity) } });
    };
    let category = serde_json::to_value(policy.category).unwrap_or_default();
    let mut tags = vec!["security".to_owned(), policy.resource.clone()];
    tags.extend(category.as_str().map(str::to_owned));
    for claim in library.claims(id) {
        tags.extend(claim.requirements.iter().map(|requirement| format!("{}/{requirement}", claim.id)));
    }
    tags.truncate(TAGS_MAX);
    let mut rule = json!({
        "id": id,
        "shortDescription": { "text": policy.title },
        "fullDescription": { "text": policy.risk },
        "help": { "text": format!("{}\n{}", policy.risk, library.remediation(id)), "markdown": markdown(library, id, policy) },
        "defaultConfiguration": { "level": level(severity) },
        "properties": {
            "tags": tags,
            "precision": if policy.confidence == Confidence::Low { "medium" } else { "very-high" },
            "security-severity": security_severity(severity),
            "problem.severity": match level(severity) { "note" => "recommendation", level => level },
        },
    });
    if let (Some(reference), Some(rule)) = (policy.references.first(), rule.as_object_mut()) {
        rule.insert("helpUri".to_owned(), json!(reference));
    }
    rule
}

/// What was not read and what was left out: a clean result must not look like a complete one.
fn invocation(report: &Report<'_>) -> Json {
    let mut missing: BTreeMap<String, usize> = BTreeMap::new();
    for finding in report.findings {
        if let Status::Unknown(lacks) = &finding.status {
            for lack in lacks.lacks() {
                *missing.entry(lack.to_string()).or_default() += 1;
            }
        }
    }
    let unread = missing.iter().map(|(what, number)| format!("{number} findings are unknown for want of {what}"));
    let notes = report
        .meta
        .left_out
        .iter()
        .cloned()
        .chain(unread)
        .take(NOTIFICATIONS_MAX)
        .map(|text| json!({ "level": "warning", "message": { "text": fitted(&text, MESSAGE_BYTES_MAX) } }));
    json!({
        "executionSuccessful": true,
        "startTimeUtc": report.meta.started_at.format(RFC_3339).to_string(),
        "endTimeUtc": report.meta.finished_at.format(RFC_3339).to_string(),
        "toolExecutionNotifications": notes.collect::<Vec<_>>(),
    })
}

pub(crate) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let library = Library::of(report.catalog);
    let failures = || report.findings.iter().filter(|finding| finding.status == Status::Fail);
    let mut worst: BTreeMap<&str, Severity> = BTreeMap::new();
    for finding in failures() {
        let severity = worst.entry(&finding.policy).or_insert(finding.severity);
        *severity = finding.severity.max(*severity);
    }
    let rules: Vec<Json> = worst.iter().map(|(id, severity)| rule(&library, id, *severity)).collect();
    let index: BTreeMap<&str, usize> = worst.keys().enumerate().map(|(index, id)| (*id, index)).collect();
    let results = Streamed::of(
        failures().map(|finding| Outcome::of(finding, index.get(&*finding.policy).copied().unwrap_or_default())),
    );
    let run = Run {
        tool: json!({ "driver": {
            "name": "stance",
            "version": report.meta.version,
            "informationUri": "https://github.com/stance-security/stance",
            "rules": rules,
        } }),
        automation_details: json!({ "id": "stance/" }),
        invocations: [invocation(report)],
        column_kind: "utf16CodeUnits",
        results: &results,
    };
    let schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
    write_json(&Log { schema, version: "2.1.0", runs: [run] }, out)?;
    out.write_all(b"\n")
}
