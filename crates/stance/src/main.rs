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
    log(arguments.common.verbose);
    match commands::run(arguments, terminal) {
        Ok(exit) => exit.into(),
        Err(error) => {
            let label = terminal.paint_talk(terminal::Style::Red, "error:");
            terminal.insist(&format!("{label} {}", context::chain(&error)));
            error.downcast_ref::<context::UsageError>().map_or(exit::Exit::Incomplete, |_| exit::Exit::Usage).into()
        }
    }
}

/// Write what the parts say about themselves to stderr: nothing but warnings, `-v` more, `-vv` every call.
fn log(verbose: u8) {
    let level = match verbose {
        0 => "off",
        1 => "stance=info,engine=info,cloud=info,store=info",
        _ => "stance=debug,engine=debug,cloud=debug,store=info",
    };
    let filter = tracing_subscriber::EnvFilter::try_from_env("STANCE_LOG").unwrap_or_else(|_| level.into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
