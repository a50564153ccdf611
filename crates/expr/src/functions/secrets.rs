//! Credentials in documents and texts: finding them, and taking them out before anything is stored.
//!
//! Everything that `find` finds, `redact` takes out, and the marks that it leaves are found again. Two levels: known
//! formats, anywhere; and values under a key that says what they are, in places known to hold settings.

mod context;
mod detectors;
mod marker;
mod scan;
mod value;

pub use marker::Redaction;

use crate::functions::outcome::Outcome;
use model::Value;
use scan::Level;
use std::collections::BTreeSet;

/// A document nested deeper than this is not searched further down.
const NESTING_MAX: usize = 128;
/// The names that a pair's name goes by, and those of its value.
const PAIR_NAMES: [&str; 7] = ["Name", "name", "Key", "key", "ParameterKey", "OutputKey", "OptionName"];
const PAIR_VALUES: [&str; 7] = ["Value", "value", "Value", "value", "ParameterValue", "OutputValue", "Value"];

/// Strings in the value, however deep, that look like credentials, as `{path, kind}`; the path is dotted, with list
/// positions as numbers. Marks of what was taken out earlier are found too.
pub fn find(value: &Value) -> Outcome {
    let mut outcome = Outcome::default();
    walk(value, None, &mut String::new(), 0, &mut outcome);
    outcome
}

fn walk(value: &Value, key: Option<&str>, path: &mut String, depth: usize, outcome: &mut Outcome) {
    if depth > NESTING_MAX {
        return;
    }
    match value {
        Value::String(text) => {
            let kinds: BTreeSet<_> = scan::hits(text, key, Level::Context).into_iter().map(|hit| hit.kind).collect();
            outcome.found.extend(kinds.into_iter().map(|kind| found(path, &kind)));
        }
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                below(path, &index.to_string(), |path| walk(item, key, path, depth + 1, outcome));
            }
        }
        Value::Map(map) => {
            let pair = pair(value);
            for (member, item) in map.iter() {
                let key = pair.filter(|pair| pair.1 == member).map_or(member, |pair| pair.0);
                below(path, member, |path| walk(item, Some(key), path, depth + 1, outcome));
            }
        }
        Value::Unknown(missing) => outcome.lack(missing),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => {}
    }
}

fn below(path: &mut String, segment: &str, then: impl FnOnce(&mut String)) {
    let length = path.len();
    if length > 0 {
        path.push('.');
    }
    path.push_str(segment);
    then(path);
    path.truncate(length);
}

/// For a map such as `{Name: "DB_PASSWORD", Value: "…"}`: the name, and the member that holds what it names.
fn pair(value: &Value) -> Option<(&str, &'static str)> {
    let map = value.as_map()?;
    let kept_elsewhere = |kind: &str| ["PARAMETER_STORE", "SECRETS_MANAGER"].contains(&kind);
    if [value.member("type"), value.member("Type")].into_iter().filter_map(Value::as_str).any(kept_elsewhere) {
        return None;
    }
    PAIR_NAMES.into_iter().zip(PAIR_VALUES).find_map(|(name, holder)| {
        let name = map.get(name)?.as_str()?;
        map.get(holder).map(|_| (name, holder))
    })
}

/// The same for a script or a configuration text; the path is `line N`, counted from 1.
pub fn find_text(text: &str) -> Outcome {
    let mut places = BTreeSet::new();
    let (mut line, mut at) = (1, 0);
    for hit in scan::hits(text, None, Level::Text) {
        line += text.get(at..hit.range.start).unwrap_or_default().matches('\n').count();
        at = hit.range.start;
        places.insert((line, hit.kind));
    }
    let found = places.into_iter().map(|(line, kind)| found(&format!("line {line}"), &kind)).collect();
    Outcome { found, missing: None }
}

fn found(path: &str, kind: &str) -> Value {
    [("path", Value::from(path)), ("kind", Value::from(kind))].into_iter().collect()
}

/// Put a mark in place of each credential: of known formats anywhere, and under a sensitive path (environment variables,
/// user data, parameters) also of values under a key that says what they are. Says what was taken from where; doing it
/// again changes nothing.
pub fn redact(value: &mut Value, under_sensitive_path: bool) -> Vec<Redaction> {
    let level = if under_sensitive_path { Level::Context } else { Level::Formats };
    let mut taken = Vec::new();
    redact_below(value, None, level, &mut String::new(), 0, &mut taken);
    taken
}

fn redact_below(
    value: &mut Value,
    key: Option<&str>,
    level: Level,
    path: &mut String,
    depth: usize,
    taken: &mut Vec<Redaction>,
) {
    if depth > NESTING_MAX {
        // What can't be searched can't be shown to be clean.
        *value = Value::from(marker::mark("nested-too-deep", "", false));
        return;
    }
    match value {
        Value::String(text) => {
            if let Some(clean) = scan::redacted(text, key, level, |kind| {
                taken.push(Redaction { path: path.clone(), kind: kind.to_owned() });
            }) {
                *text = clean.into();
            }
        }
        Value::List(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                below(path, &index.to_string(), |path| redact_below(item, key, level, path, depth + 1, taken));
            }
        }
        Value::Map(_) => {
            let pair = pair(value).map(|(name, holder)| (name.to_owned(), holder));
            let Value::Map(map) = value else { return };
            for (member, item) in map.values_mut() {
                let key = pair.as_ref().filter(|pair| pair.1 == member).map_or(member, |pair| &pair.0);
                below(path, member, |path| redact_below(item, Some(key), level, path, depth + 1, taken));
            }
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Unknown(_) => {}
    }
}

/// Put marks into a script or a configuration text; `None` where it holds no credential.
pub fn redact_text(text: &str) -> Option<String> {
    scan::redacted(text, None, Level::Text, |_| {})
}

#[cfg(test)]
mod tests;
