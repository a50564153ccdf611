//! What is judged of an account, and how a judgement is kept: passes as positions, everything else whole.

use assess::PolicyFault;
use catalog::CompiledPolicy;
use model::{Finding, FindingId, Resource, ResourceRef, Risk, Status};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What is judged of an account.
#[derive(Default)]
pub struct JudgedAccount {
    /// By resource, then policy.
    pub findings: Vec<Finding>,
    /// Sorted.
    pub faults: Vec<PolicyFault>,
    /// Resources whose judgement was remembered.
    pub remembered: usize,
}

/// A resource's judgement as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    /// Positions, among the policies of the type, of those that hold.
    passes: Vec<u32>,
    /// Every other finding.
    others: Vec<Finding>,
}

/// Encode the findings of one resource.
pub(super) fn encode(findings: &[Finding], policies: &[&CompiledPolicy]) -> Vec<u8> {
    let position = |finding: &Finding| {
        policies.iter().position(|policy| policy.id == finding.policy).and_then(|position| u32::try_from(position).ok())
    };
    let (passed, others): (Vec<&Finding>, Vec<&Finding>) =
        findings.iter().partition(|finding| finding.status == Status::Pass);
    let kept = Kept {
        passes: passed.into_iter().filter_map(position).collect(),
        others: others.into_iter().cloned().collect(),
    };
    serde_json::to_vec(&kept).unwrap_or_default()
}

/// Decode them; `None` where they were kept by another version.
pub(super) fn decode(bytes: &[u8], resource: &Resource, policies: &[&CompiledPolicy]) -> Option<Vec<Finding>> {
    let kept: Kept = serde_json::from_slice(bytes).ok()?;
    let reference = Arc::new(ResourceRef::from(resource));
    let mut findings = kept.others;
    for finding in &mut findings {
        finding.resource = reference.clone();
    }
    for position in kept.passes {
        let policy = policies.get(usize::try_from(position).ok()?)?;
        findings.push(Finding {
            id: FindingId::new(&policy.id, &resource.account, &resource.id, ""),
            policy: policy.id.clone(),
            status: Status::Pass,
            severity: policy.severity,
            risk: Risk::default(),
            resource: reference.clone(),
            message: policy.title.clone(),
            evidence: Vec::new(),
            exception: None,
        });
    }
    findings.sort_by(|a, b| a.policy.cmp(&b.policy));
    Some(findings)
}
