//! One text: where in it credentials are.

use super::{
    context::{self, Promise},
    detectors, marker, value,
};
use regex::Regex;
use std::{ops::Range, sync::LazyLock};

/// Times that a text is gone through; where that does not clean it, all of it goes.
const PASSES_MAX: usize = 32;

/// Longer values are no credentials but files, in characters.
const VALUE_CHARS_MAX: usize = 1_024;
/// How far around an assignment its line is looked at, in bytes.
const INDENT_BYTES_MAX: usize = 128;
/// Length of the secret half of an AWS access key, in characters.
const AWS_SECRET_CHARS: usize = 40;

/// How hard to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// Known formats only.
    Formats,
    /// Also values whose key says what they are, and assignments within a string (`DB_PASSWORD=…`).
    Context,
    /// The same for a whole script, where most of what is assigned is code.
    Text,
}

/// A credential in a text, or the mark of one.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    pub range: Range<usize>,
    pub kind: String,
    /// Its format guarantees more randomness than can be guessed.
    pub random: bool,
    /// It is the mark of one that was taken out.
    pub marked: bool,
}

/// A key and what joins it to the value behind it.
static ASSIGNMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?i)([A-Z0-9_.-]*(?:passw|passphrase|passcode|pwd|pass|secret|token|api_?-?key|access_?-?key|account_?-?key|private_?-?key|signing_?-?key|encryption_?-?key|auth_?-?key|credential|creds)[A-Z0-9_.-]*)["']?(\s*(?::=|=>|=|:)\s*|\s+)"#,
    )
    .expect("the pattern is valid")
});

/// The credentials and marks in a text, in order, without overlap.
pub(super) fn hits(text: &str, key: Option<&str>, level: Level) -> Vec<Hit> {
    let marks = marker::marks(text);
    let mut hits: Vec<Hit> = detectors::known(text)
        .into_iter()
        .filter(|known| level != Level::Formats || known.kind != detectors::ACCESS_KEY_ID)
        .map(|known| Hit { range: known.range, kind: known.kind.to_owned(), random: known.random, marked: false })
        .collect();
    if marks.is_empty() {
        hits.extend(key.and_then(|key| by_key(text, key, level)));
    }
    if level != Level::Formats {
        assignments(text, level, &mut hits);
    }
    let marked = |range: &Range<usize>| {
        // Marks are in order and apart: the first that ends behind the start is the only one to look at.
        let first = marks.partition_point(|(mark, _)| mark.end <= range.start);
        marks.get(first).is_some_and(|(mark, _)| mark.start < range.end)
    };
    hits.retain(|hit| !marked(&hit.range));
    hits.extend(marks.into_iter().map(|(range, kind)| Hit { range, kind, random: false, marked: true }));
    without_overlap(hits)
}

/// The whole text as the value of a key.
fn by_key(text: &str, key: &str, level: Level) -> Option<Hit> {
    if level == Level::Formats && text.len() < AWS_SECRET_CHARS {
        return None;
    }
    let trimmed = text.trim();
    if level == Level::Formats && trimmed.len() != AWS_SECRET_CHARS {
        return None;
    }
    let start = text.len() - text.trim_start().len();
    let (kind, random) = match context::promise(key)? {
        Promise::AwsSecretKey if is_aws_secret(trimmed) => ("aws-secret-access-key", true),
        _ if level == Level::Formats => return None,
        Promise::Password if value::is_password(trimmed) => ("password", false),
        Promise::Random | Promise::AwsSecretKey if value::is_random(trimmed) => ("secret", false),
        _ => return None,
    };
    Some(Hit { range: start..start + trimmed.len(), kind: kind.to_owned(), random, marked: false })
}

fn is_aws_secret(text: &str) -> bool {
    text.len() == AWS_SECRET_CHARS
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'+'))
        && !value::is_example(text)
}

/// A key, what joins it to a value, the value, and whether the line holds nothing else.
struct Assignment<'a> {
    key: &'a str,
    operator: &'a str,
    value: &'a str,
    quoted: bool,
    alone: bool,
    range: Range<usize>,
}

/// Assignments within a text.
fn assignments(text: &str, level: Level, hits: &mut Vec<Hit>) {
    if !text.contains([':', '=']) && !text.contains("--") {
        return;
    }
    let mut from = 0;
    while let Some(found) = ASSIGNMENT.captures_at(text, from) {
        let (Some(key), Some(operator)) = (found.get(1), found.get(2)) else { break };
        // What looks like a value may be a key itself: go on right behind this key.
        from = key.end();
        let Some((range, quoted)) = value_at(text, operator.end()) else { continue };
        let assignment = Assignment {
            key: key.as_str(),
            operator: operator.as_str(),
            value: text.get(range.clone()).unwrap_or_default(),
            quoted,
            alone: is_alone(text, key.start(), range.end),
            range,
        };
        if let Some(hit) = assigned(&assignment, level) {
            from = from.max(hit.range.end);
            hits.push(hit);
        }
    }
}

