//! What an expression sees when it runs: the values of its names, and the other resources of the account.

use crate::{
    env::{Env, Slot},
    value::Val,
};
use chrono::{DateTime, Utc};
use model::{Missing, Value};
use std::{borrow::Cow, fmt};

/// A resource as expressions see it.
#[derive(Clone, Copy, Debug)]
pub struct Entity<'a> {
    /// The provider's global identifier.
    pub id: &'a str,
    /// The name people know it by.
    pub name: &'a str,
    /// The resource type.
    pub type_name: &'a str,
    /// The region, or `global`.
    pub region: &'a str,
    /// The account.
    pub account: &'a str,
    /// The partition, or empty.
    pub partition: &'a str,
    /// Map of strings, null or unknown.
    pub tags: &'a Value,
    /// The document.
    pub doc: &'a Value,
}

/// The entities of a listing: a run of them, or some of them.
#[derive(Clone, Debug)]
pub enum Entities<'a> {
    /// All of a run. Costs nothing.
    All(&'a [Entity<'a>]),
    /// Some, each by reference.
    Some(Vec<&'a Entity<'a>>),
}

/// What a question about other resources gives.
#[derive(Clone, Debug)]
pub struct Listing<'a> {
    /// Those that are known, in an order that does not change from run to run.
    pub entities: Entities<'a>,
    /// What could not be listed, so that there may be more.
    pub missing: Option<Cow<'a, Missing>>,
}

impl Listing<'_> {
    /// Nothing, and nothing missing.
    pub fn empty() -> Self {
        Self { entities: Entities::All(&[]), missing: None }
    }
}

/// The other resources, as seen from one of them.
pub trait World {
    /// Every resource of a type in the account.
    fn all<'s>(&'s self, type_name: &str) -> Listing<'s>;
    /// The resources that this one points to.
    fn related<'s>(&'s self, kind: &str, type_name: Option<&str>) -> Listing<'s>;
    /// The resources that point to this one.
    fn referrers<'s>(&'s self, kind: &str, type_name: Option<&str>) -> Listing<'s>;
}

/// The values of an [`Env`]'s names. A name that was not set reads as absent.
#[derive(Clone)]
pub struct Scope<'a> {
    pub(crate) env: &'a Env,
    pub(crate) values: Vec<Val<'a>>,
    pub(crate) now: DateTime<Utc>,
    pub(crate) world: Option<&'a dyn World>,
}

impl fmt::Debug for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.env.names().zip(&self.values)).finish()
    }
}

impl<'a> Scope<'a> {
    /// All names absent but `now`.
    pub fn new(env: &'a Env, now: DateTime<Utc>) -> Self {
        let mut scope = Self { env, values: vec![Val::Absent; env.len()], now, world: None };
        scope.set_name("now", Val::Timestamp(now));
        scope
    }

    /// Give other resources to see.
    #[must_use]
    pub fn with_world(mut self, world: &'a dyn World) -> Self {
        self.world = Some(world);
        self
    }

    /// Set a name by its slot.
    pub fn set(&mut self, slot: Slot, value: impl Into<Val<'a>>) {
        if let Some(place) = self.values.get_mut(usize::from(slot.0)) {
            *place = value.into();
        }
    }

    /// Set a name; one that is not in scope is left out.
    pub fn set_name(&mut self, name: &str, value: impl Into<Val<'a>>) {
        if let Some(slot) = self.env.slot(name) {
            self.set(slot, value);
        }
    }

    /// Set a name, in a chain.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Val<'a>>) -> Self {
        self.set_name(name, value);
        self
    }

    /// Set `doc`, `id`, `name`, `region`, `account`, `partition`, `tags` and `type`, those that are in scope.
    pub fn set_entity(&mut self, entity: &'a Entity<'a>) {
        self.set_name("doc", entity.doc);
        self.set_name("id", entity.id);
        self.set_name("name", entity.name);
        self.set_name("region", entity.region);
        self.set_name("account", entity.account);
        self.set_name("partition", entity.partition);
        self.set_name("tags", entity.tags);
        self.set_name("type", entity.type_name);
    }
}
