//! Running the compiled tree. A step is a turn of a loop or a call; steps and memory are bounded.

pub(crate) mod arithmetic;
mod call;
pub(crate) mod compare;
mod construct;
mod index;
mod logic;
mod loops;
mod member;

use crate::{
    arena::Arena,
    node::{Local, Memo, Node},
    program::{Fault, Program},
    scope::Scope,
    value::{List, Val},
};
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
}
