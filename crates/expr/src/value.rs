//! The values of expressions: borrowed from documents and from the arena, so that copying one costs nothing.

use crate::scope::Entity;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use model::{Missing, Value};
use std::sync::Arc;

/// A value.
#[derive(Clone, Copy, Debug)]
pub enum Val<'a> {
    /// What a document lacks, or holds as null: equal to null, and the empty list where a list is wanted.
    Absent,
    /// The null that an expression writes.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number without a sign.
    Uint(u64),
    /// Any other number.
    Double(f64),
    /// A string.
    String(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A list of a document; always a `Value::List`.
    DocList(&'a Value),
    /// A map of a document; always a `Value::Map`.
    DocMap(&'a Value),
    /// A list that an expression made.
    List(&'a List<'a>),
    /// A map that an expression made.
    Map(&'a [(Val<'a>, Val<'a>)]),
    /// Other resources.
    Entities(&'a Group<'a>),
    /// Another resource.
    Entity(&'a Entity<'a>),
    /// A point in time.
    Timestamp(DateTime<Utc>),
    /// A length of time.
    Duration(TimeDelta),
    /// A type, by its name.
    Type(&'static str),
    /// A value that may be there.
    Optional(Option<&'a Val<'a>>),
    /// Not read, or not known yet.
    Unknown(&'a Missing),
}

/// A list that an expression made. Where something is missing, there may be more elements than these.
#[derive(Clone, Copy, Debug)]
pub struct List<'a> {
    /// The elements that are certain.
    pub items: &'a [Val<'a>],
    /// Why there may be more.
    pub missing: Option<&'a Missing>,
}

/// Other resources, as the world lists them.
#[derive(Clone, Copy, Debug)]
pub struct Group<'a> {
    pub(crate) run: &'a [Entity<'a>],
    pub(crate) some: &'a [&'a Entity<'a>],
    pub(crate) missing: Option<&'a Missing>,
}

impl<'a> From<&'a Value> for Val<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Absent,
            Value::Bool(flag) => Self::Bool(*flag),
            Value::Int(number) => Self::Int(*number),
            Value::Float(number) => Self::Double(*number),
            Value::String(text) => Self::String(text),
            Value::List(_) => Self::DocList(value),
            Value::Map(_) => Self::DocMap(value),
            Value::Unknown(missing) => Self::Unknown(missing),
        }
    }
}

impl<'a> From<&'a str> for Val<'a> {
    fn from(text: &'a str) -> Self {
        Self::String(text)
    }
}

impl From<bool> for Val<'_> {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<i64> for Val<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl<'a> From<&'a Entity<'a>> for Val<'a> {
    fn from(entity: &'a Entity<'a>) -> Self {
        Self::Entity(entity)
    }
}

impl From<DateTime<Utc>> for Val<'_> {
    fn from(time: DateTime<Utc>) -> Self {
        Self::Timestamp(time)
    }
}

impl<'a> Val<'a> {
    /// The name of the value's type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Absent | Self::Null => "null_type",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Uint(_) => "uint",
            Self::Double(_) => "double",
            Self::String(_) => "string",
            Self::Bytes(_) => "bytes",
            Self::DocList(_) | Self::List(_) | Self::Entities(_) => "list",
            Self::DocMap(_) | Self::Map(_) | Self::Entity(_) => "map",
            Self::Timestamp(_) => "google.protobuf.Timestamp",
            Self::Duration(_) => "google.protobuf.Duration",
            Self::Type(_) => "type",
            Self::Optional(_) => "optional_type",
            Self::Unknown(_) => "unknown",
        }
    }

    /// Null, whoever wrote it.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Absent | Self::Null)
    }

    /// An owned value. Entities become `{id, name, type, region}`, times RFC 3339 strings, bytes base64; what a list
    /// may lack is lost.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Absent | Self::Null | Self::Optional(None) => Value::Null,
            Self::Bool(flag) => Value::Bool(*flag),
            Self::Int(number) => Value::Int(*number),
            Self::Uint(number) => i64::try_from(*number).map_or(Value::Float(*number as f64), Value::Int),
            Self::Double(number) => Value::Float(*number),
            Self::String(text) => Value::from(*text),
            Self::Bytes(bytes) => {
                use base64::Engine as _;
                Value::from(base64::engine::general_purpose::STANDARD.encode(bytes))
            }
            Self::DocList(value) | Self::DocMap(value) => (*value).clone(),
            Self::List(list) => Value::List(list.items.iter().map(Self::to_value).collect()),
            Self::Entities(group) => Value::List(group.iter().map(|entity| Self::Entity(entity).to_value()).collect()),
            Self::Map(entries) => {
                entries.iter().map(|(key, value)| (key.to_text().unwrap_or_default(), value.to_value())).collect()
            }
            Self::Entity(entity) => {
                [("id", entity.id), ("name", entity.name), ("type", entity.type_name), ("region", entity.region)]
                    .into_iter()
                    .map(|(key, text)| (key, Value::from(text)))
                    .collect()
            }
            Self::Timestamp(_) | Self::Duration(_) | Self::Type(_) => Value::from(self.to_text().unwrap_or_default()),
            Self::Optional(Some(value)) => value.to_value(),
            Self::Unknown(missing) => Value::Unknown(Arc::new((*missing).clone())),
        }
    }

    /// As CEL's `string()` writes it; `None` for what has no such form.
    pub(crate) fn to_text(self) -> Option<String> {
        Some(match self {
            Self::Bool(flag) => flag.to_string(),
            Self::Int(number) => number.to_string(),
            Self::Uint(number) => number.to_string(),
            Self::Double(number) => double_text(number),
            Self::String(text) => text.to_owned(),
            Self::Bytes(bytes) => std::str::from_utf8(bytes).ok()?.to_owned(),
            Self::Timestamp(time) => timestamp_text(&time),
            Self::Duration(length) => duration_text(&length),
            Self::Type(name) => name.to_owned(),
            _ => return None,
        })
    }

    /// What a list may lack beside its elements; none for anything else.
    pub fn lacks(self) -> Option<&'a Missing> {
        self.elements().and_then(|(_, missing)| missing)
    }

    /// The elements, where the value is a list or an absent member; and why there may be more.
    pub(crate) fn elements(self) -> Option<(Items<'a>, Option<&'a Missing>)> {
        match self {
            Self::Absent => Some((Items::Made(&[]), None)),
            Self::DocList(value) => Some((Items::Doc(value.items()), None)),
            Self::List(list) => Some((Items::Made(list.items), list.missing)),
            Self::Entities(group) => Some((group.items(), group.missing)),
            _ => None,
        }
    }

    /// What is missing of the value anywhere in it.
    pub(crate) fn lack(self) -> Option<&'a Missing> {
        match self {
            Self::Unknown(missing) => Some(missing),
            Self::DocList(value) | Self::DocMap(value) => document_lack(value),
            Self::List(list) => list.missing.or_else(|| list.items.iter().find_map(|item| item.lack())),
            Self::Map(entries) => entries.iter().find_map(|(_, value)| value.lack()),
            Self::Entities(group) => {
                group.missing.or_else(|| group.iter().find_map(|entity| Self::Entity(entity).lack()))
            }
            Self::Entity(entity) => document_lack(entity.tags).or_else(|| document_lack(entity.doc)),
            Self::Optional(Some(value)) => value.lack(),
            _ => None,
        }
    }
}

