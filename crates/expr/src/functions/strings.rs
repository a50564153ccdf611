//! Strings, by code points.

mod format;

use super::{Function, argument, string, whole, wrong};
use crate::{
    evaluate::{Error, Frame, LIST_ITEMS_MAX, Outcome, TEXT_BYTES_MAX},
    value::Val,
};

/// The table.
pub static FUNCTIONS: &[Function] = &[
    Function::method("contains", (2, 2), "text.contains(part)", "whether the part is in the text", contains).cheap(),
    Function::method(
        "startsWith",
        (2, 2),
        "text.startsWith(part)",
        "whether the text begins with the part",
        starts_with,
    )
    .cheap(),
    Function::method("endsWith", (2, 2), "text.endsWith(part)", "whether the text ends with the part", ends_with)
        .cheap(),
    Function::method(
        "matches",
        (2, 2),
        "text.matches(pattern)",
        "whether the RE2 pattern is found in the text; anchor it with `^` and `$`",
        matches,
    ),
    Function::global("matches", (2, 2), "matches(text, pattern)", "the same", matches),
    Function::method("lowerAscii", (1, 1), "text.lowerAscii()", "the text with A to Z as a to z", lower),
    Function::method("upperAscii", (1, 1), "text.upperAscii()", "the text with a to z as A to Z", upper),
    Function::method("trim", (1, 1), "text.trim()", "the text without white space around it", trim),
    Function::method(
        "split",
        (2, 3),
        "text.split(separator), text.split(separator, most)",
        "the parts between separators, at most `most` of them",
        split,
    ),
    Function::method("join", (1, 2), "list.join(), list.join(separator)", "the strings of a list in one", join),
    Function::method(
        "replace",
        (3, 4),
        "text.replace(old, new), text.replace(old, new, most)",
        "the text with `old` replaced, at most `most` times",
        replace,
    ),
    Function::method(
        "substring",
        (2, 3),
        "text.substring(from), text.substring(from, to)",
        "the code points from `from` up to, not including, `to`",
        substring,
    ),
    Function::method(
        "indexOf",
        (2, 3),
        "text.indexOf(part), text.indexOf(part, from)",
        "where the part first is, from `from` on; -1 where it is not",
        index_of,
    ),
    Function::method(
        "lastIndexOf",
        (2, 3),
        "text.lastIndexOf(part), text.lastIndexOf(part, from)",
        "where the part last is, beginning at `from` or before; -1 where it is not",
        last_index_of,
    ),
    Function::method("charAt", (2, 2), "text.charAt(index)", "the code point at an index; empty at the end", char_at),
    Function::method(
        "format",
        (2, 2),
        "text.format(list)",
        "the text with `%s`, `%d`, `%f`, `%e`, `%b`, `%x`, `%X`, `%o` (and `%.2f`) replaced by the list's values",
        formatted,
    ),
];

fn contains<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let text = string(frame, "contains", arguments, 0)?;
    Ok(Val::Bool(text.contains(string(frame, "contains", arguments, 1)?)))
}

fn starts_with<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let text = string(frame, "startsWith", arguments, 0)?;
    Ok(Val::Bool(text.starts_with(string(frame, "startsWith", arguments, 1)?)))
}

fn ends_with<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let text = string(frame, "endsWith", arguments, 0)?;
    Ok(Val::Bool(text.ends_with(string(frame, "endsWith", arguments, 1)?)))
}

fn matches<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let text = string(frame, "matches", arguments, 0)?;
    let pattern = string(frame, "matches", arguments, 1)?;
    frame.matches_pattern(text, pattern)
}

fn lower<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let text = string(frame, "lowerAscii", arguments, 0)?;
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        frame.text(&text.to_ascii_lowercase())
    } else {
        Ok(Val::String(text))
    }
}

fn upper<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let text = string(frame, "upperAscii", arguments, 0)?;
    if text.bytes().any(|byte| byte.is_ascii_lowercase()) {
        frame.text(&text.to_ascii_uppercase())
    } else {
        Ok(Val::String(text))
    }
}

fn trim<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    Ok(Val::String(string(frame, "trim", arguments, 0)?.trim()))
}

fn split<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let text = string(frame, "split", arguments, 0)?;
    let separator = string(frame, "split", arguments, 1)?;
    let most = if arguments.len() > 2 { whole(frame, "split", arguments, 2)? } else { -1 };
    let most = usize::try_from(most).unwrap_or(LIST_ITEMS_MAX + 1).min(LIST_ITEMS_MAX + 1);
    let parts: Vec<Val<'a>> = match (most, separator.is_empty()) {
        (0, _) => Vec::new(),
        (_, false) => text.splitn(most, separator).map(Val::String).collect(),
        (_, true) => {
            let mut parts = Vec::new();
            let mut rest = text;
            while let Some(letter) = rest.chars().next() {
                if parts.len() + 1 == most {
                    break;
                }
                let (head, tail) = rest.split_at(letter.len_utf8());
                parts.push(Val::String(head));
                rest = tail;
            }
            if !rest.is_empty() {
                parts.push(Val::String(rest));
            }
            parts
        }
    };
    frame.made(&parts, None)
}

