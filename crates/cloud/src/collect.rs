//! Resource types become resources: list, describe, read the parts that are needed, name, relate nothing, judge nothing.
//!
//! What a denied, throttled or failed call would have given becomes unknown; nothing is left out in silence. This file
//! names no provider: calls go through a [`Caller`], which a provider's client or an example's answers stand behind.

mod expressions;
mod parts;

use crate::collect::expressions::{Names, Place};
use catalog::{
    CompiledType, Pack,
    compiled::CompiledDescribe,
    schema::{ErrorMatch, Scope},
};
use chrono::{DateTime, Utc};
use futures::{
    StreamExt,
    future::{BoxFuture, FutureExt},
    stream,
};
use model::{Cause, Inventory, Lack, Missing, Resource, Unread, Value};
use std::{
    collections::BTreeMap,
    future::Future,
    sync::{Arc, Mutex},
};
use tokio::sync::OnceCell;

/// Resources of one type and region whose details are read at the same time.
const RESOURCES_IN_FLIGHT_MAX: usize = 32;
/// Characters kept of a provider's error message.
const DETAIL_CHARS_MAX: usize = 200;

/// Why a call gave nothing.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What kind of failure it is.
    pub cause: Cause,
    /// The provider's error code, or empty.
    pub code: String,
    /// The provider's words.
    pub message: String,
}

/// Makes the calls of one account.
pub trait Caller: Send + Sync + 'static {
    /// Make a call (`service.Operation`) in a region; all pages of the answer are merged. The same call is made once.
    fn call(&self, region: &str, call: &str, input: Value) -> impl Future<Output = Result<Arc<Value>, Failure>> + Send;
    /// Make a call without parameters once more, for the `attempt`th time (from 0): its answer changes. Two that ask for
    /// the same attempt share it.
    fn call_again(
        &self,
        region: &str,
        call: &str,
        attempt: u32,
    ) -> impl Future<Output = Result<Arc<Value>, Failure>> + Send;
    /// The regions of the scan.
    fn regions(&self) -> Vec<String>;
    /// Whether a service is known to exist in a region. Where it is not known, an endpoint that can't be reached means that
    /// it does not: lists of regions are older than the newest region.
    fn exists(&self, service: &str, region: &str) -> bool;
    /// The region in which global services are asked.
    fn home_region(&self) -> String;
}

/// Whose resources are read, and when.
#[derive(Clone, Debug)]
pub struct Account {
    /// The account's id.
    pub id: String,
    /// The provider's partition.
    pub partition: String,
    /// The time of the scan.
    pub now: DateTime<Utc>,
}

struct Collector<C> {
    caller: Arc<C>,
    account: Account,
    pack: Arc<Pack>,
    prepared: Mutex<Prepared>,
    before: Mutex<Before>,
}

/// By call and region: answers that the provider is asked to prepare, once however many resources wait for them.
type Before = BTreeMap<(String, String), Arc<OnceCell<Result<(), Failure>>>>;

/// By part and region: the last answer that was worked up, and what it became.
type Prepared = BTreeMap<(String, String), Option<(Arc<Value>, Arc<Value>)>>;

/// Read everything that the pack needs of an account.
pub async fn collect<C: Caller>(caller: Arc<C>, account: Account, pack: Arc<Pack>) -> Inventory {
    let collector = Arc::new(Collector { caller, account, pack, prepared: Mutex::default(), before: Mutex::default() });
    let mut tasks = tokio::task::JoinSet::new();
    for compiled in collector.pack.types.values().filter(|compiled| compiled.list.parent.is_none()) {
        for region in collector.regions(compiled) {
            let (collector, name) = (collector.clone(), compiled.name.as_str().to_owned());
            tasks.spawn(async move { collector.one_type(&name, &region, None).await });
        }
    }
    let mut inventory = Inventory::default();
    while let Some(part) = tasks.join_next().await {
        let part = part.expect("a task of the collector does not panic and is not aborted");
        inventory.resources.extend(part.resources);
        inventory.unread.extend(part.unread);
    }
    inventory.sort();
    inventory
        .resources
        .dedup_by(|a, b| a.id == b.id && a.type_name == b.type_name && a.account == b.account && a.region == b.region);
    inventory
}

impl<C: Caller> Collector<C> {
    fn regions(&self, compiled: &CompiledType) -> Vec<String> {
        match compiled.scope {
            Scope::Global => vec![self.caller.home_region()],
            Scope::Region => self.caller.regions(),
        }
    }

