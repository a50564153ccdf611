//! What the command remembers between scans.

use crate::{
    account::{known, place},
    moto,
    proxy::Proxy,
    run::{Place, bytes_of, findings},
};
use serde_json::json;
use std::{
    collections::BTreeSet,
    thread,
    time::{Duration, Instant},
};

/// Scans that are killed.
const KILLS: u32 = 15;

/// An account of its own whose buckets a test may change.
fn changing(account: &str) -> Place {
    moto::estate("changing", account);
    Place::before(&Proxy::of_changing_buckets(account))
}

fn open(account: &str, bucket: &str) {
    let bucket = format!("{account}-{bucket}");
    let resource = format!("arn:aws:s3:::{bucket}/*");
    let policy = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": resource }] });
    moto::call(account, "s3", "put_bucket_policy", json!({ "Bucket": bucket, "Policy": policy.to_string() }));
}

fn shut(account: &str, bucket: &str) {
    moto::call(account, "s3", "delete_bucket_policy", json!({ "Bucket": format!("{account}-{bucket}") }));
}

/// Status and state words of the findings about a policy and a bucket, as the store has them.
fn state_of(place: &Place, policy: &str, bucket: &str) -> Vec<String> {
    let mut states = Vec::new();
    for state in ["open", "excepted", "resolved"] {
        let ended = place.run(&["findings", "--format", "jsonl", "--state", state, "--policy", policy]);
        let about = findings(&ended.stdout).into_values().filter(|finding| finding.resource.id.ends_with(bucket));
        states.extend(about.map(|finding| format!("{} {state}", finding.status)));
    }
    states
}

#[test]
fn an_unchanged_account_writes_almost_nothing() {
    let (_, place) = known();
    let scan = |place: &Place| {
        let ended = place.scan_as_is(&["--profile", "strict"]);
        assert_eq!(ended.code, 3, "{}", ended.stderr);
        ended.stdout
    };
    let first = scan(&place);
    let folder = place.path("stance");
    let after_first = bytes_of(&folder);
    let inventory = place.run(&["inventory", "--format", "jsonl"]).stdout;
    for _ in 0..2 {
        let again = scan(&place);
        let differing: Vec<_> =
            first.lines().zip(again.lines()).filter(|(before, now)| before != now).take(3).collect();
        assert!(again == first, "the same findings, byte for byte: {differing:#?}");
    }
    let grown = bytes_of(&folder).saturating_sub(after_first);
    assert!(grown / 2 * 10 < after_first, "two scans put {grown} bytes on {after_first}");
    assert_eq!(place.run(&["inventory", "--format", "jsonl"]).stdout, inventory);
    let diff = place.run(&["diff"]).stdout;
    assert!(diff.ends_with("nothing changed\n"), "{diff}");
}

