//! What to fix first: open failures by policy, the riskiest first.

use model::{Finding, Severity};
use std::{cmp::Reverse, collections::BTreeMap};

/// A policy and the resources that fail it.
pub(crate) struct Group<'a> {
    /// The policy's id.
    pub(crate) policy: &'a str,
    /// Never empty; the riskiest first.
    pub(crate) findings: Vec<&'a Finding>,
}

impl Group<'_> {
    /// The highest score.
    pub(crate) fn risk(&self) -> u8 {
        self.findings.first().map_or(0, |finding| finding.risk.score)
    }

    /// The highest severity.
    pub(crate) fn severity(&self) -> Severity {
        self.findings.iter().map(|finding| finding.severity).max().unwrap_or(Severity::Informational)
    }
}

/// Open failures by policy: by their highest score, then severity, then number, then id.
pub(crate) fn groups(findings: &[Finding]) -> Vec<Group<'_>> {
    let mut by_policy: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.is_open_failure()) {
        by_policy.entry(&finding.policy).or_default().push(finding);
    }
    let mut groups: Vec<Group<'_>> = by_policy
        .into_iter()
        .map(|(policy, mut findings)| {
            findings.sort_by_key(|finding| Reverse(finding.risk.score));
            Group { policy, findings }
        })
        .collect();
    groups.sort_by_cached_key(|group| {
        (Reverse(group.risk()), Reverse(group.severity()), Reverse(group.findings.len()), group.policy)
    });
    groups
}
