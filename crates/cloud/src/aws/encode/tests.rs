//! Requests of every protocol, as the protocols' documents say: <https://smithy.io/2.0/aws/protocols/index.html>.

use super::{pairs, request};
use crate::aws::error::CallErrorKind;
use apimodel::aws::operation;

/// `METHOD path?query`, then headers but for the fixed ones, then the body.
#[track_caller]
fn built(call: &str, input: &str) -> String {
    let (service, operation) = operation(call).unwrap_or_else(|| panic!("{call} is not in the archive"));
    let input = serde_json::from_str(input).unwrap();
    let request =
        request(&service, &operation, &input, &|| "token".to_owned()).unwrap_or_else(|error| panic!("{call}: {error}"));
    let query = if request.query.is_empty() { String::new() } else { format!("?{}", pairs(&request.query, true)) };
    let headers = request.headers.iter().filter(|(name, _)| name != "content-type");
    let headers: String = headers.map(|(name, value)| format!(" {name}={value}")).collect();
    let body = String::from_utf8_lossy(&request.body).into_owned();
    format!("{} {}{}{query}{headers} {body}", request.method, request.host_prefix, request.path).trim_end().to_owned()
}

#[track_caller]
fn check(call: &str, input: &str, expected: &str) {
    assert_eq!(built(call, input), expected, "{call}");
}

#[track_caller]
fn check_invalid(call: &str, input: &str, message: &str) {
    let (service, operation) = operation(call).unwrap();
    let outcome = request(&service, &operation, &serde_json::from_str(input).unwrap(), &String::new);
    let failure = outcome.expect_err(call);
    assert_eq!(failure.kind, CallErrorKind::Invalid);
    assert!(failure.message.contains(message), "{call}: {}", failure.message);
}

#[test]
fn query_requests() {
    check("sts.GetCallerIdentity", "null", "POST / Action=GetCallerIdentity&Version=2011-06-15");
    check(
        "iam.SimulateCustomPolicy",
        r#"{"PolicyInputList":["{}"],"ActionNames":["s3:Get*","a b"],"ContextEntries":[{"ContextKeyName":"k","ContextKeyValues":["v"]}],"MaxItems":5}"#,
        "POST / Action=SimulateCustomPolicy&Version=2010-05-08&ActionNames.member.1=s3%3AGet%2A&ActionNames.member.2=a%20b\
         &ContextEntries.member.1.ContextKeyName=k&ContextEntries.member.1.ContextKeyValues.member.1=v&MaxItems=5&PolicyInputList.member.1=%7B%7D",
    );
    // Lists whose items have a name of their own.
    check(
        "rds.DescribeDBInstances",
        r#"{"Filters":[{"Name":"engine","Values":["a","b"]}]}"#,
        "POST / Action=DescribeDBInstances&Version=2014-10-31&Filters.Filter.1.Name=engine&Filters.Filter.1.Values.Value.1=a&Filters.Filter.1.Values.Value.2=b",
    );
    // Times.
    check(
        "rds.DescribeEvents",
        r#"{"StartTime":"2024-05-06T09:08:09+02:00"}"#,
        "POST / Action=DescribeEvents&Version=2014-10-31&StartTime=2024-05-06T07%3A08%3A09Z",
    );
}

#[test]
fn ec2_requests() {
    check(
        "ec2.DescribeInstances",
        r#"{"InstanceIds":["i-1","i-2"],"Filters":[{"Name":"tag:a","Values":["b"]}],"MaxResults":5}"#,
        "POST / Action=DescribeInstances&Version=2016-11-15&Filter.1.Name=tag%3Aa&Filter.1.Value.1=b&InstanceId.1=i-1&InstanceId.2=i-2&MaxResults=5",
    );
}

#[test]
fn json_requests() {
    check(
        "dynamodb.DescribeTable",
        r#"{"TableName":"t"}"#,
        r#"POST / x-amz-target=DynamoDB_20120810.DescribeTable {"TableName":"t"}"#,
    );
    check("kms.ListKeys", "null", "POST / x-amz-target=TrentService.ListKeys {}");
    check(
        "cloudtrail.LookupEvents",
        r#"{"StartTime":"2024-05-06T07:08:09.500Z","LookupAttributes":[{"AttributeKey":"EventId","AttributeValue":"é"}]}"#,
        "POST / x-amz-target=com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents \
         {\"LookupAttributes\":[{\"AttributeKey\":\"EventId\",\"AttributeValue\":\"é\"}],\"StartTime\":1714979289.5}",
    );
    check(
        "sqs.GetQueueAttributes",
        r#"{"QueueUrl":"q","AttributeNames":["All"]}"#,
        r#"POST / x-amz-target=AmazonSQS.GetQueueAttributes x-amzn-query-mode=true {"AttributeNames":["All"],"QueueUrl":"q"}"#,
    );
    check(
        "dynamodb.GetItem",
        r#"{"TableName":"t","Key":{"k":{"B":"AAE="}},"ConsistentRead":true}"#,
        r#"POST / x-amz-target=DynamoDB_20120810.GetItem {"ConsistentRead":true,"Key":{"k":{"B":"AAE="}},"TableName":"t"}"#,
    );
}

