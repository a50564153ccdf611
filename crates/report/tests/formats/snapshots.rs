//! The fixture's report, as it looks in each format.

use crate::fixture::{catalog, findings, meta, written};
use report::{Format, Look, Report};

/// JSON is indented, so that a change shows as a line.
fn check(format: Format, detection: bool, name: &str) {
    let text = written(format, detection);
    let text = match serde_json::from_str::<serde_json::Value>(&text) {
        Ok(json) => serde_json::to_string_pretty(&json).expect("it is JSON"),
        Err(_) => text,
    };
    insta::assert_snapshot!(name, text);
}

#[test]
fn every_format() {
    for (format, word, _) in Format::ALL.iter().filter(|(format, _, _)| *format != Format::Html) {
        check(*format, false, word);
    }
    check(Format::Ocsf, true, "ocsf_detection");
}

/// The page without its style and script, which have a snapshot in their own files.
#[test]
fn html() {
    let page = written(Format::Html, false);
    let style = page.find("<style>").zip(page.find("</style>")).expect("there is a style");
    let script = page.rfind("<script>").expect("there is a script");
    let head =
        page.get(..style.0).expect("it is before").lines().filter(|line| !line.contains("Content-Security-Policy"));
    let body = page.get(style.1..script).expect("it is between");
    insta::assert_snapshot!("html", format!("{}{body}", head.collect::<Vec<_>>().join("\n")));
}

#[test]
fn table_of_widths() {
    for width in [80, 140] {
        let look = Look { width, ..Look::default() };
        let (catalog, findings) = (catalog(), findings());
        let report = Report { meta: meta(), catalog: &catalog, findings: &findings, look, ocsf_detection: false };
        let mut out = Vec::new();
        Format::Table.write(&report, &mut out).expect("memory can be written to");
        let text = String::from_utf8(out).expect("reports are UTF-8");
        let long: Vec<&str> = text.lines().filter(|line| line.chars().count() > width).collect();
        assert!(long.is_empty(), "no line is longer than {width}: {long:?}");
        insta::assert_snapshot!(format!("table_{width}"), text);
    }
}
