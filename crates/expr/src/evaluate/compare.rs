//! Equality across types and with unknown parts, and the order of what has one.

use super::{Frame, Outcome};
use crate::{
    node::{Node, Order},
    value::{Items, Val},
};
use model::{Missing, Value};
use std::cmp::Ordering;

/// Whether two values are equal, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sameness<'a> {
    Same,
    Different,
    Unknown(&'a Missing),
}

impl From<bool> for Sameness<'_> {
    fn from(same: bool) -> Self {
        if same { Self::Same } else { Self::Different }
    }
}

impl<'a> Frame<'a> {
    #[inline(never)]
    pub(super) fn equality(&mut self, pair: &'a (Node, Node), negated: bool) -> Outcome<'a> {
        if let Some(same) = self.direct(&pair.0).and_then(|value| self.same_as_written(value, &pair.1)) {
            return Ok(Val::Bool(same != negated));
        }
        let left = self.eval(&pair.0);
        let right = self.eval(&pair.1);
        let (left, right) = match (left, right) {
            (Ok(left), Ok(right)) => (left, right),
            (Ok(Val::Unknown(lack)), _) | (_, Ok(Val::Unknown(lack))) => return Ok(Val::Unknown(lack)),
            (Err(error), _) | (_, Err(error)) => return Err(error),
        };
        Ok(match self.same(left, right) {
            Sameness::Same => Val::Bool(!negated),
            Sameness::Different => Val::Bool(negated),
            Sameness::Unknown(lack) => Val::Unknown(lack),
        })
    }

    /// Whether a document's value equals a scalar that is written in the expression or stands in a document too: the
    /// usual comparison, without making values of either.
    #[inline]
    fn same_as_written(&self, value: &'a Value, other: &'a Node) -> Option<bool> {
        match (value, other) {
            (Value::String(text), Node::String(other)) => Some(text == other),
            (Value::Bool(flag), Node::Bool(other)) => Some(flag == other),
            (Value::Int(number), Node::Int(other)) => Some(number == other),
            (Value::Null, Node::Null) => Some(true),
            (Value::Null, Node::String(_) | Node::Bool(_) | Node::Int(_)) => Some(false),
            (Value::String(_) | Value::List(_) | Value::Map(_), Node::Null | Node::Bool(_) | Node::Int(_)) => {
                Some(false)
            }
            (Value::Bool(_) | Value::Int(_), Node::Null | Node::String(_)) => Some(false),
            (value, other) => match (value, self.direct(other)?) {
                (Value::String(text), Value::String(other)) => Some(text == other),
                (Value::Int(number), Value::Int(other)) => Some(number == other),
                (Value::Bool(flag), Value::Bool(other)) => Some(flag == other),
                _ => None,
            },
        }
    }

    /// Whether two values are equal.
    #[inline]
    pub(crate) fn same(&self, left: Val<'a>, right: Val<'a>) -> Sameness<'a> {
        match (left, right) {
            (Val::String(left), Val::String(right)) => (left == right).into(),
            (Val::Bool(left), Val::Bool(right)) => (left == right).into(),
            (Val::Int(left), Val::Int(right)) => (left == right).into(),
            (Val::Absent | Val::Null, Val::Absent | Val::Null) => Sameness::Same,
            _ => self.same_kinds(left, right),
        }
    }

