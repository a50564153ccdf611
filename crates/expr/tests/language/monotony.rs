//! Knowing less never turns a verdict into its opposite.

use crate::{
    made_up::{Kind, Maker},
    show::show,
};
use chrono::{TimeZone as _, Utc};
use expr::{Arena, Env, Scope, Verdict, compile};
use model::{Cause, Lack, Missing, Value};
use proptest::prelude::*;

const DOCUMENT: &str = r#"{"i": 3, "j": -7, "d": 0.5, "b": true, "s": "abc", "t": "ü", "li": [3, 1, 2, 3], "ls": ["b", "a", "ü"],
    "lm": [{"n": 1, "s": "a", "f": true}, {"n": 2, "s": "b", "f": false}, {"n": 3, "s": "a", "f": true}], "m": {"n": 5}}"#;

const PATHS: [&str; 24] = [
    "i", "j", "d", "b", "s", "t", "li", "li.0", "li.1", "li.3", "ls", "ls.0", "ls.2", "lm", "lm.0", "lm.1", "lm.0.n",
    "lm.1.s", "lm.2.f", "lm.0.f", "lm.1.f", "m", "m.n", "lm.2",
];

fn scope<'a>(env: &'a Env, document: &'a Value) -> Scope<'a> {
    Scope::new(env, Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap()).with("doc", document)
}

fn unknown(number: usize) -> Value {
    Value::unknown(Missing::one(Lack { what: format!("read{number}"), cause: Cause::Denied, detail: String::new() }))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(2_000), ..ProptestConfig::default() })]

    #[test]
    fn less_knowledge_is_never_the_opposite(
        bytes in prop::collection::vec(any::<u8>(), 0..160),
        lacking in prop::collection::vec(0..PATHS.len(), 0..2),
        unread in prop::collection::vec(0..PATHS.len(), 1..4),
        list in any::<bool>(),
    ) {
        let source = Maker::new(&bytes).of(if list { Kind::Maps } else { Kind::Bool });
        let mut whole: Value = serde_json::from_str(DOCUMENT).unwrap();
        for path in lacking {
            whole.set(PATHS[path], Value::Null);
        }
        let mut less = whole.clone();
        for path in unread {
            // What a document lacks is known to be absent; only what is there can be hidden.
            if !less.at(PATHS[path]).is_null() && less.at(PATHS[path]).missing().is_none() {
                less.set(PATHS[path], unknown(path));
            }
        }
        let env = Env::policy();
        let program = compile(&source, &env).unwrap();
        let (with, without) = (program.judge(&scope(&env, &whole)), program.judge(&scope(&env, &less)));
        let opposite = matches!(
            (&with, &without),
            (Ok(Verdict::Pass), Ok(Verdict::Fail(_))) | (Ok(Verdict::Fail(_)), Ok(Verdict::Pass))
        );
        prop_assert!(!opposite, "{source}: {with:?}, but knowing less {without:?} in {}", serde_json::to_string(&less).unwrap());

        let (scope_whole, scope_less) = (scope(&env, &whole), scope(&env, &less));
        let (arena_whole, arena_less) = (Arena::new(), Arena::new());
        if let (Ok(with), Ok(without)) = (program.evaluate(&scope_whole, &arena_whole), program.evaluate(&scope_less, &arena_less)) {
            let (with, without) = (show(with), show(without));
            prop_assert!(without.contains('?') || with == without, "{source}: {with}, but knowing less {without}");
        }
    }
}
