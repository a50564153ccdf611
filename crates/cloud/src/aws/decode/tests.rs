//! Answers of every protocol, cut, broken and mangled ones among them.

use super::{Answer, error, parse_answer};
use apimodel::aws::{Operation, Service, operation};
use http::{HeaderMap, HeaderName, HeaderValue};
use minicbor::Encoder;
use std::sync::Arc;

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
}

fn model(call: &str) -> (Arc<Service>, Operation) {
    operation(call).unwrap_or_else(|| panic!("{call} is not in the archive"))
}

#[track_caller]
fn check_with(call: &str, pairs: &[(&'static str, &'static str)], body: impl AsRef<[u8]>, expected: &str) {
    let (service, operation) = model(call);
    let headers = headers(pairs);
    let answer = Answer { status: 200, headers: &headers, body: body.as_ref() };
    let document = parse_answer(&service, &operation, answer).unwrap_or_else(|error| panic!("{call}: {error}"));
    assert_eq!(document.to_json(), expected, "{call}");
}

#[track_caller]
fn check(call: &str, body: impl AsRef<[u8]>, expected: &str) {
    check_with(call, &[], body, expected);
}

#[track_caller]
fn check_broken(call: &str, pairs: &[(&'static str, &'static str)], body: impl AsRef<[u8]>) {
    let (service, operation) = model(call);
    let headers = headers(pairs);
    let answer = Answer { status: 200, headers: &headers, body: body.as_ref() };
    let outcome = parse_answer(&service, &operation, answer);
    assert!(outcome.is_err(), "{call}: {outcome:?}");
}

#[test]
fn query_answers() {
    check(
        "iam.ListUsers",
        r#"<?xml version="1.0"?><ListUsersResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListUsersResult>
             <Users><member><UserName>a&amp;b &#x41;&#66;<![CDATA[<c>]]></UserName><CreateDate>2024-01-02T03:04:05.000Z</CreateDate>
             <Tags/></member></Users><IsTruncated>false</IsTruncated></ListUsersResult>
             <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></ListUsersResponse>"#,
        r#"{"IsTruncated":false,"Users":[{"CreateDate":"2024-01-02T03:04:05Z","Tags":[],"UserName":"a&b AB<c>"}]}"#,
    );
    check(
        "sns.GetTopicAttributes",
        "<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes>\
         <entry><key>Owner</key><value>1</value></entry><entry><key>Policy</key><value>{&quot;a&quot;:1}</value></entry>\
         </Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>",
        r#"{"Attributes":{"Owner":"1","Policy":"{\"a\":1}"}}"#,
    );
    check("iam.ListUsers", "<ListUsersResponse><ListUsersResult/></ListUsersResponse>", "{}");
}

#[test]
fn ec2_answers() {
    check(
        "ec2.DescribeSecurityGroups",
        "<DescribeSecurityGroupsResponse><requestId>1</requestId><securityGroupInfo><item><groupId>sg-1</groupId>\
         <ipPermissions><item><ipProtocol>-1</ipProtocol><fromPort>22</fromPort><unheardOf><x/></unheardOf><ipRanges><item>\
         <cidrIp>0.0.0.0/0</cidrIp></item></ipRanges><groups/></item></ipPermissions></item></securityGroupInfo>\
         </DescribeSecurityGroupsResponse>",
        r#"{"SecurityGroups":[{"GroupId":"sg-1","IpPermissions":[{"FromPort":22,"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}],"UserIdGroupPairs":[]}]}]}"#,
    );
}

