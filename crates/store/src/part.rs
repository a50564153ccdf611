//! A part of a scan: one listing's resources, what could not be read of it, and what was judged.

use model::{Finding, Resource, Severity, TypeName, Unread};

/// A listing (the resources of one type that one account shows in one region), or a piece of it: a listing may come in
/// several parts, resources first and judgements later.
///
/// When the scan finishes, resources of the listing that no part named are gone and their findings resolved, unless one
/// of the parts was unread.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// The account that was asked.
    pub account: &'a str,
    /// The region that was asked, or `global`; its resources may name others.
    pub region: &'a str,
    /// The resource type.
    pub type_name: &'a TypeName,
    /// The resources read; none where this part says nothing about them (it only judges), which is not the same as an
    /// empty listing.
    pub resources: Option<&'a [Resource]>,
    /// What could not be listed: then what is known of this listing and was not read stays as it is.
    pub unread: &'a [Unread],
    /// Resources judged anew; one whose judgement under [`Judged::input`] still holds is left out and costs nothing.
    pub judgements: &'a [Judgement<'a>],
    /// Every policy that was judged here, those without a verdict too, and its counts: new judgements and remembered
    /// ones. Counts of several parts of one listing add up.
    pub tallies: &'a [Tally<'a>],
}

/// All that was judged of one resource.
#[derive(Clone, Copy, Debug)]
pub struct Judgement<'a> {
    /// The resource's id. One that is no known resource (what a finding on an unread listing names) is accepted too.
    pub resource: &'a str,
    /// The resource's region.
    pub region: &'a str,
    /// A hash of all that the judgement depends on: documents, policies, parameters, exceptions; empty: don't remember it.
    pub input: &'a [u8],
    /// All verdicts, in the judge's own encoding.
    pub verdicts: &'a [u8],
    /// Its findings; passes among them are not stored one by one.
    pub findings: &'a [Finding],
}

/// A policy's verdicts over a part.
#[derive(Clone, Copy, Debug)]
pub struct Tally<'a> {
    /// The policy's id.
    pub policy: &'a str,
    /// Its severity.
    pub severity: Severity,
    /// How many of each status.
    pub counts: Counts,
}

/// How many verdicts of each status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// It holds.
    pub passes: u64,
    /// It does not hold, and nobody accepted it.
    pub failures: u64,
    /// It does not hold, and an exception accepts it.
    pub excepted: u64,
    /// It can't be said.
    pub unknowns: u64,
    /// A person has to look.
    pub manuals: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passes = self.passes.saturating_add(other.passes);
        self.failures = self.failures.saturating_add(other.failures);
        self.excepted = self.excepted.saturating_add(other.excepted);
        self.unknowns = self.unknowns.saturating_add(other.unknowns);
        self.manuals = self.manuals.saturating_add(other.manuals);
    }
}

/// A judgement that the store remembers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The hash that it was made under.
    pub input: Vec<u8>,
    /// All verdicts, in the judge's own encoding.
    pub verdicts: Vec<u8>,
}

/// A policy's verdicts over a listing, as of the last scan that judged it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The account.
    pub account: String,
    /// The resource type.
    pub type_name: TypeName,
    /// The region that was asked, or `global`.
    pub region: String,
    /// The policy's id.
    pub policy: String,
    /// Its severity.
    pub severity: Severity,
    /// How many of each status.
    pub counts: Counts,
}
