//! Values: texts that hold structures, and structures in the shape that an expression wants.

use super::{Function, argument, string, wrong};
use crate::{
    evaluate::{Frame, Outcome},
    value::Val,
};
use base64::{Engine as _, engine::general_purpose};
use model::Value;
use std::borrow::Cow;

/// Longest text that is read as a structure.
const STRUCTURED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The table.
pub static FUNCTIONS: &[Function] = &[
    Function::global("json", (1, 1), "json(string)", "the value that a JSON text holds; null for null; an error for anything that is not JSON. URL-encoded JSON is decoded first", json),
    Function::global("csv", (1, 1), "csv(string)", "list of maps, one a row, keyed by the header; base64 is decoded first where the text is base64", csv),
    Function::global("base64.text", (1, 1), "base64.text(string)", "the text in base64; null for null or for what is not text", base64_text),
    Function::global("list", (1, 1), "list(x)", "a list as it is, null as `[]`, anything else as `[x]`", list).parts().cheap(),
    Function::global("keys", (1, 1), "keys(map)", "the keys of a map; of null: `[]`", keys).parts(),
    Function::global("values", (1, 1), "values(map)", "the values of a map, in the order of its keys; of null: `[]`", values).parts(),
    Function::global("entries", (1, 1), "entries(map)", "the entries of a map as `{\"key\": …, \"value\": …}`; of null: `[]`", entries).parts(),
    Function::global("tag_map", (1, 1), "tag_map(list)", "`[{Key, Value}]` (or `key`/`value`, `TagKey`/`TagValue`) as a map of strings; a map stays one; null gives null", tag_map).parts(),
    Function::global("arn", (1, 1), "arn(string)", "`{partition, service, region, account, resource}`, null for what is no ARN", arn),
];

fn json<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let text = match argument(arguments, 0) {
        Val::Absent | Val::Null => return Ok(Val::Absent),
        Val::String(text) => text,
        other => return Err(wrong(frame, "json", "a string", other)),
    };
    let decoded = if text.trim_start().starts_with('%') { percent_decoded(text) } else { Cow::Borrowed(text) };
    if decoded.len() > STRUCTURED_BYTES_MAX {
        return Err(frame.error(format_args!("json: more than {STRUCTURED_BYTES_MAX} bytes")));
    }
    match Value::from_foreign_json(&decoded) {
        Ok(value) => Ok(frame.arena.value(value)),
        Err(error) => Err(frame.error(format_args!("json: {error}"))),
    }
}

fn percent_decoded(text: &str) -> Cow<'_, str> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match (first, digits.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

fn base64_decoded(text: &str) -> Option<String> {
    let compact: String = text.split_whitespace().collect();
    let bytes = general_purpose::STANDARD
        .decode(&compact)
        .or_else(|_| general_purpose::STANDARD_NO_PAD.decode(&compact))
        .or_else(|_| general_purpose::URL_SAFE.decode(&compact))
        .ok()?;
    String::from_utf8(bytes).ok()
}

fn csv<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let text = match argument(arguments, 0) {
        Val::Absent | Val::Null => return Ok(Val::Absent),
        Val::String(text) => text,
        other => return Err(wrong(frame, "csv", "a string", other)),
    };
    let decoded = base64_decoded(text).map_or(Cow::Borrowed(text), Cow::Owned);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(decoded.as_bytes());
    let header: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(str::to_owned).collect(),
        Err(error) => return Err(frame.error(format_args!("csv: {error}"))),
    };
    let mut rows = Vec::new();
    for record in reader.records() {
        frame.step()?;
        match record {
            Ok(record) => {
                rows.push(header.iter().zip(record.iter()).map(|(key, field)| (key, Value::from(field))).collect())
            }
            Err(error) => return Err(frame.error(format_args!("csv: {error}"))),
        }
    }
    Ok(frame.arena.value(Value::List(rows)))
}