#[test]
fn a_finding_is_opened_resolved_and_reopened() {
    const ACCOUNT: &str = "666666666601";
    const PUBLIC: &str = "aws-s3-bucket-public-access";
    let place = changing(ACCOUNT);
    place.scan(3, &[]);
    assert!(state_of(&place, PUBLIC, "-site").is_empty());
    let before = chrono::Utc::now();
    thread::sleep(Duration::from_millis(1_100));

    open(ACCOUNT, "site");
    place.scan(3, &[]);
    let diff = place.run(&["diff"]).stdout;
    assert!(diff.contains(&format!("~ aws.s3.bucket  arn:aws:s3:::{ACCOUNT}-site  document.Policy")), "{diff}");
    assert!(diff.lines().any(|line| line.starts_with("opened") && line.contains(PUBLIC)), "{diff}");
    assert!(!diff.contains("-notes"), "{diff}");
    assert_eq!(state_of(&place, PUBLIC, "-site"), ["fail open"]);

    shut(ACCOUNT, "site");
    place.scan(3, &[]);
    let diff = place.run(&["diff"]).stdout;
    assert!(diff.lines().any(|line| line.starts_with("resolved") && line.contains(PUBLIC)), "{diff}");
    assert_eq!(state_of(&place, PUBLIC, "-site"), ["fail resolved"]);

    open(ACCOUNT, "site");
    let found = place.scan(3, &[]);
    let diff = place.run(&["diff"]).stdout;
    assert!(diff.lines().any(|line| line.starts_with("reopened") && line.contains(PUBLIC)), "{diff}");
    let id =
        &found.values().find(|finding| finding.policy == PUBLIC && finding.status == "fail").expect("it is open").id;
    let life = place.run(&["explain", &id[..10]]).stdout;
    let turns: Vec<&str> = life
        .lines()
        .filter_map(|line| {
            ["opened", "resolved", "reopened"].into_iter().find(|turn| line.ends_with(&format!(" {turn}")))
        })
        .collect();
    assert_eq!(turns, ["opened", "resolved", "reopened"], "{life}");

    // A bucket that is gone takes its findings along.
    moto::call(ACCOUNT, "s3", "delete_bucket", json!({ "Bucket": format!("{ACCOUNT}-backup") }));
    place.scan(3, &[]);
    let diff = place.run(&["diff"]).stdout;
    assert!(diff.contains(&format!("- aws.s3.bucket  arn:aws:s3:::{ACCOUNT}-backup")), "{diff}");
    assert!(state_of(&place, "aws-s3-bucket-versioning", "-backup").iter().all(|state| state == "fail resolved"));

    let at =
        |time: &str| place.run(&["inventory", "--format", "jsonl", "--type", "aws.s3.bucket", "--at", time]).stdout;
    let then = at(&before.to_rfc3339());
    assert!(then.contains("-backup") && !then.contains("s3:GetObject"), "{then}");
    let now = at(&(chrono::Utc::now() + chrono::TimeDelta::days(1)).to_rfc3339());
    assert!(!now.contains("-backup") && now.contains("s3:GetObject"), "{now}");
    assert_eq!(at("2020-01-01"), "");
    assert_eq!(place.run(&["diff", "--list"]).stdout.lines().count(), 5);
}

#[test]
fn exceptions_move_failures_aside() {
    const ACCOUNT: &str = "666666666602";
    const PUBLIC: &str = "aws-s3-bucket-public-access";
    let place = changing(ACCOUNT);
    ["site", "notes"].iter().for_each(|bucket| open(ACCOUNT, bucket));
    let one = ["--policy", PUBLIC];
    let excepted = |code: i32| -> BTreeSet<String> {
        let found = place.scan(code, &one);
        assert_eq!(found.values().filter(|finding| finding.status == "fail").count(), 2);
        found.into_values().filter(|finding| finding.exception.is_some()).map(|finding| finding.resource.name).collect()
    };
    let names =
        |buckets: &[&str]| -> BTreeSet<String> { buckets.iter().map(|bucket| format!("{ACCOUNT}-{bucket}")).collect() };
    assert_eq!(excepted(3), names(&[]));

    let scope = format!("policy == '{PUBLIC}' && name.endsWith('-site')");
    let add = [
        "except",
        "add",
        "site",
        "--scope",
        &scope,
        "--reason",
        "the web site",
        "--owner",
        "web",
        "--until",
        "2999-12-31",
    ];
    assert_eq!(place.run(&add).code, 0);
    assert_eq!(excepted(3), names(&["site"]));
    assert_eq!(state_of(&place, PUBLIC, "-site"), ["fail excepted"]);
    let id = place.scan(3, &one).into_values().find(|finding| finding.exception.is_some()).expect("one is excepted").id;
    assert!(place.run(&["explain", &id]).stdout.contains("site by web, until 2999-12-31: the web site"));

    let yaml = |until: &str| {
        format!(
            "exceptions:\n  - id: notes\n    scope: name.endsWith(\"-notes\")\n    reason: shown to all\n    owner: me\n    until: {until}\n"
        )
    };
    place.write("stance.yaml", &yaml("2999-12-31"));
    assert_eq!(excepted(0), names(&["notes", "site"]));
    // One that has ended excepts nothing.
    place.write("stance.yaml", &yaml("2020-01-01"));
    assert_eq!(excepted(3), names(&["site"]));
    place.write("stance.yaml", "");
    assert_eq!(place.run(&["except", "remove", "site"]).code, 0);
    assert_eq!(excepted(3), names(&[]));
    assert_eq!(state_of(&place, PUBLIC, "-site"), ["fail open"]);

    place.write(
        "mutelist.yaml",
        &format!("Mutelist:\n  Accounts:\n    \"{ACCOUNT}\":\n      Checks:\n        s3_bucket_public_access:\n          Regions: [\"*\"]\n          Resources: [\"notes$\"]\n        no_such_check:\n          Regions: [\"*\"]\n          Resources: [\"*\"]\n    \"999999999999\":\n      Checks:\n        \"*\":\n          Regions: [\"*\"]\n          Resources: [\"*\"]\n"),
    );
    let import = place.run(&["except", "import", "mutelist.yaml", "--owner", "security"]);
    assert!(import.code == 0 && import.stderr.contains("no_such_check"), "{import:?}");
    assert_eq!(excepted(3), names(&["notes"]));
    assert!(place.run(&["except", "list"]).stdout.contains("muted in Prowler (s3_bucket_public_access)"));
    let printed = place.run(&["except", "import", "mutelist.yaml", "--owner", "security", "--print"]).stdout;
    let elsewhere = changing(ACCOUNT);
    elsewhere.write("stance.yaml", &printed);
    let found = elsewhere.scan(3, &one);
    assert_eq!(found.values().filter(|finding| finding.exception.is_some()).count(), 1);
}

