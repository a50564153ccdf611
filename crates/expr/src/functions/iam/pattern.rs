//! IAM's wildcards: `*` for any text, `?` for one character.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>

use std::borrow::Cow;

/// Above this many comparisons two patterns are held to overlap without looking further.
const OVERLAP_STEPS_MAX: usize = 4_000_000;

/// IAM's wildcard match, without regard to case.
pub fn matches(pattern: &str, text: &str) -> bool {
    wild(&lower(pattern), &lower(text), |_| true)
}

/// Whether everything that `other` matches is also matched by `pattern`. Never wrongly true. Policy variables in either
/// are taken as written.
pub fn covers(pattern: &str, other: &str) -> bool {
    wild(&lower(pattern), &lower(other), |c| c != '*')
}

/// Whether a text exists that both patterns match. Never wrongly false. A policy variable may stand for anything.
pub fn overlaps(a: &str, b: &str) -> bool {
    let (a, b) = (lower(&variables_as_wildcards(a)), lower(&variables_as_wildcards(b)));
    let wild_characters = |c: &char| matches!(c, '*' | '?');
    match (a.iter().any(wild_characters), b.iter().any(wild_characters)) {
        (_, false) => wild(&a, &b, |_| true),
        (false, true) => wild(&b, &a, |_| true),
        (true, true) => both_wild(&a, &b),
    }
}

/// A pattern with each `${…}` replaced by `*`.
pub fn variables_as_wildcards(pattern: &str) -> Cow<'_, str> {
    if !pattern.contains("${") {
        return Cow::Borrowed(pattern);
    }
    let mut text = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once("${") {
        text.push_str(before);
        text.push('*');
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    text.push_str(rest);
    Cow::Owned(text)
}

fn lower(text: &str) -> Vec<char> {
    text.chars().map(|c| c.to_ascii_lowercase()).collect()
}

/// Greedy match with a way back to the last star. `?` takes only characters that `single` accepts.
fn wild(pattern: &[char], text: &[char], single: impl Fn(char) -> bool) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(&c) = text.get(t) {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&q) if (q == '?' && single(c)) || (q == c && q != '?') => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((star_p, star_t)) = star else { return false };
                star = Some((star_p, star_t + 1));
                p = star_p + 1;
                t = star_t + 1;
            }
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|c| *c == '*')
}

/// Row by row: `reach[j]` says that the first `i` of `a` and the first `j` of `b` can stand for the same text.
fn both_wild(a: &[char], b: &[char]) -> bool {
    if a.len().saturating_mul(b.len()) > OVERLAP_STEPS_MAX {
        return true;
    }
    let star = |c: Option<&char>| c == Some(&'*');
    let mut above: Vec<bool> = vec![true];
    for j in 0..b.len() {
        above.push(above.last() == Some(&true) && star(b.get(j)));
    }
    for i in 0..a.len() {
        let here = a.get(i);
        let mut row = vec![above.first() == Some(&true) && star(here)];
        for j in 0..b.len() {
            let there = b.get(j);
            let (up, left, diagonal) = (above.get(j + 1), row.get(j), above.get(j));
            let same = match (here, there) {
                (Some('*'), _) | (_, Some('*')) => false,
                (Some(x), Some(y)) => x == y || *x == '?' || *y == '?',
                _ => false,
            };
            // A star takes nothing (up or left), or one more character of the other pattern.
            let reached = (same && diagonal == Some(&true))
                || (star(here) && (up == Some(&true) || left == Some(&true)))
                || (star(there) && (up == Some(&true) || left == Some(&true)));
            row.push(reached);
        }
        above = row;
    }
    above.last() == Some(&true)
}
