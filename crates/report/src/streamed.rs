//! A JSON list that is written while it is made.

use serde::{Serialize, Serializer};
use std::cell::Cell;

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