fn join<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let list = argument(arguments, 0);
    let separator = if arguments.len() > 1 { string(frame, "join", arguments, 1)? } else { "" };
    let Some((items, _)) = list.elements() else { return Err(wrong(frame, "join", "a list", list)) };
    let mut text = String::new();
    for (index, item) in items.iter().enumerate() {
        let Val::String(part) = item else { return Err(wrong(frame, "join", "strings", item)) };
        if index > 0 {
            text.push_str(separator);
        }
        text.push_str(part);
        if text.len() > TEXT_BYTES_MAX {
            break;
        }
    }
    frame.text(&text)
}

fn replace<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let text = string(frame, "replace", arguments, 0)?;
    let old = string(frame, "replace", arguments, 1)?;
    let new = string(frame, "replace", arguments, 2)?;
    let most = if arguments.len() > 3 { whole(frame, "replace", arguments, 3)? } else { -1 };
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    // An empty `old` is between all code points.
    let places = text.len().checked_div(old.len()).unwrap_or(text.len() + 1).min(most);
    if places.saturating_mul(new.len()).saturating_add(text.len()) > TEXT_BYTES_MAX {
        return Err(frame.error(format_args!("a string of more than {TEXT_BYTES_MAX} bytes")));
    }
    if most == usize::MAX { frame.text(&text.replace(old, new)) } else { frame.text(&text.replacen(old, new, most)) }
}

/// The byte at which a code point begins; the length of the text for the one after the last.
fn byte_of(text: &str, index: i64) -> Option<usize> {
    let index = usize::try_from(index).ok()?;
    text.char_indices().map(|(at, _)| at).chain([text.len()]).nth(index)
}

fn out_of_range<'a>(frame: &Frame<'a>, function: &str, index: i64) -> Error<'a> {
    frame.error(format_args!("{function}: index out of range: {index}"))
}

fn substring<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let text = string(frame, "substring", arguments, 0)?;
    let from = whole(frame, "substring", arguments, 1)?;
    let start = byte_of(text, from).ok_or_else(|| out_of_range(frame, "substring", from))?;
    let end = if arguments.len() > 2 {
        let to = whole(frame, "substring", arguments, 2)?;
        byte_of(text, to).ok_or_else(|| out_of_range(frame, "substring", to))?
    } else {
        text.len()
    };
    match text.get(start..end) {
        Some(part) => Ok(Val::String(part)),
        None => Err(frame.error(format_args!("substring: ends before it begins"))),
    }
}

fn position<'a>(text: &str, byte: Option<usize>) -> Outcome<'a> {
    let index = byte.and_then(|byte| text.get(..byte)).map(|before| before.chars().count());
    Ok(Val::Int(index.and_then(|index| i64::try_from(index).ok()).unwrap_or(-1)))
}

fn index_of<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let text = string(frame, "indexOf", arguments, 0)?;
    let part = string(frame, "indexOf", arguments, 1)?;
    if arguments.len() < 3 {
        return position(text, text.find(part));
    }
    let from = whole(frame, "indexOf", arguments, 2)?;
    match byte_of(text, from) {
        Some(start) if start < text.len() || part.is_empty() => {
            position(text, text.get(start..).and_then(|rest| rest.find(part)).map(|at| start + at))
        }
        None if from >= 0 && part.is_empty() => position(text, Some(text.len())),
        _ => Err(out_of_range(frame, "indexOf", from)),
    }
}

fn last_index_of<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let text = string(frame, "lastIndexOf", arguments, 0)?;
    let part = string(frame, "lastIndexOf", arguments, 1)?;
    if arguments.len() < 3 {
        return position(text, text.rfind(part));
    }
    let from = whole(frame, "lastIndexOf", arguments, 2)?;
    match byte_of(text, from) {
        Some(start) if start < text.len() || part.is_empty() => {
            let end = (start + part.len()).min(text.len());
            // An occurrence that begins at or before `start` ends at or before `start` and the part's length.
            let end = (end..=text.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(text.len());
            let found = text.get(..end).and_then(|before| {
                let at = before.rfind(part)?;
                if at <= start {
                    Some(at)
                } else {
                    text.get(..start + part.len()).and_then(|before| before.rfind(part))
                }
            });
            position(text, found)
        }
        None if from >= 0 && part.is_empty() => position(text, Some(text.len())),
        _ => Err(out_of_range(frame, "lastIndexOf", from)),
    }
}

fn char_at<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let text = string(frame, "charAt", arguments, 0)?;
    let index = whole(frame, "charAt", arguments, 1)?;
    let start = byte_of(text, index).ok_or_else(|| out_of_range(frame, "charAt", index))?;
    let rest = text.get(start..).unwrap_or_default();
    let length = rest.chars().next().map_or(0, char::len_utf8);
    Ok(Val::String(rest.get(..length).unwrap_or_default()))
}

fn formatted<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let text = string(frame, "format", arguments, 0)?;
    let list = argument(arguments, 1);
    let Some((items, _)) = list.elements() else { return Err(wrong(frame, "format", "a list", list)) };
    match format::format(text, items) {
        Ok(text) => frame.text(&text),
        Err(problem) => Err(frame.error(format_args!("format: {problem}"))),
    }
}
