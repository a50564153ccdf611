//! `stance diff`: what changed between two scans.

use crate::{
    arguments::CommonArguments,
    context::{Context, UsageError},
    exit::Exit,
    memory,
    terminal::Terminal,
};
use anyhow::Result;
use clap::Args;
use report::text::harmless;
use store::{Diff, FindingTurn, ResourceTurn, Store};

/// What changed between two scans.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  stance diff                 # the last scan against the one before it\n  stance diff --list          # the scans there are\n  stance diff SCAN SCAN"
)]
pub(crate) struct Arguments {
    /// The earlier scan
    earlier: Option<String>,
    /// The later scan; the last one by default
    later: Option<String>,
    /// List the scans
    #[arg(long)]
    list: bool,
}

/// Run it.
pub(crate) async fn run(arguments: Arguments, common: &CommonArguments, terminal: Terminal) -> Result<Exit> {
    let context = Context::load(common, terminal)?;
    let store = memory::existing(common, &context.config).await?;
    if arguments.list {
        return list(&store, terminal).await;
    }
    let mut ids: Vec<String> =
        store.scans().await?.into_iter().filter(|scan| scan.finished_at.is_some()).map(|scan| scan.id).collect();
    ids.sort();
    let missing = || UsageError("there are fewer than two finished scans to compare".to_owned());
    let later = arguments.later.or_else(|| ids.last().cloned()).ok_or_else(missing)?;
    let earlier = match arguments.earlier {
        Some(earlier) => earlier,
        None => ids.iter().rev().find(|id| **id < later).cloned().ok_or_else(missing)?,
    };
    let diff = store.diff(&earlier, &later).await.map_err(|error| UsageError(crate::context::chain(&error.into())))?;
    terminal.data(&page(&diff, &earlier, &later));
    Ok(Exit::Success)
}

async fn list(store: &Store, terminal: Terminal) -> Result<Exit> {
    let mut text = String::new();
    for scan in store.scans().await? {
        let ended = scan.finished_at.map_or_else(|| "did not finish".to_owned(), |at| at.to_rfc3339());
        let whole = if scan.complete { "" } else { ", in part" };
        text.push_str(&format!(
            "{}  {ended}{whole}  {} resources, {} opened, {} resolved, {} reopened\n",
            scan.id, scan.resources, scan.changes.opened, scan.changes.resolved, scan.changes.reopened
        ));
    }
    terminal.data(&text);
    Ok(Exit::Success)
}

fn page(diff: &Diff, earlier: &str, later: &str) -> String {
    let mut text = format!("{earlier} → {later}\n");
    for change in &diff.resources {
        let (sign, paths) = match &change.turn {
            ResourceTurn::Added => ("+", String::new()),
            ResourceTurn::Removed => ("-", String::new()),
            ResourceTurn::Changed { paths } => ("~", format!("  {}", paths.join(", "))),
        };
        text.push_str(&format!("{sign} {}  {}{}\n", change.type_name, harmless(&change.id), harmless(&paths)));
    }
    for change in &diff.findings {
        let word = match &change.turn {
            FindingTurn::Opened => "opened",
            FindingTurn::Resolved => "resolved",
            FindingTurn::Reopened => "reopened",
        };
        text.push_str(&format!("{word:<8} {:<8} {}  {}\n", change.severity, change.policy, harmless(&change.message)));
    }
    if diff.resources.is_empty() && diff.findings.is_empty() {
        text.push_str("nothing changed\n");
    }
    text
}