fn base64_text<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    match argument(arguments, 0) {
        Val::Absent | Val::Null => Ok(Val::Absent),
        Val::String(text) => match base64_decoded(text) {
            Some(text) if !text.contains('\0') => frame.text(&text),
            _ => Ok(Val::Absent),
        },
        other => Err(wrong(frame, "base64.text", "a string", other)),
    }
}

fn list<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    match argument(arguments, 0) {
        list @ (Val::DocList(_) | Val::List(_) | Val::Entities(_)) => Ok(list),
        Val::Absent | Val::Null => frame.made(&[], None),
        single => frame.made(&[single], None),
    }
}

/// The entries of a map, null having none.
fn pairs<'a>(
    frame: &Frame<'a>,
    name: &str,
    value: Val<'a>,
) -> Result<Vec<(Val<'a>, Val<'a>)>, crate::evaluate::Error<'a>> {
    match value {
        Val::Absent | Val::Null => Ok(Vec::new()),
        Val::DocMap(map) => {
            let map = map.as_map().into_iter().flat_map(|map| map.entries());
            Ok(map.map(|(key, value)| (Val::String(key), Val::from(value))).collect())
        }
        Val::Map(entries) => Ok(entries.to_vec()),
        other => Err(wrong(frame, name, "a map", other)),
    }
}

fn keys<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let keys: Vec<Val<'a>> = pairs(frame, "keys", argument(arguments, 0))?.into_iter().map(|(key, _)| key).collect();
    frame.made(&keys, None)
}

fn values<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let values: Vec<Val<'a>> =
        pairs(frame, "values", argument(arguments, 0))?.into_iter().map(|(_, value)| value).collect();
    frame.made(&values, None)
}

fn entries<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let mut made = Vec::new();
    for (key, value) in pairs(frame, "entries", argument(arguments, 0))? {
        made.push(Val::Map(frame.arena.slice(&[(Val::String("key"), key), (Val::String("value"), value)])));
    }
    frame.made(&made, None)
}

fn tag_map<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let list = match argument(arguments, 0) {
        Val::Absent | Val::Null => return Ok(Val::Absent),
        map @ (Val::DocMap(_) | Val::Map(_)) => return Ok(map),
        list => list,
    };
    let Some((items, missing)) = list.elements() else { return Err(wrong(frame, "tag_map", "a list or a map", list)) };
    // A tag whose name is not known may be any tag.
    if let Some(lack) = missing {
        return Ok(Val::Unknown(lack));
    }
    let mut tags = Vec::new();
    for item in items.iter() {
        if let Val::Unknown(lack) = item {
            return Ok(Val::Unknown(lack));
        }
        let tag = item.to_value();
        let found = [("Key", "Value"), ("key", "value"), ("TagKey", "TagValue")]
            .into_iter()
            .find(|(key, _)| !tag.member(key).is_null())
            .map(|(key, value)| (tag.member(key), tag.member(value)));
        match found {
            Some((Value::Unknown(lack), _)) => return Ok(Val::Unknown(frame.arena.missing((**lack).clone()))),
            Some((Value::String(key), Value::Null)) => tags.push((key.to_string(), Value::from(""))),
            Some((Value::String(key), value)) => tags.push((key.to_string(), value.clone())),
            _ => return Err(frame.error(format_args!("tag_map: a tag without a key"))),
        }
    }
    Ok(frame.arena.value(tags.into_iter().collect()))
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
fn arn<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    if argument(arguments, 0).is_null() {
        return Ok(Val::Absent);
    }
    let text = string(frame, "arn", arguments, 0)?;
    let parts: Vec<&'a str> = text.splitn(6, ':').collect();
    let ["arn", partition, service, region, account, resource] = parts.as_slice() else { return Ok(Val::Absent) };
    let members = [
        ("partition", partition),
        ("service", service),
        ("region", region),
        ("account", account),
        ("resource", resource),
    ];
    let entries: Vec<(Val<'a>, Val<'a>)> =
        members.into_iter().map(|(key, text)| (Val::String(key), Val::String(text))).collect();
    Ok(Val::Map(frame.arena.slice(&entries)))
}
