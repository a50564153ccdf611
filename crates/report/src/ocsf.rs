//! OCSF 1.5.0: a JSON array of Compliance Findings (class 2003), or of Detection Findings (2004) when asked for.
//! <https://schema.ocsf.io/1.5.0/classes/compliance_finding>
//!
//! Each event stands alone, as its readers expect; the prose that events share is made once.

mod event;

use crate::{
    Report,
    library::Library,
    text::fitted,
    written::{Streamed, write_json},
};
use event::{Compliance, Event, Remediation};
use std::{collections::BTreeMap, io};

/// The longest text of an event.
const TEXT_BYTES_MAX: usize = 8_000;

/// What the events of one policy share.
struct Shared<'a> {
    title: &'a str,
    risk: &'a str,
    category: Option<String>,
    remediation: Option<Remediation<'a>>,
    standards: Vec<String>,
    requirements: Vec<String>,
    claims: BTreeMap<&'a str, &'a [&'a str]>,
}

impl<'a> Shared<'a> {
    fn of(library: &'a Library<'a>, id: &'a str) -> Self {
        let policy = library.policy(id);
        let claims = library.claims(id);
        let desc = fitted(&library.remediation(id), TEXT_BYTES_MAX).into_owned();
        let references = policy.map_or(&[][..], |policy| &policy.references);
        Self {
            title: library.title(id),
            risk: policy.map_or("", |policy| &policy.risk),
            category: policy.and_then(|policy| serde_json::to_value(policy.category).ok()?.as_str().map(str::to_owned)),
            remediation: (!desc.is_empty()).then_some(Remediation { desc, references }),
            requirements: claims
                .iter()
                .flat_map(|claim| claim.requirements.iter().map(|requirement| format!("{} {requirement}", claim.name)))
                .collect(),
            claims: claims.iter().map(|claim| (claim.id, claim.requirements)).collect(),
            standards: claims.into_iter().map(|claim| claim.name).collect(),
        }
    }

    fn compliance<'s>(&'s self, policy: &'s str) -> Compliance<'s> {
        Compliance::of(policy, self.title, &self.standards, &self.requirements)
    }
}

pub(crate) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let library = Library::of(report.catalog);
    let mut shared: BTreeMap<&str, Shared<'_>> = BTreeMap::new();
    for finding in report.findings {
        shared.entry(&finding.policy).or_insert_with(|| Shared::of(&library, &finding.policy));
    }
    let events = report.findings.iter().filter_map(|finding| {
        let shared = shared.get(&*finding.policy)?;
        Some(Event::of(report, finding, shared))
    });
    write_json(&Streamed::of(events), out)?;
    out.write_all(b"\n")
}
