//! `stance policies`: what is checked.

use crate::{
    arguments::{CommonArguments, SelectionArguments},
    context::{Context, UsageError},
    exit::Exit,
    terminal::{Style, Terminal},
};
use anyhow::{Context as _, Result};
use catalog::Selection;
use clap::Subcommand;
use serde_json::{Map, Value, json};
use std::{fs, path::PathBuf};

/// List, show, test and write policies.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the policies
    #[command(
        after_help = "Examples:\n  stance policies list --service s3\n  stance policies list --framework cis-aws-7.0 --format json"
    )]
    List {
        #[command(flatten)]
        selection: SelectionArguments,
        /// `json` is a stable contract
        #[arg(short, long, value_name = "FORMAT", default_value = "table", value_parser = ["table", "json"])]
        format: String,
    },
    /// Show one policy: what it asks, why, how it is mended, which control asks for it
    Show {
        /// Its id, a former one, or another tool's
        policy: String,
    },
    /// Run the policies' own tests
    #[command(
        after_help = "Examples:\n  stance policies test\n  stance policies test 'aws-s3-*'\n  stance policies test --catalog ./policies"
    )]
    Test {
        /// Ids, other tools' ids, or patterns with *; all policies where there are none
        policies: Vec<String>,
    },
    /// Write a new policy's file, with all keys and tests to fill in
    #[command(after_help = "Example:\n  stance policies new aws.s3.bucket bucket-has-an-owner --into ./policies")]
    New {
        /// The resource type
        resource: String,
        /// The policy's name, in lower case with -
        name: String,
        /// The catalog's folder
        #[arg(long, value_name = "DIR", default_value = "catalog")]
        into: PathBuf,
    },
}

/// Run it.
pub(crate) fn run(command: Command, common: &CommonArguments, terminal: Terminal) -> Result<Exit> {
    let context = Context::load(common, terminal)?;
    match command {
        Command::List { selection, format } => list(&context, &selection, &format),
        Command::Show { policy } => show(&context, &policy),
        Command::Test { policies } => test(&context, &policies),
        Command::New { resource, name, into } => new(&context, &resource, &name, &into),
    }
}

