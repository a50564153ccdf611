//! Which statements anybody can use.

use super::{
    condition::{self, Outside},
    policy::{self, Statement},
};
use crate::functions::outcome::{Outcome, Truth};
use model::Value;

/// The `Allow` statements that anybody can use: a public principal, no condition that closes it, not taken back by a
/// `Deny` for everybody. With `actions` (which may have wildcards) those that grant any of them.
pub fn public(policy: &Value, actions: Option<&[&str]>) -> Outcome {
    let (statements, _) = policy::read(policy);
    let mut outcome = Outcome::default();
    for statement in &statements {
        let granted = match actions {
            Some(actions) => Truth::any(actions.iter().map(|action| statement.actions.meets(action))),
            None => grants_something(statement),
        };
        let open = statement
            .is_allow()
            .and(statement.principals.are_public())
            .and(granted)
            .and(!condition::closes(statement, Outside::Anybody));
        if open == Truth::No {
            continue;
        }
        let public = open.and(!taken_back(statement, actions, &statements, Outside::Anybody));
        outcome.take(&public, || statement.shown.clone());
    }
    outcome
}

/// Whether a statement has an action at all.
pub(super) fn grants_something(statement: &Statement) -> Truth {
    let actions = &statement.actions;
    match &actions.missing {
        // All actions but all.
        _ if actions.negated && actions.patterns.iter().any(|p| super::pattern::covers(p, "*")) => Truth::No,
        None if actions.negated => Truth::Yes,
        _ if !actions.negated && !actions.patterns.is_empty() => Truth::Yes,
        Some(missing) => Truth::Unknown(missing.clone()),
        None => Truth::No,
    }
}

/// Whether denies for everybody outside cover all that an allow grants, of `actions` where they are given.
pub(super) fn taken_back(
    allow: &Statement,
    actions: Option<&[&str]>,
    statements: &[Statement],
    outside: Outside<'_>,
) -> Truth {
    let denies: Vec<(&Statement, Truth)> = statements
        .iter()
        .map(|statement| (statement, denies_outside(statement, outside)))
        .filter(|(_, denies)| *denies != Truth::No)
        .collect();
    if denies.is_empty() {
        return Truth::No;
    }
    let whole = Truth::any(denies.iter().map(|(deny, denies)| {
        denies.clone().and(deny.actions.cover_all(&allow.actions)).and(deny.resources.cover_all(&allow.resources))
    }));
    if whole == Truth::Yes {
        return whole;
    }
    // Piece by piece: each granted action on each resource may be covered by another deny.
    let pieces = pieces(allow, actions);
    let Some(pieces) = pieces.filter(|_| !allow.resources.negated) else { return whole };
    let piecewise = Truth::all(pieces.iter().flat_map(|piece| {
        let denies = &denies;
        allow.resources.patterns.iter().map(move |resource| {
            Truth::any(denies.iter().map(|(deny, denies)| {
                let action = Truth::any(piece.iter().map(|action| deny.actions.covers(action)));
                denies.clone().and(action).and(deny.resources.covers(resource))
            }))
        })
    }));
    let lack = allow.resources.missing.as_ref().or(allow.actions.missing.as_ref().filter(|_| actions.is_none()));
    let piecewise = match lack {
        Some(missing) => piecewise.and(Truth::Unknown(missing.clone())),
        None => piecewise,
    };
    whole.or(piecewise)
}

/// What an allow grants, in pieces; a piece is covered when any of its patterns is. `None` where pieces can't be named.
fn pieces<'a>(allow: &'a Statement, actions: Option<&[&'a str]>) -> Option<Vec<Vec<&'a str>>> {
    let granted = || allow.actions.patterns.iter().map(String::as_str);
    let Some(actions) = actions else {
        return (!allow.actions.negated).then(|| granted().map(|pattern| vec![pattern]).collect());
    };
    let mut pieces = Vec::new();
    for action in actions {
        match allow.actions.meets(action) {
            Truth::No => {}
            _ if allow.actions.negated || allow.actions.covers(action) == Truth::Yes => pieces.push(vec![*action]),
            _ => pieces.extend(
                granted().filter(|p| super::pattern::overlaps(p, action)).map(|pattern| vec![*action, pattern]),
            ),
        }
    }
    Some(pieces)
}

/// Whether a statement denies, whatever it denies, to everybody outside.
fn denies_outside(statement: &Statement, outside: Outside<'_>) -> Truth {
    let inside = |principal: &super::principal::Principal| match outside {
        Outside::Anybody => !principal.is_public(),
        Outside::OtherAccounts(account) => principal.account() == account,
    };
    statement.is_deny().and(statement.principals.are_everybody(inside)).and(condition::shuts_out(statement, outside))
}
