//! `format`: `%`, a precision, a letter. <https://github.com/google/cel-go/blob/master/ext/README.md#format>

use crate::value::{Items, Val, timestamp_text};

/// Digits after the point where none are asked for.
const PRECISION_DIGITS_DEFAULT: usize = 6;
/// Most digits after the point.
const PRECISION_DIGITS_MAX: usize = 100;

pub(super) fn format(text: &str, items: Items<'_>) -> Result<String, String> {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    let mut next = 0;
    while let Some((before, after)) = rest.split_once('%') {
        made.push_str(before);
        if let Some(after) = after.strip_prefix('%') {
            made.push('%');
            rest = after;
            continue;
        }
        let (precision, after) = precision(after)?;
        let letter = after.chars().next().ok_or("the text ends within a clause")?;
        let item = items.get(next).ok_or_else(|| format!("no value for clause {}", next + 1))?;
        made.push_str(&clause(letter, precision, item)?);
        next += 1;
        rest = after.get(letter.len_utf8()..).unwrap_or_default();
    }
    made.push_str(rest);
    Ok(made)
}

fn precision(clause: &str) -> Result<(usize, &str), String> {
    let Some(rest) = clause.strip_prefix('.') else { return Ok((PRECISION_DIGITS_DEFAULT, clause)) };
    let end = rest.find(|c: char| !c.is_ascii_digit()).ok_or("the text ends within a precision")?;
    let (digits, after) = rest.split_at(end);
    match digits.parse() {
        Ok(precision) if precision <= PRECISION_DIGITS_MAX => Ok((precision, after)),
        _ => Err(format!("a precision of '{digits}'")),
    }
}

fn clause(letter: char, precision: usize, item: Val<'_>) -> Result<String, String> {
    let sign = |number: i64| if number < 0 { "-" } else { "" };
    Ok(match (letter, item) {
        ('s', item) => written(item)?,
        ('d', Val::Double(number)) => plain(number),
        ('d' | 'b' | 'o' | 'x' | 'X', Val::Int(number)) => {
            format!("{}{}", sign(number), digits(letter, number.unsigned_abs()))
        }
        ('d' | 'b' | 'o' | 'x' | 'X', Val::Uint(number)) => digits(letter, number),
        ('b', Val::Bool(flag)) => u8::from(flag).to_string(),
        ('x' | 'X', Val::String(text)) => hexadecimal(text.as_bytes(), letter),
        ('x' | 'X', Val::Bytes(bytes)) => hexadecimal(bytes, letter),
        ('f', Val::Int(number)) => format!("{:.precision$}", number as f64),
        ('f', Val::Uint(number)) => format!("{:.precision$}", number as f64),
        ('f', Val::Double(number)) => endless(number).map_or_else(|| format!("{number:.precision$}"), str::to_owned),
        ('e', Val::Int(number)) => scientific(number as f64, precision),
        ('e', Val::Uint(number)) => scientific(number as f64, precision),
        ('e', Val::Double(number)) => scientific(number, precision),
        ('d' | 'b' | 'o' | 'x' | 'X' | 'f' | 'e', other) => return Err(format!("%{letter} of {}", other.type_name())),
        _ => return Err(format!("no such clause: %{letter}")),
    })
}

fn digits(letter: char, number: u64) -> String {
    match letter {
        'b' => format!("{number:b}"),
        'o' => format!("{number:o}"),
        'x' => format!("{number:x}"),
        'X' => format!("{number:X}"),
        _ => number.to_string(),
    }
}

fn hexadecimal(bytes: &[u8], letter: char) -> String {
    bytes.iter().map(|byte| if letter == 'X' { format!("{byte:02X}") } else { format!("{byte:02x}") }).collect()
}

fn endless(number: f64) -> Option<&'static str> {
    match number {
        _ if number.is_nan() => Some("NaN"),
        _ if number.is_infinite() => Some(if number > 0.0 { "Infinity" } else { "-Infinity" }),
        _ => None,
    }
}

fn plain(number: f64) -> String {
    endless(number).map_or_else(|| number.to_string(), str::to_owned)
}

fn scientific(number: f64, precision: usize) -> String {
    if let Some(word) = endless(number) {
        return word.to_owned();
    }
    let text = format!("{number:.precision$e}");
    match text.split_once('e') {
        Some((digits, exponent)) => match exponent.parse::<i32>() {
            Ok(exponent) => format!("{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.unsigned_abs()),
            Err(_) => text,
        },
        None => text,
    }
}

/// `%s`: any value, lists and maps with what is in them.
fn written(item: Val<'_>) -> Result<String, String> {
    Ok(match item {
        Val::Absent | Val::Null => "null".to_owned(),
        Val::Double(number) => plain(number),
        Val::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Val::Timestamp(time) => timestamp_text(&time),
        Val::Duration(length) => {
            format!("{}s", plain(length.num_seconds() as f64 + f64::from(length.subsec_nanos()) / 1e9))
        }
        Val::DocMap(map) => entries(
            map.as_map()
                .into_iter()
                .flat_map(|map| map.iter())
                .map(|(key, value)| (Val::String(key), Val::from(value))),
        )?,
        Val::Map(map) => entries(map.iter().copied())?,
        Val::Entity(entity) => entity.id.to_owned(),
        other => match (other.elements(), other.to_text()) {
            (Some((items, _)), _) => {
                let parts = items.iter().map(written).collect::<Result<Vec<_>, _>>()?;
                format!("[{}]", parts.join(", "))
            }
            (None, Some(text)) => text,
            (None, None) => return Err(format!("%s of {}", other.type_name())),
        },
    })
}

fn entries<'a>(entries: impl Iterator<Item = (Val<'a>, Val<'a>)>) -> Result<String, String> {
    let mut parts =
        entries.map(|(key, value)| Ok((written(key)?, written(value)?))).collect::<Result<Vec<_>, String>>()?;
    parts.sort();
    let parts: Vec<String> = parts.into_iter().map(|(key, value)| format!("{key}: {value}")).collect();
    Ok(format!("{{{}}}", parts.join(", ")))
}
