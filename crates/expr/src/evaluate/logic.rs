//! Conjunction, disjunction, negation and choice: what unknown and errors are absorbed by.

use super::{Frame, Outcome, compare::Sameness};
use crate::{node::Node, value::Val};

impl<'a> Frame<'a> {
    #[inline(never)]
    pub(super) fn not(&mut self, of: &'a Node, at: u32) -> Outcome<'a> {
        match self.eval(of)? {
            Val::Bool(flag) => Ok(Val::Bool(!flag)),
            Val::Unknown(lack) => Ok(Val::Unknown(lack)),
            other => Err(self.error_at(at, format_args!("'!' wants a bool, not {}", other.type_name()))),
        }
    }

    pub(super) fn all_of(&mut self, terms: &'a [Node], at: u32) -> Outcome<'a> {
        self.absorb(terms, false, at)
    }

    pub(super) fn any_of(&mut self, terms: &'a [Node], at: u32) -> Outcome<'a> {
        self.absorb(terms, true, at)
    }

    /// The first term that decides; else unknown, else an error, else the opposite.
    #[inline(never)]
    fn absorb(&mut self, terms: &'a [Node], deciding: bool, at: u32) -> Outcome<'a> {
        let mut missing = None;
        let mut failed = None;
        for term in terms {
            match self.eval(term) {
                Ok(Val::Bool(flag)) if flag == deciding => return Ok(Val::Bool(deciding)),
                Ok(Val::Bool(_)) => {}
                Ok(Val::Unknown(lack)) => missing = self.unite(missing, Some(lack)),
                Ok(other) if failed.is_none() => {
                    let operator = if deciding { "||" } else { "&&" };
                    failed =
                        Some(self.error_at(at, format_args!("'{operator}' wants a bool, not {}", other.type_name())));
                }
                Ok(_) => {}
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        match (missing, failed) {
            (Some(lack), _) => Ok(Val::Unknown(lack)),
            (None, Some(error)) => Err(error),
            (None, None) => Ok(Val::Bool(!deciding)),
        }
    }

    #[inline(never)]
    pub(super) fn choose(&mut self, parts: &'a (Node, Node, Node), at: u32) -> Outcome<'a> {
        match self.eval(&parts.0)? {
            Val::Bool(true) => self.eval(&parts.1),
            Val::Bool(false) => self.eval(&parts.2),
            Val::Unknown(lack) => {
                let then = self.eval(&parts.1);
                let otherwise = self.eval(&parts.2);
                match (then, otherwise) {
                    (Ok(then), Ok(otherwise))
                        if then.lack().is_none() && matches!(self.same(then, otherwise), Sameness::Same) =>
                    {
                        Ok(then)
                    }
                    _ => Ok(Val::Unknown(lack)),
                }
            }
            other => Err(self.error_at(at, format_args!("'?:' wants a bool, not {}", other.type_name()))),
        }
    }

    #[inline(never)]
    pub(super) fn or_else(&mut self, pair: &'a (Node, Node), unwrap: bool, at: u32) -> Outcome<'a> {
        match self.eval(&pair.0)? {
            Val::Optional(Some(value)) if unwrap => Ok(*value),
            present @ Val::Optional(Some(_)) => Ok(present),
            Val::Optional(None) => self.eval(&pair.1),
            Val::Unknown(lack) => Ok(Val::Unknown(lack)),
            other => Err(self.error_at(at, format_args!("{} is no optional", other.type_name()))),
        }
    }

    /// Whether there is anything in a value.
    #[inline(never)]
    pub(super) fn filled(&mut self, of: &'a Node, wanted: bool, at: u32) -> Outcome<'a> {
        let value = self.eval(of)?;
        let (any, missing) = match value {
            Val::Unknown(lack) => return Ok(Val::Unknown(lack)),
            Val::String(text) => (!text.is_empty(), None),
            Val::Bytes(bytes) => (!bytes.is_empty(), None),
            Val::DocMap(map) => (map.as_map().is_some_and(|map| !map.is_empty()), None),
            Val::Map(entries) => (!entries.is_empty(), None),
            list => match list.elements() {
                Some((items, missing)) => (items.len() > 0, missing),
                None => return Err(self.error_at(at, format_args!("{} has no size", list.type_name()))),
            },
        };
        match missing {
            Some(lack) if !any => Ok(Val::Unknown(lack)),
            _ => Ok(Val::Bool(any == wanted)),
        }
    }
}
