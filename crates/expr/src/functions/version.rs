//! Which of two versions is the earlier one. Knows no product's numbering, only how people write versions.
//!
//! `1.9` comes before `1.10`, `1.2` equals `1.2.0`, `v` in front and build metadata (`+…`) do not count, and a
//! pre-release (`1.0-rc.1`) comes before its release. Words in the middle (`5.7.mysql_aurora.2.11.1`) compare as words.

use std::cmp::Ordering;

/// Words that mark a version as coming before the bare number, in their order.
const BEFORE_RELEASE: [&str; 8] = ["dev", "snapshot", "alpha", "beta", "preview", "pre", "rc", "cr"];

/// One comparable piece of a version.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Piece<'a> {
    /// A mark of a pre-release, by its place in [`BEFORE_RELEASE`].
    Before(usize),
    /// A number of any length without leading zeros, ordered by length first; an absent piece is the empty one, zero.
    Number(usize, &'a str),
    /// Any other word.
    Word(String),
}

/// Whether dotted version `a` comes before `b`, numbers as numbers.
pub fn less(a: &str, b: &str) -> bool {
    order(a, b) == Ordering::Less
}

/// The order of two versions.
pub fn order(a: &str, b: &str) -> Ordering {
    let (a, b) = (pieces(a), pieces(b));
    let end = Piece::Number(0, "");
    (0..a.len().max(b.len()))
        .map(|index| a.get(index).unwrap_or(&end).cmp(b.get(index).unwrap_or(&end)))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let text = text.trim();
    let text = text.split_once('+').map_or(text, |(version, _build)| version);
    let text = match text.strip_prefix(['v', 'V']) {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => rest,
        _ => text,
    };
    let mut pieces = Vec::new();
    for segment in text.split(|c: char| !c.is_alphanumeric()).filter(|segment| !segment.is_empty()) {
        let mut rest = segment;
        while let Some(first) = rest.chars().next() {
            let digits = first.is_ascii_digit();
            let end = rest.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(rest.len());
            let (run, after) = rest.split_at(end);
            pieces.push(if digits { number(run) } else { word(run) });
            rest = after;
        }
    }
    pieces
}

fn number(run: &str) -> Piece<'_> {
    let run = run.trim_start_matches('0');
    Piece::Number(run.len(), run)
}

fn word(run: &str) -> Piece<'_> {
    let run = run.to_lowercase();
    match BEFORE_RELEASE.iter().position(|mark| *mark == run) {
        Some(rank) => Piece::Before(rank),
        None => Piece::Word(run),
    }
}

#[cfg(test)]
mod tests;
