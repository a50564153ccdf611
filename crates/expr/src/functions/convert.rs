//! Conversions between types, and sizes.

use super::{Function, argument, wrong};
use crate::{
    evaluate::{Frame, Outcome, arithmetic},
    value::Val,
};
use chrono::{DateTime, TimeDelta, Utc};

/// The table.
pub static FUNCTIONS: &[Function] = &[
    Function::global(
        "size",
        (1, 1),
        "size(x)",
        "length of a string in code points, of bytes, of a list or of a map; 0 of an absent member",
        size,
    )
    .parts()
    .cheap(),
    Function::method("size", (1, 1), "x.size()", "the same", size).parts().cheap(),
    Function::global(
        "int",
        (1, 1),
        "int(x)",
        "a whole number from a number (cut off), a string, or a timestamp (its seconds)",
        int,
    )
    .cheap(),
    Function::global("uint", (1, 1), "uint(x)", "an unsigned whole number from a number or a string", uint).cheap(),
    Function::global("double", (1, 1), "double(x)", "a floating point number from a number or a string", double)
        .cheap(),
    Function::global(
        "string",
        (1, 1),
        "string(x)",
        "a string from a scalar, bytes (UTF-8), a timestamp or a duration",
        text,
    ),
    Function::global(
        "bool",
        (1, 1),
        "bool(x)",
        "a boolean from a boolean or one of the strings `true`, `True`, `TRUE`, `t`, `1` and their opposites",
        boolean,
    )
    .cheap(),
    Function::global("bytes", (1, 1), "bytes(x)", "the UTF-8 of a string", bytes).cheap(),
    Function::global(
        "type",
        (1, 1),
        "type(x)",
        "the type, to be compared with `int`, `string`, `list`, `map`, `null_type`, …",
        type_of,
    )
    .parts()
    .cheap(),
    Function::global("dyn", (1, 1), "dyn(x)", "the value itself", same).parts().cheap(),
    Function::global(
        "timestamp",
        (1, 1),
        "timestamp(x)",
        "a timestamp from an RFC 3339 string or seconds since 1970",
        to_timestamp,
    ),
    Function::global(
        "duration",
        (1, 1),
        "duration(x)",
        "a duration from a string such as `1h30m`, `1.5s`, `-2ms`",
        to_duration,
    ),
];

fn size<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let value = argument(arguments, 0);
    let length = match value {
        Val::String(text) => text.chars().count(),
        Val::Bytes(bytes) => bytes.len(),
        Val::DocMap(map) => map.as_map().map_or(0, model::Map::len),
        Val::Map(entries) => entries.len(),
        list => match list.elements() {
            Some((_, Some(lack))) => return Ok(Val::Unknown(lack)),
            Some((items, None)) => items.len(),
            None => return Err(wrong(frame, "size", "a string, a list or a map", list)),
        },
    };
    Ok(Val::Int(i64::try_from(length).unwrap_or(i64::MAX)))
}

#[expect(clippy::cast_possible_truncation, reason = "the bounds are checked first")]
fn int<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let value = argument(arguments, 0);
    let number = match value {
        Val::Int(number) => Some(number),
        Val::Uint(number) => i64::try_from(number).ok(),
        Val::Double(number) => {
            (number > -9_223_372_036_854_775_808.0 && number < 9_223_372_036_854_775_808.0).then_some(number as i64)
        }
        Val::String(text) => text.parse().ok(),
        Val::Timestamp(time) => Some(time.timestamp()),
        other => return Err(wrong(frame, "int", "a number, a string or a timestamp", other)),
    };
    number.map(Val::Int).ok_or_else(|| frame.error(format_args!("int: out of range, or not a whole number")))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the bounds are checked first")]
fn uint<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let number = match argument(arguments, 0) {
        Val::Uint(number) => Some(number),
        Val::Int(number) => u64::try_from(number).ok(),
        Val::Double(number) => (number > -1.0 && number < 18_446_744_073_709_551_616.0).then_some(number as u64),
        Val::String(text) => text.parse().ok(),
        other => return Err(wrong(frame, "uint", "a number or a string", other)),
    };
    number.map(Val::Uint).ok_or_else(|| frame.error(format_args!("uint: out of range, or not a whole number")))
}

