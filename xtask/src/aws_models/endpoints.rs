//! Partitions and regions, and what each service's endpoint rules say beside the common pattern.

use super::{
    botocore, rules,
    wheel::{ServiceFiles, Wheel},
};
use anyhow::{Context as _, Result};
use apimodel::aws::{EndpointRule, Endpoints, Partition, Service, Variant, pattern};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Partitions, and which services exist where.
pub(crate) struct Regions {
    pub(crate) partitions: Vec<Partition>,
    services: BTreeMap<String, BTreeMap<String, Presence>>,
}

#[derive(Deserialize)]
struct PartitionsFile {
    partitions: Vec<PartitionFacts>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PartitionFacts {
    id: String,
    outputs: Outputs,
    region_regex: String,
    regions: BTreeMap<String, RegionFacts>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outputs {
    dns_suffix: String,
    dual_stack_dns_suffix: String,
    implicit_global_region: String,
    #[serde(rename = "supportsDualStack")]
    dual_stack: bool,
    #[serde(rename = "supportsFIPS")]
    fips: bool,
}

#[derive(Deserialize)]
struct RegionFacts {
    description: String,
}

#[derive(Deserialize)]
struct EndpointsFile {
    partitions: Vec<EndpointsPartition>,
}

#[derive(Deserialize)]
struct EndpointsPartition {
    partition: String,
    services: BTreeMap<String, Presence>,
}

/// A service in a partition.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Presence {
    #[serde(default)]
    endpoints: BTreeMap<String, Value>,
    is_regionalized: Option<bool>,
}

/// Services that exist in one region of a partition only, although the endpoint file lists more or nothing.
/// <https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html>
const SINGLE: &[(&str, &str, &str)] = &[
    ("ce", "aws", "us-east-1"),
    ("cur", "aws", "us-east-1"),
    ("globalaccelerator", "aws", "us-west-2"),
    ("route53domains", "aws", "us-east-1"),
    ("route53-recovery-control-config", "aws", "us-west-2"),
    ("route53-recovery-readiness", "aws", "us-west-2"),
    ("savingsplans", "aws", "us-east-1"),
    ("trustedadvisor", "aws", "us-east-1"),
];

impl Regions {
    /// Read `partitions.json` and `endpoints.json`.
    pub(crate) fn read(wheel: &mut Wheel) -> Result<Self> {
        let file: PartitionsFile = wheel.json("botocore/data/partitions.json")?.context("no partitions.json")?;
        let endpoints: EndpointsFile = wheel.json("botocore/data/endpoints.json")?.context("no endpoints.json")?;
        let partitions = file.partitions.into_iter().map(partition).collect();
        let services = endpoints.partitions.into_iter().map(|facts| (facts.partition, facts.services)).collect();
        Ok(Self { partitions, services })
    }

