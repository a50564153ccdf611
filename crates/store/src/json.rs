//! Records as JSON text and back, with one bound on their depth: what can be written can be read.

use model::Value;
use serde::Deserialize;

/// Levels of nesting in a document. Providers' answers have a dozen; JSON within JSON may add as many.
pub(crate) const DEPTH_MAX: usize = 300;

/// The value nests deeper than can be stored.
pub(crate) fn is_too_deep(value: &Value) -> bool {
    deeper_than(value, DEPTH_MAX)
}

fn deeper_than(value: &Value, levels: usize) -> bool {
    match value {
        Value::List(items) => levels == 0 || items.iter().any(|item| deeper_than(item, levels - 1)),
        Value::Map(map) => levels == 0 || map.iter().any(|(_, item)| deeper_than(item, levels - 1)),
        _ => false,
    }
}

/// Read a record that the store wrote; its depth was bounded then, not by the reader's own limit.
pub(crate) fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    reader.disable_recursion_limit();
    let record = T::deserialize(&mut reader)?;
    reader.end()?;
    Ok(record)
}
