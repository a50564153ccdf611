//! A report to where it is wanted.

use crate::{arguments::OutputArguments, context::Context};
use anyhow::{Context as _, Result};
use chrono::Utc;
use engine::scan::{Outcome, Plan};
use report::{Format, Look, Meta, Report};
use std::{
    fs::File,
    io::{BufWriter, Write as _},
};

/// Rows of the terminal's longest lists.
const ROWS_MAX: usize = 25;

/// Write the report of a scan.
pub(crate) fn write(context: &Context, plan: &Plan, outcome: Outcome, wanted: &OutputArguments) -> Result<()> {
    let meta = Meta {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scan: outcome.scan,
        started_at: plan.now,
        finished_at: Utc::now(),
        accounts: outcome.accounts,
        regions: outcome.regions,
        resources: outcome.resources,
        calls: outcome.requests,
        left_out: outcome.left_out,
    };
    let mut findings = outcome.findings;
    if !wanted.status.is_empty() {
        findings.retain(|finding| wanted.status.iter().any(|status| status == finding.status.as_str()));
    }
    report(context, meta, &findings, wanted)
}

/// Write a report about findings.
pub(crate) fn report(
    context: &Context,
    meta: Meta,
    findings: &[model::Finding],
    wanted: &OutputArguments,
) -> Result<()> {
    let terminal = context.terminal;
    let format: Format = wanted.format.parse().map_err(anyhow::Error::msg)?;
    let to_terminal = wanted.output.is_none();
    let look = if to_terminal {
        Look { width: terminal.width, colour: terminal.colour, rows_max: ROWS_MAX }
    } else {
        Look { rows_max: 0, ..Look::default() }
    };
    let report =
        Report { meta, catalog: &context.catalog, findings, look, ocsf_detection: wanted.ocsf_class == "detection" };
    match &wanted.output {
        None => terminal.stream(|out| format.write(&report, out)),
        Some(path) => {
            let file = File::create(path).with_context(|| format!("can't write {}", path.display()))?;
            let mut out = BufWriter::new(file);
            format
                .write(&report, &mut out)
                .and_then(|()| out.flush())
                .with_context(|| format!("can't write {}", path.display()))?;
            terminal.say(&format!("{} findings written to {}", findings.len(), path.display()));
        }
    }
    Ok(())
}
