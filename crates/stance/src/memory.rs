//! Where the store is, and what of it every command needs.

use crate::{arguments::CommonArguments, context::UsageError};
use anyhow::Result;
use assess::ExceptionRule;
use engine::config::{Config, parse_day};
use std::{env, path::PathBuf};
use store::Store;

/// The store's path: `--store`, `STANCE_STORE`, the configuration, or the user's data folder (XDG).
pub(crate) fn path(common: &CommonArguments, config: &Config) -> Result<PathBuf> {
    if let Some(path) = common.store.as_ref().or(config.store.as_ref()) {
        return Ok(path.clone());
    }
    let folder = env::var_os("XDG_DATA_HOME").filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
    let folder = folder.or_else(home).ok_or_else(|| {
        UsageError("there is no home folder to keep the store in: use --store FILE or --no-store".to_owned())
    })?;
    Ok(folder.join("stance").join("stance.db"))
}

/// Open the store, unless it is not wanted.
pub(crate) async fn open(common: &CommonArguments, config: &Config, without: bool) -> Result<Option<Store>> {
    if without {
        return Ok(None);
    }
    Ok(Some(Store::open(&path(common, config)?).await?))
}

/// Open the store of a command that only reads it.
pub(crate) async fn existing(common: &CommonArguments, config: &Config) -> Result<Store> {
    let path = path(common, config)?;
    if !path.exists() {
        return Err(UsageError(format!(
            "there is no store at {} yet: run `stance scan` first, or name one with --store",
            path.display()
        ))
        .into());
    }
    Ok(Store::open(&path).await?)
}

/// The exceptions that the store keeps.
pub(crate) async fn exceptions(store: &Store) -> Result<Vec<ExceptionRule>> {
    let rules = store.exceptions().await?.into_iter().map(|rule| {
        let until = if rule.until.is_empty() { None } else { Some(parse_day(&rule.until).map_err(UsageError)?) };
        Ok(ExceptionRule { id: rule.id, scope: rule.scope, reason: rule.reason, owner: rule.owner, until })
    });
    rules.collect()
}