    fn presence(&self, partition: &str, prefix: &str) -> Option<&Presence> {
        self.services.get(partition)?.get(prefix)
    }
}

fn partition(facts: PartitionFacts) -> Partition {
    let regions = facts.regions.into_iter().filter(|(name, _)| !name.ends_with("-global"));
    Partition {
        id: facts.id,
        dns_suffix: facts.outputs.dns_suffix,
        dual_stack_dns_suffix: facts.outputs.dual_stack_dns_suffix,
        fips: facts.outputs.fips,
        dual_stack: facts.outputs.dual_stack,
        global_region: facts.outputs.implicit_global_region,
        region_pattern: facts.region_regex,
        regions: regions.map(|(name, facts)| (name, facts.description)).collect(),
    }
}

/// Put the endpoints into a trimmed service.
pub(crate) fn add(service: &mut Service, files: &ServiceFiles, regions: &Regions) -> Result<()> {
    let static_of = |name: &str| static_parameters(files.api.operations.get(name)?, &files.api);
    let mut groups: BTreeMap<String, (BTreeMap<String, Value>, Vec<String>)> = BTreeMap::new();
    for name in service.operations.keys() {
        let parameters = static_of(name).unwrap_or_default();
        let group = groups.entry(serde_json::to_string(&parameters)?).or_insert_with(|| (parameters, Vec::new()));
        group.1.push(name.to_string());
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by_key(|(_, operations)| std::cmp::Reverse(operations.len()));
    for (index, (parameters, operations)) in groups.iter().enumerate() {
        let endpoints = exceptions(&service.endpoint_prefix, &files.rules, parameters, regions);
        if index == 0 {
            service.endpoints = endpoints;
        } else if endpoints.rules != service.endpoints.rules {
            for operation in operations {
                if let Some(operation) = service.operations.get_mut(operation.as_str()) {
                    operation.endpoints = Endpoints { rules: endpoints.rules.clone(), ..Endpoints::default() };
                }
            }
        }
    }
    for partition in &regions.partitions {
        presence(service, partition, regions);
    }
    Ok(())
}

/// The parameters that an operation fixes. Those that only matter together with a bucket or an account are left out.
fn static_parameters(operation: &botocore::Operation, api: &botocore::Api) -> Option<BTreeMap<String, Value>> {
    let input = operation.input.as_ref().and_then(|input| api.shapes.get(&input.shape));
    let has_bucket = input.is_some_and(|shape| {
        shape
            .members
            .values()
            .any(|member| member.context_param.as_ref().is_some_and(|parameter| parameter.name == "Bucket"))
    });
    let fixed = operation.static_context_params.iter().filter(|(name, _)| *name != "RequiresAccountId" && !has_bucket);
    Some(fixed.map(|(name, parameter)| (name.clone(), parameter.value.clone())).collect())
}

/// The exceptions from the pattern, for all partitions and kinds of endpoint.
fn exceptions(prefix: &str, rule_set: &Value, fixed: &BTreeMap<String, Value>, regions: &Regions) -> Endpoints {
    let mut endpoints = Endpoints::default();
    for partition in &regions.partitions {
        for variant in Variant::ALL {
            // host, region to sign for, name to sign for → regions
            let mut groups: BTreeMap<(String, String, String), Vec<String>> = BTreeMap::new();
            for region in partition.regions.keys() {
                let mut parameters = fixed.clone();
                parameters.insert("Region".into(), region.as_str().into());
                parameters.insert("UseFIPS".into(), variant.fips.into());
                parameters.insert("UseDualStack".into(), variant.dual_stack.into());
                let found = rules::evaluate(rule_set, &parameters, &regions.partitions);
                let key = found.map_or_else(Default::default, |found| {
                    let host = found
                        .url
                        .trim_start_matches("https://")
                        .trim_end_matches('/')
                        .replace(region.as_str(), "{region}");
                    let signing_region = if found.signing_region == *region && host.contains("{region}") {
                        String::new()
                    } else {
                        found.signing_region
                    };
                    (host, signing_region, found.signing_name)
                });
                groups.entry(key).or_default().push(region.clone());
            }
            endpoints.rules.extend(rules_of(groups, prefix, partition, variant));
        }
        if is_global(&endpoints, prefix, partition) {
            endpoints.global.push(partition.id.clone());
        }
    }
    endpoints
}

fn rules_of(
    groups: BTreeMap<(String, String, String), Vec<String>>,
    prefix: &str,
    partition: &Partition,
    variant: Variant,
) -> Vec<EndpointRule> {
    let usual = pattern(prefix, partition, "{region}", variant).unwrap_or_default();
    let mut groups: Vec<_> = groups.into_iter().collect();
    // Smaller groups first, so that the largest can stand for the rest of the partition.
    groups.sort_by_key(|(_, regions)| regions.len());
    let last = groups.len().saturating_sub(1);
    let rules =
        groups.into_iter().enumerate().map(|(index, ((host, signing_region, signing_name), regions))| EndpointRule {
            partition: partition.id.clone(),
            variant,
            regions: if index == last { Vec::new() } else { regions },
            host,
            signing_region,
            signing_name,
        });
    let is_usual = |rule: &EndpointRule| {
        rule.regions.is_empty() && rule.host == usual && rule.signing_region.is_empty() && rule.signing_name.is_empty()
    };
    rules.filter(|rule| !is_usual(rule)).collect()
}

/// One host for all regions.
fn is_global(endpoints: &Endpoints, prefix: &str, partition: &Partition) -> bool {
    let url =
        |region: &String| endpoints.resolve(prefix, partition, region, Variant::default()).map(|endpoint| endpoint.url);
    let mut urls: Vec<_> = partition.regions.keys().map(url).collect();
    urls.dedup();
    matches!(urls.as_slice(), [Some(url)] if !partition.regions.keys().any(|region| url.contains(region.as_str())))
}

/// In which of the partition's regions the service exists.
fn presence(service: &mut Service, partition: &Partition, regions: &Regions) {
    let id = &partition.id;
    if let Some((_, _, region)) =
        SINGLE.iter().find(|(name, in_partition, _)| **name == *service.name && in_partition == id)
    {
        service.endpoints.regions.insert(id.clone(), vec![(*region).to_owned()]);
        return;
    }
    let prefixes = [service.endpoint_prefix.as_str(), service.signing_name.as_str(), &*service.name];
    let Some(presence) = prefixes.iter().find_map(|prefix| regions.presence(id, prefix)) else { return };
    let names: Vec<String> =
        presence.endpoints.keys().filter(|name| partition.regions.contains_key(*name)).cloned().collect();
    if presence.is_regionalized == Some(false) {
        if !service.endpoints.global.contains(id) {
            service.endpoints.global.push(id.clone());
        }
    } else if !names.is_empty() && !service.endpoints.global.contains(id) {
        service.endpoints.regions.insert(id.clone(), names);
    }
}
