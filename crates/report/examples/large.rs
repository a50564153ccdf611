//! A report of many made-up findings over the built-in catalog, and how long each format takes to write it:
//! `cargo run --release -p report --example large -- 100000 html report.html`, or without a format for all of them.

use catalog::{Catalog, files::built_in};
use chrono::{TimeZone as _, Utc};
use model::{Cause, Factor, Finding, FindingId, Lack, Missing, ResourceRef, Risk, Severity, Status, TypeName, Value};
use report::{Format, Look, Meta, Report};
use std::{fs::File, io::BufWriter, io::Write as _, sync::Arc, time::Instant};

const REGIONS: [&str; 5] = ["eu-west-1", "eu-central-1", "us-east-1", "us-west-2", "global"];
const ACCOUNTS: [&str; 4] = ["111122223333", "444455556666", "777788889999", "123456789012"];
const NAMES: [&str; 8] =
    ["orders", "billing-archive", "web", "session-store", "etl-staging", "audit-logs", "mail", "search"];

fn finding(number: usize, id: &str, policy: &catalog::Policy) -> Finding {
    let of = |list: &[&'static str]| list.get(number % list.len()).copied().unwrap_or_default();
    let (account, region, name) = (of(&ACCOUNTS), of(&REGIONS), format!("{}-{}", of(&NAMES), number / 7));
    let type_name = TypeName::new(&policy.resource);
    let resource = ResourceRef {
        id: format!("arn:aws:{}:{region}:{account}:{name}", type_name.service()),
        name: name.clone(),
        region: region.to_owned(),
        account: account.to_owned(),
        provider: type_name.provider().to_owned(),
        type_name,
        address: String::new(),
        file: String::new(),
        line: 0,
    };
    let lack = Lack {
        what: format!("{}:Get{}", resource.type_name.service(), number % 9),
        cause: Cause::Denied,
        detail: String::new(),
    };
    let status = match number % 11 {
        0 => Status::Unknown(Missing::one(lack)),
        1 if number.is_multiple_of(5) => Status::Manual,
        1..=5 => Status::Pass,
        _ => Status::Fail,
    };
    let base = match policy.severity {
        Severity::Critical => 70,
        Severity::High => 50,
        Severity::Medium => 30,
        Severity::Low => 15,
        Severity::Informational => 5,
    };
    let extra = u8::try_from(number * 7 % 29).unwrap_or(0);
    let failed = status == Status::Fail;
    let factors = vec![
        Factor { name: "severity".into(), points: base, detail: policy.severity.to_string() },
        Factor {
            name: "exposure".into(),
            points: extra.into(),
            detail: "reachable from the internet on tcp/443".into(),
        },
    ];
    Finding {
        id: FindingId::new(id, account, &resource.id, &number.to_string()),
        policy: Arc::from(id),
        severity: policy.severity,
        risk: Risk {
            score: if failed { u8::try_from(base).unwrap_or(0) + extra } else { 0 },
            factors: if failed { factors } else { Vec::new() },
        },
        message: Arc::from(format!("{name} in {region} is not as it should be: {}", policy.title)),
        evidence: vec![
            [
                ("CidrIpv4", Value::from("0.0.0.0/0")),
                ("FromPort", Value::from(443)),
                ("IpProtocol", Value::from("tcp")),
            ]
            .into_iter()
            .collect(),
        ],
        resource: Arc::new(resource),
        status,
        exception: None,
    }
}

#[expect(clippy::print_stderr, reason = "its times are what it is for")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number: usize = arguments.first().map_or(Ok(100_000), |word| word.parse())?;
    let (catalog, _) = Catalog::read(&[built_in()?]);
    let policies: Vec<_> = catalog.policies.iter().collect();
    let findings: Vec<Finding> = (policies.iter().cycle().enumerate().take(number))
        .map(|(number, (id, entry))| finding(number * 31 % 1_000_003, id, &entry.value))
        .collect();
    let time = Utc.with_ymd_and_hms(2026, 11, 24, 10, 30, 0).single().ok_or("no such time")?;
    let meta = Meta {
        version: "0.1.0".into(),
        scan: "01JD0000000000000000000000".into(),
        started_at: time - chrono::Duration::seconds(73),
        finished_at: time,
        accounts: ACCOUNTS.map(Into::into).to_vec(),
        regions: REGIONS.map(Into::into).to_vec(),
        resources: number / 7,
        calls: 4_211,
        left_out: vec!["Region ap-east-1 is not enabled in account 444455556666.".into()],
    };
    let report = Report { meta, catalog: &catalog, findings: &findings, look: Look::default(), ocsf_detection: false };
    for (format, word, _) in Format::ALL {
        if arguments.get(1).is_some_and(|wanted| wanted != word) {
            continue;
        }
        let path = arguments.get(2).map_or("/dev/null", String::as_str);
        let begun = Instant::now();
        let mut out = BufWriter::new(File::create(path)?);
        format.write(&report, &mut out)?;
        out.flush()?;
        eprintln!("{word:<6} {:>6} ms  {number} findings", begun.elapsed().as_millis());
    }
    Ok(())
}
