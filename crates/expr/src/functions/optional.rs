//! Optional values.

use super::{Function, argument, wrong};
use crate::{
    evaluate::{Frame, Outcome},
    value::Val,
};

/// The table. `orValue` and `or` are operators: they evaluate their argument only where it is needed.
pub static FUNCTIONS: &[Function] = &[
    Function::global("optional.of", (1, 1), "optional.of(x)", "an optional with a value", of).parts().cheap(),
    Function::global("optional.none", (0, 0), "optional.none()", "the optional without a value", none).parts().cheap(),
    Function::global(
        "optional.ofNonZeroValue",
        (1, 1),
        "optional.ofNonZeroValue(x)",
        "an optional with a value, unless it is null, false, 0 or empty",
        of_non_zero,
    )
    .cheap(),
    Function::method("hasValue", (1, 1), "optional.hasValue()", "whether there is a value", has_value).parts().cheap(),
    Function::method("value", (1, 1), "optional.value()", "the value; an error where there is none", value)
        .parts()
        .cheap(),
];

fn of<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    Ok(Val::Optional(Some(frame.arena.put(argument(arguments, 0)))))
}

fn none<'a>(_: &mut Frame<'a>, _: &[Val<'a>]) -> Outcome<'a> {
    Ok(Val::Optional(None))
}

fn of_non_zero<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let value = argument(arguments, 0);
    let zero = match value {
        Val::Absent | Val::Null | Val::Bool(false) | Val::Int(0) | Val::Uint(0) | Val::String("") | Val::Bytes(&[]) => {
            true
        }
        Val::Double(number) => number == 0.0,
        Val::Map(entries) => entries.is_empty(),
        Val::DocMap(map) => map.as_map().is_none_or(model::Map::is_empty),
        Val::Duration(length) => length.is_zero(),
        Val::Timestamp(time) => time.timestamp() == 0 && time.timestamp_subsec_nanos() == 0,
        Val::Optional(inner) => inner.is_none(),
        list => list.elements().is_some_and(|(items, _)| items.len() == 0),
    };
    if zero { Ok(Val::Optional(None)) } else { of(frame, arguments) }
}

fn has_value<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    match argument(arguments, 0) {
        Val::Optional(inner) => Ok(Val::Bool(inner.is_some())),
        other => Err(wrong(frame, "hasValue", "an optional", other)),
    }
}

fn value<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    match argument(arguments, 0) {
        Val::Optional(Some(inner)) => Ok(*inner),
        Val::Optional(None) => Err(frame.error(format_args!("the optional has no value"))),
        other => Err(wrong(frame, "value", "an optional", other)),
    }
}
