//! Loops: what is certain is kept, what is not is remembered as missing.

use super::{Error, Frame, Kept, Outcome, index::Index};
use crate::{
    node::{Join, Kind, Loop, Node},
    value::{Items, Val},
};
use model::Missing;

/// Ranges shorter than this are not worth an index.
const INDEXED_ITEMS_MIN: usize = 8;

/// What a loop has found so far.
#[derive(Default)]
struct Tally<'a> {
    missing: Option<&'a Missing>,
    failed: Option<Error<'a>>,
    /// Elements that satisfied the condition.
    count: usize,
}

impl<'a> Tally<'a> {
    /// Unknown before an error, an error before a verdict.
    fn settle(self, verdict: impl FnOnce(Self) -> Outcome<'a>) -> Outcome<'a> {
        match (self.missing, self.failed) {
            (Some(lack), _) => Ok(Val::Unknown(lack)),
            (None, Some(error)) => Err(error),
            (None, None) => verdict(self),
        }
    }
}

impl<'a> Frame<'a> {
    #[inline(never)]
    pub(super) fn repeat(&mut self, repeat: &'a Loop) -> Outcome<'a> {
        let range = self.eval(&repeat.range)?;
        let (items, missing) = match range {
            Val::Unknown(lack) => return Ok(Val::Unknown(lack)),
            Val::DocMap(map) => (Items::Keys(map.as_map().map_or(&[], |map| map.entries())), None),
            Val::Map(entries) => (Items::Entries(entries), None),
            list => match list.elements() {
                Some(elements) => elements,
                None => {
                    return Err(
                        self.error_at(repeat.at, format_args!("{} has no elements to go through", list.type_name()))
                    );
                }
            },
        };
        match repeat.kind {
            Kind::Exists => self.some(repeat, items, missing, true),
            Kind::All => self.some(repeat, items, missing, false),
            Kind::ExistsOne => self.exactly_one(repeat, items, missing),
            Kind::Filter => self.kept_items(repeat, items, missing),
            Kind::MapIf => self.kept_items(repeat, items, missing),
            Kind::Map => self.mapped(repeat, items, missing),
            Kind::SortBy => self.sorted_by(repeat, items, missing),
        }
    }

    /// Each position that has to be visited: all of them, or what the index gives.
    fn visits(&mut self, repeat: &'a Loop, items: Items<'a>) -> Visits<'a> {
        repeat
            .join
            .as_ref()
            .filter(|_| items.len() >= INDEXED_ITEMS_MIN && self.bounds.indexes)
            .and_then(|join| self.candidates(repeat, join, items))
            .unwrap_or(Visits::All(0..items.len()))
    }

