//! Documents go out as JSON and come back unchanged.

use super::*;
use crate::{Cause, Lack};
use proptest::prelude::*;

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        (-1e15..1e15).prop_map(Value::Float),
        ".*".prop_map(Value::from),
        "[a-z]{1,9}".prop_map(|what| Value::unknown(Missing::one(Lack {
            what,
            cause: Cause::Denied,
            detail: String::new()
        }))),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::List),
            prop::collection::vec((".{0,12}", inner), 0..12).prop_map(|entries| entries.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn json_round_trip_is_exact(value in any_value()) {
        let text = serde_json::to_string(&value).unwrap();
        let back: Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&back, &value);
        prop_assert_eq!(serde_json::to_string(&back).unwrap(), text);
    }
}

#[test]
fn members_of_the_absent_are_null_and_of_the_unknown_unknown() {
    let mut document: Value = serde_json::from_str(r#"{"A":{"B":[{"C":1}]},"A":{"B":[{"C":2}]}}"#).unwrap();
    assert_eq!(document.at("A.B.0.C"), &Value::Int(2), "the last of equal keys");
    assert_eq!(document.at("A.X.Y"), &Value::Null);
    document.set(
        "A.B.0",
        Value::unknown(Missing::one(Lack { what: "p".into(), cause: Cause::Denied, detail: String::new() })),
    );
    assert!(document.at("A.B.0.C").missing().is_some());
    document.set("A.B", Value::Null);
    assert_eq!(document, serde_json::from_str(r#"{"A":{}}"#).unwrap());
}

#[test]
fn a_key_that_looks_like_an_unknown_comes_back_as_a_key() {
    for (key, written) in [
        ("$unknown", r#"{"$$unknown":true}"#),
        ("$$unknown", r#"{"$$$unknown":true}"#),
        ("unknown", r#"{"unknown":true}"#),
        ("$unknowns", r#"{"$unknowns":true}"#),
        ("$", r#"{"$":true}"#),
    ] {
        let value: Value = [(key, Value::from(true))].into_iter().collect();
        assert_eq!(value.to_json(), written, "{key}");
        assert_eq!(serde_json::from_str::<Value>(written).unwrap(), value, "{key}");
    }
}

#[test]
fn a_foreign_document_can_not_claim_to_be_unknown() {
    let text = r#"{"Policy":{"$unknown":[{"what":"x","cause":"denied"}]}}"#;
    let foreign = Value::from_foreign_json(text).unwrap();
    assert!(foreign.at("Policy").missing().is_none());
    let stored: Value = serde_json::from_str(&foreign.to_json()).unwrap();
    assert_eq!(stored, foreign, "nor after it was stored");
}
