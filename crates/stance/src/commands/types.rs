//! `stance types`: what is read.

use crate::{
    arguments::CommonArguments,
    context::{Context, UsageError},
    exit::Exit,
    terminal::{Style, Terminal},
};
use anyhow::{Context as _, Result};
use clap::Subcommand;
use serde_json::json;
use std::{fs, path::PathBuf};

/// List, show and write resource types.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the resource types
    List {
        /// Machine-readable
        #[arg(short, long, value_name = "FORMAT", default_value = "table", value_parser = ["table", "json"])]
        format: String,
    },
    /// Show one: its calls, permissions, parts, relations, an example document
    Show {
        /// Its name
        name: String,
    },
    /// Write a new type's file from a list call of the API's model
    #[command(
        after_help = "Example:\n  stance types new aws.scheduler.schedule scheduler.ListSchedules --into ./my-catalog"
    )]
    New {
        /// Its name: provider.service.resource
        name: String,
        /// The call that lists it: service.Operation
        call: String,
        /// The catalog's folder
        #[arg(long, value_name = "DIR", default_value = "catalog")]
        into: PathBuf,
    },
}

/// Run it.
pub(crate) fn run(command: Command, common: &CommonArguments, terminal: Terminal) -> Result<Exit> {
    let context = Context::load(common, terminal)?;
    match command {
        Command::List { format } => list(&context, &format),
        Command::Show { name } => show(&context, &name),
        Command::New { name, call, into } => new(&context, &name, &call, &into),
    }
}

fn list(context: &Context, format: &str) -> Result<Exit> {
    let policies = |name: &str| context.catalog.policies.values().filter(|entry| entry.value.resource == name).count();
    let mut text = String::new();
    let mut all = Vec::new();
    for (name, entry) in &context.catalog.types {
        let number = policies(name);
        text.push_str(&format!(
            "{name:<44}  {:<44}  {}\n",
            entry.value.title,
            report::text::count(number, "policy", "policies")
        ));
        all.push(json!({ "type": name, "title": entry.value.title, "scope": entry.value.scope, "policies": number, "parts": entry.value.parts.keys().collect::<Vec<_>>() }));
    }
    if format == "json" {
        text = format!("{}\n", serde_json::to_string(&all)?);
    }
    context.terminal.data(&text);
    context.terminal.say(&report::text::count(context.catalog.types.len(), "resource type", "resource types"));
    Ok(Exit::Success)
}

fn show(context: &Context, name: &str) -> Result<Exit> {
    let Some(entry) = context.catalog.types.get(name) else {
        return Err(UsageError(format!("there is no resource type '{name}' (`stance types list` lists them)")).into());
    };
    let (source, provider) = (&entry.value, name.split('.').next().unwrap_or_default());
    let permissions = |call: &str| context.catalog.permissions_of(provider, call).join(", ");
    let mut text = format!("{}\n", context.terminal.paint(Style::Bold, &source.title));
    let mut row = |name: &str, value: &str| text.push_str(&format!("{name:<10}  {value}\n"));
    row("type", name);
    row("file", &entry.file);
    for call in source.list.call.iter().chain(source.describe.as_ref().map(|describe| &describe.call)) {
        row("listed by", &format!("{call} ({})", permissions(call)));
    }
    if let Some(parent) = &source.list.parent {
        row("for each", parent);
    }
    for (part, body) in &source.parts {
        let from =
            body.call.as_ref().map_or_else(|| "computed".to_owned(), |call| format!("{call} ({})", permissions(call)));
        row("part", &format!("{part}: {from}"));
    }
    for relation in &source.relations {
        row("relation", &format!("{} → {}", relation.kind, relation.to));
    }
    for (id, _) in context.catalog.policies.iter().filter(|(_, entry)| entry.value.resource == name) {
        row("policy", id);
    }
    row("example", &serde_json::to_string_pretty(&source.example.document)?);
    context.terminal.data(&text);
    Ok(Exit::Success)
}

fn new(context: &Context, name: &str, call: &str, into: &std::path::Path) -> Result<Exit> {
    let parts: Vec<&str> = name.split('.').collect();
    let [provider, service, resource] = parts.as_slice() else {
        return Err(UsageError(format!("'{name}' is no name for a type: provider.service.resource")).into());
    };
    let Some((model, operation)) = apimodel::aws::operation(call) else {
        return Err(
            UsageError(format!("'{call}' is no read operation that the API models know: service.Operation")).into()
        );
    };
    let outputs = model.output_members(&operation);
    let lists = outputs.iter().find(|member| matches!(model.shape(member.shape).kind, apimodel::aws::Kind::List(_)));
    let items = lists.map_or("TODO", |member| &member.name);
    let fields = lists.and_then(|member| match &model.shape(member.shape).kind {
        apimodel::aws::Kind::List(list) => model
            .structure(list.item)
            .map(|structure| structure.members.iter().map(|member| member.name.to_string()).collect::<Vec<_>>()),
        _ => None,
    });
    let fields = fields.unwrap_or_default();
    let named = |word: &str| {
        fields.iter().find(|field| field.to_lowercase().ends_with(word)).cloned().unwrap_or_else(|| "TODO".to_owned())
    };
    let example = fields.iter().map(|field| format!("{field}: TODO")).collect::<Vec<_>>().join(", ");
    let text = format!(
        "title: TODO\nscope: region\nlist:\n  call: {call}\n  items: answer.{items}\nid: doc.{}\nname: doc.{}\nexample:\n  answers:\n    {call}: {{ {items}: [{{ {example} }}] }}\n  document: {{ {example} }}\n",
        named("arn"),
        named("name"),
    );
    let folder = into.join(provider).join(service.replace('_', "-"));
    let path = folder.join(format!("{}.yaml", resource.replace('_', "-")));
    if path.exists() {
        return Err(UsageError(format!("{} is there already", path.display())).into());
    }
    fs::create_dir_all(&folder).with_context(|| format!("can't make {}", folder.display()))?;
    fs::write(&path, text).with_context(|| format!("can't write {}", path.display()))?;
    context.terminal.say(&format!("{} written: fill in what is marked, then `stance catalog lint`", path.display()));
    Ok(Exit::Success)
}
