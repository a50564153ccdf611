//! Policies over resources. A pass is only made here, from what was read.

use crate::{
    estate::{Estate, View},
    exceptions::Exceptions,
    risk::{self, Context},
};
use catalog::{CompiledPolicy, Pack};
use chrono::{DateTime, Utc};
use expr::{Arena, Entity, Env, Scope, Truth, Verdict};
use model::{Finding, FindingId, Missing, Resource, ResourceRef, Risk, Status, Unread, Value};
use rayon::prelude::*;
use std::{collections::BTreeMap, sync::Arc};

/// Resources judged by one thread in one go.
const CHUNK_RESOURCES: usize = 64;
/// Evidence kept of one finding; more offenders are counted in its message.
const EVIDENCE_MAX: usize = 100;

/// A policy that could not judge a resource: its own fault, and no verdict.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PolicyFault {
    /// The policy.
    pub policy: Arc<str>,
    /// The resource's id.
    pub resource: String,
    /// What went wrong.
    pub message: String,
}

/// What judging gives.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// Sorted by resource (type, region, id), then policy.
    pub findings: Vec<Finding>,
    /// Sorted.
    pub faults: Vec<PolicyFault>,
}

/// Judge everything in an account: every resource under every policy of its type, and an unknown for each policy whose
/// resources could not be listed somewhere.
pub fn judge(
    estate: &Estate<'_>,
    unread: &[Unread],
    pack: &Pack,
    exceptions: &Exceptions,
    now: DateTime<Utc>,
) -> Judged {
    let env = Env::policy();
    let count = estate.resources().len();
    let chunks: Vec<Judged> = (0..count.div_ceil(CHUNK_RESOURCES))
        .into_par_iter()
        .map(|chunk| {
            let mut judged = Judged::default();
            let from = chunk * CHUNK_RESOURCES;
            for index in from..count.min(from + CHUNK_RESOURCES) {
                judge_one(estate, index, pack, exceptions, &env, now, &mut judged);
            }
            judged
        })
        .collect();
    let mut all = Judged::default();
    for chunk in chunks {
        all.findings.extend(chunk.findings);
        all.faults.extend(chunk.faults);
    }
    all.findings.extend(not_listed(unread, pack));
    all.faults.sort();
    all
}

/// Judge some resources of the estate, by their positions; one result for each, in their order.
pub fn judge_some(
    estate: &Estate<'_>,
    indices: &[usize],
    pack: &Pack,
    exceptions: &Exceptions,
    now: DateTime<Utc>,
) -> Vec<Judged> {
    let env = Env::policy();
    let one = |index: &usize| {
        let mut judged = Judged::default();
        judge_one(estate, *index, pack, exceptions, &env, now, &mut judged);
        judged
    };
    indices.par_iter().with_min_len(CHUNK_RESOURCES).map(one).collect()
}

/// A finding for each policy and each listing of its type that could not be made.
pub fn not_listed(unread: &[Unread], pack: &Pack) -> Vec<Finding> {
    let mut findings = Vec::new();
    for unread in gaps(unread) {
        let Some(compiled) = pack.types.get(unread.type_name.as_str()) else { continue };
        let resource = Arc::new(ResourceRef {
            id: format!("{}:{}:{}:unlisted", unread.type_name, unread.account, unread.region),
            type_name: unread.type_name.clone(),
            name: format!("{} (not listed)", compiled.title),
            region: unread.region.clone(),
            account: unread.account.clone(),
            provider: unread.type_name.provider().to_owned(),
            address: String::new(),
            file: String::new(),
            line: 0,
        });
        let message: Arc<str> = format!("Resources of this type could not be listed: {}", unread.missing).into();
        findings.extend(pack.policies_of(unread.type_name.as_str()).map(|policy| Finding {
            id: FindingId::new(&policy.id, &unread.account, &resource.id, ""),
            policy: policy.id.clone(),
            status: Status::Unknown(unread.missing.clone()),
            severity: policy.severity,
            risk: Risk::default(),
            resource: resource.clone(),
            message: message.clone(),
            evidence: Vec::new(),
            exception: None,
        }));
    }
    findings
}

