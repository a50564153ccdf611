//! Developer commands: `cargo xtask COMMAND`. A table; each command is a file.

mod aws_models;
mod bench;
mod ci;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Developer commands of stance")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Trim the AWS API models into catalog/models/aws.bin
    AwsModels(aws_models::Arguments),
    /// Run all the tests; installs what they need
    Test {
        /// Passed on to `cargo test`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Write the files that are derived from others: schemas and reference pages
    Docs,
    /// Measure `stance` beside other programs
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Everything that must be green: format, lints, tests, docs, catalog
    Ci,
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::AwsModels(arguments) => aws_models::run(&arguments),
        Command::Test { arguments } => ci::test(&arguments),
        Command::Docs => ci::docs(),
        Command::Bench(bench) => bench::run(&bench),
        Command::Ci => ci::ci(),
    }
}
