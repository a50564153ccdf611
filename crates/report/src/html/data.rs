//! The findings as compact JSON: what many share is written once and named by its number.

use super::safe::InScript;
use crate::{Report, library::Library, text::shortened};
use model::{ExceptionNote, Finding, Lack, ResourceRef, Status, Value};
use serde::Serialize;
use serde_json::value::RawValue;
use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
    io,
};

/// Passes are listed one by one in a report of at most so many findings, else counted by policy.
const LISTED_FINDINGS_MAX: usize = 5_000;
/// Findings in one `script` element, parsed together.
const CHUNK_FINDINGS_MAX: usize = 4_000;
/// A longer message is cut.
const MESSAGE_CHARS_MAX: usize = 1_000;
/// A longer name or identifier is cut.
const NAME_CHARS_MAX: usize = 300;
/// More evidence of one finding is cut; `jsonl` has all of it.
const EVIDENCE_BYTES_MAX: usize = 6_000;

/// Statuses, in the order of their numbers in the page.
const STATUSES: [&str; 5] = ["fail", "unknown", "manual", "excepted", "pass"];

/// The number of a finding's status in [`STATUSES`].
fn status(finding: &Finding) -> usize {
    match finding.status {
        Status::Fail if finding.exception.is_some() => 3,
        Status::Fail => 0,
        Status::Unknown(_) => 1,
        Status::Manual => 2,
        Status::Pass => 4,
    }
}

/// Things and their numbers, in the order in which they were first seen.
struct Numbers<K>(HashMap<K, usize>, Vec<K>);

impl<K: Copy + Eq + Hash> Numbers<K> {
    fn new() -> Self {
        Self(HashMap::new(), Vec::new())
    }

    fn of(&mut self, thing: K) -> usize {
        let Self(numbers, things) = self;
        *numbers.entry(thing).or_insert_with(|| {
            things.push(thing);
            things.len() - 1
        })
    }
}

/// What findings share.
struct Shared<'a> {
    policies: Numbers<&'a str>,
    resources: Numbers<Identity<'a>>,
    places: Vec<Place>,
    texts: Numbers<&'a str>,
    factors: Numbers<(&'a str, i16, &'a str)>,
    lacks: Numbers<&'a Lack>,
    exceptions: Numbers<[&'a str; 4]>,
    passes: BTreeMap<usize, usize>,
}

type Identity<'a> = [&'a str; 4];

/// Id, name, then numbers of texts: type, service, region, account; then where it is in code.
#[derive(Serialize)]
struct Place(String, String, usize, usize, usize, usize, String, String, u32);

fn identity(resource: &ResourceRef) -> Identity<'_> {
    [&resource.account, resource.type_name.as_str(), &resource.id, &resource.address]
}

impl<'a> Shared<'a> {
    fn of(findings: &'a [Finding], all: bool) -> Self {
        let mut shared = Self {
            policies: Numbers::new(),
            resources: Numbers::new(),
            places: Vec::new(),
            texts: Numbers::new(),
            factors: Numbers::new(),
            lacks: Numbers::new(),
            exceptions: Numbers::new(),
            passes: BTreeMap::new(),
        };
        for finding in findings {
            let policy = shared.policies.of(&finding.policy);
            if finding.status == Status::Pass {
                *shared.passes.entry(policy).or_default() += 1;
            }
            if all || finding.status != Status::Pass {
                shared.place(&finding.resource);
            }
        }
        shared
    }

    fn place(&mut self, resource: &'a ResourceRef) {
        if self.resources.of(identity(resource)) < self.places.len() {
            return;
        }
        self.places.push(Place(
            shortened(&resource.id, NAME_CHARS_MAX),
            if resource.name == resource.id { String::new() } else { shortened(&resource.name, NAME_CHARS_MAX) },
            self.texts.of(resource.type_name.as_str()),
            self.texts.of(resource.type_name.service()),
            self.texts.of(&resource.region),
            self.texts.of(&resource.account),
            shortened(&resource.address, NAME_CHARS_MAX),
            shortened(&resource.file, NAME_CHARS_MAX),
            resource.line,
        ));
    }
}

/// Policy, status, severity, risk, resource, message, id, then lists: evidence, factors, lacks; then the exception or −1.
#[derive(Serialize)]
struct Row(usize, usize, usize, u8, usize, String, String, Box<RawValue>, Vec<usize>, Vec<usize>, i64);

#[derive(Serialize)]
struct Tables<'a> {
    statuses: [&'static str; 5],
    severities: [&'static str; 5],
    listed: bool,
    policies: Vec<PolicyText<'a>>,
    texts: Vec<String>,
    resources: &'a [Place],
    factors: Vec<(String, i16, String)>,
    lacks: Vec<(String, &'static str, String)>,
    exceptions: Vec<Vec<String>>,
}

#[derive(Serialize)]
struct PolicyText<'a> {
    id: &'a str,
    title: &'a str,
    passes: usize,
    risk: &'a str,
    console: &'a [String],
    cli: &'a str,
    terraform: &'a str,
    references: &'a [String],
    frameworks: Vec<(String, &'a [&'a str])>,
    equivalents: BTreeMap<&'static str, &'a [String]>,
}

