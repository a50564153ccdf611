//! `stance permissions`: the least that a scan needs.

use crate::{
    arguments::{CommonArguments, SelectionArguments},
    context::{Context, UsageError},
    exit::Exit,
    terminal::Terminal,
};
use anyhow::Result;
use clap::Subcommand;
use cloud::aws::permissions as aws;

/// The least permissions that a scan needs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The IAM policy, or a role as CloudFormation or Terraform
    #[command(
        after_help = "Examples:\n  stance permissions aws > policy.json\n  stance permissions aws --service s3 --explain\n  stance permissions aws --format cloudformation > role.json"
    )]
    Aws {
        #[command(flatten)]
        selection: SelectionArguments,
        /// What to print
        #[arg(short, long, value_name = "FORMAT", default_value = "json", value_parser = ["json", "cloudformation", "terraform", "list"])]
        format: String,
        /// Which policies need which action
        #[arg(long)]
        explain: bool,
    },
}

/// Run it.
pub(crate) fn run(command: Command, common: &CommonArguments, terminal: Terminal) -> Result<Exit> {
    let Command::Aws { selection, format, explain } = command;
    let context = Context::load(common, terminal)?;
    let mut selection = selection.selection(&context.config.scan);
    let whole = selection.is_default();
    selection.providers = vec!["aws".to_owned()];
    let ids = selection.apply(&context.catalog).map_err(|error| UsageError(error.to_string()))?;
    let needed = engine::permissions::needed(&context.catalog, &ids, whole)
        .map_err(|found| UsageError(found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))?;
    let actions: Vec<String> = needed.keys().cloned().collect();
    if explain {
        let mut text = String::new();
        for (action, policies) in &needed {
            text.push_str(&format!("{action}\n"));
            if policies.is_empty() {
                text.push_str("    the scan as a whole\n");
            }
            policies.iter().for_each(|policy| text.push_str(&format!("    {policy}\n")));
        }
        terminal.data(&text);
        return Ok(Exit::Success);
    }
    let text = match format.as_str() {
        "list" => actions.join("\n"),
        "terraform" => aws::terraform(&actions),
        "cloudformation" => serde_json::to_string_pretty(&aws::cloudformation(&actions))?,
        _ => {
            let document = aws::policy_document(&actions);
            let size = document.to_string().len();
            if size > aws::POLICY_CHARS_MAX {
                terminal.say(&format!("the policy has {size} characters: it fits a role as an inline policy (10,240), not one managed policy (6,144); --format cloudformation and terraform split it"));
            }
            serde_json::to_string_pretty(&document)?
        }
    };
    terminal.data(&format!("{}\n", text.trim_end()));
    Ok(Exit::Success)
}
