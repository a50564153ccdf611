//! Accounts whose right verdicts are known: what is right or wrong with a resource is in its name or its label.

use crate::{account, run::Findings};
use std::collections::{BTreeMap, BTreeSet};

/// A policy, a verdict, and the resources that get it; `@` begins a label of the estate. `none`: the policy does not apply.
type Rows = &'static [(&'static str, &'static str, &'static str)];

const KNOWN: Rows = &[
    (
        "aws-s3-bucket-public-access",
        "fail",
        "star, aws-star, list-star, not-principal, not-action, denied-partly, denied-one-user, denied-no-tls, writable, blocked-for-new, blocked-acls-only, \
        acl-read, acl-write, acl-any-account, if-open-org-negated, if-open-org-if-exists, if-open-org-star, if-open-for-all-values, \
        if-open-source-arn-star, if-open-ip-everywhere, if-open-ip6-everywhere, if-open-ip-halves, if-open-ip-not, if-open-agent, \
        if-open-referer, if-open-tls, if-open-date",
    ),
    (
        "aws-s3-bucket-public-access",
        "pass",
        "plain, arn-star-only, service, denied, denied-outside, tls-only, stranger, stranger-id, stranger-admin, blocked, acl-logs, \
        acl-ignored, acl-disabled, tidy, if-org, if-org-path, if-source-arn, if-source-account, if-vpc, if-vpce, if-ip-private, \
        if-principal-arn, if-user-id, if-two-keys, if-one-of-two",
    ),
    ("aws-s3-bucket-public-access-block", "fail", "plain, star, blocked-for-new, blocked-acls-only, acl-ignored"),
    ("aws-s3-bucket-public-access-block", "pass", "blocked, tidy"),
    ("aws-s3-account-public-access-block", "fail", "111111111111"),
    ("aws-s3-bucket-public-list-acl", "fail", "acl-read, acl-any-account"),
    ("aws-s3-bucket-public-list-acl", "pass", "acl-write, acl-logs, acl-ignored, acl-disabled, star"),
    ("aws-s3-bucket-public-write-acl", "fail", "acl-write"),
    ("aws-s3-bucket-public-write-acl", "pass", "acl-read, acl-logs, acl-disabled, writable"),
    ("aws-s3-bucket-public-write-policy", "fail", "writable, not-action"),
    ("aws-s3-bucket-public-write-policy", "pass", "star, denied, plain, acl-write"),
    ("aws-s3-bucket-cross-account", "fail", "stranger, stranger-id, stranger-admin"),
    ("aws-s3-bucket-cross-account", "pass", "plain, arn-star-only, service, tls-only"),
    ("aws-s3-bucket-cross-account-admin", "fail", "stranger-admin"),
    ("aws-s3-bucket-cross-account-admin", "pass", "plain, stranger"),
    ("aws-s3-bucket-tls-only", "fail", "plain, star, denied-partly"),
    ("aws-s3-bucket-tls-only", "pass", "tls-only, denied-no-tls"),
    ("aws-s3-bucket-versioning", "fail", "plain, suspended"),
    ("aws-s3-bucket-versioning", "pass", "tidy"),
    ("aws-s3-bucket-kms-encryption", "pass", "tidy"),
    ("aws-s3-bucket-kms-encryption", "fail", "plain"),
    ("aws-s3-bucket-lifecycle", "pass", "tidy"),
    ("aws-s3-bucket-lifecycle", "fail", "plain"),
    (
        "aws-ec2-security-group-ssh-open",
        "fail",
        "ssh-world, ssh-world6, ssh-range, everything, everything6, all-tcp, halves",
    ),
    (
        "aws-ec2-security-group-ssh-open",
        "pass",
        "closed, ssh-beside, everything-inside, all-udp, udp-22, ping, private, one-address, by-group, referred, mixed, database, web",
    ),
    ("aws-ec2-security-group-rdp-open", "fail", "everything, everything6, all-tcp, mixed"),
    ("aws-ec2-security-group-rdp-open", "pass", "ssh-world, web, closed, halves"),
    ("aws-ec2-security-group-mysql-open", "fail", "database, everything"),
    ("aws-ec2-security-group-mysql-open", "pass", "ssh-world, web"),
    ("aws-ec2-security-group-postgresql-open", "fail", "database, everything6"),
    ("aws-ec2-security-group-postgresql-open", "pass", "web, everything-inside"),
    ("aws-ec2-security-group-telnet-open", "fail", "ssh-range, ssh-beside, everything"),
    ("aws-ec2-security-group-telnet-open", "pass", "ssh-world"),
    ("aws-ec2-security-group-ftp-open", "fail", "ssh-range, all-tcp"),
    ("aws-ec2-security-group-ftp-open", "pass", "ssh-beside"),
    ("aws-ec2-security-group-all-ports-open", "fail", "everything, everything6, all-tcp, all-udp"),
    ("aws-ec2-security-group-all-ports-open", "pass", "ssh-world, everything-inside, ssh-range, ping, closed"),
    ("aws-ec2-snapshot-public", "fail", "@snapshot public"),
    ("aws-ec2-snapshot-public", "pass", "@snapshot private, @snapshot shared, @snapshot encrypted"),
    ("aws-ec2-snapshot-encrypted", "fail", "@snapshot private"),
    ("aws-ec2-snapshot-encrypted", "pass", "@snapshot encrypted"),
    ("aws-ec2-volume-encrypted", "fail", "@volume plain"),
    ("aws-ec2-volume-encrypted", "pass", "@volume encrypted"),
    ("aws-ec2-image-public", "fail", "@image public"),
    ("aws-ec2-image-public", "pass", "@image private"),
    ("aws-ec2-instance-imdsv2", "fail", "@instance old metadata"),
    ("aws-ec2-instance-imdsv2", "pass", "@instance new metadata, @instance no metadata"),
    ("aws-ec2-instance-user-data-secrets", "fail", "@instance secret"),
    ("aws-ec2-instance-user-data-secrets", "pass", "@instance script"),
    ("aws-ec2-vpc-flow-logs", "fail", "@vpc"),
    ("aws-ec2-regional-settings-ebs-encryption", "fail", "us-east-1"),
    ("aws-ec2-regional-settings-ebs-encryption", "pass", "eu-west-1"),
    ("aws-iam-user-mfa-console", "fail", "without-mfa"),
    ("aws-iam-user-mfa-console", "pass", "with-mfa, no-password"),
    ("aws-iam-user-administrator-access", "fail", "attached-admin"),
    ("aws-iam-user-administrator-access", "pass", "inline-admin, inline-read, in-group"),
    ("aws-iam-user-inline-administrator", "fail", "inline-admin"),
    ("aws-iam-user-inline-administrator", "pass", "inline-read, denied-admin, attached-admin"),
    ("aws-iam-user-direct-policies", "fail", "attached-admin, inline-read"),
    ("aws-iam-user-direct-policies", "pass", "in-group, no-password"),
    ("aws-iam-user-access-key-rotation", "fail", "old-key"),
    ("aws-iam-user-access-key-rotation", "pass", "new-key, old-key-off, no-password"),
    ("aws-iam-user-access-key-unused", "fail", "old-key"),
    ("aws-iam-user-access-key-unused", "pass", "new-key, old-key-off"),
    ("aws-iam-user-access-key-single", "fail", "two-keys"),
    ("aws-iam-user-access-key-single", "pass", "new-key"),
    ("aws-iam-role-trust-public", "fail", "everybody, everybody-external-id"),
    ("aws-iam-role-trust-public", "pass", "own, everybody-of-org, partner, service"),
    ("aws-iam-role-trust-external-id", "fail", "partner"),
    ("aws-iam-role-trust-external-id", "pass", "partner-external-id, own, service"),
    ("aws-iam-role-trust-oidc-subject", "fail", "pipeline-any, pipeline-star"),
    ("aws-iam-role-trust-oidc-subject", "pass", "pipeline-named, own, service"),
    ("aws-iam-role-administrator-access", "fail", "attached-admin-role"),
    ("aws-iam-role-administrator-access", "pass", "own, inline-admin-role"),
    ("aws-iam-role-inline-administrator", "fail", "inline-admin-role"),
    ("aws-iam-role-inline-administrator", "pass", "own, attached-admin-role"),
    ("aws-iam-policy-administrator-attached", "fail", "all-attached"),
    ("aws-iam-policy-administrator-attached", "pass", "all-of-one-service, modest, escalates"),
    ("aws-iam-policy-administrator-attached", "none", "all-unattached"),
    ("aws-iam-policy-administrator-unattached", "fail", "all-unattached"),
    ("aws-iam-policy-escalation", "fail", "escalates"),
    ("aws-iam-policy-escalation", "pass", "modest"),
    ("aws-iam-policy-service-wildcard", "fail", "all-of-one-service"),
    ("aws-iam-policy-service-wildcard", "pass", "modest"),
    ("aws-iam-policy-assume-any-role", "fail", "any-role"),
    ("aws-iam-policy-assume-any-role", "pass", "modest"),
    ("aws-iam-group-administrator-access", "fail", "admins"),
    ("aws-iam-group-administrator-access", "pass", "readers"),
    ("aws-iam-root-mfa", "fail", "root"),
    ("aws-iam-password-policy-length", "fail", "password-policy"),
    ("aws-iam-password-policy-number", "fail", "password-policy"),
    ("aws-iam-password-policy-symbol", "pass", "password-policy"),
    ("aws-iam-password-policy-reuse", "pass", "password-policy"),
    ("aws-kms-key-public", "fail", "@key public"),
    ("aws-kms-key-public", "pass", "@key private, @key of one caller, @key stranger"),
    ("aws-kms-key-public", "none", "@key leaving"),
    ("aws-kms-key-other-accounts", "fail", "@key stranger"),
    ("aws-kms-key-other-accounts", "pass", "@key private"),
    ("aws-kms-key-rotation", "fail", "@key not rotated"),
    ("aws-kms-key-rotation", "pass", "@key private"),
    ("aws-kms-key-rotation", "none", "@key leaving"),
    ("aws-kms-key-deletion", "fail", "@key leaving"),
    ("aws-kms-key-deletion", "pass", "@key private"),
    ("aws-sns-topic-public", "fail", "t-open, t-open-arn-star"),
    ("aws-sns-topic-public", "pass", "t-plain, t-of-bucket, t-of-account, t-of-owner, t-of-org"),
    ("aws-sns-topic-encryption", "fail", "t-plain"),
    ("aws-sns-topic-encryption", "pass", "t-sealed"),
    ("aws-sqs-queue-public", "fail", "q-open, q-open-arn-star"),
    ("aws-sqs-queue-public", "pass", "q-plain, q-of-bucket, q-of-account, q-of-owner, q-of-org, far-plain"),
    ("aws-sqs-queue-encryption", "pass", "q-sealed"),
    ("aws-cloudtrail-trail-logging", "fail", "trail-off"),
    ("aws-cloudtrail-trail-logging", "pass", "trail-on"),
    ("aws-cloudtrail-trail-log-validation", "fail", "trail-off"),
    ("aws-cloudtrail-trail-log-validation", "pass", "trail-on"),
    ("aws-cloudtrail-trail-kms-encryption", "fail", "trail-on, trail-off"),
    ("aws-cloudtrail-trail-bucket-public", "fail", "trail-off"),
    ("aws-cloudtrail-trail-bucket-public", "pass", "trail-on"),
    ("aws-cloudtrail-account-multi-region-trail", "fail", "111111111111"),
    ("aws-cloudtrail-region-trail", "pass", "us-east-1"),
    ("aws-cloudtrail-region-trail", "fail", "eu-west-1"),
    ("aws-logs-log-group-retention", "fail", "a-day"),
    ("aws-logs-log-group-retention", "pass", "a-year-and-more, forever"),
    ("aws-lambda-function-environment-secrets", "fail", "telling"),
    ("aws-lambda-function-environment-secrets", "pass", "harmless"),
    ("aws-lambda-function-runtime-supported", "fail", "ancient"),
    ("aws-lambda-function-runtime-supported", "pass", "harmless"),
    ("aws-lambda-function-public", "fail", "called-by-all"),
    ("aws-lambda-function-public", "pass", "harmless, called-by-own-bucket"),
    ("aws-lambda-function-service-permission-source", "fail", "called-by-any-bucket"),
    ("aws-lambda-function-service-permission-source", "pass", "called-by-own-bucket, harmless"),
    ("aws-lambda-function-url-public", "fail", "url-open"),
    ("aws-lambda-function-url-public", "pass", "url-signed"),
    ("aws-ecr-repository-scan-on-push", "fail", "loose"),
    ("aws-ecr-repository-scan-on-push", "pass", "strict"),
    ("aws-ecr-repository-tag-immutability", "fail", "loose"),
    ("aws-ecr-repository-tag-immutability", "pass", "strict"),
    ("aws-ecr-repository-public", "fail", "shown"),
    ("aws-ecr-repository-public", "pass", "loose"),
    ("aws-ecs-task-definition-privileged", "fail", "mighty:1"),
    ("aws-ecs-task-definition-privileged", "pass", "meek:1"),
    ("aws-ecs-task-definition-environment-secrets", "fail", "talkative:1"),
    ("aws-ecs-task-definition-environment-secrets", "pass", "meek:1, mighty:1"),
    ("aws-cloudformation-stack-output-secrets", "fail", "blabbing"),
    ("aws-cloudformation-stack-output-secrets", "pass", "silent"),
    ("aws-rds-instance-publicly-accessible", "fail", "db-shown"),
    ("aws-rds-instance-publicly-accessible", "pass", "db-hidden"),
    ("aws-rds-instance-encrypted", "fail", "db-shown"),
    ("aws-rds-instance-encrypted", "pass", "db-hidden"),
    ("aws-rds-instance-backups-on", "fail", "db-shown"),
    ("aws-rds-instance-backups-on", "pass", "db-hidden"),
    ("aws-rds-instance-deletion-protection", "fail", "db-shown"),
    ("aws-rds-instance-deletion-protection", "pass", "db-hidden"),
    ("aws-rds-snapshot-public", "fail", "db-snapshot-public"),
    ("aws-rds-snapshot-public", "pass", "db-snapshot-private"),
    ("aws-dynamodb-table-point-in-time-recovery", "fail", "unguarded"),
    ("aws-dynamodb-table-point-in-time-recovery", "pass", "guarded"),
    ("aws-dynamodb-table-deletion-protection", "fail", "unguarded"),
    ("aws-dynamodb-table-deletion-protection", "pass", "guarded"),
    ("aws-secretsmanager-secret-public", "fail", "secret-open"),
    ("aws-secretsmanager-secret-public", "pass", "secret-own"),
    ("aws-efs-file-system-encrypted", "fail", "@files plain"),
    ("aws-efs-file-system-encrypted", "pass", "@files encrypted"),
];

