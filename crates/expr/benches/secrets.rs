//! How long taking credentials out of an account's documents takes: it is done to every string that is read.

use criterion::{Criterion, criterion_group, criterion_main};
use expr::functions::secrets;
use model::Value;
use serde_json::json;

fn documents() -> Vec<Value> {
    (0..1_000_u32).map(|n| {
        let tags: Vec<_> = (0..6).map(|t| json!({"Key": format!("tag-{t}"), "Value": format!("team-{n}-{t}")})).collect();
        Value::from(&json!({
            "InstanceId": format!("i-{n:017x}"), "ImageId": format!("ami-{n:017x}"), "VpcId": format!("vpc-{n:017x}"),
            "SubnetId": format!("subnet-{n:017x}"), "PrivateDnsName": format!("ip-10-0-{}-{}.eu-west-1.compute.internal", n / 256, n % 256),
            "Arn": format!("arn:aws:ec2:eu-west-1:123456789012:instance/i-{n:017x}"), "LaunchTime": "2024-11-24T11:28:31+00:00",
            "State": {"Name": "running"}, "Monitoring": {"State": "disabled"}, "Architecture": "x86_64", "Hypervisor": "xen",
            "KmsKeyId": format!("arn:aws:kms:eu-west-1:123456789012:key/{n:08x}-1111-2222-3333-444444444444"),
            "IamInstanceProfile": {"Arn": format!("arn:aws:iam::123456789012:instance-profile/app-{n}"), "Id": "AIPAQYLPMN5HTR4ZB7CD2"},
            "RootDeviceName": "/dev/sda1", "RootDeviceType": "ebs", "VirtualizationType": "hvm", "OwnerId": "123456789012",
            "Endpoint": format!("https://app-{n}.internal.example.com:8443/v1/health"), "Digest": format!("sha256:{n:064x}"),
            "SecurityGroups": [{"GroupId": format!("sg-{n:017x}"), "GroupName": "default"}], "Description": "Serves the application to customers in the region",
            "Tags": tags,
        }))
    }).collect()
}

fn strings(value: &Value) -> usize {
    match value {
        Value::String(_) => 1,
        Value::List(items) => items.iter().map(strings).sum(),
        Value::Map(map) => map.iter().map(|(_, value)| strings(value)).sum(),
        _ => 0,
    }
}

fn benches(c: &mut Criterion) {
    let mut documents = documents();
    let count: usize = documents.iter().map(strings).sum();
    let mut group = c.benchmark_group("secrets");
    group.throughput(criterion::Throughput::Elements(count as u64));
    group.bench_function("redact formats", |b| {
        b.iter(|| documents.iter_mut().map(|d| secrets::redact(d, false).len()).sum::<usize>())
    });
    group.bench_function("redact with keys", |b| {
        b.iter(|| documents.iter_mut().map(|d| secrets::redact(d, true).len()).sum::<usize>())
    });
    group.bench_function("find", |b| b.iter(|| documents.iter().map(|d| secrets::find(d).found.len()).sum::<usize>()));
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
