//! Writing a scan of resources of 2 KB with eight verdicts each, one of them failing, and scanning the same again.
//!
//! `STANCE_BENCH_LARGE=1` adds 100,000 resources.

use chrono::{DateTime, Utc};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use model::{Finding, FindingId, Resource, ResourceRef, Risk, Severity, Status, TypeName, Value};
use std::sync::Arc;
use store::{Counts, Documents, InventoryFilter, Judgement, Part, Policies, ScanEnd, ScanHeader, Store, Tally};

const TYPES: usize = 10;
const POLICIES: usize = 8;
/// Resources that are put at once.
const PART_RESOURCES: usize = 1_000;

struct Estate {
    /// The hash that judgements are remembered under.
    input: [u8; 16],
    parts: Vec<EstatePart>,
}

struct EstatePart {
    type_name: TypeName,
    region: String,
    resources: Vec<Resource>,
    findings: Vec<Vec<Finding>>,
}

fn at(scan: u32) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + i64::from(scan), 0).expect("the time is valid")
}

fn resource(type_name: &TypeName, region: &str, number: usize, version: u8) -> Resource {
    let rule = |port: i64| -> Value {
        [
            ("FromPort", Value::from(port)),
            ("ToPort", Value::from(port + 1)),
            ("IpProtocol", Value::from("tcp")),
            ("Description", Value::from(format!("rule {port} of resource {number}"))),
            ("Ranges", Value::from(vec![Value::from(format!("10.{}.0.0/16", number % 250))])),
        ]
        .into_iter()
        .collect()
    };
    Resource {
        type_name: type_name.clone(),
        id: format!("arn:partition:service:{region}:123456789012:kind/resource-{number:08}"),
        name: format!("resource-{number:08}"),
        region: region.to_owned(),
        account: "123456789012".to_owned(),
        partition: "partition".to_owned(),
        tags: [("team", Value::from("payments")), ("env", Value::from("production"))].into_iter().collect(),
        document: [
            ("Name", Value::from(format!("resource-{number:08}"))),
            ("Rules", Value::from((0..14).map(|port| rule(port * 100 + 22)).collect::<Vec<_>>())),
            ("Version", Value::from(i64::from(version))),
            ("Encrypted", Value::from(number.is_multiple_of(2))),
        ]
        .into_iter()
        .collect(),
        source: None,
    }
}

fn finding(resource: &Resource, policy: usize) -> Finding {
    let policy = format!("service-policy-{policy}");
    Finding {
        id: FindingId::new(&policy, &resource.account, &resource.id, ""),
        policy: policy.as_str().into(),
        status: Status::Fail,
        severity: Severity::High,
        risk: Risk { score: 60, factors: Vec::new() },
        resource: Arc::new(ResourceRef::from(resource)),
        message: format!("{} lets everybody in on port 22", resource.name).into(),
        evidence: vec![resource.document.at("Rules.0").clone()],
        exception: None,
    }
}

fn estate(resources: usize, version: u8) -> Estate {
    let parts = (0..resources)
        .step_by(PART_RESOURCES)
        .enumerate()
        .map(|(index, first)| {
            let type_name = TypeName::new(&format!("cloud.service.kind{}", index % TYPES));
            let region = format!("region-{}", index / TYPES);
            let resources: Vec<_> = (first..resources.min(first + PART_RESOURCES))
                .map(|number| resource(&type_name, &region, number, version))
                .collect();
            let findings = resources
                .iter()
                .enumerate()
                .map(|(place, resource)| vec![finding(resource, place % POLICIES)])
                .collect();
            EstatePart { type_name, region, resources, findings }
        })
        .collect();
    Estate { input: [version; 16], parts }
}

async fn scan(store: &Store, estate: &Estate, number: u32) {
    let header = ScanHeader {
        id: store::scan_id(at(number), number),
        started_at: at(number),
        scope: "{}".to_owned(),
        catalog_hash: String::new(),
        documents: Documents::Whole,
        policies: Policies::Every,
    };
    let names: Vec<String> = (0..POLICIES).map(|policy| format!("service-policy-{policy}")).collect();
    let mut writer = store.begin_scan(&header).await.expect("the scan begins");
    for part in &estate.parts {
        let known = writer
            .judged("123456789012", &part.region, &part.type_name, &part.resources)
            .await
            .expect("the store can be read");
        let judgements: Vec<Judgement<'_>> = part
            .resources
            .iter()
            .zip(&part.findings)
            .zip(known)
            .filter(|(_, known)| known.as_ref().is_none_or(|known| known.input != estate.input))
            .map(|((resource, findings), _)| Judgement {
                resource: &resource.id,
                region: &resource.region,
                input: &estate.input,
                verdicts: &[1; 48],
                findings,
            })
            .collect();
        let tallies: Vec<Tally<'_>> = names
            .iter()
            .map(|policy| Tally {
                policy,
                severity: Severity::High,
                counts: Counts { passes: 875, failures: 125, ..Counts::default() },
            })
            .collect();
        writer
            .put(&Part {
                account: "123456789012",
                region: &part.region,
                type_name: &part.type_name,
                resources: Some(&part.resources),
                unread: &[],
                judgements: &judgements,
                tallies: &tallies,
            })
            .await
            .expect("the part is written");
    }
    writer.finish(ScanEnd { at: at(number), complete: true, calls: 0, errors: 0 }).await.expect("the scan finishes");
}

async fn read(store: &Store) -> usize {
    let mut reader = store.inventory(&InventoryFilter::default()).await.expect("the inventory can be read");
    let mut count = 0;
    while let Some(batch) = reader.next().await.expect("the inventory can be read") {
        count += batch.len();
    }
    count
}

fn benches(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().expect("the runtime starts");
    let large = std::env::var_os("STANCE_BENCH_LARGE").map(|_| 100_000);
    for resources in [Some(10_000), large].into_iter().flatten() {
        let (estate, changed) = (estate(resources, 1), estate(resources, 2));
        let folder = tempfile::tempdir().expect("a folder");
        let mut stores = 0;
        let mut new_store = || {
            stores += 1;
            let path = folder.path().join(format!("{stores}.db"));
            runtime.block_on(Store::open(&path)).expect("the store opens")
        };
        let mut group = criterion.benchmark_group(format!("{resources} resources"));
        group.sample_size(10).throughput(Throughput::Elements(u64::try_from(resources).expect("it fits")));
        group.bench_function("first scan", |bencher| {
            bencher.iter_batched(
                &mut new_store,
                |store| runtime.block_on(scan(&store, &estate, 1)),
                BatchSize::PerIteration,
            );
        });
        let store = new_store();
        let mut number = 1;
        runtime.block_on(scan(&store, &estate, number));
        group.bench_function("unchanged scan", |bencher| {
            bencher.iter(|| {
                number += 1;
                runtime.block_on(scan(&store, &estate, number));
            });
        });
        group.bench_function("scan in which everything changed", |bencher| {
            bencher.iter(|| {
                number += 1;
                runtime.block_on(scan(&store, if number.is_multiple_of(2) { &changed } else { &estate }, number));
            });
        });
        group.bench_function("read the inventory", |bencher| {
            bencher.iter(|| assert_eq!(runtime.block_on(read(&store)), resources));
        });
        group.finish();
    }
}

criterion_group!(scan_benches, benches);
criterion_main!(scan_benches);
