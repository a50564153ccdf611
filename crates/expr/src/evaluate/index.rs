//! An index of a range by a key of its elements, so that a join need not look at every pair.
//!
//! It only leaves out elements whose key surely differs; the condition is still evaluated for the rest.

use super::loops::Visits;
use crate::{arena::Arena, value::Val};
use std::hash::{DefaultHasher, Hash, Hasher};

/// No further position in a chain.
const END: u32 = u32::MAX;

/// Positions by the hash of their key, chained, ascending; and those that have to be visited whatever is looked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Index<'a> {
    heads: &'a [u32],
    links: &'a [Link],
    always: &'a [u32],
}

#[derive(Clone, Copy, Debug)]
struct Link {
    hash: u64,
    next: u32,
}

/// The hash of a key; equal values have equal hashes. `None` for what has to be compared one by one: unknown, lists,
/// maps, entities.
pub(super) fn hash(value: Val<'_>) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    match value {
        Val::Absent | Val::Null => 0_u8.hash(&mut hasher),
        Val::Bool(flag) => (1_u8, flag).hash(&mut hasher),
        Val::Int(number) => (2_u8, (number as f64).to_bits()).hash(&mut hasher),
        Val::Uint(number) => (2_u8, (number as f64).to_bits()).hash(&mut hasher),
        // Both zeros are one.
        Val::Double(number) => (2_u8, (number + 0.0).to_bits()).hash(&mut hasher),
        Val::String(text) => text.hash(&mut hasher),
        _ => return None,
    }
    Some(hasher.finish())
}

fn bucket(hash: u64, heads: usize) -> usize {
    usize::try_from(hash & (heads as u64).saturating_sub(1)).unwrap_or_default()
}

impl<'a> Index<'a> {
    /// From the hash of each element's key.
    pub(super) fn build(arena: &'a Arena, hashes: &[Option<u64>]) -> &'a Self {
        let heads = arena.filled((hashes.len() * 2).next_power_of_two(), END);
        let links = arena.filled(hashes.len(), Link { hash: 0, next: END });
        let mut always = Vec::new();
        for (position, hash) in hashes.iter().enumerate().rev() {
            let Ok(name) = u32::try_from(position) else { continue };
            let Some(hash) = *hash else {
                always.push(name);
                continue;
            };
            let bucket = bucket(hash, heads.len());
            if let (Some(head), Some(link)) = (heads.get_mut(bucket), links.get_mut(position)) {
                *link = Link { hash, next: *head };
                *head = name;
            }
        }
        always.reverse();
        arena.put(Self { heads, links, always: arena.slice(&always) })
    }

    /// The positions whose key may equal a value; `None` where all have to be visited.
    pub(super) fn find(&'a self, probe: Val<'_>) -> Option<Visits<'a>> {
        let hash = hash(probe)?;
        let next = self.heads.get(bucket(hash, self.heads.len())).copied().unwrap_or(END);
        let mut candidates = Candidates { index: self, hash, next, always: self.always };
        candidates.skip_others();
        Some(Visits::Some(candidates))
    }
}

/// The positions of one hash and those always visited, merged.
pub(super) struct Candidates<'a> {
    index: &'a Index<'a>,
    hash: u64,
    next: u32,
    always: &'a [u32],
}

impl Candidates<'_> {
    fn link(&self, position: u32) -> Option<Link> {
        usize::try_from(position).ok().and_then(|position| self.index.links.get(position)).copied()
    }

    /// Go on to a link with the hash.
    fn skip_others(&mut self) {
        while self.next != END {
            match self.link(self.next) {
                Some(link) if link.hash == self.hash => return,
                Some(link) => self.next = link.next,
                None => self.next = END,
            }
        }
    }
}

impl Iterator for Candidates<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let position = match self.always.split_first() {
            Some((first, rest)) if *first < self.next => {
                self.always = rest;
                *first
            }
            _ if self.next == END => return None,
            _ => {
                let position = self.next;
                self.next = self.link(position).map_or(END, |link| link.next);
                self.skip_others();
                position
            }
        };
        usize::try_from(position).ok()
    }
}
