//! `stance catalog`: is a catalog right?

use crate::{arguments::CommonArguments, context::Context, exit::Exit, terminal::Terminal};
use anyhow::Result;
use clap::Subcommand;

/// Check a catalog.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check schema, ids, expressions, paths, calls, permissions, examples and tests; exit 2 where something is wrong
    #[command(after_help = "Examples:\n  stance catalog lint\n  stance catalog lint --catalog ./policies aws/s3")]
    Lint {
        /// Only files whose path begins with one of these
        paths: Vec<String>,
        /// Machine-readable: a list of diagnostics
        #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
        format: String,
    },
}

/// Run it.
pub(crate) fn run(command: Command, common: &CommonArguments, terminal: Terminal) -> Result<Exit> {
    let Command::Lint { paths, format } = command;
    let (context, mut diagnostics) = Context::load_leniently(common, terminal)?;
    diagnostics.extend(catalog::lint::lint(&context.catalog));
    let chosen =
        |file: &str| paths.is_empty() || paths.iter().any(|path| file.starts_with(path.trim_start_matches("catalog/")));
    diagnostics.retain(|diagnostic| chosen(&diagnostic.file));
    let ids: Vec<&str> =
        context.catalog.policies.iter().filter(|(_, entry)| chosen(&entry.file)).map(|(id, _)| id.as_str()).collect();
    let types: Vec<&str> =
        context.catalog.types.iter().filter(|(_, entry)| chosen(&entry.file)).map(|(name, _)| name.as_str()).collect();
    let (count, failures) = engine::selftest::run(&context.catalog, &ids, &types);
    diagnostics.extend(failures);
    diagnostics.sort();
    diagnostics.dedup();
    if format == "json" {
        terminal.data(&format!("{}\n", serde_json::to_string_pretty(&diagnostics)?));
    } else {
        for diagnostic in &diagnostics {
            terminal.data(&format!("{diagnostic}\n"));
        }
    }
    let (types, policies, frameworks) = (types.len(), ids.len(), context.catalog.frameworks.len());
    terminal.say(&format!(
        "{types} resource types, {policies} policies, {frameworks} frameworks, {count} tests: {} wrong",
        diagnostics.len()
    ));
    Ok(if diagnostics.is_empty() { Exit::Success } else { Exit::Usage })
}
