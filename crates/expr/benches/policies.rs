//! Policies beside the same in plain Rust over the same documents.

use chrono::{TimeZone as _, Utc};
use criterion::{Criterion, criterion_group, criterion_main};
use expr::{Arena, Entities, Entity, Env, Listing, Program, Scope, World, compile};
use model::Value;
use std::{collections::HashSet, hint::black_box};

/// Filters and alarms of the join.
const JOINED: usize = 300;

struct Account<'a> {
    alarms: Vec<Entity<'a>>,
}

impl World for Account<'_> {
    fn all<'s>(&'s self, _: &str) -> Listing<'s> {
        Listing { entities: Entities::All(&self.alarms), missing: None }
    }

    fn related<'s>(&'s self, _: &str, _: Option<&str>) -> Listing<'s> {
        Listing::empty()
    }

    fn referrers<'s>(&'s self, _: &str, _: Option<&str>) -> Listing<'s> {
        Listing::empty()
    }
}

fn program(env: &Env, source: &str) -> Program {
    compile(source, env).unwrap_or_else(|diagnostic| panic!("{source}: {diagnostic}"))
}

/// A security group of 12 rules, the last of which is open.
fn security_group() -> Value {
    let rules: Vec<String> = (0..12)
        .map(|index| {
            let port = 80 + index;
            let (port, source) = if index == 11 { (22, "0.0.0.0/0".to_owned()) } else { (port, format!("10.{index}.0.0/16")) };
            format!(
                r#"{{"IpProtocol":"tcp","FromPort":{port},"ToPort":{port},"IpRanges":[{{"CidrIp":"{source}","Description":"rule {index}"}}],"Ipv6Ranges":[],"PrefixListIds":[],"UserIdGroupPairs":[]}}"#
            )
        })
        .collect();
    let text =
        format!(r#"{{"GroupId":"sg-1","GroupName":"web","VpcId":"vpc-1","IpPermissions":[{}]}}"#, rules.join(","));
    serde_json::from_str(&text).expect("the text is JSON")
}

fn security_group_in_rust(doc: &Value) -> usize {
    doc.member("IpPermissions")
        .items()
        .iter()
        .filter(|rule| {
            let protocol = rule.member("IpProtocol").as_str();
            let open_port = protocol == Some("-1")
                || (protocol == Some("tcp")
                    && rule.member("FromPort").as_int().is_some_and(|port| port <= 22)
                    && rule.member("ToPort").as_int().is_some_and(|port| port >= 22));
            open_port
                && (rule
                    .member("IpRanges")
                    .items()
                    .iter()
                    .any(|range| range.member("CidrIp").as_str() == Some("0.0.0.0/0"))
                    || rule
                        .member("Ipv6Ranges")
                        .items()
                        .iter()
                        .any(|range| range.member("CidrIpv6").as_str() == Some("::/0")))
        })
        .count()
}

fn bucket() -> Value {
    serde_json::from_str(
        r#"{"Name":"logs","BucketRegion":"eu-west-1",
        "PublicAccessBlock":{"BlockPublicAcls":true,"IgnorePublicAcls":true,"BlockPublicPolicy":false,"RestrictPublicBuckets":true},
        "Acl":{"Grants":[{"Grantee":{"ID":"75aa","Type":"CanonicalUser"},"Permission":"FULL_CONTROL"}]},
        "Encryption":{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms"},"BucketKeyEnabled":true}]},
        "Versioning":{"Status":"Enabled","MFADelete":"Disabled"},
        "Logging":{"TargetBucket":"logs-of-logs","TargetPrefix":"x/"},
        "Lifecycle":[{"ID":"expire","Status":"Enabled","Expiration":{"Days":365}}],
        "Policy":{"Version":"2012-10-17","Statement":[
          {"Sid":"Tls","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::logs","arn:aws:s3:::logs/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}},
          {"Sid":"Read","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:role/reader"},"Action":["s3:GetObject","s3:ListBucket"],"Resource":"arn:aws:s3:::logs/*"},
          {"Sid":"Public","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::logs/public/*"}]}}"#,
    )
    .expect("the text is JSON")
}

/// The public statements as CEL alone can say it.
const BUCKET_POLICY: &str = r#"doc.Policy.Statement.filter(s, s.Effect == "Allow" && s.Condition == null
    && (s.Principal == "*" || "*" in list(s.Principal.AWS)) && list(s.Action).exists(a, a == "*" || a.startsWith("s3:")))"#;

