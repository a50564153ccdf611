//! Faults of the provider and of the way to it: what can't be read is unknown, and nothing else changes.

use crate::{
    account::{self, Clean, KNOWN, clean, known, permissions_of},
    moto,
    proxy::{Fault, Proxy},
    request::Asked,
    run::{Finding, Findings, Place},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    time::{Duration, Instant},
};

/// Policies that need more permissions than this may meet several of a batch.
const PERMISSIONS_OF_ORDINARY_POLICY_MAX: usize = 9;
/// What `stance permissions --explain` says of a permission that it takes several policies to need.
const TOGETHER: &str = "the scan as a whole";
/// Without these there is no scan.
const FIRST_CALLS: [&str; 2] = ["sts.GetCallerIdentity", "ec2.DescribeRegions"];

/// The calls of the clean scan in batches: hardly a policy needs two of a batch.
fn batches(clean: &Clean) -> Vec<BTreeSet<String>> {
    let mut permissions_of_policy: BTreeMap<&str, usize> = BTreeMap::new();
    clean.needed.values().flatten().for_each(|policy| *permissions_of_policy.entry(policy).or_default() += 1);
    let policies = |call: &String| -> BTreeSet<&str> {
        let all = permissions_of(call).into_iter().filter_map(|permission| clean.needed.get(&permission)).flatten();
        all.map(String::as_str)
            .filter(|policy| permissions_of_policy[policy] <= PERMISSIONS_OF_ORDINARY_POLICY_MAX)
            .collect()
    };
    let mut calls: Vec<(&String, BTreeSet<&str>)> = clean
        .calls
        .iter()
        .filter(|call| !FIRST_CALLS.contains(&call.as_str()))
        .map(|call| (call, policies(call)))
        .collect();
    calls.sort_by_key(|(call, policies)| (std::cmp::Reverse(policies.len()), *call));
    let mut batches: Vec<(BTreeSet<String>, BTreeSet<&str>)> = Vec::new();
    for (call, policies) in calls {
        match batches.iter_mut().find(|(_, taken)| taken.is_disjoint(&policies)) {
            Some((batch, taken)) => {
                batch.insert(call.clone());
                taken.extend(policies);
            }
            None => batches.push((BTreeSet::from([call.clone()]), policies)),
        }
    }
    batches.into_iter().map(|(batch, _)| batch).collect()
}

/// What may change when `lost` calls give nothing: to unknown, for want of their permissions. Gives the permissions named.
fn check(clean: &Clean, faulty: &Findings, lost: &BTreeSet<String>) -> BTreeSet<String> {
    let permissions: BTreeSet<String> = lost.iter().flat_map(|call| permissions_of(call)).collect();
    let unlisted: BTreeSet<&str> = faulty
        .values()
        .filter(|finding| finding.resource.id.ends_with(":unlisted"))
        .map(|finding| finding.policy.as_str())
        .collect();
    let mut wrong = Vec::new();
    let mut named = BTreeSet::new();
    for (key, before) in &clean.findings {
        let now = faulty.get(key).or_else(|| {
            faulty.values().find(|now| now.policy == before.policy && now.resource.id == before.resource.id)
        });
        match now {
            Some(now) if now.status == "unknown" => {}
            Some(now) if same(before, now) => {}
            Some(now) => wrong.push(format!(
                "{} became {}: {:?} of {}: {}",
                before.status, now.status, before.policy, before.resource.id, now.message
            )),
            None if unlisted.contains(before.policy.as_str()) => {}
            None => wrong.push(format!("gone: {} {} of {}", before.status, before.policy, before.resource.id)),
        }
    }
    let known: BTreeMap<(&str, &str), &Finding> =
        clean.findings.values().map(|finding| ((&*finding.policy, &*finding.resource.id), finding)).collect();
    for now in faulty.values() {
        let before = known.get(&(now.policy.as_str(), now.resource.id.as_str()));
        if before.is_some_and(|before| same(before, now)) {
            continue;
        }
        let needs = |permission: &String| {
            clean
                .needed
                .get(permission)
                .is_some_and(|policies| policies.contains(&now.policy) || policies.contains(TOGETHER))
        };
        if before.is_some_and(|before| before.status == "unknown") {
            continue;
        }
        if now.status != "unknown" {
            wrong.push(format!("{} out of nothing: {} of {}", now.status, now.policy, now.resource.id));
        } else if !now.missing.iter().any(|permission| permissions.contains(permission))
            || !now.missing.iter().all(needs)
        {
            wrong.push(format!(
                "{} of {} lacks {:?}, which is not what was lost",
                now.policy, now.resource.id, now.missing
            ));
        }
        named.extend(now.missing.iter().cloned());
    }
    assert!(wrong.is_empty(), "without {lost:?}:\n{}", wrong.join("\n"));
    named
}

/// The same verdict for the same reason. The risk may differ: what makes it up may be what was not read.
fn same(before: &Finding, now: &Finding) -> bool {
    (&before.status, &before.message, &before.evidence) == (&now.status, &now.message, &now.evidence)
}

