//! The catalog as read: types, policies and frameworks by id, each with its file.

use crate::{
    diagnostics::{Diagnostic, Place},
    files::{Content, Files},
    schema::{Framework, Permissions, Policy, ResourceType},
};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Something of the catalog and the file it came from.
#[derive(Clone, Debug)]
pub struct Entry<T> {
    /// The file, relative to its catalog's folder.
    pub file: String,
    /// Which of the sources it came from: 0 is the first.
    pub source: usize,
    /// The file's text, to point into; empty in the built-in catalog of a release.
    pub text: String,
    /// Hash of the file's content: 128 bits.
    pub hash: [u8; 16],
    /// What it holds.
    pub value: T,
}

impl<T> Entry<T> {
    /// The place of a key in the file.
    pub fn place(&self, path: &[&str]) -> Place<'_> {
        Place { file: &self.file, line: crate::locate::line_of(&self.text, path) }
    }
}

/// Everything that the catalog holds.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// By name: `aws.s3.bucket`.
    pub types: BTreeMap<String, Entry<ResourceType>>,
    /// By id: `aws-s3-bucket-public-access-block`.
    pub policies: BTreeMap<String, Entry<Policy>>,
    /// By id: `cis-aws-7.0`.
    pub frameworks: BTreeMap<String, Entry<Framework>>,
    /// By provider: calls whose permission has another name.
    pub permissions: BTreeMap<String, Permissions>,
}

/// What a path of a catalog holds.
enum Kind {
    Type(String),
    Policy(String),
    Framework(String),
    Permissions(String),
}

impl Catalog {
    /// Read files, in order: a later one with the same path takes the earlier one's place.
    /// What can't be read is left out and said.
    pub fn read(sources: &[Files]) -> (Self, Vec<Diagnostic>) {
        let mut catalog = Self::default();
        let mut diagnostics = Vec::new();
        for (source, files) in sources.iter().enumerate() {
            for (path, content) in files {
                if let Err(diagnostic) = catalog.add(source, path, content) {
                    diagnostics.push(diagnostic);
                }
            }
        }
        diagnostics.extend(catalog.former_ids());
        (catalog, diagnostics)
    }

    fn add(&mut self, source: usize, path: &str, content: &Content) -> Result<(), Diagnostic> {
        match kind(path).ok_or_else(|| Place { file: path, line: 1 }.misplaced())? {
            Kind::Type(name) => self.types.insert(name, entry(source, path, content)?).map(|_| ()),
            Kind::Policy(id) => {
                let mut policy: Entry<Policy> = entry(source, path, content)?;
                let cli = &mut policy.value.fix.guide.cli;
                *cli = cli.take().map(|text| text.replace("{{", "{").replace("}}", "}"));
                self.policies.insert(id, policy).map(|_| ())
            }
            Kind::Framework(id) => self.frameworks.insert(id, entry(source, path, content)?).map(|_| ()),
            Kind::Permissions(provider) => {
                let table: Entry<Permissions> = entry(source, path, content)?;
                self.permissions.entry(provider).or_default().extend(table.value);
                Some(())
            }
        };
        Ok(())
    }

    fn former_ids(&self) -> Vec<Diagnostic> {
        let mut taken: BTreeMap<&str, &str> = self.policies.keys().map(|id| (id.as_str(), id.as_str())).collect();
        let mut diagnostics = Vec::new();
        for (id, policy) in &self.policies {
            for former in &policy.value.was {
                if let Some(by) = taken.insert(former, id) {
                    diagnostics.push(policy.place(&["was"]).taken(former, by));
                }
            }
        }
        diagnostics
    }

    /// A policy by its id or a former one.
    pub fn policy(&self, id: &str) -> Option<(&str, &Entry<Policy>)> {
        let found = self.policies.get_key_value(id);
        let found = found
            .or_else(|| self.policies.iter().find(|(_, policy)| policy.value.was.iter().any(|former| former == id)));
        found.map(|(id, policy)| (id.as_str(), policy))
    }

    /// The frameworks' requirements that name each policy: policy → framework → requirement ids.
    pub fn claims(&self) -> BTreeMap<&str, BTreeMap<&str, Vec<&str>>> {
        let mut claims: BTreeMap<&str, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
        for (framework, entry) in &self.frameworks {
            for requirement in &entry.value.requirements {
                for policy in &requirement.policies {
                    claims.entry(policy).or_default().entry(framework).or_default().push(&requirement.id);
                }
            }
        }
        claims
    }
}

fn entry<T: serde::de::DeserializeOwned>(source: usize, path: &str, content: &Content) -> Result<Entry<T>, Diagnostic> {
    let value = content.read().map_err(|(line, message)| Place { file: path, line }.malformed(message))?;
    let mut hash = [0; 16];
    hash.iter_mut().zip(Sha256::digest(content.bytes())).for_each(|(to, from)| *to = from);
    Ok(Entry { file: path.to_owned(), source, text: content.text().to_owned(), hash, value })
}

fn kind(path: &str) -> Option<Kind> {
    let stem = path.strip_suffix(".yaml").or_else(|| path.strip_suffix(".yml"))?;
    let lower = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-./".contains(&byte))
    };
    if !lower(stem) {
        return None;
    }
    match *stem.split('/').collect::<Vec<_>>() {
        ["frameworks", id] => Some(Kind::Framework(id.to_owned())),
        [provider, "permissions"] => Some(Kind::Permissions(provider.to_owned())),
        [provider, service, "policies", policy] => Some(Kind::Policy(format!("{provider}-{service}-{policy}"))),
        [provider, service, resource] => Some(Kind::Type(format!("{provider}.{service}.{resource}").replace('-', "_"))),
        _ => None,
    }
}
