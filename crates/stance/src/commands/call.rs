//! `stance call`: one read call, for authors of catalogs.

use super::scan::AwsArguments;
use crate::{context::UsageError, exit::Exit, terminal::Terminal};
use anyhow::Result;
use clap::Subcommand;
use cloud::aws::{AssumeRole, Client, SessionSource};
use model::Value;

/// Make one read call and print the answer.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// A read operation of AWS, all its pages merged
    #[command(
        after_help = "Examples:\n  stance call aws sts GetCallerIdentity\n  stance call aws s3 GetBucketPolicy '{\"Bucket\": \"logs\"}'\n  stance call aws ec2 DescribeInstances --region eu-west-1"
    )]
    Aws {
        /// The service, as in `service.Operation`: s3, elbv2, cognito-idp
        service: String,
        /// The operation: ListBuckets
        operation: String,
        /// Parameters as JSON
        input: Option<String>,
        /// The region; that of the configuration by default
        #[arg(long, value_name = "REGION")]
        region: Option<String>,
        #[command(flatten)]
        aws: AwsArguments,
    },
}

/// Run it.
pub(crate) async fn run(command: Command, terminal: Terminal) -> Result<Exit> {
    let Command::Aws { service, operation, input, region, aws } = command;
    let input: Value = match input.as_deref() {
        Some(text) => {
            serde_json::from_str(text).map_err(|error| UsageError(format!("the parameters are no JSON: {error}")))?
        }
        None => Value::Null,
    };
    let targets = aws.targets(&engine::config::ScanConfig::default(), &[]);
    let client = Client::new(targets.options)?;
    let role = |arn: &String| AssumeRole {
        arn: arn.clone(),
        external_id: targets.external_id.clone(),
        ..AssumeRole::default()
    };
    let source = SessionSource {
        profile: targets.profile.clone(),
        region: region.clone(),
        roles: targets.roles.iter().map(role).collect(),
        ..SessionSource::default()
    };
    let session = client.session(&source).await?;
    let region = region.or_else(|| session.region().map(ToString::to_string)).unwrap_or_default();
    let answer = client.call(&session, &region, &service, &operation, &input).await?;
    terminal.data(&format!("{}\n", serde_json::to_string_pretty(&*answer)?));
    Ok(Exit::Success)
}
