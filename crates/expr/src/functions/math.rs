//! Numbers: the greatest, the least, the distance from zero.

use super::{Function, argument, wrong};
use crate::{
    evaluate::{Frame, Outcome, compare::numbers},
    value::Val,
};
use std::cmp::Ordering;

/// The table.
pub static FUNCTIONS: &[Function] = &[
    Function::global(
        "math.greatest",
        (1, usize::MAX),
        "math.greatest(a, b, …)",
        "the greatest of numbers, or of a list of them",
        greatest,
    ),
    Function::global(
        "math.least",
        (1, usize::MAX),
        "math.least(a, b, …)",
        "the least of numbers, or of a list of them",
        least,
    ),
    Function::global("math.abs", (1, 1), "math.abs(x)", "the number without its sign", abs).cheap(),
];

fn greatest<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    outermost(frame, arguments, "math.greatest", Ordering::Greater)
}

fn least<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    outermost(frame, arguments, "math.least", Ordering::Less)
}

fn outermost<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>], name: &str, wanted: Ordering) -> Outcome<'a> {
    let listed: Vec<Val<'a>> = match arguments {
        [single] => match single.elements() {
            Some((items, _)) if !matches!(single, Val::Absent) => items.iter().collect(),
            _ => vec![*single],
        },
        several => several.to_vec(),
    };
    let mut best: Option<Val<'a>> = None;
    for value in listed {
        if !matches!(value, Val::Int(_) | Val::Uint(_) | Val::Double(_)) {
            return Err(wrong(frame, name, "numbers", value));
        }
        best = match best {
            Some(before) if numbers(value, before) != Some(wanted) => Some(before),
            _ => Some(value),
        };
    }
    best.ok_or_else(|| frame.error(format_args!("{name} of nothing")))
}

fn abs<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    match argument(arguments, 0) {
        Val::Int(number) => {
            number.checked_abs().map(Val::Int).ok_or_else(|| frame.error(format_args!("the result is out of range")))
        }
        Val::Double(number) => Ok(Val::Double(number.abs())),
        number @ Val::Uint(_) => Ok(number),
        other => Err(wrong(frame, "math.abs", "a number", other)),
    }
}
