//! Functions, patterns, questions to the world, and constant sets.

use super::{Frame, Outcome, compare};
use crate::{
    functions::{Function, Unknowns},
    node::{Node, Question, Set},
    scope::{Entities, Entity, Listing},
    value::{Group, Val},
};
use regex::Regex;

impl<'a> Frame<'a> {
    #[inline(never)]
    pub(super) fn call(&mut self, function: &'static Function, arguments: &'a [Node], at: u32) -> Outcome<'a> {
        self.step()?;
        let mut few = [Val::Absent; 4];
        let values: &mut [Val<'a>] = match few.get_mut(..arguments.len()) {
            Some(few) => few,
            None => self.arena.filled(arguments.len(), Val::Absent),
        };
        let mut missing = None;
        let mut failed = None;
        for (place, argument) in values.iter_mut().zip(arguments) {
            match self.eval(argument) {
                Ok(value) => {
                    let lack = match (function.unknowns, value) {
                        (Unknowns::Infect, value) => value.lack(),
                        (Unknowns::Parts, Val::Unknown(lack)) => Some(lack),
                        _ => None,
                    };
                    missing = self.unite(missing, lack);
                    *place = value;
                }
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        if let Some(lack) = missing {
            return Ok(Val::Unknown(lack));
        }
        if let Some(error) = failed {
            return Err(error);
        }
        self.at = at;
        (function.run)(self, values)
    }

    #[inline(never)]
    pub(super) fn matches(&mut self, of: &'a Node, pattern: &'a Regex, at: u32) -> Outcome<'a> {
        self.step()?;
        match self.eval(of)? {
            Val::String(text) => Ok(Val::Bool(pattern.is_match(text))),
            Val::Unknown(lack) => Ok(Val::Unknown(lack)),
            other => Err(self.error_at(at, format_args!("matches wants a string, not {}", other.type_name()))),
        }
    }

    /// `matches` with a pattern that is known only now; the last one is kept.
    pub(crate) fn matches_pattern(&mut self, text: &str, pattern: &'a str) -> Outcome<'a> {
        if let Some((last, compiled)) = &self.pattern
            && *last == pattern
        {
            return Ok(Val::Bool(compiled.is_match(text)));
        }
        match crate::compile::pattern(pattern) {
            Ok(compiled) => {
                let found = compiled.is_match(text);
                self.pattern = Some((pattern, compiled));
                Ok(Val::Bool(found))
            }
            Err(error) => {
                Err(self.error(format_args!("not a regular expression: {}", crate::compile::last_line(&error))))
            }
        }
    }

    #[inline(never)]
    pub(super) fn world(&mut self, question: Question, kind: &str, type_name: Option<&str>, at: u32) -> Outcome<'a> {
        self.step()?;
        let Some(world) = self.scope.world else {
            return Err(self.error_at(at, format_args!("other resources can't be seen here")));
        };
        let Listing { entities, missing } = match question {
            Question::All => world.all(kind),
            Question::Related => world.related(kind, type_name),
            Question::Referrers => world.referrers(kind, type_name),
        };
        let missing = missing.map(|missing| match missing {
            std::borrow::Cow::Borrowed(missing) => missing,
            std::borrow::Cow::Owned(missing) => self.arena.missing(missing),
        });
        let (run, some): (&'a [Entity<'a>], &'a [&'a Entity<'a>]) = match entities {
            Entities::All(run) => (run, &[]),
            Entities::Some(some) => (&[], self.arena.slice(&some)),
        };
        Ok(Val::Entities(self.arena.put(Group { run, some, missing })))
    }

    #[inline(never)]
    pub(super) fn contained_in_set(&mut self, of: &'a Node, set: &Set) -> Outcome<'a> {
        Ok(Val::Bool(match self.eval(of)? {
            Val::Unknown(lack) => return Ok(Val::Unknown(lack)),
            Val::String(text) => set.strings.contains(text),
            Val::Int(number) => {
                set.integers.binary_search(&number).is_ok()
                    || set.doubles.iter().any(|double| {
                        compare::numbers(Val::Int(number), Val::Double(*double)).is_some_and(|o| o.is_eq())
                    })
            }
            Val::Bool(flag) => set.bools.get(usize::from(flag)).copied().unwrap_or(false),
            Val::Absent | Val::Null => set.null,
            number @ (Val::Uint(_) | Val::Double(_)) => {
                let equals = |other| compare::numbers(number, other).is_some_and(|order| order.is_eq());
                set.integers.iter().any(|integer| equals(Val::Int(*integer)))
                    || set.doubles.iter().any(|double| equals(Val::Double(*double)))
            }
            Val::List(_) | Val::DocList(_) | Val::Map(_) | Val::DocMap(_) | Val::Entities(_) | Val::Entity(_) => false,
            _ => false,
        }))
    }
}
