//! What formats call providers, their accounts and their partitions. The only file of reports that names a provider.

use model::{ResourceRef, Severity};

/// OCSF's number and word for a provider's kind of account, as its account object lists them.
/// <https://schema.ocsf.io/1.5.0/objects/account>
pub(crate) fn ocsf_account(provider: &str) -> (u8, &'static str) {
    match provider {
        "aws" => (10, "AWS Account"),
        "gcp" => (11, "GCP Project"),
        "azure" => (13, "Azure Subscription"),
        "kubernetes" => (99, "Kubernetes Cluster"),
        _ => (0, "Unknown"),
    }
}

/// The partition that an identifier names, or that the region belongs to; empty for a provider without partitions.
pub(crate) fn partition(resource: &ResourceRef) -> &str {
    if resource.provider != "aws" {
        return "";
    }
    match resource.id.strip_prefix("arn:").and_then(|rest| rest.split(':').next()) {
        Some(partition) if partition.starts_with("aws") && partition.len() <= 16 => partition,
        _ => partition_of_region(&resource.region),
    }
}

/// <https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>
fn partition_of_region(region: &str) -> &'static str {
    match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        region if region.starts_with("us-isob-") => "aws-iso-b",
        region if region.starts_with("us-isof-") => "aws-iso-f",
        region if region.starts_with("us-iso-") => "aws-iso",
        region if region.starts_with("eu-isoe-") => "aws-iso-e",
        region if region.starts_with("eusc-") => "aws-eusc",
        _ => "aws",
    }
}

/// The region in which a partition keeps what has none.
pub(crate) fn home_region(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        "aws-iso" => "us-iso-east-1",
        "aws-iso-b" => "us-isob-east-1",
        "aws-iso-e" => "eu-isoe-west-1",
        "aws-iso-f" => "us-isof-south-1",
        "aws-eusc" => "eusc-de-east-1",
        _ => "us-east-1",
    }
}

/// Whether Security Hub can hold a finding about a resource: one of an AWS account.
pub(crate) fn is_for_security_hub(resource: &ResourceRef) -> bool {
    resource.provider == "aws"
        && resource.account.len() == 12
        && resource.account.bytes().all(|byte| byte.is_ascii_digit())
}

