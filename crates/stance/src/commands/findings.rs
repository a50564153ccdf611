//! `stance findings`: what is wrong, from the store.

use crate::{
    arguments::{CommonArguments, OutputArguments},
    context::{Context, UsageError},
    exit::Exit,
    memory, output,
    terminal::Terminal,
};
use anyhow::Result;
use catalog::Selection;
use chrono::{DateTime, Utc};
use clap::Args;
use model::{Finding, Severity};
use report::{
    Meta,
    text::{count, harmless, shortened},
};
use store::{FindingFilter, State};

/// Letters of an id that are shown: enough to tell a million findings apart.
const ID_CHARS: usize = 10;

/// What is wrong, from the store.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  stance findings --severity critical --severity high\n  stance findings --service s3 --format csv --output s3.csv\n  stance findings --state resolved --since 2026-01-01"
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    output: OutputArguments,
    /// Only this severity; repeatable
    #[arg(long, value_name = "SEVERITY")]
    severity: Vec<Severity>,
    /// Only this policy; repeatable
    #[arg(long, value_name = "ID")]
    policy: Vec<String>,
    /// Only this service; repeatable
    #[arg(long, value_name = "SERVICE")]
    service: Vec<String>,
    /// Only this resource type; repeatable
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
    /// Only this resource; repeatable
    #[arg(long, value_name = "ID")]
    resource: Vec<String>,
    /// Only this region; repeatable
    #[arg(long, value_name = "REGION")]
    region: Vec<String>,
    /// Only this account; repeatable
    #[arg(long, value_name = "ACCOUNT")]
    account: Vec<String>,
    /// Where they are in their lives; open and excepted when nothing is said; repeatable
    #[arg(long, value_name = "STATE", value_parser = ["open", "excepted", "resolved"])]
    state: Vec<String>,
    /// Opened, reopened or resolved since then
    #[arg(long, value_name = "TIME", value_parser = super::inventory::time)]
    since: Option<DateTime<Utc>>,
}

/// Run it.
pub(crate) async fn run(arguments: Arguments, common: &CommonArguments, terminal: Terminal) -> Result<Exit> {
    let context = Context::load(common, terminal)?;
    let store = memory::existing(common, &context.config).await?;
    let state = |word: &String| match word.as_str() {
        "excepted" => State::Excepted,
        "resolved" => State::Resolved,
        _ => State::Open,
    };
    let asked = Selection {
        policies: arguments.policy,
        services: arguments.service.clone(),
        types: arguments.types.clone(),
        strict: true,
        ..Selection::default()
    };
    let known = asked.apply(&context.catalog).map_err(|error| UsageError(error.to_string()))?;
    let policies = if asked.policies.is_empty() { Vec::new() } else { known.into_iter().map(str::to_owned).collect() };
    let filter = FindingFilter {
        states: arguments.state.iter().map(state).collect(),
        statuses: arguments.output.status.clone(),
        severities: arguments.severity,
        policies,
        services: arguments.service,
        types: arguments.types,
        resources: arguments.resource,
        regions: arguments.region,
        accounts: arguments.account,
        since: arguments.since,
    };
    let mut reader = store.findings(&filter).await?;
    let mut findings = Vec::new();
    while let Some(records) = reader.next().await? {
        findings.extend(records.into_iter().map(|record| record.finding));
    }
    engine::scan::sort(&mut findings);
    let last = store.last_scan().await?;
    let meta = Meta {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scan: last.as_ref().map(|scan| scan.id.clone()).unwrap_or_default(),
        started_at: last.as_ref().map(|scan| scan.started_at).unwrap_or_default(),
        finished_at: last.as_ref().and_then(|scan| scan.finished_at).unwrap_or_default(),
        resources: last.as_ref().map_or(0, |scan| usize::try_from(scan.resources).unwrap_or_default()),
        ..Meta::default()
    };
    if arguments.output.format == "table" && arguments.output.output.is_none() {
        list(&context, &findings);
    } else {
        output::report(&context, meta, &findings, &arguments.output)?;
    }
    Ok(Exit::Success)
}

/// A line a finding, with the beginning of its id for `stance explain`.
fn list(context: &Context, findings: &[Finding]) {
    let terminal = context.terminal;
    let mut text = String::new();
    for finding in findings {
        let id: String = finding.id.to_string().chars().take(ID_CHARS).collect();
        let state = match (&finding.status, &finding.exception) {
            (_, Some(_)) => "excepted",
            (status, None) => status.as_str(),
        };
        let severity = finding.severity.as_str();
        let line =
            format!("{id}  {state:<8}  {severity:<13}  {:>3}  {}", finding.risk.score, harmless(&finding.message));
        text.push_str(&format!("{}\n", if terminal.fits { shortened(&line, terminal.width) } else { line }));
    }
    terminal.data(&text);
    terminal.say(&format!(
        "{}; `stance explain ID` says everything about one",
        count(findings.len(), "finding", "findings")
    ));
}
