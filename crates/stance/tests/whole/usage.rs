//! What users get wrong is said with exit code 2 and the place; data goes to stdout, talk to stderr; four exit codes.

use crate::{
    account::{KNOWN, known},
    run::{Place, findings},
};
use std::collections::BTreeSet;

/// `stance.yaml`, the command, what the complaint must hold.
const WRONG: &[(&str, &[&str], &str)] = &[
    ("scan:\n  regions: [us-east-1]\n  severty: high\n", &["scan", "aws"], "stance.yaml:3"),
    ("colour: red\n", &["policies", "list"], "stance.yaml:1"),
    ("scan:\n  severity: hihg\n", &["scan", "aws"], "stance.yaml:2"),
    ("exceptions:\n  - id: a\n    scope: 'true'\n    reason: r\n", &["scan", "aws"], "missing field `owner`"),
    ("exceptions:\n  - { id: a, scope: 'true', reason: r, owner: '' }\n", &["scan", "aws"], "has no owner"),
    ("exceptions:\n  - { id: a, scope: 'nmae == 1', reason: r, owner: o }\n", &["scan", "aws"], "scope of"),
    (
        "exceptions:\n  - { id: a, scope: 'true', reason: r, owner: o, until: tomorrow }\n",
        &["scan", "aws"],
        "YYYY-MM-DD",
    ),
    ("policies:\n  aws-s3-bucket-versionning: { enabled: false }\n", &["scan", "aws"], "aws-s3-bucket-versionning"),
    ("policies:\n  aws-s3-bucket-versioning: { params: { days: 3 } }\n", &["scan", "aws"], "days"),
    ("catalogs: [nowhere]\n", &["scan", "aws"], "nowhere"),
    ("", &["scan", "aws", "--policy", "aws-s3-bucket-versionning"], "aws-s3-bucket-versionning"),
    ("", &["scan", "aws", "--service", "s4"], "s4"),
    ("", &["scan", "aws", "--framework", "cis-9"], "cis-9"),
    ("", &["scan", "aws", "--severity", "awful"], "awful"),
    ("", &["scan", "aws", "--fail-on", "awful"], "awful"),
    ("", &["scan", "aws", "--format", "pdf"], "pdf"),
    ("", &["scan", "moon"], "moon"),
    ("", &["explain", "0000"], "there is no store"),
    ("", &["findings"], "there is no store"),
    ("", &["except", "add", "a", "--scope", "name ==", "--reason", "r", "--owner", "o"], "scope"),
    ("", &["except", "add", "a", "--scope", "true", "--reason", "r", "--owner", "o", "--until", "soon"], "YYYY-MM-DD"),
    ("", &["except", "remove", "a"], "'a'"),
    ("", &["inventory", "--at", "yesterday"], "YYYY-MM-DD"),
    ("", &["--config", "nowhere.yaml", "policies", "list"], "nowhere.yaml"),
];

