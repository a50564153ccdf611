//! From text to syntax tree, by the `cel` crate: macros are left to the compiler, and the text is measured first.

use crate::diagnostics::{self, Diagnostic, Span};
use cel::{
    IdedExpr,
    common::ast::{Expr, SourceInfo},
};

/// Longest accepted expression.
pub(crate) const EXPRESSION_BYTES_MAX: usize = 64 * 1024;
/// Deepest accepted chain of members, calls, operators and brackets.
pub(crate) const EXPRESSION_DEPTH_MAX: usize = 192;
/// Deepest accepted nesting of brackets and conditionals.
const NESTING_DEPTH_MAX: u16 = 64;

pub(crate) struct Parsed {
    pub(crate) root: IdedExpr,
    pub(crate) info: SourceInfo,
}

pub(crate) fn parse(source: &str) -> Result<Parsed, Diagnostic> {
    if source.len() > EXPRESSION_BYTES_MAX {
        return Err(diagnostics::too_long(source.len(), EXPRESSION_BYTES_MAX));
    }
    if let Some(at) = too_deep(source) {
        return Err(diagnostics::too_deep((at, at + 1), EXPRESSION_DEPTH_MAX));
    }
    cel::Env::default()
        .parser()
        .enable_ident_escape_syntax(true)
        .max_recursion_depth(NESTING_DEPTH_MAX)
        .parse_with_source_info(source)
        .map(|(root, info)| Parsed { root, info })
        .map_err(|errors| {
            let Some(first) = errors.errors.first() else { return diagnostics::syntax((0, source.len()), "empty") };
            let at = offset(source, first.pos);
            diagnostics::syntax(
                (at, (at + 1).min(source.len()).max(at)),
                first.msg.trim_start_matches("Syntax error: "),
            )
        })
}

/// The byte of a line and a column, both from 1.
fn offset(source: &str, (line, column): (isize, isize)) -> usize {
    let (Ok(line), Ok(column)) = (usize::try_from(line - 1), usize::try_from(column - 1)) else { return 0 };
    let start: usize = source.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = source.get(start..).unwrap_or_default();
    start + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at)
}

/// The parser descends once for each member, call, operator and bracket that is open at a place; where that goes past
/// the limit. Separators close a chain, closing brackets close all that was opened within.
fn too_deep(source: &str) -> Option<usize> {
    let mut open: Vec<usize> = Vec::new();
    let mut chain = 0_usize;
    let mut outside = 0_usize;
    let bytes = source.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if let Some(end) = quoted_end(source, at) {
            at = end;
            continue;
        }
        match byte {
            b'(' | b'[' | b'{' => {
                open.push(chain);
                outside += chain + 1;
                chain = 0;
            }
            b')' | b']' | b'}' => {
                let before = open.pop().unwrap_or(0);
                outside = outside.saturating_sub(before + 1);
                chain = before + 1;
            }
            b',' | b'&' | b'|' => chain = 0,
            b'.' | b'+' | b'-' | b'*' | b'/' | b'%' | b'=' | b'<' | b'>' | b'!' | b'?' => chain += 1,
            b'i' if source.get(at..at + 2) == Some("in") => chain += 1,
            _ => {}
        }
        if chain + outside > EXPRESSION_DEPTH_MAX {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// Where a string, an escaped name or a comment begins at a byte: the byte after its end.
pub(crate) fn quoted_end(source: &str, at: usize) -> Option<usize> {
    let rest = source.get(at..)?;
    if rest.starts_with("//") {
        return Some(rest.find('\n').map_or(source.len(), |end| at + end + 1));
    }
    let quote = ["\"\"\"", "'''", "\"", "'", "`"].into_iter().find(|quote| rest.starts_with(quote))?;
    let raw = quote == "`" || is_raw(source, at);
    let mut from = at + quote.len();
    loop {
        let rest = source.get(from..)?;
        if rest.starts_with(quote) {
            return Some(from + quote.len());
        }
        let mut letters = rest.chars();
        let Some(letter) = letters.next() else { return Some(source.len()) };
        from += letter.len_utf8();
        if letter == '\\' && !raw {
            from += letters.next().map_or(0, char::len_utf8);
        }
    }
}

/// A quote is raw after `r`, `br` or `rb` that is no part of a longer name.
fn is_raw(source: &str, at: usize) -> bool {
    let before = source.get(..at).unwrap_or_default();
    let name_start = before.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_').len();
    let prefix = before.get(name_start..).unwrap_or_default();
    prefix.len() <= 2 && prefix.contains(['r', 'R'])
}

/// Where an expression stands in the source. The parser knows the operator's place; the rest follows from the parts.
pub(crate) fn span(source: &str, info: &SourceInfo, node: &IdedExpr) -> Span {
    let (own_start, own_end) = token(info, node.id).unwrap_or((0, 0));
    let mut start = own_start;
    let mut end = own_end;
    let mut include = |part: &IdedExpr| {
        let (part_start, part_end) = span(source, info, part);
        start = start.min(part_start);
        end = end.max(part_end);
    };
    match &node.expr {
        Expr::Select(select) => {
            include(&select.operand);
            end = end.max(member_end(source, own_end, &select.field));
        }
        Expr::Call(call) => {
            call.target.iter().for_each(|target| include(target));
            call.args.iter().for_each(&mut include);
            let is_call = call.func_name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
            if is_call {
                let name_start = source.get(..own_start).map_or(0, |before| before.trim_end().len());
                start = start.min(name_start.saturating_sub(call.func_name.len()));
                end = closing(source, own_start, end);
            } else if call.func_name.starts_with("_[") {
                end = closing(source, own_start, end);
            }
        }
        Expr::List(list) => {
            list.elements.iter().for_each(&mut include);
            end = closing(source, own_start, end);
        }
        Expr::Map(_) => end = closing(source, own_start, end),
        _ => {}
    }
    (start, end)
}

/// The bytes of the token that a node stands on.
pub(crate) fn token(info: &SourceInfo, id: u64) -> Option<Span> {
    let (start, stop) = info.offset_for(id)?;
    let start = usize::try_from(start).ok()?;
    let stop = usize::try_from(stop).ok()?;
    Some((start.min(info.source.len()), stop.saturating_add(1).min(info.source.len())))
}

/// The end of a member's name after its dot.
pub(crate) fn member_end(source: &str, dot_end: usize, field: &str) -> usize {
    let rest = source.get(dot_end..).unwrap_or_default();
    let name = rest.trim_start_matches(['?', '`', ' ', '\n', '\r', '\t']);
    let start = dot_end + rest.len() - name.len();
    if !name.starts_with(field) {
        return dot_end;
    }
    let end = start + field.len();
    if source.get(end..).is_some_and(|rest| rest.starts_with('`')) { end + 1 } else { end }
}

/// The byte after the bracket that closes the one at `open`, looked for from `from` on.
fn closing(source: &str, open: usize, from: usize) -> usize {
    let close = match source.as_bytes().get(open) {
        Some(b'(') => ')',
        Some(b'[') => ']',
        Some(b'{') => '}',
        _ => return from,
    };
    let from = from.max(open + 1);
    source.get(from..).and_then(|rest| rest.find(close)).map_or(from, |at| from + at + 1)
}
