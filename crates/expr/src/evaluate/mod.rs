//! Running the compiled tree. A step is a turn of a loop or a call; steps and memory are bounded.

pub(crate) mod arithmetic;
pub(crate) mod compare;
mod index;
mod logic;
mod loops;
mod member;

use crate::{
    arena::Arena,
    functions::{Function, Unknowns},
    node::{Local, Memo, Node, Question, Set},
    program::{Fault, Program},
    scope::{Entities, Entity, Listing, Scope},
    value::{Group, List, Val},
};
use compare::Sameness;
use index::Index;
use model::Missing;
use regex::Regex;
use std::fmt;

/// What one evaluation may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Turns of loops and calls of functions.
    pub steps_max: u64,
    /// Memory for what it makes.
    pub arena_bytes_max: usize,
    /// Whether joins may be answered by an index. The result is the same without.
    pub indexes: bool,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { steps_max: 10_000_000, arena_bytes_max: 256 * 1024 * 1024, indexes: true }
    }
}

/// Longest string that an evaluation may make.
pub(crate) const TEXT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Longest list that an evaluation may make.
pub(crate) const LIST_ITEMS_MAX: usize = 1_000_000;

/// What went wrong, kept in the arena: copied as freely as a value, since most errors are absorbed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Error<'a>(&'a Problem<'a>);

#[derive(Clone, Copy, Debug)]
struct Problem<'a> {
    message: &'a str,
    at: u32,
}

pub(crate) type Outcome<'a> = Result<Val<'a>, Error<'a>>;

/// What is kept of an expression that need not be computed again.
#[derive(Clone, Copy, Debug)]
enum Kept<'a> {
    Nothing,
    /// A range that was run through once; the second time it gets an index.
    Seen,
    Outcome(Outcome<'a>),
    Index(&'a Index<'a>),
}

/// The state of one evaluation.
pub(crate) struct Frame<'a> {
    pub(crate) scope: &'a Scope<'a>,
    pub(crate) arena: &'a Arena,
    locals: &'a mut [Outcome<'a>],
    kept: &'a mut [Kept<'a>],
    /// Where in the source an error would be.
    pub(crate) at: u32,
    steps: u64,
    pattern: Option<(&'a str, Regex)>,
    bounds: Bounds,
    /// A bound was passed: nothing absorbs that, and loops end.
    exhausted: Option<Error<'a>>,
}

/// Run a program.
pub(crate) fn run<'a>(
    program: &'a Program,
    scope: &'a Scope<'a>,
    arena: &'a Arena,
    bounds: &Bounds,
) -> Result<Val<'a>, Fault> {
    if !program.env.agrees_with(scope.env) {
        return Err(Fault { message: "the scope has other names than the expression".to_owned(), start: 0 });
    }
    let mut frame = Frame {
        scope,
        arena,
        locals: if program.locals == 0 { &mut [] } else { arena.filled(program.locals, Ok(Val::Absent)) },
        kept: if program.memos == 0 { &mut [] } else { arena.filled(program.memos, Kept::Nothing) },
        at: 0,
        steps: 0,
        pattern: None,
        bounds: *bounds,
        exhausted: None,
    };
    let outcome = frame.eval(&program.root);
    frame.exhausted.map_or(outcome, Err).map_err(|error| Fault {
        message: error.0.message.to_owned(),
        start: usize::try_from(error.0.at).unwrap_or_default(),
    })
}

impl<'a> Frame<'a> {
    pub(crate) fn eval(&mut self, node: &'a Node) -> Outcome<'a> {
        match node {
            Node::Null => Ok(Val::Null),
            Node::Bool(flag) => Ok(Val::Bool(*flag)),
            Node::Int(number) => Ok(Val::Int(*number)),
            Node::Uint(number) => Ok(Val::Uint(*number)),
            Node::Double(number) => Ok(Val::Double(*number)),
            Node::String(text) => Ok(Val::String(text)),
            Node::Bytes(bytes) => Ok(Val::Bytes(bytes)),
            Node::Type(name) => Ok(Val::Type(name)),
            Node::Document(value) => Ok(Val::from(&**value)),
            Node::Now => Ok(Val::Timestamp(self.scope.now)),
            Node::Slot(slot) => Ok(self.scope.values.get(usize::from(*slot)).copied().unwrap_or(Val::Absent)),
            Node::Local(local) => self.local(*local),
            Node::Path { base, steps, at } => self.path(base, steps, *at),
            Node::Has { base, step, at } => self.has(base, step, *at),
            Node::OptionalMember { base, step, at } => self.optional_member(base, step, *at),
            Node::Index { pair, at } => self.indexed(pair, *at),
            Node::OptionalIndex { pair, at } => self.optional_indexed(pair, *at),
            Node::Not { of, at } => self.not(of, *at),
            Node::Negate { of, at } => self.negate(of, *at),
            Node::And { terms, at } => self.all_of(terms, *at),
            Node::Or { terms, at } => self.any_of(terms, *at),
            Node::Choose { parts, at } => self.choose(parts, *at),
            Node::Equal { pair, negated } => self.equality(pair, *negated),
            Node::Compare { pair, order, at } => self.comparison(pair, *order, *at),
            Node::Arithmetic { pair, operator, at } => self.arithmetic(pair, *operator, *at),
            Node::In { pair, at } => self.contained(pair, *at),
            Node::InSet { of, set } => self.contained_in_set(of, set),
            Node::List { items, at } => self.list(items, *at),
            Node::Map { entries, at } => self.map(entries, *at),
            Node::Loop(repeat) => self.repeat(repeat),
            Node::Bind { local, value, body, resets } => {
                let outcome = self.eval(value);
                self.assign(*local, outcome, resets);
                self.eval(body)
            }
            Node::Memo { memo, of } => self.memo(*memo, of),
            Node::OrElse { pair, unwrap, at } => self.or_else(pair, *unwrap, *at),
            Node::Call { function, arguments, at } => self.call(function, arguments, *at),
            Node::Matches { of, pattern, at } => self.matches(of, pattern, *at),
            Node::World { question, kind, type_name, at } => self.world(*question, kind, type_name.as_deref(), *at),
            Node::Filled { of, wanted, at } => self.filled(of, *wanted, *at),
        }
    }

    #[inline]
    fn local(&self, local: Local) -> Outcome<'a> {
        self.locals.get(usize::from(local)).copied().unwrap_or(Ok(Val::Absent))
    }

