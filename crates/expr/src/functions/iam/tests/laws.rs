//! What holds of every policy, whatever is in it.

use super::*;
use model::{Cause, Lack, Missing};
use proptest::prelude::*;

fn lack() -> Value {
    Value::unknown(Missing::one(Lack { what: "x".into(), cause: Cause::Denied, detail: String::new() }))
}

/// Any value at all, with a liking for the words of policies.
fn any_value() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "Allow",
        "Deny",
        "*",
        "s3:*",
        "s3:GetObject",
        "arn:aws:iam::*:root",
        "arn:aws:s3:::b/*",
        "123456789012",
        "false",
        "o-1",
        "{",
        "%7B%7D",
        "${aws:username}",
        "",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        words.prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        Just(lack()),
    ];
    let keys = prop::sample::select(vec![
        "Statement",
        "Effect",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Principal",
        "NotPrincipal",
        "Condition",
        "AWS",
        "Service",
        "StringEquals",
        "ForAllValues:StringNotLike",
        "Null",
        "aws:PrincipalOrgID",
        "aws:SourceIp",
        "iam:PassedToService",
        "aws:SecureTransport",
    ]);
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            prop::collection::vec((keys.clone(), inner), 0..6).prop_map(|entries| entries.into_iter().collect()),
        ]
    })
}

fn any_condition() -> impl Strategy<Value = serde_json::Value> {
    prop::sample::select(vec![
        json!({}),
        json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
        json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}),
        json!({"StringLike": {"aws:PrincipalOrgID": "*"}}),
        json!({"Bool": {"aws:SecureTransport": "false"}}),
        json!({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}),
        json!({"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}),
        unknown(),
    ])
}

fn any_statement() -> impl Strategy<Value = serde_json::Value> {
    let actions = prop::sample::select(vec![
        json!("*"),
        json!("s3:*"),
        json!("s3:GetObject"),
        json!(["s3:Get*", "s3:PutObject"]),
        unknown(),
    ]);
    let resources =
        prop::sample::select(vec![json!("*"), json!("arn:aws:s3:::b/*"), json!("arn:aws:s3:::b/a"), unknown()]);
    let principals =
        prop::sample::select(vec![json!("*"), json!({"AWS": "*"}), json!({"AWS": "123456789012"}), unknown()]);
    let effects = prop::sample::select(vec![json!("Allow"), json!("Deny")]);
    (effects, actions, any::<bool>(), resources, principals, any_condition()).prop_map(|(effect, action, negated, resource, principal, condition)| {
        let action_name = if negated { "NotAction" } else { "Action" };
        json!({"Effect": effect, action_name: action, "Resource": resource, "Principal": principal, "Condition": condition})
    })
}

/// All that is unknown in a value replaced.
fn settled(value: &serde_json::Value, with: &serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Object(map) if map.contains_key("$unknown") => with.clone(),
        serde_json::Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), settled(value, with))).collect(),
        serde_json::Value::Array(items) => items.iter().map(|item| settled(item, with)).collect(),
        _ => value.clone(),
    }
}

fn positions(outcome: &Outcome) -> Vec<String> {
    outcome.found.iter().map(|found| found.member("Sid").as_str().unwrap_or_default().to_owned()).collect()
}

/// Statements numbered by their `Sid`.
fn numbered(statements: &[serde_json::Value]) -> Vec<serde_json::Value> {
    statements
        .iter()
        .enumerate()
        .map(|(index, statement)| with(statement.clone(), json!({"Sid": format!("S{index}")})))
        .collect()
}

proptest! {
    #[test]
    fn nothing_panics(policy in any_value(), action in "[a-z*?:]{0,8}") {
        statements(&policy);
        public(&policy, None);
        public(&policy, Some(&[&action, "s3:GetObject"]));
        allows(&policy, &action, Some(&action));
        denies(&policy, &action);
        admin(&policy);
        full_service(&policy, &action);
        escalations(&policy);
        external(&policy, "123456789012");
        requires_tls(&policy);
    }

    #[test]
    fn text_and_map_are_the_same(statements in prop::collection::vec(any_statement(), 0..4)) {
        let document = settled(&json!({"Statement": statements}), &json!("x"));
        prop_assert_eq!(public(&value(&document), None), public(&value(&json!(document.to_string())), None));
    }

    #[test]
    fn one_more_deny_never_opens(statements in prop::collection::vec(any_statement(), 0..4), deny in any_statement()) {
        let denying = with(deny, json!({"Effect": "Deny"}));
        let before = numbered(&statements);
        let mut after = before.clone();
        after.push(denying);
        for actions in [None, Some(&["s3:GetObject"][..])] {
            let (before, after) = (public(&policy(json!(before)), actions), public(&policy(json!(after)), actions));
            let before_all = positions(&before);
            prop_assert!(positions(&after).iter().all(|sid| before_all.contains(sid)), "{:?} {:?}", before, after);
        }
        let names = |statements: &[serde_json::Value]| escalations(&policy(json!(statements))).found;
        let before_names = names(&before);
        prop_assert!(names(&after).iter().all(|method| before_names.contains(method)));
    }

    /// Whatever turns out to be in the place of what was not read, what was said for certain stays.
    #[test]
    fn what_is_certain_stays(statements in prop::collection::vec(any_statement(), 1..4),
        truth in prop::sample::select(vec![json!("*"), json!("s3:GetObject"), json!("arn:aws:s3:::b/*"), json!("x"), json!([]),
            json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}})])) {
        let statements = numbered(&statements);
        let known: Vec<_> = statements.iter().map(|statement| settled(statement, &truth)).collect();
        let (unsure, sure) = (public(&policy(json!(statements)), None), public(&policy(json!(known)), None));
        prop_assert_eq!(&sure.missing, &None);
        let sure_all = positions(&sure);
        prop_assert!(positions(&unsure).iter().all(|sid| sure_all.contains(sid)), "certain, then not: {:?} {:?}", unsure, sure);
        if unsure.missing.is_none() {
            prop_assert_eq!(positions(&unsure), sure_all, "nothing was missing");
        }
        let (unsure, sure) = (requires_tls(&policy(json!(statements))), requires_tls(&policy(json!(known))));
        prop_assert!(matches!(unsure, Truth::Unknown(_)) || unsure == sure);
        let (unsure, sure) = (external(&policy(json!(statements)), "123456789012"), external(&policy(json!(known)), "123456789012"));
        prop_assert!(unsure.missing.is_some() || unsure.found.len() == sure.found.len());
        prop_assert!(unsure.found.len() <= sure.found.len());
    }

    #[test]
    fn covering_is_overlapping(a in "[ab*?]{0,6}", b in "[ab*?]{0,6}", text in "[ab]{0,6}") {
        let (in_a, in_b) = (matches(&a, &text), matches(&b, &text));
        if pattern::covers(&a, &b) && in_b {
            prop_assert!(in_a, "what covers matches all that is covered");
        }
        if in_a && in_b {
            prop_assert!(pattern::overlaps(&a, &b) && pattern::overlaps(&b, &a));
        }
        prop_assert!(pattern::covers(&a, &a) && pattern::overlaps(&a, &a));
        prop_assert_eq!(pattern::overlaps(&a, &b), pattern::overlaps(&b, &a));
    }
}
