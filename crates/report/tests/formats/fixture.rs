//! A small report with one of everything, and the same with hostile texts.

use catalog::{
    Catalog,
    files::{Content, Files},
};
use chrono::{DateTime, TimeZone as _, Utc};
use model::{
    Cause, ExceptionNote, Factor, Finding, FindingId, Lack, Missing, ResourceRef, Risk, Severity, Status, TypeName,
    Value,
};
use report::{Format, Look, Meta, Report};
use std::sync::Arc;

const BLOCK: &str = r#"
title: Bucket blocks public access
resource: aws.s3.bucket
severity: high
category: public-access
risk: One careless policy publishes the bucket's objects to everybody.
fail: doc.Public == true
message: "{name} is public"
fix:
  guide:
    console: [Open the bucket, Choose Permissions, Turn on Block all public access]
    cli: aws s3api put-public-access-block --bucket {name}
    terraform: |
      resource "aws_s3_bucket_public_access_block" "example" {
        block_public_acls = true
      }
equivalents: { prowler: [s3_bucket_level_public_access_block], securityhub: [S3.8] }
references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"]
tests: []
"#;
const GROUP: &str = r#"
title: Security group does not let everybody reach SSH
resource: aws.ec2.security_group
severity: critical
category: network
risk: A port that everybody reaches is tried within minutes.
fail: doc.Open == true
message: "{name} lets everybody reach port 22"
fix: { guide: { console: [Open the group, Edit its inbound rules, Narrow the source] } }
references: ["https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html"]
tests: []
"#;
const KEY: &str = r#"
title: Key is rotated
was: [aws-kms-old-name]
resource: aws.kms.key
severity: medium
confidence: low
category: encryption
risk: An old key has had more chances to leak.
fail: doc.Rotation != true
message: "{name} is not rotated"
fix: { guide: { console: [Open the key, Turn on rotation], cli: 'aws kms enable-key-rotation --key-id {name}' } }
references: ["https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html"]
tests: []
"#;
const CONTACT: &str = r#"
title: Security contact is current
resource: aws.account.account
severity: low
category: governance
risk: A warning that nobody reads helps nobody.
manual: Compare the contact with who is on call.
fix: { guide: { console: [Open the account's page, Compare the contact] } }
references: ["https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact-alternate.html"]
tests: []
"#;
const FRAMEWORK: &str = r"
title: Example benchmark
version: '7.0'
provider: aws
source: https://example.org
requirements:
  - { id: '1.1', title: Contacts, policies: [aws-account-account-contact] }
  - { id: '2.1.4', title: Buckets, policies: [aws-s3-bucket-public-access] }
  - { id: '5.2', title: Ports, policies: [aws-ec2-security-group-ssh, aws-s3-bucket-public-access] }
";

/// The catalog of the fixture.
pub(crate) fn catalog() -> Catalog {
    let files: Files = [
        ("aws/s3/policies/bucket-public-access.yaml", BLOCK),
        ("aws/ec2/policies/security-group-ssh.yaml", GROUP),
        ("aws/kms/policies/key-rotation.yaml", KEY),
        ("aws/account/policies/account-contact.yaml", CONTACT),
        ("frameworks/example-7.0.yaml", FRAMEWORK),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), Content::Yaml(text.to_owned())))
    .collect();
    let (catalog, diagnostics) = Catalog::read(&[files]);
    assert!(diagnostics.is_empty(), "the fixture's catalog is right: {diagnostics:?}");
    catalog
}

/// When the fixture's scan ended.
pub(crate) fn time() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 24, 10, 30, 0).single().expect("the time exists")
}

/// What the fixture's report is about.
pub(crate) fn meta() -> Meta {
    Meta {
        version: "0.1.0".to_owned(),
        scan: "01JD0000000000000000000000".to_owned(),
        started_at: time() - chrono::Duration::seconds(42),
        finished_at: time(),
        accounts: vec!["111122223333".to_owned(), "444455556666".to_owned()],
        regions: vec!["eu-west-1".to_owned(), "us-east-1".to_owned()],
        resources: 8,
        calls: 61,
        left_out: vec!["Region ap-east-1 is not enabled in account 444455556666.".to_owned()],
    }
}