/// The resource types that ASFF has a word for.
/// <https://docs.aws.amazon.com/securityhub/latest/userguide/asff-resources.html>
#[rustfmt::skip]
const ASFF_TYPES: &[&str] = &[
    "AwsAmazonMqBroker", "AwsApiGatewayRestApi", "AwsApiGatewayStage", "AwsApiGatewayV2Api", "AwsApiGatewayV2Stage",
    "AwsAppSyncGraphQlApi", "AwsAthenaWorkGroup", "AwsAutoScalingAutoScalingGroup", "AwsAutoScalingLaunchConfiguration",
    "AwsBackupBackupPlan", "AwsBackupBackupVault", "AwsBackupRecoveryPoint", "AwsCertificateManagerCertificate",
    "AwsCloudFormationStack", "AwsCloudFrontDistribution", "AwsCloudTrailTrail", "AwsCloudWatchAlarm", "AwsCodeBuildProject",
    "AwsDmsEndpoint", "AwsDmsReplicationInstance", "AwsDmsReplicationTask", "AwsDynamoDbTable", "AwsEc2ClientVpnEndpoint",
    "AwsEc2Eip", "AwsEc2Instance", "AwsEc2LaunchTemplate", "AwsEc2NetworkAcl", "AwsEc2NetworkInterface", "AwsEc2RouteTable",
    "AwsEc2SecurityGroup", "AwsEc2Subnet", "AwsEc2TransitGateway", "AwsEc2Volume", "AwsEc2Vpc", "AwsEc2VpcEndpointService",
    "AwsEc2VpcPeeringConnection", "AwsEc2VpnConnection", "AwsEcrContainerImage", "AwsEcrRepository", "AwsEcsCluster",
    "AwsEcsContainer", "AwsEcsService", "AwsEcsTask", "AwsEcsTaskDefinition", "AwsEfsAccessPoint", "AwsEksCluster",
    "AwsElasticBeanstalkEnvironment", "AwsElasticsearchDomain", "AwsElbLoadBalancer", "AwsElbv2LoadBalancer",
    "AwsEventSchemasRegistry", "AwsEventsEndpoint", "AwsEventsEventbus", "AwsGuardDutyDetector", "AwsIamAccessKey",
    "AwsIamGroup", "AwsIamPolicy", "AwsIamRole", "AwsIamUser", "AwsKinesisStream", "AwsKmsKey", "AwsLambdaFunction",
    "AwsLambdaLayerVersion", "AwsMskCluster", "AwsNetworkFirewallFirewall", "AwsNetworkFirewallFirewallPolicy",
    "AwsNetworkFirewallRuleGroup", "AwsOpenSearchServiceDomain", "AwsRdsDbCluster", "AwsRdsDbClusterSnapshot",
    "AwsRdsDbInstance", "AwsRdsDbSecurityGroup", "AwsRdsDbSnapshot", "AwsRdsEventSubscription", "AwsRedshiftCluster",
    "AwsRoute53HostedZone", "AwsS3AccessPoint", "AwsS3AccountPublicAccessBlock", "AwsS3Bucket", "AwsS3Object",
    "AwsSageMakerNotebookInstance", "AwsSecretsManagerSecret", "AwsSnsTopic", "AwsSqsQueue", "AwsSsmPatchCompliance",
    "AwsStepFunctionStateMachine", "AwsWafRateBasedRule", "AwsWafRegionalRateBasedRule", "AwsWafRegionalRule",
    "AwsWafRegionalRuleGroup", "AwsWafRegionalWebAcl", "AwsWafRule", "AwsWafRuleGroup", "AwsWafWebAcl", "AwsWafv2RuleGroup",
    "AwsWafv2WebAcl", "AwsXrayEncryptionConfig",
];

/// Types whose name in the catalog is not ASFF's name in other letters.
const ASFF_OTHERWISE: &[(&str, &str)] = &[
    ("aws.account.account", "AwsAccount"),
    ("aws.acm.certificate", "AwsCertificateManagerCertificate"),
    ("aws.autoscaling.group", "AwsAutoScalingAutoScalingGroup"),
    ("aws.elasticloadbalancing.load_balancer", "AwsElbLoadBalancer"),
    ("aws.iam.account", "AwsAccount"),
    ("aws.opensearch.domain", "AwsOpenSearchServiceDomain"),
    ("aws.rds.cluster", "AwsRdsDbCluster"),
    ("aws.rds.cluster_snapshot", "AwsRdsDbClusterSnapshot"),
    ("aws.rds.instance", "AwsRdsDbInstance"),
    ("aws.rds.snapshot", "AwsRdsDbSnapshot"),
];

/// ASFF's word for a resource type, or `Other`.
pub(crate) fn asff_type(type_name: &str) -> &'static str {
    let otherwise = ASFF_OTHERWISE.iter().find(|(known, _)| *known == type_name);
    if let Some((_, word)) = otherwise {
        return word;
    }
    let letters = || type_name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase());
    let same = |word: &&&str| word.chars().map(|letter| letter.to_ascii_lowercase()).eq(letters());
    ASFF_TYPES.iter().find(same).copied().unwrap_or("Other")
}

/// The upper-case word that Security Hub and the OCSF and CSV of other scanners use.
pub(crate) fn upper(severity: Severity) -> &'static str {
    match severity {
        Severity::Informational => "INFORMATIONAL",
        Severity::Low => "LOW",
        Severity::Medium => "MEDIUM",
        Severity::High => "HIGH",
        Severity::Critical => "CRITICAL",
    }
}
