//! What is scanned: accounts behind one face, whatever their provider.

use crate::{
    aws,
    collect::{Account, collect},
};
use catalog::Pack;
use chrono::{DateTime, Utc};
use model::Inventory;
use std::{collections::BTreeMap, sync::Arc};

/// What the user asks to be scanned.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    /// AWS accounts, where they are asked for.
    pub aws: Option<AwsTargets>,
}

/// Which AWS accounts and regions, with whose credentials.
#[derive(Clone, Debug, Default)]
pub struct AwsTargets {
    /// A profile instead of the default one.
    pub profile: Option<String>,
    /// Roles to take on, one an account; the caller's own account where there are none.
    pub roles: Vec<String>,
    /// The external id that the roles ask for.
    pub external_id: Option<String>,
    /// Regions; all enabled ones where there are none.
    pub regions: Vec<String>,
    /// How the client behaves.
    pub options: aws::ClientOptions,
}

/// An account that can't be scanned.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{target}: {reason}")]
pub struct ConnectError {
    /// What was asked for.
    pub target: String,
    /// Why it can't be, and what would mend it.
    pub reason: String,
}

/// One account, ready to be read.
#[derive(Clone, Debug)]
pub struct AccountHandle {
    client: aws::Client,
    calls: Arc<aws::AccountCalls>,
}

/// How far the reading is: by service and region.
pub type Progress = BTreeMap<(Arc<str>, Arc<str>), aws::Counters>;

/// Find credentials for each target. One that fails does not hold back the others.
pub async fn connect(targets: &Targets) -> Vec<Result<AccountHandle, ConnectError>> {
    let Some(asked) = &targets.aws else { return Vec::new() };
    let client = match aws::Client::new(asked.options.clone()) {
        Ok(client) => client,
        Err(error) => return vec![Err(ConnectError { target: "AWS".to_owned(), reason: error.message.into() })],
    };
    let base = aws::SessionSource {
        profile: asked.profile.clone(),
        region: asked.regions.first().cloned(),
        ..Default::default()
    };
    if asked.roles.is_empty() {
        return vec![account(&client, &base, "the credentials at hand", &asked.regions).await];
    }
    let mut accounts = Vec::new();
    for role in &asked.roles {
        let role = aws::AssumeRole { arn: role.clone(), external_id: asked.external_id.clone(), ..Default::default() };
        let source = aws::SessionSource { roles: vec![role.clone()], ..base.clone() };
        accounts.push(account(&client, &source, &role.arn, &asked.regions).await);
    }
    accounts
}

async fn account(
    client: &aws::Client,
    source: &aws::SessionSource,
    target: &str,
    regions: &[String],
) -> Result<AccountHandle, ConnectError> {
    let wrong = |reason: String| ConnectError { target: target.to_owned(), reason };
    let session = client.session(source).await.map_err(|error| wrong(advice(&error)))?;
    let calls =
        aws::AccountCalls::new(client.clone(), session, regions).await.map_err(|error| wrong(error.to_string()))?;
    Ok(AccountHandle { client: client.clone(), calls: Arc::new(calls) })
}

fn advice(error: &aws::CallError) -> String {
    let what = format!("{}: {}", error.code, error.message);
    match error.kind {
        _ if ["NoCredentials", "InvalidCredentials"].contains(&&*error.code) => {
            format!(
                "no usable AWS credentials were found: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in with `aws sso login` ({})",
                error.message
            )
        }
        aws::CallErrorKind::Expired => format!("{what}: the credentials have ended; sign in again"),
        _ => what,
    }
}

impl AccountHandle {
    /// The account's id.
    pub fn id(&self) -> &str {
        self.calls.session().account()
    }

    /// The provider's partition.
    pub fn partition(&self) -> &str {
        &self.calls.session().partition().id
    }

    /// Who asks.
    pub fn identity(&self) -> &str {
        self.calls.session().arn()
    }

    /// The regions that are scanned.
    pub fn regions(&self) -> &[String] {
        self.calls.regions()
    }

    /// The same account in its home region alone (or the first that is scanned).
    #[must_use]
    pub fn narrowed(&self) -> Self {
        Self { client: self.client.clone(), calls: Arc::new(self.calls.narrowed()) }
    }

    /// Whether the credentials ended before everything was read.
    pub fn has_expired(&self) -> bool {
        self.calls.session().has_expired()
    }

    /// Read everything that the pack needs.
    pub async fn collect(&self, pack: Arc<Pack>, now: DateTime<Utc>) -> Inventory {
        let account = Account { id: self.id().to_owned(), partition: self.partition().to_owned(), now };
        let inventory = collect(self.calls.clone(), account, pack).await;
        self.client.forget(self.calls.session());
        inventory
    }

    /// How far the reading is, of all accounts that share the client.
    pub fn progress(&self) -> Progress {
        let mut progress = Progress::new();
        for ((service, region, _), counters) in self.client.counters() {
            *progress.entry((service, region)).or_default() += counters;
        }
        progress
    }

    /// Requests and errors so far.
    pub fn totals(&self) -> aws::Counters {
        self.client.totals()
    }
}
