//! Findings in numbers.

use model::{Finding, Severity, Status};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many findings have each status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Failed, and nobody accepted it.
    pub fail: usize,
    /// Passed.
    pub pass: usize,
    /// Could not be said.
    pub unknown: usize,
    /// A person has to look.
    pub manual: usize,
    /// Failed and accepted.
    pub excepted: usize,
}

impl Counts {
    fn add(&mut self, finding: &Finding) {
        match &finding.status {
            Status::Fail if finding.exception.is_some() => self.excepted += 1,
            Status::Fail => self.fail += 1,
            Status::Pass => self.pass += 1,
            Status::Unknown(_) => self.unknown += 1,
            Status::Manual => self.manual += 1,
        }
    }

    /// All together.
    pub fn total(&self) -> usize {
        self.fail + self.pass + self.unknown + self.manual + self.excepted
    }
}

/// Findings in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Of all findings.
    pub total: Counts,
    /// By severity.
    pub by_severity: BTreeMap<Severity, Counts>,
    /// By service (`s3`).
    pub by_service: BTreeMap<String, Counts>,
    /// What is missing → number of findings that are unknown for want of it.
    pub missing: BTreeMap<String, usize>,
}

impl Summary {
    /// Count.
    pub fn of(findings: &[Finding]) -> Self {
        let mut summary = Self::default();
        for finding in findings {
            summary.total.add(finding);
            summary.by_severity.entry(finding.severity).or_default().add(finding);
            let service = finding.resource.type_name.service();
            if !summary.by_service.contains_key(service) {
                summary.by_service.insert(service.to_owned(), Counts::default());
            }
            if let Some(counts) = summary.by_service.get_mut(service) {
                counts.add(finding);
            }
            if let Status::Unknown(missing) = &finding.status {
                for lack in missing.lacks() {
                    *summary.missing.entry(lack.to_string()).or_default() += 1;
                }
            }
        }
        summary
    }

    /// The worst severity among open failures.
    pub fn worst(&self) -> Option<Severity> {
        self.by_severity.iter().rev().find(|(_, counts)| counts.fail > 0).map(|(severity, _)| *severity)
    }
}
