//! Times: the protocols' three formats, and RFC 3339 in UTC in documents.

use apimodel::aws::TimeFormat;
use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};

/// A time of the wire as RFC 3339 in UTC with `Z`, fractions only where there are some. `None` where it is no time.
pub(crate) fn from_text(text: &str) -> Option<String> {
    let text = text.trim();
    let bytes = text.as_bytes();
    // Most are as they should be already.
    if bytes.len() == 20 && bytes.last() == Some(&b'Z') && DateTime::parse_from_rfc3339(text).is_ok() {
        return Some(text.to_owned());
    }
    let parsed = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_rfc2822(text))
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%:z"));
    match parsed {
        Ok(time) => Some(format(time.to_utc())),
        Err(_) => naive(text).map(format).or_else(|| from_seconds(text.parse().ok()?)),
    }
}

/// A time without a zone is taken as UTC.
fn naive(text: &str) -> Option<DateTime<Utc>> {
    let formats =
        ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%a, %d %b %Y %H:%M:%S GMT", "%a, %d %b %Y %H:%M:%S%.f UTC"];
    formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok()).map(|time| time.and_utc())
}

/// Seconds since 1970 as RFC 3339; fractions to the millisecond, as the providers have them.
pub(crate) fn from_seconds(seconds: f64) -> Option<String> {
    if !seconds.is_finite() || seconds.abs() > 4e12 {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "bounded just above: some 4e15 milliseconds fit an i64")]
    let milliseconds = (seconds * 1_000.0).round() as i64;
    // Some services answer milliseconds where their model says seconds: no year has five digits here.
    let milliseconds = if milliseconds.abs() > 253_402_300_799_000 { milliseconds / 1_000 } else { milliseconds };
    DateTime::from_timestamp_millis(milliseconds).map(format)
}

fn format(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// RFC 3339 as the wire wants it. `None` where the text is no time.
pub(crate) fn to_wire(text: &str, format: TimeFormat) -> Option<String> {
    let time = DateTime::parse_from_rfc3339(&from_text(text)?).ok()?.to_utc();
    Some(match format {
        TimeFormat::Iso8601 => time.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        TimeFormat::Rfc822 => time.format("%a, %d %b %Y %H:%M:%S GMT").to_string(),
        TimeFormat::Unix => match time.timestamp_subsec_millis() {
            0 => time.timestamp().to_string(),
            millis => format!("{}.{millis:03}", time.timestamp()),
        },
    })
}