fn policy_text<'a>(library: &'a Library<'a>, id: &'a str, passes: usize) -> PolicyText<'a> {
    let policy = library.policy(id);
    let guide = policy.map(|policy| &policy.fix.guide);
    PolicyText {
        id,
        title: library.title(id),
        passes,
        risk: policy.map_or("", |policy| &policy.risk),
        console: guide.map_or(&[], |guide| &guide.console),
        cli: guide.and_then(|guide| guide.cli.as_deref()).unwrap_or_default(),
        terraform: guide.and_then(|guide| guide.terraform.as_deref()).unwrap_or_default(),
        references: policy.map_or(&[], |policy| &policy.references),
        frameworks: library.claims(id).into_iter().map(|claim| (claim.name, claim.requirements)).collect(),
        equivalents: policy.map(|policy| policy.equivalents.by_tool()).unwrap_or_default(),
    }
}

fn cut(text: &str) -> String {
    shortened(text, NAME_CHARS_MAX)
}

fn short(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| cut(text)).collect()
}

/// Write the tables, then the findings in chunks, each in an element of its own.
pub(super) fn write(report: &Report<'_>, library: &Library<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let all = report.findings.len() <= LISTED_FINDINGS_MAX;
    let mut shared = Shared::of(report.findings, all);
    let listed = || report.findings.iter().filter(|finding| all || finding.status != Status::Pass);
    let mut rows = Vec::with_capacity(CHUNK_FINDINGS_MAX);
    let mut written = 0;
    for finding in listed() {
        rows.push(row(&mut shared, finding)?);
        if rows.len() == CHUNK_FINDINGS_MAX {
            element("rows", &rows, out)?;
            written += rows.len();
            rows.clear();
        }
    }
    if !rows.is_empty() || written == 0 {
        element("rows", &rows, out)?;
    }
    let tables = Tables {
        statuses: STATUSES,
        severities: model::Severity::ALL.map(model::Severity::as_str),
        listed: all,
        policies: (shared.policies.1.iter().enumerate())
            .map(|(number, id)| policy_text(library, id, shared.passes.get(&number).copied().unwrap_or(0)))
            .collect(),
        texts: short(&shared.texts.1),
        resources: &shared.places,
        factors: (shared.factors.1.iter()).map(|(name, points, detail)| (cut(name), *points, cut(detail))).collect(),
        lacks: (shared.lacks.1.iter()).map(|lack| (cut(&lack.what), lack.cause.as_str(), cut(&lack.detail))).collect(),
        exceptions: shared.exceptions.1.iter().map(|texts| short(texts)).collect(),
    };
    element("tables", &tables, out)
}

fn element<T: Serialize>(class: &str, value: &T, out: &mut dyn io::Write) -> io::Result<()> {
    write!(out, "<script type=\"application/json\" class=\"{class}\">")?;
    InScript::write(value, out)?;
    out.write_all(b"</script>\n")
}

fn row<'a>(shared: &mut Shared<'a>, finding: &'a Finding) -> io::Result<Row> {
    let lacks = match &finding.status {
        Status::Unknown(missing) => missing.lacks().iter().map(|lack| shared.lacks.of(lack)).collect(),
        _ => Vec::new(),
    };
    let factors = finding.risk.factors.iter();
    let factors = factors.map(|factor| shared.factors.of((&factor.name, factor.points, &factor.detail))).collect();
    let exception = match finding.exception.as_deref() {
        Some(ExceptionNote { id, reason, owner, until }) => {
            i64::try_from(shared.exceptions.of([id, reason, owner, until])).unwrap_or(-1)
        }
        None => -1,
    };
    Ok(Row(
        shared.policies.of(&finding.policy),
        status(finding),
        finding.severity as usize,
        finding.risk.score,
        shared.resources.of(identity(&finding.resource)),
        shortened(&finding.message, MESSAGE_CHARS_MAX),
        finding.id.to_string(),
        evidence(&finding.evidence)?,
        factors,
        lacks,
        exception,
    ))
}

/// As it is, or as the beginning of its JSON where there is too much of it.
fn evidence(values: &[Value]) -> io::Result<Box<RawValue>> {
    let mut bytes = Vec::new();
    InScript::write(&values, &mut bytes)?;
    if bytes.len() > EVIDENCE_BYTES_MAX {
        let start = shortened(&serde_json::to_string(values)?, EVIDENCE_BYTES_MAX / 4);
        bytes.clear();
        InScript::write(&[start], &mut bytes)?;
    }
    let text = String::from_utf8(bytes).map_err(io::Error::other)?;
    Ok(RawValue::from_string(text)?)
}