#[test]
fn rest_json_requests() {
    check(
        "lambda.GetFunctionConfiguration",
        r#"{"FunctionName":"arn:aws:lambda:us-east-1:1:function:f","Qualifier":"$LATEST"}"#,
        "GET /2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A1%3Afunction%3Af/configuration?Qualifier=%24LATEST",
    );
    // The API's names become those of the wire.
    check(
        "guardduty.ListFindings",
        r#"{"DetectorId":"d","MaxResults":5,"FindingCriteria":{"Criterion":{"severity":{"Gte":4}}}}"#,
        r#"POST /detector/d/findings {"findingCriteria":{"criterion":{"severity":{"gte":4}}},"maxResults":5}"#,
    );
    // A list in the query string.
    check("eks.DescribeCluster", r#"{"name":"c"}"#, "GET /clusters/c");
    check("eks.ListClusters", r#"{"include":["a","b"]}"#, "GET /clusters?include=a&include=b");
}

#[test]
fn rest_xml_requests() {
    check("s3.GetBucketPolicy", r#"{"Bucket":"b"}"#, "GET /b?policy");
    check(
        "s3.ListObjectsV2",
        r#"{"Bucket":"b","Prefix":"a/b c","MaxKeys":5}"#,
        "GET /b?list-type=2&max-keys=5&prefix=a%2Fb%20c",
    );
    check("s3.HeadObject", r#"{"Bucket":"b","Key":"a b/ü+c"}"#, "HEAD /b/a%20b/%C3%BC%2Bc");
    check(
        "s3.HeadObject",
        r#"{"Bucket":"b","Key":"k","IfModifiedSince":"2024-05-06T07:08:09Z"}"#,
        "HEAD /b/k if-modified-since=Mon, 06 May 2024 07:08:09 GMT",
    );
    check("route53.ListResourceRecordSets", r#"{"HostedZoneId":"Z1"}"#, "GET /2013-04-01/hostedzone/Z1/rrset");
    check(
        "s3control.GetPublicAccessBlock",
        r#"{"AccountId":"123456789012"}"#,
        "GET 123456789012./v20180820/configuration/publicAccessBlock x-amz-account-id=123456789012",
    );
}

#[test]
fn cbor_requests() {
    let (service, operation) = operation("eventbridgev2.ListEventBuses").unwrap();
    let request = request(&service, &operation, &model::Value::Null, &String::new).unwrap();
    assert_eq!(request.path, format!("/service/{}/operation/ListEventBuses", service.target_prefix));
    assert!(request.headers.contains(&("smithy-protocol".to_owned(), "rpc-v2-cbor".to_owned())));
    assert_eq!(request.body, [0xbf, 0xff]);
}

#[test]
fn wrong_inputs() {
    check_invalid("s3.GetBucketPolicy", "{}", "must be given 'Bucket'");
    check_invalid("s3.GetBucketPolicy", r#"{"Bucket":"b","Bukket":"b"}"#, "takes no 'Bukket'");
    check_invalid("s3.GetBucketPolicy", r#"{"Bucket":5}"#, "Bucket must be a string");
    check_invalid("s3.GetBucketPolicy", r#"{"Bucket":""}"#, "must not be empty");
    check_invalid("ec2.DescribeInstances", r#"{"InstanceIds":"i-1"}"#, "a list");
    check_invalid("ec2.DescribeInstances", r#"{"Filters":[{"Nam":"x"}]}"#, "Nam is not known");
    check_invalid("cloudtrail.LookupEvents", r#"{"StartTime":"yesterday"}"#, "a time");
    check_invalid("s3control.GetPublicAccessBlock", r#"{"AccountId":"evil.example/"}"#, "label of a host name");
    check_invalid("lambda.GetPolicy", r#"{"FunctionName":".."}"#, "relative path");
    check_invalid("s3.HeadObject", r#"{"Bucket":"b","Key":"k","ExpectedBucketOwner":"a\nb: c"}"#, "control characters");
    check_invalid("s3.GetBucketPolicy", "[]", "must be a map");
}
