//! REST answers: a body, and members that travel in headers and in the status.

use super::{Answer, ParseError, json, scalar, xml};
use apimodel::aws::{Kind, Location, Member, Protocol, Service, ShapeId, Structure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::HeaderMap;
use model::{Key, Map, Value};

/// The document of a REST answer.
pub(super) fn document(service: &Service, output: ShapeId, answer: Answer<'_>) -> Result<Value, ParseError> {
    let Some(structure) = service.structure(output) else {
        return Err(ParseError::new("the output is not a structure"));
    };
    let mut value = if structure.payload.is_empty() {
        whole_body(service, output, structure, answer.body)?
    } else {
        payload(service, structure, answer.body)?
    };
    if let Value::Map(map) = &mut value {
        for member in &structure.members {
            if let Some((key, value)) = beside(service, member, answer)? {
                map.insert(key, value);
            }
        }
    }
    Ok(value)
}

fn whole_body(service: &Service, output: ShapeId, structure: &Structure, body: &[u8]) -> Result<Value, ParseError> {
    if !structure.members.iter().any(|member| member.location == Location::Body) {
        return Ok(Value::Map(Map::default()));
    }
    structured(service, output, body).map(|value| value.unwrap_or_else(|| Value::Map(Map::default())))
}

fn structured(service: &Service, shape: ShapeId, body: &[u8]) -> Result<Option<Value>, ParseError> {
    if service.protocol == Protocol::RestXml {
        xml::body(service, shape, body)
    } else {
        json::document(service, shape, body).map(Some)
    }
}

/// One member is the whole body.
fn payload(service: &Service, structure: &Structure, body: &[u8]) -> Result<Value, ParseError> {
    let Some(member) = structure.member(&structure.payload) else { return Err(ParseError::new("no payload member")) };
    let value = match &service.shape(member.shape).kind {
        Kind::Blob => Some(Value::from(STANDARD.encode(body))),
        Kind::String(_) => {
            let text = std::str::from_utf8(body).map_err(ParseError::new)?;
            (!text.is_empty()).then(|| Value::from(text))
        }
        _ if body.iter().all(u8::is_ascii_whitespace) => None,
        _ => structured(service, member.shape, body)?,
    };
    Ok(Value::Map(Map::from_entries(value.map(|value| (member.name.clone(), value)).into_iter().collect())))
}

/// A member that is not in the body.
fn beside(service: &Service, member: &Member, answer: Answer<'_>) -> Result<Option<(Key, Value)>, ParseError> {
    let value = match member.location {
        Location::Status => Some(Value::Int(i64::from(answer.status))),
        Location::Header => header(service, member, answer.headers)?,
        Location::Headers => prefixed(member.wire_name(), answer.headers),
        Location::Body | Location::Uri | Location::Query => None,
    };
    Ok(value.filter(|value| !value.is_null()).map(|value| (member.name.clone(), value)))
}

fn header(service: &Service, member: &Member, headers: &HeaderMap) -> Result<Option<Value>, ParseError> {
    let Some(text) = headers.get(&**member.wire_name()) else { return Ok(None) };
    let text = String::from_utf8_lossy(text.as_bytes());
    if member.json {
        let decoded = STANDARD.decode(text.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        return Ok(Some(Value::from(decoded.unwrap_or_else(|| text.into_owned()))));
    }
    let shape = service.shape(member.shape);
    let Kind::List(list) = &shape.kind else { return scalar::from_text(shape, &text).map(Some) };
    let item = service.shape(list.item);
    // A date has a comma of its own; lists of dates in headers are written `day, date, day, date`.
    let pieces: Vec<&str> =
        text.split(',').map(|piece| piece.trim().trim_matches('"')).filter(|piece| !piece.is_empty()).collect();
    let items = pieces.into_iter().map(|piece| scalar::from_text(item, piece)).collect::<Result<_, _>>()?;
    Ok(Some(Value::List(items)))
}

fn prefixed(prefix: &str, headers: &HeaderMap) -> Option<Value> {
    let prefix = prefix.to_ascii_lowercase();
    let entries = headers.iter().filter_map(|(name, value)| {
        let rest = name.as_str().strip_prefix(&prefix)?;
        Some((model::value::intern(rest), Value::from(String::from_utf8_lossy(value.as_bytes()).as_ref())))
    });
    let map = Map::from_entries(entries.collect());
    (!map.is_empty()).then_some(Value::Map(map))
}
