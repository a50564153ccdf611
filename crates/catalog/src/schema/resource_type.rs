//! The shape of a resource type's file.

use super::text::{ErrorMatch, Expression};
use model::Value;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where the resources of a type are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Once an account.
    Global,
    /// In every enabled region.
    Region,
}

/// A kind of cloud resource: how it is listed, read, named, and what it relates to.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResourceType {
    /// What people call it.
    pub title: String,
    /// Where it is listed.
    pub scope: Scope,
    /// The service whose endpoints say in which regions the type exists; that of the list's call by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// How resources are found.
    pub list: List,
    /// The read that gives the document, where the list gives only names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub describe: Option<Describe>,
    /// The global identifier; an ARN where there is one.
    pub id: Expression,
    /// The name people know it by.
    pub name: Expression,
    /// The region of a resource that is listed globally.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Expression>,
    /// A map of strings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Expression>,
    /// What is not kept is left out of the inventory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep: Option<Expression>,
    /// Errors of any part that mean that the resource is gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<ErrorMatch>,
    /// Further reads, each a member of the document.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, Part>,
    /// Edges of the graph.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
    /// Paths under which a value with a telling key is a secret.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sensitive: Vec<String>,
    /// The kind of thing that holds an organisation's data.
    #[serde(default)]
    pub holds_data: bool,
    /// Reasons why the resource is reachable from anywhere: a list of strings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exposure: Option<Expression>,
    /// Reasons why whoever holds the resource holds power: a list of strings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privilege: Option<Expression>,
    /// Events of the provider's audit log that change the resource, by source, and the `key` that names it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub events: BTreeMap<String, EventNames>,
    /// One healthy instance.
    pub example: Example,
}

/// A list of event names, or the path of the key.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct EventNames(#[schemars(with = "serde_json::Value")] pub Value);

/// How resources are found.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// List once for each resource of this type.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// The call; without one the list is made of `items` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// The call's parameters.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub with: BTreeMap<String, Expression>,
    /// The list of items.
    pub items: Expression,
    /// Errors that mean: there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<ErrorMatch>,
}

/// The read that gives the document.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Describe {
    /// The call.
    pub call: String,
    /// So many items a call, in scope as `items`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<usize>,
    /// The call's parameters.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub with: BTreeMap<String, Expression>,
    /// The document, or with `batch` the list of documents.
    pub take: Expression,
    /// Errors that mean: deleted between list and describe.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<ErrorMatch>,
}

/// A further read, or without a call a computation.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// A call that is repeated until its answer is ready, before this one is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Before>,
    /// The call's parameters.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub with: BTreeMap<String, Expression>,
    /// Over `answer` alone, once an answer and not once a resource: what `answer` is in `take`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prepare: Option<Expression>,
    /// The member's value.
    pub take: Expression,
    /// Errors that mean: there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<ErrorMatch>,
    /// Read only where this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Expression>,
    /// What it is, instead of null, where `when` does not hold or the error is in `absent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<Expression>,
}

/// A call that makes the provider prepare an answer.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Before {
    /// The call.
    pub call: String,
    /// Over its `answer`: whether it is ready.
    pub until: Expression,
}

/// An edge of the graph.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Relation {
    /// `encrypted_by`, `in_network`, `logs_to`, …
    pub kind: String,
    /// The other's type.
    pub to: String,
    /// The other's id or name, or a list of them.
    pub id: Expression,
}

/// One healthy instance of the type.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// By call, what the API answers; `{ error: Code }` for an error.
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub answers: BTreeMap<String, Value>,
    /// What the answers become.
    #[schemars(with = "serde_json::Value")]
    pub document: Value,
}