    /// The resources of a type in a region (or of one parent), and those listed for each of them.
    fn one_type<'s>(
        self: &'s Arc<Self>,
        name: &'s str,
        region: &'s str,
        parent: Option<&'s Resource>,
    ) -> BoxFuture<'s, Inventory> {
        async move {
            let Some(compiled) = self.pack.types.get(name) else { return Inventory::default() };
            let place = Place { account: &self.account, region, parent };
            let found = match self.list(compiled, &place).await {
                Ok(items) => self.resources(compiled, &place, items).await,
                Err(missing) => Found { resources: Vec::new(), missing: Some(missing) },
            };
            let mut inventory = Inventory::default();
            if let Some(missing) = found.missing {
                inventory.unread = self.unread(name, &place, &missing);
            }
            let children: Vec<&str> = self
                .pack
                .types
                .values()
                .filter(|child| child.list.parent.as_deref() == Some(name))
                .map(|child| child.name.as_str())
                .collect();
            let mut below = Vec::with_capacity(found.resources.len() * children.len());
            for resource in &found.resources {
                below.extend(children.iter().map(|child| self.one_type(child, region, Some(resource))));
            }
            let below = stream::iter(below).buffer_unordered(RESOURCES_IN_FLIGHT_MAX).collect::<Vec<_>>().await;
            for part in below {
                inventory.resources.extend(part.resources);
                inventory.unread.extend(part.unread);
            }
            inventory.resources.extend(found.resources);
            inventory
        }
        .boxed()
    }

    /// A listing that failed, for the type and all types that would have been listed for its resources.
    fn unread(&self, name: &str, place: &Place<'_>, missing: &Missing) -> Vec<Unread> {
        let mut all = Vec::new();
        let mut queue = vec![name];
        while let Some(name) = queue.pop() {
            let Some(compiled) = self.pack.types.get(name) else { continue };
            let region = if compiled.scope == Scope::Global { "global" } else { place.region };
            all.push(Unread {
                type_name: compiled.name.clone(),
                account: self.account.id.clone(),
                region: region.to_owned(),
                partition: self.account.partition.clone(),
                missing: missing.clone(),
            });
            queue.extend(
                self.pack
                    .types
                    .values()
                    .filter(|child| child.list.parent.as_deref() == Some(name))
                    .map(|child| child.name.as_str()),
            );
        }
        all
    }

    /// Whether the service does not exist in the region.
    fn is_nowhere(&self, compiled: &CompiledType, place: &Place<'_>, failure: &Failure) -> bool {
        let regional = compiled.scope == Scope::Region;
        failure.cause == Cause::Unreachable && regional && !self.caller.exists(&compiled.service, place.region)
    }

    async fn list(&self, compiled: &CompiledType, place: &Place<'_>) -> Result<Vec<Value>, Missing> {
        let list = &compiled.list;
        let mut names = Names::default();
        if let Some(call) = &list.call {
            let input = place.input(&list.with, &names)?;
            match self.caller.call(place.region, call, input).await {
                Ok(answer) => names.answer = Some(answer),
                Err(failure) if is_one_of(&list.absent, &failure) || self.is_nowhere(compiled, place, &failure) => {
                    return Ok(Vec::new());
                }
                Err(failure) => return Err(missing(&list.permissions, &failure)),
            }
        }
        match place.evaluate(&list.items, &names) {
            Value::List(items) => Ok(items),
            Value::Null => Ok(Vec::new()),
            Value::Unknown(missing) => Err((*missing).clone()),
            other => Err(expressions::fault(&format!("the list of {} is no list but {other:?}", compiled.name))),
        }
    }

    async fn resources(&self, compiled: &CompiledType, place: &Place<'_>, items: Vec<Value>) -> Found {
        let described = self.describe(compiled, place, items).await;
        let mut reads = Vec::with_capacity(described.len());
        for (item, document) in described {
            reads.push(self.resource(compiled, place, item, document));
        }
        let results: Vec<Result<Option<Resource>, Missing>> =
            stream::iter(reads).buffered(RESOURCES_IN_FLIGHT_MAX).collect().await;
        let mut found = Found { resources: Vec::new(), missing: None };
        for result in results {
            match result {
                Ok(resource) => found.resources.extend(resource),
                Err(lack) => found.missing = Some(found.missing.map_or_else(|| lack.clone(), |have| have.and(&lack))),
            }
        }
        found
    }

    /// Each item with its document; those that are gone are left out.
    async fn describe(&self, compiled: &CompiledType, place: &Place<'_>, items: Vec<Value>) -> Vec<(Value, Value)> {
        let Some(describe) = &compiled.describe else {
            return items.into_iter().map(|item| (item.clone(), item)).collect();
        };
        let size = describe.batch.unwrap_or(1).max(1);
        let mut reads = Vec::with_capacity(items.len().div_ceil(size));
        for batch in items.chunks(size) {
            reads.push(self.described(describe, place, batch));
        }
        stream::iter(reads).buffered(RESOURCES_IN_FLIGHT_MAX).collect::<Vec<_>>().await.into_iter().flatten().collect()
    }

    /// One call's items with their documents.
    async fn described(&self, describe: &CompiledDescribe, place: &Place<'_>, batch: &[Value]) -> Vec<(Value, Value)> {
        let mut names = Names::default();
        match describe.batch {
            Some(_) => names.items = Some(Value::List(batch.to_vec())),
            None => names.item = batch.first().cloned(),
        }
        let unknown = |missing: Missing| {
            batch.iter().map(|item| (item.clone(), Value::unknown(missing.clone()))).collect::<Vec<_>>()
        };
        let input = match place.input(&describe.with, &names) {
            Ok(input) => input,
            Err(missing) => return unknown(missing),
        };
        match self.caller.call(place.region, &describe.call, input).await {
            Ok(answer) => names.answer = Some(answer),
            Err(failure) if is_one_of(&describe.absent, &failure) => return Vec::new(),
            Err(failure) => return unknown(missing(&describe.permissions, &failure)),
        }
        match (place.evaluate(&describe.take, &names), describe.batch) {
            (Value::List(documents), Some(_)) => {
                documents.into_iter().map(|document| (Value::Null, document)).collect()
            }
            (Value::Null, _) => Vec::new(),
            (Value::Unknown(missing), _) => unknown((*missing).clone()),
            (document, _) => batch.first().map(|item| (item.clone(), document)).into_iter().collect(),
        }
    }

    /// The resource of a document; `None` where it is gone or not kept.
    async fn resource(
        &self,
        compiled: &CompiledType,
        place: &Place<'_>,
        item: Value,
        document: Value,
    ) -> Result<Option<Resource>, Missing> {
        let mut names = Names { item: Some(item), doc: Some(document), ..Names::default() };
        if let Some(keep) = &compiled.keep {
            match place.evaluate(keep, &names) {
                Value::Bool(false) => return Ok(None),
                Value::Unknown(missing) if names.doc.as_ref().is_some_and(|doc| doc.missing().is_some()) => {
                    return Err((*missing).clone());
                }
                _ => {}
            }
        }
        let region =
            compiled.region.as_ref().and_then(|program| place.evaluate(program, &names).as_str().map(str::to_owned));
        let place = Place { region: region.as_deref().unwrap_or(place.region), ..*place };
        if !self.parts(compiled, &place, &mut names).await {
            return Ok(None);
        }
        let id = place.text(&compiled.id, &names)?;
        let name = place.text(&compiled.name_of, &names).unwrap_or_else(|_| id.clone());
        let tags = compiled.tags.as_ref().map_or(Value::Null, |program| place.evaluate(program, &names));
        let mut document = names.doc.unwrap_or_default();
        for path in &compiled.sensitive {
            expressions::redact_at(&mut document, path);
        }
        expr::functions::secrets::redact(&mut document, false);
        let global = compiled.scope == Scope::Global && region.is_none();
        Ok(Some(Resource {
            type_name: compiled.name.clone(),
            id,
            name,
            region: if global { "global".to_owned() } else { place.region.to_owned() },
            account: self.account.id.clone(),
            partition: self.account.partition.clone(),
            tags,
            document,
            source: None,
        }))
    }
}

struct Found {
    resources: Vec<Resource>,
    missing: Option<Missing>,
}

fn is_one_of(errors: &[ErrorMatch], failure: &Failure) -> bool {
    errors.iter().any(|error| error.matches(&failure.code, &failure.message))
}

/// What a failed call leaves missing: each of its permissions, with the cause.
fn missing(permissions: &[String], failure: &Failure) -> Missing {
    let detail = if failure.code.is_empty() {
        failure.message.clone()
    } else {
        format!("{}: {}", failure.code, failure.message)
    };
    let detail: String = detail.chars().filter(|letter| !letter.is_control()).take(DETAIL_CHARS_MAX).collect();
    let lack = |what: &String| Lack { what: what.clone(), cause: failure.cause, detail: detail.clone() };
    Missing::from_lacks(permissions.iter().map(lack).collect()).unwrap_or_else(|| expressions::fault(&detail))
}
