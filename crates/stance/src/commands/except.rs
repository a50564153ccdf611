//! `stance except`: accept findings for a while.

use crate::{
    arguments::CommonArguments,
    context::{Context, UsageError},
    exit::Exit,
    memory,
    terminal::Terminal,
};
use anyhow::{Context as _, Result};
use chrono::Utc;
use clap::Subcommand;
use engine::{config::parse_day, mutelist};
use std::{fs, path::PathBuf};
use store::ExceptionRule;

/// Accept findings for a while.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Add an exception
    #[command(
        after_help = "Example:\n  stance except add public-site --scope 'policy == \"aws-s3-bucket-public\" && name == \"www\"' --reason 'the web site' --owner web@example.com --until 2027-06-30\n\nIn scope: policy, severity, type, id, name, region, account, tags, doc, offender."
    )]
    Add {
        /// A short id of its own
        id: String,
        /// CEL: true for what is accepted
        #[arg(long, value_name = "CEL")]
        scope: String,
        /// Why
        #[arg(long)]
        reason: String,
        /// Who answers for it
        #[arg(long)]
        owner: String,
        /// The last day on which it holds, YYYY-MM-DD
        #[arg(long, value_name = "DAY")]
        until: Option<String>,
    },
    /// List exceptions, of the store and of the configuration
    List,
    /// Take one away
    Remove {
        /// Its id
        id: String,
    },
    /// Take over Prowler's mutelist (YAML)
    #[command(
        after_help = "Example:\n  stance except import mutelist.yaml --owner security@example.com --until 2027-03-31"
    )]
    Import {
        /// The file
        file: PathBuf,
        /// Who answers for them
        #[arg(long)]
        owner: String,
        /// The last day on which they hold, YYYY-MM-DD
        #[arg(long, value_name = "DAY")]
        until: Option<String>,
        /// Print them for stance.yaml instead of storing them
        #[arg(long)]
        print: bool,
    },
}

/// Run it.
pub(crate) async fn run(command: Command, common: &CommonArguments, terminal: Terminal) -> Result<Exit> {
    let context = Context::load(common, terminal)?;
    if let Command::Import { file, owner, until, print: true } = &command {
        return print(&context, file, owner, until.as_deref());
    }
    let store = memory::open(common, &context.config, false).await?.context("there is a store")?;
    match command {
        Command::Add { id, scope, reason, owner, until } => {
            let rule = rule(&id, &scope, &reason, &owner, until.as_deref())?;
            store.add_exception(&rule).await.map_err(usage)?;
            terminal.say(&format!("exception '{id}' added; it shows from the next scan on"));
        }
        Command::Remove { id } => {
            store.remove_exception(&id).await.map_err(usage)?;
            terminal.say(&format!("exception '{id}' removed"));
        }
        Command::List => list(&context, &store.exceptions().await?)?,
        Command::Import { file, owner, until, .. } => {
            let imported = read(&context, &file, &owner, until.as_deref())?;
            for exception in &imported.exceptions {
                let rule = rule(
                    &exception.id,
                    &exception.scope,
                    &exception.reason,
                    &exception.owner,
                    exception.until.as_deref(),
                )?;
                store.add_exception(&rule).await.map_err(usage)?;
            }
            terminal.say(&format!("{} exceptions imported", imported.exceptions.len()));
        }
    }
    Ok(Exit::Success)
}

fn usage(error: store::StoreError) -> anyhow::Error {
    UsageError(crate::context::chain(&error.into())).into()
}

fn rule(id: &str, scope: &str, reason: &str, owner: &str, until: Option<&str>) -> Result<ExceptionRule> {
    expr::compile(scope, &expr::Env::exception())
        .map_err(|error| UsageError(format!("the scope of '{id}': {error}")))?;
    for (key, text) in [("id", id), ("reason", reason), ("owner", owner)] {
        if text.trim().is_empty() {
            return Err(UsageError(format!("an exception has a {key}")).into());
        }
    }
    let until =
        until.map(parse_day).transpose().map_err(|problem| UsageError(format!("the exception '{id}' {problem}")))?;
    let by = ["USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok()).unwrap_or_default();
    Ok(ExceptionRule {
        id: id.to_owned(),
        scope: scope.to_owned(),
        reason: reason.to_owned(),
        owner: owner.to_owned(),
        until: until.map(|day| day.to_string()).unwrap_or_default(),
        created_at: Utc::now(),
        created_by: by,
    })
}

fn list(context: &Context, stored: &[ExceptionRule]) -> Result<()> {
    let today = Utc::now().date_naive().to_string();
    let mut text = String::new();
    let mut row = |id: &str, scope: &str, reason: &str, owner: &str, until: &str, from: &str| {
        let state = if !until.is_empty() && until < today.as_str() { "ended" } else { "holds" };
        let until = if until.is_empty() { "without an end" } else { until };
        text.push_str(&format!("{id}  [{state}, {until}, {owner}, {from}]\n  {reason}\n  {scope}\n"));
    };
    for rule in stored {
        row(&rule.id, &rule.scope, &rule.reason, &rule.owner, &rule.until, "store");
    }
    for rule in &context.config.exceptions {
        row(
            &rule.id,
            &rule.scope,
            &rule.reason,
            &rule.owner,
            rule.until.as_deref().unwrap_or_default(),
            "configuration",
        );
    }
    context.terminal.data(&text);
    Ok(())
}

fn read(context: &Context, file: &PathBuf, owner: &str, until: Option<&str>) -> Result<mutelist::Imported> {
    let text = fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))?;
    let imported = mutelist::import(&text, &context.catalog, owner, until)
        .map_err(|problem| UsageError(format!("{}: {problem}", file.display())))?;
    for check in &imported.without_policy {
        context.terminal.insist(&format!("no policy stands for the check '{check}': nothing is muted by it"));
    }
    Ok(imported)
}

fn print(context: &Context, file: &PathBuf, owner: &str, until: Option<&str>) -> Result<Exit> {
    let imported = read(context, file, owner, until)?;
    let mut text = "exceptions:\n".to_owned();
    for exception in &imported.exceptions {
        let json = |value: &str| serde_json::to_string(value).unwrap_or_default();
        text.push_str(&format!(
            "  - id: {}\n    scope: {}\n    reason: {}\n    owner: {}\n",
            json(&exception.id),
            json(&exception.scope),
            json(&exception.reason),
            json(&exception.owner)
        ));
        if let Some(until) = &exception.until {
            text.push_str(&format!("    until: {}\n", json(until)));
        }
    }
    context.terminal.data(&text);
    Ok(Exit::Success)
}
