//! One service of each protocol and more, against moto.

use crate::moto::connect;

use model::Value;

fn input(json: &str) -> Value {
    serde_json::from_str(json).expect("the test's own JSON")
}

/// The value at a path of an answer, as JSON.
async fn ask(region: &str, call: &str, json: &str, path: &str) -> String {
    let (client, session) = connect().await;
    let (service, operation) = call.split_once('.').expect("service.Operation");
    let answer = client.call(&session, region, service, operation, &input(json)).await;
    answer.unwrap_or_else(|error| panic!("{call}: {error}")).at(path).to_json()
}

#[tokio::test]
async fn every_protocol_answers() {
    let cases = [
        // query
        ("sts.GetCallerIdentity", "{}", "Account", r#""123456789012""#),
        ("iam.GetRole", r#"{"RoleName":"auditor"}"#, "Role.Arn", r#""arn:aws:iam::123456789012:role/auditor""#),
        ("sns.ListTopics", "{}", "Topics.0.TopicArn", r#""arn:aws:sns:us-east-1:123456789012:topic""#),
        ("rds.DescribeDBInstances", "{}", "DBInstances.0.AllocatedStorage", "10"),
        // ec2
        (
            "ec2.DescribeSecurityGroups",
            r#"{"GroupNames":["group-11"]}"#,
            "SecurityGroups.0.IpPermissions.0.Ipv6Ranges.0.CidrIpv6",
            r#""::/0""#,
        ),
        ("ec2.DescribeRegions", r#"{"RegionNames":["eu-west-1"]}"#, "Regions.0.RegionName", r#""eu-west-1""#),
        // json
        ("dynamodb.DescribeTable", r#"{"TableName":"table"}"#, "Table.KeySchema.0.AttributeName", r#""id""#),
        ("kms.ListKeys", "{}", "Keys.1", "null"),
        ("logs.DescribeLogGroups", "{}", "logGroups.0.logGroupName", r#""/group""#),
        ("ssm.DescribeParameters", "{}", "Parameters.0.Name", r#""/p""#),
        ("secretsmanager.ListSecrets", "{}", "SecretList.0.Name", r#""secret""#),
        ("ecr.DescribeRepositories", "{}", "repositories.0.repositoryName", r#""repository""#),
        ("cloudtrail.DescribeTrails", "{}", "trailList.0.S3BucketName", r#""logs""#),
        (
            "sqs.GetQueueAttributes",
            r#"{"QueueUrl":"http://sqs.us-east-1.amazonaws.com/123456789012/queue","AttributeNames":["All"]}"#,
            "Attributes.VisibilityTimeout",
            r#""7""#,
        ),
        // json and query and CBOR
        ("cloudwatch.DescribeAlarms", "{}", "MetricAlarms.0.Dimensions.0.Value", r#""b""#),
        // rest-json
        ("lambda.ListFunctions", "{}", "Functions.0.Environment.Variables.KEY", r#""value""#),
        ("lambda.GetPolicy", r#"{"FunctionName":"nothing"}"#, "", ""),
        // rest-xml
        (
            "s3.GetBucketPolicy",
            r#"{"Bucket":"logs"}"#,
            "Policy",
            r#""{\"Version\": \"2012-10-17\", \"Statement\": []}""#,
        ),
        ("s3.GetBucketTagging", r#"{"Bucket":"logs"}"#, "TagSet.0", r#"{"Key":"a<b>","Value":"c & d"}"#),
        ("s3.GetBucketLocation", r#"{"Bucket":"elsewhere"}"#, "LocationConstraint", r#""eu-west-1""#),
        ("s3.HeadObject", r#"{"Bucket":"logs","Key":"a b/ü+c.txt"}"#, "ContentLength", "5"),
        ("route53.ListHostedZones", "{}", "HostedZones.0.Name", r#""example.com.""#),
        ("s3control.GetPublicAccessBlock", r#"{"AccountId":"123456789012"}"#, "", ""),
    ];
    for (call, json, path, expected) in cases.iter().filter(|case| !case.3.is_empty()) {
        assert_eq!(ask("us-east-1", call, json, path).await, *expected, "{call} {path}");
    }
}
