//! Inputs → requests. Pure: the address and the signature come later.

mod body;
mod check;
mod query;
mod rest;

use crate::aws::{error::Failure, time};
use apimodel::aws::{Kind, Member, Operation, Protocol, Service, Shape, TimeFormat};
use model::Value;

/// A request without its host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The HTTP method.
    pub method: String,
    /// The path, encoded, from `/`.
    pub path: String,
    /// The query string's pairs, not encoded; an empty value is written without `=`.
    pub query: Vec<(String, String)>,
    /// Headers, without `host` and without what signing adds.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Put before the host name, labels filled in; empty mostly.
    pub host_prefix: String,
    /// S3's bucket, which moves from the path to the host name where it can.
    pub bucket: Option<String>,
}

/// Build a request. `token` makes idempotency tokens.
pub(crate) fn request(
    service: &Service,
    operation: &Operation,
    input: &Value,
    token: &dyn Fn() -> String,
) -> Result<Request, Failure> {
    let input = check::input(service, operation, input, token)?;
    let mut request = Request { method: operation.method.clone(), path: "/".to_owned(), ..Request::default() };
    request.host_prefix = host_prefix(operation, &input)?;
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    match service.protocol {
        Protocol::Json10 | Protocol::Json11 => {
            let version = if service.protocol == Protocol::Json10 { "1.0" } else { "1.1" };
            request.headers.push(header("content-type", &format!("application/x-amz-json-{version}")));
            request.headers.push(header("x-amz-target", &format!("{}.{}", service.target_prefix, operation.name)));
            if service.query_compatible {
                request.headers.push(header("x-amzn-query-mode", "true"));
            }
            request.body = body::json(service, operation.input, &input)?;
        }
        Protocol::Cbor => {
            request.path = format!("/service/{}/operation/{}", service.target_prefix, operation.name);
            request.headers.push(header("smithy-protocol", "rpc-v2-cbor"));
            request.headers.push(header("accept", "application/cbor"));
            if operation.input.is_some_and(|id| service.structure(id).is_some()) {
                request.headers.push(header("content-type", "application/cbor"));
                request.body = body::cbor(service, operation.input, &input)?;
            }
        }
        Protocol::Query | Protocol::Ec2 => {
            request.headers.push(header("content-type", "application/x-www-form-urlencoded; charset=utf-8"));
            request.body = query::form(service, operation, &input)?;
        }
        Protocol::RestJson | Protocol::RestXml => rest::fill(&mut request, service, operation, &input)?,
    }
    Ok(request)
}

/// `{AccountId}.` with its label filled in.
fn host_prefix(operation: &Operation, input: &Value) -> Result<String, Failure> {
    let Some((before, rest)) = operation.host_prefix.split_once('{') else { return Ok(operation.host_prefix.clone()) };
    let (name, after) = rest.split_once('}').unwrap_or((rest, ""));
    let label = input.member(name).as_str().unwrap_or_default();
    let fits = !label.is_empty()
        && label.len() <= 63
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    // `{RequestRoute}` and the like; without a value there is no host to ask.
    if !fits {
        return Err(Failure::invalid(&format!("{name} must be a label of a host name")));
    }
    Ok(format!("{before}{label}{after}"))
}

/// The time format of a member: its shape's own, or the default of the place.
fn time_format(shape: &Shape, default: TimeFormat) -> TimeFormat {
    if let Kind::Timestamp(Some(format)) = shape.kind { format } else { default }
}

/// A scalar as text. `None` for null.
fn text(shape: &Shape, value: &Value, times: TimeFormat, path: &str) -> Result<Option<String>, Failure> {
    let wrong = |what: &str| Err(Failure::invalid(&format!("{path} must be {what}")));
    Ok(Some(match (&shape.kind, value) {
        (_, Value::Null) => return Ok(None),
        (Kind::Timestamp(_), Value::String(time)) => match time::to_wire(time, time_format(shape, times)) {
            Some(time) => time,
            None => return wrong("a time as in RFC 3339"),
        },
        (Kind::Boolean, Value::Bool(flag)) => flag.to_string(),
        (Kind::Integer | Kind::Float, Value::Int(number)) => number.to_string(),
        (Kind::Float, Value::Float(number)) => number.to_string(),
        (Kind::Float | Kind::String(_) | Kind::Blob, Value::String(text)) => text.to_string(),
        (Kind::Boolean, _) => return wrong("true or false"),
        (Kind::Integer, _) => return wrong("a whole number"),
        (Kind::Float, _) => return wrong("a number"),
        (Kind::Timestamp(_), _) => return wrong("a time as in RFC 3339"),
        _ => return wrong("a string"),
    }))
}

/// `path.name`, for messages.
fn below(path: &str, member: &Member) -> String {
    if path.is_empty() { member.name.to_string() } else { format!("{path}.{}", member.name) }
}

/// Percent-encode all but the unreserved characters of RFC 3986, and slashes where asked.
pub(crate) fn percent(text: &str, keep_slashes: bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            b'/' if keep_slashes => encoded.push('/'),
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

/// `a=1&b=2` of pairs; `bare` writes an empty value without `=`.
pub(crate) fn pairs(pairs: &[(String, String)], bare: bool) -> String {
    let pair = |(name, value): &(String, String)| {
        if value.is_empty() && bare {
            percent(name, false)
        } else {
            format!("{}={}", percent(name, false), percent(value, false))
        }
    };
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests;
