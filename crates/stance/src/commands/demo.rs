//! `stance demo`: the made-up estate of a small company, assessed. Needs no cloud.

use crate::{
    arguments::{CommonArguments, OutputArguments},
    context::Context,
    exit::Exit,
    output,
    progress::Progress,
    terminal::Terminal,
};
use anyhow::{Context as _, Result};
use catalog::Selection;
use clap::Args;
use engine::{inventory_file, scan};
use std::path::PathBuf;

/// The estate: JSON lines.
static ESTATE: &[u8] = include_bytes!("../../../../examples/demo/estate.jsonl");

/// When the estate was read: keys are as old then as its story wants.
const NOW: &str = "2026-11-24T18:00:00Z";

/// A small made-up estate, assessed.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The HTML report
    #[arg(short, long, value_name = "FILE", default_value = "stance-demo.html")]
    output: PathBuf,
    /// Format of what is printed
    #[arg(short, long, value_name = "FORMAT", default_value = "table", value_parser = crate::arguments::formats())]
    format: String,
}

/// Run it. It ends with success: that the demo has findings is its point.
pub(crate) async fn run(arguments: Arguments, common: &CommonArguments, terminal: Terminal) -> Result<Exit> {
    let context = Context::load(common, terminal)?;
    let mut plan = super::scan::plan(&context, &Selection::default(), None).await?;
    plan.now = NOW.parse().context("the demo's time is a time")?;
    let inventory = inventory_file::parse(ESTATE, "the demo's estate")?;
    terminal.say(&format!(
        "A made-up company: {} resources in {}, {} policies",
        inventory.resources.len(),
        accounts(&inventory),
        plan.pack.policies.len()
    ));
    let outcome =
        scan::judge_inventory(&plan, &context.catalog, inventory, None, false, "", &Progress::quiet()).await?;
    let wanted = |format: &str, output: Option<PathBuf>| OutputArguments {
        format: format.to_owned(),
        output,
        status: Vec::new(),
        ocsf_class: "compliance".to_owned(),
    };
    output::write(&context, &plan, outcome.clone(), &wanted(&arguments.format, None))?;
    output::write(&context, &plan, outcome, &wanted("html", Some(arguments.output)))?;
    Ok(Exit::Success)
}

fn accounts(inventory: &model::Inventory) -> String {
    let accounts: std::collections::BTreeSet<&str> =
        inventory.resources.iter().map(|resource| resource.account.as_str()).collect();
    report::text::count(accounts.len(), "account", "accounts")
}