fn document_lack(value: &Value) -> Option<&Missing> {
    match value {
        Value::Unknown(missing) => Some(missing),
        Value::List(items) => items.iter().find_map(document_lack),
        Value::Map(map) => map.iter().find_map(|(_, value)| document_lack(value)),
        _ => None,
    }
}

impl<'a> Group<'a> {
    pub(crate) fn items(&self) -> Items<'a> {
        if self.some.is_empty() { Items::Run(self.run) } else { Items::Some(self.some) }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &'a Entity<'a>> + use<'a> {
        self.run.iter().chain(self.some.iter().copied())
    }
}

/// The elements of any list.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Items<'a> {
    Doc(&'a [Value]),
    Made(&'a [Val<'a>]),
    Run(&'a [Entity<'a>]),
    Some(&'a [&'a Entity<'a>]),
    Keys(&'a [(model::Key, Value)]),
    Entries(&'a [(Val<'a>, Val<'a>)]),
}

impl<'a> Items<'a> {
    pub(crate) fn len(self) -> usize {
        match self {
            Self::Doc(items) => items.len(),
            Self::Made(items) => items.len(),
            Self::Run(items) => items.len(),
            Self::Some(items) => items.len(),
            Self::Keys(entries) => entries.len(),
            Self::Entries(entries) => entries.len(),
        }
    }

    #[inline]
    pub(crate) fn get(self, index: usize) -> Option<Val<'a>> {
        match self {
            Self::Doc(items) => items.get(index).map(Val::from),
            Self::Made(items) => items.get(index).copied(),
            Self::Run(items) => items.get(index).map(Val::Entity),
            Self::Some(items) => items.get(index).map(|entity| Val::Entity(entity)),
            Self::Keys(entries) => entries.get(index).map(|(key, _)| Val::String(key)),
            Self::Entries(entries) => entries.get(index).map(|(key, _)| *key),
        }
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Val<'a>> {
        (0..self.len()).filter_map(move |index| self.get(index))
    }
}

/// As Go's `%g` with the shortest digits that come back unchanged: exponents below -4 or from 21 on are written.
pub(crate) fn double_text(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{number:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    match exponent.parse::<i32>() {
        Ok(exponent) if number != 0.0 && !(-4..21).contains(&exponent) => {
            format!("{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
        }
        _ => number.to_string(),
    }
}

/// RFC 3339 with as many digits of a second as there are.
pub(crate) fn timestamp_text(time: &DateTime<Utc>) -> String {
    let nanoseconds = time.timestamp_subsec_nanos();
    let whole = time.to_rfc3339_opts(SecondsFormat::Secs, true);
    if nanoseconds == 0 {
        return whole;
    }
    let digits = format!("{nanoseconds:09}");
    format!("{}.{}Z", whole.trim_end_matches('Z'), digits.trim_end_matches('0'))
}

/// Seconds with a fraction where there is one: `1.5s`.
pub(crate) fn duration_text(length: &TimeDelta) -> String {
    let seconds = length.num_seconds();
    let nanoseconds = length.subsec_nanos();
    let sign = if seconds < 0 || nanoseconds < 0 { "-" } else { "" };
    if nanoseconds == 0 {
        return format!("{sign}{}s", seconds.unsigned_abs());
    }
    let digits = format!("{:09}", nanoseconds.unsigned_abs());
    format!("{sign}{}.{}s", seconds.unsigned_abs(), digits.trim_end_matches('0'))
}