/// One for each type and place: where resources are listed for each of their parents, many listings of a place may fail,
/// each in words of its own.
fn gaps(unread: &[Unread]) -> Vec<Unread> {
    let mut gaps: BTreeMap<_, Unread> = BTreeMap::new();
    for one in unread {
        let place = (&one.type_name, one.account.as_str(), one.region.as_str());
        let gap = gaps.entry(place).or_insert_with(|| one.clone());
        let mut lacks = gap.missing.and(&one.missing).lacks().to_vec();
        lacks.dedup_by(|later, first| (&later.what, later.cause) == (&first.what, first.cause));
        gap.missing = Missing::from_lacks(lacks).unwrap_or_else(|| one.missing.clone());
    }
    gaps.into_values().collect()
}

/// What is the same for all findings about a resource.
struct About<'e, 'a> {
    resource: &'a Resource,
    entity: &'e Entity<'a>,
    reference: Arc<ResourceRef>,
    context: Option<Context>,
}

fn judge_one(
    estate: &Estate<'_>,
    index: usize,
    pack: &Pack,
    exceptions: &Exceptions,
    env: &Env,
    now: DateTime<Utc>,
    judged: &mut Judged,
) {
    let (Some(resource), Some(entity)) = (estate.resources().get(index), estate.entity(index)) else { return };
    let view = View { estate, index };
    let mut about: Option<About<'_, '_>> = None;
    let mut scope = Scope::new(env, now).with_world(&view);
    scope.set_entity(entity);
    for policy in pack.policies_of(resource.type_name.as_str()) {
        scope.set_name("params", &policy.params);
        match verdict(policy, &scope) {
            Ok(None) => {}
            Ok(Some(verdict)) => {
                let about = about.get_or_insert_with(|| About {
                    resource,
                    entity,
                    reference: Arc::new(ResourceRef::from(*resource)),
                    context: None,
                });
                findings(policy, verdict, about, pack, exceptions, now, &mut judged.findings);
            }
            Err(message) => {
                judged.faults.push(PolicyFault { policy: policy.id.clone(), resource: resource.id.clone(), message })
            }
        }
    }
}

enum Said {
    Verdict(Verdict),
    Manual(Arc<str>),
}

/// `None` where the policy does not apply.
fn verdict(policy: &CompiledPolicy, scope: &Scope<'_>) -> Result<Option<Said>, String> {
    let applies = policy.applies.as_ref().map(|program| program.test(scope)).transpose();
    let unsure = match applies.map_err(|fault| format!("`applies`: {fault}"))? {
        Some(Truth::False) => return Ok(None),
        Some(Truth::Unknown(missing)) => Some(missing),
        Some(Truth::True) | None => None,
    };
    let said = match (&policy.fail, &policy.manual) {
        (Some(program), _) => Said::Verdict(program.judge(scope).map_err(|fault| format!("`fail`: {fault}"))?),
        (None, Some(text)) => Said::Manual(text.clone()),
        (None, None) => return Ok(None),
    };
    Ok(Some(match (unsure, said) {
        // Whether it applies is not known: it can't be failed, and a pass would be one that nobody asked for.
        (Some(missing), _) => Said::Verdict(Verdict::Unknown(missing)),
        (None, said) => said,
    }))
}

