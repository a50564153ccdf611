//! JSON, CBOR and XML bodies, written along the shapes.

use super::text;
use crate::aws::{error::Failure, time};
use apimodel::aws::{Kind, Location, Service, ShapeId, Structure, TimeFormat};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use minicbor::Encoder;
use model::Value;
use serde_json::{Map as JsonMap, Value as Json};

fn wrong(path: &str, what: &str) -> Failure {
    Failure::invalid(&format!("{path} must be {what}"))
}

/// The members of a structure's value that travel in the body, with what their shapes are.
fn members<'a>(
    structure: &'a Structure,
    value: &'a Value,
    path: &'a str,
) -> impl Iterator<Item = Result<(&'a apimodel::aws::Member, &'a Value), Failure>> {
    let entries = value.as_map().into_iter().flat_map(|map| map.iter()).filter(|(_, value)| !value.is_null());
    entries.filter_map(move |(key, value)| match structure.member(key) {
        Some(member) if member.location == Location::Body => Some(Ok((member, value))),
        Some(_) => None,
        None => Some(Err(Failure::invalid(&format!("{path}.{key} is not known")))),
    })
}

/// A JSON body.
pub(super) fn json(service: &Service, shape: Option<ShapeId>, input: &Value) -> Result<Vec<u8>, Failure> {
    let json = match shape {
        Some(shape) => to_json(service, shape, input, "")?,
        None => Json::Object(JsonMap::new()),
    };
    Ok(json.to_string().into_bytes())
}

fn to_json(service: &Service, shape: ShapeId, value: &Value, path: &str) -> Result<Json, Failure> {
    let shape = service.shape(shape);
    Ok(match (&shape.kind, value) {
        (_, Value::Null) => Json::Null,
        (Kind::Structure(structure), Value::Map(_)) => {
            let mut object = JsonMap::new();
            for member in members(structure, value, path) {
                let (member, value) = member?;
                let path = super::below(path, member);
                object.insert(member.wire_name().to_string(), to_json(service, member.shape, value, &path)?);
            }
            Json::Object(object)
        }
        (Kind::Map(map), Value::Map(entries)) => {
            let entry = |(key, value): (&str, &Value)| Ok((key.to_owned(), to_json(service, map.value, value, path)?));
            Json::Object(entries.iter().map(entry).collect::<Result<_, Failure>>()?)
        }
        (Kind::List(list), Value::List(items)) => {
            Json::Array(items.iter().map(|item| to_json(service, list.item, item, path)).collect::<Result<_, _>>()?)
        }
        (Kind::Structure(_) | Kind::Map(_), _) => return Err(wrong(path, "a map")),
        (Kind::List(_), _) => return Err(wrong(path, "a list")),
        (Kind::Document, value) => Json::from(value),
        (Kind::Timestamp(format), Value::String(time)) => {
            let format = format.unwrap_or(TimeFormat::Unix);
            let time = time::to_wire(time, format).ok_or_else(|| wrong(path, "a time as in RFC 3339"))?;
            if format == TimeFormat::Unix {
                serde_json::from_str(&time).unwrap_or(Json::Null)
            } else {
                Json::String(time)
            }
        }
        (Kind::Integer | Kind::Float, Value::Int(_) | Value::Float(_)) | (Kind::Boolean, Value::Bool(_)) => {
            Json::from(value)
        }
        _ => text(shape, value, TimeFormat::Unix, path)?.map_or(Json::Null, Json::String),
    })
}

/// A CBOR body.
pub(super) fn cbor(service: &Service, shape: Option<ShapeId>, input: &Value) -> Result<Vec<u8>, Failure> {
    let mut encoder = Encoder::new(Vec::new());
    if let Some(shape) = shape {
        to_cbor(&mut encoder, service, shape, input, "")?;
    }
    Ok(encoder.into_writer())
}

type CborResult = Result<(), Failure>;

