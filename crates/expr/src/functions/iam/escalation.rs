//! Known ways to raise one's own privileges, and whether a policy makes them possible.
//!
//! A permission on named things is what least privilege looks like, so a method counts only where its target is free: a
//! role to pass, a policy to rewrite or a user to attach to that the holder may choose.

mod methods;

pub use methods::{METHODS, Method, Need, On};

use super::{
    condition::Clause,
    grants::is_every_resource,
    pattern,
    policy::{self, Statement},
};
use crate::functions::outcome::{Outcome, Truth};
use model::Value;

/// Known ways to raise one's own privileges that the policy's allows, less its denies, make possible, as
/// `{method, actions}`. A list of policies is judged as one: all that one identity holds.
pub fn escalations(policy: &Value) -> Outcome {
    let (mut statements, _) = policy::read(policy);
    // A statement that names principals is a resource's: it gives nobody rights over the account.
    statements.retain(|statement| !statement.principals.given || statement.shown.missing().is_some());
    let mut outcome = Outcome::default();
    if statements.is_empty() {
        return outcome;
    }
    for method in &METHODS {
        let possible = Truth::all(method.needs.iter().map(|need| granted(&statements, need)));
        outcome.take(&possible, || {
            let actions = method.needs.iter().map(|need| Value::from(need.action)).collect::<Vec<_>>();
            [("method", Value::from(method.name)), ("actions", Value::List(actions))].into_iter().collect()
        });
    }
    outcome
}

fn granted(statements: &[Statement], need: &Need) -> Truth {
    Truth::any(statements.iter().map(|statement| {
        let allowed = statement
            .is_allow()
            .and(statement.actions.meets(need.action))
            .and(target_is_free(statement, need))
            .and(Truth::all(statement.clauses.iter().map(|clause| can_be_met(clause, need))));
        if allowed == Truth::No {
            return Truth::No;
        }
        let unread = statement.condition_missing.as_ref().map_or(Truth::Yes, |missing| Truth::Unknown(missing.clone()));
        allowed.and(unread).and(!denied(statements, statement, need))
    }))
}

/// Whether the resources leave the holder the choice that the method needs.
fn target_is_free(statement: &Statement, need: &Need) -> Truth {
    if need.on == On::Anything || statement.resources.negated {
        return Truth::Yes;
    }
    let own = |p: &str| need.on == On::WideOrSelf && p.contains("${aws:user");
    match &statement.resources.missing {
        _ if statement.resources.patterns.iter().any(|p| is_wide(p) || own(p)) => Truth::Yes,
        Some(missing) => Truth::Unknown(missing.clone()),
        None => Truth::No,
    }
}

/// Whether a pattern holds all things of a kind: `*`, `arn:aws:iam::*:role/*`, `…:function:*`.
fn is_wide(pattern: &str) -> bool {
    if is_every_resource(pattern, None) {
        return true;
    }
    let Some(resource) = pattern.splitn(6, ':').nth(5) else { return pattern.starts_with('*') };
    let mut names = resource.split(['/', ':']);
    let (first, rest) = (names.next().unwrap_or_default(), names.collect::<Vec<_>>());
    let stars = |part: &str| !part.is_empty() && part.bytes().all(|b| b == b'*');
    (rest.is_empty() && first.ends_with('*')) || (!rest.is_empty() && rest.iter().all(|part| stars(part)))
}

/// Whether the holder can meet a clause of an allow while using the method.
fn can_be_met(clause: &Clause, need: &Need) -> Truth {
    let negated = clause.operator.contains("not");
    match clause.key.as_str() {
        "iam:passedtoservice" if need.action == "iam:PassRole" => passed_to(clause, need, negated),
        // Whoever may only make identities within a boundary, or attach chosen policies, gains nothing.
        "iam:permissionsboundary" if !negated && !clause.if_exists => Truth::No,
        "iam:policyarn" if !negated => {
            let powerful = |value: &String| {
                value.starts_with('*')
                    || value.ends_with("/*")
                    || value.ends_with("/AdministratorAccess")
                    || value.ends_with("/IAMFullAccess")
            };
            match &clause.missing {
                _ if clause.values.iter().any(powerful) => Truth::Yes,
                Some(missing) => Truth::Unknown(missing.clone()),
                None => Truth::No,
            }
        }
        // A tag on the target chooses it as a name does.
        key if need.on != On::Anything
            && (key.starts_with("aws:resourcetag/") || key.starts_with("iam:resourcetag/")) =>
        {
            Truth::No
        }
        _ => Truth::Yes,
    }
}

/// Whether the role may be passed to the method's service under a clause on `iam:PassedToService`.
fn passed_to(clause: &Clause, need: &Need, negated: bool) -> Truth {
    let wildcards = clause.operator.contains("like");
    let same = |value: &String| {
        // In some partitions services carry a longer domain.
        let value = value.strip_suffix(".cn").unwrap_or(value);
        if wildcards { pattern::matches(value, need.passed_to) } else { value.eq_ignore_ascii_case(need.passed_to) }
    };
    match &clause.missing {
        _ if clause.values.iter().any(same) => Truth::from(!negated),
        Some(missing) => Truth::Unknown(missing.clone()),
        None => Truth::from(negated),
    }
}

/// Whether denies take from an allow what the method needs.
fn denied(statements: &[Statement], allow: &Statement, need: &Need) -> Truth {
    Truth::any(statements.iter().map(|deny| {
        let action = deny.is_deny().and(deny.actions.covers(need.action));
        if action == Truth::No {
            return Truth::No;
        }
        let unread = deny.condition_missing.as_ref().map_or(Truth::Yes, |missing| Truth::Unknown(missing.clone()));
        action
            .and(deny.resources.cover_all(&allow.resources))
            .and(Truth::all(deny.clauses.iter().map(|clause| holds_always(clause, need))))
            .and(unread)
    }))
}

/// Whether a deny's clause holds whenever the method is used.
fn holds_always(clause: &Clause, need: &Need) -> Truth {
    let negated = clause.operator.contains("not");
    match clause.key.as_str() {
        "iam:passedtoservice" if need.action == "iam:PassRole" => passed_to(clause, need, negated),
        // Denied unless the boundary is set.
        "iam:permissionsboundary" => Truth::from(negated),
        _ => Truth::No,
    }
}
