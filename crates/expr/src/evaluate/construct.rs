//! Lists and maps that an expression makes.

use super::{Frame, Outcome, compare::Sameness};
use crate::{
    node::Node,
    value::{List, Val},
};

impl<'a> Frame<'a> {
    #[inline(never)]
    pub(super) fn list(&mut self, items: &'a [(Node, bool)], at: u32) -> Outcome<'a> {
        let made = self.arena.filled(items.len(), Val::Absent);
        let mut length = 0;
        let mut missing = None;
        let mut failed = None;
        let mut unknown = None;
        for (node, optional) in items {
            let value = match self.eval(node) {
                Ok(Val::Unknown(lack)) if *optional => {
                    missing = self.unite(missing, Some(lack));
                    continue;
                }
                Ok(Val::Optional(None)) if *optional => continue,
                Ok(Val::Optional(Some(value))) if *optional => *value,
                Ok(other) if *optional => {
                    failed = failed
                        .or(Some(self.error_at(at, format_args!("'?' wants an optional, not {}", other.type_name()))));
                    continue;
                }
                Ok(value) => value,
                Err(error) => {
                    failed = failed.or(Some(error));
                    continue;
                }
            };
            if let Val::Unknown(lack) = value {
                unknown = self.unite(unknown, Some(lack));
            }
            if let Some(place) = made.get_mut(length) {
                *place = value;
            }
            length += 1;
        }
        if let Some(error) = failed {
            return self.unite(unknown, missing).map_or(Err(error), |lack| Ok(Val::Unknown(lack)));
        }
        let made: &'a [Val<'a>] = made;
        Ok(Val::List(self.arena.put(List { items: made.get(..length).unwrap_or(made), missing })))
    }

    #[inline(never)]
    pub(super) fn map(&mut self, entries: &'a [(Node, Node, bool)], at: u32) -> Outcome<'a> {
        let mut made: Vec<(Val<'a>, Val<'a>)> = Vec::with_capacity(entries.len());
        let mut missing = None;
        let mut failed = None;
        for (key, value, optional) in entries {
            let key = self.eval(key);
            let value = match self.eval(value) {
                Ok(Val::Optional(Some(value))) if *optional => Ok(*value),
                Ok(Val::Optional(None)) if *optional => continue,
                Ok(Val::Unknown(lack)) if *optional => {
                    missing = self.unite(missing, Some(lack));
                    continue;
                }
                Ok(other) if *optional => {
                    Err(self.error_at(at, format_args!("'?' wants an optional, not {}", other.type_name())))
                }
                value => value,
            };
            match (key, value) {
                (Ok(Val::Unknown(lack)), _) => missing = self.unite(missing, Some(lack)),
                (Err(error), _) | (_, Err(error)) => failed = failed.or(Some(error)),
                (Ok(key), Ok(value)) => {
                    if !matches!(key, Val::Bool(_) | Val::Int(_) | Val::Uint(_) | Val::String(_)) {
                        failed =
                            failed.or(Some(self.error_at(at, format_args!("{} as the key of a map", key.type_name()))));
                    } else if made.iter().any(|(known, _)| matches!(self.same(*known, key), Sameness::Same)) {
                        failed = failed.or(Some(self.error_at(at, format_args!("a map with a key twice"))));
                    }
                    made.push((key, value));
                }
            }
        }
        match (missing, failed) {
            (Some(lack), _) => Ok(Val::Unknown(lack)),
            (None, Some(error)) => Err(error),
            (None, None) => Ok(Val::Map(self.arena.slice(&made))),
        }
    }
}
