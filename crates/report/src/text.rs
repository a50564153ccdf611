//! Texts from outside, made fit for where they go.

use std::borrow::Cow;

/// A time as RFC 3339 with milliseconds, in UTC.
pub(crate) const RFC_3339: &str = "%Y-%m-%dT%H:%M:%S%.3fZ";

/// A letter that is obeyed rather than shown: a control character, or a mark that turns the direction of writing.
pub fn obeyed(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// For a terminal: control characters and marks that turn the direction of writing are shown, not obeyed.
pub fn harmless(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '\n' | '\t' | '\r' | '\u{2028}' | '\u{2029}' => ' ',
            letter if obeyed(letter) => char::REPLACEMENT_CHARACTER,
            letter => letter,
        })
        .collect()
}

/// At most so many letters, the last an ellipsis where something was cut.
pub fn shortened(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    text.chars().take(chars_max.saturating_sub(1)).chain(['…']).collect()
}

/// `1 bucket`, `2 buckets`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Lines of at most so many columns, broken between words.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// Cut to at most so many bytes, the last letter an ellipsis where something was cut.
pub fn fitted(text: &str, bytes_max: usize) -> Cow<'_, str> {
    if text.len() <= bytes_max {
        return Cow::Borrowed(text);
    }
    let room = bytes_max.saturating_sub('…'.len_utf8());
    let end = (0..=room).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default()))
}
