//! Against the `cel` crate's own interpreter, over made-up expressions without nulls and unknowns.

use crate::{made_up::Maker, show::show};
use cel::{Context, Value as Reference, extensions, objects::Key};
use chrono::{TimeZone as _, Utc};
use expr::{Arena, Env, Scope, compile};
use model::Value;
use proptest::prelude::*;
use std::{collections::HashMap, sync::Arc};

/// By the expression, our result and theirs.
type Differs = fn(&str, &str, &str) -> bool;

/// Where the reference is known to differ, by a mark in the expression or in either result, and why we do not follow.
const KNOWN: &[(Differs, &str)] = &[
    (
        |source, _, _| source.contains("9223372036854775807"),
        "it compares a large int with a double after rounding it; the specification has one number line",
    ),
    (
        |source, _, _| source.contains("string(") && (source.contains("1e300") || source.contains('/')),
        "it writes large doubles in full and infinities as 'inf', where the specification's implementation has %g",
    ),
    (
        |source, _, theirs| {
            theirs == "error" && ["].n", "].s", ".n", ".s"].iter().any(|member| source.contains(member))
        },
        "a member of a scalar is an error there and null with us: a document's scalars can't be told from others",
    ),
];

const DOCUMENT: &str = r#"{"i": 3, "j": -7, "d": 0.5, "b": true, "s": "abc", "t": "ü", "li": [3, 1, 2, 3], "ls": ["b", "a", "ü"],
    "lm": [{"n": 1, "s": "a", "f": true}, {"n": 2, "s": "b", "f": false}], "m": {"n": 5}}"#;

fn reference(value: &Value) -> Reference {
    match value {
        Value::Null | Value::Unknown(_) => Reference::Null,
        Value::Bool(flag) => Reference::Bool(*flag),
        Value::Int(number) => Reference::Int(*number),
        Value::Float(number) => Reference::Float(*number),
        Value::String(text) => Reference::String(Arc::new(text.to_string())),
        Value::List(items) => Reference::List(Arc::new(items.iter().map(reference).collect())),
        Value::Map(map) => {
            let entries: HashMap<Key, Reference> =
                map.iter().map(|(key, value)| (Key::from(key.to_owned()), reference(value))).collect();
            Reference::Map(entries.into())
        }
    }
}

/// The expression with the document's members written out, so that they behave as what an expression makes.
fn in_literals(source: &str) -> String {
    let members = [
        ("doc.m.none", "{'n': 5}.none"),
        ("doc.none", "{'n': 5}.none"),
        ("doc.m.n", "{'n': 5}.n"),
        ("doc.li", "[3, 1, 2, 3]"),
        ("doc.ls", "['b', 'a', 'ü']"),
        ("doc.lm", "[{'n': 1, 's': 'a', 'f': true}, {'n': 2, 's': 'b', 'f': false}]"),
        ("has(doc.i)", "has({'i': 3}.i)"),
        ("doc.i", "3"),
        ("doc.j", "-7"),
        ("doc.d", "0.5"),
        ("doc.b", "true"),
        ("doc.s", "'abc'"),
        ("doc.t", "'ü'"),
    ];
    members.iter().fold(source.to_owned(), |source, (member, literal)| source.replace(member, literal))
}

fn show_reference(value: &Reference) -> String {
    match value {
        Reference::Null => "null".to_owned(),
        Reference::Bool(flag) => flag.to_string(),
        Reference::Int(number) => number.to_string(),
        Reference::UInt(number) => format!("{number}u"),
        Reference::Float(number) => format!("{number:?}"),
        Reference::String(text) => format!("{text:?}"),
        Reference::List(items) => format!("[{}]", items.iter().map(show_reference).collect::<Vec<_>>().join(", ")),
        Reference::Map(map) => {
            let mut shown: Vec<String> = map
                .map
                .iter()
                .map(|(key, value)| {
                    let key = match key {
                        Key::String(text) => format!("{text:?}"),
                        Key::Int(number) => number.to_string(),
                        Key::Uint(number) => format!("{number}u"),
                        Key::Bool(flag) => flag.to_string(),
                    };
                    format!("{key}: {}", show_reference(value))
                })
                .collect();
            shown.sort();
            format!("{{{}}}", shown.join(", "))
        }
        other => format!("{other:?}"),
    }
}

fn by_reference(source: &str, document: &Value) -> String {
    let mut env = cel::Env::stdlib();
    env.add_extension(extensions::strings).unwrap();
    env.add_extension(extensions::lists).unwrap();
    let env = Arc::new(env);
    let Ok(program) = env.compile(source) else { return "error".to_owned() };
    let mut context = Context::with_env(env);
    context.add_variable_from_value("doc", reference(document));
    program.execute(&context).map_or_else(|_| "error".to_owned(), |value| show_reference(&value))
}

fn by_us(source: &str, document: &Value) -> String {
    let env = Env::policy();
    let now = Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap();
    let scope = Scope::new(&env, now).with("doc", document);
    let arena = Arena::new();
    let program = match compile(source, &env) {
        Ok(program) => program,
        Err(diagnostic) => panic!("{source}: {diagnostic}"),
    };
    program.evaluate(&scope, &arena).map_or_else(|_| "error".to_owned(), show)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(1_000), ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_the_reference(bytes in prop::collection::vec(any::<u8>(), 0..160)) {
        let source = in_literals(&Maker::new(&bytes).any());
        let document = Value::Null;
        let theirs = by_reference(&source, &document);
        let ours = by_us(&source, &document);
        let known = KNOWN.iter().any(|(differs, _)| differs(&source, &ours, &theirs));
        prop_assert!(ours == theirs || known, "{source}: ours {ours}, theirs {theirs}");
    }

    /// What a document lacks reads as null, where the reference errs.
    #[test]
    fn agrees_over_documents_where_the_reference_does_not_err(bytes in prop::collection::vec(any::<u8>(), 0..160)) {
        let source = Maker::new(&bytes).any();
        let document: Value = serde_json::from_str(DOCUMENT).unwrap();
        let theirs = by_reference(&source, &document);
        let ours = by_us(&source, &document);
        let known = KNOWN.iter().any(|(differs, _)| differs(&source, &ours, &theirs));
        prop_assert!(ours == theirs || theirs == "error" || known, "{source}: ours {ours}, theirs {theirs}");
    }
}
