//! A scan: accounts are read, judged and remembered, one while others are still read.

mod judged;
mod remember;

pub use judged::JudgedAccount;

use crate::config::{Config, PolicyConfig};
use assess::{ExceptionRule, Exceptions, PolicyFault};
use catalog::{Catalog, Diagnostic, Pack, Selection, compiled::Overrides, select::NothingSelected};
use chrono::{DateTime, Utc};
use cloud::{AccountHandle, Targets};
use futures::{StreamExt, stream};
use model::{Finding, Inventory};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use store::{Store, StoreError};

/// Accounts that are read at the same time.
const ACCOUNTS_IN_FLIGHT_MAX: usize = 4;

/// What a scan runs on.
pub struct Plan {
    /// The policies and types, compiled.
    pub pack: Arc<Pack>,
    /// The exceptions, compiled.
    pub exceptions: Exceptions,
    /// Whether every policy of the catalog takes part.
    pub every_policy: bool,
    /// The time of the scan.
    pub now: DateTime<Utc>,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The selection names something that is not there.
    #[error(transparent)]
    Selection(#[from] NothingSelected),
    /// The configuration changes a policy that is not there: a misspelt id must not leave the policy as it was.
    #[error("the configuration names the policy '{0}', which does not exist (`stance policies list` lists them)")]
    NoSuchPolicy(String),
    /// All that is selected is switched off.
    #[error("the policy '{0}' is switched off in the configuration (`enabled: false`)")]
    SwitchedOff(String),
    /// Files of the catalog are wrong.
    #[error("{}", lines(.0))]
    Catalog(Vec<Diagnostic>),
    /// An exception's scope does not compile.
    #[error("the scope of the exception '{id}' is wrong: {problem}")]
    Exception {
        /// The exception's id.
        id: String,
        /// What is wrong.
        problem: String,
    },
}

fn lines(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Compile what the selection asks for.
///
/// # Errors
/// See [`PlanError`].
pub fn plan(
    catalog: &Catalog,
    config: &Config,
    selection: &Selection,
    exceptions: Vec<ExceptionRule>,
    now: DateTime<Utc>,
) -> Result<Plan, PlanError> {
    let changes = changes(catalog, config)?;
    let off = |id: &str| changes.get(id).is_some_and(|policy| policy.enabled == Some(false));
    let (asked_off, ids): (Vec<&str>, Vec<&str>) = selection.apply(catalog)?.into_iter().partition(|id| off(id));
    if let (true, Some(id)) = (ids.is_empty(), asked_off.first()) {
        return Err(PlanError::SwitchedOff((*id).to_owned()));
    }
    let every_policy = selection.is_default();
    // A whole scan lists what no policy asks for too: the inventory is to be whole.
    let further: Vec<&str> = if every_policy { catalog.types.keys().map(String::as_str).collect() } else { Vec::new() };
    let mut pack = Pack::compile_with(catalog, &ids, &further, &overrides(&changes)).map_err(PlanError::Catalog)?;
    for policy in &mut pack.policies {
        if let Some(severity) = changes.get(&*policy.id).and_then(|policy| policy.severity) {
            policy.severity = severity;
        }
    }
    let exceptions = Exceptions::compile(exceptions).map_err(|mut errors| {
        let (id, problem) = errors.swap_remove(0);
        PlanError::Exception { id, problem: problem.to_string() }
    })?;
    Ok(Plan { pack: Arc::new(pack), exceptions, every_policy, now })
}

/// What the configuration changes, by the policies' present ids.
fn changes<'a>(catalog: &'a Catalog, config: &'a Config) -> Result<BTreeMap<&'a str, &'a PolicyConfig>, PlanError> {
    let named = config.policies.iter().map(|(id, change)| match catalog.policy(id) {
        Some((present, _)) => Ok((present, change)),
        None => Err(PlanError::NoSuchPolicy(id.clone())),
    });
    named.collect()
}

fn overrides(changes: &BTreeMap<&str, &PolicyConfig>) -> Overrides {
    let with_parameters = changes.iter().filter(|(_, change)| !change.params.is_empty());
    with_parameters.map(|(id, change)| ((*id).to_owned(), change.params.clone())).collect()
}

/// What a scan gives.
#[derive(Clone, Default)]
pub struct Outcome {
    /// The scan's id.
    pub scan: String,
    /// Findings of all accounts.
    pub findings: Vec<Finding>,
    /// Policies that erred.
    pub faults: Vec<PolicyFault>,
    /// The inventory of all accounts, where it is kept.
    pub inventory: Inventory,
    /// Resources seen.
    pub resources: usize,
    /// The accounts that were scanned, sorted.
    pub accounts: Vec<String>,
    /// The regions that were scanned, sorted.
    pub regions: Vec<String>,
    /// What was asked for and not scanned.
    pub left_out: Vec<String>,
    /// Requests sent.
    pub requests: u64,
    /// Calls that failed for good.
    pub errors: u64,
    /// Resources whose judgement was remembered.
    pub remembered: usize,
}

/// Why a scan ended early.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// Nothing that was asked for could be reached.
    #[error("nothing could be scanned: {0}")]
    NothingReached(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a caller wants to hear while the scan runs.
pub trait Listener: Sync {
    /// An account is about to be read.
    fn account(&self, handle: &AccountHandle);
    /// An account was read and judged.
    fn done(&self, account: &str, resources: usize, findings: usize);
}

/// Scan what the targets name. With a store, remember it.
///
/// # Errors
/// Where nothing could be reached, or the store failed.
pub async fn scan(
    plan: &Plan,
    targets: &Targets,
    store: Option<&Store>,
    keep_inventory: bool,
    scope: &str,
    listener: &dyn Listener,
) -> Result<Outcome, ScanError> {
    let mut outcome = Outcome::default();
    let mut handles = Vec::new();
    for connected in cloud::connect(targets).await {
        match connected {
            Ok(handle) => handles.push(handle),
            Err(error) => outcome.left_out.push(error.to_string()),
        }
    }
    if handles.is_empty() {
        return Err(ScanError::NothingReached(outcome.left_out.join("; ")));
    }
    let mut memory = remember::Memory::begin(store, plan, scope).await?;
    outcome.scan = memory.scan_id().to_owned();
    let reads: Vec<_> = handles.iter().map(|handle| read(plan, handle, listener)).collect();
    let mut reads = stream::iter(reads).buffer_unordered(ACCOUNTS_IN_FLIGHT_MAX);
    while let Some((handle, inventory)) = reads.next().await {
        if handle.has_expired() {
            outcome.left_out.push(format!(
                "account {}: the credentials ended before everything was read; what is missing is unknown",
                handle.id()
            ));
        }
        outcome.accounts.push(handle.id().to_owned());
        outcome.regions.extend(handle.regions().iter().cloned());
        one_account(
            plan,
            (handle.id(), handle.regions()),
            inventory,
            &mut memory,
            keep_inventory,
            listener,
            &mut outcome,
        )
        .await?;
    }
    drop(reads);
    if let Some(totals) = handles.first().map(AccountHandle::totals) {
        (outcome.requests, outcome.errors) = (totals.requests, totals.errors);
    }
    finish(memory, outcome).await
}

/// Judge an inventory that was read before. With a store, remember it.
///
/// # Errors
/// Where the store failed.
pub async fn judge_inventory(
    plan: &Plan,
    catalog: &Catalog,
    inventory: Inventory,
    store: Option<&Store>,
    keep_inventory: bool,
    scope: &str,
    listener: &dyn Listener,
) -> Result<Outcome, ScanError> {
    let mut outcome = Outcome::default();
    let mut memory = remember::Memory::begin(store, plan, scope).await?;
    outcome.scan = memory.scan_id().to_owned();
    outcome.left_out.extend(unknown_types(&inventory, catalog));
    for (account, inventory) in by_account(inventory) {
        let named = inventory
            .resources
            .iter()
            .map(|resource| &resource.region)
            .chain(inventory.unread.iter().map(|unread| &unread.region));
        let regions: Vec<String> =
            named.collect::<BTreeSet<_>>().into_iter().filter(|region| *region != "global").cloned().collect();
        outcome.regions.extend(regions.iter().cloned());
        outcome.accounts.push(account.clone());
        one_account(plan, (&account, &regions), inventory, &mut memory, keep_inventory, listener, &mut outcome).await?;
    }
    finish(memory, outcome).await
}

async fn read<'h>(plan: &Plan, handle: &'h AccountHandle, listener: &dyn Listener) -> (&'h AccountHandle, Inventory) {
    listener.account(handle);
    (handle, handle.collect(plan.pack.clone(), plan.now).await)
}

async fn one_account(
    plan: &Plan,
    (account, regions): (&str, &[String]),
    inventory: Inventory,
    memory: &mut remember::Memory,
    keep_inventory: bool,
    listener: &dyn Listener,
    outcome: &mut Outcome,
) -> Result<(), ScanError> {
    let judged = memory.judge(plan, account, &inventory, regions).await?;
    listener.done(account, inventory.resources.len(), judged.findings.len());
    outcome.resources += inventory.resources.len();
    outcome.remembered += judged.remembered;
    outcome.findings.extend(judged.findings);
    outcome.faults.extend(judged.faults);
    if keep_inventory {
        outcome.inventory.resources.extend(inventory.resources);
        outcome.inventory.unread.extend(inventory.unread);
    }
    Ok(())
}

async fn finish(memory: remember::Memory, mut outcome: Outcome) -> Result<Outcome, ScanError> {
    memory.finish(&outcome).await?;
    outcome.accounts.sort();
    outcome.accounts.dedup();
    outcome.regions.sort();
    outcome.regions.dedup();
    outcome.inventory.sort();
    sort(&mut outcome.findings);
    Ok(outcome)
}

/// Worst first, then by policy, account and resource.
pub fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| order(a).cmp(&order(b)));
}

