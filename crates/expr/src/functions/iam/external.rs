//! Which principals of other accounts a policy lets in.

use super::{
    condition::{self, Outside},
    policy::{self, Statement},
    principal::Principal,
    public::{grants_something, taken_back},
};
use crate::functions::outcome::{Outcome, Truth};
use model::{Missing, Value};

/// Principals of other accounts than `account` that `Allow` statements let in without an external id, an organisation,
/// or a condition that keeps to the account, as `{statement, principal}`. Anybody (`*`) is among them where no condition
/// closes it; where a condition names accounts or ARNs, those of other accounts are. Services, identity providers and
/// canonical users have no account.
pub fn external(policy: &Value, account: &str) -> Outcome {
    let (statements, _) = policy::read(policy);
    let outside = Outside::OtherAccounts(account);
    let mut outcome = Outcome::default();
    for statement in &statements {
        let open = statement.is_allow().and(grants_something(statement)).and(!condition::closes(statement, outside));
        if open == Truth::No || !statement.principals.given {
            continue;
        }
        let open = open.and(!taken_back(statement, None, &statements, outside));
        if open == Truth::No {
            continue;
        }
        for principal in strangers(statement, account) {
            outcome.take(&open, || {
                [("statement", statement.shown.clone()), ("principal", Value::from(principal))].into_iter().collect()
            });
        }
        if let Some(missing) = &statement.principals.missing {
            outcome.take(&open.and(Truth::Unknown(Missing::clone(missing))), || Value::Null);
        }
    }
    outcome
}

fn strangers(statement: &Statement, account: &str) -> Vec<String> {
    let anybody = condition::closes(statement, Outside::Anybody) != Truth::Yes;
    if statement.principals.negated {
        return if anybody && statement.principals.missing.is_none() { vec!["*".to_owned()] } else { Vec::new() };
    }
    let mut strangers = Vec::new();
    for principal in &statement.principals.list {
        if principal.kind != "AWS" {
            continue;
        }
        if !principal.is_public() {
            if is_account(principal.account()) && principal.account() != account {
                strangers.push(principal.name.clone());
            }
        } else if anybody {
            strangers.push(principal.name.clone());
        } else {
            strangers.extend(
                condition::named_accounts(statement).filter(|name| is_stranger(name, account)).map(str::to_owned),
            );
        }
    }
    strangers.dedup();
    strangers
}

fn is_stranger(name: &str, account: &str) -> bool {
    let named = Principal { kind: "AWS".to_owned(), name: name.to_owned() };
    is_account(named.account()) && named.account() != account
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}
