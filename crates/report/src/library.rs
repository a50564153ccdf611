//! What the catalog says about a finding's policy. A finding of an older scan may name a policy that is gone: then its id speaks for it.

use catalog::{Catalog, Framework, Policy};
use std::collections::BTreeMap;

/// The catalog, indexed the way reports ask.
pub(crate) struct Library<'a> {
    catalog: &'a Catalog,
    claims: BTreeMap<&'a str, BTreeMap<&'a str, Vec<&'a str>>>,
    former: BTreeMap<&'a str, &'a str>,
}

/// The requirements of one framework that a policy answers to.
pub(crate) struct Claim<'a> {
    /// `cis-aws-7.0`.
    pub(crate) id: &'a str,
    /// Title and version.
    pub(crate) name: String,
    /// The framework's own ids of its requirements.
    pub(crate) requirements: &'a [&'a str],
}

impl<'a> Library<'a> {
    /// Index it.
    pub(crate) fn of(catalog: &'a Catalog) -> Self {
        let former = catalog
            .policies
            .iter()
            .flat_map(|(id, entry)| entry.value.was.iter().map(move |former| (former.as_str(), id.as_str())));
        Self { catalog, claims: catalog.claims(), former: former.collect() }
    }

    /// A policy by its id or a former one.
    pub(crate) fn policy(&self, id: &str) -> Option<&'a Policy> {
        let by = |id: &str| self.catalog.policies.get(id).map(|entry| &entry.value);
        by(id).or_else(|| by(self.former.get(id)?))
    }

    /// Its title, or its id.
    pub(crate) fn title(&self, id: &'a str) -> &'a str {
        self.policy(id).map_or(id, |policy| &policy.title)
    }

    /// The title of a framework with its version.
    fn framework(framework: &Framework) -> String {
        if framework.title.contains(&framework.version) {
            framework.title.clone()
        } else {
            format!("{} {}", framework.title, framework.version)
        }
    }

    /// The frameworks that ask for a policy, sorted by id.
    pub(crate) fn claims(&self, id: &str) -> Vec<Claim<'_>> {
        let id = self.former.get(id).copied().unwrap_or(id);
        let Some(claims) = self.claims.get(id) else { return Vec::new() };
        claims
            .iter()
            .map(|(framework, requirements)| Claim {
                id: framework,
                name: self
                    .catalog
                    .frameworks
                    .get(*framework)
                    .map_or_else(|| (*framework).to_owned(), |entry| Self::framework(&entry.value)),
                requirements,
            })
            .collect()
    }

    /// How it is mended, as plain text: the console's steps, the command, the Terraform.
    pub(crate) fn remediation(&self, id: &str) -> String {
        let Some(policy) = self.policy(id) else { return String::new() };
        let guide = &policy.fix.guide;
        let mut text = String::new();
        for (index, step) in guide.console.iter().enumerate() {
            text.push_str(&format!("{}. {step}\n", index + 1));
        }
        for (what, code) in [("Command", &guide.cli), ("Terraform", &guide.terraform)] {
            if let Some(code) = code {
                text.push_str(&format!("{what}: {}\n", code.trim()));
            }
        }
        text.truncate(text.trim_end().len());
        text
    }

    /// The console's steps as one sentence after another.
    pub(crate) fn steps(&self, id: &str) -> String {
        self.policy(id).map(|policy| policy.fix.guide.console.join(". ")).filter(|text| !text.is_empty()).map_or_else(
            String::new,
            |mut text| {
                text.push('.');
                text
            },
        )
    }
}