/// The clean scan's calls that are lost one batch after the other, and what is named for it.
fn lose(part: usize, arguments: &[&str], fault: impl Fn(&Asked) -> Fault + Clone + Send + Sync + 'static) {
    let clean = clean();
    let (proxy, place) = known();
    let (mut silent, mut all) = (Vec::new(), 0);
    for lost in batches(clean).into_iter().skip(part).step_by(2) {
        let (calls, fault) = (lost.clone(), fault.clone());
        proxy.rule(move |asked, _| if calls.contains(&asked.call()) { fault(asked) } else { Fault::None });
        let (code, faulty) = account::of_any_end(&place, &[&["--no-store", "--profile", "strict"], arguments].concat());
        assert!(code == 3 || code == 0, "{code}");
        let named = check(clean, &faulty, &lost);
        all += lost.len();
        silent.extend(
            lost.iter()
                .filter(|call| permissions_of(call).iter().all(|permission| !named.contains(permission)))
                .cloned(),
        );
    }
    // What the simulated cloud can't answer is unknown without any fault.
    let already: BTreeSet<&String> = clean.findings.values().flat_map(|finding| &finding.missing).collect();
    silent.retain(|call| !permissions_of(call).iter().any(|permission| already.contains(permission)));
    // A verdict that stands without the call is not unknown; most don't.
    assert!(silent.len() * 4 < all, "{} of {all} calls are missed by nothing: {silent:?}", silent.len());
}

fn denied(asked: &Asked) -> Fault {
    match asked.service.as_str() {
        "ec2" => Fault::Error(403, "UnauthorizedOperation"),
        "s3" | "s3control" | "iam" | "sts" | "cloudformation" | "elb" | "elbv2" | "rds" => {
            Fault::Error(403, "AccessDenied")
        }
        _ => Fault::Error(400, "AccessDeniedException"),
    }
}

#[test]
fn denied_calls_give_unknown_first_half() {
    lose(0, &[], denied);
}

#[test]
fn denied_calls_give_unknown_second_half() {
    lose(1, &[], denied);
}

/// One of the faults that don't pass, by the name of the call.
fn broken(asked: &Asked) -> Fault {
    const FAULTS: [Fault; 7] = [
        Fault::Error(500, "InternalFailure"),
        Fault::Page(503),
        Fault::Reset,
        Fault::Cut,
        Fault::Page(200),
        Fault::Page(403),
        Fault::Error(429, "TooManyRequestsException"),
    ];
    let number =
        asked.call().bytes().fold(0, |number: usize, byte| number.wrapping_mul(31).wrapping_add(usize::from(byte)));
    FAULTS[number % FAULTS.len()].clone()
}

#[test]
fn broken_calls_give_unknown_first_half() {
    lose(0, &["--retries-max", "1"], broken);
}

#[test]
fn broken_calls_give_unknown_second_half() {
    lose(1, &["--retries-max", "1"], broken);
}

#[test]
fn what_passes_leaves_no_trace() {
    const PASSING: [Fault; 8] = [
        Fault::Error(500, "InternalFailure"),
        Fault::Error(503, "ServiceUnavailable"),
        Fault::Error(400, "ThrottlingException"),
        Fault::Reset,
        Fault::Cut,
        Fault::Half,
        Fault::Page(200),
        Fault::Page(503),
    ];
    let (proxy, place) = known();
    for shift in [0, 3, 5] {
        proxy.rule(move |asked, attempt| match attempt {
            // A bucket's policy is all of the body: half of it is an answer too.
            0 if asked.call() == "s3.GetBucketPolicy" => Fault::Cut,
            0 => PASSING[(asked.key.len() + shift) % PASSING.len()].clone(),
            _ => Fault::None,
        });
        let findings = place.scan(3, &["--no-store", "--profile", "strict"]);
        check(clean(), &findings, &BTreeSet::new());
    }
}

#[test]
fn a_burst_of_throttling_is_outlasted() {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let (proxy, place) = known();
    proxy.rule(|asked, _| {
        let number = NUMBER.fetch_add(1, SeqCst);
        let code = if asked.service == "ec2" { "RequestLimitExceeded" } else { "Throttling" };
        if (40..240).contains(&number) {
            Fault::Error(if asked.service == "s3" { 503 } else { 400 }, code)
        } else {
            Fault::None
        }
    });
    let findings = place.scan(3, &["--no-store", "--profile", "strict"]);
    assert!(NUMBER.load(SeqCst) > 240);
    check(clean(), &findings, &BTreeSet::new());
}

#[test]
fn wrong_content_types_change_nothing() {
    let (proxy, place) = known();
    proxy.rule(|_, _| Fault::Mislabelled);
    let findings = place.scan(3, &["--no-store", "--profile", "strict"]);
    check(clean(), &findings, &BTreeSet::new());
}

#[test]
fn a_late_answer_is_not_waited_for() {
    let (proxy, place) = known();
    proxy.rule(|asked, _| {
        if asked.call() == "sqs.GetQueueAttributes" { Fault::Late(Duration::from_secs(20)) } else { Fault::None }
    });
    let began = Instant::now();
    let findings = place.scan(0, &["--no-store", "--policy", "aws-sqs-queue-public", "--call-deadline", "2"]);
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    assert!(
        !findings.is_empty() && findings.values().all(|finding| finding.missing == ["sqs:GetQueueAttributes"]),
        "{findings:?}"
    );
}

