//! The binary: the command line over the engine.

mod arguments;
mod commands;
mod context;
mod exit;
mod memory;
mod output;
mod progress;
mod terminal;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    let terminal = terminal::Terminal::detect(arguments.common.quiet);
    match commands::run(arguments, terminal) {
        Ok(exit) => exit.into(),
        Err(error) => {
            let label = terminal.paint_talk(terminal::Style::Red, "error:");
            terminal.insist(&format!("{label} {}", context::chain(&error)));
            error.downcast_ref::<context::UsageError>().map_or(exit::Exit::Incomplete, |_| exit::Exit::Usage).into()
        }
    }
}
