//! What is said about texts that do not compile or are traps, and texts with holes.

use chrono::{TimeZone as _, Utc};
use expr::{Arena, Bounds, Env, Scope, Template, compile};
use model::Value;

#[test]
fn what_does_not_compile_says_where_and_what_to_do() {
    let rows = [
        ("1 +", "E101", "", ""),
        ("doc.x.nosuch()", "E105", "nosuch", "docs/concepts"),
        ("startWith('a')", "E105", "startWith", "startsWith"),
        ("doc.s.startWith('a')", "E105", "startWith", "did you mean 'startsWith'?"),
        ("net.is_publc('1.1.1.1')", "E105", "net.is_publc", "did you mean 'net.is_public'?"),
        ("startsWith('a', 'b')", "E106", "startsWith", "text.startsWith(part)"),
        ("'a'.startsWith()", "E106", "startsWith", "text.startsWith(part)"),
        ("dco.Name == 'x'", "E104", "dco", "did you mean 'doc'?"),
        ("[1].exists(x, y == 1)", "E104", "y", "in scope here: doc"),
        ("all(doc.type)", "E108", "all(doc.type)", "before it runs"),
        ("Foo{a: 1}", "E107", "", ""),
        ("'a'.matches('[')", "E110", "'a'.matches('[')", "RE2"),
        ("[1].map(x.y, 1)", "E111", "x.y", ""),
        ("[1].exists(x)", "E106", "[1].exists(x)", "a variable and an expression"),
        ("has(doc)", "E106", "has(doc)", "has(a.b)"),
        ("related('a', 'b', 'c')", "E106", "related('a', 'b', 'c')", "a kind"),
        ("doc.`a", "E101", "", ""),
    ];
    for (source, code, place, help) in rows {
        let diagnostic = compile(source, &Env::policy()).expect_err(source);
        assert_eq!(diagnostic.code, code, "{source}: {diagnostic}");
        assert!(diagnostic.help.contains(help), "{source}: {diagnostic}");
        if !place.is_empty() {
            assert_eq!(source.get(diagnostic.start..diagnostic.end), Some(place), "{source}: {diagnostic}");
        }
    }
    assert_eq!(compile("all('a')", &Env::new(&["doc"])).expect_err("no world").code, "E109");
}

#[test]
fn hostile_texts_are_refused_and_not_followed_down() {
    let deep = [
        "(".repeat(5_000),
        "[".repeat(5_000),
        "!".repeat(60_000),
        "-".repeat(60_000),
        format!("doc{}", ".a".repeat(20_000)),
        format!("1{}", " + 1".repeat(10_000)),
        format!("doc{}", "[0]".repeat(10_000)),
        format!("''''\" ''''{}", ".size()".repeat(5_000)),
        format!("{}1{}", "f(".repeat(3_000), ")".repeat(3_000)),
        format!("true{}", " ? true : true".repeat(4_000)),
        format!("doc{}", ".map(x, x)".repeat(4_000)),
        format!("{}1", "[1].map(x, ".repeat(4_000)),
        "a".repeat(70_000),
    ];
    for source in deep {
        let short: String = source.chars().take(30).collect();
        assert!(compile(&source, &Env::policy()).is_err(), "{short}");
    }
    // What is wide is not deep.
    let wide = format!("[{}].exists(x, x == 1)", "1, ".repeat(5_000));
    assert!(compile(&wide, &Env::policy()).is_ok());
    assert!(compile(&vec!["doc.a == 1"; 2_000].join(" || "), &Env::policy()).is_ok());
}

#[test]
fn evaluation_is_bounded() {
    let env = Env::policy();
    let scope = Scope::new(&env, Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap());
    let bounds = Bounds { steps_max: 100_000, arena_bytes_max: 4 * 1024 * 1024, indexes: true };
    let rows = [
        ("lists.range(10000).exists(a, lists.range(10000).exists(b, a + b < 0))", "steps"),
        (
            "cel.bind(a, 'xxxxxxxxxxxxxxxx'.replace('x', 'xxxxxxxxxxxxxxxx'), cel.bind(b, a.replace('x', a), \
             cel.bind(c, b.replace('x', b), c.replace('x', c))))",
            "bytes",
        ),
        ("cel.bind(a, lists.range(1000000), a + a)", "elements"),
        ("lists.range(10000).map(a, lists.range(1000 + a % 1000))", "memory"),
    ];
    for (source, what) in rows {
        let program = compile(source, &env).unwrap();
        let fault = program.evaluate_within(&scope, &Arena::new(), &bounds).map(|_| ()).expect_err(source);
        assert!(fault.to_string().contains(what), "{source}: {fault}");
    }
}

