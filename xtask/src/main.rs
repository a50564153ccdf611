//! Developer commands: `cargo xtask COMMAND`. A table; each command is a file.

mod aws_models;

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
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::AwsModels(arguments) => aws_models::run(&arguments),
    }
}
