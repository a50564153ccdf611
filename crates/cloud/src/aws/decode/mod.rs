//! Answers → documents. Pure: nothing here waits or calls.

mod cbor;
mod error;
mod json;
mod rest;
mod scalar;
mod xml;

pub(crate) use error::error;

use apimodel::aws::{Operation, Protocol, Service};
use model::{Map, Value};

/// Nesting beyond this is not an answer of an API.
const DEPTH_MAX: usize = 100;

/// An answer's three parts.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: &'a http::HeaderMap,
    /// The body.
    pub body: &'a [u8],
}

/// An answer that can't be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer can't be understood: {0}")]
pub struct ParseError(pub(crate) String);

impl ParseError {
    pub(crate) fn new(what: impl std::fmt::Display) -> Self {
        Self(what.to_string())
    }

    fn deep() -> Self {
        Self(format!("nested deeper than {DEPTH_MAX}"))
    }
}

/// The document of a successful answer, in the API's own names: absent members are absent, times are RFC 3339 in UTC,
/// blobs are base64, whatever the model does not know is left out.
pub fn parse_answer(service: &Service, operation: &Operation, answer: Answer<'_>) -> Result<Value, ParseError> {
    let Some(output) = operation.output else { return Ok(Value::Map(Map::default())) };
    match service.protocol {
        Protocol::Json10 | Protocol::Json11 => json::document(service, output, answer.body),
        Protocol::Cbor => cbor::document(service, output, answer.body),
        Protocol::Query | Protocol::Ec2 => xml::document(service, output, &operation.wrapper, answer.body),
        Protocol::RestJson | Protocol::RestXml => rest::document(service, output, answer),
    }
}

#[cfg(test)]
mod tests;
