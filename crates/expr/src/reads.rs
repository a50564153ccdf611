//! What an expression reads, found without running it: members of the document, other types, relations, full paths.
//!
//! Where it can't be followed, everything counts as read.

mod traps;
mod walk;

use crate::{diagnostics::Diagnostic, env::Env};
use cel::{IdedExpr, common::ast::SourceInfo};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// Members of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Members {
    /// All of them, or it can't be said which.
    All,
    /// These of the first level.
    Some(BTreeSet<String>),
}

impl Default for Members {
    fn default() -> Self {
        Self::Some(BTreeSet::new())
    }
}

impl Members {
    /// None at all.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Some(members) if members.is_empty())
    }

    /// Whether a member is among them.
    pub fn contains(&self, member: &str) -> bool {
        match self {
            Self::All => true,
            Self::Some(members) => members.contains(member),
        }
    }

    /// Add the other's.
    pub fn join(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::Some(mine), Self::Some(others)) => mine.extend(others.iter().cloned()),
            _ => *self = Self::All,
        }
    }

    fn insert(&mut self, member: Option<&str>) {
        match (member, &mut *self) {
            (Some(member), Self::Some(members)) => {
                members.insert(member.to_owned());
            }
            (Some(_), Self::All) => {}
            (None, _) => *self = Self::All,
        }
    }
}

/// What is read over a relation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relation {
    /// The types asked for; empty where any type is.
    pub types: BTreeSet<String>,
    /// What is read of their documents.
    pub members: Members,
}

/// Where a path begins.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Root {
    /// A name in scope: `doc`, `answer`, `params`, …
    Name(String),
    /// `all("type")`.
    Type(String),
    /// `related("kind")` or `related("kind", "type")`.
    Related(String, Option<String>),
    /// `referrers("kind")` or `referrers("kind", "type")`.
    Referrers(String, Option<String>),
}

/// A path that is read, whole: what is below it is read too.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path {
    /// Where it begins.
    pub root: Root,
    /// Members; `[]` for the elements of a list (or a member whose name is not known).
    pub steps: Vec<String>,
    /// First byte in the source.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.root {
            Root::Name(name) => f.write_str(name)?,
            Root::Type(name) => write!(f, "all(\"{name}\")")?,
            Root::Related(kind, None) => write!(f, "related(\"{kind}\")")?,
            Root::Related(kind, Some(name)) => write!(f, "related(\"{kind}\", \"{name}\")")?,
            Root::Referrers(kind, None) => write!(f, "referrers(\"{kind}\")")?,
            Root::Referrers(kind, Some(name)) => write!(f, "referrers(\"{kind}\", \"{name}\")")?,
        }
        for step in &self.steps {
            match step.as_str() {
                walk::ELEMENT => f.write_str(walk::ELEMENT)?,
                step => write!(f, ".{step}")?,
            }
        }
        Ok(())
    }
}

/// What an expression reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// Of the document itself.
    pub doc: Members,
    /// Of the documents of other types, by `all`.
    pub types: BTreeMap<String, Members>,
    /// Over relations from this resource, by kind.
    pub relations: BTreeMap<String, Relation>,
    /// Over relations to this resource, by kind.
    pub referrers: BTreeMap<String, Relation>,
    /// The names in scope that are used.
    pub names: BTreeSet<String>,
    /// Whether tags are read, of this resource or of others.
    pub uses_tags: bool,
    /// Whether the time of the scan is used, as `now` or by a function.
    pub uses_now: bool,
    /// Whether other resources are read.
    pub uses_world: bool,
    /// The paths, sorted.
    pub paths: Vec<Path>,
}

pub(crate) fn analyse(source: &str, info: &SourceInfo, env: &Env, root: &IdedExpr) -> (Reads, Vec<Diagnostic>) {
    walk::Walk::new(source, info, env, root).run(root)
}
