//! What a scan sends: reads, each once, and only those that its policies need.

use crate::{
    account::{clean, known, permissions_of},
    proxy::{Fault, Seen},
};
use std::collections::{BTreeMap, BTreeSet};

/// Beginnings of the names of operations that read.
const READS: [&str; 5] = ["Describe", "Get", "List", "BatchGet", "Search"];
/// Operations that read and are called otherwise.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateCredentialReport.html> makes a report that is then read.
const OTHER_READS: [&str; 2] = ["iam.GenerateCredentialReport", "cloudtrail.LookupEvents"];

fn is_read(seen: &Seen) -> bool {
    let named = READS.iter().any(|start| seen.asked.operation.starts_with(start));
    (named || OTHER_READS.contains(&seen.asked.call().as_str()))
        && !["PUT", "DELETE", "PATCH"].contains(&seen.method.as_str())
}

/// Requests that came more than once, or are no reads.
fn check(log: &[Seen]) {
    let writes: BTreeSet<String> =
        log.iter().filter(|seen| !is_read(seen)).map(|seen| format!("{} {}", seen.method, seen.asked.call())).collect();
    assert!(writes.is_empty(), "{writes:?}");
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    log.iter()
        .filter(|seen| seen.fault == Fault::None)
        .for_each(|seen| *times.entry(&seen.asked.key).or_default() += 1);
    let often: Vec<_> =
        times.into_iter().filter(|(key, times)| *times > 1 && !key.contains("GenerateCredentialReport")).collect();
    assert!(often.is_empty(), "{often:?}");
}

#[test]
fn a_scan_reads_and_asks_once() {
    let (proxy, place) = known();
    place.scan(3, &["--no-store", "--profile", "strict", "--region", "us-east-1", "--region", "eu-west-1"]);
    let log = proxy.log();
    check(&log);
    let regions: BTreeSet<&str> = log.iter().map(|seen| seen.asked.region.as_str()).collect();
    assert_eq!(regions, BTreeSet::from(["us-east-1", "eu-west-1"]));
    assert!(log.iter().all(|seen| !seen.asked.operation.contains(' ')), "{:?}", proxy.calls());
    // Bulk calls in place of a call a user.
    assert!(
        proxy.calls().contains("iam.GetAccountAuthorizationDetails") && !proxy.calls().contains("iam.ListUserPolicies")
    );
}

#[test]
fn what_is_asked_is_what_the_permissions_say() {
    let clean = clean();
    let needed: BTreeSet<&String> = clean.needed.keys().collect();
    let unannounced: Vec<&String> = clean
        .calls
        .iter()
        .filter(|call| !["sts.GetCallerIdentity", "ec2.DescribeRegions"].contains(&call.as_str()))
        .filter(|call| !permissions_of(call).iter().any(|permission| needed.contains(permission)))
        .collect();
    assert!(unannounced.is_empty(), "{unannounced:?}");
}

#[test]
fn three_policies_make_the_calls_of_three_policies() {
    let (proxy, place) = known();
    proxy.rule(|_, _| Fault::None);
    let policies = ["aws-s3-bucket-versioning", "aws-sqs-queue-public", "aws-iam-user-administrator-access"];
    let arguments = policies.map(|policy| ["--policy", policy]).concat();
    let findings = place.scan(3, &[&["--no-store"], &arguments[..]].concat());
    let judged: BTreeSet<&str> = findings.values().map(|finding| finding.policy.as_str()).collect();
    assert_eq!(judged, BTreeSet::from(policies));
    let expected = [
        "sts.GetCallerIdentity",
        "ec2.DescribeRegions",
        "s3.ListBuckets",
        "s3.GetBucketVersioning",
        "sqs.ListQueues",
        "sqs.GetQueueAttributes",
        "iam.GetAccountAuthorizationDetails",
    ];
    // Tags say how sensitive a failing resource is.
    let tags = ["s3.GetBucketTagging", "sqs.ListQueueTags"];
    let others: BTreeSet<String> = proxy.calls().into_iter().filter(|call| !tags.contains(&call.as_str())).collect();
    assert_eq!(others, BTreeSet::from(expected.map(str::to_owned)));
    check(&proxy.log());
}
