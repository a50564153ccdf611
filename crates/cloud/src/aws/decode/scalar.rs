//! Texts of the wire → values, as the shape says.

use super::ParseError;
use crate::aws::time;
use apimodel::aws::{Kind, Shape};
use model::Value;

/// The value of a text; null where it is empty and only a text may be.
pub(super) fn from_text(shape: &Shape, text: &str) -> Result<Value, ParseError> {
    let wrong = |what: &str| ParseError::new(format!("{}: '{}' is not {what}", shape.name, shorten(text)));
    if let Kind::String(_) = shape.kind {
        return Ok(Value::from(text));
    }
    if text.trim().is_empty() {
        return Ok(if matches!(shape.kind, Kind::Blob) { Value::from("") } else { Value::Null });
    }
    match &shape.kind {
        Kind::Boolean => boolean(text).map(Value::Bool).ok_or_else(|| wrong("a boolean")),
        Kind::Integer => integer(text).ok_or_else(|| wrong("a whole number")),
        Kind::Float => float(text).ok_or_else(|| wrong("a number")),
        Kind::Timestamp(_) => time::from_text(text).map(Value::from).ok_or_else(|| wrong("a time")),
        Kind::Blob => Ok(Value::from(text.trim())),
        Kind::Document => Ok(Value::from(text)),
        Kind::String(_) | Kind::Structure(_) | Kind::List(_) | Kind::Map(_) => Err(wrong("a structure")),
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text.trim() {
        "true" | "True" | "TRUE" | "1" => Some(true),
        "false" | "False" | "FALSE" | "0" => Some(false),
        _ => None,
    }
}

fn integer(text: &str) -> Option<Value> {
    let text = text.trim();
    text.parse::<i64>().map(Value::Int).ok().or_else(|| whole(text.parse().ok()?))
}

/// A float that is a whole number as an integer; one that is none, or none that fits, as it is.
pub(super) fn whole(number: f64) -> Option<Value> {
    if !number.is_finite() {
        return None;
    }
    if number.fract() == 0.0 && number.abs() < 9e15 {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
        return Some(Value::Int(number as i64));
    }
    Some(Value::Float(number))
}

fn float(text: &str) -> Option<Value> {
    match text.trim() {
        special @ ("NaN" | "Infinity" | "-Infinity") => Some(Value::from(special)),
        text => text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::Float),
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}