const COVERED: Rows = &[
    ("aws-s3-account-public-access-block", "pass", "222222222222"),
    ("aws-s3-bucket-public-access", "pass", "covered-policy, covered-acl, covered-half"),
    ("aws-s3-bucket-public-access-block", "pass", "covered-policy, covered-acl, covered-half"),
    ("aws-s3-bucket-public-list-acl", "pass", "covered-acl"),
];

/// `{p}` is the partition.
const SOVEREIGN: Rows = &[
    ("aws-s3-bucket-public-access", "fail", "{p}-open"),
    ("aws-s3-bucket-public-access", "pass", "{p}-shut"),
    ("aws-iam-user-administrator-access", "fail", "admin"),
    ("aws-iam-user-administrator-access", "pass", "reader"),
    ("aws-iam-role-trust-external-id", "fail", "partner"),
    ("aws-ec2-security-group-ssh-open", "fail", "world"),
    ("aws-ec2-security-group-ssh-open", "pass", "private"),
    ("aws-sns-topic-public", "pass", "plain"),
    ("aws-sqs-queue-public", "pass", "plain"),
];

/// All rows that are wrong, at once.
fn check(rows: Rows, partition: &str, labels: &BTreeMap<String, String>, findings: &Findings) {
    let mut statuses: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for finding in findings.values() {
        statuses.entry((&finding.policy, &finding.resource.name)).or_default().insert(&finding.status);
    }
    let mut wrong = Vec::new();
    for (policy, expected, names) in rows {
        for name in names.split(',').map(|name| name.trim().replace("{p}", partition)) {
            let known = name
                .strip_prefix('@')
                .map(|label| labels.get(label).unwrap_or_else(|| panic!("no label '{label}'")).clone());
            let is = statuses.get(&(*policy, known.as_ref().unwrap_or(&name).as_str()));
            let expected: BTreeSet<&str> = BTreeSet::from([*expected]);
            if is.unwrap_or(&BTreeSet::from(["none"])) != &expected {
                wrong.push(format!("{policy} of {name}: {is:?} in place of {expected:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn known_accounts_get_the_right_verdicts() {
    let findings = account::known_findings();
    check(KNOWN, "aws", &account::known_labels(), findings);
    assert!(findings.values().all(|finding| finding.resource.account == account::KNOWN));
    assert!(findings.values().any(|finding| finding.resource.region == "eu-west-1"));
}

#[test]
fn an_account_covers_its_buckets() {
    let place = account::place("covered", "222222222222");
    let findings = place.scan(3, &["--no-store", "--service", "s3", "--profile", "strict"]);
    check(COVERED, "aws", &BTreeMap::new(), &findings);
}

#[test]
fn other_partitions_have_other_names() {
    for (account, partition, region) in
        [("333333333333", "aws-us-gov", "us-gov-west-1"), ("444444444444", "aws-cn", "cn-north-1")]
    {
        let mut place = account::place("sovereign", account);
        place.set("AWS_REGION", region);
        let services = ["s3", "iam", "ec2", "sns", "sqs"].map(|service| ["--service", service]).concat();
        let findings = place.scan(3, &[&["--no-store", "--region", region], &services[..]].concat());
        check(SOVEREIGN, partition, &BTreeMap::new(), &findings);
        let foreign = findings.values().find(|finding| {
            finding.resource.id.starts_with("arn:") && !finding.resource.id.starts_with(&format!("arn:{partition}:"))
        });
        assert!(foreign.is_none(), "{foreign:?}");
    }
}
