//! What can be wrong with an expression's text, by constructor: a stable code, a span, a line of help.

use std::fmt;

/// One thing wrong (or doubtful) in an expression's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable: `E…` for what does not compile, `W…` for what compiles and is probably a trap.
    pub code: &'static str,
    /// One sentence without a full stop.
    pub message: String,
    /// First byte in the source that it is about.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
    /// What to do about it, or empty.
    pub help: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)?;
        if !self.help.is_empty() {
            write!(f, " ({})", self.help)?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostic {}

/// Where in the source: bytes from, bytes to.
pub(crate) type Span = (usize, usize);

fn new(code: &'static str, span: Span, message: String, help: impl Into<String>) -> Diagnostic {
    Diagnostic { code, message, start: span.0, end: span.1, help: help.into() }
}

pub(crate) fn syntax(span: Span, message: &str) -> Diagnostic {
    new("E101", span, format!("not an expression: {message}"), "expressions are CEL")
}

pub(crate) fn too_long(bytes: usize, bytes_max: usize) -> Diagnostic {
    new("E102", (0, bytes), format!("the expression is {bytes} bytes long, more than {bytes_max}"), "split it")
}

pub(crate) fn too_deep(span: Span, depth_max: usize) -> Diagnostic {
    new("E103", span, format!("the expression is nested deeper than {depth_max}"), "simplify it")
}

pub(crate) fn unknown_name(span: Span, name: &str, near: Option<&str>, names: &[&str]) -> Diagnostic {
    let help =
        near.map_or_else(|| format!("in scope here: {}", names.join(", ")), |near| format!("did you mean '{near}'?"));
    new("E104", span, format!("unknown name '{name}'"), help)
}

pub(crate) fn unknown_function(span: Span, name: &str, near: Option<&str>) -> Diagnostic {
    let help = near.map_or_else(
        || "the functions are listed in docs/concepts/expressions.md".to_owned(),
        |near| format!("did you mean '{near}'?"),
    );
    new("E105", span, format!("unknown function '{name}'"), help)
}

pub(crate) fn wrong_arguments(span: Span, name: &str, given: usize, wanted: &str) -> Diagnostic {
    let plural = if given == 1 { "" } else { "s" };
    new("E106", span, format!("'{name}' does not take {given} argument{plural}"), format!("use {wanted}"))
}

pub(crate) fn not_accepted(span: Span, what: &str) -> Diagnostic {
    new("E107", span, format!("{what} is not accepted"), "see docs/concepts/expressions.md")
}

pub(crate) fn not_literal(span: Span, name: &str) -> Diagnostic {
    new(
        "E108",
        span,
        format!("'{name}' takes its names as string literals"),
        "what a policy reads has to be known before it runs",
    )
}

pub(crate) fn no_world(span: Span, name: &str) -> Diagnostic {
    new("E109", span, format!("'{name}' can't be used here"), "only policies see other resources")
}

pub(crate) fn bad_pattern(span: Span, message: &str) -> Diagnostic {
    new("E110", span, format!("not a regular expression: {message}"), "patterns are RE2")
}

pub(crate) fn not_a_variable(span: Span) -> Diagnostic {
    new("E111", span, "a macro's variable has to be a simple name".to_owned(), "write it as x in list.exists(x, …)")
}

pub(crate) fn open_hole(span: Span) -> Diagnostic {
    new("E112", span, "the text has a '{' without its '}'".to_owned(), "write '{{' for a brace")
}

pub(crate) fn stray_brace(span: Span) -> Diagnostic {
    new("E113", span, "the text has a '}' without its '{'".to_owned(), "write '}}' for a brace")
}

pub(crate) fn too_many_variables(span: Span, variables_max: usize) -> Diagnostic {
    new("E114", span, format!("more than {variables_max} variables are in scope at once"), "simplify it")
}

pub(crate) fn bare_condition(span: Span, path: &str, operator: &str) -> Diagnostic {
    new(
        "W101",
        span,
        format!("'{path}' may be absent, and null is an error as an operand of {operator}"),
        format!("write {path} == true, or {path} != true for its opposite"),
    )
}

pub(crate) fn bare_receiver(span: Span, path: &str, optional: &str, method: &str) -> Diagnostic {
    new(
        "W102",
        span,
        format!("'{path}' may be absent, and null has no {method}()"),
        format!("write {optional}.orValue(\"\").{method}(…)"),
    )
}

/// The candidate nearest to a misspelt word, within a third of its length.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = word.chars().count() / 3;
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions, substitutions and swaps that make one word of the other, without regard to case.
fn distance(one: &str, other: &str) -> usize {
    let lower = |word: &str| word.chars().map(|letter| letter.to_ascii_lowercase()).collect::<Vec<char>>();
    let (one, other) = (lower(one), lower(other));
    let mut earlier: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.iter().enumerate() {
        let mut next = vec![index + 1];
        for (place, candidate) in other.iter().enumerate() {
            let at = |row: &[usize], place: usize| row.get(place).copied().unwrap_or(usize::MAX - 1);
            let mut least = (at(&row, place) + usize::from(letter != candidate))
                .min(at(&row, place + 1) + 1)
                .min(at(&next, place) + 1);
            let swapped =
                place > 0 && index > 0 && other.get(place - 1) == Some(letter) && one.get(index - 1) == Some(candidate);
            if swapped {
                least = least.min(at(&earlier, place - 1) + 1);
            }
            next.push(least);
        }
        earlier = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(0)
}
