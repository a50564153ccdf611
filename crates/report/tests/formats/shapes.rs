//! JUnit's rules, checked by hand: they are those of the schema that Jenkins publishes.

use crate::fixture::{catalog, hostile, poisoned, poisoned_meta, written, written_of};
use report::Format;
use std::collections::BTreeMap;

/// An element: name, attributes, children, text.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Element>,
}

/// Reads the subset of XML that has no comments, entities of its own or namespaces; panics on anything that is not well formed.
fn parse(text: &str) -> Element {
    for letter in text.chars() {
        let allowed =
            matches!(letter, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
        assert!(allowed, "XML 1.0 has no {letter:?}");
    }
    let rest = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").expect("it begins with a declaration");
    let mut open = vec![Element::default()];
    for part in rest.split('<').skip(1) {
        let (tag, body) = part.split_once('>').expect("a tag ends");
        assert!(!body.contains("]]>"), "no ]]> in text");
        check_references(tag);
        check_references(body);
        if let Some(name) = tag.strip_prefix('/') {
            let element = open.pop().expect("something is open");
            assert_eq!(element.name, name, "tags are nested");
            open.last_mut().expect("there is a parent").children.push(element);
            continue;
        }
        let empty = tag.ends_with('/');
        let element = element(tag.trim_end_matches('/'));
        if empty {
            open.last_mut().expect("there is a parent").children.push(element);
        } else {
            open.push(element);
        }
    }
    assert_eq!(open.len(), 1, "all is closed");
    let mut root = open.pop().expect("there is a root").children;
    assert_eq!(root.len(), 1);
    root.pop().expect("there is one")
}

fn element(tag: &str) -> Element {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    let mut element = Element { name: name.to_owned(), ..Element::default() };
    while let Some((key, after)) = rest.split_once("=\"") {
        let (value, after) = after.split_once('"').expect("a value ends");
        let new = element.attributes.insert(key.trim().to_owned(), value.to_owned()).is_none();
        assert!(new, "an attribute is there once");
        rest = after;
    }
    assert!(rest.trim().is_empty(), "{rest:?} is no attribute");
    element
}

fn check_references(text: &str) {
    for part in text.split('&').skip(1) {
        let name = part.split_once(';').expect("a reference ends").0;
        assert!(["amp", "lt", "gt", "quot", "apos", "#10"].contains(&name), "&{name};");
    }
}

fn number(element: &Element, name: &str) -> usize {
    element.attributes.get(name).unwrap_or_else(|| panic!("{} has no {name}", element.name)).parse().expect("a number")
}

fn check(text: &str) -> Element {
    let root = parse(text);
    assert_eq!(root.name, "testsuites");
    let mut totals = [0; 4];
    for suite in &root.children {
        assert_eq!(suite.name, "testsuite");
        let time = suite.attributes.get("timestamp").expect("there is a time");
        assert!(chrono::NaiveDateTime::parse_from_str(time, "%Y-%m-%dT%H:%M:%S").is_ok(), "{time}");
        assert_eq!(number(suite, "tests"), suite.children.len());
        let mut names = std::collections::BTreeSet::new();
        for case in &suite.children {
            assert_eq!(case.name, "testcase");
            assert!(case.children.len() <= 1, "an outcome, or none");
            assert!(
                names.insert((case.attributes.get("classname"), case.attributes.get("name"))),
                "names are told apart"
            );
        }
        for (total, (attribute, outcome)) in
            totals.iter_mut().skip(1).zip([("failures", "failure"), ("errors", "error"), ("skipped", "skipped")])
        {
            let outcomes =
                suite.children.iter().flat_map(|case| &case.children).filter(|child| child.name == outcome).count();
            assert_eq!(number(suite, attribute), outcomes, "{attribute}");
            *total += outcomes;
        }
        if let Some(total) = totals.first_mut() {
            *total += suite.children.len();
        }
    }
    assert_eq!(totals, ["tests", "failures", "errors", "skipped"].map(|name| number(&root, name)));
    root
}

#[test]
fn junit() {
    let root = check(&written(Format::Junit, false));
    assert_eq!(["tests", "failures", "errors", "skipped"].map(|name| number(&root, name)), [10, 5, 1, 2]);
}

#[test]
fn junit_of_hostile_texts() {
    for text in hostile() {
        check(&written_of(Format::Junit, false, &catalog(), poisoned_meta(&text), &poisoned(&text)));
    }
}