#[test]
fn overrides_change_verdicts_and_severities() {
    let (_, place) = known();
    let one = ["--no-store", "--policy", "aws-s3-bucket-cross-account"];
    let failing = |code: i32| place.scan(code, &one).values().filter(|finding| finding.status == "fail").count();
    assert!(failing(3) > 0);
    place.write("stance.yaml", "policies:\n  aws-s3-bucket-cross-account:\n    severity: critical\n");
    assert!(place.scan(3, &one).values().all(|finding| finding.severity == "critical"));
    let before = failing(3);
    place.write(
        "stance.yaml",
        "policies:\n  aws-s3-bucket-cross-account:\n    params: { trusted_accounts: [\"999999999999\"] }\n",
    );
    let after = place.scan_as_is(&one);
    let after = findings(&after.stdout).values().filter(|finding| finding.status == "fail").count();
    assert_eq!(before - after, 3, "the three of the stranger");
}

#[test]
fn a_killed_scan_leaves_the_store_whole() {
    let place = place("known", crate::account::KNOWN);
    let arguments = ["scan", "aws", "--region", "us-east-1", "--service", "s3", "--service", "ec2", "--service", "iam"];
    assert_eq!(place.run(&arguments).code, 3);
    let began = Instant::now();
    assert_eq!(place.run(&arguments).code, 3);
    let usual = began.elapsed();
    let inventory = place.run(&["inventory", "--format", "jsonl"]).stdout;
    let kept = place.run(&["findings", "--format", "jsonl"]).stdout;
    let mut random = fastrand::Rng::with_seed(7);
    let mut killed = 0;
    for _ in 0..KILLS {
        let mut child = place.start(&arguments);
        thread::sleep(usual.mul_f64(0.2 + 0.7 * random.f64()));
        killed += u32::from(child.try_wait().expect("it is a child").is_none());
        child.kill().expect("it is a child");
        child.wait().expect("it is a child");
        let now = place.run(&["findings", "--format", "jsonl"]);
        assert!(now.code == 0 && now.stdout == kept, "{}", now.stderr);
    }
    assert!(killed > KILLS / 3, "{killed} were killed");
    assert!(place.run(&["inventory", "--format", "jsonl"]).stdout == inventory);
    let list = place.run(&["diff", "--list"]).stdout;
    assert!(list.contains("did not finish"), "{list}");
    assert_eq!(place.run(&arguments).code, 3);
    assert!(place.run(&["diff"]).stdout.ends_with("nothing changed\n"));
}
