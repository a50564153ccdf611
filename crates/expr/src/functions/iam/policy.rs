//! Policy documents in one shape, whatever of the grammar's liberties they take, with what could not be read marked.

use super::{condition::Clause, pattern, principal::Principals};
use crate::functions::outcome::{Outcome, Truth, listed, unreadable};
use model::{Missing, Value, value};

/// A list of policies may hold lists; deeper than this nobody writes them.
const NESTING_MAX: usize = 4;

/// What a statement does where it applies.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Effect {
    Allow,
    Deny,
    /// Neither: the statement does nothing.
    Neither,
    Unknown(Missing),
}

/// Actions or resources: those that match any pattern, or, negated, those that match none.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub negated: bool,
    pub patterns: Vec<String>,
    /// Patterns that could not be read.
    pub missing: Option<Missing>,
}

/// A statement ready to be judged.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    /// In the form that `iam.statements` shows.
    pub shown: Value,
    pub effect: Effect,
    pub actions: Terms,
    pub resources: Terms,
    pub principals: Principals,
    pub clauses: Vec<Clause>,
    /// Parts of the condition that could not be read.
    pub condition_missing: Option<Missing>,
}

/// The statements of a policy, each in one shape: `Effect`, `Sid`, lists for `Action`, `NotAction`, `Resource` and
/// `NotResource`, `Principal` (or `NotPrincipal`) as a map of lists, `Condition`. Elements a statement lacks are left out.
pub fn statements(policy: &Value) -> Outcome {
    let (statements, missing) = read(policy);
    let found = statements.into_iter().map(|statement| statement.shown).filter(|shown| shown.missing().is_none());
    Outcome { found: found.collect(), missing }
}

/// The statements, and what of the document is missing as a whole. A statement that could not be read is among them: it
/// may allow or deny anything.
pub(super) fn read(policy: &Value) -> (Vec<Statement>, Option<Missing>) {
    let mut statements = Vec::new();
    collect(policy, 0, &mut statements);
    let missing = statements
        .iter()
        .filter_map(|statement| statement.shown.missing())
        .fold(None, |sum, lack| Some(join(sum, lack)));
    (statements, missing)
}

fn collect(policy: &Value, depth: usize, into: &mut Vec<Statement>) {
    match policy {
        _ if depth > NESTING_MAX => into.push(unread(&unreadable("policy document", "nested too deep"))),
        Value::Unknown(missing) => into.push(unread(missing)),
        Value::Null => {}
        Value::String(text) => match parse(text) {
            Ok(document) => collect(&document, depth + 1, into),
            Err(missing) => into.push(unread(&missing)),
        },
        Value::List(policies) => policies.iter().for_each(|policy| collect(policy, depth + 1, into)),
        Value::Map(_) => {
            let listed_statements = member(policy, "Statement");
            if listed_statements.is_null() && !member(policy, "Effect").is_null() {
                into.push(statement(policy));
                return;
            }
            into.extend(listed(listed_statements).iter().map(statement));
        }
        _ => into.push(unread(&unreadable("policy document", "neither a map nor a text"))),
    }
}

