//! Which operations read, and which of those read data rather than configuration.

use apimodel::aws::AccessLevel;

/// Names that begin with these read, whatever IAM calls their action.
const ALWAYS: &[&str] = &["BatchDescribe", "Describe", "Head", "List"];
/// Names that begin with these read, unless IAM says that their action writes.
const UNLESS_WRITING: &[&str] = &["AdminGet", "AdminList", "BatchGet", "Get"];
/// Names that begin with these read where IAM says so, or knows nothing of them.
const IF_READING: &[&str] = &[
    "BatchCheck",
    "BatchRead",
    "Check",
    "Compare",
    "Count",
    "Discover",
    "Estimate",
    "Export",
    "Filter",
    "Lookup",
    "Preview",
    "Query",
    "Retrieve",
    "Scan",
    "Search",
    "Select",
    "Simulate",
    "Validate",
    "Verify",
    "View",
];
/// Names that begin with these read where IAM says so.
const IF_SAID: &[&str] = &["Download", "Evaluate", "Is", "ReceiveMessage", "Resolve", "Test"];
/// Reads whose names or access levels say otherwise.
const EXTRA: &[&str] = &[
    "billing.GetResourcePolicy",
    "iam.GenerateCredentialReport",
    "iam.GenerateOrganizationsAccessReport",
    "iam.GenerateServiceLastAccessedDetails",
    "s3.HeadBucket",
    "sdb.DomainMetadata",
    "ssm-sap.GetResourcePermission",
];
/// Not reads: they change something, mint credentials or start something, although their names and levels sound harmless.
const NOT: &[&str] = &[
    "account.VerifyPhoneNumber",
    "artifact.ExportComplianceInquiry",
    "codecatalyst.VerifySession",
    "cognito-identity.GetCredentialsForIdentity",
    "cognito-identity.GetId",
    "cognito-identity.GetOpenIdToken",
    "cognito-identity.GetOpenIdTokenForDeveloperIdentity",
    "dms.TestConnection",
    "endusermessaging.ValidateNotifyCodeVerification",
    "invoicing.VerifyProcurementPortalValidation",
    "kinesisanalyticsv2.ExportSnapshot",
    "route53.TestDNSAnswer",
    "signin.GetOAuth2Token",
    "stepfunctions.GetActivityTask",
    "transfer.TestIdentityProvider",
    "iot.TestInvokeAuthorizer",
];
/// All that these services read is data.
const DATA_SERVICES: &[&str] = &[
    "appconfigdata",
    "cloudsearchdomain",
    "connect-contact-lens",
    "connectparticipant",
    "ebs",
    "eks-auth",
    "forecastquery",
    "geo-maps",
    "geo-places",
    "geo-routes",
    "iot-data",
    "iot-jobs-data",
    "kinesis-video-archived-media",
    "kinesis-video-media",
    "kinesis-video-signaling",
    "kinesis-video-webrtc-storage",
    "lex-runtime",
    "lexv2-runtime",
    "mediastore-data",
    "neptunedata",
    "personalize-events",
    "personalize-runtime",
    "qldb-session",
    "rds-data",
    "redshift-data",
    "sagemaker-featurestore-runtime",
    "sagemaker-metrics",
    "sagemaker-runtime",
    "sdb",
    "sso",
    "workmailmessageflow",
    "bedrock-runtime",
    "bedrock-agent-runtime",
    "iottwinmaker-data",
    "opensearchmemory",
];
/// Reads of data in services that mostly have configuration: the contents of objects, messages, logs, secrets, code,
/// and whatever hands out credentials or signed addresses.
const DATA: &[&str] = &[
    "acm.ExportCertificate",
    "apigateway.GetApiKey",
    "apigateway.GetApiKeys",
    "apigateway.GetSdk",
    "athena.BatchGetQueryExecution",
    "athena.ExportNotebook",
    "athena.GetQueryExecution",
    "athena.GetQueryResults",
    "athena.GetQueryResultsStream",
    "athena.GetSessionEndpoint",
    "bedrock-agentcore.GetEvent",
    "bedrock-agentcore.GetMemoryRecord",
    "bedrock-agentcore.ListEvents",
    "bedrock-agentcore.ListMemoryRecords",
    "bedrock-agentcore.RetrieveMemoryRecords",
    "clouddirectory.BatchRead",
    "codeartifact.GetAuthorizationToken",
    "codeartifact.GetPackageVersionAsset",
    "codeartifact.GetPackageVersionReadme",
    "codecommit.GetBlob",
    "codecommit.GetCommit",
    "codecommit.GetDifferences",
    "codecommit.GetFile",
    "codecommit.GetFolder",
    "codepipeline.GetJobDetails",
    "codepipeline.GetThirdPartyJobDetails",
    "cognito-identity.GetOpenIdToken",
    "cognito-idp.AdminGetUser",
    "cognito-idp.AdminListUserAuthEvents",
    "cognito-idp.GetUser",
    "cognito-idp.ListUsers",
    "cognito-idp.ListUsersInGroup",
    "connect.GetFederationToken",
    "connect.SearchContacts",
    "customer-profiles.SearchProfiles",
    "datapipeline.QueryObjects",
    "dynamodb.BatchGetItem",
    "dynamodb.GetItem",
    "dynamodb.Query",
    "dynamodb.Scan",
    "dynamodb.SearchVectors",
    "dynamodb.TransactGetItems",
    "dynamodbstreams.GetRecords",
    "dynamodbstreams.GetShardIterator",
    "ec2.ExportClientVpnClientConfiguration",
    "ec2.GetConsoleOutput",
    "ec2.GetConsoleScreenshot",
    "ec2.GetPasswordData",
    "ecr-public.GetAuthorizationToken",
    "ecr.BatchGetImage",
    "ecr.GetAuthorizationToken",
    "ecr.GetDownloadUrlForLayer",
    "elasticbeanstalk.RetrieveEnvironmentInfo",
    "emr-containers.GetManagedEndpointSessionCredentials",
    "gamelift.GetComputeAuthToken",
    "gamelift.GetInstanceAccess",
    "glacier.GetJobOutput",
    "grafana.GetWorkspaceServiceAccountToken",
    "kendra.Query",
    "kendra.Retrieve",
    "kinesis.GetRecords",
    "kinesis.GetShardIterator",
    "kinesisanalytics.DiscoverInputSchema",
    "kinesisanalyticsv2.DiscoverInputSchema",
    "kms.GetParametersForImport",
    "lakeformation.GetQueryStateData",
    "lakeformation.GetTableObjects",
    "lakeformation.GetTemporaryDataLocationCredentials",
    "lakeformation.GetTemporaryGluePartitionCredentials",
    "lakeformation.GetTemporaryGlueTableCredentials",
    "lakeformation.GetWorkUnitResults",
    "lambda.GetFunction",
    "lambda.GetLayerVersion",
    "lambda.GetLayerVersionByArn",
    "license-manager.GetAccessToken",
    "lightsail.GetInstanceAccessDetails",
    "lightsail.GetRelationalDatabaseLogEvents",
    "logs.FilterLogEvents",
    "logs.GetLogEvents",
    "logs.GetLogObject",
    "logs.GetLogRecord",
    "logs.GetQueryResults",
    "qbusiness.ListMessages",
    "qconnect.QueryAssistant",
    "qconnect.Retrieve",
    "quicksight.GetDashboardEmbedUrl",
    "quicksight.GetSessionEmbedUrl",
    "rds.DownloadDBLogFilePortion",
    "s3.GetObject",
    "s3.GetObjectTorrent",
    "s3.SelectObjectContent",
    "s3control.GetDataAccess",
    "s3vectors.GetVectors",
    "s3vectors.ListVectors",
    "s3vectors.QueryVectors",
    "secretsmanager.BatchGetSecretValue",
    "secretsmanager.GetSecretValue",
    "serverlessrepo.GetApplication",
    "sqs.ReceiveMessage",
    "ssm.GetAccessToken",
    "ssm.GetCommandInvocation",
    "ssm.GetParameter",
    "ssm.GetParameterHistory",
    "ssm.GetParameters",
    "ssm.GetParametersByPath",
    "sts.GetDelegatedAccessToken",
    "sts.GetFederationToken",
    "sts.GetSessionToken",
    "sts.GetWebIdentityToken",
    "timestream-query.Query",
    "wisdom.QueryAssistant",
    "workdocs.GetDocumentVersion",
    "workmail.GetRawMessageContent",
    "xray.BatchGetTraces",
];
/// Names with one of these in them hand out something secret or signed.
const DATA_WORDS: &[&str] =
    &["AccessToken", "AuthToken", "AuthorizationToken", "Credentials", "EmbedUrl", "PresignedUrl", "SessionToken"];

