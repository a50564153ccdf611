//! Times: days between them, and the parts of timestamps and durations.

use super::{Function, argument, convert::parse_timestamp, string, wrong};
use crate::{
    evaluate::{Error, Frame, Outcome},
    value::Val,
};
use chrono::{DateTime, Datelike, FixedOffset, NaiveDateTime, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;

const SECONDS_A_DAY: i64 = 86_400;

macro_rules! part {
    ($name:literal, $doc:literal, $of_time:expr) => {
        Function::method(
            $name,
            (1, 2),
            concat!("time.", $name, "(), time.", $name, "(zone)"),
            $doc,
            |frame, arguments| part(frame, arguments, $name, $of_time, None),
        )
    };
    ($name:literal, $doc:literal, $of_time:expr, $of_length:expr) => {
        Function::method(
            $name,
            (1, 2),
            concat!("time.", $name, "(), time.", $name, "(zone), duration.", $name, "()"),
            $doc,
            |frame, arguments| part(frame, arguments, $name, $of_time, Some($of_length)),
        )
    };
}

/// The table.
pub static FUNCTIONS: &[Function] = &[
    Function::global(
        "time.days",
        (2, 2),
        "time.days(from, to)",
        "whole days between two timestamps or RFC 3339 strings, negative when `to` is earlier; null when either is null",
        days,
    ),
    Function::global(
        "time.age_days",
        (1, 1),
        "time.age_days(x)",
        "whole days between `x` and `now`; null when `x` is null",
        age_days,
    ),
    part!("getFullYear", "the year", |time| i64::from(time.year())),
    part!("getMonth", "the month, from 0", |time| i64::from(time.month0())),
    part!("getDate", "the day of the month, from 1", |time| i64::from(time.day())),
    part!("getDayOfMonth", "the day of the month, from 0", |time| i64::from(time.day0())),
    part!("getDayOfYear", "the day of the year, from 0", |time| i64::from(time.ordinal0())),
    part!("getDayOfWeek", "the day of the week, 0 being Sunday", |time| i64::from(
        time.weekday().num_days_from_sunday()
    )),
    part!("getHours", "the hour; of a duration, all its hours", |time| i64::from(time.hour()), |length| length
        .num_hours()),
    part!("getMinutes", "the minute; of a duration, all its minutes", |time| i64::from(time.minute()), |length| length
        .num_minutes()),
    part!("getSeconds", "the second; of a duration, all its seconds", |time| i64::from(time.second()), |length| length
        .num_seconds()),
    part!(
        "getMilliseconds",
        "the milliseconds within the second",
        |time| i64::from(time.nanosecond() / 1_000_000),
        |length| i64::from(length.subsec_nanos() / 1_000_000)
    ),
];

fn part<'a>(
    frame: &mut Frame<'a>,
    arguments: &[Val<'a>],
    name: &str,
    of_time: fn(&NaiveDateTime) -> i64,
    of_length: Option<fn(&TimeDelta) -> i64>,
) -> Outcome<'a> {
    match (argument(arguments, 0), of_length, arguments.len()) {
        (Val::Timestamp(time), _, 1) => Ok(Val::Int(of_time(&time.naive_utc()))),
        (Val::Timestamp(time), _, _) => {
            let zone = string(frame, name, arguments, 1)?;
            match local(time, zone) {
                Some(time) => Ok(Val::Int(of_time(&time))),
                None => Err(frame.error(format_args!("{name}: no such time zone: {zone}"))),
            }
        }
        (Val::Duration(length), Some(of_length), 1) => Ok(Val::Int(of_length(&length))),
        (other, ..) => Err(wrong(frame, name, "a timestamp", other)),
    }
}

/// The time on the clocks of a zone: a name of the IANA data base, or an offset as `+02:00`.
fn local(time: DateTime<Utc>, zone: &str) -> Option<NaiveDateTime> {
    if let Ok(zone) = zone.parse::<Tz>() {
        return Some(time.with_timezone(&zone).naive_local());
    }
    let (sign, digits) = match zone.as_bytes().first()? {
        b'-' => (-1, zone.get(1..)?),
        b'+' => (1, zone.get(1..)?),
        _ => (1, zone),
    };
    let (hours, minutes) = digits.split_once(':')?;
    let number = |digits: &str| {
        if digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            digits.parse::<i32>().ok()
        } else {
            None
        }
    };
    let seconds = sign * (number(hours)? * 3600 + number(minutes).filter(|minutes| *minutes < 60)? * 60);
    Some(time.with_timezone(&FixedOffset::east_opt(seconds)?).naive_local())
}

/// A timestamp, an RFC 3339 string (also a date alone), or null.
fn moment<'a>(frame: &Frame<'a>, name: &str, value: Val<'a>) -> Result<Option<DateTime<Utc>>, Error<'a>> {
    match value {
        Val::Absent | Val::Null => Ok(None),
        Val::Timestamp(time) => Ok(Some(time)),
        Val::String(text) => parse_timestamp(text)
            .or_else(|| parse_timestamp(&format!("{text}T00:00:00Z")))
            .map(Some)
            .ok_or_else(|| frame.error(format_args!("{name}: not a time in RFC 3339: {text}"))),
        other => Err(wrong(frame, name, "timestamps or strings", other)),
    }
}

fn between<'a>(from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>) -> Outcome<'a> {
    Ok(match (from, to) {
        (Some(from), Some(to)) => Val::Int(to.signed_duration_since(from).num_seconds() / SECONDS_A_DAY),
        _ => Val::Absent,
    })
}

fn days<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let from = moment(frame, "time.days", argument(arguments, 0))?;
    let to = moment(frame, "time.days", argument(arguments, 1))?;
    between(from, to)
}

fn age_days<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let from = moment(frame, "time.age_days", argument(arguments, 0))?;
    between(from, Some(frame.scope.now))
}
