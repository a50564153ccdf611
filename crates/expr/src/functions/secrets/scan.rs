//! One text: where in it credentials are.

use super::{
    context::{self, Promise},
    detectors, marker, value,
};
use regex::Regex;
use std::{ops::Range, sync::LazyLock};

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

static ASSIGNMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?i)([A-Z0-9_.-]*(?:passw|passphrase|passcode|pwd|pass|secret|token|api_?-?key|access_?-?key|account_?-?key|private_?-?key|signing_?-?key|encryption_?-?key|auth_?-?key|credential|creds)[A-Z0-9_.-]*)["']?(\s*(?::=|=>|=|:)\s*|\s+)("[^"\n]*"|'[^'\n]*'|[^\s"'`,;]+)"#,
    )
    .expect("the pattern is valid")
});

/// The credentials and marks in a text, in order, without overlap.
pub(super) fn hits(text: &str, key: Option<&str>, level: Level) -> Vec<Hit> {
    let marks = marker::marks(text);
    let mut hits: Vec<Hit> = detectors::known(text)
        .into_iter()
        .map(|known| Hit { range: known.range, kind: known.kind.to_owned(), random: known.random, marked: false })
        .collect();
    if marks.is_empty() {
        hits.extend(key.and_then(|key| by_key(text, key, level)));
    }
    if level != Level::Formats {
        assignments(text, level, &mut hits);
    }
    let marked = |range: &Range<usize>| marks.iter().any(|(mark, _)| mark.start < range.end && range.start < mark.end);
    hits.retain(|hit| !marked(&hit.range));
    hits.extend(marks.into_iter().map(|(range, kind)| Hit { range, kind, random: false, marked: true }));
    without_overlap(hits)
}

/// The whole text as the value of a key.
fn by_key(text: &str, key: &str, level: Level) -> Option<Hit> {
    let trimmed = text.trim();
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
    text.len() == 40
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'+'))
        && !value::is_example(text)
}

/// Assignments within a text.
fn assignments(text: &str, level: Level, hits: &mut Vec<Hit>) {
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(|rest| ASSIGNMENT.captures(rest)) {
        let (Some(key), Some(operator), Some(raw)) = (found.get(1), found.get(2), found.get(3)) else { break };
        // A key without a value may be the value of another: go on behind the key only.
        from += key.end().max(1);
        let shift = from - key.end().max(1);
        let quoted = raw.as_str().starts_with(['"', '\'']);
        let value = raw.as_str().trim_matches(['"', '\'']);
        let bare = operator.as_str().trim().is_empty();
        // `--password hunter2` is an option; other words in a row are prose.
        if (bare && !key.as_str().starts_with("--")) || !is_assigned(value, quoted, operator.as_str(), level) {
            continue;
        }
        let Some(promise) = context::promise(key.as_str()) else { continue };
        let kind = match promise {
            Promise::AwsSecretKey if is_aws_secret(value) => "aws-secret-access-key",
            Promise::Password if value::is_password(value) => "password",
            Promise::Random | Promise::AwsSecretKey if value::is_random(value) => "secret",
            _ => continue,
        };
        let start = shift + raw.start() + usize::from(quoted);
        let hit = Hit {
            range: start..start + value.len(),
            kind: kind.to_owned(),
            random: kind.starts_with("aws"),
            marked: false,
        };
        from = from.max(hit.range.end);
        hits.push(hit);
    }
}

/// Whether what stands behind an assignment is a value rather than code.
fn is_assigned(value: &str, quoted: bool, operator: &str, level: Level) -> bool {
    if quoted {
        return true;
    }
    if value.contains(['(', ')', '[', ']', '{', '}', '=']) && !value.ends_with('=') {
        return false;
    }
    // `password = request.password` in code; `PASSWORD=hunter2` in a shell, `password: hunter2` in YAML.
    let spaced = operator.starts_with(char::is_whitespace) && !operator.trim().is_empty();
    level != Level::Text || !spaced || (value.bytes().any(|b| b.is_ascii_digit()) && !value.contains('.'))
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
    let hits = hits(text, key, level);
    if !hits.iter().any(|hit| !hit.marked) {
        return None;
    }
    let mut clean = String::with_capacity(text.len());
    let mut at = 0;
    for hit in hits.iter().filter(|hit| !hit.marked) {
        clean.push_str(text.get(at..hit.range.start).unwrap_or_default());
        clean.push_str(&marker::mark(&hit.kind, text.get(hit.range.clone()).unwrap_or_default(), hit.random));
        tell(&hit.kind);
        at = hit.range.end;
    }
    clean.push_str(text.get(at..).unwrap_or_default());
    Some(clean)
}
