//! JSON answers, read in one pass along the shapes.

use super::{ParseError, scalar};
use crate::aws::time;
use apimodel::aws::{Kind, Map as MapShape, Member, Service, Shape, ShapeId, Structure};
use model::{Map, Value};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// The document of a JSON body; an empty body is an empty structure.
pub(super) fn document(service: &Service, shape: ShapeId, body: &[u8]) -> Result<Value, ParseError> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Map(Map::default()));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = Seed { service, shape: service.shape(shape) }.deserialize(&mut reader).map_err(ParseError::new)?;
    reader.end().map_err(ParseError::new)?;
    Ok(if value.is_null() { Value::Map(Map::default()) } else { value })
}

#[derive(Clone, Copy)]
struct Seed<'a> {
    service: &'a Service,
    shape: &'a Shape,
}

impl<'a> Seed<'a> {
    fn of(self, shape: ShapeId) -> Self {
        Self { service: self.service, shape: self.service.shape(shape) }
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self.shape.kind {
            Kind::Document => Value::deserialize_foreign(deserializer),
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.shape.name)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
        match self.shape.kind {
            Kind::Boolean => Ok(Value::Bool(flag)),
            Kind::String(_) => Ok(Value::from(if flag { "true" } else { "false" })),
            _ => Err(E::invalid_type(serde::de::Unexpected::Bool(flag), &self)),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        match self.shape.kind {
            Kind::Integer => Ok(Value::Int(number)),
            Kind::String(_) => Ok(Value::from(number.to_string())),
            #[expect(clippy::cast_precision_loss, reason = "the model says that it is a float")]
            _ => self.visit_f64(number as f64),
        }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        match i64::try_from(number) {
            Ok(number) => self.visit_i64(number),
            #[expect(clippy::cast_precision_loss, reason = "no other number holds it")]
            Err(_) => self.visit_f64(number as f64),
        }
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        let wrong = || E::invalid_type(serde::de::Unexpected::Float(number), &self);
        match self.shape.kind {
            Kind::Float => Ok(Value::Float(number)),
            Kind::Integer => scalar::whole(number).ok_or_else(wrong),
            Kind::Timestamp(_) => time::from_seconds(number).map(Value::from).ok_or_else(wrong),
            Kind::String(_) => Ok(Value::from(number.to_string())),
            _ => Err(wrong()),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        scalar::from_text(self.shape, text).map_err(E::custom)
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        match self.shape.kind {
            Kind::String(_) => Ok(Value::from(text)),
            _ => self.visit_str(&text),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let Kind::List(list) = &self.shape.kind else {
            return Err(A::Error::invalid_type(serde::de::Unexpected::Seq, &self));
        };
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(self.of(list.item))? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Value, A::Error> {
        match &self.shape.kind {
            Kind::Structure(structure) => self.structure(structure, access),
            Kind::Map(map) => self.map(map, access),
            _ => Err(A::Error::invalid_type(serde::de::Unexpected::Map, &self)),
        }
    }
}

impl<'a> Seed<'a> {
    fn structure<'de, A: MapAccess<'de>>(self, structure: &'a Structure, mut access: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(found) = access.next_key_seed(Name { structure })? {
            let Some(member) = found else {
                access.next_value::<IgnoredAny>()?;
                continue;
            };
            let value = access.next_value_seed(self.of(member.shape))?;
            if !value.is_null() {
                entries.push((member.name.clone(), value));
            }
        }
        Ok(Value::Map(Map::from_entries(entries)))
    }

    fn map<'de, A: MapAccess<'de>>(self, map: &MapShape, mut access: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = access.next_key_seed(Interned)? {
            entries.push((key, access.next_value_seed(self.of(map.value))?));
        }
        Ok(Value::Map(Map::from_entries(entries)))
    }
}

struct Interned;

impl<'de> DeserializeSeed<'de> for Interned {
    type Value = model::Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<model::Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Interned {
    type Value = model::Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<model::Key, E> {
        Ok(model::value::intern(key))
    }
}

/// The name of a member, looked up without keeping it.
struct Name<'a> {
    structure: &'a Structure,
}

impl<'de, 'a> DeserializeSeed<'de> for Name<'a> {
    type Value = Option<&'a Member>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'a> Visitor<'_> for Name<'a> {
    type Value = Option<&'a Member>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.structure.member_on_wire(name))
    }
}