#[test]
fn what_users_get_wrong_is_said() {
    let mut wrong = Vec::new();
    for (config, arguments, part) in WRONG {
        // Credentials that lead nowhere: none of these gets as far as using them.
        let mut place = Place::new();
        for (name, value) in [
            ("AWS_ACCESS_KEY_ID", "a"),
            ("AWS_SECRET_ACCESS_KEY", "b"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
        ] {
            place.set(name, value);
        }
        if !config.is_empty() {
            place.write("stance.yaml", config);
        }
        let ended = place.run(arguments);
        if ended.code != 2 || !ended.stdout.is_empty() || !ended.stderr.contains(part) {
            wrong
                .push(format!("{config}{arguments:?} wants '{part}': {} {}{}", ended.code, ended.stdout, ended.stderr));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_exit_code_has_its_reason() {
    let (_, place) = known();
    let sqs = ["--no-store", "--policy", "aws-sqs-queue-public"];
    let cases: &[(i32, &[&str])] = &[
        (3, &[]),
        (3, &["--fail-on", "critical"]),
        (0, &["--fail-on", "never"]),
        (0, &["--resource", "arn:aws:sqs:us-east-1:111111111111:q-plain"]),
        (3, &["--resource", "arn:aws:sqs:us-east-1:111111111111:q-open"]),
        (1, &["--resource", "arn:aws:sqs:us-east-1:111111111111:q-none"]),
        (1, &["--region", "mars-north-1"]),
    ];
    for (code, more) in cases {
        let ended = place.scan_as_is(&[&sqs[..], more].concat());
        assert_eq!(ended.code, *code, "{more:?}: {}", ended.stderr);
    }
    let mut alone = Place::new();
    alone.set("AWS_REGION", "us-east-1");
    let ended = alone.run(&["scan", "aws"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (1, ""), "{}", ended.stderr);
    assert!(ended.stderr.contains("no usable AWS credentials"), "{}", ended.stderr);
    assert!(!alone.path("stance/stance.db").exists() || alone.run(&["diff", "--list"]).stdout.is_empty());
}

#[test]
fn selections_select() {
    let (_, place) = known();
    let scan = |arguments: &[&str]| {
        let ended = place.scan_as_is(&[&["--no-store"], arguments].concat());
        assert!([0, 3].contains(&ended.code), "{arguments:?}: {}", ended.stderr);
        findings(&ended.stdout)
    };
    let policies = |arguments: &[&str]| -> BTreeSet<String> {
        scan(arguments).into_values().map(|finding| finding.policy).collect()
    };
    // Another tool's id stands for the policies that answer to it.
    assert!(policies(&["--policy", "s3_bucket_public_access"]).contains("aws-s3-bucket-public-access"));
    assert_eq!(
        policies(&["--policy", "sqs_queues_not_publicly_accessible"]),
        BTreeSet::from(["aws-sqs-queue-public".to_owned()])
    );
    let services = policies(&["--service", "sqs", "--service", "sns"]);
    assert!(
        services.len() >= 4
            && services.iter().all(|policy| policy.starts_with("aws-sqs-") || policy.starts_with("aws-sns-")),
        "{services:?}"
    );
    assert!(
        scan(&["--service", "sqs", "--severity", "critical"]).values().all(|finding| finding.severity == "critical")
    );
    let framework = policies(&["--framework", "cis-aws-7.0", "--service", "s3"]);
    assert!(framework.len() >= 2 && framework.len() < policies(&["--service", "s3"]).len(), "{framework:?}");
    let regions: BTreeSet<String> = scan(&["--service", "sqs", "--region", "eu-west-1"])
        .into_values()
        .map(|finding| finding.resource.region)
        .collect();
    assert_eq!(regions, BTreeSet::from(["eu-west-1".to_owned()]));
    let without = policies(&["--service", "sqs", "--without-policy", "aws-sqs-queue-public"]);
    assert!(!without.is_empty() && !without.contains("aws-sqs-queue-public"));
    let one = scan(&["--service", "s3", "--resource", "arn:aws:s3:::star"]);
    assert!(one.len() > 5 && one.values().all(|finding| finding.resource.id == "arn:aws:s3:::star"));
    let failed = scan(&["--service", "s3", "--status", "fail"]);
    assert!(!failed.is_empty() && failed.values().all(|finding| finding.status == "fail"));
}

#[test]
fn stdout_is_data_and_stderr_is_talk() {
    let (_, place) = known();
    let ended = place.scan_as_is(&["--service", "sqs", "--no-store"]);
    assert!(ended.stdout.lines().all(|line| line.starts_with('{')) && ended.stderr.contains(KNOWN), "{}", ended.stderr);
    let quiet = place.scan_as_is(&["--service", "sqs", "--no-store", "--quiet"]);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), (ended.stdout.as_str(), ""));
    let file = place.scan_as_is(&["--service", "sqs", "--no-store", "--output", "report.jsonl"]);
    assert_eq!(file.stdout, "");
    assert_eq!(place.read("report.jsonl"), ended.stdout);
    let table = place.run(&["scan", "aws", "--service", "sqs", "--no-store", "--region", "us-east-1"]);
    assert!(!table.stdout.contains('\u{1b}') && !table.stderr.contains('\u{1b}'), "no colours where nobody looks");
}