fn double<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let number = match argument(arguments, 0) {
        Val::Double(number) => Some(number),
        Val::Int(number) => Some(number as f64),
        Val::Uint(number) => Some(number as f64),
        Val::String(text) => text.parse().ok(),
        other => return Err(wrong(frame, "double", "a number or a string", other)),
    };
    number.map(Val::Double).ok_or_else(|| frame.error(format_args!("double: not a number")))
}

fn text<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    match argument(arguments, 0) {
        text @ Val::String(_) => Ok(text),
        Val::Type(_) => {
            Err(wrong(frame, "string", "a scalar, bytes, a timestamp or a duration", argument(arguments, 0)))
        }
        other => match other.to_text() {
            Some(text) => frame.text(&text),
            None => Err(wrong(frame, "string", "a scalar, valid bytes, a timestamp or a duration", other)),
        },
    }
}

fn boolean<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    match argument(arguments, 0) {
        Val::Bool(flag) => Ok(Val::Bool(flag)),
        Val::String("true" | "True" | "TRUE" | "t" | "1") => Ok(Val::Bool(true)),
        Val::String("false" | "False" | "FALSE" | "f" | "0") => Ok(Val::Bool(false)),
        Val::String(_) => Err(frame.error(format_args!("bool: the string says neither true nor false"))),
        other => Err(wrong(frame, "bool", "a bool or a string", other)),
    }
}

fn bytes<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    match argument(arguments, 0) {
        Val::Bytes(bytes) => Ok(Val::Bytes(bytes)),
        Val::String(text) => Ok(Val::Bytes(text.as_bytes())),
        other => Err(wrong(frame, "bytes", "a string", other)),
    }
}

fn type_of<'a>(_: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    Ok(Val::Type(argument(arguments, 0).type_name()))
}

fn same<'a>(_: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    Ok(argument(arguments, 0))
}

fn to_timestamp<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let time = match argument(arguments, 0) {
        Val::Timestamp(time) => Some(time),
        Val::Int(seconds) => DateTime::from_timestamp(seconds, 0),
        Val::String(text) => parse_timestamp(text),
        other => return Err(wrong(frame, "timestamp", "a string or an int", other)),
    };
    arithmetic::timestamp(time)
        .map(Val::Timestamp)
        .ok_or_else(|| frame.error(format_args!("timestamp: not a time in RFC 3339, or out of range")))
}

/// An RFC 3339 time.
pub(crate) fn parse_timestamp(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.with_timezone(&Utc))
}

fn to_duration<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let length = match argument(arguments, 0) {
        Val::Duration(length) => Some(length),
        Val::String(text) => parse_duration(text),
        other => return Err(wrong(frame, "duration", "a string", other)),
    };
    arithmetic::duration(length)
        .map(Val::Duration)
        .ok_or_else(|| frame.error(format_args!("duration: not a length of time, or out of range")))
}

/// A sign, then numbers with their units: `h`, `m`, `s`, `ms`, `us`, `ns`.
pub(crate) fn parse_duration(text: &str) -> Option<TimeDelta> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(TimeDelta::zero());
    }
    if rest.is_empty() {
        return None;
    }
    let mut nanoseconds = 0_i128;
    while !rest.is_empty() {
        let number_end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(number_end);
        let unit_end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_end);
        let unit: i128 = match unit {
            "h" => 3_600_000_000_000,
            "m" => 60_000_000_000,
            "s" => 1_000_000_000,
            "ms" => 1_000_000,
            "us" | "µs" | "μs" => 1_000,
            "ns" => 1,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') || whole.len() > 19 {
            return None;
        }
        let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        let digits: String = fraction.chars().take(18).collect();
        let scale = 10_i128.checked_pow(u32::try_from(digits.len()).ok()?)?;
        let fraction: i128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        nanoseconds = nanoseconds.checked_add(whole.checked_mul(unit)?)?.checked_add(fraction * unit / scale)?;
        rest = after;
    }
    if negative {
        nanoseconds = -nanoseconds;
    }
    let seconds = i64::try_from(nanoseconds.div_euclid(1_000_000_000)).ok()?;
    TimeDelta::new(seconds, u32::try_from(nanoseconds.rem_euclid(1_000_000_000)).ok()?)
}