/// A policy's JSON text; IAM returns it URL-encoded (RFC 3986).
fn parse(text: &str) -> Result<Value, Missing> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Value::Null);
    }
    let decoded = if text.starts_with('%') { percent_decoded(text) } else { text.to_owned() };
    Value::from_foreign_json(&decoded).map_err(|error| unreadable("policy document", error))
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()).filter(|_| byte == b'%') {
            Some(decoded) => {
                bytes.push(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// An element of a statement; the names of elements have no case.
pub(super) fn member<'a>(value: &'a Value, name: &str) -> &'a Value {
    let exact = value.member(name);
    if !exact.is_null() {
        return exact;
    }
    let entries = value.as_map().map(model::Map::entries).unwrap_or_default();
    entries.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map_or(exact, |(_, found)| found)
}

fn unread(missing: &Missing) -> Statement {
    let terms = || Terms { negated: false, patterns: Vec::new(), missing: Some(missing.clone()) };
    Statement {
        shown: Value::unknown(missing.clone()),
        effect: Effect::Unknown(missing.clone()),
        actions: terms(),
        resources: terms(),
        principals: Principals::unread(missing),
        clauses: Vec::new(),
        condition_missing: Some(missing.clone()),
    }
}

fn statement(raw: &Value) -> Statement {
    if let Some(missing) = raw.missing() {
        return unread(missing);
    }
    let effect = match member(raw, "Effect") {
        Value::Unknown(missing) => Effect::Unknown(Missing::clone(missing)),
        effect => match effect.as_str() {
            Some(text) if text.eq_ignore_ascii_case("allow") => Effect::Allow,
            Some(text) if text.eq_ignore_ascii_case("deny") => Effect::Deny,
            _ => Effect::Neither,
        },
    };
    let condition = member(raw, "Condition");
    let (clauses, condition_missing) = Clause::all(condition);
    Statement {
        shown: shown(raw),
        effect,
        actions: Terms::read(raw, "Action", "NotAction", false),
        // A role's trust policy has no resource: it is about the role itself.
        resources: Terms::read(raw, "Resource", "NotResource", true),
        principals: Principals::read(raw),
        clauses,
        condition_missing,
    }
}

fn shown(raw: &Value) -> Value {
    let mut map = model::Map::default();
    for name in ["Effect", "Sid", "Condition"] {
        let element = member(raw, name);
        if !element.is_null() {
            map.insert(value::intern(name), element.clone());
        }
    }
    for name in ["Action", "NotAction", "Resource", "NotResource"] {
        let element = member(raw, name);
        match element {
            Value::Null => {}
            Value::Unknown(_) => map.insert(value::intern(name), element.clone()),
            _ => map.insert(value::intern(name), Value::List(listed(element).to_vec())),
        }
    }
    for name in ["Principal", "NotPrincipal"] {
        let element = member(raw, name);
        if !element.is_null() {
            map.insert(value::intern(name), Principals::shown(element));
        }
    }
    Value::Map(map)
}

impl Terms {
    fn read(raw: &Value, name: &str, negated_name: &str, absent_is_all: bool) -> Self {
        let (plain, negated) = (member(raw, name), member(raw, negated_name));
        let is_negated = plain.is_null() && !negated.is_null();
        let mut terms = Self { negated: is_negated, patterns: Vec::new(), missing: None };
        for item in listed(if is_negated { negated } else { plain }) {
            match item {
                Value::String(text) => terms.patterns.push(text.to_string()),
                Value::Unknown(lack) => terms.missing = Some(join(terms.missing.take(), lack)),
                _ => {}
            }
        }
        if plain.is_null() && negated.is_null() && absent_is_all {
            terms.patterns.push("*".to_owned());
        }
        terms
    }

    /// Whether some of what `wanted` stands for is meant. `wanted` may have wildcards.
    pub(super) fn meets(&self, wanted: &str) -> Truth {
        let hit = if self.negated {
            self.patterns.iter().any(|p| pattern::covers(p, wanted))
        } else {
            self.patterns.iter().any(|p| pattern::overlaps(p, wanted))
        };
        self.settled(hit)
    }

    /// Whether all of what `wanted` stands for is meant. `wanted` may have wildcards.
    pub(super) fn covers(&self, wanted: &str) -> Truth {
        let hit = if self.negated {
            self.patterns.iter().any(|p| pattern::overlaps(p, wanted))
        } else {
            self.patterns.iter().any(|p| pattern::covers(p, wanted))
        };
        self.settled(hit)
    }

    /// A known pattern that hits settles it; without one, what is missing might have.
    fn settled(&self, hit: bool) -> Truth {
        match &self.missing {
            _ if hit => Truth::from(!self.negated),
            Some(missing) => Truth::Unknown(missing.clone()),
            None => Truth::from(self.negated),
        }
    }

    /// Whether all that `others` mean is meant here too. Never wrongly yes.
    pub(super) fn cover_all(&self, others: &Self) -> Truth {
        let known = if others.negated {
            let negated_within = self.negated
                && self.patterns.iter().all(|p| others.patterns.iter().any(|other| pattern::covers(other, p)));
            let everything = !self.negated && self.patterns.iter().any(|p| pattern::covers(p, "*"));
            match (&self.missing, negated_within || everything) {
                (None, yes) => Truth::from(yes),
                (Some(_), true) if everything => Truth::Yes,
                (Some(missing), _) => Truth::Unknown(missing.clone()),
            }
        } else {
            Truth::all(others.patterns.iter().map(|pattern| self.covers(pattern)))
        };
        match &others.missing {
            // Patterns that could not be read are covered for certain only by everything.
            Some(missing) if self.covers("*") != Truth::Yes => known.and(Truth::Unknown(missing.clone())),
            _ => known,
        }
    }
}

impl Statement {
    /// Whether it allows, where it applies.
    pub(super) fn is_allow(&self) -> Truth {
        match &self.effect {
            Effect::Allow => Truth::Yes,
            Effect::Deny | Effect::Neither => Truth::No,
            Effect::Unknown(missing) => Truth::Unknown(missing.clone()),
        }
    }

    /// Whether it denies, where it applies.
    pub(super) fn is_deny(&self) -> Truth {
        match &self.effect {
            Effect::Deny => Truth::Yes,
            Effect::Allow | Effect::Neither => Truth::No,
            Effect::Unknown(missing) => Truth::Unknown(missing.clone()),
        }
    }

    /// Whether it applies under no condition.
    pub(super) fn is_unconditional(&self) -> Truth {
        match &self.condition_missing {
            _ if !self.clauses.is_empty() => Truth::No,
            Some(missing) => Truth::Unknown(missing.clone()),
            None => Truth::Yes,
        }
    }
}

/// Both lacks together.
pub(super) fn join(sum: Option<Missing>, lack: &Missing) -> Missing {
    sum.map_or_else(|| lack.clone(), |sum| sum.and(lack))
}
