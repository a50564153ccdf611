//! Lists. What a list may lack stays remembered where the result may lack it too.

use super::{Function, argument, whole, wrong};
use crate::{
    evaluate::{Error, Frame, LIST_ITEMS_MAX, Outcome, compare::Sameness, compare::numbers},
    value::{Items, Val},
};
use model::Missing;
use std::cmp::Ordering;

/// The table.
pub static FUNCTIONS: &[Function] = &[
    Function::global("lists.range", (1, 1), "lists.range(n)", "the list from 0 to `n` - 1", range),
    Function::method(
        "distinct",
        (1, 1),
        "list.distinct()",
        "the list without repetitions, first occurrences kept",
        distinct,
    )
    .parts(),
    Function::method(
        "flatten",
        (1, 2),
        "list.flatten(), list.flatten(depth)",
        "the elements of the lists in it, one level or `depth` levels deep",
        flatten,
    )
    .parts(),
    Function::method(
        "sort",
        (1, 1),
        "list.sort()",
        "the list in order; its elements have one type that has an order",
        sorted,
    ),
    Function::method("reverse", (1, 1), "list.reverse()", "the list, or the text, from its end", reverse).parts(),
    Function::method(
        "slice",
        (3, 3),
        "list.slice(from, to)",
        "the elements from index `from` up to, not including, `to`",
        slice,
    )
    .parts(),
];

fn elements<'a>(frame: &Frame<'a>, name: &str, value: Val<'a>) -> Result<(Items<'a>, Option<&'a Missing>), Error<'a>> {
    value.elements().ok_or_else(|| wrong(frame, name, "a list", value))
}

fn range<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let length = whole(frame, "lists.range", arguments, 0)?;
    if length < 0 || usize::try_from(length).is_ok_and(|length| length > LIST_ITEMS_MAX) {
        return Err(frame.error(format_args!("lists.range: {length} is not from 0 to {LIST_ITEMS_MAX}")));
    }
    let items: Vec<Val<'a>> = (0..length).map(Val::Int).collect();
    frame.made(&items, None)
}

fn distinct<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let (items, mut missing) = elements(frame, "distinct", argument(arguments, 0))?;
    let mut seen_text = std::collections::HashSet::new();
    let mut kept: Vec<Val<'a>> = Vec::new();
    for item in items.iter() {
        if let Val::String(text) = item {
            if seen_text.insert(text) {
                kept.push(item);
            }
            continue;
        }
        frame.step()?;
        let mut known = false;
        for other in &kept {
            match frame.same(*other, item) {
                Sameness::Same => known = true,
                Sameness::Different => {}
                Sameness::Unknown(lack) => {
                    missing = frame.unite(missing, Some(lack));
                    known = true;
                }
            }
        }
        if let (Val::Unknown(lack), true) = (item, kept.is_empty()) {
            missing = frame.unite(missing, Some(lack));
            known = true;
        }
        if !known {
            kept.push(item);
        }
    }
    frame.made(&kept, missing)
}

fn flatten<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let (items, mut missing) = elements(frame, "flatten", argument(arguments, 0))?;
    let depth = if arguments.len() > 1 { whole(frame, "flatten", arguments, 1)? } else { 1 };
    if depth < 0 {
        return Err(frame.error(format_args!("flatten: a depth of {depth}")));
    }
    let mut flat = Vec::new();
    spread(frame, items, depth, &mut flat, &mut missing)?;
    frame.made(&flat, missing)
}

fn spread<'a>(
    frame: &mut Frame<'a>,
    items: Items<'a>,
    depth: i64,
    flat: &mut Vec<Val<'a>>,
    missing: &mut Option<&'a Missing>,
) -> Result<(), Error<'a>> {
    for item in items.iter() {
        frame.step()?;
        match item {
            Val::Unknown(lack) if depth > 0 => *missing = frame.unite(*missing, Some(lack)),
            // An absent member stands for the empty list.
            Val::DocList(_) | Val::List(_) | Val::Entities(_) | Val::Absent if depth > 0 => {
                if let Some((inner, lack)) = item.elements() {
                    *missing = frame.unite(*missing, lack);
                    spread(frame, inner, depth - 1, flat, missing)?;
                }
            }
            other => flat.push(other),
        }
        if flat.len() > LIST_ITEMS_MAX {
            return Err(frame.error(format_args!("lists of more than {LIST_ITEMS_MAX} elements")));
        }
    }
    Ok(())
}

fn sorted<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let (items, _) = elements(frame, "sort", argument(arguments, 0))?;
    let mut keyed: Vec<(Val<'a>, Val<'a>)> = items.iter().map(|item| (item, item)).collect();
    sort(frame, &mut keyed)?;
    let items: Vec<Val<'a>> = keyed.into_iter().map(|(_, item)| item).collect();
    frame.made(&items, None)
}

/// Sort by keys, which have one type that has an order.
pub(crate) fn sort<'a>(frame: &Frame<'a>, keyed: &mut [(Val<'a>, Val<'a>)]) -> Result<(), Error<'a>> {
    if let Some((first, _)) = keyed.first() {
        if order(*first, *first).is_none() && !matches!(first, Val::Double(_)) {
            return Err(wrong(frame, "sort", "elements that have an order", *first));
        }
        if let Some((other, _)) = keyed.iter().find(|(key, _)| key.type_name() != first.type_name()) {
            return Err(wrong(frame, "sort", "elements of one type", *other));
        }
    }
    keyed.sort_by(|(one, _), (other, _)| order(*one, *other).unwrap_or(Ordering::Equal));
    Ok(())
}

fn order(one: Val<'_>, other: Val<'_>) -> Option<Ordering> {
    match (one, other) {
        (Val::String(one), Val::String(other)) => Some(one.cmp(other)),
        (Val::Bool(one), Val::Bool(other)) => Some(one.cmp(&other)),
        (Val::Bytes(one), Val::Bytes(other)) => Some(one.cmp(other)),
        (Val::Timestamp(one), Val::Timestamp(other)) => Some(one.cmp(&other)),
        (Val::Duration(one), Val::Duration(other)) => Some(one.cmp(&other)),
        (Val::Double(one), Val::Double(other)) => Some(one.total_cmp(&other)),
        (one, other) => numbers(one, other),
    }
}

fn reverse<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    if let Val::String(text) = argument(arguments, 0) {
        return frame.text(&text.chars().rev().collect::<String>());
    }
    let (items, missing) = elements(frame, "reverse", argument(arguments, 0))?;
    let mut items: Vec<Val<'a>> = items.iter().collect();
    items.reverse();
    frame.made(&items, missing)
}

fn slice<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let (items, missing) = elements(frame, "slice", argument(arguments, 0))?;
    let from = whole(frame, "slice", arguments, 1)?;
    let to = whole(frame, "slice", arguments, 2)?;
    if let Some(lack) = missing {
        return Ok(Val::Unknown(lack));
    }
    let (Ok(first), Ok(end)) = (usize::try_from(from), usize::try_from(to)) else {
        return Err(frame.error(format_args!("slice: {from} to {to}")));
    };
    if first > end || end > items.len() {
        return Err(frame.error(format_args!("slice: {from} to {to} of {} elements", items.len())));
    }
    let items: Vec<Val<'a>> = (first..end).filter_map(|index| items.get(index)).collect();
    frame.made(&items, None)
}
