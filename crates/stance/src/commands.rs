//! One file a command.

pub mod catalog;
pub mod policies;

use crate::{
    arguments::{Arguments, Command},
    exit::Exit,
    terminal::Terminal,
};
use anyhow::Result;

/// Run the command.
pub fn run(arguments: Arguments, terminal: Terminal) -> Result<Exit> {
    let common = &arguments.common;
    match arguments.command {
        Command::Policies(command) => policies::run(command, common, terminal),
        Command::Catalog(command) => catalog::run(command, common, terminal),
    }
}
