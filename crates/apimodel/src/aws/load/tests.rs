//! The embedded archive is whole, and says what is known.

use super::{ARCHIVE, actions, operation, service, services};
use crate::aws::{
    AccessLevel, Kind, PathError, Protocol, ShapeId, Variant, partition, partition_of_region, partitions,
};

/// All shapes that a shape refers to.
fn references(kind: &Kind) -> Vec<ShapeId> {
    match kind {
        Kind::Structure(structure) => structure.members.iter().map(|member| member.shape).collect(),
        Kind::List(list) => vec![list.item],
        Kind::Map(map) => vec![map.key, map.value],
        _ => Vec::new(),
    }
}

#[test]
fn every_block_opens_and_every_reference_resolves() {
    let mut operations = 0;
    for name in services() {
        let service = service(name).unwrap();
        assert_eq!(&*service.name, name);
        operations += service.operations.len();
        for shape in &service.shapes {
            for id in references(&shape.kind) {
                let _ = service.shape(id);
            }
            if let Kind::Structure(structure) = &shape.kind {
                assert!(structure.members.is_sorted_by(|a, b| a.name < b.name), "{name} {}", shape.name);
                assert!(
                    structure.payload.is_empty() || structure.member(&structure.payload).is_some(),
                    "{name} {}",
                    shape.name
                );
            }
        }
        for (name, operation) in &service.operations {
            assert_eq!(*name, operation.name);
            for side in [operation.input, operation.output].into_iter().flatten() {
                assert!(service.structure(side).is_some(), "{name}");
            }
            assert!(
                operation.errors.iter().all(|&index| usize::try_from(index).unwrap() < service.errors.len()),
                "{name}"
            );
            let Some(paginator) = &operation.paginator else { continue };
            assert!(
                !paginator.input_tokens.is_empty() && paginator.input_tokens.len() == paginator.output_tokens.len(),
                "{name}"
            );
            for token in &paginator.input_tokens {
                assert!(service.input_at(operation, token).is_ok(), "{name} takes no {token}");
            }
            for key in &paginator.result_keys {
                assert!(service.output_path_exists(operation, key), "{name} answers no {key}");
            }
        }
    }
    assert!(operations > 7_000, "{operations}");
    assert!(ARCHIVE.index().source.starts_with("botocore "));
}

#[test]
fn only_reads_are_there() {
    let changing = [
        "Create",
        "Delete",
        "Put",
        "Update",
        "Modify",
        "Attach",
        "Detach",
        "Start",
        "Stop",
        "Run",
        "Set",
        "Add",
        "Remove",
        "Tag",
        "Untag",
        "Terminate",
        "Reboot",
        "Invoke",
        "Send",
        "Publish",
        "Assume",
        "Enable",
        "Disable",
        "Register",
        "Deregister",
        "Cancel",
        "Associate",
        "Disassociate",
        "Import",
        "Restore",
        "Execute",
        "Batch",
    ];
    let reading = ["BatchGet", "BatchDescribe", "BatchCheck", "BatchRead", "SetIdentity"];
    for name in services() {
        for operation in service(name).unwrap().operations.keys() {
            let suspect = changing.iter().any(|word| {
                operation.starts_with(word)
                    && !operation.strip_prefix(word).is_some_and(|rest| rest.starts_with(char::is_lowercase))
            });
            assert!(!suspect || reading.iter().any(|word| operation.starts_with(word)), "{name}.{operation}");
        }
    }
    for name in [
        "sts.AssumeRole",
        "kms.Decrypt",
        "stepfunctions.GetActivityTask",
        "redshift.GetClusterCredentials",
        "cognito-identity.GetId",
    ] {
        assert!(operation(name).is_none(), "{name}");
    }
    assert!(operation("iam.GenerateCredentialReport").is_some());
}

#[test]
fn reads_of_data_are_marked() {
    let data = [
        "lambda.GetFunction",
        "logs.FilterLogEvents",
        "logs.GetLogEvents",
        "ssm.GetParameter",
        "ssm.GetParameters",
        "ssm.GetParametersByPath",
        "secretsmanager.GetSecretValue",
        "s3.GetObject",
        "ecr.GetDownloadUrlForLayer",
        "ecr.BatchGetImage",
        "ecr.GetAuthorizationToken",
        "dynamodb.GetItem",
        "dynamodb.Query",
        "dynamodb.Scan",
        "kinesis.GetRecords",
        "sqs.ReceiveMessage",
        "ec2.GetPasswordData",
        "ec2.GetConsoleOutput",
        "sts.GetSessionToken",
        "sts.GetFederationToken",
        "acm.ExportCertificate",
        "rds.DownloadDBLogFilePortion",
    ];
    for name in data {
        assert!(operation(name).unwrap_or_else(|| panic!("{name}")).1.data, "{name}");
    }
    let configuration = [
        "lambda.GetFunctionConfiguration",
        "lambda.GetPolicy",
        "ssm.DescribeParameters",
        "secretsmanager.DescribeSecret",
        "s3.GetBucketPolicy",
        "s3.HeadBucket",
        "dynamodb.DescribeTable",
        "sts.GetCallerIdentity",
        "iam.GetCredentialReport",
        "sqs.GetQueueAttributes",
        "cloudtrail.LookupEvents",
        "ec2.DescribeInstanceAttribute",
        "cloudformation.DescribeStacks",
        "kms.GetKeyRotationStatus",
    ];
    for name in configuration {
        assert!(!operation(name).unwrap_or_else(|| panic!("{name}")).1.data, "{name}");
    }
}