    #[inline]
    fn assign(&mut self, local: Local, outcome: Outcome<'a>, resets: &[Memo]) {
        if let Some(place) = self.locals.get_mut(usize::from(local)) {
            *place = outcome;
        }
        for memo in resets {
            self.keep(*memo, Kept::Nothing);
        }
    }

    fn keep(&mut self, memo: Memo, kept: Kept<'a>) {
        if let Some(place) = self.kept.get_mut(usize::from(memo)) {
            *place = kept;
        }
    }

    fn kept(&self, memo: Memo) -> Kept<'a> {
        self.kept.get(usize::from(memo)).copied().unwrap_or(Kept::Nothing)
    }

    #[inline(never)]
    fn memo(&mut self, memo: Memo, of: &'a Node) -> Outcome<'a> {
        if let Kept::Outcome(outcome) = self.kept(memo) {
            return outcome;
        }
        let outcome = self.eval(of);
        self.keep(memo, Kept::Outcome(outcome));
        outcome
    }

    /// Count a step.
    #[inline]
    pub(crate) fn step(&mut self) -> Result<(), Error<'a>> {
        self.steps += 1;
        if self.steps & 1023 == 0 || self.exhausted.is_some() { self.within_bounds() } else { Ok(()) }
    }

    #[cold]
    fn within_bounds(&mut self) -> Result<(), Error<'a>> {
        let Bounds { steps_max, arena_bytes_max, .. } = self.bounds;
        let passed = if self.steps > steps_max {
            self.error(format_args!("the expression takes more than {steps_max} steps"))
        } else if self.arena.bytes() > arena_bytes_max {
            self.error(format_args!("the expression takes more than {arena_bytes_max} bytes of memory"))
        } else {
            return Ok(());
        };
        self.exhausted = Some(passed);
        Err(passed)
    }

    /// An error at the current place.
    #[cold]
    pub(crate) fn error(&self, message: fmt::Arguments<'_>) -> Error<'a> {
        self.error_at(self.at, message)
    }

    #[cold]
    fn error_at(&self, at: u32, message: fmt::Arguments<'_>) -> Error<'a> {
        let message = match message.as_str() {
            Some(message) => message,
            None => self.arena.text(&message.to_string()),
        };
        Error(self.arena.put(Problem { message, at }))
    }

    /// Both of what is missing.
    pub(crate) fn unite(&self, one: Option<&'a Missing>, other: Option<&'a Missing>) -> Option<&'a Missing> {
        match (one, other) {
            (Some(one), Some(other)) if !std::ptr::eq(one, other) && one != other => {
                Some(self.arena.missing(one.and(other)))
            }
            (one, other) => one.or(other),
        }
    }

    /// Keep a string.
    pub(crate) fn text(&self, text: &str) -> Outcome<'a> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(self.error(format_args!("a string of more than {TEXT_BYTES_MAX} bytes")));
        }
        Ok(Val::String(self.arena.text(text)))
    }

    /// Keep a list.
    pub(crate) fn made(&mut self, items: &[Val<'a>], missing: Option<&'a Missing>) -> Outcome<'a> {
        if items.len() > LIST_ITEMS_MAX {
            return Err(self.error(format_args!("lists of more than {LIST_ITEMS_MAX} elements")));
        }
        if items.len() > 100 {
            self.within_bounds()?;
        }
        let items = if items.is_empty() { &[] } else { self.arena.slice(items) };
        Ok(Val::List(self.arena.put(List { items, missing })))
    }

    #[inline(never)]
    fn list(&mut self, items: &'a [(Node, bool)], at: u32) -> Outcome<'a> {
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
    fn map(&mut self, entries: &'a [(Node, Node, bool)], at: u32) -> Outcome<'a> {
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

    #[inline(never)]
    fn call(&mut self, function: &'static Function, arguments: &'a [Node], at: u32) -> Outcome<'a> {
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
    fn matches(&mut self, of: &'a Node, pattern: &'a Regex, at: u32) -> Outcome<'a> {
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
    fn world(&mut self, question: Question, kind: &str, type_name: Option<&str>, at: u32) -> Outcome<'a> {
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
    fn contained_in_set(&mut self, of: &'a Node, set: &Set) -> Outcome<'a> {
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
