//! Who a statement speaks of. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use super::policy::{join, member};
use crate::functions::outcome::{Truth, listed};
use model::{Missing, Value};

/// One principal.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Principal {
    /// `AWS`, `Service`, `Federated` or `CanonicalUser`.
    pub kind: String,
    /// An ARN, an account number, a service's name, `*`, …
    pub name: String,
}

/// The principals of a statement.
#[derive(Clone, Debug, Default)]
pub(super) struct Principals {
    /// There is a `Principal` or `NotPrincipal`; identity policies have neither.
    pub given: bool,
    /// Everyone but those listed.
    pub negated: bool,
    pub list: Vec<Principal>,
    /// Principals that could not be read.
    pub missing: Option<Missing>,
}

impl Principal {
    /// The account: of an ARN its fifth part, else all of the name.
    pub(super) fn account(&self) -> &str {
        if self.name.starts_with("arn:") {
            return self.name.split(':').nth(4).unwrap_or(&self.name);
        }
        &self.name
    }

    /// Whether anybody at all can be it. A wildcard in the account lets any account in; one behind a fixed account does not.
    pub(super) fn is_public(&self) -> bool {
        let wild = |text: &str| text.contains(['*', '?']) || text.contains("${");
        match self.kind.as_str() {
            "AWS" => wild(self.account()),
            "Service" => wild(&self.name),
            _ => self.name == "*",
        }
    }

    /// Whether it stands for every principal there is, as only a bare star does.
    fn is_everybody(&self) -> bool {
        self.kind == "AWS" && self.name == "*"
    }
}

impl Principals {
    pub(super) fn unread(missing: &Missing) -> Self {
        Self { given: true, missing: Some(missing.clone()), ..Self::default() }
    }

    pub(super) fn read(raw: &Value) -> Self {
        let (plain, negated) = (member(raw, "Principal"), member(raw, "NotPrincipal"));
        let is_negated = plain.is_null() && !negated.is_null();
        let element = if is_negated { negated } else { plain };
        let mut principals = Self { given: !element.is_null(), negated: is_negated, ..Self::default() };
        match element.as_map() {
            Some(kinds) => kinds.iter().for_each(|(kind, names)| principals.extend(kind, names)),
            // A bare text is `*`, or an ARN that an author left without its kind.
            None => principals.extend("AWS", element),
        }
        principals
    }

    fn extend(&mut self, kind: &str, names: &Value) {
        let kind = if kind.eq_ignore_ascii_case("AWS") { "AWS" } else { kind };
        for name in listed(names) {
            match name {
                Value::String(text) => {
                    self.list.push(Principal { kind: kind.to_owned(), name: text.trim().to_owned() })
                }
                // An account number that lost its quotes, and with them its leading zeros.
                Value::Int(number) => {
                    self.list.push(Principal { kind: kind.to_owned(), name: format!("{number:012}") });
                }
                Value::Unknown(lack) => self.missing = Some(join(self.missing.take(), lack)),
                _ => {}
            }
        }
    }

    /// The element as a map of lists.
    pub(super) fn shown(element: &Value) -> Value {
        match element {
            Value::Map(kinds) => kinds
                .iter()
                .map(|(kind, names)| {
                    let names =
                        if names.missing().is_some() { names.clone() } else { Value::List(listed(names).to_vec()) };
                    (kind, names)
                })
                .collect(),
            Value::Unknown(_) => element.clone(),
            _ => [("AWS", Value::List(listed(element).to_vec()))].into_iter().collect(),
        }
    }

    /// Whether anybody at all is among them. Without any, a statement belongs to an identity and names nobody.
    pub(super) fn are_public(&self) -> Truth {
        if !self.given {
            return Truth::No;
        }
        let hit = if self.negated {
            self.list.iter().any(Principal::is_everybody)
        } else {
            self.list.iter().any(Principal::is_public)
        };
        match &self.missing {
            _ if hit => Truth::from(!self.negated),
            Some(missing) => Truth::Unknown(missing.clone()),
            None => Truth::from(self.negated),
        }
    }

    /// Whether everybody outside is among them, as a `Deny` needs to take something back. `inside` says which principals
    /// a `NotPrincipal` may spare.
    pub(super) fn are_everybody(&self, inside: impl Fn(&Principal) -> bool) -> Truth {
        if !self.given {
            return Truth::Yes;
        }
        let hit = if self.negated {
            self.list.iter().any(|principal| !inside(principal))
        } else {
            self.list.iter().any(Principal::is_everybody)
        };
        match &self.missing {
            _ if hit => Truth::from(!self.negated),
            Some(missing) => Truth::Unknown(missing.clone()),
            None => Truth::from(self.negated),
        }
    }
}
