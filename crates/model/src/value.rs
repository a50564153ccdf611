//! A document's value: JSON, and *unknown*.
//!
//! As JSON an unknown value is `{"$unknown":[{"what":…,"cause":…}]}`; a document's own key of that name gains a `$`.
//! Keys are interned while a document is read: ten thousand security groups hold one `IpPermissions`.

use crate::Missing;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, SeqAccess, Visitor},
    ser::SerializeMap,
};
use std::{borrow::Cow, cell::RefCell, collections::HashSet, fmt, sync::Arc};

/// The key under which an unknown value is written.
const UNKNOWN_KEY: &str = "$unknown";
/// Keys longer than this are not worth interning.
const INTERNED_BYTES_MAX: usize = 64;
/// Keys kept by a thread's interner; past that, keys are no longer shared.
const INTERNED_KEYS_MAX: usize = 65_536;

/// A key of a map; cloning it is cheap.
pub type Key = Arc<str>;

/// A value of a document.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// Absent or null: providers leave out what is not set.
    #[default]
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string; times are RFC 3339 strings, blobs are base64.
    String(Box<str>),
    /// A list.
    List(Vec<Value>),
    /// A map.
    Map(Map),
    /// Not read, or not known yet.
    Unknown(Arc<Missing>),
}

static NULL: Value = Value::Null;

impl Value {
    /// A member of a map; null for anything that has no such member. An unknown value's members are unknown.
    pub fn member(&self, key: &str) -> &Self {
        match self {
            Self::Map(map) => map.get(key).unwrap_or(&NULL),
            Self::Unknown(_) => self,
            _ => &NULL,
        }
    }

    /// The value at a dotted path; a segment that is a number also indexes a list.
    pub fn at(&self, path: &str) -> &Self {
        path.split('.').fold(self, |value, segment| match (value, segment.parse::<usize>()) {
            (Self::List(items), Ok(index)) => items.get(index).unwrap_or(&NULL),
            _ => value.member(segment),
        })
    }

    /// Put a value at a dotted path, making maps on the way; a number indexes a list that is there.
    /// Setting null removes the member.
    pub fn set(&mut self, path: &str, new: Self) {
        let (head, rest) = path.split_once('.').map_or((path, None), |(head, rest)| (head, Some(rest)));
        if let (Self::List(items), Ok(index)) = (&mut *self, head.parse::<usize>()) {
            while items.len() <= index.min(1_000) {
                items.push(Self::Null);
            }
            if let Some(slot) = items.get_mut(index) {
                match rest {
                    Some(rest) => slot.set(rest, new),
                    None => *slot = new,
                }
            }
            return;
        }
        if !matches!(self, Self::Map(_)) {
            *self = Self::Map(Map::default());
        }
        let Self::Map(map) = self else { return };
        match rest {
            Some(rest) => map.entry(head).set(rest, new),
            None if new == Self::Null => map.remove(head),
            None => map.insert(intern(head), new),
        }
    }

    /// The string, where it is one.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// The boolean, where it is one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(flag) = self { Some(*flag) } else { None }
    }

    /// The whole number, where it is one.
    pub fn as_int(&self) -> Option<i64> {
        if let Self::Int(number) = self { Some(*number) } else { None }
    }

    /// The list's items; none for anything else.
    pub fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { &[] }
    }

    /// The map, where it is one.
    pub fn as_map(&self) -> Option<&Map> {
        if let Self::Map(map) = self { Some(map) } else { None }
    }

    /// Null or absent.
    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// What is missing, where the value itself is unknown.
    pub fn missing(&self) -> Option<&Arc<Missing>> {
        if let Self::Unknown(missing) = self { Some(missing) } else { None }
    }

    /// From JSON that somebody else wrote: nothing in it can claim to be unknown.
    ///
    /// # Errors
    /// Where it is no JSON.
    pub fn from_foreign_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str::<Read<false>>(text).map(|read| read.0)
    }

    /// The same from any deserializer.
    ///
    /// # Errors
    /// Those of the deserializer.
    pub fn deserialize_foreign<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader::<false>)
    }

    /// As JSON text.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// An unknown value.
    pub fn unknown(missing: Missing) -> Self {
        Self::Unknown(Arc::new(missing))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Self::List(items)
    }
}

impl<K: AsRef<str>> FromIterator<(K, Value)> for Value {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(entries: I) -> Self {
        Self::Map(entries.into_iter().collect())
    }
}

impl From<&serde_json::Value> for Value {
    fn from(json: &serde_json::Value) -> Self {
        Self::deserialize(json).unwrap_or_default()
    }
}

impl From<&Value> for serde_json::Value {
    fn from(value: &Value) -> Self {
        serde_json::to_value(value).unwrap_or_default()
    }
}

/// A map whose entries are sorted by key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map(Vec<(Key, Value)>);