#[test]
fn without_an_identity_there_is_no_scan() {
    let (proxy, place) = known();
    for (call, fault) in [
        ("sts.GetCallerIdentity", Fault::Error(403, "InvalidClientTokenId")),
        ("sts.GetCallerIdentity", Fault::Error(403, "ExpiredToken")),
    ] {
        proxy.rule(move |asked, _| if asked.call() == call { fault.clone() } else { Fault::None });
        let ended = place.scan_as_is(&["--service", "sqs"]);
        assert_eq!((ended.code, ended.stdout.as_str()), (1, ""), "{}", ended.stderr);
        assert!(ended.stderr.starts_with("error: ") && ended.stderr.lines().count() == 1, "{}", ended.stderr);
    }
    // A region that is named need not be looked up.
    proxy.rule(|asked, _| if asked.call() == "ec2.DescribeRegions" { denied(asked) } else { Fault::None });
    place.scan(3, &["--service", "sqs", "--no-store"]);
    let ended = place.run(&["scan", "aws", "--service", "sqs", "--no-store"]);
    assert_eq!(ended.code, 1);
    assert!(
        ended.stderr.contains("ec2.DescribeRegions") && ended.stderr.contains("UnauthorizedOperation"),
        "{}",
        ended.stderr
    );
}

#[test]
fn credentials_that_end_in_the_middle_lose_nothing() {
    let (proxy, place) = known();
    let services = ["--service", "s3", "--service", "sqs", "--service", "sns"];
    let whole = place.scan(3, &services);
    let lives = |place: &Place| place.run(&["findings", "--format", "jsonl"]).stdout;
    let kept = lives(&place);
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    proxy.rule(|asked, _| match NUMBER.fetch_add(1, SeqCst) {
        0..60 => Fault::None,
        _ if asked.service == "s3" => Fault::Error(400, "ExpiredToken"),
        _ => Fault::Error(400, "ExpiredTokenException"),
    });
    let ended = place.scan_as_is(&services);
    assert_eq!(ended.code, 1, "{}", ended.stderr);
    let faulty = crate::run::findings(&ended.stdout);
    assert!(
        faulty.values().any(|finding| finding.status == "unknown")
            && faulty.values().any(|finding| finding.status != "unknown")
    );
    for (key, finding) in &faulty {
        let before = whole.get(key).or_else(|| {
            whole.values().find(|one| (&one.policy, &one.resource.id) == (&finding.policy, &finding.resource.id))
        });
        assert!(finding.status == "unknown" || before.is_some_and(|before| same(before, finding)), "{finding:?}");
    }
    let last = place.run(&["diff", "--list"]).stdout;
    assert!(last.lines().count() == 2 && last.lines().next().is_some_and(|line| line.contains("in part")), "{last}");
    // What was failing still fails or is not known; nothing was resolved by not being read.
    let diff = place.run(&["findings", "--format", "jsonl", "--state", "resolved"]);
    assert_eq!(diff.stdout, "", "{diff:?}");
    proxy.rule(|_, _| Fault::None);
    assert_eq!(place.scan(3, &services), whole);
    assert_eq!(lives(&place), kept);
}

#[test]
fn a_region_that_is_down_costs_seconds() {
    moto::estate("known", KNOWN);
    let proxy = Proxy::of_hosts(KNOWN);
    let tunnel = moto::tunnel(proxy.port, ".eu-west-1.amazonaws.com");
    let mut place = Place::before(&proxy);
    place.set("AWS_ENDPOINT_URL", "");
    place.set("HTTPS_PROXY", &format!("http://127.0.0.1:{}", tunnel.port));
    place.set("SSL_CERT_FILE", &tunnel.certificate);
    let arguments = [
        "--no-store",
        "--region",
        "us-east-1",
        "--region",
        "eu-west-1",
        "--service",
        "sqs",
        "--service",
        "s3",
        "--service",
        "ec2",
    ];
    let began = Instant::now();
    let findings = place.scan(3, &arguments);
    assert!(began.elapsed() < Duration::from_secs(40), "{:?}", began.elapsed());
    let down: Vec<&Finding> = findings
        .values()
        .filter(|finding| finding.resource.region == "eu-west-1" && finding.resource.type_name != "aws.s3.bucket")
        .collect();
    assert!(down.len() > 5 && down.iter().all(|finding| finding.status == "unknown"), "{down:?}");
    // The other region is as it is when asked by one address for everything.
    let known = account::known_findings();
    let mut compared = 0;
    for (key, finding) in
        findings.iter().filter(|(_, finding)| finding.resource.region == "us-east-1" && finding.status != "unknown")
    {
        assert!(known.get(key).is_some_and(|before| same(before, finding)), "{finding:?}");
        compared += 1;
    }
    assert!(compared > 500, "{compared}");
}
