//! `stance inventory`: what there is.

use crate::{arguments::CommonArguments, context::Context, exit::Exit, memory, terminal::Terminal};
use anyhow::{Context as _, Result};
use chrono::{DateTime, NaiveDate, Utc};
use clap::Args;
use engine::inventory_file::record_line;
use model::Record;
use report::text::{harmless, shortened};
use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufWriter, Write},
    path::PathBuf,
};
use store::InventoryFilter;

/// Columns of the name.
const NAME_CHARS_MAX: usize = 40;

/// What the last scan found to exist.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  stance inventory\n  stance inventory --type aws.s3.bucket\n  stance inventory --format jsonl --output estate.jsonl\n  stance inventory --at 2026-01-31 --format jsonl"
)]
pub(crate) struct Arguments {
    /// `table` counts, `list` names, `jsonl` exports everything
    #[arg(short, long, value_name = "FORMAT", default_value = "table", value_parser = ["table", "list", "jsonl"])]
    format: String,
    /// Write to a file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// As it was then: YYYY-MM-DD (the end of that day, UTC) or a time like 2026-01-31T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<DateTime<Utc>>,
    /// Only this resource type; repeatable
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
    /// Only this account; repeatable
    #[arg(long, value_name = "ACCOUNT")]
    account: Vec<String>,
    /// Only this region; repeatable
    #[arg(long, value_name = "REGION")]
    region: Vec<String>,
    /// Only this resource; repeatable
    #[arg(long, value_name = "ID")]
    resource: Vec<String>,
}

/// A day's end or a time.
pub(crate) fn time(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        return day.and_hms_opt(23, 59, 59).map(|end| end.and_utc()).ok_or_else(|| "no such day".to_owned());
    }
    text.parse().map_err(|_| "write YYYY-MM-DD, or a time like 2026-01-31T12:00:00Z".to_owned())
}

/// Run it.
pub(crate) async fn run(arguments: Arguments, common: &CommonArguments, terminal: Terminal) -> Result<Exit> {
    let context = Context::load(common, terminal)?;
    let store = memory::existing(common, &context.config).await?;
    let filter = InventoryFilter {
        at: arguments.at,
        accounts: arguments.account,
        types: arguments.types,
        regions: arguments.region,
        ids: arguments.resource,
    };
    let mut reader = store.inventory(&filter).await?;
    let mut file = match &arguments.output {
        Some(path) => {
            Some(BufWriter::new(File::create(path).with_context(|| format!("can't write {}", path.display()))?))
        }
        None => None,
    };
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut unread = Vec::new();
    while let Some(records) = reader.next().await? {
        let mut text = Vec::new();
        for record in records {
            match (&*arguments.format, &record) {
                ("jsonl", _) => record_line(&record, &mut text)?,
                ("list", Record::Resource(resource)) => writeln!(
                    text,
                    "{:<NAME_CHARS_MAX$}  {:<28}  {:<16}  {}",
                    shortened(&harmless(&resource.name), NAME_CHARS_MAX),
                    resource.type_name,
                    resource.region,
                    harmless(&resource.id)
                )?,
                (_, Record::Resource(resource)) => {
                    *counts.entry((resource.type_name.to_string(), resource.account.clone())).or_default() += 1
                }
                (_, Record::Unread(_)) => {}
            }
            if let Record::Unread(one) = record {
                unread.push(one);
            }
        }
        match &mut file {
            Some(file) => file.write_all(&text).context("can't write the file")?,
            None => terminal.stream(|out| out.write_all(&text)),
        }
    }
    let mut text = String::new();
    for ((type_name, account), number) in &counts {
        text.push_str(&format!("{number:>7}  {type_name:<40}  {account}\n"));
    }
    match &mut file {
        Some(file) => file.write_all(text.as_bytes()).and_then(|()| file.flush()).context("can't write the file")?,
        None => terminal.data(&text),
    }
    if arguments.format != "jsonl" {
        for one in unread {
            terminal.say(&format!(
                "not listed: {} in {} of account {}: {}",
                one.type_name, one.region, one.account, one.missing
            ));
        }
    }
    Ok(Exit::Success)
}