#[test]
fn traps_are_warned_of() {
    let rows = [
        ("!doc.Flag", "W101", "doc.Flag"),
        ("doc.A.B && true", "W101", "doc.A.B"),
        ("true || doc.A", "W101", "doc.A"),
        ("doc.A ? 1 : 2", "W101", "doc.A"),
        ("doc.Rules.exists(r, !r.Open)", "W101", "r.Open"),
        ("doc.Rules.filter(r, r.N == 1).all(r, r.Open && true)", "W101", "r.Open"),
        ("all('a.b.c').exists(a, !a.doc.X)", "W101", "a.doc.X"),
        ("cel.bind(x, doc.X, !x.Y)", "W101", "x.Y"),
        ("doc.Name.startsWith('x')", "W102", "doc.Name"),
        ("doc.Rules.exists(r, r.Cidr.contains(':'))", "W102", "r.Cidr"),
        ("tags.Owner.lowerAscii() == 'x'", "W102", "tags.Owner"),
    ];
    for (source, code, place) in rows {
        let program = compile(source, &Env::policy()).unwrap();
        let [warning] = program.warnings() else { panic!("{source}: {:?}", program.warnings()) };
        assert_eq!((warning.code, source.get(warning.start..warning.end)), (code, Some(place)), "{source}");
    }
    let fine = [
        "doc.Flag == true",
        "doc.Name != null && doc.Name.startsWith('x')",
        "has(doc.Name) && doc.Name.startsWith('x')",
        "doc.?Name.orValue('').startsWith('x')",
        "params.flag && true",
        "region.startsWith('eu-')",
        "doc.Rules.exists(r, true)",
        "doc.Rules.exists(r, r.exists(x, true))",
        "[true].exists(x, !x)",
        "all('a.b.c').exists(a, a.name.startsWith('x'))",
        "json(doc.Text).Value == true",
    ];
    for source in fine {
        assert_eq!(compile(source, &Env::policy()).unwrap().warnings(), [], "{source}");
    }
}

#[test]
fn texts_with_holes() {
    let document: Value = serde_json::from_str(
        r#"{"N": 3, "F": 2.0, "L": [1, "a"], "M": {"k": "v"}, "U": {"$unknown": [{"what": "x", "cause": "denied"}]}}"#,
    )
    .unwrap();
    let offender: Value = [("source", Value::from("0.0.0.0/0"))].into_iter().collect();
    let env = Env::message();
    let scope = Scope::new(&env, Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap())
        .with("doc", &document)
        .with("name", "web")
        .with("offender", &offender);
    let rows = [
        ("plain", "plain"),
        ("{name} lets {offender.source} in", "web lets 0.0.0.0/0 in"),
        ("{{name}} {{}}", "{name} {}"),
        ("a{doc.N + 1}b", "a4b"),
        ("{doc.F}", "2"),
        ("{doc.L}", "1, a"),
        ("{doc.M}", r#"{"k":"v"}"#),
        ("{ {'a': 'x}y'}.a }!", "x}y!"),
        ("{doc.L.map(x, {'v': x}.v)}", "1, a"),
        ("{doc.X}", "none"),
        ("{doc.U} {doc.X.startsWith('a')}", "? ?"),
        ("{[1, 2].filter(x, x == doc.U)}", "?"),
        ("{'{' + \"}\"}", "{}"),
        ("é{name}é", "éwebé"),
        ("", ""),
    ];
    for (text, wanted) in rows {
        let template = Template::compile(text, &env).unwrap_or_else(|diagnostic| panic!("{text}: {diagnostic}"));
        assert_eq!(template.render(&scope), wanted, "{text}");
    }
    for (text, code) in [("{name", "E112"), ("name}", "E113"), ("{nam}", "E104"), ("{}", "E101"), ("{'}", "E112")] {
        assert_eq!(Template::compile(text, &env).expect_err(text).code, code, "{text}");
    }
    let diagnostic = Template::compile("abc {nam}", &env).expect_err("a name that is not there");
    assert_eq!((diagnostic.start, diagnostic.end), (5, 8));
}

#[test]
fn the_page_names_every_function_and_no_other() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/concepts/expressions.md");
    let page = std::fs::read_to_string(path).unwrap();
    let functions = expr::functions::FAMILIES.iter().flat_map(|family| family.functions);
    // The accessors are named by two of them.
    let unnamed: Vec<&str> = functions
        .map(|function| function.name)
        .filter(|name| !page.contains(&format!("`{name}")) && !page.contains(&format!(".{name}(")))
        .filter(|name| !name.starts_with("get"))
        .collect();
    assert_eq!(unnamed, [""; 0]);
    for row in page.lines().filter(|line| line.starts_with("| `")) {
        let name = row.trim_start_matches("| `").split('(').next().unwrap();
        let known =
            expr::functions::FAMILIES.iter().flat_map(|family| family.functions).any(|known| known.name == name);
        let is_call = row.trim_start_matches("| `").starts_with(&format!("{name}("));
        let question = ["all", "related", "referrers"].contains(&name);
        assert!(!is_call || known || question, "{name} is on the page, and no function");
    }
}
