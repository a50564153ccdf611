//! A type's example: its answers go through the collector and must become its document.

use catalog::{Catalog, Pack, compiled::Overrides};
use chrono::{DateTime, Utc};
use cloud::collect::{Account, Caller, Failure, collect};
use model::{Cause, Resource, Value};
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The account of every example.
pub(super) const ACCOUNT: &str = "123456789012";
/// The region of every example.
pub(super) const REGION: &str = "eu-west-1";
/// The partition of every example.
pub(super) const PARTITION: &str = "aws";
/// The time of every example.
pub(super) const NOW: &str = "2026-01-15T00:00:00Z";

/// The time of every example.
pub(super) fn now() -> DateTime<Utc> {
    NOW.parse().expect("a constant time")
}

/// What is wrong with an example.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ExampleError {
    /// The type's expressions do not compile.
    #[error("{0}")]
    NotCompiled(String),
    /// The answers became nothing.
    #[error("the example's answers become no resource{0}")]
    NoResource(String),
    /// They became something else.
    #[error("the example's answers become another document: at `{path}` it has {found}, the example says {expected}")]
    Different {
        /// Where.
        path: String,
        /// What the answers become.
        found: String,
        /// What the example says.
        expected: String,
    },
}

/// The resources that examples become, made once each.
pub struct Examples<'a> {
    catalog: &'a Catalog,
    made: RefCell<BTreeMap<String, Result<Arc<Resource>, ExampleError>>>,
}

impl<'a> Examples<'a> {
    /// None made yet.
    pub fn new(catalog: &'a Catalog) -> Self {
        Self { catalog, made: RefCell::default() }
    }

    /// The resource of a type's example.
    ///
    /// # Errors
    /// Where the type does not compile or the answers become nothing.
    pub fn resource(&self, name: &str) -> Result<Arc<Resource>, ExampleError> {
        if let Some(made) = self.made.borrow().get(name) {
            return made.clone();
        }
        let made = self.make(name);
        self.made.borrow_mut().insert(name.to_owned(), made.clone());
        made
    }

    /// Whether the answers become the document.
    ///
    /// # Errors
    /// Where they don't.
    pub fn check(&self, name: &str) -> Result<(), ExampleError> {
        let resource = self.resource(name)?;
        let Some(entry) = self.catalog.types.get(name) else { return Ok(()) };
        match difference(&resource.document, &entry.value.example.document, "document") {
            Some((path, found, expected)) => Err(ExampleError::Different { path, found, expected }),
            None => Ok(()),
        }
    }

    fn make(&self, name: &str) -> Result<Arc<Resource>, ExampleError> {
        let mut names = vec![name];
        while let Some(parent) = names
            .last()
            .and_then(|name| self.catalog.types.get(*name))
            .and_then(|entry| entry.value.list.parent.as_deref())
        {
            if names.contains(&parent) {
                break;
            }
            names.push(parent);
        }
        let pack = Pack::whole_inventory(self.catalog, &names).map_err(|found| {
            ExampleError::NotCompiled(found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        })?;
        let mut answers = BTreeMap::new();
        for name in names.iter().rev() {
            if let Some(entry) = self.catalog.types.get(*name) {
                answers.extend(entry.value.example.answers.clone());
            }
        }
        let caller = Arc::new(Answers { answers });
        let account = Account { id: ACCOUNT.to_owned(), partition: PARTITION.to_owned(), now: now() };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime without I/O can be built");
        let inventory = runtime.block_on(collect(caller, account, Arc::new(pack)));
        let found = inventory.resources.into_iter().find(|resource| resource.type_name.as_str() == name);
        let why = inventory
            .unread
            .iter()
            .map(|unread| format!(" ({}: {})", unread.type_name, details(&unread.missing)))
            .collect::<String>();
        found.map(Arc::new).ok_or(ExampleError::NoResource(why))
    }
}

fn details(missing: &model::Missing) -> String {
    missing.lacks().iter().map(|lack| format!("{} {}", lack.what, lack.detail)).collect::<Vec<_>>().join(", ")
}

/// Answers from an example; `{ error: Code }` is an error.
struct Answers {
    answers: BTreeMap<String, Value>,
}

impl Caller for Answers {
    async fn call(&self, _region: &str, call: &str, _input: Value) -> Result<Arc<Value>, Failure> {
        let missing = || Failure {
            cause: Cause::Failed,
            code: String::new(),
            message: format!("the example has no answer to {call}"),
        };
        let answer = self.answers.get(call).ok_or_else(missing)?;
        match answer.member("error").as_str() {
            Some(code) if answer.as_map().is_some_and(|map| map.len() <= 2) => {
                let message = answer.member("message").as_str().unwrap_or_default().to_owned();
                Err(Failure { cause: Cause::Failed, code: code.to_owned(), message })
            }
            _ => Ok(Arc::new(answer.clone())),
        }
    }

    async fn call_again(&self, region: &str, call: &str, _attempt: u32) -> Result<Arc<Value>, Failure> {
        self.call(region, call, Value::Null).await
    }

    fn regions(&self) -> Vec<String> {
        vec![REGION.to_owned()]
    }

    fn exists(&self, _service: &str, _region: &str) -> bool {
        true
    }

    fn home_region(&self) -> String {
        REGION.to_owned()
    }
}

/// The first place where two documents differ; null and absent are one.
fn difference(found: &Value, expected: &Value, path: &str) -> Option<(String, String, String)> {
    match (found, expected) {
        (Value::Map(a), Value::Map(b)) => {
            let keys: BTreeSet<&str> = a.iter().chain(b.iter()).map(|(key, _)| key).collect();
            keys.into_iter()
                .find_map(|key| difference(found.member(key), expected.member(key), &format!("{path}.{key}")))
        }
        (Value::List(a), Value::List(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().find_map(|(index, (a, b))| difference(a, b, &format!("{path}.{index}")))
        }
        (Value::Int(a), Value::Float(b)) | (Value::Float(b), Value::Int(a)) if (*a as f64) == *b => None,
        _ if found == expected => None,
        _ => Some((path.to_owned(), short(found), short(expected))),
    }
}

fn short(value: &Value) -> String {
    let text = value.to_json();
    if text.chars().count() > 160 { text.chars().take(160).chain("…".chars()).collect() } else { text }
}

/// Parameters that nobody overrides.
pub(super) fn no_overrides() -> Overrides {
    Overrides::new()
}
