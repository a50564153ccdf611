//! One JSON document: what was scanned, a summary, the findings, and the prose of their policies once.

use crate::{Report, Summary, jsonl::Line};
use serde::{Serialize, Serializer};
use std::{cell::RefCell, collections::BTreeMap, io};

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

/// A list that is written while it is made.
struct Streamed<I>(RefCell<I>);

impl<I: Iterator<Item: Serialize>> Serialize for Streamed<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&mut *self.0.borrow_mut())
    }
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
    let findings = Streamed(RefCell::new(report.findings.iter().map(Line::from)));
    serde_json::to_writer(
        &mut *out,
        &Document { scan: &report.meta, summary: &Summary::of(report.findings), policies, findings },
    )?;
    out.write_all(b"\n")
}
