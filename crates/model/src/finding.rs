//! A finding: what a policy says of a resource.

use crate::{ExceptionNote, Missing, Resource, Risk, Severity, TypeName, Value};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The verdict. `Unknown` names what is missing and can't be said without it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Everything that the policy needs was read, and it holds.
    Pass,
    /// It does not hold.
    Fail,
    /// It can't be said, because this is missing.
    Unknown(Missing),
    /// A person has to look.
    Manual,
}

impl Status {
    /// `pass`, `fail`, `unknown` or `manual`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown(_) => "unknown",
            Self::Manual => "manual",
        }
    }
}

/// The resource as a finding names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceRef {
    /// The provider's global identifier.
    pub id: String,
    /// The resource type.
    #[serde(rename = "type")]
    pub type_name: TypeName,
    /// The name people know it by.
    pub name: String,
    /// The region, or `global`.
    pub region: String,
    /// The account.
    pub account: String,
    /// The provider.
    pub provider: String,
    /// The address in infrastructure code, or empty.
    pub address: String,
    /// The file in infrastructure code, or empty.
    pub file: String,
    /// The line in infrastructure code, or 0.
    pub line: u32,
}

impl From<&Resource> for ResourceRef {
    fn from(resource: &Resource) -> Self {
        let source = resource.source.as_ref();
        Self {
            id: resource.id.clone(),
            type_name: resource.type_name.clone(),
            name: resource.name.clone(),
            region: resource.region.clone(),
            account: resource.account.clone(),
            provider: resource.provider().to_owned(),
            address: source.map(|s| s.address.clone()).unwrap_or_default(),
            file: source.map(|s| s.file.clone()).unwrap_or_default(),
            line: source.map_or(0, |s| s.line),
        }
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Stable over scans: made of the policy, the account, the resource and the offender's key.
    pub id: String,
    /// The policy's id.
    pub policy: String,
    /// The verdict.
    pub status: Status,
    /// The severity after the user's overrides.
    pub severity: Severity,
    /// How urgent it is.
    pub risk: Risk,
    /// The resource.
    pub resource: ResourceRef,
    /// One sentence: what is so.
    pub message: String,
    /// The offending parts.
    pub evidence: Vec<Value>,
    /// The exception that applies, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<ExceptionNote>,
}

impl Finding {
    /// The identity of a finding: 128 bits of SHA-256 as 32 hexadecimal digits.
    pub fn identity(policy: &str, account: &str, resource: &str, offender: &str) -> String {
        let mut hash = Sha256::new();
        for part in [policy, account, resource, offender] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Failed, and nobody accepted it.
    pub fn is_open_failure(&self) -> bool {
        self.status == Status::Fail && self.exception.is_none()
    }
}
