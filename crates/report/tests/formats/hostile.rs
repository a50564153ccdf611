//! Hostile texts in every field, in every format: what they must not become.

use crate::fixture::{catalog, hostile, megabyte, meta, poisoned, poisoned_meta, written_of};
use report::Format;

fn reports(format: Format) -> Vec<(String, String)> {
    let of = |text: String| {
        let report = written_of(format, false, &catalog(), poisoned_meta(&text), &poisoned(&text));
        (text.chars().take(40).collect(), report)
    };
    hostile().into_iter().map(of).collect()
}

fn is_control(letter: char) -> bool {
    letter.is_control() && letter != '\n'
}

/// One text of a megabyte does not make a report of many; those that keep everything are `json` and `jsonl`.
#[test]
fn long_texts_are_cut() {
    let all = poisoned(&megabyte());
    let catalog = catalog();
    // A failure, an accepted one, an unknown one.
    let some: Vec<_> = [0, 5, 7].iter().filter_map(|index| all.get(*index).cloned()).collect();
    for (format, word, _) in Format::ALL.iter().filter(|(format, _, _)| !matches!(format, Format::Json | Format::Jsonl))
    {
        let report = written_of(*format, false, &catalog, meta(), &some);
        assert!(report.len() < 800_000, "{word} is {} bytes", report.len());
        assert!(!report.chars().any(is_control), "{word} holds a control character");
    }
    for format in [Format::Json, Format::Jsonl] {
        assert!(written_of(format, false, &catalog, meta(), &some).len() > 3_000_000, "{format} keeps everything");
    }
}

/// No format lets a terminal, a viewer or a parser obey a control character.
#[test]
fn no_control_characters_in_any_format() {
    for (format, word, _) in Format::ALL {
        for (text, report) in reports(*format) {
            assert!(!report.chars().any(is_control), "{word} holds a control character of {text:?}");
        }
    }
}

/// Nor is text in front of people turned around. (JSON keeps what it was given.)
#[test]
fn no_marks_of_direction_where_people_read() {
    for format in [Format::Table, Format::Md, Format::Csv, Format::Junit, Format::Html, Format::Asff] {
        for (text, report) in reports(format) {
            assert!(!report.contains(['\u{202e}', '\u{2066}', '\u{200f}']), "{format} is turned around by {text:?}");
        }
    }
}

#[test]
fn html_has_no_element_of_others() {
    let (clean, _) = written_of(Format::Html, false, &catalog(), meta(), &crate::fixture::findings())
        .split_once("<body>")
        .map(|(head, body)| (body.matches("<script").count(), head.len()))
        .expect("there is a body");
    for (text, page) in reports(Format::Html) {
        let body = page.split_once("<body>").expect("there is a body").1;
        assert_eq!(body.matches("<script").count(), clean, "{text:?}");
        assert_eq!(body.matches("</script").count(), clean, "{text:?}");
        assert!(!body.contains("<img") && !body.contains("<!--"), "{text:?}");
        assert!(!body.contains(['\u{2028}', '\u{2029}']), "{text:?}");
        let (body, _) = body.rsplit_once("<script>").expect("the page's own script comes last");
        // Everything outside a script is an element that the page itself has.
        for part in body.split('<').skip(1) {
            let name: String =
                part.chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '/').collect();
            assert!(
                !name.is_empty(),
                "{text:?} leaves a bare < before {:?}",
                part.chars().take(30).collect::<String>()
            );
        }
    }
}

/// The data elements are JSON again.
#[test]
fn html_data_is_json() {
    for (text, page) in reports(Format::Html) {
        let parts: Vec<&str> = page.split("<script type=\"application/json\"").skip(1).collect();
        assert!(parts.len() >= 2);
        for part in parts {
            let json =
                part.split_once('>').and_then(|(_, rest)| rest.split_once("</script>")).expect("it is an element").0;
            serde_json::from_str::<serde_json::Value>(json).unwrap_or_else(|fault| panic!("{text:?}: {fault}"));
        }
    }
}

#[test]
fn html_asks_for_nothing_from_elsewhere() {
    let page = crate::fixture::written(Format::Html, false);
    let policy = page.split("Content-Security-Policy\" content=\"").nth(1).and_then(|rest| rest.split('"').next());
    let policy = policy.expect("there is a policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    for word in ["src=", "<link", "@import", "url(", "fetch(", "XMLHttpRequest", "innerHTML", "eval("] {
        assert!(!page.contains(word), "the page has {word}");
    }
}

/// Rows of a CSV file, read by the rules of RFC 4180.
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ';' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            letter => cell.push(letter),
        }
    }
    assert!(!quoted && cell.is_empty() && row.is_empty(), "the file ends with a row");
    rows
}

#[test]
fn csv_cells_are_no_formulas_and_keep_their_place() {
    for (text, file) in reports(Format::Csv) {
        let rows = rows(&file);
        assert_eq!(rows.len(), 11, "{text:?}");
        for row in &rows {
            assert_eq!(row.len(), 42, "{text:?}");
            for cell in row {
                assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "{text:?} is the formula {cell:?}");
                assert!(cell.chars().count() <= 32_767, "a spreadsheet holds no more");
            }
        }
    }
}

#[test]
fn csv_gives_back_what_it_was_given() {
    let text = "lone \" quote; and\nline";
    let file = written_of(Format::Csv, false, &catalog(), meta(), &poisoned(text));
    let rows = rows(&file);
    let column = |name: &str| {
        rows.first().and_then(|row| row.iter().position(|cell| cell == name)).expect("there is such a column")
    };
    for row in rows.iter().skip(1) {
        assert_eq!(row.get(column("RESOURCE_NAME")).map(String::as_str), Some(text));
    }
}

/// Markdown: nothing that a renderer would make into more than text.
#[test]
fn markdown_is_text() {
    for (text, page) in reports(Format::Md) {
        assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("<b>"), "{text:?}");
        assert!(!page.contains("](") && !page.contains("@everyone") && !page.contains("://"), "{text:?}");
        let columns: Vec<usize> =
            page.lines().filter(|line| line.starts_with('|')).map(|line| line.matches('|').count()).collect();
        assert!(columns.iter().all(|columns| *columns == 10 || *columns == 6), "{text:?} {columns:?}");
        assert!(page.chars().count() < 65_536, "{text:?} is more than a comment holds");
    }
}