#[test]
fn rest_xml_answers() {
    check(
        "s3.ListBuckets",
        "<ListAllMyBucketsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Owner><ID>1</ID></Owner><Buckets><Bucket>\
         <Name>logs</Name><CreationDate>2006-02-03T16:45:09.123Z</CreationDate></Bucket></Buckets></ListAllMyBucketsResult>",
        r#"{"Buckets":[{"CreationDate":"2006-02-03T16:45:09.123Z","Name":"logs"}],"Owner":{"ID":"1"}}"#,
    );
    // Flattened lists, whose items stand beside each other.
    check(
        "s3.ListObjectsV2",
        "<ListBucketResult><Contents><Key>a</Key><Size>1</Size></Contents><Name>n</Name><Contents><Key>b</Key></Contents></ListBucketResult>",
        r#"{"Contents":[{"Key":"a","Size":1},{"Key":"b"}],"Name":"n"}"#,
    );
    // An attribute with a prefix.
    check(
        "s3.GetBucketAcl",
        "<AccessControlPolicy><AccessControlList><Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Group\">\
         <URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>",
        r#"{"Grants":[{"Grantee":{"Type":"Group","URI":"http://acs.amazonaws.com/groups/global/AllUsers"},"Permission":"READ"}]}"#,
    );
    // A structure that is the whole body; one that is not set at all.
    check(
        "s3.GetPublicAccessBlock",
        "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>",
        r#"{"PublicAccessBlockConfiguration":{"BlockPublicAcls":true}}"#,
    );
    check("s3.GetBucketVersioning", "<VersioningConfiguration xmlns=\"x\"/>", "{}");
    check("s3.GetBucketPolicy", "{\"a\":1}", r#"{"Policy":"{\"a\":1}"}"#);
    // The region of a bucket is the root element's text, and nothing for the first region.
    check(
        "s3.GetBucketLocation",
        "<LocationConstraint>eu-west-1</LocationConstraint>",
        r#"{"LocationConstraint":"eu-west-1"}"#,
    );
    check("s3.GetBucketLocation", "<LocationConstraint xmlns=\"x\"/>", "{}");
    check_with(
        "s3.HeadObject",
        &[
            ("content-length", "5"),
            ("last-modified", "Mon, 06 May 2024 07:08:09 GMT"),
            ("x-amz-meta-a", "b"),
            ("x-amz-server-side-encryption-bucket-key-enabled", "true"),
        ],
        "",
        r#"{"BucketKeyEnabled":true,"ContentLength":5,"LastModified":"2024-05-06T07:08:09Z","Metadata":{"a":"b"}}"#,
    );
    check_with("s3.GetObject", &[("content-type", "text/html")], "<p>", r#"{"Body":"PHA+","ContentType":"text/html"}"#);
}

#[test]
fn json_answers() {
    check(
        "dynamodb.DescribeTable",
        r#"{"Table":{"TableName":"t","CreationDateTime":1.7e9,"ItemCount":3.0,"Unheard":{"of":[1,{}]},"TableArn":null,"GlobalSecondaryIndexes":[]}}"#,
        r#"{"Table":{"CreationDateTime":"2023-11-14T22:13:20Z","GlobalSecondaryIndexes":[],"ItemCount":3,"TableName":"t"}}"#,
    );
    // A union and a blob.
    check(
        "dynamodb.GetItem",
        r#"{"Item":{"k":{"B":"AAE="},"l":{"L":[{"N":"1"},{"NULL":true}]}}}"#,
        r#"{"Item":{"k":{"B":"AAE="},"l":{"L":[{"N":"1"},{"NULL":true}]}}}"#,
    );
    check("dynamodb.DescribeTable", "", "{}");
}

#[test]
fn rest_json_answers() {
    check(
        "lambda.GetFunctionConfiguration",
        r#"{"FunctionName":"f","Timeout":3,"LastModified":"2024-01-01T00:00:00.000+0000","Environment":{"Variables":{"A":"b"}}}"#,
        r#"{"Environment":{"Variables":{"A":"b"}},"FunctionName":"f","LastModified":"2024-01-01T00:00:00.000+0000","Timeout":3}"#,
    );
    // Names of the wire become the API's own.
    check(
        "guardduty.GetDetector",
        r#"{"status":"ENABLED","serviceRole":"r","features":[{"name":"S3_DATA_EVENTS","updatedAt":1700000000.5}]}"#,
        r#"{"Features":[{"Name":"S3_DATA_EVENTS","UpdatedAt":"2023-11-14T22:13:20.500Z"}],"ServiceRole":"r","Status":"ENABLED"}"#,
    );
    // The body is one member, and a header another.
    check_with(
        "apigateway.GetExport",
        &[("content-type", "application/yaml")],
        "a: 1",
        r#"{"body":"YTogMQ==","contentType":"application/yaml"}"#,
    );
}

#[test]
fn cbor_answers() {
    let mut out = Encoder::new(Vec::new());
    // Indefinite lengths, a split string, a time, an unknown member, a null.
    out.begin_map().unwrap().str("EventBuses").unwrap().begin_array().unwrap();
    out.map(4).unwrap().str("Name").unwrap().begin_str().unwrap().str("na").unwrap().str("me").unwrap().end().unwrap();
    out.str("CreatedAt").unwrap().tag(minicbor::data::IanaTag::Timestamp).unwrap().f64(1.7e9).unwrap();
    out.str("Unheard").unwrap().array(2).unwrap().u8(1).unwrap().bytes(&[1]).unwrap();
    out.str("Description").unwrap().null().unwrap();
    out.end().unwrap().end().unwrap();
    let (service, _) = model("eventbridgev2.ListEventBuses");
    assert_eq!(service.protocol, apimodel::aws::Protocol::Cbor);
    let known = |path: &str| service.output_path_exists(&model("eventbridgev2.ListEventBuses").1, path);
    assert!(known("EventBuses.Name"), "the test's members are the model's");
    let document = parse_answer(
        &service,
        &model("eventbridgev2.ListEventBuses").1,
        Answer { status: 200, headers: &HeaderMap::new(), body: &out.into_writer() },
    );
    let document = document.unwrap();
    assert_eq!(document.at("EventBuses.0.Name").as_str(), Some("name"));
    assert!(document.at("EventBuses.0.Description").is_null() && document.at("EventBuses.0.Unheard").is_null());
}

#[test]
fn broken_answers_are_errors() {
    let whole = "<ListUsersResponse><ListUsersResult><Users><member><UserName>a</UserName></member></Users></ListUsersResult></ListUsersResponse>";
    for length in 0..whole.len() {
        check_broken("iam.ListUsers", &[], &whole[..length]);
    }
    let whole = r#"{"Table":{"TableName":"t","ItemCount":3}}"#;
    for length in 1..whole.len() {
        check_broken("dynamodb.DescribeTable", &[], &whole[..length]);
    }
    for body in [
        "<html><body>no</body></html>",
        "not XML at all",
        "{\"a\":1}",
        "<ListUsersResponse><ListUsersResult></Users>",
        "\u{0}",
    ] {
        check_broken("iam.ListUsers", &[], body);
    }
    check_broken("s3.ListBuckets", &[], "<html><body>no</body></html>");
    check_broken("s3.ListBuckets", &[], "<Error><Code>InternalError</Code></Error>");
    check_broken("dynamodb.DescribeTable", &[], "[]");
    check_broken("dynamodb.DescribeTable", &[], r#"{"Table":{"ItemCount":"many"}}"#);
    check_broken("dynamodb.DescribeTable", &[], r#"{"Table":{"CreationDateTime":1e300}}"#);
    // Some servers say what they please of the type; what counts is the body.
    check_with("dynamodb.DescribeTable", &[("content-type", "text/html")], "{}", "{}");
    check_broken(
        "ec2.DescribeVpcs",
        &[],
        "<DescribeVpcsResponse><vpcSet><item><isDefault>maybe</isDefault></item></vpcSet></DescribeVpcsResponse>",
    );
    check_broken("iam.ListUsers", &[], b"<ListUsersResponse>\xff</ListUsersResponse>");
    check_broken(
        "iam.ListUsers",
        &[],
        "<ListUsersResponse><ListUsersResult><Users><member><UserName>&nope;</UserName></member></Users></ListUsersResult></ListUsersResponse>",
    );
    check_broken("eventbridgev2.ListEventBuses", &[], [0xbf, 0x61]);
    check_broken("eventbridgev2.ListEventBuses", &[], "{}");
}

#[test]
fn deep_answers_are_errors() {
    let nested = format!("{}{}", r#"{"Item":{"k":"#, r#"{"L":["#.repeat(200_000));
    check_broken("dynamodb.GetItem", &[], nested);
    let deep = format!("<GetTopicAttributesResponse>{}", "<a>".repeat(100_000));
    check_broken("sns.GetTopicAttributes", &[], deep);
}

#[track_caller]
fn check_error(call: &str, status: u16, pairs: &[(&'static str, &'static str)], body: &str, code: &str, message: &str) {
    let (service, _) = model(call);
    let facts = error(&service, Answer { status, headers: &headers(pairs), body: body.as_bytes() });
    assert_eq!((facts.code.as_str(), facts.message.as_str()), (code, message), "{call}");
}

#[test]
fn errors_of_every_protocol() {
    let query = "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>m &lt; n</Message></Error></ErrorResponse>";
    check_error("iam.GetRole", 404, &[], query, "NoSuchEntity", "m < n");
    let ec2 =
        "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>m</Message></Error></Errors></Response>";
    check_error("ec2.DescribeVpcs", 403, &[], ec2, "UnauthorizedOperation", "m");
    check_error(
        "s3.GetBucketPolicy",
        404,
        &[],
        "<Error><Code>NoSuchBucketPolicy</Code><Message>m</Message></Error>",
        "NoSuchBucketPolicy",
        "m",
    );
    check_error("s3.HeadBucket", 404, &[], "", "NotFound", "");
    check_error("s3.HeadBucket", 403, &[], "", "Forbidden", "");
    let json = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"m"}"#;
    check_error("dynamodb.DescribeTable", 400, &[], json, "ResourceNotFoundException", "m");
    let typed = [("x-amzn-errortype", "ResourceNotFoundException:http://internal.amazon.com/coral/")];
    check_error("lambda.GetPolicy", 404, &typed, r#"{"Message":"m"}"#, "ResourceNotFoundException", "m");
    let compatible = [("x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender")];
    let json = r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"m"}"#;
    check_error("sqs.GetQueueAttributes", 400, &compatible, json, "AWS.SimpleQueueService.NonExistentQueue", "m");
    check_error("lambda.GetPolicy", 503, &[], "<html>busy</html>", "ServiceUnavailable", "");
    check_error("lambda.GetPolicy", 418, &[], "", "HTTP418", "");
    let mut out = Encoder::new(Vec::new());
    out.map(2)
        .unwrap()
        .str("__type")
        .unwrap()
        .str("a.b#ValidationException")
        .unwrap()
        .str("message")
        .unwrap()
        .str("m")
        .unwrap();
    let (service, _) = model("eventbridgev2.ListEventBuses");
    let facts = error(&service, Answer { status: 400, headers: &HeaderMap::new(), body: &out.into_writer() });
    assert_eq!((facts.code.as_str(), facts.message.as_str()), ("ValidationException", "m"));
}

/// The fuzzer's corpus: the first line names the operation, the rest is the body.
fn corpus() -> Vec<(String, Vec<u8>)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/aws_answers");
    let files = std::fs::read_dir(folder).expect("the corpus is beside the fuzz targets");
    let mut seeds: Vec<_> = files
        .map(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            let end = bytes.iter().position(|byte| *byte == b'\n').expect("the first line names the operation");
            (String::from_utf8(bytes[..end].to_vec()).unwrap(), bytes[end + 1..].to_vec())
        })
        .collect();
    seeds.sort();
    seeds
}

/// Whatever bytes come, there is a document or an error, and no crash: the corpus as it is, then cut, doubled and with
/// bytes replaced.
#[test]
fn mangled_answers_never_crash() {
    let seeds = corpus();
    assert!(seeds.len() >= 10);
    fastrand::seed(7);
    let headers = HeaderMap::new();
    for (call, body) in &seeds {
        let (service, operation) = model(call);
        let document = parse_answer(&service, &operation, Answer { status: 200, headers: &headers, body });
        assert!(document.is_ok_and(|document| document.as_map().is_some_and(|map| !map.is_empty())), "{call}");
        for round in 0..4_000 {
            let mut bytes = body.clone();
            for _ in 0..=round % 4 {
                mangle(&mut bytes);
            }
            let answer = Answer { status: 200, headers: &headers, body: &bytes };
            let _ = parse_answer(&service, &operation, answer);
            let _ = error(&service, answer);
        }
    }
}

fn mangle(bytes: &mut Vec<u8>) {
    if bytes.is_empty() {
        return bytes.push(fastrand::u8(..));
    }
    let at = fastrand::usize(..bytes.len());
    match fastrand::u8(..4) {
        0 => bytes.truncate(at),
        1 => bytes.extend_from_within(at..),
        2 => bytes[at] = fastrand::u8(..),
        _ => drop(bytes.remove(at)),
    }
}
