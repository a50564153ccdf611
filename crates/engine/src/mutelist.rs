//! Prowler's mutelist becomes exceptions.
//!
//! The format: <https://docs.prowler.com/user-guide/cli/tutorials/mutelist>. Items of a list are alternatives, kinds of
//! lists must all hold, texts are regular expressions that are searched for, `*` stands for everything.

use crate::config::ExceptionConfig;
use catalog::Catalog;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// What a mutelist's file holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "Mutelist")]
    mutelist: Mutelist,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mutelist {
    #[serde(rename = "Accounts")]
    accounts: BTreeMap<String, Checks>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Checks {
    #[serde(rename = "Checks")]
    checks: BTreeMap<String, Mute>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Mute {
    regions: Vec<String>,
    resources: Vec<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    exceptions: Option<Unless>,
    #[serde(default)]
    description: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase", default)]
struct Unless {
    accounts: Vec<String>,
    regions: Vec<String>,
    resources: Vec<String>,
    tags: Vec<String>,
}

/// What an import gives.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// In the file's order of accounts and checks.
    pub exceptions: Vec<ExceptionConfig>,
    /// Checks that no policy stands for: nothing is muted by them.
    pub without_policy: Vec<String>,
}

/// Read a mutelist.
///
/// # Errors
/// A sentence with the line, where it is not YAML or not of the format.
pub fn import(text: &str, catalog: &Catalog, owner: &str, until: Option<&str>) -> Result<Imported, String> {
    let options = serde_saphyr::options! { strict_booleans: true };
    let file: File = serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let line = error.location().map_or(1, |location| location.line().max(1));
        format!("line {line}: {}", error.without_snippet().to_string().lines().next().unwrap_or_default())
    })?;
    let mut imported = Imported::default();
    for (account, checks) in &file.mutelist.accounts {
        for (check, mute) in &checks.checks {
            let Some(policies) = policies(check, catalog) else {
                imported.without_policy.push(check.clone());
                continue;
            };
            let number = imported.exceptions.len() + 1;
            imported.exceptions.push(ExceptionConfig {
                id: format!("mutelist-{number}"),
                scope: scope(account, policies.as_ref(), mute),
                reason: mute.description.clone().unwrap_or_else(|| format!("muted in Prowler ({check})")),
                owner: owner.to_owned(),
                until: until.map(str::to_owned),
            });
        }
    }
    Ok(imported)
}

/// The policies that a check's name or glob stands for: all of them (`Some(None)`), some, or none.
fn policies(check: &str, catalog: &Catalog) -> Option<Option<BTreeSet<String>>> {
    if check == "*" {
        return Some(None);
    }
    // Prowler's file names the service of Lambda once with and once without the provider's prefix.
    let patterns = [check.to_owned(), check.replacen("lambda_", "awslambda_", 1)];
    let ids: BTreeSet<String> = catalog
        .policies
        .iter()
        .filter(|(_, entry)| {
            entry
                .value
                .equivalents
                .prowler
                .iter()
                .any(|id| patterns.iter().any(|pattern| catalog::select::glob(pattern, id)))
        })
        .map(|(id, _)| id.clone())
        .collect();
    (!ids.is_empty()).then_some(Some(ids))
}

fn scope(account: &str, policies: Option<&BTreeSet<String>>, mute: &Mute) -> String {
    let mut conditions = Vec::new();
    if account != "*" {
        conditions.push(format!("account == {}", quoted(account)));
    }
    if let Some(ids) = policies {
        let ids: Vec<String> = ids.iter().map(|id| quoted(id)).collect();
        conditions.push(if ids.len() == 1 {
            format!("policy == {}", ids.concat())
        } else {
            format!("policy in [{}]", ids.join(", "))
        });
    }
    conditions.extend(any("region", &mute.regions));
    conditions.extend(resources(&mute.resources));
    conditions.extend(tags(&mute.tags));
    if let Some(unless) = &mute.exceptions {
        let mut kept: Vec<String> = Vec::new();
        kept.extend(any("account", &unless.accounts));
        kept.extend(any("region", &unless.regions));
        kept.extend(resources(&unless.resources));
        kept.extend(tags(&unless.tags));
        if !kept.is_empty() {
            conditions.push(format!("!({})", kept.join(" && ")));
        }
    }
    if conditions.is_empty() { "true".to_owned() } else { conditions.join(" && ") }
}

fn any(name: &str, patterns: &[String]) -> Option<String> {
    alternatives(patterns, |pattern| format!("{name}.matches({})", quoted(&format!("^(?:{pattern})$"))))
}

fn resources(patterns: &[String]) -> Option<String> {
    alternatives(patterns, |pattern| format!("name.matches({0}) || id.matches({0})", quoted(pattern)))
}

/// Every item must be matched by some tag.
fn tags(patterns: &[String]) -> Option<String> {
    let every: Vec<String> = patterns
        .iter()
        .filter(|pattern| *pattern != "*")
        .map(|pattern| format!("entries(tags).exists(t, (t.key + \"=\" + t.value).matches({}))", quoted(pattern)))
        .collect();
    (!every.is_empty()).then(|| every.join(" && "))
}

fn alternatives(patterns: &[String], one: impl Fn(&str) -> String) -> Option<String> {
    if patterns.is_empty() || patterns.iter().any(|pattern| pattern == "*" || pattern == ".*") {
        return None;
    }
    let all: Vec<String> = patterns.iter().map(|pattern| one(pattern)).collect();
    Some(if all.len() == 1 && !all.concat().contains(" || ") {
        all.concat()
    } else {
        format!("({})", all.join(" || "))
    })
}

/// A CEL string. A text that is a glob rather than a regular expression (`*-dev`) is made one.
fn quoted(text: &str) -> String {
    let text = if text.starts_with('*') { format!(".{text}") } else { text.replace("(?:*", "(?:.*") };
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