fn to_cbor(out: &mut Encoder<Vec<u8>>, service: &Service, shape: ShapeId, value: &Value, path: &str) -> CborResult {
    let shape = service.shape(shape);
    let full = |_| Failure::invalid("the input can't be written");
    match (&shape.kind, value) {
        (_, Value::Null) => out.null().map(drop).map_err(full),
        (Kind::Structure(structure), Value::Map(_)) => {
            out.begin_map().map_err(full)?;
            for member in members(structure, value, path) {
                let (member, value) = member?;
                out.str(member.wire_name()).map_err(full)?;
                to_cbor(out, service, member.shape, value, &super::below(path, member))?;
            }
            out.end().map(drop).map_err(full)
        }
        (Kind::Map(map), Value::Map(entries)) => {
            out.begin_map().map_err(full)?;
            for (key, value) in entries.iter() {
                out.str(key).map_err(full)?;
                to_cbor(out, service, map.value, value, path)?;
            }
            out.end().map(drop).map_err(full)
        }
        (Kind::List(list), Value::List(items)) => {
            out.begin_array().map_err(full)?;
            for item in items {
                to_cbor(out, service, list.item, item, path)?;
            }
            out.end().map(drop).map_err(full)
        }
        (Kind::Structure(_) | Kind::Map(_), _) => Err(wrong(path, "a map")),
        (Kind::List(_), _) => Err(wrong(path, "a list")),
        (Kind::Boolean, Value::Bool(flag)) => out.bool(*flag).map(drop).map_err(full),
        (Kind::Integer, Value::Int(number)) => out.i64(*number).map(drop).map_err(full),
        (Kind::Float, Value::Float(number)) => out.f64(*number).map(drop).map_err(full),
        (Kind::Blob, Value::String(text)) => {
            let bytes = STANDARD.decode(text.as_bytes()).map_err(|_| wrong(path, "base64"))?;
            out.bytes(&bytes).map(drop).map_err(full)
        }
        (Kind::Timestamp(_), Value::String(time)) => {
            let time = time::to_wire(time, TimeFormat::Unix).and_then(|time| time.parse::<f64>().ok());
            let seconds = time.ok_or_else(|| wrong(path, "a time as in RFC 3339"))?;
            out.tag(minicbor::data::IanaTag::Timestamp).map_err(full)?.f64(seconds).map(drop).map_err(full)
        }
        _ => {
            let text = text(shape, value, TimeFormat::Unix, path)?.unwrap_or_default();
            out.str(&text).map(drop).map_err(full)
        }
    }
}

/// An XML body with the element `name` around it.
pub(super) fn xml(
    service: &Service,
    shape: ShapeId,
    name: &str,
    namespace: &str,
    value: &Value,
) -> Result<Vec<u8>, Failure> {
    let mut out = String::new();
    to_xml(&mut out, service, shape, name, Some(namespace).filter(|it| !it.is_empty()), value)?;
    Ok(out.into_bytes())
}

fn to_xml(
    out: &mut String,
    service: &Service,
    shape: ShapeId,
    name: &str,
    namespace: Option<&str>,
    value: &Value,
) -> Result<(), Failure> {
    let shape = service.shape(shape);
    out.push_str(&match namespace {
        Some(namespace) => format!("<{name} xmlns=\"{}\">", quick_xml::escape::escape(namespace)),
        None => format!("<{name}>"),
    });
    match (&shape.kind, value) {
        (Kind::Structure(structure), Value::Map(_)) => {
            for member in members(structure, value, name) {
                let (member, value) = member?;
                match (&service.shape(member.shape).kind, value) {
                    (Kind::List(list), Value::List(items)) if list.flattened || member.flattened => {
                        let item_name = list.item_name.as_ref().unwrap_or(member.wire_name());
                        for item in items {
                            to_xml(out, service, list.item, item_name, None, item)?;
                        }
                    }
                    _ => to_xml(out, service, member.shape, member.wire_name(), member.namespace.as_deref(), value)?,
                }
            }
        }
        (Kind::List(list), Value::List(items)) => {
            for item in items {
                to_xml(out, service, list.item, list.item_name.as_deref().unwrap_or("member"), None, item)?;
            }
        }
        (Kind::Map(map), Value::Map(entries)) => {
            for (key, value) in entries.iter() {
                let key_name = map.key_name.as_deref().unwrap_or("key");
                out.push_str(&format!("<entry><{key_name}>{}</{key_name}>", quick_xml::escape::escape(key)));
                to_xml(out, service, map.value, map.value_name.as_deref().unwrap_or("value"), None, value)?;
                out.push_str("</entry>");
            }
        }
        _ => {
            let text = text(shape, value, TimeFormat::Iso8601, name)?.unwrap_or_default();
            out.push_str(&quick_xml::escape::escape(&text));
        }
    }
    out.push_str(&format!("</{name}>"));
    Ok(())
}
