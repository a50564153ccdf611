//! One service of each protocol and more, against moto.

use crate::moto::{connect, options, source};
use cloud::aws::{AssumeRole, CallErrorKind, Client, ClientOptions, SessionSource};

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

#[tokio::test]
async fn names_survive_encoding() {
    assert_eq!(
        ask("us-east-1", "s3.HeadObject", r#"{"Bucket":"logs","Key":"a b/ü+c.txt"}"#, "ContentLength").await,
        "5"
    );
    assert_eq!(
        ask("us-east-1", "s3.ListObjectsV2", r#"{"Bucket":"logs","Prefix":"a b/ü+"}"#, "Contents.0.Key").await,
        r#""a b/ü+c.txt""#
    );
    assert_eq!(
        ask("us-east-1", "s3.GetBucketLocation", r#"{"Bucket":"with.dots.in.it"}"#, "LocationConstraint").await,
        "null"
    );
}

#[tokio::test]
async fn all_pages_are_read() {
    let (client, session) = connect().await;
    let users = client.call(&session, "global", "iam", "ListUsers", &input(r#"{"MaxItems":4}"#)).await.unwrap();
    assert_eq!(users.member("Users").items().len(), 30);
    assert!(users.member("IsTruncated").is_null() && users.member("Marker").is_null());
    let objects = client
        .call(&session, "us-east-1", "s3", "ListObjectsV2", &input(r#"{"Bucket":"logs","MaxKeys":10}"#))
        .await
        .unwrap();
    assert_eq!(objects.member("Contents").items().len(), 26);
    let groups = client
        .call(&session, "us-east-1", "ec2", "DescribeSecurityGroups", &input(r#"{"MaxResults":5}"#))
        .await
        .unwrap();
    assert!(groups.member("SecurityGroups").items().len() >= 13);
    let counters = client.counters();
    let ((_, region, _), objects) = counters.iter().find(|(key, _)| &*key.2 == "ListObjectsV2").unwrap();
    assert_eq!((&**region, objects.calls, objects.requests), ("us-east-1", 1, 3));
}

#[tokio::test]
async fn errors_carry_the_provider_s_codes() {
    let (client, session) = connect().await;
    let cases = [
        ("iam", "GetRole", r#"{"RoleName":"nobody"}"#, "NoSuchEntity", CallErrorKind::NotFound),
        ("s3", "GetBucketPolicy", r#"{"Bucket":"elsewhere"}"#, "NoSuchBucketPolicy", CallErrorKind::NotFound),
        ("s3", "GetBucketTagging", r#"{"Bucket":"nowhere"}"#, "NoSuchBucket", CallErrorKind::NotFound),
        ("s3", "HeadBucket", r#"{"Bucket":"nowhere"}"#, "NotFound", CallErrorKind::NotFound),
        (
            "ec2",
            "DescribeSecurityGroups",
            r#"{"GroupIds":["sg-00000000"]}"#,
            "InvalidGroup.NotFound",
            CallErrorKind::NotFound,
        ),
        ("dynamodb", "DescribeTable", r#"{"TableName":"none"}"#, "ResourceNotFoundException", CallErrorKind::NotFound),
        ("lambda", "GetPolicy", r#"{"FunctionName":"none"}"#, "ResourceNotFoundException", CallErrorKind::NotFound),
        (
            "sqs",
            "GetQueueUrl",
            r#"{"QueueName":"none"}"#,
            "AWS.SimpleQueueService.NonExistentQueue",
            CallErrorKind::NotFound,
        ),
        ("route53", "GetHostedZone", r#"{"Id":"Z0"}"#, "NoSuchHostedZone", CallErrorKind::NotFound),
        (
            "rds",
            "DescribeDBInstances",
            r#"{"DBInstanceIdentifier":"none"}"#,
            "DBInstanceNotFound",
            CallErrorKind::NotFound,
        ),
    ];
    for (service, operation, json, code, kind) in cases {
        let error = client.call(&session, "us-east-1", service, operation, &input(json)).await.expect_err(operation);
        assert_eq!((&*error.code, error.kind), (code, kind), "{service}.{operation}: {error}");
    }
}

#[tokio::test]
async fn roles_are_taken_on_one_after_the_other() {
    let client = Client::new(options()).unwrap();
    let role = |account: &str, external_id: Option<&str>| AssumeRole {
        arn: format!("arn:aws:iam::{account}:role/auditor"),
        external_id: external_id.map(str::to_owned),
        ..AssumeRole::default()
    };
    let roles = vec![role("123456789012", None), role("222233334444", Some("external"))];
    let session = client.session(&SessionSource { roles, ..source() }).await.unwrap();
    assert_eq!(&**session.account(), "222233334444");
    assert_eq!(&**session.arn(), "arn:aws:sts::222233334444:assumed-role/auditor/stance");
    assert_eq!(session.partition().id, "aws");
    // The other account is another one.
    let users = client.call(&session, "global", "iam", "ListUsers", &Value::Null).await.unwrap();
    assert_eq!(users.member("Users").items().len(), 0);
}

#[tokio::test]
async fn data_is_read_where_that_is_allowed() {
    let client = Client::new(ClientOptions { allow_data: true, ..options() }).unwrap();
    let session = client.session(&source()).await.unwrap();
    let object = client
        .call(&session, "us-east-1", "s3", "GetObject", &input(r#"{"Bucket":"logs","Key":"many/001"}"#))
        .await
        .unwrap();
    assert_eq!(object.member("Body").as_str(), Some("eA=="));
    let secret = client
        .call(&session, "us-east-1", "secretsmanager", "GetSecretValue", &input(r#"{"SecretId":"secret"}"#))
        .await
        .unwrap();
    assert_eq!(secret.member("SecretString").as_str(), Some("s3cr3t"));
}

/// Runs [`reports_its_session`] as a process of its own, since a test must not change the environment of the others.
async fn report(environment: &[(&str, &str)]) -> String {
    let output = tokio::process::Command::new(std::env::current_exe().expect("this test is a program"))
        .args(["--exact", "services::reports_its_session", "--nocapture"])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("STANCE_TEST_REPORT", "1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", "/nonexistent")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
        .envs(environment.iter().copied())
        .output()
        .await
        .expect("it starts");
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test]
async fn configuration_comes_from_profiles() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config");
    let url = crate::moto::url();
    let profiles = "[profile one]\nregion = eu-west-1\nservices = local\naws_access_key_id = a\naws_secret_access_key = b\n\
        [services local]\nec2 =\n  endpoint_url = http://127.0.0.1:1\n\
        [profile two]\nrole_arn = arn:aws:iam::333344445555:role/auditor\nsource_profile = one\nexternal_id = x\nregion = eu-west-1\nendpoint_url = URL\n\
        [profile three]\ncredential_process = echo '{\"Version\":1,\"AccessKeyId\":\"c\",\"SecretAccessKey\":\"d\"}'\nregion = eu-west-2\nendpoint_url = URL\n";
    std::fs::write(&config, profiles.replace("URL", url)).unwrap();
    let cases = [
        ("one", "account 123456789012 eu-west-1 ec2 Unreachable"),
        ("two", "account 333344445555 eu-west-1 ec2 ok"),
        ("three", "account 123456789012 eu-west-2 ec2 ok"),
    ];
    for (profile, expected) in cases {
        let environment =
            [("AWS_CONFIG_FILE", config.to_str().unwrap()), ("AWS_PROFILE", profile), ("AWS_ENDPOINT_URL_STS", url)];
        let text = report(&environment).await;
        assert!(text.contains(expected), "{profile}: {text}");
    }
}

#[tokio::test]
async fn configuration_comes_from_the_environment() {
    let url = crate::moto::url();
    let keys = [
        ("AWS_ACCESS_KEY_ID", "a"),
        ("AWS_SECRET_ACCESS_KEY", "b"),
        ("AWS_REGION", "eu-west-3"),
        ("AWS_ENDPOINT_URL", url),
    ];
    assert!(report(&keys).await.contains("account 123456789012 eu-west-3 ec2 ok"));
    let wrong = [keys[0], keys[1], keys[2], ("AWS_ENDPOINT_URL", "http://example.com")];
    assert!(report(&wrong).await.contains("plain HTTP is for loopback only"));
    let none = [("AWS_REGION", "eu-west-3"), ("AWS_ENDPOINT_URL", url)];
    assert!(report(&none).await.contains("NoCredentials"));
}

#[tokio::test]
async fn credentials_come_from_a_web_identity_and_from_a_container() {
    let url = crate::moto::url();
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "a.b.c").unwrap();
    let identity = [
        ("AWS_WEB_IDENTITY_TOKEN_FILE", token.to_str().unwrap()),
        ("AWS_ROLE_ARN", "arn:aws:iam::444455556666:role/auditor"),
        ("AWS_REGION", "eu-west-3"),
        ("AWS_ENDPOINT_URL", url),
    ];
    let text = report(&identity).await;
    assert!(text.contains("account 444455556666 eu-west-3 ec2 ok"), "{text}");
    let container = crate::faults::container_credentials().await;
    let text = report(&[
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &container),
        ("AWS_REGION", "eu-west-3"),
        ("AWS_ENDPOINT_URL", url),
    ])
    .await;
    assert!(text.contains("account 123456789012 eu-west-3 ec2 ok"), "{text}");
}

/// What the processes of the tests above do; alone it has nothing to report and passes.
#[tokio::test]
async fn reports_its_session() {
    if std::env::var_os("STANCE_TEST_REPORT").is_none() {
        return;
    }
    let client = Client::new(ClientOptions { retries_max: 1, ..ClientOptions::default() }).unwrap();
    let session = match client.session(&SessionSource::default()).await {
        Ok(session) => session,
        Err(error) => return println!("{error}"),
    };
    let region = session.region().cloned().unwrap();
    let outcome = match client.call(&session, &region, "ec2", "DescribeVpcs", &Value::Null).await {
        Ok(_) => "ok".to_owned(),
        Err(error) => format!("{:?}", error.kind),
    };
    println!("account {} {region} ec2 {outcome}", session.account());
}
