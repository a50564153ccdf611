//! A finding: what a policy says of a resource.

use crate::{ExceptionNote, Missing, Resource, Risk, Severity, TypeName, Value};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr, sync::Arc};

/// The identity of a finding: 128 bits made of the policy, the account, the resource and the offender's key. Stable over
/// scans. Written as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FindingId([u8; 16]);

impl FindingId {
    /// The identity made of its parts; `offender` is empty where a policy makes one finding a resource.
    pub fn new(policy: &str, account: &str, resource: &str, offender: &str) -> Self {
        let mut hash = Sha256::new();
        for part in [policy, account, resource, offender] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        let mut id = [0; 16];
        id.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
        Self(id)
    }

    /// From its 16 bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its 16 bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for FindingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for FindingId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("'{text}' is not the id of a finding: 32 hexadecimal digits");
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let number = u128::from_str_radix(text, 16).map_err(|_| wrong())?;
        Ok(Self(number.to_be_bytes()))
    }
}

impl TryFrom<String> for FindingId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<FindingId> for String {
    fn from(id: FindingId) -> Self {
        id.to_string()
    }
}

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

/// One finding. What many findings share is shared: a scan of a large estate holds a million of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Stable over scans.
    pub id: FindingId,
    /// The policy's id.
    pub policy: Arc<str>,
    /// The verdict.
    pub status: Status,
    /// The severity after the user's overrides.
    pub severity: Severity,
    /// How urgent it is; nothing for a pass.
    pub risk: Risk,
    /// The resource.
    pub resource: Arc<ResourceRef>,
    /// One sentence: what is so.
    pub message: Arc<str>,
    /// The offending parts.
    pub evidence: Vec<Value>,
    /// The exception that applies, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<Box<ExceptionNote>>,
}

impl Finding {
    /// Failed, and nobody accepted it.
    pub fn is_open_failure(&self) -> bool {
        self.status == Status::Fail && self.exception.is_none()
    }
}