/// What a read reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reads {
    /// Configuration and metadata.
    Configuration,
    /// Data.
    Data,
}

/// Whether an operation reads, and what.
pub(crate) fn judge(service: &str, operation: &str, level: Option<AccessLevel>, unsigned: bool) -> Option<Reads> {
    let full = format!("{service}.{operation}");
    let said = matches!(level, Some(AccessLevel::List | AccessLevel::Read));
    let reads = EXTRA.contains(&full.as_str())
        || begins(operation, ALWAYS)
        || (begins(operation, UNLESS_WRITING) && (said || level.is_none()))
        || (begins(operation, IF_READING) && (said || level.is_none()))
        || (begins(operation, IF_SAID) && said);
    if !reads || NOT.contains(&full.as_str()) {
        return None;
    }
    let data = unsigned
        || DATA_SERVICES.contains(&service)
        || DATA.contains(&full.as_str())
        || DATA_WORDS.iter().any(|word| operation.starts_with("Get") && operation.contains(word));
    Some(if data { Reads::Data } else { Reads::Configuration })
}

/// Begins with one of the words, and another word (or nothing) follows.
fn begins(operation: &str, words: &[&str]) -> bool {
    words.iter().any(|word| {
        operation.strip_prefix(word).is_some_and(|rest| rest.chars().next().is_none_or(|next| !next.is_lowercase()))
    })
}
