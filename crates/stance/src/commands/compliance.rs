//! `stance compliance`: how far the estate meets a framework.

use crate::{
    arguments::CommonArguments,
    context::{Context, UsageError},
    exit::Exit,
    memory,
    terminal::{Style, Terminal},
};
use anyhow::Result;
use catalog::{Framework, schema::Requirement};
use clap::Args;
use serde_json::json;
use std::collections::BTreeMap;
use store::{Counts, Coverage};

/// How far the estate meets a framework.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  stance compliance            # the frameworks there are\n  stance compliance cis-aws-7.0\n  stance compliance nist-800-53-r5 --format json"
)]
pub(crate) struct Arguments {
    /// The framework; without one they are listed
    framework: Option<String>,
    /// Machine-readable
    #[arg(short, long, value_name = "FORMAT", default_value = "table", value_parser = ["table", "json"])]
    format: String,
}

/// Run it.
pub(crate) async fn run(arguments: Arguments, common: &CommonArguments, terminal: Terminal) -> Result<Exit> {
    let context = Context::load(common, terminal)?;
    let Some(id) = arguments.framework else { return Ok(list(&context)) };
    let Some(entry) = context.catalog.frameworks.get(&id) else {
        let known = context.catalog.frameworks.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        return Err(UsageError(format!("there is no framework '{id}': use one of {known}")).into());
    };
    let store = memory::existing(common, &context.config).await?;
    let coverage = store.coverage().await?;
    let counts = by_policy(&coverage);
    let rows: Vec<(&Requirement, &'static str, Counts)> =
        entry.value.requirements.iter().map(|requirement| verdict(requirement, &counts)).collect();
    terminal.data(&if arguments.format == "json" {
        as_json(&id, &entry.value, &rows)?
    } else {
        as_table(&context, &entry.value, &rows)
    });
    Ok(Exit::Success)
}

fn list(context: &Context) -> Exit {
    let mut text = String::new();
    for (id, entry) in &context.catalog.frameworks {
        let requirements = &entry.value.requirements;
        let checked = requirements.iter().filter(|requirement| !requirement.policies.is_empty()).count();
        text.push_str(&format!(
            "{id:<28}  {} {} ({checked} of {} requirements checked by policies)\n",
            entry.value.title,
            entry.value.version,
            requirements.len()
        ));
    }
    context.terminal.data(&text);
    Exit::Success
}

fn by_policy(coverage: &[Coverage]) -> BTreeMap<&str, Counts> {
    let mut counts: BTreeMap<&str, Counts> = BTreeMap::new();
    for one in coverage {
        *counts.entry(&one.policy).or_default() += one.counts;
    }
    counts
}

/// A requirement is met when all its policies hold everywhere; what could not be read leaves it unknown.
fn verdict<'a>(
    requirement: &'a Requirement,
    counts: &BTreeMap<&str, Counts>,
) -> (&'a Requirement, &'static str, Counts) {
    let mut sum = Counts::default();
    let mut unseen = false;
    for policy in &requirement.policies {
        match counts.get(policy.as_str()) {
            Some(one) => sum += *one,
            None => unseen = true,
        }
    }
    let word = match () {
        () if requirement.not_covered => "not covered",
        () if requirement.policies.is_empty() => "manual",
        () if sum.failures > 0 => "fail",
        () if sum.unknowns > 0 => "unknown",
        () if sum.manuals > 0 => "manual",
        () if unseen => "not scanned",
        () if sum.passes + sum.excepted == 0 => "nothing to check",
        () => "pass",
    };
    (requirement, word, sum)
}

fn as_table(context: &Context, framework: &Framework, rows: &[(&Requirement, &str, Counts)]) -> String {
    let terminal = context.terminal;
    let mut text = format!("{}\n", terminal.paint(Style::Bold, &format!("{} {}", framework.title, framework.version)));
    let mut section = "";
    let mut totals: BTreeMap<&str, usize> = BTreeMap::new();
    for (requirement, word, counts) in rows {
        *totals.entry(word).or_default() += 1;
        if requirement.section != section {
            section = &requirement.section;
            text.push_str(&format!("\n{}\n", terminal.paint(Style::Bold, section)));
        }
        let style = match *word {
            "pass" => Style::Green,
            "fail" => Style::Red,
            "unknown" => Style::Yellow,
            _ => Style::Dim,
        };
        let detail = if counts.failures > 0 {
            format!(
                "  ({} of {} fail)",
                counts.failures,
                counts.failures + counts.passes + counts.unknowns + counts.excepted
            )
        } else {
            String::new()
        };
        text.push_str(&format!(
            "{}  {:<10} {}{detail}\n",
            terminal.paint(style, &format!("{word:<16}")),
            requirement.id,
            requirement.title
        ));
    }
    let totals: Vec<String> = totals.iter().map(|(word, number)| format!("{number} {word}")).collect();
    text.push_str(&format!("\n{}\n", totals.join(", ")));
    text
}

fn as_json(id: &str, framework: &Framework, rows: &[(&Requirement, &str, Counts)]) -> Result<String> {
    let requirements: Vec<serde_json::Value> = rows
        .iter()
        .map(|(requirement, word, counts)| {
            json!({
                "id": requirement.id, "title": requirement.title, "section": requirement.section, "level": requirement.level, "status": word,
                "policies": requirement.policies, "manual": requirement.manual,
                "pass": counts.passes, "fail": counts.failures, "unknown": counts.unknowns, "excepted": counts.excepted,
            })
        })
        .collect();
    Ok(format!(
        "{}\n",
        serde_json::to_string_pretty(
            &json!({ "framework": id, "title": framework.title, "version": framework.version, "requirements": requirements })
        )?
    ))
}
