//! CBOR answers (Smithy RPC v2), read in one pass along the shapes.

use super::{DEPTH_MAX, ParseError, scalar};
use crate::aws::time;
use apimodel::aws::{Kind, Service, Shape, ShapeId};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use minicbor::data::Type;
use minicbor::decode::Decoder;
use model::{Map, Value};

/// Tag of times: seconds since 1970.
const EPOCH_TAG: u64 = 1;

/// The document of a CBOR body; an empty body is an empty structure.
pub(super) fn document(service: &Service, shape: ShapeId, body: &[u8]) -> Result<Value, ParseError> {
    if body.is_empty() {
        return Ok(Value::Map(Map::default()));
    }
    let mut reader = Reader { service, decoder: Decoder::new(body) };
    let value = reader.value(service.shape(shape), 0)?;
    if reader.decoder.position() != body.len() {
        return Err(ParseError::new("bytes after the end"));
    }
    Ok(value)
}

struct Reader<'a, 'b> {
    service: &'a Service,
    decoder: Decoder<'b>,
}

impl<'a> Reader<'a, '_> {
    fn value(&mut self, shape: &'a Shape, depth: usize) -> Result<Value, ParseError> {
        if depth > DEPTH_MAX {
            return Err(ParseError::deep());
        }
        match (self.kind()?, &shape.kind) {
            (Type::Null | Type::Undefined, _) => self.skip().map(|()| Value::Null),
            (_, Kind::Structure(structure)) => {
                let mut entries = Vec::new();
                let mut left = self.decoder.map().map_err(ParseError::new)?;
                while self.more(&mut left)? {
                    let name = self.text()?;
                    match structure.member_on_wire(&name) {
                        Some(member) => {
                            let value = self.value(self.service.shape(member.shape), depth + 1)?;
                            if !value.is_null() {
                                entries.push((member.name.clone(), value));
                            }
                        }
                        None => self.skip()?,
                    }
                }
                Ok(Value::Map(Map::from_entries(entries)))
            }
            (_, Kind::Map(map)) => {
                let mut entries = Vec::new();
                let mut left = self.decoder.map().map_err(ParseError::new)?;
                while self.more(&mut left)? {
                    let key = model::value::intern(&self.text()?);
                    entries.push((key, self.value(self.service.shape(map.value), depth + 1)?));
                }
                Ok(Value::Map(Map::from_entries(entries)))
            }
            (_, Kind::List(list)) => {
                let mut items = Vec::new();
                let mut left = self.decoder.array().map_err(ParseError::new)?;
                while self.more(&mut left)? {
                    items.push(self.value(self.service.shape(list.item), depth + 1)?);
                }
                Ok(Value::List(items))
            }
            (kind, _) => self.scalar(kind, shape),
        }
    }

    fn scalar(&mut self, kind: Type, shape: &Shape) -> Result<Value, ParseError> {
        let wrong = || ParseError::new(format!("{}: not expected to be {kind}", shape.name));
        match kind {
            Type::Bool => self.decoder.bool().map(Value::Bool).map_err(ParseError::new),
            Type::String | Type::StringIndef => scalar::from_text(shape, &self.text()?),
            Type::Bytes | Type::BytesIndef => self.bytes().map(|bytes| Value::from(STANDARD.encode(bytes))),
            Type::F16 | Type::F32 | Type::F64 => {
                let number = self.float(kind)?;
                self.number(number, shape).ok_or_else(wrong)
            }
            Type::Tag if self.decoder.tag().map_err(ParseError::new)?.as_u64() == EPOCH_TAG => {
                let kind = self.kind()?;
                self.scalar(kind, shape)
            }
            Type::Int | Type::U8 | Type::U16 | Type::U32 | Type::U64 | Type::I8 | Type::I16 | Type::I32 | Type::I64 => {
                let number = i128::from(self.decoder.int().map_err(ParseError::new)?);
                match (i64::try_from(number), &shape.kind) {
                    (Ok(number), Kind::Integer) => Ok(Value::Int(number)),
                    #[expect(clippy::cast_precision_loss, reason = "the model wants a float, or nothing else holds it")]
                    _ => self.number(number as f64, shape).ok_or_else(wrong),
                }
            }
            _ => Err(wrong()),
        }
    }

    fn number(&self, number: f64, shape: &Shape) -> Option<Value> {
        match shape.kind {
            Kind::Timestamp(_) => time::from_seconds(number).map(Value::from),
            Kind::Integer => scalar::whole(number),
            _ if number.is_nan() => Some(Value::from("NaN")),
            _ if number.is_infinite() => Some(Value::from(if number > 0.0 { "Infinity" } else { "-Infinity" })),
            _ => Some(Value::Float(number)),
        }
    }

    fn float(&mut self, kind: Type) -> Result<f64, ParseError> {
        match kind {
            Type::F16 => self.decoder.f16().map(f64::from),
            Type::F32 => self.decoder.f32().map(f64::from),
            _ => self.decoder.f64(),
        }
        .map_err(ParseError::new)
    }

    fn kind(&self) -> Result<Type, ParseError> {
        self.decoder.datatype().map_err(ParseError::new)
    }

    fn skip(&mut self) -> Result<(), ParseError> {
        self.decoder.skip().map_err(ParseError::new)
    }

    /// Whether an array or map goes on; `left` is `None` where its length is not told beforehand.
    fn more(&mut self, left: &mut Option<u64>) -> Result<bool, ParseError> {
        match left {
            Some(0) => Ok(false),
            Some(count) => {
                *count -= 1;
                Ok(true)
            }
            None if self.kind()? == Type::Break => self.skip().map(|()| false),
            None => Ok(true),
        }
    }

    fn text(&mut self) -> Result<String, ParseError> {
        let pieces = self.decoder.str_iter().map_err(ParseError::new)?;
        pieces.collect::<Result<String, _>>().map_err(ParseError::new)
    }

    fn bytes(&mut self) -> Result<Vec<u8>, ParseError> {
        let pieces = self.decoder.bytes_iter().map_err(ParseError::new)?;
        pieces.collect::<Result<Vec<&[u8]>, _>>().map(|pieces| pieces.concat()).map_err(ParseError::new)
    }
}
