//! Members and indexes: lenient on what comes out of a document, strict on what an expression made.

use super::{Error, Frame, Outcome};
use crate::{node::Node, scope::Entity, value::Val};
use model::{Missing, Value};

/// What looking a member up comes to.
enum Found<'a> {
    Value(Val<'a>),
    /// A document lacks it.
    Lacking,
    /// A map or list that an expression made does not have it.
    NoSuchKey,
    Unknown(&'a Missing),
    /// The value has no members.
    NotAllowed,
    /// The value is an optional without a value.
    Nothing,
    /// The value is an optional: so is what is found in it.
    Within(&'a Val<'a>),
}

impl<'a> Frame<'a> {
    /// A member of a document, by names alone, without making a value of anything on the way.
    #[inline]
    pub(super) fn direct(&self, node: &'a Node) -> Option<&'a Value> {
        let Node::Path { base, steps, .. } = node else { return None };
        let root = match &**base {
            Node::Local(local) => self.locals.get(usize::from(*local))?.as_ref().ok()?,
            Node::Slot(slot) => self.scope.values.get(usize::from(*slot))?,
            _ => return None,
        };
        let mut steps = steps.iter();
        let root = match root {
            Val::DocMap(document) => *document,
            Val::Entity(entity) if steps.next().is_some_and(|step| **step == *"doc") => entity.doc,
            _ => return None,
        };
        Some(steps.fold(root, |document, step| document.member(step)))
    }

    #[inline(never)]
    pub(super) fn path(&mut self, base: &'a Node, steps: &'a [Box<str>], at: u32) -> Outcome<'a> {
        let mut value = match base {
            Node::Local(local) => self.local(*local)?,
            base => self.eval(base)?,
        };
        let mut rest = steps.iter();
        while let Some(step) = rest.next() {
            match value {
                Val::DocMap(document) => {
                    let mut document = document.member(step);
                    for step in rest.by_ref() {
                        document = document.member(step);
                    }
                    return Ok(Val::from(document));
                }
                Val::Absent => return Ok(Val::Absent),
                other => value = self.member(other, step, at)?,
            }
        }
        Ok(value)
    }

    fn member(&mut self, value: Val<'a>, step: &'a str, at: u32) -> Outcome<'a> {
        match self.find(value, Val::String(step), true) {
            Found::Value(value) => Ok(value),
            Found::Lacking => Ok(Val::Absent),
            Found::Unknown(lack) => Ok(Val::Unknown(lack)),
            Found::Nothing => Ok(Val::Optional(None)),
            Found::Within(inner) => self.within(*inner, Val::String(step), true, at),
            Found::NoSuchKey => Err(self.error_at(at, format_args!("no such key: {step}"))),
            Found::NotAllowed => Err(self.error_at(at, format_args!("{} has no member '{step}'", value.type_name()))),
        }
    }

    /// What is found inside an optional, as an optional.
    fn within(&mut self, value: Val<'a>, key: Val<'a>, by_name: bool, at: u32) -> Outcome<'a> {
        match self.find(value, key, by_name) {
            Found::Value(Val::Absent) | Found::Lacking | Found::NoSuchKey | Found::Nothing => Ok(Val::Optional(None)),
            Found::Value(found) => Ok(Val::Optional(Some(self.arena.put(found)))),
            Found::Unknown(lack) => Ok(Val::Unknown(lack)),
            Found::Within(inner) => self.within(*inner, key, by_name, at),
            Found::NotAllowed => Err(self.no_key(value, key, at)),
        }
    }

    fn no_key(&self, value: Val<'a>, key: Val<'a>, at: u32) -> Error<'a> {
        self.error_at(at, format_args!("{} can't be indexed by {}", value.type_name(), key.type_name()))
    }

    /// A member by name (`a.b`) or by key (`a[b]`).
    fn find(&mut self, value: Val<'a>, key: Val<'a>, by_name: bool) -> Found<'a> {
        match (value, key) {
            (Val::Unknown(lack), _) | (_, Val::Unknown(lack)) => Found::Unknown(lack),
            (Val::Absent, _) => Found::Lacking,
            (Val::Optional(None), _) => Found::Nothing,
            (Val::Optional(Some(inner)), _) => Found::Within(inner),
            (Val::DocMap(document), Val::String(key)) => match document.member(key) {
                Value::Null => Found::Lacking,
                found => match Val::from(found) {
                    Val::Unknown(lack) => Found::Unknown(lack),
                    found => Found::Value(found),
                },
            },
            (Val::Map(_), _) => self.entry(value, key).map_or(Found::NoSuchKey, known),
            (Val::Entity(entity), Val::String(key)) => entity_member(entity, key).map_or(Found::NoSuchKey, known),
            (Val::DocList(_), Val::String(_)) => Found::Lacking,
            (Val::String(_) | Val::Bool(_) | Val::Int(_) | Val::Double(_), _) if by_name => Found::Lacking,
            (Val::DocList(_) | Val::List(_) | Val::Entities(_), _) => self.element(value, key),
            _ => Found::NotAllowed,
        }
    }

    fn element(&mut self, value: Val<'a>, key: Val<'a>) -> Found<'a> {
        let Some(index) = whole(key) else { return Found::NotAllowed };
        let Some((items, missing)) = value.elements() else { return Found::NotAllowed };
        if let Some(lack) = missing {
            return Found::Unknown(lack);
        }
        match usize::try_from(index).ok().and_then(|index| items.get(index)) {
            Some(found) => known(found),
            None if matches!(value, Val::DocList(_)) => Found::Lacking,
            None => Found::NoSuchKey,
        }
    }

    #[inline(never)]
    pub(super) fn indexed(&mut self, pair: &'a (Node, Node), at: u32) -> Outcome<'a> {
        let (value, key) = match self.both(pair)? {
            Ok(pair) => pair,
            Err(lack) => return Ok(Val::Unknown(lack)),
        };
        match self.find(value, key, false) {
            Found::Value(value) => Ok(value),
            Found::Lacking => Ok(Val::Absent),
            Found::Unknown(lack) => Ok(Val::Unknown(lack)),
            Found::Nothing => Ok(Val::Optional(None)),
            Found::Within(inner) => self.within(*inner, key, false, at),
            Found::NoSuchKey => {
                let key = key.to_text().unwrap_or_default();
                let what =
                    if matches!(value, Val::Map(_) | Val::Entity(_)) { "no such key" } else { "index out of bounds" };
                Err(self.error_at(at, format_args!("{what}: {key}")))
            }
            Found::NotAllowed => Err(self.no_key(value, key, at)),
        }
    }

    #[inline(never)]
    pub(super) fn optional_member(&mut self, base: &'a Node, step: &'a str, at: u32) -> Outcome<'a> {
        let value = self.eval(base)?;
        self.within(value, Val::String(step), true, at)
    }

    #[inline(never)]
    pub(super) fn optional_indexed(&mut self, pair: &'a (Node, Node), at: u32) -> Outcome<'a> {
        match self.both(pair)? {
            Ok((value, key)) => self.within(value, key, false, at),
            Err(lack) => Ok(Val::Unknown(lack)),
        }
    }

    #[inline(never)]
    pub(super) fn has(&mut self, base: &'a Node, step: &'a str, at: u32) -> Outcome<'a> {
        let value = self.eval(base)?;
        match self.find(value, Val::String(step), true) {
            Found::Value(Val::Absent) | Found::Lacking | Found::NoSuchKey | Found::Nothing => Ok(Val::Bool(false)),
            Found::Value(_) => Ok(Val::Bool(true)),
            Found::Unknown(lack) => match value {
                // A map that the expression made has the key; only its value is not known.
                Val::Map(_) => Ok(Val::Bool(true)),
                _ => Ok(Val::Unknown(lack)),
            },
            Found::Within(inner) => match self.within(*inner, Val::String(step), true, at)? {
                Val::Optional(found) => Ok(Val::Bool(found.is_some())),
                other => Ok(other),
            },
            Found::NotAllowed => Err(self.error_at(at, format_args!("{} has no members", value.type_name()))),
        }
    }
}

fn known(value: Val<'_>) -> Found<'_> {
    match value {
        Val::Unknown(lack) => Found::Unknown(lack),
        value => Found::Value(value),
    }
}

pub(super) fn entity_member<'a>(entity: &'a Entity<'a>, name: &str) -> Option<Val<'a>> {
    Some(match name {
        "id" => Val::String(entity.id),
        "name" => Val::String(entity.name),
        "type" => Val::String(entity.type_name),
        "region" => Val::String(entity.region),
        "account" => Val::String(entity.account),
        "partition" => Val::String(entity.partition),
        "tags" => Val::from(entity.tags),
        "doc" => Val::from(entity.doc),
        _ => return None,
    })
}

/// A whole number of any type, as an index.
pub(crate) fn whole(value: Val<'_>) -> Option<i64> {
    match value {
        Val::Int(number) => Some(number),
        Val::Uint(number) => i64::try_from(number).ok(),
        #[expect(clippy::cast_possible_truncation, reason = "the number is whole and small enough to be exact")]
        Val::Double(number) if number.trunc() == number && number.abs() < 9e15 => Some(number as i64),
        _ => None,
    }
}
