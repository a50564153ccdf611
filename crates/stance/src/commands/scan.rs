//! `stance scan`: discover, assess, remember, report.

use crate::{
    arguments::{CommonArguments, OutputArguments, SelectionArguments},
    context::{Context, UsageError},
    exit::Exit,
    memory, output,
    progress::Progress,
    terminal::Terminal,
};
use anyhow::{Context as _, Result};
use catalog::Selection;
use chrono::Utc;
use clap::{Args, ValueEnum};
use cloud::{AwsTargets, Targets, aws::ClientOptions};
use engine::{
    inventory_file,
    scan::{self, Outcome, Plan},
};
use model::Severity;
use std::{path::PathBuf, time::Duration};

/// Discover and assess.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  stance scan aws\n  stance scan aws --region eu-west-1 --service s3 --service iam\n  stance scan aws --framework cis-aws-7.0 --format html --output report.html\n  stance scan aws --assume-role arn:aws:iam::111122223333:role/StanceReadOnly --external-id …\n  stance scan --inventory estate.jsonl --format jsonl --fail-on high\n\nExit codes: 0 nothing failed, 3 something failed, 1 less was scanned than was asked for, 2 usage."
)]
pub(crate) struct Arguments {
    /// What is scanned; everything that there are credentials for when nothing is named
    provider: Option<Provider>,
    /// Judge an exported inventory (JSON lines) instead of a cloud; - for stdin
    #[arg(long, value_name = "FILE", conflicts_with = "provider")]
    inventory: Option<PathBuf>,
    #[command(flatten)]
    selection: SelectionArguments,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    scanning: ScanningArguments,
    #[command(flatten)]
    aws: AwsArguments,
}

/// A provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Provider {
    /// AWS accounts
    Aws,
}

/// How the scan goes.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Scan")]
pub(crate) struct ScanningArguments {
    /// Only this region; repeatable
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Vec<String>,
    /// Only findings about this resource: its id; repeatable
    #[arg(long, value_name = "ARN")]
    pub(crate) resource: Vec<String>,
    /// A failure of this severity or worse makes the exit code 3; `never` for none
    #[arg(long, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<String>,
    /// Keep nothing
    #[arg(long)]
    pub(crate) no_store: bool,
    /// Also write the inventory, as JSON lines
    #[arg(long, value_name = "FILE")]
    pub(crate) export_inventory: Option<PathBuf>,
}

/// Which accounts, with whose credentials.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "AWS")]
pub(crate) struct AwsArguments {
    /// Profile of the AWS configuration
    #[arg(long, value_name = "NAME")]
    pub(crate) aws_profile: Option<String>,
    /// Role to take on, one an account; repeatable
    #[arg(long, value_name = "ARN")]
    pub(crate) assume_role: Vec<String>,
    /// External id that the roles ask for
    #[arg(long, value_name = "ID")]
    pub(crate) external_id: Option<String>,
    /// Use FIPS endpoints
    #[arg(long)]
    pub(crate) fips: bool,
    /// Use dual-stack endpoints
    #[arg(long)]
    pub(crate) dual_stack: bool,
    /// Allow calls that read data rather than configuration
    #[arg(long)]
    pub(crate) allow_data_reads: bool,
    /// Retries of a request that is throttled or fails
    #[arg(long, value_name = "NUMBER")]
    pub(crate) retries_max: Option<u32>,
    /// Seconds that one call may take, with its retries
    #[arg(long, value_name = "SECONDS")]
    pub(crate) call_deadline: Option<u64>,
}

impl AwsArguments {
    /// What they ask for; the configuration fills in what they leave open.
    pub(crate) fn targets(&self, config: &engine::config::ScanConfig, regions: &[String]) -> AwsTargets {
        let mut options = ClientOptions { allow_data: self.allow_data_reads, ..ClientOptions::default() };
        options.ca_bundle = std::env::var_os("AWS_CA_BUNDLE").filter(|path| !path.is_empty()).map(PathBuf::from);
        options.fips = self.fips.then_some(true);
        options.dual_stack = self.dual_stack.then_some(true);
        options.retries_max = self.retries_max.unwrap_or(options.retries_max);
        options.call_deadline = self.call_deadline.map_or(options.call_deadline, Duration::from_secs);
        let or = |given: &[String], set: &[String]| if given.is_empty() { set.to_vec() } else { given.to_vec() };
        AwsTargets {
            profile: self.aws_profile.clone(),
            roles: or(&self.assume_role, &config.assume_roles),
            external_id: self.external_id.clone().or_else(|| config.external_id.clone()),
            regions: or(regions, &config.regions),
            options,
        }
    }
}