fn findings(
    policy: &CompiledPolicy,
    said: Said,
    about: &mut About<'_, '_>,
    pack: &Pack,
    exceptions: &Exceptions,
    now: DateTime<Utc>,
    out: &mut Vec<Finding>,
) {
    let (status, evidence, message) = match said {
        Said::Verdict(Verdict::Pass) => (Status::Pass, Vec::new(), policy.title.clone()),
        Said::Verdict(Verdict::Unknown(missing)) => {
            let message = format!("Can't be said of {}: {missing}", about.entity.name).into();
            (Status::Unknown(missing), Vec::new(), message)
        }
        Said::Manual(text) => (Status::Manual, Vec::new(), text),
        Said::Verdict(Verdict::Fail(offenders)) => {
            if let Some(key) = &policy.offender_key {
                return split(policy, key, offenders, about, pack, exceptions, now, out);
            }
            let message = message(policy, about.entity, &offenders, now);
            (Status::Fail, offenders, message)
        }
    };
    out.push(finding(policy, status, "", message, evidence, about, pack, exceptions, now));
}

/// A finding for each offender, told apart by its key.
#[expect(clippy::too_many_arguments, reason = "the one place where a verdict becomes several findings")]
fn split(
    policy: &CompiledPolicy,
    key: &expr::Program,
    offenders: Vec<Value>,
    about: &mut About<'_, '_>,
    pack: &Pack,
    exceptions: &Exceptions,
    now: DateTime<Utc>,
    out: &mut Vec<Finding>,
) {
    let env = Env::message();
    for offender in offenders {
        let name = {
            let arena = Arena::new();
            let scope = message_scope(&env, policy, about.entity, &offender, now);
            key.evaluate(&scope, &arena).map(|value| value.to_value()).ok()
        };
        let name = name.and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_else(|| offender.to_json());
        let message = message(policy, about.entity, std::slice::from_ref(&offender), now);
        out.push(finding(policy, Status::Fail, &name, message, vec![offender], about, pack, exceptions, now));
    }
}

#[expect(clippy::too_many_arguments, reason = "all that a finding is made of")]
fn finding(
    policy: &CompiledPolicy,
    status: Status,
    offender: &str,
    message: Arc<str>,
    mut evidence: Vec<Value>,
    about: &mut About<'_, '_>,
    pack: &Pack,
    exceptions: &Exceptions,
    now: DateTime<Utc>,
) -> Finding {
    evidence.truncate(EVIDENCE_MAX);
    let failed = status == Status::Fail;
    let mut finding = Finding {
        id: FindingId::new(&policy.id, &about.resource.account, &about.resource.id, offender),
        policy: policy.id.clone(),
        status,
        severity: policy.severity,
        risk: Risk::default(),
        resource: about.reference.clone(),
        message,
        evidence,
        exception: None,
    };
    if failed {
        let context =
            about.context.get_or_insert_with(|| Context::of(about.entity, pack.types.get(about.entity.type_name), now));
        finding.risk = risk::score(policy, policy.severity, context);
        finding.exception = exceptions.of(&finding, about.entity, now).map(Box::new);
    }
    finding
}

fn message_scope<'a>(
    env: &'a Env,
    policy: &'a CompiledPolicy,
    entity: &'a Entity<'a>,
    offender: &'a Value,
    now: DateTime<Utc>,
) -> Scope<'a> {
    let mut scope = Scope::new(env, now);
    scope.set_entity(entity);
    scope.set_name("params", &policy.params);
    scope.set_name("offender", offender);
    scope
}

fn message(policy: &CompiledPolicy, entity: &Entity<'_>, offenders: &[Value], now: DateTime<Utc>) -> Arc<str> {
    let Some(template) = &policy.message else { return format!("Not so: {}", policy.title).into() };
    let env = Env::message();
    let first = offenders.first().unwrap_or(&Value::Null);
    let mut text = template.render(&message_scope(&env, policy, entity, first, now));
    if offenders.len() > 1 {
        text.push_str(&format!(", and {} more", offenders.len() - 1));
    }
    text.into()
}

/// What is missing in all of them together.
pub fn missing_of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Option<Missing> {
    let lacks = findings.into_iter().filter_map(|finding| {
        if let Status::Unknown(missing) = &finding.status { Some(missing.lacks().to_vec()) } else { None }
    });
    Missing::from_lacks(lacks.flatten().collect())
}
