//! The command line, declared once: help, completions and man pages come from here.

use clap::{Args, Parser, Subcommand};
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
pub struct Arguments {
    /// What all commands take.
    #[command(flatten)]
    pub common: CommonArguments,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// What all commands take.
#[derive(Clone, Debug, Args)]
pub struct CommonArguments {
    /// Say nothing but errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more; twice for every call
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Configuration file; stance.yaml of this folder by default
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder with further resource types, policies and frameworks; repeatable
    #[arg(long, global = true, value_name = "DIR")]
    pub catalog: Vec<PathBuf>,
    /// Folder to use in place of the built-in catalog
    #[arg(long, global = true, value_name = "DIR", hide = true)]
    pub catalog_dir: Option<PathBuf>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List, show, test and write policies
    #[command(subcommand)]
    Policies(crate::commands::policies::Command),
    /// Check a catalog
    #[command(subcommand)]
    Catalog(crate::commands::catalog::Command),
}
