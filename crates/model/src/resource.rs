//! A resource: who it is, where it is, and its document in the provider's own vocabulary.

use crate::Value;
use serde::{Deserialize, Serialize};
use std::{borrow::Borrow, fmt, sync::Arc};

/// The name of a resource type: `provider.service.resource`, as the path of its catalog file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TypeName(Arc<str>);

impl TypeName {
    /// Any string; the catalog decides which names exist.
    pub fn new(name: &str) -> Self {
        Self(Arc::from(name))
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first segment.
    pub fn provider(&self) -> &str {
        self.0.split('.').next().unwrap_or_default()
    }

    /// The second segment, or empty.
    pub fn service(&self) -> &str {
        self.0.split('.').nth(1).unwrap_or_default()
    }
}

impl Borrow<str> for TypeName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Where a resource of infrastructure code is declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The address in the code: `module.data.aws_s3_bucket.logs[0]`.
    pub address: String,
    /// The file, relative to the scanned path.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

/// One resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// The resource type.
    #[serde(rename = "type")]
    pub type_name: TypeName,
    /// The provider's global identifier: an ARN where there is one.
    pub id: String,
    /// The name people know it by.
    pub name: String,
    /// The region, or `global`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub region: String,
    /// The account, subscription, project or cluster that it belongs to.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub account: String,
    /// The provider's partition (a sovereign cloud), or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub partition: String,
    /// Tags or labels: a map of strings, null where the type has none or they were not asked for, unknown where the read failed.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub tags: Value,
    /// The document.
    pub document: Value,
    /// Where it is declared, for infrastructure code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

impl Resource {
    /// The provider: the first segment of the type.
    pub fn provider(&self) -> &str {
        self.type_name.provider()
    }
}
