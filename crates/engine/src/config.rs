//! `stance.yaml`: what users set once. Unknown keys are errors; its JSON Schema is generated from here.

use assess::ExceptionRule;
use chrono::NaiveDate;
use model::{Severity, Value};
use schemars::JsonSchema;
use serde::Deserialize;
use std::{collections::BTreeMap, path::PathBuf};

/// The file's name, looked for in the folder of the command.
pub const FILE_NAME: &str = "stance.yaml";
/// Exceptions that one file may hold.
const EXCEPTIONS_MAX: usize = 10_000;

/// The configuration.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Folders with further resource types, policies and frameworks; relative to the file.
    pub catalogs: Vec<PathBuf>,
    /// What is scanned.
    pub scan: ScanConfig,
    /// What is changed about policies, by id.
    pub policies: BTreeMap<String, PolicyConfig>,
    /// Findings that somebody accepted.
    pub exceptions: Vec<ExceptionConfig>,
    /// Where the store is kept.
    pub store: Option<PathBuf>,
}

/// What is scanned; the options of `stance scan` go before.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ScanConfig {
    /// Regions; all enabled ones where there are none.
    pub regions: Vec<String>,
    /// Roles to assume, one an account.
    pub assume_roles: Vec<String>,
    /// The external id that the roles ask for.
    pub external_id: Option<String>,
    /// Only policies of these frameworks.
    pub frameworks: Vec<String>,
    /// Only policies of this severity and worse.
    #[schemars(with = "Option<String>")]
    pub severity: Option<Severity>,
    /// With the policies of the strict profile.
    pub strict: bool,
    /// A failure of this severity or worse makes the exit code 3.
    #[schemars(with = "Option<String>")]
    pub fail_on: Option<Severity>,
}

/// What is changed about a policy.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PolicyConfig {
    /// `false` switches it off.
    pub enabled: Option<bool>,
    /// Another severity.
    #[schemars(with = "Option<String>")]
    pub severity: Option<Severity>,
    /// Its parameters.
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub params: BTreeMap<String, Value>,
}

/// An exception: which findings are accepted, why, by whom and until when.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExceptionConfig {
    /// A short id of its own.
    pub id: String,
    /// CEL over `policy`, `severity`, `type`, `id`, `name`, `region`, `account`, `tags`, `doc`, `offender`.
    pub scope: String,
    /// Why it is accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it holds, `YYYY-MM-DD`.
    pub until: Option<String>,
}

/// What is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Not YAML, or not of the schema.
    #[error("{file}:{line}: {message}")]
    Malformed {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        message: String,
    },
    /// An exception without what it needs.
    #[error("the exception '{id}' {problem}")]
    Exception {
        /// Its id.
        id: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl Config {
    /// Read a configuration from its text.
    ///
    /// # Errors
    /// Where it is not YAML, has an unknown key, or an exception lacks what it needs.
    pub fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        let options = serde_saphyr::options! { strict_booleans: true };
        let config: Self =
            serde_saphyr::from_str_with_options(text, options).map_err(|error| ConfigError::Malformed {
                file: file.to_owned(),
                line: error.location().map_or(1, |location| location.line().max(1)),
                message: error.without_snippet().to_string().lines().next().unwrap_or_default().to_owned(),
            })?;
        config.exception_rules()?;
        Ok(config)
    }

    /// The exceptions as rules.
    ///
    /// # Errors
    /// Where one has no reason or owner, a malformed end, or the id of another.
    pub fn exception_rules(&self) -> Result<Vec<ExceptionRule>, ConfigError> {
        let wrong = |id: &str, problem: &str| ConfigError::Exception { id: id.to_owned(), problem: problem.to_owned() };
        if self.exceptions.len() > EXCEPTIONS_MAX {
            return Err(wrong("", &format!("is one of more than {EXCEPTIONS_MAX}")));
        }
        let mut seen = std::collections::BTreeSet::new();
        let rules = self.exceptions.iter().map(|exception| {
            for (key, text) in [
                ("id", &exception.id),
                ("reason", &exception.reason),
                ("owner", &exception.owner),
                ("scope", &exception.scope),
            ] {
                if text.trim().is_empty() {
                    return Err(wrong(&exception.id, &format!("has no {key}")));
                }
            }
            if !seen.insert(exception.id.as_str()) {
                return Err(wrong(&exception.id, "has the id of another"));
            }
            let until = exception
                .until
                .as_deref()
                .map(parse_day)
                .transpose()
                .map_err(|problem| wrong(&exception.id, &problem))?;
            Ok(ExceptionRule {
                id: exception.id.clone(),
                scope: exception.scope.clone(),
                reason: exception.reason.clone(),
                owner: exception.owner.clone(),
                until,
            })
        });
        rules.collect()
    }
}

/// A day, `YYYY-MM-DD`.
///
/// # Errors
/// A sentence that says what a day looks like.
pub fn parse_day(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| format!("ends on '{text}', which is no day: write YYYY-MM-DD"))
}

/// The JSON Schema of `stance.yaml`.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Config).into()
}