impl Map {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        if self.0.len() <= 8 {
            return self.0.iter().find(|(k, _)| **k == *key).map(|(_, value)| value);
        }
        self.position(key).ok().and_then(|index| self.0.get(index)).map(|(_, value)| value)
    }

    /// Put a value in; one that is there is replaced.
    pub fn insert(&mut self, key: Key, value: Value) {
        match self.position(&key) {
            Ok(index) => {
                if let Some(slot) = self.0.get_mut(index) {
                    slot.1 = value;
                }
            }
            Err(index) => self.0.insert(index, (key, value)),
        }
    }

    /// Take a key out.
    pub fn remove(&mut self, key: &str) {
        self.0.retain(|(k, _)| **k != *key);
    }

    /// The value of a key, made null first where there is none.
    pub fn entry(&mut self, key: &str) -> &mut Value {
        let index = match self.position(key) {
            Ok(index) => index,
            Err(index) => {
                self.0.insert(index, (intern(key), Value::Null));
                index
            }
        };
        &mut self.0.get_mut(index).expect("the entry was found or made just now").1
    }

    /// Key and value of each entry, sorted by key.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }

    /// The entries, sorted by key.
    pub fn entries(&self) -> &[(Key, Value)] {
        &self.0
    }

    /// The values, to change in place.
    pub fn values_mut(&mut self) -> impl Iterator<Item = (&str, &mut Value)> {
        self.0.iter_mut().map(|(key, value)| (&**key, value))
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// No entries.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn position(&self, key: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(k, _)| (**k).cmp(key))
    }

    /// From entries in any order; of equal keys the last one stays.
    pub fn from_entries(mut entries: Vec<(Key, Value)>) -> Self {
        // A stable sort, then the last of equal keys: as JSON readers do.
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        entries.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                std::mem::swap(&mut later.1, &mut earlier.1);
            }
            same
        });
        Self(entries)
    }
}

impl<K: AsRef<str>> FromIterator<(K, Value)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(entries: I) -> Self {
        Self::from_entries(entries.into_iter().map(|(key, value)| (intern(key.as_ref()), value)).collect())
    }
}

thread_local! {
    static KEYS: RefCell<HashSet<Key>> = RefCell::default();
}

/// A key shared with all equal keys of this thread.
pub fn intern(key: &str) -> Key {
    if key.len() > INTERNED_BYTES_MAX {
        return Key::from(key);
    }
    KEYS.with_borrow_mut(|keys| {
        if let Some(found) = keys.get(key) {
            return found.clone();
        }
        let new = Key::from(key);
        if keys.len() < INTERNED_KEYS_MAX {
            keys.insert(new.clone());
        }
        new
    })
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Int(number) => serializer.serialize_i64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::String(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Map(map) => serializer.collect_map(map.iter().map(|(key, value)| (written_key(key), value))),
            Self::Unknown(missing) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(UNKNOWN_KEY, &**missing)?;
                map.end()
            }
        }
    }
}

/// A document's own key that looks like [`UNKNOWN_KEY`] is written with one `$` more, so that it comes back as what it is.
fn written_key(key: &str) -> Cow<'_, str> {
    if is_like_unknown(key) { Cow::Owned(format!("${key}")) } else { Cow::Borrowed(key) }
}

fn read_key(key: Key) -> Key {
    match key.strip_prefix('$') {
        Some(rest) if is_like_unknown(rest) => intern(rest),
        _ => key,
    }
}

fn is_like_unknown(key: &str) -> bool {
    key.starts_with('$') && key.trim_start_matches('$') == "unknown"
}

/// Reads a document: one of ours, in which [`UNKNOWN_KEY`] has its meaning, or a foreign one, in which it is a key like any.
struct Reader<const OURS: bool>;

struct Read<const OURS: bool>(Value);

impl<'de, const OURS: bool> Deserialize<'de> for Read<OURS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader::<OURS>).map(Self)
    }
}

impl<'de, const OURS: bool> Visitor<'de> for Reader<OURS> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(i64::try_from(number).map_or(Value::Float(number as f64), Value::Int))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.into()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::with_capacity(access.size_hint().unwrap_or(0).min(4_096));
        while let Some(Read::<OURS>(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(KeyReader(key)) = access.next_key()? {
            if OURS && &*key == UNKNOWN_KEY && entries.is_empty() {
                let missing = access.next_value::<Missing>()?;
                if access.next_key::<KeyReader>()?.is_some() {
                    return Err(de::Error::custom("an unknown value has no other members"));
                }
                return Ok(Value::unknown(missing));
            }
            let Read::<OURS>(value) = access.next_value()?;
            entries.push((if OURS { read_key(key) } else { key }, value));
        }
        Ok(Value::Map(Map::from_entries(entries)))
    }
}

struct KeyReader(Key);

impl<'de> Deserialize<'de> for KeyReader {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = KeyReader;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_str<E>(self, text: &str) -> Result<KeyReader, E> {
                Ok(KeyReader(intern(text)))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader::<true>)
    }
}

#[cfg(test)]
mod tests;
