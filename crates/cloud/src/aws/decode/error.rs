//! Error answers → code and message, in each protocol's form.

use super::{Answer, xml::Xml};
use apimodel::aws::{Protocol, Service};
use minicbor::decode::Decoder;
use serde_json::Value as Json;

/// What an error answer says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ErrorFacts {
    /// The code, never empty.
    pub(crate) code: String,
    /// The message, or empty.
    pub(crate) message: String,
    /// S3 names the bucket's region here when it was asked elsewhere.
    pub(crate) region: Option<String>,
}

/// Read an error answer; whatever comes, there is a code.
pub(crate) fn error(service: &Service, answer: Answer<'_>) -> ErrorFacts {
    let mut facts = match service.protocol {
        Protocol::Query | Protocol::Ec2 | Protocol::RestXml => from_xml(answer.body),
        Protocol::Json10 | Protocol::Json11 | Protocol::RestJson => {
            from_json(answer.body).or_else(|| from_xml(answer.body))
        }
        Protocol::Cbor => from_cbor(answer.body).or_else(|| from_json(answer.body)),
    }
    .unwrap_or_default();
    let header = |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    if let Some(code) = header("x-amzn-errortype") {
        facts.code = code;
    }
    if let Some(code) = header("x-amzn-query-error").filter(|_| service.query_compatible) {
        facts.code = code.split(';').next().unwrap_or_default().to_owned();
    }
    facts.code = short(&facts.code).to_owned();
    if facts.code.is_empty() {
        facts.code = by_status(answer.status);
    }
    facts.region = header("x-amz-bucket-region").or(facts.region);
    facts
}

/// `prefix#Code:http://…` → `Code`.
fn short(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or_default();
    code.rsplit('#').next().unwrap_or_default().trim()
}

/// Answers to `HEAD` have no body, and proxies answer pages.
fn by_status(status: u16) -> String {
    let word = match status {
        301 | 307 | 308 => "PermanentRedirect",
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        429 => "TooManyRequestsException",
        500 => "InternalError",
        503 => "ServiceUnavailable",
        other => return format!("HTTP{other}"),
    };
    word.to_owned()
}

/// The first `Code`, `Message` and `Region` anywhere: `Response/Errors/Error`, `ErrorResponse/Error` and `Error` alike.
fn from_xml(body: &[u8]) -> Option<ErrorFacts> {
    let mut xml = Xml::open(body).ok()?;
    let root = xml.root().ok()??;
    if !matches!(root.local_name().as_ref(), "Error" | "ErrorResponse" | "Response") {
        return None;
    }
    let mut facts = ErrorFacts::default();
    let mut depth = 1_usize;
    while depth > 0 {
        let Ok(child) = xml.child() else { break };
        let Some(child) = child else {
            depth -= 1;
            continue;
        };
        let slot = match child.local_name().as_ref() {
            "Code" | "code" => &mut facts.code,
            "Message" | "message" => &mut facts.message,
            "Region" => facts.region.get_or_insert_default(),
            _ => {
                depth += 1;
                continue;
            }
        };
        let Ok(text) = xml.text(&child) else { break };
        if slot.is_empty() {
            *slot = text.trim().to_owned();
        }
    }
    (!facts.code.is_empty()).then_some(facts)
}

fn from_json(body: &[u8]) -> Option<ErrorFacts> {
    let json: Json = serde_json::from_slice(body).ok()?;
    let text = |names: &[&str]| names.iter().find_map(|name| json.get(name)?.as_str()).unwrap_or_default().to_owned();
    let code = match json.get("code") {
        Some(Json::Number(number)) => number.to_string(),
        _ => text(&["__type", "code", "Code", "errorCode"]),
    };
    Some(ErrorFacts { code, message: text(&["message", "Message", "errorMessage"]), region: None })
}

fn from_cbor(body: &[u8]) -> Option<ErrorFacts> {
    let mut decoder = Decoder::new(body);
    let mut left = decoder.map().ok()?;
    let mut facts = ErrorFacts::default();
    loop {
        match &mut left {
            Some(0) => break,
            Some(count) => *count -= 1,
            None if decoder.datatype().ok()? == minicbor::data::Type::Break => break,
            None => {}
        }
        let name: String = decoder.str_iter().ok()?.collect::<Result<_, _>>().ok()?;
        match name.as_str() {
            "__type" => facts.code = decoder.str_iter().ok()?.collect::<Result<_, _>>().ok()?,
            "message" | "Message" => facts.message = decoder.str_iter().ok()?.collect::<Result<_, _>>().ok()?,
            _ => decoder.skip().ok()?,
        }
    }
    Some(facts)
}