/// Where the value that begins at a place is, without its quotes, and whether it has them; `None` where there is none, or
/// none that ends within reach.
fn value_at(text: &str, start: usize) -> Option<(Range<usize>, bool)> {
    let rest = text.get(start..)?;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
    let (start, rest) = if quote.is_some() { (start + 1, rest.get(1..)?) } else { (start, rest) };
    let ends = |c: char| match quote {
        Some(quote) => c == quote || c == '\n',
        None => c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ',' | ';'),
    };
    let mut reach = rest.char_indices().take(VALUE_CHARS_MAX + 1);
    let length = match reach.find(|(_, c)| ends(*c)) {
        Some((length, _)) => length,
        None if rest.len() <= VALUE_CHARS_MAX => rest.len(),
        None => return None,
    };
    (length > 0).then_some((start..start + length, quote.is_some()))
}

/// Whether an assignment has a line to itself, but for quotes, list marks, separators and a comment.
fn is_alone(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let before = bytes.get(start.saturating_sub(INDENT_BYTES_MAX)..start).unwrap_or_default();
    let after = bytes.get(end..bytes.len().min(end + INDENT_BYTES_MAX)).unwrap_or_default();
    let before = before.rsplit(|b| *b == b'\n').next().unwrap_or_default();
    let after = after.split(|b| *b == b'\n').next().unwrap_or_default();
    before.iter().all(|b| matches!(b, b' ' | b'\t' | b'-' | b'"' | b'\''))
        && after
            .iter()
            .find(|b| !matches!(b, b' ' | b'\t' | b'"' | b'\'' | b',' | b';' | b'\r'))
            .is_none_or(|b| *b == b'#')
}

fn assigned(assignment: &Assignment<'_>, level: Level) -> Option<Hit> {
    let value = assignment.value;
    // `--password hunter2` is an option; other words in a row are prose.
    let bare = assignment.operator.trim().is_empty();
    if (bare && !assignment.key.starts_with("--")) || !is_assigned(assignment, level) {
        return None;
    }
    let kind = match context::promise(assignment.key)? {
        Promise::AwsSecretKey if is_aws_secret(value) => "aws-secret-access-key",
        Promise::Password if value::is_password(value) => "password",
        Promise::Random | Promise::AwsSecretKey if value::is_random(value) => "secret",
        _ => return None,
    };
    let random = kind.starts_with("aws");
    Some(Hit { range: assignment.range.clone(), kind: kind.to_owned(), random, marked: false })
}

/// Whether what stands behind an assignment is a value rather than code or prose.
fn is_assigned(assignment: &Assignment<'_>, level: Level) -> bool {
    let Assignment { operator, value, .. } = *assignment;
    if assignment.quoted {
        return true;
    }
    if value.contains(['(', ')', '[', ']', '{', '}', '=']) && !value.ends_with('=') {
        return false;
    }
    // `secret:db-AbCdEf` is part of an ARN; YAML has a blank there and JSON has quotes.
    if operator == ":" {
        return false;
    }
    if operator.trim().is_empty() || !operator.contains(char::is_whitespace) {
        return true;
    }
    // `password: hunter2` in YAML and `password = hunter2` in an ini file have a line to themselves; prose has not.
    // `password = request.password` has one too; in a script, only what has a digit is told from code.
    let code = operator.starts_with(char::is_whitespace)
        && (value.contains('.') || (level == Level::Text && !value.bytes().any(|b| b.is_ascii_digit())));
    assignment.alone && !code
}

/// In order, each part of the text once: what begins first, the longer of two.
fn without_overlap(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by(|a, b| a.range.start.cmp(&b.range.start).then(b.range.end.cmp(&a.range.end)));
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        match kept.last_mut() {
            // Two that overlap are one stretch, so that nothing of the second stays behind.
            Some(last) if hit.range.start < last.range.end && !last.marked && !hit.marked => {
                if hit.range.end > last.range.end {
                    last.range.end = hit.range.end;
                    last.random = false;
                }
            }
            Some(last) if hit.range.start < last.range.end => {}
            _ => kept.push(hit),
        }
    }
    kept
}

/// The text with marks in place of its credentials, telling of each; `None` where there is nothing to take out.
pub(super) fn redacted(text: &str, key: Option<&str>, level: Level, mut tell: impl FnMut(&str)) -> Option<String> {
    let mut clean: Option<String> = None;
    // Where one credential ended right at the next, the mark is the border that the next was missing.
    for _ in 0..PASSES_MAX {
        let before = clean.as_deref().unwrap_or(text);
        let hits: Vec<Hit> = hits(before, key, level).into_iter().filter(|hit| !hit.marked).collect();
        if hits.is_empty() {
            return clean;
        }
        clean = Some(with_marks(before, &hits, &mut tell));
    }
    tell("credentials");
    Some(marker::mark("credentials", "", false))
}

fn with_marks(text: &str, hits: &[Hit], tell: &mut impl FnMut(&str)) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut at = 0;
    for hit in hits {
        clean.push_str(text.get(at..hit.range.start).unwrap_or_default());
        clean.push_str(&marker::mark(&hit.kind, text.get(hit.range.clone()).unwrap_or_default(), hit.random));
        tell(&hit.kind);
        at = hit.range.end;
    }
    clean.push_str(text.get(at..).unwrap_or_default());
    clean
}
