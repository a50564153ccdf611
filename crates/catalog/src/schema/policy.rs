//! The shape of a policy's file.

use super::text::Expression;
use model::{Confidence, Severity, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a policy is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Open to everybody.
    PublicAccess,
    /// At rest or in transit.
    Encryption,
    /// Who may do what.
    Identity,
    /// Reachability.
    Network,
    /// What is recorded.
    Logging,
    /// What is noticed.
    Monitoring,
    /// What survives.
    Resilience,
    /// Credentials.
    Secrets,
    /// Versions.
    Patching,
    /// Ownership and order.
    Governance,
}

/// Whether a policy belongs to the default output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Shown to everybody.
    #[default]
    Default,
    /// Shown when asked for.
    Strict,
}

/// What must hold of a resource.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Former ids; they stay taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub was: Vec<String>,
    /// The requirement.
    pub title: String,
    /// The resource type.
    pub resource: String,
    /// How bad a failure is.
    #[schemars(with = "String")]
    pub severity: Severity,
    /// How sure the policy is.
    #[serde(default)]
    #[schemars(with = "String")]
    pub confidence: Confidence,
    /// Whether it belongs to the default output.
    #[serde(default)]
    pub profile: Profile,
    /// What it is about.
    pub category: Category,
    /// Why it matters.
    pub risk: String,
    /// Where it is false the resource gets no finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applies: Option<Expression>,
    /// A bool, or the list of the offending parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fail: Option<Expression>,
    /// What a person has to look at; instead of `fail`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manual: Option<String>,
    /// What is wrong, said of a failed resource; `{CEL}` holes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// A finding of its own for each offender, told apart by this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offender_key: Option<Expression>,
    /// What users may set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, Parameter>,
    /// How it is mended.
    pub fix: Fix,
    /// The ids that other tools have for the same question.
    #[serde(default)]
    pub equivalents: Equivalents,
    /// The provider's documentation.
    pub references: Vec<String>,
    /// Patches over the type's example, and what is expected of them.
    pub tests: Vec<PolicyTest>,
}

/// A parameter of a policy.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its value where users set none.
    #[schemars(with = "serde_json::Value")]
    pub default: Value,
    /// What it means, with its unit.
    pub about: String,
}

/// How a failure is mended.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fix {
    /// For people.
    pub guide: Guide,
}

/// Steps for people.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Guide {
    /// Steps in the provider's console.
    pub console: Vec<String>,
    /// A command, with `{CEL}` holes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cli: Option<String>,
    /// A piece of Terraform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terraform: Option<String>,
}

/// The ids that other tools have for the same question.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Equivalents {
    /// Prowler's check ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prowler: Vec<String>,
    /// Checkov's rule ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checkov: Vec<String>,
    /// Trivy's rule ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trivy: Vec<String>,
    /// The control ids of AWS Security Hub.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub securityhub: Vec<String>,
}

impl Equivalents {
    /// Each tool's name and its ids, sorted by name; tools without ids are left out.
    pub fn by_tool(&self) -> BTreeMap<&'static str, &[String]> {
        [
            ("checkov", &self.checkov),
            ("prowler", &self.prowler),
            ("securityhub", &self.securityhub),
            ("trivy", &self.trivy),
        ]
        .into_iter()
        .filter(|(_, ids)| !ids.is_empty())
        .map(|(tool, ids)| (tool, ids.as_slice()))
        .collect()
    }
}

/// What a test expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Expect {
    /// The policy holds.
    Pass,
    /// It does not.
    Fail,
    /// It can't be said.
    Unknown,
    /// A person has to look.
    Manual,
    /// The policy does not apply.
    None,
}

/// One test of a policy.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyTest {
    /// What is special about it.
    pub name: String,
    /// Dotted path → value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub set: BTreeMap<String, Value>,
    /// The whole document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    pub document: Option<Value>,
    /// Further resources of the account.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Other>,
    /// Types of which the account holds none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub none_of: Vec<String>,
    /// Permissions that are denied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deny: Vec<String>,
    /// Parameters.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub params: BTreeMap<String, Value>,
    /// Tags instead of the example's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    /// Id instead of the example's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Name instead of the example's.
    #[serde(default, rename = "resource_name", skip_serializing_if = "Option::is_none")]
    pub resource_name: Option<String>,
    /// Region instead of the example's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Account instead of the example's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Partition instead of the example's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<String>,
    /// The time of the scan, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
    /// The verdict.
    pub expect: Expect,
    /// Number of offenders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offenders: Option<usize>,
    /// The exact message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// A further resource of the account, from its type's example.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Other {
    /// The resource type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Dotted path → value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub set: BTreeMap<String, Value>,
    /// The whole document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    pub document: Option<Value>,
    /// Id instead of the example's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Name instead of the example's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Region instead of the example's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Tags instead of the example's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
}
