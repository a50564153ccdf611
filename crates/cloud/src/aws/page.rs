//! Pages: where the next one begins, and how they become one answer.

use super::error::{CallErrorKind, Failure};
use apimodel::aws::Paginator;
use model::Value;

/// The pages so far, as one answer.
#[derive(Debug)]
pub(crate) struct Pages<'a> {
    paginator: &'a Paginator,
    merged: Option<Value>,
    last_tokens: Vec<Value>,
}

impl<'a> Pages<'a> {
    pub(crate) fn new(paginator: &'a Paginator) -> Self {
        Self { paginator, merged: None, last_tokens: Vec::new() }
    }

    /// Take a page in. The tokens of the next one, set in `input`, where there is one.
    pub(crate) fn add(&mut self, page: Value, input: &mut Value) -> Result<bool, Failure> {
        let tokens = self.next_tokens(&page);
        match &mut self.merged {
            None => self.merged = Some(page),
            Some(merged) => {
                for key in &self.paginator.result_keys {
                    append(merged, key, &page);
                }
            }
        }
        let Some(tokens) = tokens else { return Ok(false) };
        if tokens == self.last_tokens {
            return Err(Failure::new(CallErrorKind::Failed, "RepeatedToken", "the next page is the page before"));
        }
        for (name, token) in self.paginator.input_tokens.iter().zip(&tokens) {
            input.set(name, token.clone());
        }
        self.last_tokens = tokens;
        Ok(true)
    }

    /// All pages: lists joined, other members from the first page, nothing left of the paging itself.
    pub(crate) fn finish(self) -> Value {
        let mut merged = self.merged.unwrap_or_default();
        for token in self.paginator.output_tokens.iter().flat_map(|token| token.split(" || ")) {
            if !token.contains('[') && !merged.at(token).is_null() {
                merged.set(token, Value::Null);
            }
        }
        let more = &self.paginator.more_results;
        if !more.is_empty() && !merged.at(more).is_null() {
            merged.set(more, Value::Null);
        }
        merged
    }

    /// `None` where this page is the last.
    fn next_tokens(&self, page: &Value) -> Option<Vec<Value>> {
        let more = &self.paginator.more_results;
        if !more.is_empty() && page.at(more).as_bool() != Some(true) {
            return None;
        }
        let tokens: Vec<Value> = self.paginator.output_tokens.iter().map(|token| find(page, token)).collect();
        let is_empty = |token: &Value| {
            token.is_null() || token.as_str() == Some("") || token.items().is_empty() && matches!(token, Value::List(_))
        };
        if tokens.iter().all(is_empty) { None } else { Some(tokens) }
    }
}

/// `NextMarker || Contents[-1].Key`.
fn find(page: &Value, expression: &str) -> Value {
    let mut found = expression.split("||").map(|path| {
        path.trim().split('.').fold(page, |value, segment| match segment.strip_suffix("[-1]") {
            Some(name) => value.member(name).items().last().unwrap_or(&Value::Null),
            None => value.member(segment),
        })
    });
    found.find(|value| !value.is_null() && value.as_str() != Some("")).cloned().unwrap_or_default()
}

/// Join a page's list, map or sum to what is there.
fn append(merged: &mut Value, key: &str, page: &Value) {
    let addition = page.at(key);
    if addition.is_null() {
        return;
    }
    let slot = key.split('.').try_fold(merged, |value, segment| {
        if !matches!(value, Value::Map(_)) {
            *value = Value::Map(model::Map::default());
        }
        if let Value::Map(map) = value { Some(map.entry(segment)) } else { None }
    });
    let Some(slot) = slot else { return };
    match (slot, addition) {
        (Value::List(items), Value::List(more)) => items.extend(more.iter().cloned()),
        (Value::Map(entries), Value::Map(more)) => {
            for (key, value) in more.entries() {
                match (entries.entry(key), value) {
                    (Value::List(items), Value::List(more)) => items.extend(more.iter().cloned()),
                    (slot, value) => *slot = value.clone(),
                }
            }
        }
        (Value::Int(sum), Value::Int(more)) => *sum = sum.saturating_add(*more),
        (slot @ Value::Null, addition) => *slot = addition.clone(),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
