//! The shape of a framework's file: requirement → policies.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A benchmark, standard or law.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    /// Its name.
    pub title: String,
    /// Its version.
    pub version: String,
    /// The provider, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Who publishes it, where.
    pub source: String,
    /// In the framework's order.
    pub requirements: Vec<Requirement>,
}

/// One requirement. It has policies, or is manual, or is not covered: never left out.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// The framework's own id.
    pub id: String,
    /// Our own words.
    pub title: String,
    /// The section's name, our own words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub section: String,
    /// The level, where the framework has levels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
    /// Ids of policies; all must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<String>,
    /// Who attests, and how, where a program can't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manual: Option<String>,
    /// A program could check it; no policy does yet.
    #[serde(default)]
    pub not_covered: bool,
}
