//! Where an evaluation puts what it makes: freed all at once, so that values can be copied freely and nothing is counted.

use crate::value::Val;
use bumpalo::Bump;
use model::{Missing, Value};
use std::{cell::OnceCell, fmt};

/// The memory of one evaluation (or of several whose results live together). Making one costs nothing until it is used.
#[derive(Default)]
pub struct Arena {
    bump: Bump,
    documents: OnceCell<typed_arena::Arena<Value>>,
    missing: OnceCell<typed_arena::Arena<Missing>>,
}

impl fmt::Debug for Arena {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arena").field("bytes", &self.bytes()).finish_non_exhaustive()
    }
}

impl Arena {
    /// An empty arena.
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes taken from the system for what does not own further memory.
    pub fn bytes(&self) -> usize {
        self.bump.allocated_bytes()
    }

    pub(crate) fn text(&self, text: &str) -> &str {
        self.bump.alloc_str(text)
    }

    pub(crate) fn put<T: Copy>(&self, item: T) -> &T {
        self.bump.alloc(item)
    }

    pub(crate) fn slice<T: Copy>(&self, items: &[T]) -> &[T] {
        self.bump.alloc_slice_copy(items)
    }

    pub(crate) fn filled<T: Copy>(&self, length: usize, item: T) -> &mut [T] {
        self.bump.alloc_slice_fill_copy(length, item)
    }

    /// Keep a document that an evaluation made.
    pub fn document(&self, value: Value) -> &Value {
        self.documents.get_or_init(|| typed_arena::Arena::with_capacity(4)).alloc(value)
    }

    pub(crate) fn missing(&self, missing: Missing) -> &Missing {
        self.missing.get_or_init(|| typed_arena::Arena::with_capacity(4)).alloc(missing)
    }

    /// An owned value as an expression's value; containers are kept in the arena.
    pub fn value(&self, value: Value) -> Val<'_> {
        match value {
            Value::Null => Val::Absent,
            Value::Bool(flag) => Val::Bool(flag),
            Value::Int(number) => Val::Int(number),
            Value::Float(number) => Val::Double(number),
            Value::String(text) => Val::String(self.text(&text)),
            other => Val::from(self.document(other)),
        }
    }
}
