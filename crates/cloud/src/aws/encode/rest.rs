//! REST requests: labels in the path, query strings, headers and a body.

use super::{Request, body, percent, text};
use crate::aws::error::Failure;
use apimodel::aws::{Kind, Location, Member, Operation, Protocol, Service, Signature, Structure, TimeFormat};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use model::Value;

/// Fill in all parts of a request.
pub(super) fn fill(
    request: &mut Request,
    service: &Service,
    operation: &Operation,
    input: &Value,
) -> Result<(), Failure> {
    let none = Structure::default();
    let structure = operation.input.and_then(|id| service.structure(id)).unwrap_or(&none);
    path(request, service, operation, structure, input)?;
    for member in &structure.members {
        let value = input.member(&member.name);
        if value.is_null() {
            continue;
        }
        match member.location {
            Location::Query => query(request, service, member, value)?,
            Location::Header => header(request, service, member, value)?,
            Location::Headers => {
                for (name, value) in value.as_map().into_iter().flat_map(|map| map.iter()) {
                    let value = value.as_str().unwrap_or_default().to_owned();
                    request.headers.push((format!("{}{name}", member.wire_name()).to_ascii_lowercase(), value));
                }
            }
            Location::Body | Location::Uri | Location::Status => {}
        }
    }
    if structure.payload.is_empty() {
        whole_body(request, service, operation, structure, input)
    } else {
        payload(request, service, structure, input)
    }
}

/// `/{Bucket}/{Key+}?list-type=2`.
fn path(
    request: &mut Request,
    service: &Service,
    operation: &Operation,
    structure: &Structure,
    input: &Value,
) -> Result<(), Failure> {
    let (template, query) = operation.path.split_once('?').unwrap_or((&operation.path, ""));
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        request.query.push((name.to_owned(), value.to_owned()));
    }
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (label, after) = after.split_once('}').unwrap_or((after, ""));
        let (label, greedy) = label.strip_suffix('+').map_or((label, false), |label| (label, true));
        let member = structure.members.iter().find(|it| it.location == Location::Uri && **it.wire_name() == *label);
        let member = member.ok_or_else(|| Failure::invalid(&format!("the path's {label} is not a member")))?;
        let shape = service.shape(member.shape);
        let value = text(shape, input.member(&member.name), TimeFormat::Iso8601, &member.name)?.unwrap_or_default();
        if value.is_empty() {
            return Err(Failure::invalid(&format!("{} must not be empty", member.name)));
        }
        // `.` and `..` would be folded away on the way and name another resource.
        if value.split('/').any(|part| part == "." || part == "..") && !(greedy && service.signature == Signature::S3) {
            return Err(Failure::invalid(&format!("{} must not be a relative path", member.name)));
        }
        if service.signature == Signature::S3 && label == "Bucket" && before == "/" && filled.is_empty() {
            request.bucket = Some(value.clone());
        }
        filled.push_str(before);
        filled.push_str(&percent(&value, greedy));
        rest = after;
    }
    filled.push_str(rest);
    request.path = filled;
    Ok(())
}

fn query(request: &mut Request, service: &Service, member: &Member, value: &Value) -> Result<(), Failure> {
    let shape = service.shape(member.shape);
    let name = member.wire_name();
    match (&shape.kind, value) {
        (Kind::List(list), Value::List(items)) => {
            for item in items {
                let text = text(service.shape(list.item), item, TimeFormat::Iso8601, name)?;
                request.query.extend(text.map(|text| (name.to_string(), text)));
            }
        }
        (Kind::Map(map), Value::Map(entries)) => {
            for (key, value) in entries.iter() {
                let values =
                    if let Value::List(values) = value { values.as_slice() } else { std::slice::from_ref(value) };
                let item = if let Kind::List(list) = &service.shape(map.value).kind { list.item } else { map.value };
                for value in values {
                    let text = text(service.shape(item), value, TimeFormat::Iso8601, key)?;
                    request.query.extend(text.map(|text| (key.to_owned(), text)));
                }
            }
        }
        _ => request.query.extend(text(shape, value, TimeFormat::Iso8601, name)?.map(|text| (name.to_string(), text))),
    }
    Ok(())
}

fn header(request: &mut Request, service: &Service, member: &Member, value: &Value) -> Result<(), Failure> {
    let shape = service.shape(member.shape);
    let name = member.wire_name().to_ascii_lowercase();
    let text = match (&shape.kind, value) {
        (Kind::List(list), Value::List(items)) => {
            let item = service.shape(list.item);
            let texts: Result<Vec<_>, _> =
                items.iter().map(|value| text(item, value, TimeFormat::Rfc822, &name)).collect();
            let quoted = texts?
                .into_iter()
                .flatten()
                .map(|text| if text.contains([',', '"']) { format!("{text:?}") } else { text });
            Some(quoted.collect::<Vec<_>>().join(","))
        }
        _ => text(shape, value, TimeFormat::Rfc822, &name)?,
    };
    let Some(text) = text else { return Ok(()) };
    let text = if member.json { STANDARD.encode(text) } else { text };
    if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
        return Err(Failure::invalid(&format!("{} can't hold control characters", member.name)));
    }
    request.headers.push((name, text));
    Ok(())
}

fn whole_body(
    request: &mut Request,
    service: &Service,
    operation: &Operation,
    structure: &Structure,
    input: &Value,
) -> Result<(), Failure> {
    let Some(shape) = operation.input else { return Ok(()) };
    if !structure.members.iter().any(|member| member.location == Location::Body) {
        return Ok(());
    }
    if service.protocol == Protocol::RestJson {
        request.headers.push(("content-type".to_owned(), "application/json".to_owned()));
        request.body = body::json(service, Some(shape), input)?;
    } else {
        let name = if operation.element.is_empty() { &*service.shape(shape).name } else { operation.element.as_str() };
        request.headers.push(("content-type".to_owned(), "application/xml".to_owned()));
        request.body = body::xml(service, shape, name, &service.xml_namespace, input)?;
    }
    Ok(())
}

fn payload(request: &mut Request, service: &Service, structure: &Structure, input: &Value) -> Result<(), Failure> {
    let Some(member) = structure.member(&structure.payload) else { return Ok(()) };
    let value = input.member(&member.name);
    let shape = service.shape(member.shape);
    let (kind, bytes) = match (&shape.kind, value) {
        (_, Value::Null) if service.protocol == Protocol::RestJson && matches!(shape.kind, Kind::Structure(_)) => {
            ("application/json", b"{}".to_vec())
        }
        (_, Value::Null) => return Ok(()),
        (Kind::Blob, Value::String(text)) => {
            let bytes = STANDARD.decode(text.as_bytes());
            (
                "application/octet-stream",
                bytes.map_err(|_| Failure::invalid(&format!("{} must be base64", member.name)))?,
            )
        }
        (Kind::String(_), Value::String(text)) => ("text/plain", text.as_bytes().to_vec()),
        _ if service.protocol == Protocol::RestJson => {
            ("application/json", body::json(service, Some(member.shape), value)?)
        }
        _ => {
            let namespace = member.namespace.as_deref().unwrap_or(&service.xml_namespace);
            ("application/xml", body::xml(service, member.shape, member.wire_name(), namespace, value)?)
        }
    };
    if !request.headers.iter().any(|(name, _)| name == "content-type") {
        request.headers.push(("content-type".to_owned(), kind.to_owned()));
    }
    request.body = bytes;
    Ok(())
}
