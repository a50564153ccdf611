//! One finding a line. A stable contract: members are added, never changed or taken away.

use crate::{Report, written::write_json};
use model::{Finding, Lack, Status, Value};
use serde::{Serialize, Serializer, ser::SerializeSeq};
use std::io;

/// A finding as it is written.
#[derive(Serialize)]
pub(crate) struct Line<'a> {
    id: String,
    policy: &'a str,
    status: &'static str,
    severity: &'static str,
    risk: u8,
    #[serde(skip_serializing_if = "no_factors")]
    risk_factors: &'a [model::Factor],
    resource: Place<'a>,
    message: &'a str,
    evidence: &'a [Value],
    missing: Missing<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exception: Option<&'a model::ExceptionNote>,
}

#[derive(Serialize)]
struct Place<'a> {
    id: &'a str,
    r#type: &'a str,
    name: &'a str,
    region: &'a str,
    account: &'a str,
    provider: &'a str,
    address: Option<&'a str>,
    file: Option<&'a str>,
    line: Option<u32>,
}

fn no_factors(factors: &&[model::Factor]) -> bool {
    factors.is_empty()
}

/// The names of what is missing: permissions or variables.
struct Missing<'a>(&'a [Lack]);

impl Serialize for Missing<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Sorted by name; the same may be missing in two places for two causes.
        let mut names: Vec<&str> = self.0.iter().map(|lack| lack.what.as_str()).collect();
        names.dedup();
        let mut list = serializer.serialize_seq(Some(names.len()))?;
        names.iter().try_for_each(|name| list.serialize_element(name))?;
        list.end()
    }
}

impl<'a> From<&'a Finding> for Line<'a> {
    fn from(finding: &'a Finding) -> Self {
        let resource = &finding.resource;
        let text = |text: &'a str| (!text.is_empty()).then_some(text);
        Self {
            id: finding.id.to_string(),
            policy: &finding.policy,
            status: finding.status.as_str(),
            severity: finding.severity.as_str(),
            risk: finding.risk.score,
            risk_factors: &finding.risk.factors,
            resource: Place {
                id: &resource.id,
                r#type: resource.type_name.as_str(),
                name: &resource.name,
                region: &resource.region,
                account: &resource.account,
                provider: &resource.provider,
                address: text(&resource.address),
                file: text(&resource.file),
                line: (resource.line > 0).then_some(resource.line),
            },
            message: &finding.message,
            evidence: &finding.evidence,
            missing: Missing(if let Status::Unknown(missing) = &finding.status { missing.lacks() } else { &[] }),
            exception: finding.exception.as_deref(),
        }
    }
}

pub(crate) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    for finding in report.findings {
        write_json(&Line::from(finding), out)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