/// A resource by its type, identifier and name.
pub(crate) fn resource(type_name: &str, id: &str, name: &str, region: &str) -> ResourceRef {
    let type_name = TypeName::new(type_name);
    ResourceRef {
        id: id.to_owned(),
        name: name.to_owned(),
        region: region.to_owned(),
        account: "111122223333".to_owned(),
        provider: type_name.provider().to_owned(),
        type_name,
        address: String::new(),
        file: String::new(),
        line: 0,
    }
}

/// A finding without evidence.
pub(crate) fn finding(
    policy: &str,
    status: Status,
    severity: Severity,
    score: u8,
    resource: ResourceRef,
    message: &str,
) -> Finding {
    Finding {
        id: FindingId::new(policy, &resource.account, &resource.id, ""),
        policy: Arc::from(policy),
        status,
        severity,
        risk: Risk { score, factors: Vec::new() },
        resource: Arc::new(resource),
        message: Arc::from(message),
        evidence: Vec::new(),
        exception: None,
    }
}

fn lack(what: &str, cause: Cause, detail: &str) -> Lack {
    Lack { what: what.to_owned(), cause, detail: detail.to_owned() }
}

/// One of everything.
pub(crate) fn findings() -> Vec<Finding> {
    use Severity::{Critical, High, Low, Medium};
    let bucket = |name: &str| resource("aws.s3.bucket", &format!("arn:aws:s3:::{name}"), name, "eu-west-1");
    let group = |region: &str, partition: &str, id: &str| {
        let arn = format!("arn:{partition}:ec2:{region}:111122223333:security-group/{id}");
        resource("aws.ec2.security_group", &arn, id, region)
    };
    let (block, ssh, rotation) = ("aws-s3-bucket-public-access", "aws-ec2-security-group-ssh", "aws-kms-key-rotation");
    let mut open = finding(
        ssh,
        Status::Fail,
        Critical,
        92,
        group("eu-west-1", "aws", "sg-0a1"),
        "web lets everybody reach port 22",
    );
    open.evidence = vec![
        serde_json::from_str(r#"{"FromPort":22,"ToPort":22,"CidrIpv4":"0.0.0.0/0","Tags":["a","b"]}"#)
            .expect("it is JSON"),
    ];
    open.risk.factors = vec![
        Factor { name: "severity".to_owned(), points: 70, detail: "critical".to_owned() },
        Factor { name: "exposure".to_owned(), points: 22, detail: "reachable from the internet on tcp/22".to_owned() },
    ];
    let mut accepted = finding(block, Status::Fail, High, 40, bucket("website"), "website is public");
    accepted.exception = Some(Box::new(ExceptionNote {
        id: "website".to_owned(),
        reason: "It is the website.".to_owned(),
        owner: "web@example.org".to_owned(),
        until: "2027-01-31".to_owned(),
    }));
    let mut code = finding(block, Status::Fail, High, 55, bucket("planned"), "planned is public");
    code.id = FindingId::new("code", "", "", "");
    let mut planned = bucket("planned");
    (planned.id, planned.account) = ("aws_s3_bucket.planned".to_owned(), String::new());
    (planned.address, planned.file, planned.line) =
        ("module.site.aws_s3_bucket.planned".to_owned(), "infra/site main.tf".to_owned(), 12);
    code.resource = Arc::new(planned);
    let denied = Missing::from_lacks(vec![
        lack("kms:GetKeyRotationStatus", Cause::Denied, "User is not authorized"),
        lack("kms:DescribeKey", Cause::Throttled, ""),
    ])
    .expect("it is not empty");
    let key = resource("aws.kms.key", "arn:aws:kms:us-east-1:111122223333:key/1", "alias/main", "us-east-1");
    let account = resource("aws.account.account", "111122223333", "111122223333", "global");
    vec![
        open,
        finding(
            ssh,
            Status::Fail,
            Critical,
            70,
            group("cn-north-1", "aws-cn", "sg-0c3"),
            "sg-0c3 lets everybody reach port 22",
        ),
        finding(ssh, Status::Pass, Critical, 0, group("us-gov-west-1", "aws-us-gov", "sg-0b2"), "sg-0b2 is closed"),
        finding(block, Status::Fail, High, 60, bucket("backups"), "backups is public"),
        code,
        accepted,
        finding(block, Status::Pass, High, 0, bucket("logs"), "logs blocks public access"),
        finding(rotation, Status::Unknown(denied), Medium, 0, key, "It can't be said whether alias/main is rotated"),
        finding(
            "aws-account-account-contact",
            Status::Manual,
            Low,
            0,
            account,
            "Compare the contact with who is on call.",
        ),
        finding("aws-gone-policy", Status::Fail, Low, 10, bucket("old"), "old fails a policy that is gone"),
    ]
}

/// The fixture's report in a format.
pub(crate) fn written(format: Format, detection: bool) -> String {
    written_of(format, detection, &catalog(), meta(), &findings())
}

/// A report in a format. It is written twice, since it must come out the same.
pub(crate) fn written_of(
    format: Format,
    detection: bool,
    catalog: &Catalog,
    meta: Meta,
    findings: &[Finding],
) -> String {
    let report = Report { meta, catalog, findings, look: Look::default(), ocsf_detection: detection };
    let (mut first, mut second) = (Vec::new(), Vec::new());
    format.write(&report, &mut first).expect("memory can be written to");
    format.write(&report, &mut second).expect("memory can be written to");
    assert!(first == second, "{format} comes out the same twice");
    String::from_utf8(first).expect("reports are UTF-8")
}

/// Texts that break writers.
pub(crate) fn hostile() -> Vec<String> {
    [
        "</script><script>alert(1)</script><!--",
        "\"><img src=x onerror=alert(1)>'`${7*7}{{7*7}}",
        "\u{1b}[31mred\u{1b}[0m\u{7}\u{0}\u{8}\u{c}\u{b}\u{7f}\u{85}",
        "=HYPERLINK(\"http://evil\")",
        "+1;-2;@SUM(A1)",
        "-2+3",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "lone \" quote ' and ; comma , pipe | back ` tick \\ slash\nline\r\nline",
        "\u{202e}txt.exe\u{2066}\u{200f}\u{2028}\u{2029}\u{feff}\u{fffe}\u{ffff}",
        "]]>&amp;&#0;&#x1b;<![CDATA[",
        "../../etc/passwd?a=b#c %00 C:\\x",
        "@everyone #1 [x](javascript:alert(1)) ![i](http://evil/i.png) <b>b</b> | a | b |\n# h",
        "",
        " ",
        "𝕦𝕟𝕚 ✓ é 漢字",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// A text of a megabyte.
pub(crate) fn megabyte() -> String {
    "x<\"|\u{1b};é ".repeat(1_000_000 / 9)
}

/// Every text of a finding is the hostile one.
pub(crate) fn poisoned(text: &str) -> Vec<Finding> {
    let mut findings = findings();
    for (number, finding) in findings.iter_mut().enumerate() {
        let mut resource = (*finding.resource).clone();
        for field in
            [&mut resource.id, &mut resource.name, &mut resource.region, &mut resource.address, &mut resource.file]
        {
            text.clone_into(field);
        }
        if number % 2 == 0 {
            text.clone_into(&mut resource.account);
        }
        finding.id = FindingId::new(&finding.policy, "", &number.to_string(), "");
        finding.resource = Arc::new(resource);
        finding.message = Arc::from(text);
        finding.evidence =
            vec![Value::from(text), [(text, Value::from(vec![Value::from(text), Value::Null]))].into_iter().collect()];
        finding.risk.factors = vec![Factor { name: text.to_owned(), points: -3, detail: text.to_owned() }];
        if let Some(note) = &mut finding.exception {
            for field in [&mut note.id, &mut note.reason, &mut note.owner, &mut note.until] {
                text.clone_into(field);
            }
        }
        if let Status::Unknown(missing) = &mut finding.status {
            *missing = Missing::one(lack(text, Cause::Denied, text));
        }
    }
    findings
}

/// What a hostile report is about.
pub(crate) fn poisoned_meta(text: &str) -> Meta {
    let text = || text.to_owned();
    Meta {
        version: text(),
        scan: text(),
        accounts: vec![text()],
        regions: vec![text()],
        left_out: vec![text()],
        ..meta()
    }
}
