//! One account behind the collector: its regions, and its calls by name.

use super::{CallError, CallErrorKind, Client, Session};
use crate::collect::{Caller, Failure};
use apimodel::aws;
use model::{Cause, Value};
use std::{collections::BTreeSet, sync::Arc};

/// Opt-in states of regions that can be used.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html>
const USABLE: [&str; 2] = ["opt-in-not-required", "opted-in"];

/// An account that is scanned.
#[derive(Debug)]
pub struct AccountCalls {
    client: Client,
    session: Session,
    regions: Vec<String>,
}

/// A region that was asked for and can't be scanned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegionError {
    /// The account's regions could not be listed.
    #[error("the regions of account {account} can't be listed: {reason}")]
    NotListed {
        /// The account.
        account: String,
        /// The provider's words.
        reason: String,
    },
    /// No such region, or not enabled for the account.
    #[error("the region '{region}' is not enabled for account {account}")]
    NotEnabled {
        /// The region.
        region: String,
        /// The account.
        account: String,
    },
}

impl AccountCalls {
    /// Ask for the enabled regions and keep those that are wanted; all where none is named.
    ///
    /// # Errors
    /// Where the regions can't be listed and none is named, or a named one is not enabled.
    pub async fn new(client: Client, session: Session, wanted: &[String]) -> Result<Self, RegionError> {
        let account = session.account().to_string();
        let home = session.partition().global_region.clone();
        let asked = session.region().map_or(home.as_str(), |region| region.as_ref()).to_owned();
        let mut answer = client.call(&session, &asked, "ec2", "DescribeRegions", &Value::Null).await;
        // A region that is down, or misspelt, does not know the others.
        if asked != home && answer.as_ref().is_err_and(|error| error.kind != CallErrorKind::Denied) {
            answer = client.call(&session, &home, "ec2", "DescribeRegions", &Value::Null).await;
        }
        let enabled: BTreeSet<String> = match answer {
            Ok(answer) => answer
                .member("Regions")
                .items()
                .iter()
                .filter(|region| is_usable(region))
                .filter_map(|region| region.member("RegionName").as_str().map(str::to_owned))
                .collect(),
            // The user says which: that is as good as an answer.
            Err(_) if !wanted.is_empty() => wanted.iter().cloned().collect(),
            Err(error) => return Err(RegionError::NotListed { account, reason: error.to_string() }),
        };
        if let Some(region) = wanted.iter().find(|region| !enabled.contains(*region)) {
            return Err(RegionError::NotEnabled { region: region.clone(), account });
        }
        let regions: Vec<String> =
            enabled.into_iter().filter(|region| wanted.is_empty() || wanted.contains(region)).collect();
        Ok(Self { client, session, regions })
    }

    /// The regions that are scanned, sorted.
    pub fn regions(&self) -> &[String] {
        &self.regions
    }

    /// The same in one region: the session's own where it is scanned, else the first.
    pub(crate) fn narrowed(&self) -> Self {
        let own = self.session.region().map(ToString::to_string).filter(|region| self.regions.contains(region));
        let one = own.or_else(|| self.regions.first().cloned());
        Self { client: self.client.clone(), session: self.session.clone(), regions: one.into_iter().collect() }
    }

    /// Whose account it is.
    pub fn session(&self) -> &Session {
        &self.session
    }
}

fn is_usable(region: &Value) -> bool {
    region.member("OptInStatus").as_str().is_none_or(|status| USABLE.contains(&status))
}

impl Caller for AccountCalls {
    async fn call(&self, region: &str, call: &str, input: Value) -> Result<Arc<Value>, Failure> {
        let (service, operation) = call.split_once('.').unwrap_or((call, ""));
        self.client.call(&self.session, region, service, operation, &input).await.map_err(failure)
    }

    async fn call_again(&self, region: &str, call: &str, attempt: u32) -> Result<Arc<Value>, Failure> {
        let (service, operation) = call.split_once('.').unwrap_or((call, ""));
        if attempt == 0 {
            return self.client.call(&self.session, region, service, operation, &Value::Null).await.map_err(failure);
        }
        self.client.call_anew(&self.session, region, service, operation).await.map_err(failure)
    }

    fn regions(&self) -> Vec<String> {
        self.regions.clone()
    }

    fn exists(&self, service: &str, region: &str) -> bool {
        let partition = &self.session.partition().id;
        let known =
            aws::service(service).and_then(|model| model.endpoints.regions_in(partition).map(<[String]>::to_vec));
        known.is_none_or(|regions| regions.iter().any(|known| known == region))
    }

    fn home_region(&self) -> String {
        self.session.partition().global_region.clone()
    }
}

fn failure(error: CallError) -> Failure {
    let cause = match error.kind {
        CallErrorKind::Denied => Cause::Denied,
        CallErrorKind::Throttled => Cause::Throttled,
        CallErrorKind::Expired => Cause::Expired,
        CallErrorKind::Unreachable => Cause::Unreachable,
        CallErrorKind::Refused => Cause::NotRead,
        CallErrorKind::NotFound | CallErrorKind::Failed | CallErrorKind::Invalid => Cause::Failed,
    };
    Failure { cause, code: error.code.into(), message: error.message.into() }
}
