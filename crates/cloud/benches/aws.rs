//! What a call costs on our side: the signature, and reading answers of each format.

use apimodel::aws::{Signature, operation};
use aws_credential_types::Credentials;
use cloud::aws::{Answer, SigningScope, parse_answer, signed_headers};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::{hint::black_box, time::SystemTime};

fn signing(criterion: &mut Criterion) {
    let credentials = Credentials::new("AKIDEXAMPLE", "secret", Some("token".repeat(100)), None, "bench");
    let scope = SigningScope { signature: Signature::V4, region: "eu-west-1", name: "ec2", time: SystemTime::now() };
    let headers = [("content-type".to_owned(), "application/x-www-form-urlencoded; charset=utf-8".to_owned())];
    criterion.bench_function("sign", |bencher| {
        bencher.iter(|| {
            signed_headers(
                scope,
                &credentials,
                "POST",
                "https://ec2.eu-west-1.amazonaws.com/",
                &headers,
                black_box(b"Action=DescribeVpcs"),
            )
        })
    });
}

/// Security groups as EC2 answers them.
fn groups(count: usize) -> String {
    let rule = "<item><ipProtocol>tcp</ipProtocol><fromPort>443</fromPort><toPort>443</toPort><groups/><ipRanges><item>\
        <cidrIp>10.0.0.0/8</cidrIp><description>from &lt;inside&gt;</description></item></ipRanges><ipv6Ranges/><prefixListIds/></item>";
    let group = format!(
        "<item><ownerId>123456789012</ownerId><groupId>sg-0123456789abcdef0</groupId><groupName>web</groupName>\
         <groupDescription>web servers</groupDescription><vpcId>vpc-0123456789abcdef0</vpcId><ipPermissions>{}</ipPermissions>\
         <ipPermissionsEgress/><tagSet><item><key>team</key><value>a</value></item></tagSet></item>\n",
        rule.repeat(6)
    );
    format!(
        "<DescribeSecurityGroupsResponse><securityGroupInfo>{}</securityGroupInfo></DescribeSecurityGroupsResponse>",
        group.repeat(count)
    )
}

/// Functions as Lambda answers them.
fn functions(count: usize) -> String {
    let function = r#"{"FunctionName":"f","FunctionArn":"arn:aws:lambda:eu-west-1:123456789012:function:f","Runtime":"python3.12","Role":"arn:aws:iam::123456789012:role/r","Handler":"main.handler","CodeSize":1234567,"Description":"","Timeout":30,"MemorySize":512,"LastModified":"2024-01-01T00:00:00.000+0000","Environment":{"Variables":{"A":"b","LONGER_NAME":"a longer value"}},"TracingConfig":{"Mode":"PassThrough"},"Architectures":["x86_64"],"EphemeralStorage":{"Size":512}}"#;
    format!(r#"{{"Functions":[{}]}}"#, vec![function; count].join(","))
}

fn parsing(criterion: &mut Criterion) {
    let headers = http::HeaderMap::new();
    let answers =
        [("xml", "ec2.DescribeSecurityGroups", groups(1_000)), ("json", "lambda.ListFunctions", functions(1_000))];
    let mut group = criterion.benchmark_group("parse");
    for (name, call, body) in &answers {
        let (service, operation) = operation(call).expect("the archive has it");
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_function(*name, |bencher| {
            let answer = Answer { status: 200, headers: &headers, body: body.as_bytes() };
            bencher.iter(|| parse_answer(&service, &operation, black_box(answer)).expect("it is well-formed"))
        });
    }
    group.finish();
}

criterion_group!(benches, signing, parsing);
criterion_main!(benches);
