//! What every command begins with: the configuration and the catalog.

use crate::{arguments::CommonArguments, terminal::Terminal};
use anyhow::Result;
use catalog::{Catalog, Diagnostic, Level, files};
use engine::config::{Config, FILE_NAME};
use std::{fmt, fs, path::Path};

/// The user has to change something: exit code 2.
#[derive(Debug)]
pub(crate) struct UsageError(pub String);

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}

/// An error and its causes on one line.
pub(crate) fn chain(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    text
}

/// Configuration and catalog.
pub(crate) struct Context {
    /// How to talk.
    pub(crate) terminal: Terminal,
    /// What users set once.
    pub(crate) config: Config,
    /// The catalog, with the users' own.
    pub(crate) catalog: Catalog,
}

impl Context {
    /// Read the configuration (`--config`, or `stance.yaml` here) and the catalogs.
    pub(crate) fn load(common: &CommonArguments, terminal: Terminal) -> Result<Self> {
        let (context, diagnostics) = Self::load_leniently(common, terminal)?;
        let errors: Vec<&Diagnostic> =
            diagnostics.iter().filter(|diagnostic| diagnostic.level == Level::Error).collect();
        for diagnostic in &errors {
            terminal.insist(&diagnostic.to_string());
        }
        if !errors.is_empty() {
            return Err(UsageError(format!(
                "the catalog has {} errors: a scan with a policy left out could look clean",
                errors.len()
            ))
            .into());
        }
        Ok(context)
    }

    /// The same, with what is wrong in the catalog's files instead of an error.
    pub(crate) fn load_leniently(common: &CommonArguments, terminal: Terminal) -> Result<(Self, Vec<Diagnostic>)> {
        let config = read_config(common)?;
        let mut sources = Vec::new();
        match &common.catalog_dir {
            Some(folder) => sources.push(files::folder(folder).map_err(anyhow::Error::from)?),
            None => sources.push(files::built_in()?),
        }
        let base = common.config.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        for folder in config.catalogs.iter().map(|folder| base.join(folder)).chain(common.catalog.iter().cloned()) {
            sources.push(files::folder(&folder).map_err(|error| UsageError(chain(&anyhow::Error::from(error))))?);
        }
        let (catalog, diagnostics) = Catalog::read(&sources);
        Ok((Self { terminal, config, catalog }, diagnostics))
    }

    /// Of policies' ids, those of the user's own catalogs where there are any.
    pub(crate) fn own<'a>(&self, ids: Vec<&'a str>) -> Vec<&'a str> {
        let is_own = |id: &&str| self.catalog.policies.get(*id).is_some_and(|entry| entry.source > 0);
        if ids.iter().any(is_own) { ids.into_iter().filter(is_own).collect() } else { ids }
    }
}

fn read_config(common: &CommonArguments) -> Result<Config> {
    let path = match &common.config {
        Some(path) => path.as_path(),
        None if Path::new(FILE_NAME).exists() => Path::new(FILE_NAME),
        None => return Ok(Config::default()),
    };
    let text =
        fs::read_to_string(path).map_err(|error| UsageError(format!("can't read {}: {error}", path.display())))?;
    Config::parse(&path.display().to_string(), &text).map_err(|error| UsageError(error.to_string()).into())
}
