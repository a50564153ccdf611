//! `cargo xtask bench`: measurements that need more than one program. Benches of functions are `cargo bench`.

mod moto;
mod peer;
mod trace;
mod usage;
mod verdicts;

use anyhow::Result;
use clap::Subcommand;

/// What is measured.
#[derive(Subcommand)]
pub(crate) enum Bench {
    /// The scan of an account beside Prowler's: time, memory, calls and verdicts
    Peer(peer::Arguments),
}

/// Measure.
pub(crate) fn run(bench: &Bench) -> Result<()> {
    match bench {
        Bench::Peer(arguments) => peer::run(arguments),
    }
}
