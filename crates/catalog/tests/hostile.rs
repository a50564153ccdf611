//! Malformed catalogs: real files cut at every line, nested too deep, full of anchors. There is a diagnostic or a catalog, never a panic.

use catalog::{
    Catalog, Pack, Selection,
    compiled::Overrides,
    files::{self, Content, Files},
};

fn digest(path: &str, text: String) -> usize {
    let (catalog, diagnostics) = Catalog::read(&[Files::from([(path.to_owned(), Content::Yaml(text))])]);
    let more = catalog::lint::lint(&catalog);
    let ids = Selection { strict: true, ..Selection::default() }.apply(&catalog).unwrap_or_default();
    let compiled = Pack::compile(&catalog, &ids, &Overrides::new());
    diagnostics.len() + more.len() + usize::from(compiled.is_err())
}

#[test]
fn real_files_cut_anywhere() {
    let files = files::built_in().expect("the catalog is there");
    for (path, content) in
        files.iter().filter(|(path, _)| path.starts_with("aws/s3/") || path.starts_with("frameworks/cis-aws-7"))
    {
        let text = content.text();
        let cuts: Vec<usize> = text.char_indices().map(|(at, _)| at).step_by(97).collect();
        for cut in cuts {
            digest(path, text[..cut].to_owned());
        }
    }
}

#[test]
fn bombs_are_bounded() {
    let anchors = (0..40)
        .fold("a0: &a0 [x, x]\n".to_owned(), |text, n| format!("{text}a{}: &a{} [*a{n}, *a{n}]\n", n + 1, n + 1));
    let deep = format!("title: {}1{}\n", "[".repeat(50_000), "]".repeat(50_000));
    let expression =
        format!("title: x\nresource: aws.s3.bucket\nfail: {}true{}\n", "(".repeat(20_000), ")".repeat(20_000));
    for text in
        [anchors, deep, expression, "\u{feff}title: x".to_owned(), "a: !!python/object x".to_owned(), "\0".to_owned()]
    {
        assert!(digest("aws/s3/policies/bomb.yaml", text) > 0, "a malformed file is said to be one");
    }
}

#[test]
fn misplaced_files_and_unknown_keys_are_errors_with_a_line() {
    let read =
        |path: &str, text: &str| Catalog::read(&[Files::from([(path.to_owned(), Content::Yaml(text.to_owned()))])]).1;
    assert_eq!(read("aws/Bucket.yaml", "title: x")[0].code, "C002");
    let found = read("frameworks/mine.yaml", "title: x\nversion: \"1\"\nsource: s\nrequirments: []\n");
    assert_eq!((found[0].code, found[0].line), ("C001", 4));
    assert!(found[0].message.contains("requirments"), "{}", found[0].message);
}

/// A release binary reads the files as JSON, which the build makes of the YAML: what YAML reads leniently (`name: true` as a
/// text) must not be in them.
#[test]
fn packed_files_read_like_the_files_themselves() {
    let files = files::built_in().expect("the catalog is there");
    let packed = files.iter().map(|(path, content)| {
        let value: serde_json::Value =
            content.read().unwrap_or_else(|(line, message)| panic!("{path}:{line}: {message}"));
        (path.clone(), Content::Packed(serde_json::value::to_raw_value(&value).expect("JSON is JSON")))
    });
    let (catalog, diagnostics) = Catalog::read(&[packed.collect()]);
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    let (original, _) = Catalog::read(&[files]);
    let json = |catalog: &Catalog| -> Vec<String> {
        let types = catalog
            .types
            .iter()
            .map(|(name, entry)| format!("{name} {}", serde_json::to_string(&entry.value).expect("it is JSON")));
        let policies = catalog
            .policies
            .iter()
            .map(|(id, entry)| format!("{id} {}", serde_json::to_string(&entry.value).expect("it is JSON")));
        types.chain(policies).collect()
    };
    assert_eq!(json(&catalog), json(&original));
}
