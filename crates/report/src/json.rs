//! One JSON document: what was scanned, a summary, the findings, and the prose of their policies once.

use crate::{
    Report, Summary,
    jsonl::Line,
    written::{Streamed, write_json},
};
use serde::Serialize;
use std::{collections::BTreeMap, io};

#[derive(Serialize)]
struct Document<'a, F: Serialize> {
    scan: &'a crate::Meta,
    summary: &'a Summary,
    policies: BTreeMap<&'a str, Prose<'a>>,
    findings: F,
}

#[derive(Serialize)]
struct Prose<'a> {
    title: &'a str,
    risk: &'a str,
    console: &'a [String],
    cli: Option<&'a str>,
    terraform: Option<&'a str>,
    references: &'a [String],
}

pub(crate) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut policies = BTreeMap::new();
    for finding in report.findings {
        if let Some((id, entry)) = report.catalog.policies.get_key_value(&*finding.policy) {
            policies.entry(id.as_str()).or_insert_with(|| {
                let (policy, guide) = (&entry.value, &entry.value.fix.guide);
                Prose {
                    title: &policy.title,
                    risk: &policy.risk,
                    console: &guide.console,
                    cli: guide.cli.as_deref(),
                    terraform: guide.terraform.as_deref(),
                    references: &policy.references,
                }
            });
        }
    }
    let findings = Streamed::of(report.findings.iter().map(Line::from));
    write_json(&Document { scan: &report.meta, summary: &Summary::of(report.findings), policies, findings }, out)?;
    out.write_all(b"\n")
}