    #[inline(never)]
    fn candidates(&mut self, repeat: &'a Loop, join: &'a Join, items: Items<'a>) -> Option<Visits<'a>> {
        let index = match self.kept(join.memo) {
            Kept::Index(index) => index,
            Kept::Seen => {
                let index = self.index(repeat, join, items);
                self.keep(join.memo, Kept::Index(index));
                index
            }
            _ => {
                self.keep(join.memo, Kept::Seen);
                return None;
            }
        };
        let probe = self.eval(&join.probe).ok()?;
        index.find(probe)
    }

    fn index(&mut self, repeat: &'a Loop, join: &'a Join, items: Items<'a>) -> &'a Index<'a> {
        let mut hashes = Vec::with_capacity(items.len());
        for item in items.iter() {
            self.assign(repeat.local, Ok(item), &[]);
            hashes.push(self.eval(&join.key).ok().and_then(super::index::hash));
        }
        Index::build(self.arena, &hashes)
    }

    #[inline]
    fn turn(&mut self, repeat: &'a Loop, item: Val<'a>, node: &'a Node) -> Outcome<'a> {
        self.step()?;
        self.assign(repeat.local, Ok(item), &repeat.resets);
        self.eval(node)
    }

    /// The condition of one element, counted.
    #[inline]
    fn test(&mut self, repeat: &'a Loop, item: Val<'a>, tally: &mut Tally<'a>) -> Option<bool> {
        match self.turn(repeat, item, &repeat.body) {
            Ok(Val::Bool(flag)) => return Some(flag),
            Ok(Val::Unknown(lack)) => tally.missing = self.unite(tally.missing, Some(lack)),
            Ok(other) => {
                let problem =
                    || self.error_at(repeat.at, format_args!("the condition is a {}, not a bool", other.type_name()));
                tally.failed = tally.failed.or_else(|| Some(problem()));
            }
            Err(error) => tally.failed = tally.failed.or(Some(error)),
        }
        None
    }

    #[inline(never)]
    fn some(
        &mut self,
        repeat: &'a Loop,
        items: Items<'a>,
        missing: Option<&'a Missing>,
        deciding: bool,
    ) -> Outcome<'a> {
        let mut tally = Tally { missing, ..Tally::default() };
        for position in self.visits(repeat, items) {
            let Some(item) = items.get(position) else { continue };
            if self.test(repeat, item, &mut tally) == Some(deciding) {
                return Ok(Val::Bool(deciding));
            }
            if let Some(error) = self.exhausted {
                return Err(error);
            }
        }
        tally.settle(|_| Ok(Val::Bool(!deciding)))
    }

    #[inline(never)]
    fn exactly_one(&mut self, repeat: &'a Loop, items: Items<'a>, missing: Option<&'a Missing>) -> Outcome<'a> {
        let mut tally = Tally { missing, ..Tally::default() };
        for position in self.visits(repeat, items) {
            let Some(item) = items.get(position) else { continue };
            tally.count += usize::from(self.test(repeat, item, &mut tally) == Some(true));
            if let Some(error) = self.exhausted {
                return Err(error);
            }
        }
        if tally.count > 1 && tally.failed.is_none() {
            return Ok(Val::Bool(false));
        }
        tally.settle(|tally| Ok(Val::Bool(tally.count == 1)))
    }

    #[inline(never)]
    fn kept_items(&mut self, repeat: &'a Loop, items: Items<'a>, missing: Option<&'a Missing>) -> Outcome<'a> {
        let mut tally = Tally { missing, ..Tally::default() };
        let mut kept = Vec::new();
        for position in self.visits(repeat, items) {
            let Some(item) = items.get(position) else { continue };
            if self.test(repeat, item, &mut tally) == Some(true) {
                match repeat.made.as_ref().map(|made| self.eval(made)) {
                    None => kept.push(item),
                    Some(Ok(value)) => kept.push(value),
                    Some(Err(error)) => tally.failed = tally.failed.or(Some(error)),
                }
            }
            if let Some(error) = self.exhausted {
                return Err(error);
            }
        }
        self.collected(tally, &kept)
    }

    #[inline(never)]
    fn mapped(&mut self, repeat: &'a Loop, items: Items<'a>, missing: Option<&'a Missing>) -> Outcome<'a> {
        let mut tally = Tally { missing, ..Tally::default() };
        let mut made = Vec::with_capacity(items.len());
        for item in items.iter() {
            match self.turn(repeat, item, &repeat.body) {
                Ok(value) => made.push(value),
                Err(error) => tally.failed = tally.failed.or(Some(error)),
            }
            if let Some(error) = self.exhausted {
                return Err(error);
            }
        }
        if tally.failed.is_some() {
            let unknown = made.iter().find_map(|value| if let Val::Unknown(lack) = value { Some(*lack) } else { None });
            tally.missing = self.unite(tally.missing, unknown);
        }
        self.collected(tally, &made)
    }

    /// A list that may lack elements; after an error, unknown or the error.
    fn collected(&mut self, tally: Tally<'a>, items: &[Val<'a>]) -> Outcome<'a> {
        match tally {
            Tally { failed: None, missing, .. } => self.made(items, missing),
            tally => tally.settle(|_| Ok(Val::Absent)),
        }
    }

    #[inline(never)]
    fn sorted_by(&mut self, repeat: &'a Loop, items: Items<'a>, missing: Option<&'a Missing>) -> Outcome<'a> {
        let mut tally = Tally { missing, ..Tally::default() };
        let mut keyed = Vec::with_capacity(items.len());
        for item in items.iter() {
            match self.turn(repeat, item, &repeat.body) {
                Ok(Val::Unknown(lack)) => tally.missing = self.unite(tally.missing, Some(lack)),
                Ok(key) => keyed.push((key, item)),
                Err(error) => tally.failed = tally.failed.or(Some(error)),
            }
            if let Some(error) = self.exhausted {
                return Err(error);
            }
        }
        if tally.failed.is_some() || tally.missing.is_some() {
            return tally.settle(|_| Ok(Val::Absent));
        }
        self.at = repeat.at;
        crate::functions::lists::sort(self, &mut keyed)?;
        let sorted: Vec<Val<'a>> = keyed.into_iter().map(|(_, item)| item).collect();
        self.made(&sorted, None)
    }
}

/// Positions in ascending order.
pub(super) enum Visits<'a> {
    All(std::ops::Range<usize>),
    Some(super::index::Candidates<'a>),
}

impl Iterator for Visits<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        match self {
            Self::All(range) => range.next(),
            Self::Some(candidates) => candidates.next(),
        }
    }
}
