//! `stance doctor`: would a scan see everything?

use super::scan::AwsArguments;
use crate::{
    arguments::{CommonArguments, SelectionArguments},
    context::Context,
    exit::Exit,
    progress::Progress,
    terminal::{Style, Terminal},
};
use anyhow::Result;
use clap::Subcommand;
use cloud::Targets;
use engine::scan::{self, Listener as _};
use model::Status;
use std::collections::{BTreeMap, BTreeSet};

/// Try credentials and permissions; say what would be unknown.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Try them on AWS, in one region
    #[command(
        after_help = "Example:\n  stance doctor aws --region eu-west-1\n\nMakes the read calls of a scan in one region and keeps nothing."
    )]
    Aws {
        #[command(flatten)]
        selection: SelectionArguments,
        /// The region to try
        #[arg(long, value_name = "REGION")]
        region: Option<String>,
        #[command(flatten)]
        aws: AwsArguments,
    },
}

/// Run it.
pub(crate) async fn run(command: Command, common: &CommonArguments, terminal: Terminal) -> Result<Exit> {
    let Command::Aws { selection, region, aws } = command;
    let context = Context::load(common, terminal)?;
    let selection = selection.selection(&context.config.scan);
    let plan = super::scan::plan(&context, &selection, None).await?;
    let targets =
        Targets { aws: Some(aws.targets(&context.config.scan, &region.clone().into_iter().collect::<Vec<_>>())) };
    let mut healthy = true;
    for connected in cloud::connect(&targets).await {
        let handle = match connected {
            Ok(handle) => handle,
            Err(error) => {
                healthy = false;
                terminal.data(&format!("{}  {error}\n", terminal.paint(Style::Red, "no   ")));
                continue;
            }
        };
        terminal.data(&format!("{}  credentials: {}\n", terminal.paint(Style::Green, "ok   "), handle.identity()));
        terminal.data(&format!(
            "{}  account {} in {}\n",
            terminal.paint(Style::Green, "ok   "),
            handle.id(),
            report::text::count(handle.regions().len(), "region", "regions")
        ));
        let one = match &region {
            Some(_) => handle,
            None => handle.narrowed(),
        };
        let progress = Progress::new(terminal);
        progress.account(&one);
        let inventory = one.collect(plan.pack.clone(), plan.now).await;
        progress.end();
        let outcome =
            scan::judge_inventory(&plan, &context.catalog, inventory, None, false, "", &Progress::quiet()).await?;
        let mut missing: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for finding in &outcome.findings {
            if let Status::Unknown(lacks) = &finding.status {
                for lack in lacks.lacks() {
                    missing.entry(format!("{lack}")).or_default().insert(&finding.policy);
                }
            }
        }
        for (what, policies) in &missing {
            healthy = false;
            terminal.data(&format!(
                "{}  {what}: {} would be unknown\n",
                terminal.paint(Style::Yellow, "miss "),
                report::text::count(policies.len(), "policy", "policies")
            ));
        }
        if missing.is_empty() {
            terminal.data(&format!(
                "{}  everything that {} policies need can be read\n",
                terminal.paint(Style::Green, "ok   "),
                plan.pack.policies.len()
            ));
        }
    }
    Ok(if healthy { Exit::Success } else { Exit::Incomplete })
}
