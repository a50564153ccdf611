//! Which names an expression may use: one list a purpose, resolved to slots when the expression is compiled.

use std::sync::Arc;

/// The place of a name's value in a [`crate::Scope`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub(crate) u16);

/// The names in scope, and whether other resources can be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Env {
    names: Arc<[Box<str>]>,
    world: bool,
}

const POLICY: [&str; 10] = ["doc", "id", "name", "region", "account", "partition", "tags", "type", "params", "now"];

impl Env {
    /// Any names, without sight of other resources.
    pub fn new(names: &[&str]) -> Self {
        Self { names: names.iter().map(|name| Box::from(*name)).collect(), world: false }
    }

    /// The same names, with `all`, `related` and `referrers`.
    #[must_use]
    pub fn with_world(mut self) -> Self {
        self.world = true;
        self
    }

    /// A policy's `applies` and `fail`.
    pub fn policy() -> Self {
        Self::new(&POLICY).with_world()
    }

    /// A policy's `message`, `offender_key` and the holes of its fix: the policy's names and `offender`.
    pub fn message() -> Self {
        let mut names = POLICY.to_vec();
        names.push("offender");
        Self::new(&names).with_world()
    }

    /// The expressions of a resource type: `items`, `take`, `with`, `id`, `name`, `parts`, relations.
    pub fn resource_type() -> Self {
        Self::new(&[
            "doc",
            "answer",
            "item",
            "items",
            "parent",
            "id",
            "name",
            "region",
            "account",
            "partition",
            "tags",
            "type",
            "now",
        ])
    }

    /// The scope of an exception.
    pub fn exception() -> Self {
        Self::new(&[
            "doc",
            "id",
            "name",
            "region",
            "account",
            "partition",
            "tags",
            "type",
            "policy",
            "severity",
            "offender",
            "now",
        ])
    }

    /// The names, in the order of their slots.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    /// The slot of a name.
    pub fn slot(&self, name: &str) -> Option<Slot> {
        self.names.iter().position(|known| **known == *name).and_then(|at| u16::try_from(at).ok()).map(Slot)
    }

    /// Whether `all`, `related` and `referrers` can be used.
    pub fn sees_world(&self) -> bool {
        self.world
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// The same names in the same order.
    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.names, &other.names) || self.names == other.names
    }
}
