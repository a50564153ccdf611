//! Partitions, and where a service answers in a region: a pattern, and the services' exceptions from it.

use super::load::PARTITIONS;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A partition: a cloud of its own with its own accounts, host names and ARNs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partition {
    /// `aws`, `aws-cn`, `aws-us-gov`, `aws-iso`, …
    pub id: String,
    /// `amazonaws.com`.
    pub dns_suffix: String,
    /// `api.aws`.
    pub dual_stack_dns_suffix: String,
    /// Whether FIPS endpoints exist.
    pub fips: bool,
    /// Whether dual-stack endpoints exist.
    pub dual_stack: bool,
    /// The region that stands for the whole partition: where global services are signed for.
    pub global_region: String,
    /// What its regions' names look like: a regular expression.
    pub region_pattern: String,
    /// The regions, sorted by name, with the place they are in.
    pub regions: BTreeMap<String, String>,
}

/// All partitions; `aws` is the first.
pub fn partitions() -> &'static [Partition] {
    &PARTITIONS
}

/// A partition by id.
pub fn partition(id: &str) -> Option<&'static Partition> {
    partitions().iter().find(|partition| partition.id == id)
}

/// The partition of a region: the one that lists it, or else the one whose pattern it fits.
pub fn partition_of_region(region: &str) -> Option<&'static Partition> {
    partition_of(partitions(), region)
}

/// The same among given partitions.
pub fn partition_of<'a>(partitions: &'a [Partition], region: &str) -> Option<&'a Partition> {
    let fits = |partition: &Partition| {
        regex::Regex::new(&partition.region_pattern).is_ok_and(|pattern| pattern.is_match(region))
    };
    let listed = partitions.iter().find(|partition| partition.regions.contains_key(region));
    listed.or_else(|| partitions.iter().find(|partition| fits(partition)))
}

/// Which kind of endpoint is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// With validated cryptography.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fips: bool,
    /// Reachable over IPv6 too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dual_stack: bool,
}

impl Variant {
    /// All four.
    pub const ALL: [Self; 4] = [
        Self { fips: false, dual_stack: false },
        Self { fips: true, dual_stack: false },
        Self { fips: false, dual_stack: true },
        Self { fips: true, dual_stack: true },
    ];
}

/// An endpoint that differs from the pattern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndpointRule {
    /// The partition.
    pub partition: String,
    /// The kind.
    #[serde(default, skip_serializing_if = "is_plain")]
    pub variant: Variant,
    /// The regions it holds for; all of the partition's others where this is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
    /// The host name with `{region}`; empty where the service has no such endpoint.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub host: String,
    /// The region to sign for where it is not the region itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub signing_region: String,
    /// The name to sign for where it is not the service's.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub signing_name: String,
}

fn is_plain(variant: &Variant) -> bool {
    *variant == Variant::default()
}

/// Where a service answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoints {
    /// Exceptions from the pattern; those for single regions stand before those for the rest of a partition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<EndpointRule>,
    /// The regions in which the service exists, by partition; a partition that is absent is not known about.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub regions: BTreeMap<String, Vec<String>>,
    /// Partitions in which the service is global: one endpoint for all regions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub global: Vec<String>,
}

/// An endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// `https://` and a host name.
    pub url: String,
    /// The region to sign for.
    pub signing_region: String,
    /// The name to sign for, or empty for the service's own.
    pub signing_name: String,
}

impl Endpoints {
    /// Nothing in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the service has one endpoint for all regions of the partition.
    pub fn is_global(&self, partition: &str) -> bool {
        self.global.iter().any(|id| id == partition)
    }

    /// The partition's regions in which the service exists, or `None` where it is not known; then ask in all.
    pub fn regions_in(&self, partition: &str) -> Option<&[String]> {
        self.regions.get(partition).map(Vec::as_slice)
    }

    /// The endpoint in a region, or `None` where the service has none of that kind there.
    pub fn resolve(&self, prefix: &str, partition: &Partition, region: &str, variant: Variant) -> Option<Endpoint> {
        let rule = self.rules.iter().find(|rule| {
            rule.partition == partition.id
                && rule.variant == variant
                && (rule.regions.is_empty() || rule.regions.iter().any(|name| name == region))
        });
        let host = match rule {
            Some(rule) if rule.host.is_empty() => return None,
            Some(rule) => rule.host.replace("{region}", region),
            None => pattern(prefix, partition, region, variant)?,
        };
        let signing_region = rule.map(|rule| rule.signing_region.as_str()).filter(|name| !name.is_empty());
        Some(Endpoint {
            url: format!("https://{host}"),
            signing_region: signing_region.unwrap_or(region).to_owned(),
            signing_name: rule.map(|rule| rule.signing_name.clone()).unwrap_or_default(),
        })
    }
}

/// The host name that most services have.
pub fn pattern(prefix: &str, partition: &Partition, region: &str, variant: Variant) -> Option<String> {
    if (variant.fips && !partition.fips) || (variant.dual_stack && !partition.dual_stack) {
        return None;
    }
    let fips = if variant.fips { "-fips" } else { "" };
    let suffix = if variant.dual_stack { &partition.dual_stack_dns_suffix } else { &partition.dns_suffix };
    Some(format!("{prefix}{fips}.{region}.{suffix}"))
}
