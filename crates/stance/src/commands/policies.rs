//! `stance policies`: what is checked.

use crate::{
    arguments::CommonArguments,
    context::{Context, UsageError},
    exit::Exit,
    terminal::Terminal,
};
use anyhow::Result;
use catalog::Selection;
use clap::Subcommand;

/// List, show, test and write policies.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the policies' own tests
    #[command(
        after_help = "Examples:\n  stance policies test\n  stance policies test 'aws-s3-*'\n  stance policies test --catalog ./policies"
    )]
    Test {
        /// Ids, other tools' ids, or patterns with *; all policies where there are none
        policies: Vec<String>,
    },
}

/// Run it.
pub fn run(command: Command, common: &CommonArguments, terminal: Terminal) -> Result<Exit> {
    let Command::Test { policies } = command;
    let context = Context::load(common, terminal)?;
    let patterns = policies.iter().map(|pattern| {
        if pattern.contains('*') || context.catalog.policy(pattern).is_some() {
            pattern.clone()
        } else {
            format!("{pattern}*")
        }
    });
    let selection = Selection { policies: patterns.collect(), strict: true, ..Selection::default() };
    let ids = selection.apply(&context.catalog).map_err(|error| UsageError(error.to_string()))?;
    let (count, failures) = engine::selftest::run(&context.catalog, &ids, &[]);
    for failure in &failures {
        terminal.data(&format!("{failure}\n"));
    }
    terminal.say(&format!("{} policies, {count} tests: {} failed", ids.len(), failures.len()));
    Ok(if failures.is_empty() { Exit::Success } else { Exit::Failed })
}
