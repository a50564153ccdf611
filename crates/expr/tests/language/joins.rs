//! An index never changes a result.

use crate::{made_up::Maker, show::show};
use chrono::{TimeZone as _, Utc};
use expr::{Arena, Bounds, Env, Scope, compile};
use model::{Cause, Lack, Missing, Value};
use proptest::prelude::*;

/// Joins of `doc.A` with `doc.B`, of each kind, with the key on either side, negated, and beside other terms.
const JOINS: &[&str] = &[
    "doc.A.filter(x, doc.B.exists(y, y.k == x.k))",
    "doc.A.filter(x, doc.B.exists(y, x.k == y.k && y.n > x.n))",
    "doc.A.filter(x, doc.B.exists(y, y.n > x.n && y.k == x.k))",
    "doc.A.filter(x, !doc.B.exists(y, y.k == x.k && y.n == 1))",
    "doc.A.filter(x, doc.B.all(y, y.k != x.k || y.n < 2))",
    "doc.A.filter(x, doc.B.all(y, !(y.k == x.k && y.n < 2)))",
    "doc.A.map(x, doc.B.filter(y, y.k == x.k))",
    "doc.A.map(x, doc.B.map(y, y.k == x.k, y.n))",
    "doc.A.filter(x, doc.B.exists_one(y, y.k == x.k))",
    "doc.A.exists(x, doc.B.filter(y, y.n > 0).exists(y, y.k == x.k && x.n == 2))",
    "doc.A.map(x, doc.B.filter(y, y.k == x.n))",
    "doc.A.map(x, doc.B.filter(y, y.k == 3))",
    "doc.A.map(x, doc.A.filter(z, z.k == x.k).map(z, doc.B.filter(y, y.k == z.k && y.n == x.n)))",
    "doc.A.map(x, [1, 2].map(n, x.l.filter(y, y == n + 1)))",
    "doc.A.map(x, cel.bind(k, x.k, doc.B.filter(y, y.k == k)))",
    "doc.A.map(x, doc.B.filter(y, y.k + 0 == x.k))",
    "doc.A.map(x, doc.B.exists(y, y.k == x.n / 0))",
];

fn key() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (0_i64..4).prop_map(Value::Int),
        2 => prop_oneof![Just(0.0), Just(-0.0), Just(2.0), Just(1.5)].prop_map(Value::Float),
        4 => "[ab]{1,2}".prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => Just(Value::Null),
        1 => Just(Value::List(vec![Value::Int(1)])),
        1 => Just(Value::unknown(Missing::one(Lack { what: "k".to_owned(), cause: Cause::Denied, detail: String::new() }))),
    ]
}

fn rows() -> impl Strategy<Value = Value> {
    let row = (key(), 0_i64..4).prop_map(|(key, number)| {
        [("k", key), ("n", Value::Int(number)), ("l", Value::List((0..12).map(|n| Value::Int(n % 4)).collect()))]
            .into_iter()
            .collect::<Value>()
    });
    prop::collection::vec(row, 0..24).prop_map(Value::List)
}

fn both(source: &str, document: &Value) -> (String, String) {
    let env = Env::policy();
    let now = Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap();
    let scope = Scope::new(&env, now).with("doc", document);
    let program = compile(source, &env).unwrap();
    let (arena, naive_arena) = (Arena::new(), Arena::new());
    let indexed = program.evaluate(&scope, &arena).map_or_else(|_| "error".to_owned(), show);
    let naive = program
        .evaluate_within(&scope, &naive_arena, &Bounds { indexes: false, ..Bounds::default() })
        .map_or_else(|_| "error".to_owned(), show);
    (indexed, naive)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases, ..ProptestConfig::default() })]

    #[test]
    fn an_index_changes_nothing(a in rows(), b in rows()) {
        let document: Value = [("A", a), ("B", b)].into_iter().collect();
        for source in JOINS {
            let (indexed, naive) = both(source, &document);
            prop_assert_eq!(indexed, naive, "{}", source);
        }
    }

    #[test]
    fn an_index_changes_nothing_in_made_up_expressions(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let document: Value = serde_json::from_str(
            r#"{"i": 3, "j": -7, "d": 2.0, "b": true, "s": "a", "t": "b", "li": [3, 1, 2, 3, 0, 7, 5, 4, 1], "m": {"n": 5},
                "ls": ["b", "a", "c", "b", "a", "c", "b", "a", "c"], "lm": [{"n": 1, "s": "a", "f": true}, {"n": 2, "s": "b", "f": false},
                {"n": 3, "s": "a"}, {"n": 3, "s": "c"}, {"n": 4}, {"n": 5, "s": "a"}, {"n": 6}, {"n": 7, "s": "b"}]}"#,
        )
        .unwrap();
        let source = Maker::new(&bytes).any();
        let (indexed, naive) = both(&source, &document);
        prop_assert_eq!(indexed, naive, "{}", source);
    }
}