fn bucket_policy_in_rust(doc: &Value) -> usize {
    fn listed(value: &Value) -> &[Value] {
        match value {
            Value::Null => &[],
            Value::List(items) => items,
            single => std::slice::from_ref(single),
        }
    }
    doc.member("Policy")
        .member("Statement")
        .items()
        .iter()
        .filter(|statement| {
            let principal = statement.member("Principal");
            statement.member("Effect").as_str() == Some("Allow")
                && statement.member("Condition").is_null()
                && (principal.as_str() == Some("*")
                    || listed(principal.member("AWS")).iter().any(|p| p.as_str() == Some("*")))
                && listed(statement.member("Action"))
                    .iter()
                    .any(|action| action.as_str().is_some_and(|action| action == "*" || action.starts_with("s3:")))
        })
        .count()
}

fn filters() -> Value {
    let filters: Vec<String> = (0..JOINED)
        .map(|index| format!(r#"{{"name":"filter-{index}","pattern":"{{ $.eventName = ConsoleLogin{index} }}","metric":"Metric{index}","namespace":"Audit"}}"#))
        .collect();
    serde_json::from_str(&format!(r#"{{"filters":[{}]}}"#, filters.join(","))).expect("the text is JSON")
}

fn alarms() -> Vec<Value> {
    (0..JOINED)
        .map(|index| {
            let text = format!(r#"{{"AlarmName":"alarm-{index}","MetricName":"Metric{}","Namespace":"Audit","AlarmActions":["arn:aws:sns:x"]}}"#, JOINED - index);
            serde_json::from_str(&text).expect("the text is JSON")
        })
        .collect()
}

const JOIN: &str = r#"doc.filters.filter(f, f.pattern.contains("ConsoleLogin")
    && !all("aws.cloudwatch.alarm").exists(a, a.doc.MetricName == f.metric && a.doc.Namespace == f.namespace))"#;

fn join_in_rust(doc: &Value, alarms: &[Entity<'_>]) -> usize {
    let known: HashSet<(&str, &str)> = alarms
        .iter()
        .filter_map(|alarm| alarm.doc.member("MetricName").as_str().zip(alarm.doc.member("Namespace").as_str()))
        .collect();
    doc.member("filters")
        .items()
        .iter()
        .filter(|filter| {
            filter.member("pattern").as_str().is_some_and(|pattern| pattern.contains("ConsoleLogin"))
                && !filter
                    .member("metric")
                    .as_str()
                    .zip(filter.member("namespace").as_str())
                    .is_some_and(|key| known.contains(&key))
        })
        .count()
}

/// What most policies look like.
const USUAL: [&str; 20] = [
    "doc.Versioning.Status != \"Enabled\"",
    "doc.Versioning.MFADelete != \"Enabled\"",
    "doc.Logging.TargetBucket == null",
    "[\"BlockPublicAcls\", \"IgnorePublicAcls\", \"BlockPublicPolicy\", \"RestrictPublicBuckets\"].filter(flag, doc.PublicAccessBlock[flag] != true && doc.AccountPublicAccessBlock[flag] != true)",
    "!doc.Encryption.Rules.exists(r, r.ApplyServerSideEncryptionByDefault.SSEAlgorithm in [\"aws:kms\", \"aws:kms:dsse\"])",
    "!doc.Lifecycle.exists(r, r.Status == \"Enabled\")",
    "doc.Acl.Grants.filter(g, g.Grantee.URI == \"http://acs.amazonaws.com/groups/global/AllUsers\")",
    "!iam.requires_tls(doc.Policy)",
    "doc.?Name.orValue(\"\").startsWith(\"aws-\")",
    "doc.Encryption.Rules.all(r, r.BucketKeyEnabled != true)",
    "size(doc.Lifecycle) == 0",
    "name.contains(\".\")",
    "tags.Owner == null && region != \"us-east-1\"",
    "doc.?Lifecycle[?0].?Expiration.?Days.orValue(0) > 3650",
    "doc.Replication.Rules.exists(r, r.Status == \"Enabled\") == false && params.required == true",
    "doc.Acl.Grants.exists(g, g.Permission in [\"WRITE\", \"WRITE_ACP\"] && g.Grantee.Type == \"Group\")",
    "doc.CreationDate != null && time.age_days(doc.CreationDate) > 90",
    "doc.ObjectLock.ObjectLockEnabled != \"Enabled\"",
    "doc.Website != null",
    "doc.Policy.Statement.filter(s, s.Effect == \"Allow\" && s.Principal == \"*\" && s.Condition == null)",
];

fn pair(criterion: &mut Criterion, name: &str, program: &Program, scope: &Scope<'_>, mut rust: impl FnMut() -> usize) {
    let mut group = criterion.benchmark_group(name);
    group.bench_function("expression", |bencher| {
        bencher.iter(|| {
            let arena = Arena::new();
            black_box(program.evaluate(black_box(scope), &arena)).expect("the policy does not err");
        });
    });
    group.bench_function("rust", |bencher| bencher.iter(|| black_box(rust())));
    group.finish();
}

fn policies(criterion: &mut Criterion) {
    let env = Env::policy();
    let now = Utc.with_ymd_and_hms(2026, 11, 24, 12, 0, 0).single().expect("the time is one");
    let group = security_group();
    let scope = Scope::new(&env, now).with("doc", &group);
    let plain = program(
        &env,
        r#"doc.IpPermissions.filter(p, (p.IpProtocol == "-1" || (p.IpProtocol == "tcp" && p.FromPort <= 22 && p.ToPort >= 22))
            && (p.IpRanges.exists(r, r.CidrIp == "0.0.0.0/0") || p.Ipv6Ranges.exists(r, r.CidrIpv6 == "::/0")))"#,
    );
    pair(criterion, "security group, CEL", &plain, &scope, || security_group_in_rust(black_box(&group)));
    let library = program(&env, r#"net.open_to_internet(doc.IpPermissions, "tcp", [22])"#);
    pair(criterion, "security group, library", &library, &scope, || {
        expr::functions::net::open_to_internet(black_box(group.member("IpPermissions")), Some(("tcp", &[22])))
            .found
            .len()
    });

    let bucket = bucket();
    let scope = Scope::new(&env, now).with("doc", &bucket).with("name", "logs").with("region", "eu-west-1");
    let plain = program(&env, BUCKET_POLICY);
    pair(criterion, "bucket policy, CEL", &plain, &scope, || bucket_policy_in_rust(black_box(&bucket)));
    let library = program(&env, "iam.public(doc.Policy)");
    pair(criterion, "bucket policy, library", &library, &scope, || {
        expr::functions::iam::public(black_box(bucket.member("Policy")), None).found.len()
    });

    let usual: Vec<Program> = USUAL.iter().map(|source| program(&env, source)).collect();
    let params: Value = [("required", Value::Bool(true))].into_iter().collect();
    let scope = scope.with("params", &params);
    criterion.bench_function("20 usual policies", |bencher| {
        bencher.iter(|| {
            for program in &usual {
                black_box(program.judge(black_box(&scope))).expect("the policy does not err");
            }
        });
    });
    criterion.bench_function("a scope", |bencher| {
        bencher.iter(|| black_box(Scope::new(&env, now).with("doc", black_box(&bucket)).with("name", "logs")));
    });
    let sources: usize = USUAL.len();
    criterion.bench_function(&format!("compile {sources} usual policies"), |bencher| {
        bencher.iter(|| USUAL.iter().for_each(|source| drop(black_box(program(&env, source)))));
    });
}

fn joins(criterion: &mut Criterion) {
    let env = Env::policy();
    let now = Utc.with_ymd_and_hms(2026, 11, 24, 12, 0, 0).single().expect("the time is one");
    let (filters, alarms, tags) = (filters(), alarms(), Value::Null);
    let entity = |doc| Entity {
        id: "alarm",
        name: "alarm",
        type_name: "aws.cloudwatch.alarm",
        region: "eu-west-1",
        account: "123456789012",
        partition: "aws",
        tags: &tags,
        doc,
    };
    let account = Account { alarms: alarms.iter().map(entity).collect() };
    let scope = Scope::new(&env, now).with("doc", &filters).with_world(&account);
    let join = program(&env, JOIN);
    pair(criterion, "join of 300 with 300", &join, &scope, || join_in_rust(black_box(&filters), &account.alarms));
}

criterion_group!(benches, policies, joins);
criterion_main!(benches);
