//! `stance explain`: everything about one finding.

use crate::{
    arguments::CommonArguments,
    context::{Context, UsageError},
    exit::Exit,
    memory,
    terminal::{Style, Terminal},
};
use anyhow::Result;
use chrono::Utc;
use clap::Args;
use expr::{Entity, Env, Scope, Template};
use model::{Record, Resource, Status, Value};
use report::text::{harmless, wrapped};
use store::{FindingHistory, InventoryFilter, Turn};

/// Everything about one finding.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  stance explain 3f9a2c   # the id, or the beginning of it, from `stance findings --format jsonl`"
)]
pub(crate) struct Arguments {
    /// The finding's id, or enough of its beginning
    finding: String,
}

/// Run it.
pub(crate) async fn run(arguments: Arguments, common: &CommonArguments, terminal: Terminal) -> Result<Exit> {
    let context = Context::load(common, terminal)?;
    let store = memory::existing(common, &context.config).await?;
    let history =
        store.finding(&arguments.finding).await.map_err(|error| UsageError(crate::context::chain(&error.into())))?;
    let reference = &history.record.finding.resource;
    let filter = InventoryFilter {
        ids: vec![reference.id.clone()],
        types: vec![reference.type_name.to_string()],
        ..InventoryFilter::default()
    };
    let records = store.inventory(&filter).await?.next().await?.unwrap_or_default();
    let resource = records
        .into_iter()
        .find_map(|record| if let Record::Resource(resource) = record { Some(*resource) } else { None });
    terminal.data(&page(&context, &history, resource.as_ref()));
    Ok(Exit::Success)
}

/// A command with its `{holes}` filled from the resource; what is no expression (braces of the command's own) stays.
fn filled(command: &str, resource: &Resource, offender: &Value) -> String {
    let env = Env::message();
    let entity = Entity {
        id: &resource.id,
        name: &resource.name,
        type_name: resource.type_name.as_str(),
        region: &resource.region,
        account: &resource.account,
        partition: &resource.partition,
        tags: &resource.tags,
        doc: &resource.document,
    };
    let mut scope = Scope::new(&env, Utc::now());
    scope.set_entity(&entity);
    scope.set_name("offender", offender);
    let mut text = String::new();
    let mut rest = command;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let hole = after.split_once('}').map(|(hole, after)| (Template::compile(&format!("{{{hole}}}"), &env), after));
        match hole {
            Some((Ok(template), after)) => {
                text.push_str(&template.render(&scope));
                rest = after;
            }
            _ => {
                text.push('{');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    harmless(&text)
}

fn page(context: &Context, history: &FindingHistory, resource: Option<&Resource>) -> String {
    let (finding, life, terminal) = (&history.record.finding, &history.record.life, context.terminal);
    let width = terminal.width.clamp(60, 110);
    let mut text = format!("{}\n", terminal.paint(Style::Bold, &harmless(&finding.message)));
    let mut row = |name: &str, value: &str| {
        for (index, line) in wrapped(&harmless(value), width.saturating_sub(14)).iter().enumerate() {
            text.push_str(&format!("{:<12}  {line}\n", if index == 0 { name } else { "" }));
        }
    };
    row("finding", &finding.id.to_string());
    row("status", &format!("{} ({})", finding.status.as_str(), finding.severity));
    row("policy", &finding.policy);
    row("resource", &finding.resource.id);
    row("where", &format!("account {}, {}", finding.resource.account, finding.resource.region));
    if finding.risk.score > 0 {
        let factors: Vec<String> = finding
            .risk
            .factors
            .iter()
            .map(|factor| format!("{} {:+} ({})", factor.name, factor.points, factor.detail))
            .collect();
        row("risk", &format!("{} of 100: {}", finding.risk.score, factors.join(", ")));
    }
    if let Status::Unknown(missing) = &finding.status {
        for lack in missing.lacks() {
            row("missing", &format!("{lack} {}", lack.detail));
        }
    }
    for offender in &finding.evidence {
        row("evidence", &offender.to_json());
    }
    match &finding.exception {
        Some(exception) => {
            let until = if exception.until.is_empty() {
                "without an end".to_owned()
            } else {
                format!("until {}", exception.until)
            };
            row("exception", &format!("{} by {}, {until}: {}", exception.id, exception.owner, exception.reason));
        }
        None => row("exception", "none applies"),
    }
    row("first seen", &life.first_seen.to_rfc3339());
    row("last seen", &life.last_seen.to_rfc3339());
    for event in &history.events {
        row("", &format!("{} {}", event.at.to_rfc3339(), turn(&event.turn)));
    }
    if let Status::Unknown(_) = &finding.status {
        text.push_str(&format!(
            "
With the missing permission it can be said: `stance permissions aws --policy {}` prints all that the policy needs.
",
            finding.policy
        ));
    }
    let offender = finding.evidence.first().unwrap_or(&Value::Null);
    text.push_str(&prose(context, &finding.policy, width, |command| {
        resource.map_or_else(|| command.to_owned(), |resource| filled(command, resource, offender))
    }));
    text
}

fn turn(turn: &Turn) -> String {
    match turn {
        Turn::Opened => "opened".to_owned(),
        Turn::Resolved => "resolved".to_owned(),
        Turn::Reopened => "reopened".to_owned(),
        Turn::Excepted => "an exception began to apply".to_owned(),
        Turn::ExceptionEnded => "no exception applies any more".to_owned(),
        Turn::Status { from, to } => format!("{from} became {to}"),
        Turn::Severity { from, to } => format!("severity {from} became {to}"),
    }
}

/// The policy's own words.
pub(crate) fn prose(context: &Context, policy: &str, width: usize, fill: impl Fn(&str) -> String) -> String {
    let Some((_, entry)) = context.catalog.policy(policy) else {
        return "\nThe policy is not in the catalog any more.\n".to_owned();
    };
    let (policy, terminal) = (&entry.value, context.terminal);
    let mut text = String::new();
    let heading = |text: &mut String, name: &str| text.push_str(&format!("\n{}\n", terminal.paint(Style::Bold, name)));
    heading(&mut text, "Why it matters");
    wrapped(&policy.risk, width).iter().for_each(|line| text.push_str(&format!("{line}\n")));
    heading(&mut text, "How to mend it");
    for (index, step) in policy.fix.guide.console.iter().enumerate() {
        text.push_str(&format!("{:>3}. {step}\n", index + 1));
    }
    if let Some(cli) = &policy.fix.guide.cli {
        text.push_str(&format!("\n  {}\n", fill(cli.trim()).replace('\n', "\n  ")));
    }
    if let Some(terraform) = &policy.fix.guide.terraform {
        text.push_str(&format!("\n  {}\n", terraform.trim_end().replace('\n', "\n  ")));
    }
    heading(&mut text, "References");
    policy.references.iter().for_each(|link| text.push_str(&format!("  {link}\n")));
    text
}