    #[inline(never)]
    fn same_kinds(&self, left: Val<'a>, right: Val<'a>) -> Sameness<'a> {
        match (left, right) {
            (Val::Unknown(one), Val::Unknown(other)) => {
                self.unite(Some(one), Some(other)).map_or(Sameness::Same, Sameness::Unknown)
            }
            (Val::Unknown(lack), _) | (_, Val::Unknown(lack)) => Sameness::Unknown(lack),
            (Val::Bytes(left), Val::Bytes(right)) => (left == right).into(),
            (Val::Timestamp(left), Val::Timestamp(right)) => (left == right).into(),
            (Val::Duration(left), Val::Duration(right)) => (left == right).into(),
            (Val::Type(left), Val::Type(right)) => (left == right).into(),
            (Val::Entity(left), Val::Entity(right)) => {
                (left.id == right.id && left.type_name == right.type_name).into()
            }
            (Val::Optional(None), Val::Optional(None)) => Sameness::Same,
            (Val::Optional(Some(left)), Val::Optional(Some(right))) => self.same(*left, *right),
            (Val::DocMap(_) | Val::Map(_), Val::DocMap(_) | Val::Map(_)) => self.same_maps(left, right),
            _ => match (number(left), number(right)) {
                (true, true) => numbers(left, right).is_some_and(Ordering::is_eq).into(),
                (false, false) => match (listed(left), listed(right)) {
                    (Some(left), Some(right)) => self.same_lists(left, right),
                    _ => Sameness::Different,
                },
                _ => Sameness::Different,
            },
        }
    }

    fn same_lists(
        &self,
        (left, left_missing): (Items<'a>, Option<&'a Missing>),
        (right, right_missing): (Items<'a>, Option<&'a Missing>),
    ) -> Sameness<'a> {
        let (left_at_least, right_at_least) = (left.len(), right.len());
        if let Some(lack) = self.unite(left_missing, right_missing) {
            let surely_longer = (left_missing.is_none() && right_at_least > left_at_least)
                || (right_missing.is_none() && left_at_least > right_at_least);
            return if surely_longer { Sameness::Different } else { Sameness::Unknown(lack) };
        }
        if left_at_least != right_at_least {
            return Sameness::Different;
        }
        let mut unknown = None;
        for (left, right) in left.iter().zip(right.iter()) {
            match self.same(left, right) {
                Sameness::Same => {}
                Sameness::Different => return Sameness::Different,
                Sameness::Unknown(lack) => unknown = self.unite(unknown, Some(lack)),
            }
        }
        unknown.map_or(Sameness::Same, Sameness::Unknown)
    }

    /// A document's map lacks what it holds as null.
    fn same_maps(&self, left: Val<'a>, right: Val<'a>) -> Sameness<'a> {
        if let (Val::Map(left), Val::Map(right)) = (left, right)
            && left.len() != right.len()
        {
            return Sameness::Different;
        }
        let mut unknown = None;
        for (one, other) in [(left, right), (right, left)] {
            for (key, value) in Entries::of(one) {
                let found = self.entry(other, key);
                let sameness = match found {
                    Some(found) => self.same(value, found),
                    None if matches!(other, Val::DocMap(_)) => self.same(value, Val::Absent),
                    None if matches!((one, value), (Val::DocMap(_), Val::Absent)) => Sameness::Same,
                    None => Sameness::Different,
                };
                match sameness {
                    Sameness::Same => {}
                    Sameness::Different => return Sameness::Different,
                    Sameness::Unknown(lack) => unknown = self.unite(unknown, Some(lack)),
                }
            }
        }
        unknown.map_or(Sameness::Same, Sameness::Unknown)
    }

    /// A map's value of a key.
    pub(crate) fn entry(&self, map: Val<'a>, key: Val<'a>) -> Option<Val<'a>> {
        match (map, key) {
            (Val::DocMap(value), Val::String(key)) => value.as_map().and_then(|map| map.get(key)).map(Val::from),
            (Val::Map(entries), key) => entries
                .iter()
                .find(|(known, _)| matches!(self.same(*known, key), Sameness::Same))
                .map(|(_, value)| *value),
            _ => None,
        }
    }

    #[inline(never)]
    pub(super) fn comparison(&mut self, pair: &'a (Node, Node), order: Order, at: u32) -> Outcome<'a> {
        if let (Some(Value::Int(left)), Node::Int(right)) = (self.direct(&pair.0), &pair.1) {
            return Ok(Val::Bool(ordered(left.cmp(right), order)));
        }
        let (left, right) = match self.both(pair)? {
            Ok(pair) => pair,
            Err(lack) => return Ok(Val::Unknown(lack)),
        };
        let found = match (left, right) {
            (Val::Int(left), Val::Int(right)) => Some(left.cmp(&right)),
            (Val::String(left), Val::String(right)) => Some(left.cmp(right)),
            (Val::Bool(left), Val::Bool(right)) => Some(left.cmp(&right)),
            (Val::Bytes(left), Val::Bytes(right)) => Some(left.cmp(right)),
            (Val::Timestamp(left), Val::Timestamp(right)) => Some(left.cmp(&right)),
            (Val::Duration(left), Val::Duration(right)) => Some(left.cmp(&right)),
            _ if number(left) && number(right) => numbers(left, right),
            _ => {
                return Err(self
                    .error_at(at, format_args!("{} can't be compared with {}", left.type_name(), right.type_name())));
            }
        };
        let Some(found) = found else { return Err(self.error_at(at, format_args!("NaN has no order"))) };
        Ok(Val::Bool(ordered(found, order)))
    }

    #[inline(never)]
    pub(super) fn contained(&mut self, pair: &'a (Node, Node), at: u32) -> Outcome<'a> {
        let (of, list) = match self.both(pair)? {
            Ok(pair) => pair,
            Err(lack) => return Ok(Val::Unknown(lack)),
        };
        let (items, missing) = match list {
            Val::Map(_) | Val::DocMap(_) => {
                let found =
                    self.entry(list, of).is_some_and(|value| !matches!((list, value), (Val::DocMap(_), Val::Absent)));
                return Ok(Val::Bool(found));
            }
            list => match list.elements() {
                Some(elements) => elements,
                None => {
                    return Err(self.error_at(at, format_args!("'in' wants a list or a map, not {}", list.type_name())));
                }
            },
        };
        let mut unknown = missing;
        for item in items.iter() {
            match self.same(of, item) {
                Sameness::Same => return Ok(Val::Bool(true)),
                Sameness::Different => {}
                Sameness::Unknown(lack) => unknown = self.unite(unknown, Some(lack)),
            }
        }
        Ok(unknown.map_or(Val::Bool(false), Val::Unknown))
    }

    /// Both values of a pair; or what is missing where one is unknown, even where the other is an error.
    pub(super) fn both(
        &mut self,
        pair: &'a (Node, Node),
    ) -> Result<Result<(Val<'a>, Val<'a>), &'a Missing>, super::Error<'a>> {
        let left = self.eval(&pair.0);
        let right = self.eval(&pair.1);
        match (left, right) {
            (Ok(Val::Unknown(one)), Ok(Val::Unknown(other))) => {
                Ok(Err(self.unite(Some(one), Some(other)).unwrap_or(one)))
            }
            (Ok(Val::Unknown(lack)), _) | (_, Ok(Val::Unknown(lack))) => Ok(Err(lack)),
            (Err(error), _) | (_, Err(error)) => Err(error),
            (Ok(left), Ok(right)) => Ok(Ok((left, right))),
        }
    }
}

fn ordered(found: Ordering, order: Order) -> bool {
    match order {
        Order::Less => found.is_lt(),
        Order::LessOrEqual => found.is_le(),
        Order::Greater => found.is_gt(),
        Order::GreaterOrEqual => found.is_ge(),
    }
}

/// The elements of what is a list; an absent member is one only beside a list, and is then caught as null before.
fn listed(value: Val<'_>) -> Option<(Items<'_>, Option<&Missing>)> {
    if matches!(value, Val::Absent) { None } else { value.elements() }
}

fn number(value: Val<'_>) -> bool {
    matches!(value, Val::Int(_) | Val::Uint(_) | Val::Double(_))
}

/// The order of two numbers; `None` where one is not a number.
pub(crate) fn numbers(left: Val<'_>, right: Val<'_>) -> Option<Ordering> {
    match (left, right) {
        (Val::Int(left), Val::Int(right)) => Some(left.cmp(&right)),
        (Val::Uint(left), Val::Uint(right)) => Some(left.cmp(&right)),
        (Val::Double(left), Val::Double(right)) => left.partial_cmp(&right),
        (Val::Int(left), Val::Uint(right)) => Some(i128::from(left).cmp(&i128::from(right))),
        (Val::Uint(left), Val::Int(right)) => Some(i128::from(left).cmp(&i128::from(right))),
        (Val::Int(left), Val::Double(right)) => whole_with_double(i128::from(left), right),
        (Val::Uint(left), Val::Double(right)) => whole_with_double(i128::from(left), right),
        (Val::Double(left), Val::Int(right)) => whole_with_double(i128::from(right), left).map(Ordering::reverse),
        (Val::Double(left), Val::Uint(right)) => whole_with_double(i128::from(right), left).map(Ordering::reverse),
        _ => None,
    }
}

/// Compared as the numbers that they are, without rounding the whole one.
fn whole_with_double(whole: i128, double: f64) -> Option<Ordering> {
    if double.is_nan() {
        return None;
    }
    let truncated = double.trunc();
    // The cast saturates far outside of what 64 bits hold.
    #[expect(clippy::cast_possible_truncation, reason = "the double is whole, and saturation keeps the order")]
    let order = whole.cmp(&(truncated as i128));
    Some(order.then_with(|| 0.0_f64.partial_cmp(&(double - truncated)).unwrap_or(Ordering::Equal)))
}

/// The entries of any map.
enum Entries<'a> {
    Doc(std::slice::Iter<'a, (model::Key, Value)>),
    Made(std::slice::Iter<'a, (Val<'a>, Val<'a>)>),
}

impl<'a> Entries<'a> {
    fn of(map: Val<'a>) -> Self {
        match map {
            Val::DocMap(value) => Self::Doc(value.as_map().map_or(&[][..], |map| map.entries()).iter()),
            Val::Map(entries) => Self::Made(entries.iter()),
            _ => Self::Made([].iter()),
        }
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = (Val<'a>, Val<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Doc(entries) => entries.next().map(|(key, value)| (Val::String(key), Val::from(value))),
            Self::Made(entries) => entries.next().copied(),
        }
    }
}
