//! Pages joined, and pages that never end.

use super::Pages;
use apimodel::aws::{Paginator, operation};
use model::Value;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Feed pages, then compare the inputs of the pages after the first, and the whole.
fn joined(call: &str, pages: &[&str]) -> (Vec<String>, String) {
    let paginator = operation(call).unwrap().1.paginator.unwrap_or_else(|| panic!("{call} has no paginator"));
    let (mut all, mut input, mut inputs) = (Pages::new(&paginator), json("{}"), Vec::new());
    for (index, page) in pages.iter().enumerate() {
        let more = all.add(json(page), &mut input).unwrap();
        assert_eq!(more, index + 1 < pages.len(), "{call}: page {index}");
        if more {
            inputs.push(input.to_json());
        }
    }
    (inputs, all.finish().to_json())
}

#[test]
fn pages_become_one_answer() {
    let (inputs, whole) = joined(
        "iam.ListUsers",
        &[
            r#"{"Users":[{"UserName":"a"}],"IsTruncated":true,"Marker":"m1"}"#,
            r#"{"Users":[],"IsTruncated":true,"Marker":"m2"}"#,
            r#"{"Users":[{"UserName":"b"}],"IsTruncated":false,"Marker":"m3"}"#,
        ],
    );
    assert_eq!(inputs, [r#"{"Marker":"m1"}"#, r#"{"Marker":"m2"}"#]);
    assert_eq!(whole, r#"{"Users":[{"UserName":"a"},{"UserName":"b"}]}"#);
}

#[test]
fn nested_keys_and_tokens_without_a_name() {
    let (inputs, whole) = joined(
        "cloudfront.ListDistributions",
        &[
            r#"{"DistributionList":{"Items":[{"Id":"1"}],"IsTruncated":true,"NextMarker":"n","Quantity":1}}"#,
            r#"{"DistributionList":{"Items":[{"Id":"2"}],"IsTruncated":false,"Quantity":1}}"#,
        ],
    );
    assert_eq!(inputs, [r#"{"Marker":"n"}"#]);
    assert_eq!(whole, r#"{"DistributionList":{"Items":[{"Id":"1"},{"Id":"2"}],"Quantity":1}}"#);
    let (inputs, _) = joined(
        "s3.ListObjects",
        &[
            r#"{"Contents":[{"Key":"a"},{"Key":"b"}],"IsTruncated":true}"#,
            r#"{"Contents":[{"Key":"c"}],"IsTruncated":false}"#,
        ],
    );
    assert_eq!(inputs, [r#"{"Marker":"b"}"#]);
    let (inputs, whole) = joined(
        "route53.ListResourceRecordSets",
        &[
            r#"{"ResourceRecordSets":[{"Name":"a"}],"IsTruncated":true,"NextRecordName":"b","NextRecordType":"A"}"#,
            r#"{"ResourceRecordSets":[{"Name":"b"}],"IsTruncated":false}"#,
        ],
    );
    assert_eq!(inputs, [r#"{"StartRecordName":"b","StartRecordType":"A"}"#]);
    assert_eq!(whole, r#"{"ResourceRecordSets":[{"Name":"a"},{"Name":"b"}]}"#);
}

#[test]
fn a_list_that_begins_on_the_second_page() {
    let (_, whole) = joined(
        "ec2.DescribeInstances",
        &[r#"{"NextToken":"n"}"#, r#"{"Reservations":[{"ReservationId":"r"}],"NextToken":""}"#],
    );
    assert_eq!(whole, r#"{"Reservations":[{"ReservationId":"r"}]}"#);
}

#[test]
fn a_repeated_token_is_an_error() {
    let paginator: Paginator = operation("ec2.DescribeInstances").unwrap().1.paginator.unwrap();
    let (mut pages, mut input) = (Pages::new(&paginator), json("{}"));
    assert_eq!(pages.add(json(r#"{"NextToken":"n"}"#), &mut input), Ok(true));
    assert_eq!(pages.add(json(r#"{"NextToken":"n"}"#), &mut input).unwrap_err().code.as_ref(), "RepeatedToken");
}

/// Operations that botocore lists no paginator for, and that page all the same.
#[test]
fn evident_paginators_are_there() {
    for call in [
        "logs.DescribeResourcePolicies",
        "ec2.DescribeVpcEndpointConnections",
        "kms.ListResourceTags",
        "apigateway.GetRestApis",
    ] {
        let (_, operation) = operation(call).unwrap();
        assert!(operation.paginator.is_some(), "{call}");
    }
}