/// Run it.
pub(crate) async fn run(arguments: Arguments, common: &CommonArguments, terminal: Terminal) -> Result<Exit> {
    let context = Context::load(common, terminal)?;
    let selection = arguments.selection.selection(&context.config.scan);
    let fail_on = fail_on(arguments.scanning.fail_on.as_deref(), context.config.scan.fail_on)?;
    let store = memory::open(common, &context.config, arguments.scanning.no_store).await?;
    let plan = plan(&context, &selection, store.as_ref()).await?;
    let keep = arguments.scanning.export_inventory.is_some();
    let scope = scope(&arguments, &selection);
    let outcome = match &arguments.inventory {
        Some(path) => {
            let inventory = inventory_file::read(path).map_err(|error| UsageError(error.to_string()))?;
            let progress = Progress::quiet();
            scan::judge_inventory(&plan, &context.catalog, inventory, store.as_ref(), keep, &scope, &progress).await?
        }
        None => {
            let aws = arguments.aws.targets(&context.config.scan, &arguments.scanning.region);
            let progress = Progress::new(terminal);
            let outcome = scan::scan(&plan, &Targets { aws: Some(aws) }, store.as_ref(), keep, &scope, &progress).await;
            progress.end();
            outcome?
        }
    };
    if let Some(path) = &arguments.scanning.export_inventory {
        inventory_file::write_file(path, &outcome.inventory)
            .with_context(|| format!("can't write {}", path.display()))?;
    }
    finish(&context, &plan, outcome, &arguments.output, &arguments.scanning.resource, fail_on)
}

/// Compile what is asked for, with the exceptions of the configuration and of the store.
pub(crate) async fn plan(context: &Context, selection: &Selection, store: Option<&store::Store>) -> Result<Plan> {
    let mut exceptions = context.config.exception_rules().map_err(|error| UsageError(error.to_string()))?;
    if let Some(store) = store {
        exceptions.extend(memory::exceptions(store).await?);
    }
    let today = Utc::now().date_naive();
    for ended in exceptions.iter().filter(|rule| rule.until.is_some_and(|until| until < today)) {
        let until = ended.until.map(|until| until.to_string()).unwrap_or_default();
        context.terminal.say(&format!("the exception '{}' ended on {until} and no longer applies", ended.id));
    }
    scan::plan(&context.catalog, &context.config, selection, exceptions, Utc::now())
        .map_err(|error| UsageError(error.to_string()).into())
}

/// Report, and say how it ended.
pub(crate) fn finish(
    context: &Context,
    plan: &Plan,
    mut outcome: Outcome,
    wanted: &OutputArguments,
    resources: &[String],
    fail_on: Option<Severity>,
) -> Result<Exit> {
    let terminal = context.terminal;
    if !resources.is_empty() {
        outcome.findings.retain(|finding| resources.contains(&finding.resource.id));
        if outcome.findings.is_empty() {
            outcome.left_out.push(format!("no finding is about {}", resources.join(", ")));
        }
    }
    for fault in &outcome.faults {
        let label = terminal.paint_talk(crate::terminal::Style::Red, "fault:");
        terminal.insist(&format!(
            "{label} policy {} could not judge {}: {}",
            fault.policy,
            report::text::harmless(&fault.resource),
            fault.message
        ));
    }
    let failed = outcome
        .findings
        .iter()
        .any(|finding| finding.is_open_failure() && fail_on.is_some_and(|least| finding.severity >= least));
    let incomplete = !outcome.left_out.is_empty() || !outcome.faults.is_empty();
    output::write(context, plan, outcome, wanted)?;
    Ok(match (failed, incomplete) {
        (_, true) => Exit::Incomplete,
        (true, false) => Exit::Failed,
        (false, false) => Exit::Success,
    })
}

/// The severity from which on a failure makes the exit code 3: informational when nothing is said.
pub(crate) fn fail_on(given: Option<&str>, configured: Option<Severity>) -> Result<Option<Severity>> {
    match given {
        Some("never") => Ok(None),
        Some(word) => word
            .parse()
            .map(Some)
            .map_err(|problem: String| UsageError(format!("--fail-on: {problem}, or never")).into()),
        None => Ok(Some(configured.unwrap_or(Severity::Informational))),
    }
}

fn scope(arguments: &Arguments, selection: &Selection) -> String {
    serde_json::json!({
        "inventory": arguments.inventory,
        "assume_roles": arguments.aws.assume_role,
        "regions": arguments.scanning.region,
        "policies": selection.policies,
        "services": selection.services,
        "frameworks": selection.frameworks,
    })
    .to_string()
}
