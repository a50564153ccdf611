//! What a policy's statements grant and deny, each statement by itself.

use super::{
    pattern,
    policy::{self, Statement, Terms},
};
use crate::functions::outcome::{Outcome, Truth};
use model::Value;

/// A `NotAction` or `NotResource` with more patterns than this does not count as everything.
const EXCLUSIONS_MAX: usize = 5;

/// The `Allow` statements that grant the action, on the resource if one is given. Either may have wildcards: a statement
/// that grants some of what it stands for counts.
pub fn allows(policy: &Value, action: &str, resource: Option<&str>) -> Outcome {
    select(policy, |statement| {
        let on = resource.map_or(Truth::Yes, |resource| statement.resources.meets(resource));
        statement.is_allow().and(statement.actions.meets(action)).and(on)
    })
}

/// The `Deny` statements that deny the action; with wildcards, all of what it stands for.
pub fn denies(policy: &Value, action: &str) -> Outcome {
    select(policy, |statement| statement.is_deny().and(statement.actions.covers(action)))
}

/// The `Allow` statements with all actions on all resources and no condition. A `NotAction` counts that excludes little
/// and leaves IAM itself open: who has that can give themselves the rest.
pub fn admin(policy: &Value) -> Outcome {
    select(policy, |statement| {
        let actions = if statement.actions.negated {
            let few = statement.actions.patterns.len() <= EXCLUSIONS_MAX;
            Truth::from(few).and(statement.actions.meets("iam:*"))
        } else {
            statement.actions.covers("*").or(statement.actions.covers("*:*"))
        };
        statement
            .is_allow()
            .and(actions)
            .and(all_resources(&statement.resources, None))
            .and(statement.is_unconditional())
    })
}

/// The `Allow` statements that grant all actions of a service (`kms`) on all resources.
pub fn full_service(policy: &Value, service: &str) -> Outcome {
    let all = format!("{service}:*");
    select(policy, |statement| {
        let resources = all_resources(&statement.resources, Some(service));
        statement.is_allow().and(statement.actions.covers(&all)).and(resources)
    })
}

/// Whether a statement denies everybody all actions (of the service) when the call is not encrypted.
pub fn requires_tls(policy: &Value) -> Truth {
    let (statements, _) = policy::read(policy);
    Truth::any(statements.iter().map(|statement| {
        let unread = match &statement.condition_missing {
            Some(missing) => Truth::Unknown(missing.clone()),
            None => Truth::No,
        };
        let plain = match statement.clauses.as_slice() {
            [] => unread,
            clauses => Truth::all(clauses.iter().map(holds_without_tls)),
        };
        let actions = if statement.actions.negated {
            Truth::No
        } else {
            let all = |p: &String| p.chars().all(|c| c == '*') || (p.ends_with(":*") && p.matches(':').count() == 1);
            match &statement.actions.missing {
                _ if statement.actions.patterns.iter().any(all) => Truth::Yes,
                Some(missing) => Truth::Unknown(missing.clone()),
                None => Truth::No,
            }
        };
        statement.is_deny().and(statement.principals.are_everybody(|_| false)).and(actions).and(plain)
    }))
}

/// Whether a clause holds for every call without TLS.
fn holds_without_tls(clause: &super::condition::Clause) -> Truth {
    let hit = match (clause.key.as_str(), clause.operator.as_str()) {
        ("aws:securetransport", "bool" | "stringequals" | "stringequalsignorecase" | "stringlike") => {
            clause.values.iter().any(|value| value.eq_ignore_ascii_case("false"))
        }
        ("aws:securetransport", "stringnotequals" | "stringnotequalsignorecase" | "stringnotlike") => {
            return match &clause.missing {
                Some(missing) => Truth::Unknown(missing.clone()),
                None => Truth::from(clause.values.iter().all(|value| value.eq_ignore_ascii_case("true"))),
            };
        }
        // A call without TLS has no version of it.
        ("s3:tlsversion", "numericlessthan") => return Truth::from(clause.if_exists),
        _ => return Truth::No,
    };
    match &clause.missing {
        _ if hit => Truth::Yes,
        Some(missing) => Truth::Unknown(missing.clone()),
        None => Truth::No,
    }
}

/// Whether terms mean every resource (of a service, where one is given): `*`, an ARN of nothing but wildcards, or a
/// `NotResource` that excludes little.
fn all_resources(terms: &Terms, service: Option<&str>) -> Truth {
    if terms.negated {
        return match &terms.missing {
            Some(missing) => Truth::Unknown(missing.clone()),
            None => Truth::from(
                terms.patterns.len() <= EXCLUSIONS_MAX && !terms.patterns.iter().any(|p| is_every_resource(p, service)),
            ),
        };
    }
    match &terms.missing {
        _ if terms.patterns.iter().any(|p| is_every_resource(p, service)) => Truth::Yes,
        Some(missing) => Truth::Unknown(missing.clone()),
        None => Truth::No,
    }
}

/// Whether a resource pattern holds everything (of a service).
pub(super) fn is_every_resource(pattern: &str, service: Option<&str>) -> bool {
    let stars = |text: &str| !text.is_empty() && text.bytes().all(|b| b == b'*');
    if stars(pattern) {
        return true;
    }
    let parts: Vec<&str> = pattern.splitn(6, ':').collect();
    let [arn, rest @ ..] = parts.as_slice() else { return false };
    let partition = |part: &str| stars(part) || part.starts_with("aws");
    match rest {
        _ if !arn.eq_ignore_ascii_case("arn") => false,
        [last] => stars(last),
        [first, middle @ .., last] => {
            let (named, middle) =
                middle.split_first().map_or((None, middle), |(service, middle)| (Some(*service), middle));
            let of_service =
                named.is_none_or(|named| stars(named) || service.is_some_and(|s| pattern::matches(named, s)));
            // Some services leave region and account empty.
            partition(first) && of_service && middle.iter().all(|part| part.is_empty() || stars(part)) && stars(last)
        }
        [] => false,
    }
}

fn select(policy: &Value, wanted: impl Fn(&Statement) -> Truth) -> Outcome {
    let (statements, _) = policy::read(policy);
    let mut outcome = Outcome::default();
    for statement in &statements {
        outcome.take(&wanted(statement), || statement.shown.clone());
    }
    outcome
}
