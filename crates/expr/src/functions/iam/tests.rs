//! Policies as people write them, with the right answer and the reason for it.

use super::*;
use crate::functions::outcome::{Outcome, Truth};
use model::Value;
use serde_json::json;

mod conditions;
mod escalations;
mod grants;
mod laws;
mod public;

fn value(json: &serde_json::Value) -> Value {
    Value::from(json)
}

fn unknown() -> serde_json::Value {
    json!({"$unknown": [{"what": "s3:GetBucketPolicy", "cause": "denied"}]})
}

/// A policy of these statements.
fn policy(statements: serde_json::Value) -> Value {
    value(&json!({"Version": "2012-10-17", "Statement": statements}))
}

/// `Allow` for everybody, with more members.
fn allow(more: serde_json::Value) -> serde_json::Value {
    with(
        json!({"Sid": "Allow", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}),
        more,
    )
}

/// `Deny` of everything for everybody, with more members.
fn deny(more: serde_json::Value) -> serde_json::Value {
    with(json!({"Sid": "Deny", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}), more)
}

/// Members replaced; null takes one away.
fn with(mut statement: serde_json::Value, more: serde_json::Value) -> serde_json::Value {
    for (key, member) in more.as_object().unwrap() {
        if member.is_null() {
            statement.as_object_mut().unwrap().remove(key);
        } else {
            statement[key] = member.clone();
        }
    }
    statement
}

/// What an outcome says: the certain ones, and `?` where something is missing.
fn said(outcome: &Outcome) -> String {
    let missing = if outcome.missing.is_some() { "?" } else { "" };
    format!("{}{missing}", outcome.found.len())
}
