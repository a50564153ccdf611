//! One file a command.

pub(crate) mod call;
pub(crate) mod catalog;
pub(crate) mod compliance;
pub(crate) mod demo;
pub(crate) mod diff;
pub(crate) mod doctor;
pub(crate) mod except;
pub(crate) mod explain;
pub(crate) mod findings;
pub(crate) mod inventory;
pub(crate) mod permissions;
pub(crate) mod policies;
pub(crate) mod reference;
pub(crate) mod scan;
pub(crate) mod types;

use crate::{
    arguments::{Arguments, Command},
    context::{Context, UsageError},
    exit::Exit,
    terminal::Terminal,
};
use anyhow::{Context as _, Result};
use clap::CommandFactory;

/// Run the command.
pub(crate) fn run(arguments: Arguments, terminal: Terminal) -> Result<Exit> {
    let common = &arguments.common;
    match arguments.command {
        Command::Scan(arguments) => block_on(scan::run(arguments, common, terminal)),
        Command::Demo(arguments) => block_on(demo::run(arguments, common, terminal)),
        Command::Inventory(arguments) => block_on(inventory::run(arguments, common, terminal)),
        Command::Findings(arguments) => block_on(findings::run(arguments, common, terminal)),
        Command::Explain(arguments) => block_on(explain::run(arguments, common, terminal)),
        Command::Except(command) => block_on(except::run(command, common, terminal)),
        Command::Diff(arguments) => block_on(diff::run(arguments, common, terminal)),
        Command::Policies(command) => policies::run(command, common, terminal),
        Command::Types(command) => types::run(command, common, terminal),
        Command::Compliance(arguments) => block_on(compliance::run(arguments, common, terminal)),
        Command::Permissions(command) => permissions::run(command, common, terminal),
        Command::Doctor(command) => block_on(doctor::run(command, common, terminal)),
        Command::Call(command) => block_on(call::run(command, terminal)),
        Command::Catalog(command) => catalog::run(command, common, terminal),
        Command::Reference(arguments) => reference::run(&arguments, &Context::load(common, terminal)?),
        Command::Completions { shell } => completions(&shell, terminal),
    }
}

fn block_on(command: impl Future<Output = Result<Exit>>) -> Result<Exit> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("can't start the runtime")?
        .block_on(command)
}

fn completions(shell: &str, terminal: Terminal) -> Result<Exit> {
    let mut command = Arguments::command();
    let mut text = Vec::new();
    if shell == "man" {
        clap_mangen::Man::new(command).render(&mut text)?;
    } else {
        let shell: clap_complete::Shell = shell
            .parse()
            .map_err(|_| UsageError(format!("'{shell}' is none of bash, zsh, fish, elvish, powershell, man")))?;
        clap_complete::generate(shell, &mut command, "stance", &mut text);
    }
    terminal.stream(|out| out.write_all(&text));
    Ok(Exit::Success)
}