fn order(
    finding: &Finding,
) -> (std::cmp::Reverse<bool>, std::cmp::Reverse<u8>, std::cmp::Reverse<model::Severity>, &str, &str, &str) {
    use std::cmp::Reverse;
    (
        Reverse(finding.is_open_failure()),
        Reverse(finding.risk.score),
        Reverse(finding.severity),
        &finding.policy,
        &finding.resource.account,
        &finding.resource.id,
    )
}

/// Resources that no type of the catalog is about are kept, and not judged: that must be said.
fn unknown_types(inventory: &Inventory, catalog: &Catalog) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let known = |name: &str| catalog.types.contains_key(name);
    for resource in inventory.resources.iter().filter(|resource| !known(resource.type_name.as_str())) {
        *counts.entry(resource.type_name.as_str()).or_default() += 1;
    }
    let sentence = |(name, number)| format!("{number} resources of the type '{name}', which the catalog does not know");
    counts.into_iter().map(sentence).collect()
}

fn by_account(inventory: Inventory) -> BTreeMap<String, Inventory> {
    let mut accounts: BTreeMap<String, Inventory> = BTreeMap::new();
    for resource in inventory.resources {
        accounts.entry(resource.account.clone()).or_default().resources.push(resource);
    }
    for unread in inventory.unread {
        accounts.entry(unread.account.clone()).or_default().unread.push(unread);
    }
    accounts
}
