//! JSON as reports write it: lists while they are made, and nothing in it that a terminal would obey.

use crate::text::obeyed;
use serde::{Serialize, Serializer};
use serde_json::ser::Formatter;
use std::{cell::Cell, io};

/// A list that can be written once.
pub(crate) struct Streamed<I>(Cell<Option<I>>);

impl<I> Streamed<I> {
    /// Of what an iterator will give.
    pub(crate) fn of(items: I) -> Self {
        Self(Cell::new(Some(items)))
    }
}

impl<I: Iterator<Item: Serialize>> Serialize for Streamed<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let items = self.0.take().ok_or_else(|| serde::ser::Error::custom("a streamed list can be written once"))?;
        serializer.collect_seq(items)
    }
}

/// Write a value. JSON itself escapes the control characters of ASCII only; the others, and marks of direction, are escaped
/// here, so that a reader gets back what was there and a terminal that shows the text does nothing.
pub(crate) fn write_json<T: Serialize>(value: &T, out: &mut dyn io::Write) -> io::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(out, Shown)).map_err(io::Error::from)
}

struct Shown;

impl Formatter for Shown {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        write_fragment(fragment, obeyed, out, |letter, out| write!(out, "\\u{:04x}", u32::from(letter)))
    }
}

/// Write a part of a string, the special letters in another way.
pub(crate) fn write_fragment<W: ?Sized + io::Write>(
    fragment: &str,
    special: impl Fn(char) -> bool,
    out: &mut W,
    write: impl Fn(char, &mut W) -> io::Result<()>,
) -> io::Result<()> {
    // All special letters but these two are past U+007E.
    let suspicious = |byte: u8| byte >= 0x7f || byte == b'<' || byte == b'>';
    if !fragment.bytes().any(suspicious) {
        return out.write_all(fragment.as_bytes());
    }
    let mut rest = fragment;
    while let Some(at) = rest.find(&special) {
        let (plain, tail) = rest.split_at(at);
        out.write_all(plain.as_bytes())?;
        let letter = tail.chars().next().unwrap_or_default();
        write(letter, out)?;
        rest = tail.get(letter.len_utf8()..).unwrap_or_default();
    }
    out.write_all(rest.as_bytes())
}
