//! Which policies take part: by id, service, severity, framework, and the default profile.

use crate::{
    Catalog, Entry,
    schema::{Policy, Profile},
};
use model::Severity;
use std::collections::BTreeSet;

/// What the user asks for; empty lists ask for everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Policy ids, former ids, other tools' ids; `*` stands for any text.
    pub policies: Vec<String>,
    /// Policies to leave out, likewise.
    pub without: Vec<String>,
    /// Service names.
    pub services: Vec<String>,
    /// Providers.
    pub providers: Vec<String>,
    /// This severity and worse.
    pub severity: Option<Severity>,
    /// Framework ids.
    pub frameworks: Vec<String>,
    /// Resource types.
    pub types: Vec<String>,
    /// With the policies of the strict profile.
    pub strict: bool,
}

/// A name that selects nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no {what} '{name}'{hint}")]
pub struct NothingSelected {
    what: &'static str,
    name: String,
    hint: String,
}

impl Selection {
    /// The ids of the selected policies, sorted.
    ///
    /// # Errors
    /// Where a name selects nothing: a misspelt policy must not become an empty, clean scan.
    pub fn apply<'a>(&self, catalog: &'a Catalog) -> Result<Vec<&'a str>, NothingSelected> {
        self.check(catalog)?;
        let claimed: BTreeSet<&str> = self
            .frameworks
            .iter()
            .filter_map(|id| catalog.frameworks.get(id))
            .flat_map(|framework| {
                framework
                    .value
                    .requirements
                    .iter()
                    .flat_map(|requirement| requirement.policies.iter().map(String::as_str))
            })
            .collect();
        let selected = catalog.policies.iter().filter(|(id, entry)| {
            let policy = &entry.value;
            let asked = self.policies.iter().any(|pattern| names(pattern, id, policy));
            (self.policies.is_empty() || asked)
                && !self.without.iter().any(|pattern| names(pattern, id, policy))
                && (self.services.is_empty()
                    || self.services.iter().any(|wanted| services_of(entry).contains(&wanted.as_str())))
                && (self.providers.is_empty()
                    || self.providers.iter().any(|wanted| policy.resource.split('.').next() == Some(wanted)))
                && (self.types.is_empty() || self.types.contains(&policy.resource))
                && self.severity.is_none_or(|least| policy.severity >= least)
                && (self.frameworks.is_empty() || claimed.contains(id.as_str()))
                && (self.strict || asked || !self.frameworks.is_empty() || policy.profile == Profile::Default)
        });
        Ok(selected.map(|(id, _)| id.as_str()).collect())
    }

    /// Nothing special is asked for.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    fn check(&self, catalog: &Catalog) -> Result<(), NothingSelected> {
        let fail =
            |what, name: &str, hint: &str| Err(NothingSelected { what, name: name.to_owned(), hint: hint.to_owned() });
        for pattern in self.policies.iter().chain(&self.without) {
            if !catalog.policies.iter().any(|(id, entry)| names(pattern, id, &entry.value)) {
                return fail("policy", pattern, " (`stance policies list` lists them)");
            }
        }
        for service in &self.services {
            if !catalog.policies.values().any(|entry| services_of(entry).contains(&service.as_str())) {
                return fail("policy of the service", service, " (`stance policies list` lists them)");
            }
        }
        for framework in &self.frameworks {
            if !catalog.frameworks.contains_key(framework) {
                let known = catalog.frameworks.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
                return fail("framework", framework, &format!(": use one of {known}"));
            }
        }
        for name in &self.types {
            if !catalog.types.contains_key(name) {
                return fail("resource type", name, " (`stance types list` lists them)");
            }
        }
        Ok(())
    }
}

/// The service whose folder the policy is in, and that of the resource it judges.
fn services_of(entry: &Entry<Policy>) -> [&str; 2] {
    [entry.file.split('/').nth(1).unwrap_or_default(), entry.value.resource.split('.').nth(1).unwrap_or_default()]
}

/// Whether a pattern names a policy by its id, a former one, or another tool's.
fn names(pattern: &str, id: &str, policy: &Policy) -> bool {
    let others = policy.equivalents.by_tool();
    let mut all = std::iter::once(id)
        .chain(policy.was.iter().map(String::as_str))
        .chain(others.values().flat_map(|ids| ids.iter().map(String::as_str)));
    all.any(|name| glob(pattern, name))
}

/// Whether a text matches a pattern in which `*` stands for any text.
pub fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut rest = rest;
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn globs() {
        for (pattern, text, expected) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("a*", "ab", true),
            ("*b", "ab", true),
            ("a*c*e", "abcde", true),
            ("a*c*e", "abcd", false),
            ("*", "", true),
            ("aws-s3-*", "aws-s3-x", true),
        ] {
            assert_eq!(glob(pattern, text), expected, "{pattern} {text}");
        }
    }
}