fn list(context: &Context, arguments: &SelectionArguments, format: &str) -> Result<Exit> {
    let mut selection = arguments.selection(&engine::config::ScanConfig::default());
    selection.strict |= arguments.profile.is_none();
    let ids = selection.apply(&context.catalog).map_err(|error| UsageError(error.to_string()))?;
    let claims = context.catalog.claims();
    if format == "json" {
        let all: Vec<Value> = ids.iter().filter_map(|id| entry(context, id, claims.get(id))).collect();
        context.terminal.data(&format!("{}\n", serde_json::to_string(&all)?));
        return Ok(Exit::Success);
    }
    let wide = ids.iter().map(|id| id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for id in &ids {
        if let Some(entry) = context.catalog.policies.get(*id) {
            text.push_str(&format!("{:<13}  {id:<wide$}  {}\n", entry.value.severity, entry.value.title));
        }
    }
    context.terminal.data(&text);
    context.terminal.say(&format!("{} policies", ids.len()));
    Ok(Exit::Success)
}

/// A policy as the contract has it.
fn entry(context: &Context, id: &str, claims: Option<&std::collections::BTreeMap<&str, Vec<&str>>>) -> Option<Value> {
    let policy = &context.catalog.policies.get(id)?.value;
    let frameworks: Map<String, Value> =
        claims.into_iter().flatten().map(|(framework, ids)| ((*framework).to_owned(), json!(ids))).collect();
    let guide = &policy.fix.guide;
    Some(json!({
        "id": id,
        "title": policy.title,
        "severity": policy.severity,
        "provider": policy.resource.split('.').next(),
        "resource": policy.resource,
        "category": policy.category,
        "confidence": policy.confidence,
        "profile": policy.profile,
        "risk": policy.risk,
        "was": policy.was,
        "equivalents": policy.equivalents.by_tool(),
        "frameworks": frameworks,
        "fix": { "console": guide.console, "cli": guide.cli, "terraform": guide.terraform },
        "references": policy.references,
    }))
}

fn show(context: &Context, name: &str) -> Result<Exit> {
    let selection = Selection { policies: vec![name.to_owned()], strict: true, ..Selection::default() };
    let ids = selection.apply(&context.catalog).map_err(|error| UsageError(error.to_string()))?;
    let claims = context.catalog.claims();
    let mut text = String::new();
    for id in ids {
        let Some(entry) = context.catalog.policies.get(id) else { continue };
        let policy = &entry.value;
        text.push_str(&format!("{}\n", context.terminal.paint(Style::Bold, &policy.title)));
        let mut row = |name: &str, value: &str| text.push_str(&format!("{name:<12}  {value}\n"));
        row("policy", id);
        let set = context.config.policies.get(id);
        match set.and_then(|set| set.severity) {
            Some(own) => row("severity", &format!("{own} (set in the configuration; {} by itself)", policy.severity)),
            None => row("severity", policy.severity.as_str()),
        }
        if set.is_some_and(|set| set.enabled == Some(false)) {
            row("enabled", "no: switched off in the configuration");
        }
        row("resource", &policy.resource);
        row("file", &entry.file);
        if let Some(applies) = &policy.applies {
            row("applies", applies.as_str());
        }
        if let Some(fail) = &policy.fail {
            row("fails when", fail.as_str());
        }
        for (name, parameter) in &policy.params {
            row(
                "parameter",
                &format!(
                    "{name} = {} ({})",
                    set.and_then(|set| set.params.get(name)).unwrap_or(&parameter.default).to_json(),
                    parameter.about
                ),
            );
        }
        for (tool, ids) in policy.equivalents.by_tool() {
            row(tool, &ids.join(", "));
        }
        for (framework, ids) in claims.get(id).into_iter().flatten() {
            row(framework, &ids.join(", "));
        }
        text.push_str(&super::explain::prose(context, id, context.terminal.width.clamp(60, 110), str::to_owned));
        text.push('\n');
    }
    context.terminal.data(&text);
    Ok(Exit::Success)
}

fn test(context: &Context, policies: &[String]) -> Result<Exit> {
    let whole = |pattern: &String| pattern.contains('*') || context.catalog.policy(pattern).is_some();
    let patterns = policies.iter().map(|pattern| if whole(pattern) { pattern.clone() } else { format!("{pattern}*") });
    let selection = Selection { policies: patterns.collect(), strict: true, ..Selection::default() };
    let ids = selection.apply(&context.catalog).map_err(|error| UsageError(error.to_string()))?;
    let ids = if policies.is_empty() { context.own(ids) } else { ids };
    let (count, failures) = engine::selftest::run(&context.catalog, &ids, &[]);
    for failure in &failures {
        context.terminal.data(&format!("{failure}\n"));
    }
    context.terminal.say(&format!("{} policies, {count} tests: {} failed", ids.len(), failures.len()));
    Ok(if failures.is_empty() { Exit::Success } else { Exit::Failed })
}

fn new(context: &Context, resource: &str, name: &str, into: &std::path::Path) -> Result<Exit> {
    if !context.catalog.types.contains_key(resource) {
        return Err(
            UsageError(format!("there is no resource type '{resource}' (`stance types list` lists them)")).into()
        );
    }
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
        return Err(UsageError(format!("'{name}' is no name for a policy: lower case, digits and '-'")).into());
    }
    let mut parts = resource.split('.');
    let (provider, service) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default().replace('_', "-"));
    let folder = into.join(provider).join(service).join("policies");
    let path = folder.join(format!("{name}.yaml"));
    if path.exists() {
        return Err(UsageError(format!("{} is there already", path.display())).into());
    }
    fs::create_dir_all(&folder).with_context(|| format!("can't make {}", folder.display()))?;
    fs::write(&path, NEW.replace("{resource}", resource)).with_context(|| format!("can't write {}", path.display()))?;
    context.terminal.say(&format!("{} written: fill in what is marked, then `stance catalog lint`", path.display()));
    Ok(Exit::Success)
}

/// A policy with all keys in their order and tests that fail until it is written.
const NEW: &str = "title: TODO what holds when all is well
resource: {resource}
severity: medium                # informational | low | medium | high | critical
category: governance            # public-access | encryption | identity | network | logging | monitoring | resilience | secrets | patching | governance
risk: >-
  TODO what an attacker or an accident does when it does not hold.
fail: doc.TODO != true          # CEL over the document: a bool, or the list of offending parts
message: \"{name} TODO what is wrong with it\"
fix:
  guide:
    console: [TODO the steps]
    cli: TODO the command
references:
  - https://TODO
tests:                          # patches over the type's example
  - { name: as in the example, expect: pass }
  - { name: TODO what breaks it, set: { TODO: false }, expect: fail }
  - { name: read denied, deny: [\"service:Action\"], expect: unknown }
";
