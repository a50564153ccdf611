//! The command line, declared once: help, completions and man pages come from here.

use crate::commands;
use clap::{Args, Parser, Subcommand};
use model::Severity;
use std::path::PathBuf;

/// Knows every resource in your clouds, says what is wrong with it and what to fix first.
#[derive(Debug, Parser)]
#[command(
    name = "stance",
    version,
    about,
    propagate_version = true,
    subcommand_required = true,
    arg_required_else_help = true
)]
#[command(
    after_help = "Try `stance demo` first: it needs no cloud. Then `stance scan aws` with read-only credentials."
)]
pub(crate) struct Arguments {
    /// What all commands take.
    #[command(flatten)]
    pub(crate) common: CommonArguments,
    /// The command.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What all commands take.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Common")]
pub(crate) struct CommonArguments {
    /// Say nothing but errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Say more; twice for every call
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Configuration file; stance.yaml of this folder by default
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Folder with further resource types, policies and frameworks; repeatable
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) catalog: Vec<PathBuf>,
    /// Folder to use in place of the built-in catalog
    #[arg(long, global = true, value_name = "DIR", hide = true)]
    pub(crate) catalog_dir: Option<PathBuf>,
    /// The store; by default in the user's data folder
    #[arg(long, global = true, value_name = "FILE", env = "STANCE_STORE")]
    pub(crate) store: Option<PathBuf>,
}

/// Which policies take part.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Selection")]
pub(crate) struct SelectionArguments {
    /// Only this policy: an id, another tool's id, or a pattern with *; repeatable
    #[arg(long, value_name = "ID")]
    pub(crate) policy: Vec<String>,
    /// Leave this policy out; repeatable
    #[arg(long, value_name = "ID")]
    pub(crate) without_policy: Vec<String>,
    /// Only policies of this service; repeatable
    #[arg(long, value_name = "SERVICE")]
    pub(crate) service: Vec<String>,
    /// Only policies of this severity and worse
    #[arg(long, value_name = "SEVERITY")]
    pub(crate) severity: Option<Severity>,
    /// Only policies of this framework; repeatable
    #[arg(long, value_name = "FRAMEWORK")]
    pub(crate) framework: Vec<String>,
    /// `strict` adds the policies that most teams would mute
    #[arg(long, value_name = "PROFILE", value_parser = ["default", "strict"])]
    pub(crate) profile: Option<String>,
}

impl SelectionArguments {
    /// What they ask for; the configuration fills in what they leave open.
    pub(crate) fn selection(&self, config: &engine::config::ScanConfig) -> catalog::Selection {
        catalog::Selection {
            policies: self.policy.clone(),
            without: self.without_policy.clone(),
            services: self.service.clone(),
            providers: Vec::new(),
            severity: self.severity.or(config.severity),
            frameworks: if self.framework.is_empty() { config.frameworks.clone() } else { self.framework.clone() },
            types: Vec::new(),
            strict: self.profile.as_deref().map_or(config.strict, |profile| profile == "strict"),
        }
    }
}

/// Where a report goes and how it looks.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArguments {
    /// Format of the report
    #[arg(short, long, value_name = "FORMAT", default_value = "table", value_parser = formats())]
    pub(crate) format: String,
    /// Write the report to a file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Only findings with this status: fail, pass, unknown, manual; repeatable
    #[arg(long, value_name = "STATUS", value_parser = ["fail", "pass", "unknown", "manual"])]
    pub(crate) status: Vec<String>,
    /// OCSF's Detection Finding (2004) in place of its Compliance Finding (2003)
    #[arg(long, value_name = "CLASS", value_parser = ["compliance", "detection"], default_value = "compliance")]
    pub(crate) ocsf_class: String,
}

pub(crate) fn formats() -> clap::builder::PossibleValuesParser {
    let values =
        report::Format::ALL.iter().map(|(_, word, about)| clap::builder::PossibleValue::new(*word).help(*about));
    clap::builder::PossibleValuesParser::new(values)
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Discover and assess
    Scan(commands::scan::Arguments),
    /// A small made-up estate, assessed: findings on the terminal and an HTML report; needs no cloud
    Demo(commands::demo::Arguments),
    /// What the last scan found to exist
    Inventory(commands::inventory::Arguments),
    /// What is wrong, from the store
    Findings(commands::findings::Arguments),
    /// Everything about one finding: why, since when, which exception applies, how to mend it
    Explain(commands::explain::Arguments),
    /// Accept findings for a while
    #[command(subcommand)]
    Except(commands::except::Command),
    /// What changed between two scans
    Diff(commands::diff::Arguments),
    /// List, show, test and write policies
    #[command(subcommand)]
    Policies(commands::policies::Command),
    /// List, show and write resource types
    #[command(subcommand)]
    Types(commands::types::Command),
    /// How far the estate meets a framework
    Compliance(commands::compliance::Arguments),
    /// The least permissions that a scan needs
    #[command(subcommand)]
    Permissions(commands::permissions::Command),
    /// Try credentials and permissions; say what would be unknown
    #[command(subcommand)]
    Doctor(commands::doctor::Command),
    /// Make one read call and print the answer, for authors of catalogs
    #[command(subcommand)]
    Call(commands::call::Command),
    /// Check a catalog
    #[command(subcommand)]
    Catalog(commands::catalog::Command),
    /// Write or check the files that are derived from others
    #[command(hide = true)]
    Reference(commands::reference::Arguments),
    /// Print a shell's completions, or the man page
    Completions {
        /// bash, zsh, fish, elvish, powershell or man
        shell: String,
    },
}
