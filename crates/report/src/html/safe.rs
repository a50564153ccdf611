//! Outside text, made fit for a page: nothing in it can end an element, start one, or turn the direction of what is around it.

use crate::{
    text::{obeyed, shortened},
    written::write_fragment,
};
use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, Serializer};
use std::{fmt, io};

/// Text within an element or a quoted attribute.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' | '\t' | '\r' | '\u{2028}' | '\u{2029}' => f.write_str(" ")?,
                letter if obeyed(letter) => f.write_str("\u{fffd}")?,
                letter => fmt::Write::write_char(f, letter)?,
            }
        }
        Ok(())
    }
}

/// Escaped, and not longer than this.
pub(super) fn escaped(text: &str, chars_max: usize) -> String {
    Escaped(&shortened(text, chars_max)).to_string()
}

/// JSON that may stand in a `script` element: no `<`, no `>`, no line separators, no marks that a reader would obey.
pub(super) struct InScript;

impl InScript {
    /// Write a value.
    pub(super) fn write<T: Serialize>(value: &T, out: &mut dyn io::Write) -> io::Result<()> {
        value.serialize(&mut Serializer::with_formatter(out, Self)).map_err(io::Error::from)
    }
}

impl Formatter for InScript {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let special = |letter: char| matches!(letter, '<' | '>' | '\u{2028}' | '\u{2029}') || obeyed(letter);
        write_fragment(fragment, special, out, |letter, out| match letter {
            '<' | '>' | '\u{2028}' | '\u{2029}' => write!(out, "\\u{:04x}", u32::from(letter)),
            _ => out.write_all(b"\\ufffd"),
        })
    }

    fn write_char_escape<W: ?Sized + io::Write>(&mut self, out: &mut W, escape: CharEscape) -> io::Result<()> {
        out.write_all(match escape {
            CharEscape::Quote => b"\\\"",
            CharEscape::ReverseSolidus => b"\\\\",
            CharEscape::Solidus => b"\\/",
            CharEscape::LineFeed => b"\\n",
            CharEscape::CarriageReturn => b"\\r",
            CharEscape::Tab => b"\\t",
            CharEscape::Backspace | CharEscape::FormFeed | CharEscape::AsciiControl(_) => b"\\ufffd",
        })
    }
}