#[test]
fn protocols() {
    let cases = [
        ("sts", Protocol::Query),
        ("ec2", Protocol::Ec2),
        ("dynamodb", Protocol::Json10),
        ("kms", Protocol::Json11),
        ("lambda", Protocol::RestJson),
        ("s3", Protocol::RestXml),
        ("eventbridgev2", Protocol::Cbor),
        ("cloudwatch", Protocol::Json10),
    ];
    for (name, protocol) in cases {
        assert_eq!(service(name).unwrap().protocol, protocol, "{name}");
    }
}

#[test]
fn actions_of_operations() {
    let cases = [
        ("s3.ListBuckets", "s3:ListAllMyBuckets"),
        ("s3.GetBucketEncryption", "s3:GetEncryptionConfiguration"),
        ("elbv2.DescribeTags", "elasticloadbalancing:DescribeTags"),
        ("apigateway.GetRestApis", "apigateway:GET"),
        ("apigatewayv2.GetApis", "apigateway:GET"),
        ("opensearch.DescribeDomain", "es:DescribeDomain"),
        ("efs.DescribeFileSystems", "elasticfilesystem:DescribeFileSystems"),
        ("cloudwatch.DescribeAlarms", "cloudwatch:DescribeAlarms"),
        ("sesv2.GetAccount", "ses:GetAccount"),
        ("neptune.DescribeDBClusters", "rds:DescribeDBClusters"),
        ("s3control.GetPublicAccessBlock", "s3:GetAccountPublicAccessBlock"),
    ];
    for (name, action) in cases {
        assert_eq!(operation(name).unwrap_or_else(|| panic!("{name}")).1.action, action, "{name}");
    }
    assert_eq!(actions("s3").unwrap().get("GetBucketPolicy"), Some(&AccessLevel::Read));
    assert_eq!(actions("iam").unwrap().get("CreateUser"), Some(&AccessLevel::Permissions));
    assert!(actions("nothing").is_none());
    let without = services().filter(|name| service(name).unwrap().iam_prefix.is_empty()).count();
    assert!(without < 40, "{without} services without a prefix");
}

#[test]
fn paths_into_answers() {
    let (service, list) = operation("ec2.DescribeSecurityGroups").unwrap();
    for path in ["SecurityGroups.IpPermissions.IpRanges.CidrIp", "SecurityGroups.0.Tags.Key", ""] {
        assert!(service.output_path_exists(&list, path), "{path}");
    }
    let error = service.output_at(&list, "SecurityGroups.IpPermision").unwrap_err();
    assert_eq!((error.segment.as_str(), error.shape.as_str()), ("IpPermision", "SecurityGroup"));
    assert!(error.members.contains(&"IpPermissions".to_owned()));
    assert!(
        matches!(service.output_at(&list, "SecurityGroups.GroupId.x"), Err(PathError { members, .. }) if members.is_empty())
    );
    let (service, configuration) = operation("lambda.GetFunctionConfiguration").unwrap();
    assert!(service.output_path_exists(&configuration, "Environment.Variables.ANY"));
    assert_eq!(service.required(&configuration).collect::<Vec<_>>(), ["FunctionName"]);
    let (service, tagging) = operation("iam.GetRole").unwrap();
    assert!(service.operation_errors(&tagging).any(|error| &*error.code == "NoSuchEntity" && error.status == 404));
}

#[test]
fn partitions_and_regions() {
    assert_eq!(partitions().first().map(|partition| partition.id.as_str()), Some("aws"));
    let id = |region: &str| partition_of_region(region).map(|partition| partition.id.as_str());
    assert_eq!(id("eu-west-1"), Some("aws"));
    assert_eq!(id("us-gov-east-1"), Some("aws-us-gov"));
    assert_eq!(id("cn-north-1"), Some("aws-cn"));
    assert_eq!(id("us-iso-east-1"), Some("aws-iso"));
    assert_eq!(id("eu-west-99"), Some("aws"), "a region opened later");
    assert_eq!(id("mars"), None);
    assert!(service("iam").unwrap().endpoints.is_global("aws") && !service("ec2").unwrap().endpoints.is_global("aws"));
    assert!(!service("s3").unwrap().endpoints.is_global("aws"));
    assert_eq!(service("globalaccelerator").unwrap().endpoints.regions_in("aws"), Some(&["us-west-2".to_owned()][..]));
    assert!(service("ec2").unwrap().endpoints.regions_in("aws").unwrap().contains(&"eu-west-1".to_owned()));
    let aws = partition("aws").unwrap();
    let sts = service("sts").unwrap();
    assert_eq!(
        sts.endpoints.resolve("sts", aws, "eu-west-99", Variant::default()).unwrap().url,
        "https://sts.eu-west-99.amazonaws.com"
    );
}
