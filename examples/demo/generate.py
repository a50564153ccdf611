#!/usr/bin/env python3
"""Write estate.jsonl: the made-up cloud of Meridian Freight, a small shipping company, as an inventory.

The company is invented, account numbers and addresses are those kept for documentation, no value is a credential.
Documents are what the catalog's types read from the provider, all parts present, so that nothing is unknown by accident.
Most of the estate is as a decent team would have it; what is not says so in a comment that begins with HOLE.
Everything happened before NOW: judged much later, keys and certificates are old.
"""

import datetime
import hashlib
import json
import pathlib
import urllib.parse

NOW = datetime.datetime(2026, 11, 24, 18, 0, tzinfo=datetime.timezone.utc)
PROD, DEV = "111122223333", "444455556666"
VENDOR = "777788889999"
REPOSITORY = {PROD: "booking", DEV: "feature-preview"}
IE, US = "eu-west-1", "us-east-1"
DOMAIN = "meridianfreight.example"
ORGANIZATION = "o-mer1d1an00"
CANONICAL_OWNER = {PROD: hashlib.sha256(b"owner production").hexdigest(), DEV: hashlib.sha256(b"owner development").hexdigest()}
# What stance leaves in place of a credential that it took out of a document.
REDACTED_PASSWORD = "‹redacted password --------›"
REDACTED_STRIPE_KEY = "‹redacted stripe-key 5a1c03d7›"

records = []


# --- words that documents are made of -----------------------------------------------------------------------------------

def ago(days, hours=0):
    """A moment before NOW, as the provider writes it."""
    return (NOW - datetime.timedelta(days=days, hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def ahead(days):
    return ago(-days)


def hexid(kind, name):
    """An identifier in EC2's form that is the same in every run."""
    return f"{kind}-0" + hashlib.sha256(f"{kind} {name}".encode()).hexdigest()[:16]


def uuid(name):
    digest = hashlib.sha256(f"uuid {name}".encode()).hexdigest()
    return "-".join([digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]])


def unique(prefix, name):
    """An identifier in IAM's form; too short to be taken for that of a key."""
    return f"{prefix}EXAMPLE{hashlib.sha256(f'{prefix} {name}'.encode()).hexdigest()[:8]}"


def tags_of(account, owner, classification="internal", **more):
    environment = "production" if account == PROD else "development"
    return {"Owner": owner, "Environment": environment, "DataClassification": classification, **more}


def tag_list(tags, key="Key", value="Value"):
    return [{key: name, value: text} for name, text in tags.items()]


def statement(effect, actions, resources="*", **more):
    return {"Effect": effect, "Action": actions, "Resource": resources, **more}


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(actions, resources="*"):
    return policy(statement("Allow", actions, resources))


def encoded(document):
    return urllib.parse.quote(json.dumps(document, separators=(",", ":")), safe="")


def arn(service, account, resource, region=""):
    return f"arn:aws:{service}:{region}:{account}:{resource}"


def add(type_name, id_, name, region, account, document, tags=None):
    resource = {"type": type_name, "id": id_, "name": name, "region": region, "account": account, "partition": "aws"}
    if tags is not None:
        resource["tags"] = tags
    records.append({"resource": {**resource, "document": document}})


def unread(type_name, account, region, permission):
    lack = {"what": permission, "cause": "denied", "detail": "an organisation's policy denies it explicitly"}
    records.append({"unread": {"type": type_name, "account": account, "region": region, "partition": "aws", "missing": [lack]}})


def unknown(permission, detail):
    return {"$unknown": [{"what": permission, "cause": "denied", "detail": detail}]}


# --- accounts and regions -----------------------------------------------------------------------------------------------

def contact(kind, mailbox):
    return {"AlternateContactType": kind, "EmailAddress": f"{mailbox}@{DOMAIN}", "Name": f"{mailbox.title()} team", "PhoneNumber": "+353 1 555 0100", "Title": mailbox.title()}


def public_access_block(on):
    return dict.fromkeys(["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"], on)


# HOLE: production's block was taken off two years ago, for the sake of one bucket.
ACCOUNT_BLOCK = {PROD: None, DEV: public_access_block(True)}


def account(number):
    add("aws.account.account", arn("iam", number, "root"), number, "global", number, {
        "Id": number,
        "PublicAccessBlock": ACCOUNT_BLOCK[number],
        "ContactInformation": {"FullName": "Meridian Freight Ltd", "AddressLine1": "4 Quay Street", "City": "Galway", "PostalCode": "H91 0000", "CountryCode": "IE", "PhoneNumber": "+353 91 555 0100"},
        "SecurityContact": contact("SECURITY", "security"),
        "BillingContact": contact("BILLING", "finance"),
        "OperationsContact": contact("OPERATIONS", "platform"),
    })
    add("aws.organizations.organization", f"arn:aws:organizations::{PROD}:organization/{ORGANIZATION}", ORGANIZATION, "global", number, organization())
    add("aws.iam.root_user", arn("iam", number, "root"), "root", "global", number, {
        "Arn": arn("iam", number, "root"),
        "Summary": {"Users": 3 if number == PROD else 0, "Groups": 2 if number == PROD else 0, "Roles": 10, "AccountMFAEnabled": 1, "AccountAccessKeysPresent": 0, "AccountPasswordPresent": 1, "AccountSigningCertificatesPresent": 0, "MFADevices": 2, "MFADevicesInUse": 2},
        "CredentialReport": {"PasswordEnabled": True, "PasswordLastUsed": ago(611), "PasswordLastChanged": ago(900), "MFAActive": True, "AccessKeys": []},
        "VirtualMFADevices": [],
    })
    add("aws.iam.password_policy", arn("iam", number, "password-policy"), "password-policy", "global", number, {
        "PasswordPolicy": {"MinimumPasswordLength": 16, "RequireSymbols": True, "RequireNumbers": True, "RequireUppercaseCharacters": True, "RequireLowercaseCharacters": True, "AllowUsersToChangePassword": True, "ExpirePasswords": True, "MaxPasswordAge": 90, "PasswordReusePrevention": 24, "HardExpiry": False},
    })
    delegated = [{"Id": DEV, "Arn": f"arn:aws:organizations::{PROD}:account/{ORGANIZATION}/{DEV}", "Name": "development", "Status": "ACTIVE"}]
    add("aws.config.organization_settings", arn("config", number, "organization-settings"), number, "global", number, {"Id": number, "Organization": organization(False), "DelegatedAdministrators": delegated if number == PROD else []})


def organization(whole=True):
    document = {"Id": ORGANIZATION, "Arn": f"arn:aws:organizations::{PROD}:organization/{ORGANIZATION}", "FeatureSet": "ALL", "MasterAccountArn": f"arn:aws:organizations::{PROD}:account/{ORGANIZATION}/{PROD}", "MasterAccountId": PROD, "MasterAccountEmail": f"aws@{DOMAIN}"}
    if whole:
        types = ["SERVICE_CONTROL_POLICY", "AISERVICES_OPT_OUT_POLICY"]
        root = {"Id": "r-mf01", "Arn": f"arn:aws:organizations::{PROD}:root/{ORGANIZATION}/r-mf01", "Name": "Root", "PolicyTypes": [{"Type": kind, "Status": "ENABLED"} for kind in types]}
        document |= {"Roots": [root], "DelegatedAdministrators": [], "RootCredentialsFeatures": ["RootCredentialsManagement", "RootSessions"]}
    return document


def guardrails():
    target = [{"TargetId": "r-mf01", "Arn": f"arn:aws:organizations::{PROD}:root/{ORGANIZATION}/r-mf01", "Name": "Root", "Type": "ROOT"}]
    only_here = policy({"Sid": "Regions", "Effect": "Deny", "NotAction": ["iam:*", "organizations:*", "sts:*", "route53:*", "support:*"], "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": [IE, US]}}})
    keep_logs = policy(statement("Deny", ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "guardduty:DeleteDetector"]))
    for name, about, content in [("regions", "Only the regions that we use", only_here), ("keep-logs", "Nobody switches the audit off", keep_logs)]:
        id_ = "p-" + hashlib.sha256(name.encode()).hexdigest()[:8]
        add("aws.organizations.service_control_policy", f"arn:aws:organizations::{PROD}:policy/{ORGANIZATION}/service_control_policy/{id_}", name, "global", PROD, {"Id": id_, "Arn": f"arn:aws:organizations::{PROD}:policy/{ORGANIZATION}/service_control_policy/{id_}", "Name": name, "Description": about, "Type": "SERVICE_CONTROL_POLICY", "AwsManaged": False, "Content": content, "Targets": target})


def region(number, where):
    """What every enabled region has, and who watches it."""
    # HOLE: development's second region was switched on for a test and nobody watches it.
    watched = (number, where) != (DEV, US)
    add("aws.account.region", arn("ec2", number, "region", where), where, where, number, {"RegionName": where})
    add("aws.ec2.regional_settings", arn("ec2", number, "settings", where), where, where, number, {
        "EbsEncryptionByDefault": watched, "EbsDefaultKmsKeyId": "alias/aws/ebs", "SnapshotBlockPublicAccess": "block-all-sharing", "ImageBlockPublicAccess": "block-new-sharing",
        "InstanceMetadataDefaults": {"HttpTokens": "required", "HttpPutResponseHopLimit": 2, "HttpEndpoint": "enabled", "ManagedBy": "account"} if watched else {"ManagedBy": "account"},
        "SerialConsoleAccess": False, "AllowedImages": {"State": "disabled", "ImageCriteria": [], "ManagedBy": "account"},
        "VpcBlockPublicAccess": {"AwsAccountId": number, "AwsRegion": where, "State": "default-state", "InternetGatewayBlockMode": "off", "ManagedBy": "account", "ExclusionsAllowed": "allowed"},
    })
    macie = number == PROD
    session = {"createdAt": ago(500), "findingPublishingFrequency": "FIFTEEN_MINUTES", "serviceRole": arn("iam", number, "role/aws-service-role/macie.amazonaws.com/AWSServiceRoleForAmazonMacie"), "status": "ENABLED", "updatedAt": ago(500)}
    add("aws.macie2.regional_settings", arn("macie2", number, "settings", where), where, where, number, {"Region": where, "Session": session if macie else None, "AutomatedDiscovery": {"status": "ENABLED", "firstEnabledAt": ago(500), "lastUpdatedAt": ago(500)} if macie else None})
    add("aws.emr.regional_settings", arn("elasticmapreduce", number, "settings", where), f"EMR settings in {where}", where, number, {"BlockPublicAccessConfiguration": {"BlockPublicSecurityGroupRules": True, "PermittedPublicSecurityGroupRuleRanges": [{"MinRange": 22, "MaxRange": 22}]}})
    # HOLE: two findings of Inspector about the services of production wait for somebody.
    serious = 2 if (number, where) == (PROD, IE) else 0
    inspector = {"status": "ENABLED" if watched else "DISABLED", "errorCode": "ALREADY_ENABLED", "errorMessage": ""}
    add("aws.inspector2.status", arn("inspector2", number, "status", where), f"Inspector {where}", where, number, {"accountId": number, "state": inspector, "resourceState": dict.fromkeys(["ec2", "ecr", "lambda", "lambdaCode"], inspector), "FindingCounts": [{"accountAggregation": {"accountId": number, "severityCounts": {"all": 4 + serious, "critical": 0, "high": serious, "medium": 0}}}]})
    for service, key, status in [("guardduty", "AdminAccountId", "AdminStatus"), ("securityhub", "AccountId", "Status")]:
        add(f"aws.{service}.organization_settings", arn(service, number, "organization-settings", where), where, where, number, {"Region": where, "Organization": organization(False), "AdminAccounts": [{key: DEV, status: "ENABLED"}] if number == PROD else []})
    if watched:
        watchers(number, where)


def watchers(number, where):
    features = ["CLOUD_TRAIL", "DNS_LOGS", "FLOW_LOGS", "S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS", "RUNTIME_MONITORING"]
    detector = hashlib.sha256(f"detector {number} {where}".encode()).hexdigest()[:32]
    add("aws.guardduty.detector", arn("guardduty", number, f"detector/{detector}", where), detector, where, number, {
        "CreatedAt": ago(700), "FindingPublishingFrequency": "FIFTEEN_MINUTES", "ServiceRole": arn("iam", number, "role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty"), "Status": "ENABLED", "Tags": {},
        "Features": [{"Name": name, "Status": "ENABLED", **({"AdditionalConfiguration": [{"Name": "EKS_ADDON_MANAGEMENT", "Status": "ENABLED"}]} if name == "RUNTIME_MONITORING" else {})} for name in features],
        "Administrator": {"AccountId": DEV, "RelationshipStatus": "Enabled"} if number == PROD else None, "Members": [], "OrganizationConfiguration": None, "SevereFindingIds": [],
    }, {})
    standard = "aws-foundational-security-best-practices/v/1.0.0"
    add("aws.securityhub.hub", arn("securityhub", number, "hub/default", where), f"Security Hub {where}", where, number, {
        "HubArn": arn("securityhub", number, "hub/default", where), "SubscribedAt": ago(700), "AutoEnableControls": True, "ControlFindingGenerator": "SECURITY_CONTROL",
        "StandardsSubscriptions": [{"StandardsSubscriptionArn": arn("securityhub", number, f"subscription/{standard}", where), "StandardsArn": f"arn:aws:securityhub:{where}::standards/{standard}", "StandardsInput": {}, "StandardsStatus": "READY"}],
        "ProductSubscriptions": [arn("securityhub", number, "product-subscription/aws/guardduty", where)], "OrganizationConfiguration": None,
    })
    # The analyzer has found what is public in production; nobody has looked.
    open_findings = 2 if (number, where) == (PROD, IE) else 0
    add("aws.accessanalyzer.analyzer", arn("access-analyzer", number, "analyzer/external", where), "external", where, number, {
        "arn": arn("access-analyzer", number, "analyzer/external", where), "name": "external", "type": "ACCOUNT", "createdAt": ago(700), "status": "ACTIVE", "tags": {"Owner": "platform"},
        "Statistics": [{"externalAccessFindingsStatistics": {"resourceTypeStatistics": {}, "totalActiveFindings": open_findings, "totalArchivedFindings": 3, "totalResolvedFindings": 11}}],
    }, {"Owner": "platform"})
    add("aws.config.recorder", arn("config", number, "configuration-recorder/default/" + uuid(f"recorder {number} {where}")[:8], where), "default", where, number, {
        "name": "default", "arn": arn("config", number, "configuration-recorder/default/" + uuid(f"recorder {number} {where}")[:8], where), "roleARN": arn("iam", number, "role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"),
        "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": where == IE, "resourceTypes": [], "recordingStrategy": {"useOnly": "ALL_SUPPORTED_RESOURCE_TYPES"}},
        "recordingMode": {"recordingFrequency": "CONTINUOUS"}, "recordingScope": "PAID",
        "Status": [{"name": "default", "recording": True, "lastStatus": "SUCCESS", "lastStartTime": ago(700), "lastStatusChangeTime": ago(0, 1)}],
        "DeliveryChannels": [{"name": "default", "s3BucketName": "meridian-audit-logs", "configSnapshotDeliveryProperties": {"deliveryFrequency": "TwentyFour_Hours"}}],
    })


# --- keys, buckets, secrets, queues -------------------------------------------------------------------------------------

# In the form of a key's id, and so plain that nobody's scanner takes them for keys.
KEYS = {(name, number, where): f"00000000-0000-4000-8000-{index:012}" for index, (name, number, where) in enumerate([("data", PROD, IE), ("logs", PROD, IE), ("data", PROD, US), ("data", DEV, IE)], start=1)}


def key_arn(name, number=PROD, where=IE):
    return arn("kms", number, f"key/{KEYS[name, number, where]}", where)


def kms_key(name, about, number=PROD, where=IE, rotated=True):
    id_ = KEYS[name, number, where]
    tags = tags_of(number, "platform")
    rotation = {"KeyRotationEnabled": True, "KeyId": id_, "RotationPeriodInDays": 365, "NextRotationDate": ahead(90)}
    add("aws.kms.key", key_arn(name, number, where), id_, where, number, {
        "AWSAccountId": number, "KeyId": id_, "Arn": key_arn(name, number, where), "CreationDate": ago(980), "Enabled": True, "Description": about, "KeyUsage": "ENCRYPT_DECRYPT", "KeyState": "Enabled", "Origin": "AWS_KMS",
        "KeyManager": "CUSTOMER", "KeySpec": "SYMMETRIC_DEFAULT", "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"], "MultiRegion": False,
        "Policy": policy({"Sid": "Account", "Effect": "Allow", "Principal": {"AWS": arn("iam", number, "root")}, "Action": "kms:*", "Resource": "*"}),
        "Rotation": rotation if rotated else {"KeyRotationEnabled": False, "KeyId": id_}, "Aliases": [f"alias/{name}"], "Tags": tag_list(tags, "TagKey", "TagValue"),
    }, tags)


def bucket(name, owner, classification, number=PROD, where=IE, **changes):
    """A private bucket that keeps versions, encrypts and logs; `changes` are members of the document."""
    tags = tags_of(number, owner, classification)
    objects = [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]
    tls = {"Sid": "OnlyTls", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": objects, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    extra = changes.pop("Statements", [])
    owner_id = CANONICAL_OWNER[number]
    document = {
        "Name": name, "CreationDate": ago(990), "BucketRegion": where, "PublicAccessBlock": public_access_block(True), "AccountPublicAccessBlock": ACCOUNT_BLOCK[number],
        "Acl": {"Owner": {"ID": owner_id}, "Grants": [{"Grantee": {"ID": owner_id, "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}]},
        "Policy": policy(tls, *extra),
        "Encryption": {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn("data", number, where)}, "BucketKeyEnabled": True}]},
        "Versioning": {"Status": "Enabled", "MFADelete": "Disabled"}, "Logging": {"TargetBucket": f"meridian-{'access' if number == PROD else 'dev-access'}-logs", "TargetPrefix": f"{name}/"} if where == IE else None,
        "Lifecycle": [{"ID": "old-versions", "Status": "Enabled", "Filter": {"Prefix": ""}, "NoncurrentVersionExpiration": {"NoncurrentDays": 90}}],
        "Replication": None, "ObjectLock": None, "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}, "Website": None, "Notification": {"EventBridgeConfiguration": {}}, "Tagging": tag_list(tags),
    }
    add("aws.s3.bucket", f"arn:aws:s3:::{name}", name, where, number, {**document, **changes}, tags)


def buckets():
    sse = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]}
    # HOLE: bills of lading and passports, readable by anybody since a partner could not sign its requests.
    documents = "meridian-customer-documents"
    add_public = {"Sid": "PartnerPortal", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{documents}/*"}
    bucket(documents, "customs", "confidential", PublicAccessBlock=public_access_block(False), Statements=[add_public], Encryption=sse, Notification={"LambdaFunctionConfigurations": [{"LambdaFunctionArn": arn("lambda", PROD, "function:customs-import", IE), "Events": ["s3:ObjectCreated:*"]}]})
    audit = [{"Sid": f"Write{index}", "Effect": "Allow", "Principal": {"Service": service}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::meridian-audit-logs/*", "Condition": {"StringEquals": {"aws:SourceAccount": PROD}}} for index, service in enumerate(["cloudtrail.amazonaws.com", "config.amazonaws.com", "delivery.logs.amazonaws.com"])]
    bucket("meridian-audit-logs", "platform", "restricted", Statements=audit, ObjectLock={"ObjectLockEnabled": "Enabled"}, Versioning={"Status": "Enabled", "MFADelete": "Enabled"})
    bucket("meridian-access-logs", "platform", "internal", Encryption=sse, Statements=[{"Sid": "Logs", "Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::meridian-access-logs/*", "Condition": {"StringEquals": {"aws:SourceAccount": PROD}}}], Logging=None)
    bucket("meridian-shipping-labels", "booking", "confidential", Replication={"Role": arn("iam", PROD, "role/label-replication"), "Rules": [{"ID": "copy", "Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::meridian-shipping-labels-copy"}}]})
    bucket("meridian-shipping-labels-copy", "booking", "confidential", where=US)
    # HOLE: an old bucket for the web site's pictures, made before the team had its own module.
    bucket("meridian-website-pictures", "web", "public", Policy=None, Versioning={}, Encryption=sse, Logging=None, Lifecycle=None, OwnershipControls=None)
    bucket("meridian-build-artifacts", "platform", "internal", number=DEV)
    bucket("meridian-dev-access-logs", "platform", "internal", number=DEV, Logging=None, Encryption=sse)
    # Its own policy keeps everybody but its team out, the scanner too: what it says is unknown.
    denied = unknown("s3:GetBucketPolicy", "with an explicit deny in a resource-based policy")
    bucket("meridian-pricing-models", "pricing", "confidential", number=DEV, Policy=denied)


def secret(name, days, rotated, owner):
    tags = tags_of(PROD, owner, "restricted")
    id_ = arn("secretsmanager", PROD, f"secret:{name}-{uuid(name)[:6]}", IE)
    add("aws.secretsmanager.secret", id_, name, IE, PROD, {
        "ARN": id_, "Name": name, "KmsKeyId": key_arn("data"), "RotationEnabled": rotated, "RotationLambdaARN": None, "RotationRules": {"AutomaticallyAfterDays": 30} if rotated else None,
        "CreatedDate": ago(800), "LastRotatedDate": ago(days) if rotated else None, "LastChangedDate": ago(days), "LastAccessedDate": ago(1), "NextRotationDate": ahead(30 - days) if rotated else None,
        "Tags": tag_list(tags), "SecretVersionsToStages": {uuid(f"version {name}"): ["AWSCURRENT"]}, "ResourcePolicy": None,
    }, tags)
    return id_


def queue(name, dead_letters=None):
    tags = tags_of(PROD, "tracking")
    id_ = arn("sqs", PROD, name, IE)
    sender = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": id_, "Condition": {"ArnEquals": {"aws:SourceArn": arn("sns", PROD, "shipment-events", IE)}}}
    add("aws.sqs.queue", id_, name, IE, PROD, {
        "QueueArn": id_, "Policy": json.dumps(policy(sender)), "RedrivePolicy": json.dumps({"deadLetterTargetArn": arn("sqs", PROD, dead_letters, IE), "maxReceiveCount": 5}) if dead_letters else None,
        "MessageRetentionPeriod": "1209600", "VisibilityTimeout": "60", "SqsManagedSseEnabled": "true", "CreatedTimestamp": "1709287200", "Tags": tags,
    }, tags)


def topic(name, owner, protocol, endpoint, encrypted=True):
    tags = tags_of(PROD, owner)
    id_ = arn("sns", PROD, name, IE)
    own = {"Sid": "own", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["SNS:Publish", "SNS:Subscribe"], "Resource": id_, "Condition": {"StringEquals": {"AWS:SourceOwner": PROD}}}
    add("aws.sns.topic", id_, name, IE, PROD, {"TopicArn": id_, "Owner": PROD, "DisplayName": "", "Policy": json.dumps(policy(own)), "KmsMasterKeyId": key_arn("logs") if encrypted else None, "SubscriptionsConfirmed": "1", "SubscriptionsPending": "0", "SubscriptionsDeleted": "0", "Tags": tag_list(tags)}, tags)
    subscription = f"{id_}:{uuid(f'subscription {name}')}"
    add("aws.sns.subscription", subscription, endpoint, IE, PROD, {"SubscriptionArn": subscription, "Owner": PROD, "Protocol": protocol, "Endpoint": endpoint, "TopicArn": id_})


# --- identities ---------------------------------------------------------------------------------------------------------

def trust(service):
    return policy({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})


def inline(documents):
    """The same policies as listed, encoded, and as the catalog decodes them."""
    return [{"PolicyName": name, "PolicyDocument": encoded(document)} for name, document in documents.items()], [{"PolicyName": name, "PolicyDocument": document} for name, document in documents.items()]


def attached(names, number):
    return [{"PolicyName": name.split("/")[-1], "PolicyArn": f"arn:aws:iam::aws:policy/{name}" if name[0].isupper() or "/" in name else arn("iam", number, f"policy/{name}")} for name in names]


def role(name, trusted, number=PROD, owner="platform", managed=(), used=1, profile=False, **documents):
    tags = tags_of(number, owner)
    id_ = arn("iam", number, f"role/{name}")
    short = {"Path": "/", "RoleName": name, "RoleId": unique("AROA", name), "Arn": id_, "CreateDate": ago(800)}
    shell = {"Path": "/", "InstanceProfileName": name, "InstanceProfileId": unique("AIPA", name), "Arn": arn("iam", number, f"instance-profile/{name}"), "CreateDate": ago(800), "Roles": [short]}
    listed, decoded = inline(documents)
    add("aws.iam.role", id_, name, "global", number, {
        **short, "AssumeRolePolicyDocument": encoded(trusted), "InstanceProfileList": [shell] if profile else [], "RolePolicyList": listed, "AttachedManagedPolicies": attached(managed, number), "Tags": tag_list(tags),
        "RoleLastUsed": {"LastUsedDate": ago(used), "Region": IE}, "TrustPolicy": trusted, "InlinePolicies": decoded,
    }, tags)
    if profile:
        add("aws.iam.instance_profile", shell["Arn"], name, "global", number, {**shell, "Tags": tag_list(tags)}, tags)


def user(name, groups=(), managed=(), console=False, mfa=False, keys=(), owner="platform"):
    tags = tags_of(PROD, owner)
    report = {"PasswordEnabled": console, "PasswordLastUsed": ago(3) if console else None, "PasswordLastChanged": ago(41) if console else None, "MFAActive": mfa, "AccessKeys": list(keys)}
    add("aws.iam.user", arn("iam", PROD, f"user/{name}"), name, "global", PROD, {
        "Path": "/", "UserName": name, "UserId": unique("AIDA", name), "Arn": arn("iam", PROD, f"user/{name}"), "CreateDate": ago(1400), "UserPolicyList": [], "GroupList": list(groups),
        "AttachedManagedPolicies": attached(managed, PROD), "Tags": tag_list(tags), "InlinePolicies": [], "CredentialReport": report, "VirtualMFADevices": [],
    }, tags)


def group(name, managed):
    add("aws.iam.group", arn("iam", PROD, f"group/{name}"), name, "global", PROD, {"Path": "/", "GroupName": name, "GroupId": unique("AGPA", name), "Arn": arn("iam", PROD, f"group/{name}"), "CreateDate": ago(1400), "GroupPolicyList": [], "AttachedManagedPolicies": attached(managed, PROD), "InlinePolicies": []})


def managed_policy(name, document, attachments, owner=PROD):
    id_ = arn("iam", owner, f"policy/{name}")
    version = {"Document": encoded(document), "VersionId": "v3", "IsDefaultVersion": True, "CreateDate": ago(300)}
    add("aws.iam.policy", id_, name, "global", PROD, {"PolicyName": name, "PolicyId": unique("ANPA", name), "Arn": id_, "Path": "/", "DefaultVersionId": "v3", "AttachmentCount": attachments, "PermissionsBoundaryUsageCount": 0, "IsAttachable": True, "CreateDate": ago(800), "UpdateDate": ago(300), "PolicyVersionList": [version], "Document": document})


def identities():
    # HOLE: the build server's user from before the pipeline had roles: administrator, with a key from the first year.
    user("ci-deploy", managed=["AdministratorAccess"], keys=[{"Number": 1, "Active": True, "LastRotated": ago(1180), "LastUsedDate": ago(0, 5), "LastUsedService": "cloudformation"}])
    # HOLE: an accountant with a password and nothing else.
    user("e.moreau", groups=["billing"], console=True, owner="finance")
    user("break-glass", groups=["administrators"], console=True, mfa=True)
    group("administrators", ["AdministratorAccess"])
    group("billing", ["job-function/Billing"])
    # Of the provider's own policies those that weigh; it lists every one that is attached.
    for name, document, attachments in [("AdministratorAccess", allow("*"), 3), ("ReadOnlyAccess", allow(["dynamodb:Get*", "dynamodb:Query", "ec2:Describe*", "s3:Get*", "s3:List*", "sqs:Get*"]), 1), ("AWSSupportAccess", allow(["support:*", "supportplans:Get*"]), 1)]:
        managed_policy(name, document, attachments, owner="aws")
    managed_policy("booking-data", allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"], arn("dynamodb", PROD, "table/shipments", IE)), 1)
    managed_policy("label-data", allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::meridian-shipping-labels/*"), 1)
    for number in (PROD, DEV):
        add("aws.iam.saml_provider", arn("iam", number, "saml-provider/directory"), "directory", "global", number, {"Arn": arn("iam", number, "saml-provider/directory"), "ValidUntil": ahead(2000), "CreateDate": ago(900)})
        add("aws.iam.oidc_provider", arn("iam", number, "oidc-provider/token.actions.githubusercontent.com"), "token.actions.githubusercontent.com", "global", number, {"Arn": arn("iam", number, "oidc-provider/token.actions.githubusercontent.com"), "Configuration": {"Url": "token.actions.githubusercontent.com", "ClientIDList": ["sts.amazonaws.com"], "ThumbprintList": [], "CreateDate": ago(500), "Tags": tag_list(tags_of(number, "platform"))}}, tags_of(number, "platform"))
        pipeline = {"Effect": "Allow", "Principal": {"Federated": arn("iam", number, "oidc-provider/token.actions.githubusercontent.com")}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com", "token.actions.githubusercontent.com:sub": "repo:meridian-freight/platform:ref:refs/heads/main"}}}
        role("github-deploy", policy(pipeline), number, publish=allow("ecr:PutImage", arn("ecr", number, f"repository/{REPOSITORY[number]}", IE)))
        role("support", policy({"Effect": "Allow", "Principal": {"Federated": arn("iam", number, "saml-provider/directory")}, "Action": "sts:AssumeRoleWithSAML", "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}}), number, managed=["AWSSupportAccess"], used=20)
    # HOLE: whoever takes the jump host is administrator.
    role("ops-jumphost", trust("ec2.amazonaws.com"), managed=["AdministratorAccess", "AmazonSSMManagedInstanceCore"], profile=True)
    # HOLE: a route planner on trial, let in to read everything, without an external id, and never let out again.
    role("route-planner-trial", policy({"Effect": "Allow", "Principal": {"AWS": arn("iam", VENDOR, "root")}, "Action": "sts:AssumeRole"}), owner="dispatch", managed=["ReadOnlyAccess"], used=212)
    role("dispatch", trust("ec2.amazonaws.com"), owner="dispatch", managed=["AmazonSSMManagedInstanceCore"], profile=True, queue=allow(["sqs:ReceiveMessage", "sqs:DeleteMessage"], arn("sqs", PROD, "shipment-events", IE)))
    role("booking-task", trust("ecs-tasks.amazonaws.com"), owner="booking", managed=["booking-data"])
    role("booking-start", trust("ecs-tasks.amazonaws.com"), owner="booking", managed=["service-role/AmazonECSTaskExecutionRolePolicy"])
    role("label-printer", trust("lambda.amazonaws.com"), owner="booking", managed=["label-data", "service-role/AWSLambdaBasicExecutionRole"])
    role("customs-import", trust("lambda.amazonaws.com"), owner="customs", managed=["service-role/AWSLambdaBasicExecutionRole"], documents=allow(["s3:GetObject"], "arn:aws:s3:::meridian-customer-documents/*"))
    role("label-replication", trust("s3.amazonaws.com"), owner="booking", copy=allow(["s3:ReplicateObject"], "arn:aws:s3:::meridian-shipping-labels-copy/*"))
    role("trail-to-logs", trust("cloudtrail.amazonaws.com"), write=allow(["logs:CreateLogStream", "logs:PutLogEvents"], arn("logs", PROD, "log-group:organization-trail:*", IE)))
    role("rds-monitoring", trust("monitoring.rds.amazonaws.com"), managed=["service-role/AmazonRDSEnhancedMonitoringRole"])
    role("feature-preview", trust("lambda.amazonaws.com"), DEV, owner="web", managed=["service-role/AWSLambdaBasicExecutionRole"])


# --- audit --------------------------------------------------------------------------------------------------------------

def log_group(name, number=PROD, days=400, owner="platform", key="logs", where=IE):
    tags = tags_of(number, owner)
    bare = arn("logs", number, f"log-group:{name}", where)
    add("aws.logs.log_group", bare, name, where, number, {"logGroupName": name, "creationTime": 1709287200000, "retentionInDays": days, "metricFilterCount": 0, "arn": f"{bare}:*", "storedBytes": 734003200, "kmsKeyId": key_arn(key, number, where) if key else None, "logGroupClass": "STANDARD", "logGroupArn": bare, "deletionProtectionEnabled": number == PROD, "Tags": tags}, tags)


def events(*names, source=None):
    named = " || ".join(f"($.eventName = {name})" for name in names)
    return f"{{ ($.eventSource = {source}.amazonaws.com) && ({named}) }}" if source else f"{{ {named} }}"


# HOLE: nobody is told of changes of network ACLs and of the organisation.
ALARMS = {
    "root-usage": '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }',
    "unauthorized-calls": '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }',
    "sign-in-without-mfa": '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }',
    "sign-in-failures": '{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }',
    "cloudtrail-changes": events("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging", source="cloudtrail"),
    "config-changes": events("StopConfigurationRecorder", "DeleteDeliveryChannel", "PutDeliveryChannel", "PutConfigurationRecorder", source="config"),
    "iam-policy-changes": events("DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy", "PutGroupPolicy", "PutRolePolicy", "PutUserPolicy", "CreatePolicy", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion", "AttachRolePolicy", "DetachRolePolicy", "AttachUserPolicy", "DetachUserPolicy", "AttachGroupPolicy", "DetachGroupPolicy", source="iam"),
    "kms-key-removal": events("DisableKey", "ScheduleKeyDeletion", source="kms"),
    "s3-policy-changes": events("PutBucketAcl", "PutBucketPolicy", "PutBucketCors", "PutBucketLifecycle", "PutBucketReplication", "DeleteBucketPolicy", "DeleteBucketCors", "DeleteBucketLifecycle", "DeleteBucketReplication", source="s3"),
    "security-group-changes": events("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress", "CreateSecurityGroup", "DeleteSecurityGroup"),
    "gateway-changes": events("CreateCustomerGateway", "DeleteCustomerGateway", "AttachInternetGateway", "CreateInternetGateway", "DeleteInternetGateway", "DetachInternetGateway"),
    "route-table-changes": events("CreateRoute", "CreateRouteTable", "ReplaceRoute", "ReplaceRouteTableAssociation", "DeleteRouteTable", "DeleteRoute", "DisassociateRouteTable", source="ec2"),
    "vpc-changes": events("CreateVpc", "DeleteVpc", "ModifyVpcAttribute", "AcceptVpcPeeringConnection", "CreateVpcPeeringConnection", "DeleteVpcPeeringConnection", "RejectVpcPeeringConnection"),
}


def audit():
    tags = tags_of(PROD, "platform", "restricted")
    id_ = arn("cloudtrail", PROD, "trail/organization-trail", IE)
    trail = {
        "Name": "organization-trail", "S3BucketName": "meridian-audit-logs", "SnsTopicName": None, "SnsTopicARN": None, "IncludeGlobalServiceEvents": True, "IsMultiRegionTrail": True, "HomeRegion": IE, "TrailARN": id_, "LogFileValidationEnabled": True,
        "CloudWatchLogsLogGroupArn": arn("logs", PROD, "log-group:organization-trail:*", IE), "CloudWatchLogsRoleArn": arn("iam", PROD, "role/trail-to-logs"), "KmsKeyId": key_arn("logs"), "HasCustomEventSelectors": True, "HasInsightSelectors": False, "IsOrganizationTrail": True,
        "Status": {"IsLogging": True, "LatestDeliveryTime": ago(0, 1), "StartLoggingTime": ago(900), "LatestCloudWatchLogsDeliveryTime": ago(0), "LatestDigestDeliveryTime": ago(0, 1)},
        "EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}], "ExcludeManagementEventSources": []}], "AdvancedEventSelectors": None, "InsightSelectors": None, "Tags": tag_list(tags),
    }
    for number in (PROD, DEV):
        add("aws.cloudtrail.trail", id_, "organization-trail", IE, number, trail, tags)
    log_group("organization-trail", days=731)
    topic("security-alarms", "platform", "https", f"https://pager.{DOMAIN}/sns")
    topic("shipment-events", "tracking", "sqs", arn("sqs", PROD, "shipment-events", IE), encrypted=False)
    for name, pattern in ALARMS.items():
        metric = {"metricName": name, "metricNamespace": "Audit", "metricValue": "1"}
        add("aws.logs.metric_filter", arn("logs", PROD, f"log-group:organization-trail:metric-filter:{name}", IE), name, IE, PROD, {"filterName": name, "filterPattern": pattern, "metricTransformations": [metric], "creationTime": 1709287200000, "logGroupName": "organization-trail", "applyOnTransformedLogs": False})
        alarm(name, "Audit", name, "security-alarms")


def alarm(name, namespace, metric, topic_name):
    id_ = arn("cloudwatch", PROD, f"alarm:{name}", IE)
    add("aws.cloudwatch.alarm", id_, name, IE, PROD, {"AlarmName": name, "AlarmArn": id_, "ActionsEnabled": True, "OKActions": [], "AlarmActions": [arn("sns", PROD, topic_name, IE)], "InsufficientDataActions": [], "StateValue": "OK", "MetricName": metric, "Namespace": namespace, "Statistic": "Sum", "Dimensions": [], "Period": 300, "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanOrEqualToThreshold", "TreatMissingData": "notBreaching"})


# --- networks -----------------------------------------------------------------------------------------------------------

def network(name, number, cidr, layers, where=IE):
    """A VPC of two zones: `layers` are the kinds of its subnets, `public` first; its default group and network ACL."""
    tags = tags_of(number, "platform")
    vpc = hexid("vpc", name)
    named = lambda what: tag_list({"Name": f"{name}-{what}", **tags})
    put = lambda kind, what, id_, document, as_name=None: add(f"aws.ec2.{kind}", arn("ec2", number, f"{kind.replace('_', '-')}/{id_}", where), as_name or id_, where, number, {**document, "Tags": named(what)}, {"Name": f"{name}-{what}", **tags})
    put("vpc", "vpc", vpc, {"VpcId": vpc, "CidrBlock": cidr, "CidrBlockAssociationSet": [{"AssociationId": hexid("vpc-cidr-assoc", name), "CidrBlock": cidr, "CidrBlockState": {"State": "associated"}}], "DhcpOptionsId": hexid("dopt", name), "InstanceTenancy": "default", "IsDefault": False, "OwnerId": number, "State": "available"})
    gateway, nat = hexid("igw", name), hexid("nat", name)
    put("internet_gateway", "gateway", gateway, {"InternetGatewayId": gateway, "OwnerId": number, "Attachments": [{"State": "available", "VpcId": vpc}]})
    prefix = ".".join(cidr.split(".")[:2])
    subnets = []
    for row, layer in enumerate(layers):
        for column, zone in enumerate("ab"):
            id_ = hexid("subnet", f"{name} {layer} {zone}")
            subnets.append((layer, id_))
            put("subnet", f"{layer}-{zone}", id_, {"SubnetId": id_, "SubnetArn": arn("ec2", number, f"subnet/{id_}", where), "VpcId": vpc, "OwnerId": number, "AvailabilityZone": f"{where}{zone}", "AvailabilityZoneId": f"euw1-az{column + 1}", "CidrBlock": f"{prefix}.{row * 16 + column}.0/24", "AvailableIpAddressCount": 240, "DefaultForAz": False, "MapPublicIpOnLaunch": False, "AssignIpv6AddressOnCreation": False, "State": "available"})
        table = hexid("rtb", f"{name} {layer}")
        out = {"public": {"GatewayId": gateway}, "private": {"NatGatewayId": nat}}.get(layer)
        routes = [{"DestinationCidrBlock": cidr, "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"}]
        routes += [{"DestinationCidrBlock": "0.0.0.0/0", **out, "Origin": "CreateRoute", "State": "active"}] if out else []
        joined = [{"Main": False, "RouteTableAssociationId": hexid("rtbassoc", id_), "RouteTableId": table, "SubnetId": id_, "AssociationState": {"State": "associated"}} for kind, id_ in subnets if kind == layer]
        put("route_table", layer, table, {"RouteTableId": table, "VpcId": vpc, "OwnerId": number, "Associations": joined, "Routes": routes, "PropagatingVgws": []})
    acl = hexid("acl", name)
    entry = lambda number_, action, egress: {"RuleNumber": number_, "Protocol": "-1", "RuleAction": action, "Egress": egress, "CidrBlock": "0.0.0.0/0"}
    mine = lambda number_, source, port: {"RuleNumber": number_, "Protocol": "6", "RuleAction": "allow", "Egress": False, "CidrBlock": source, "PortRange": {"From": port[0], "To": port[1]}}
    put("network_acl", "acl", acl, {"NetworkAclId": acl, "VpcId": vpc, "OwnerId": number, "IsDefault": False, "Associations": [{"NetworkAclAssociationId": hexid("aclassoc", id_), "NetworkAclId": acl, "SubnetId": id_} for _, id_ in subnets], "Entries": ACL_OF.get(name, lambda mine: [])(mine) + [{"RuleNumber": 200, "Protocol": "-1", "RuleAction": "allow", "Egress": False, "CidrBlock": cidr}, entry(100, "allow", True), entry(32767, "deny", False), entry(32767, "deny", True)]})
    group_in(name, number, "default", "default VPC security group", [], where=where, egress=[])
    flow = hexid("fl", name)
    add("aws.ec2.flow_log", arn("ec2", number, f"vpc-flow-log/{flow}", where), flow, where, number, {"FlowLogId": flow, "FlowLogStatus": "ACTIVE", "ResourceId": vpc, "TrafficType": "ALL", "DeliverLogsStatus": "SUCCESS", "LogDestinationType": "s3", "LogDestination": "arn:aws:s3:::meridian-audit-logs/flow", "LogFormat": "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}", "MaxAggregationInterval": 60, "CreationTime": ago(880), "Tags": tag_list(tags)}, tags)
    if "private" in layers:
        nat_gateway(name, number, vpc, subnets[0][1], where, tags)


# HOLE: the network ACL of production lets SSH in too, for the jump host.
ACL_OF = {
    "production": lambda mine: [mine(100, "0.0.0.0/0", (443, 443)), mine(101, "0.0.0.0/0", (80, 80)), mine(102, "0.0.0.0/0", (22, 22)), mine(103, "0.0.0.0/0", (3306, 3306)), mine(110, "0.0.0.0/0", (32768, 65535))],
    "development": lambda mine: [mine(100, "0.0.0.0/0", (443, 443)), mine(110, "0.0.0.0/0", (32768, 65535))],
}


def nat_gateway(name, number, vpc, subnet, where, tags):
    nat, allocation, interface, public = hexid("nat", name), hexid("eipalloc", name), hexid("eni", f"nat {name}"), "198.51.100.20"
    add("aws.ec2.nat_gateway", arn("ec2", number, f"natgateway/{nat}", where), nat, where, number, {"NatGatewayId": nat, "State": "available", "ConnectivityType": "public", "SubnetId": subnet, "VpcId": vpc, "CreateTime": ago(880), "NatGatewayAddresses": [{"AllocationId": allocation, "NetworkInterfaceId": interface, "PrivateIp": "10.20.0.5", "PublicIp": public}], "Tags": tag_list(tags)}, tags)
    add("aws.ec2.address", arn("ec2", number, f"elastic-ip/{allocation}", where), allocation, where, number, {"AllocationId": allocation, "AssociationId": hexid("eipassoc", name), "Domain": "vpc", "PublicIp": public, "PrivateIpAddress": "10.20.0.5", "NetworkInterfaceId": interface, "NetworkInterfaceOwnerId": number, "NetworkBorderGroup": where, "PublicIpv4Pool": "amazon", "Tags": tag_list(tags)}, tags)
    interface_of(f"nat {name}", number, subnet, vpc, [], "NAT gateway", "10.20.0.5", where=where)


def rule(port, cidr=None, group_name=None, network_name=None, about=""):
    """One inbound rule: a port, and whom it lets in."""
    ranges = [{"CidrIp": cidr, "Description": about}] if cidr else []
    pairs = [{"GroupId": hexid("sg", f"{network_name} {group_name}"), "UserId": PROD, "Description": about}] if group_name else []
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": ranges, "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": pairs}


ANYWHERE = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}]


def group_in(network_name, number, name, about, rules, owner="platform", where=IE, egress=None):
    id_ = hexid("sg", f"{network_name} {name}")
    tags = tags_of(number, owner)
    add("aws.ec2.security_group", arn("ec2", number, f"security-group/{id_}", where), name, where, number, {"GroupId": id_, "GroupName": name, "Description": about, "OwnerId": number, "VpcId": hexid("vpc", network_name), "IpPermissions": rules, "IpPermissionsEgress": ANYWHERE if egress is None else egress, "Tags": tag_list(tags)}, tags)


def interface_of(name, number, subnet, vpc, groups, about, private, instance=None, public=None, where=IE):
    id_ = hexid("eni", name)
    kind = "nat_gateway" if not groups else "interface"
    attachment = {"AttachmentId": hexid("eni-attach", name), "InstanceOwnerId": number if instance else "amazon-aws", "DeviceIndex": 0, "Status": "attached", "DeleteOnTermination": bool(instance), **({"InstanceId": instance} if instance else {})}
    association = {"Association": {"PublicIp": public, "IpOwnerId": "amazon"}} if public else {}
    add("aws.ec2.network_interface", arn("ec2", number, f"network-interface/{id_}", where), id_, where, number, {"NetworkInterfaceId": id_, "Description": about, "InterfaceType": kind, "Status": "in-use", "OwnerId": number, "RequesterManaged": not instance, "SourceDestCheck": kind == "interface", "AvailabilityZone": f"{where}a", "VpcId": vpc, "SubnetId": subnet, "PrivateIpAddress": private, "Groups": groups, "Attachment": attachment, "TagSet": [], **association}, {})


def networks():
    network("production", PROD, "10.20.0.0/16", ["public", "private", "data"])
    network("development", DEV, "10.40.0.0/16", ["public"])
    inside = dict(network_name="production")
    group_in("production", PROD, "web", "Load balancer of the tracking site", [rule(443, "0.0.0.0/0", about="customers"), rule(80, "0.0.0.0/0", about="redirected")], "tracking")
    group_in("production", PROD, "app", "Services behind the load balancer", [rule(8080, group_name="web", about="load balancer", **inside)], "booking")
    group_in("production", PROD, "dispatch", "Dispatch workers", [rule(22, group_name="jumphost", about="operators", **inside)], "dispatch")
    group_in("production", PROD, "database", "Databases", [rule(5432, group_name="app", about="services", **inside)], "booking")
    # HOLE: opened on a Saturday, "for an hour".
    group_in("production", PROD, "jumphost", "Jump host of the operators", [rule(22, "0.0.0.0/0", about="TEMP remove after migration")])
    # HOLE: the analysts' tool has no fixed address.
    group_in("production", PROD, "reporting", "Reporting database", [rule(3306, "0.0.0.0/0", about="BI tool"), rule(3306, group_name="dispatch", about="export", **inside)], "analytics")
    group_in("development", DEV, "preview", "Previews of features", [rule(443, "203.0.113.0/24", about="office")], "web")


# --- computing ----------------------------------------------------------------------------------------------------------

def instance(name, subnet, group_name, private, profile, owner, network_name="production", number=PROD, public=None, imds="required", size=50, classification="internal"):
    id_, volume, eni = hexid("i", name), hexid("vol", name), hexid("eni", name)
    where, vpc = IE, hexid("vpc", network_name)
    groups = [{"GroupId": hexid("sg", f"{network_name} {group_name}"), "GroupName": group_name}]
    tags = {"Name": name, **tags_of(number, owner, classification)}
    world = [{"group": groups[0]["GroupId"], "source": "0.0.0.0/0", "protocol": "tcp", "from": 22, "to": 22}] if public else []
    association = {"Association": {"PublicIp": public, "IpOwnerId": "amazon"}} if public else {}
    opened = [record["resource"]["document"] for record in records if record["resource"]["document"].get("GroupId") == groups[0]["GroupId"]] if public else []
    add("aws.ec2.instance", arn("ec2", number, f"instance/{id_}", where), id_, where, number, {
        "InstanceId": id_, "ImageId": hexid("ami", "al2023"), "InstanceType": "m7i.large", "KeyName": "operators" if public else None, "LaunchTime": ago(60), "State": {"Code": 16, "Name": "running"}, "PlatformDetails": "Linux/UNIX", "VirtualizationType": "hvm",
        "Placement": {"AvailabilityZone": f"{where}a", "Tenancy": "default"}, "Monitoring": {"State": "enabled"}, "EbsOptimized": True, "VpcId": vpc, "SubnetId": subnet, "PrivateIpAddress": private, "PublicIpAddress": public, "StateTransitionReason": "", "SourceDestCheck": True,
        "RootDeviceType": "ebs", "RootDeviceName": "/dev/xvda", "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeId": volume, "Status": "attached", "DeleteOnTermination": True}}],
        "IamInstanceProfile": {"Arn": arn("iam", number, f"instance-profile/{profile}"), "Id": unique("AIPA", profile)} if profile else None, "SecurityGroups": groups,
        "NetworkInterfaces": [{"NetworkInterfaceId": eni, "InterfaceType": "interface", "SubnetId": subnet, "PrivateIpAddress": private, "Ipv6Addresses": [], "Groups": groups, **association}],
        "MetadataOptions": {"State": "applied", "HttpTokens": imds, "HttpPutResponseHopLimit": 1, "HttpEndpoint": "enabled", "HttpProtocolIpv6": "disabled", "InstanceMetadataTags": "disabled"}, "EnclaveOptions": {"Enabled": False}, "Tags": tag_list(tags),
        "UserData": "#!/bin/bash\ndnf install -y mariadb105\n" if public else "#!/bin/bash\nsystemctl enable --now dispatch\n",
        "Image": {"ImageId": hexid("ami", "al2023"), "Name": "al2023-ami-2023.9", "ImageOwnerAlias": "amazon", "OwnerId": "137112412989", "Public": True, "State": "available", "DeprecationTime": ahead(700), "CreationDate": ago(30)},
        "InstanceInformation": [{"InstanceId": id_, "PingStatus": "Online", "PlatformType": "Linux"}], "PublicIpv4Groups": [group_["GroupId"] for group_ in groups] if public else [], "PublicIpv6Groups": [], "PublicSecurityGroups": opened, "InternetRules": world,
    }, tags)
    volume_arn = arn("ec2", number, f"volume/{volume}", where)
    add("aws.ec2.volume", volume_arn, volume, where, number, {
        "VolumeId": volume, "State": "in-use", "Size": size, "VolumeType": "gp3", "AvailabilityZone": f"{where}a", "CreateTime": ago(60), "Encrypted": True, "KmsKeyId": key_arn("data", number), "SnapshotId": hexid("snap", "al2023"),
        "Attachments": [{"Device": "/dev/xvda", "InstanceId": id_, "State": "attached", "VolumeId": volume, "DeleteOnTermination": True}], "Tags": tag_list(tags), "ProtectedResource": [{"ResourceArn": volume_arn, "ResourceType": "EBS", "LastBackupTime": ago(0, 13)}] if number == PROD else [],
    }, tags)
    interface_of(name, number, subnet, vpc, groups, "Primary network interface", private, id_, public)


def machines():
    private = hexid("subnet", "production private a")
    instance("dispatch-1", private, "dispatch", "10.20.16.11", "dispatch", "dispatch")
    # HOLE: its old agent asks for metadata without a session.
    instance("dispatch-2", private, "dispatch", "10.20.16.12", "dispatch", "dispatch", imds="optional")
    # HOLE: SSH for the whole world, and an administrator's role.
    instance("jumphost", hexid("subnet", "production public a"), "jumphost", "10.20.0.9", "ops-jumphost", "platform", public="203.0.113.77")
    instance("preview", hexid("subnet", "development public a"), "preview", "10.40.0.12", None, "web", network_name="development", number=DEV)
    tags = tags_of(PROD, "dispatch")
    # HOLE: a copy from before encryption was the default.
    add("aws.ec2.snapshot", arn("ec2", PROD, f"snapshot/{hexid('snap', 'old')}", IE), hexid("snap", "old"), IE, PROD, {"SnapshotId": hexid("snap", "old"), "VolumeId": hexid("vol", "gone"), "VolumeSize": 50, "State": "completed", "Progress": "100%", "StartTime": ago(1100), "OwnerId": PROD, "StorageTier": "standard", "Encrypted": False, "KmsKeyId": None, "Tags": tag_list(tags), "RestorableByAll": False, "CreateVolumePermissions": []}, tags)


def function(name, runtime, owner, role_name, number=PROD, variables=None, classification="internal", callers=None, **changes):
    tags = tags_of(number, owner, classification)
    id_ = arn("lambda", number, f"function:{name}", IE)
    document = {
        "FunctionName": name, "FunctionArn": id_, "Runtime": runtime, "Role": arn("iam", number, f"role/{role_name}"), "Handler": "app.handler", "CodeSize": 20480, "Timeout": 30, "MemorySize": 256, "LastModified": ago(60), "Version": "$LATEST", "VpcConfig": None, "DeadLetterConfig": None,
        "Environment": {"Variables": variables or {}}, "KMSKeyArn": None, "TracingConfig": {"Mode": "Active"}, "Layers": [], "State": "Active", "PackageType": "Zip", "Architectures": ["arm64"], "EphemeralStorage": {"Size": 512}, "LoggingConfig": {"LogFormat": "JSON", "LogGroup": f"/aws/lambda/{name}"},
        "Policy": callers, "UrlConfig": None, "CodeSigningConfigArn": None, "Concurrency": {"ReservedConcurrentExecutions": None}, "Tags": tags,
    }
    add("aws.lambda.function", id_, name, IE, number, {**document, **changes}, tags)
    log_group(f"/aws/lambda/{name}", number, days=400 if number == PROD else 365, owner=owner, key="logs" if number == PROD else None)


def functions():
    from_bucket = policy({"Sid": "bucket", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "lambda:InvokeFunction", "Resource": arn("lambda", PROD, "function:customs-import", IE), "Condition": {"StringEquals": {"AWS:SourceAccount": PROD}, "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::meridian-customer-documents"}}})
    # HOLE: credentials in plain view of whoever may list functions.
    function("customs-import", "python3.13", "customs", "customs-import", classification="confidential", callers=from_bucket, variables={"STAGE": "production", "CUSTOMS_API": "https://api.customs.example/v2", "CUSTOMS_PASSWORD": REDACTED_PASSWORD, "STRIPE_KEY": REDACTED_STRIPE_KEY})
    function("label-printer", "nodejs22.x", "booking", "label-printer", variables={"BUCKET": "meridian-shipping-labels"})
    # HOLE: forgotten since the prototype, in a language version without patches.
    function("feature-preview", "python3.8", "web", "feature-preview", DEV)


def containers():
    tags = tags_of(PROD, "booking")
    lower = tag_list(tags, "key", "value")
    cluster = arn("ecs", PROD, "cluster/booking", IE)
    add("aws.ecs.cluster", cluster, "booking", IE, PROD, {"clusterArn": cluster, "clusterName": "booking", "status": "ACTIVE", "registeredContainerInstancesCount": 0, "runningTasksCount": 2, "activeServicesCount": 1, "settings": [{"name": "containerInsights", "value": "enabled"}], "configuration": {"executeCommandConfiguration": {"kmsKeyId": key_arn("logs"), "logging": "OVERRIDE", "logConfiguration": {"cloudWatchLogGroupName": "/ecs/booking", "cloudWatchEncryptionEnabled": True}}}, "tags": lower}, tags)
    task = arn("ecs", PROD, "task-definition/booking-api:41", IE)
    database = secret("booking/database", 12, True, "booking")
    container = {
        "name": "api", "image": f"{PROD}.dkr.ecr.{IE}.amazonaws.com/booking:2026.11.3", "essential": True, "portMappings": [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}], "user": "1000", "privileged": False, "readonlyRootFilesystem": True,
        "environment": [{"name": "STAGE", "value": "production"}], "secrets": [{"name": "DATABASE", "valueFrom": database}], "linuxParameters": {"capabilities": {"add": [], "drop": ["ALL"]}},
        "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/booking", "awslogs-region": IE, "awslogs-stream-prefix": "api", "mode": "non-blocking"}},
    }
    add("aws.ecs.task_definition", task, "booking-api:41", IE, PROD, {"taskDefinitionArn": task, "family": "booking-api", "revision": 41, "status": "ACTIVE", "taskRoleArn": arn("iam", PROD, "role/booking-task"), "executionRoleArn": arn("iam", PROD, "role/booking-start"), "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "compatibilities": ["EC2", "FARGATE"], "cpu": "512", "memory": "1024", "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}, "containerDefinitions": [container], "volumes": [], "Tags": lower}, tags)
    target = arn("elasticloadbalancing", PROD, f"targetgroup/booking/{uuid('target')[:8]}00000000", IE)
    balancer = arn("elasticloadbalancing", PROD, f"loadbalancer/app/tracking/{uuid('balancer')[:8]}00000000", IE)
    service = arn("ecs", PROD, "service/booking/api", IE)
    network_ = {"awsvpcConfiguration": {"subnets": [hexid("subnet", f"production private {zone}") for zone in "ab"], "securityGroups": [hexid("sg", "production app")], "assignPublicIp": "DISABLED"}}
    add("aws.ecs.service", service, "api", IE, PROD, {"serviceArn": service, "serviceName": "api", "clusterArn": cluster, "status": "ACTIVE", "desiredCount": 2, "runningCount": 2, "launchType": "FARGATE", "platformVersion": "LATEST", "platformFamily": "Linux", "taskDefinition": task, "loadBalancers": [{"targetGroupArn": target, "containerName": "api", "containerPort": 8080}], "networkConfiguration": network_, "schedulingStrategy": "REPLICA", "deploymentController": {"type": "ECS"}, "taskSets": [], "enableExecuteCommand": False, "tags": lower, "PublicSecurityGroups": []}, tags)
    log_group("/ecs/booking", owner="booking")
    front_door(balancer, target)
    for index, (who, name) in enumerate([("app", "booking api a"), ("app", "booking api b"), ("web", "tracking balancer"), ("database", "booking database"), ("reporting", "reporting database")]):
        layer = {"web": "public", "app": "private", "database": "data", "reporting": "public"}[who]
        interface_of(name, PROD, hexid("subnet", f"production {layer} a"), hexid("vpc", "production"), [{"GroupId": hexid("sg", f"production {who}"), "GroupName": who}], name, f"10.20.{dict(public=0, private=16, data=32)[layer]}.{40 + index}")


def front_door(balancer, target):
    tags = tags_of(PROD, "tracking")
    vpc = hexid("vpc", "production")
    acl = arn("wafv2", PROD, f"regional/webacl/tracking/{uuid('acl')}", IE)
    zones = [{"ZoneName": f"{IE}{zone}", "SubnetId": hexid("subnet", f"production public {zone}")} for zone in "ab"]
    attributes = {"access_logs.s3.enabled": "true", "access_logs.s3.bucket": "meridian-access-logs", "deletion_protection.enabled": "true", "routing.http.drop_invalid_header_fields.enabled": "true", "routing.http.desync_mitigation_mode": "defensive", "load_balancing.cross_zone.enabled": "true"}
    host = f"tracking-1203948576.{IE}.elb.amazonaws.com"
    add("aws.elbv2.load_balancer", balancer, "tracking", IE, PROD, {"LoadBalancerArn": balancer, "LoadBalancerName": "tracking", "DNSName": host, "Scheme": "internet-facing", "Type": "application", "State": {"Code": "active"}, "VpcId": vpc, "IpAddressType": "ipv4", "CreatedTime": ago(700), "SecurityGroups": [hexid("sg", "production web")], "AvailabilityZones": zones, "Attributes": attributes, "WebAclArn": acl, "Tags": tag_list(tags)}, tags)
    add("aws.elbv2.target_group", target, "booking", IE, PROD, {"TargetGroupArn": target, "TargetGroupName": "booking", "Protocol": "HTTPS", "ProtocolVersion": "HTTP1", "Port": 8080, "VpcId": vpc, "TargetType": "ip", "HealthCheckEnabled": True, "HealthCheckProtocol": "HTTPS", "HealthCheckPort": "traffic-port", "HealthCheckPath": "/health", "LoadBalancerArns": [balancer]})
    certificate = arn("acm", PROD, f"certificate/{uuid('certificate')}", IE)
    base = balancer.replace(":loadbalancer/", ":listener/")
    redirect = [{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}]
    for suffix, port, protocol, actions, secure in [("a1", 443, "HTTPS", [{"Type": "forward", "TargetGroupArn": target}], {"SslPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", "Certificates": [{"CertificateArn": certificate}], "SslProtocols": ["TLSv1.2", "TLSv1.3"]}), ("b2", 80, "HTTP", redirect, {"Certificates": [], "SslProtocols": []})]:
        add("aws.elbv2.listener", f"{base}/{suffix}00000000000000", f"listener/app/tracking/{uuid('balancer')[:8]}00000000/{suffix}00000000000000", IE, PROD, {"ListenerArn": f"{base}/{suffix}00000000000000", "LoadBalancerArn": balancer, "Port": port, "Protocol": protocol, "DefaultActions": actions, **secure})
    managed = {"Name": "common", "Priority": 0, "Statement": {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet"}}, "OverrideAction": {"None": {}}, "VisibilityConfig": {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "common"}}
    # HOLE: the web ACL keeps no log.
    add("aws.wafv2.web_acl", acl, "tracking", IE, PROD, {"Name": "tracking", "Id": uuid("acl"), "ARN": acl, "DefaultAction": {"Allow": {}}, "Capacity": 700, "ManagedByFirewallManager": False, "Rules": [managed], "VisibilityConfig": {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "tracking"}, "LoggingConfiguration": None})
    names = [f"tracking.{DOMAIN}"]
    add("aws.acm.certificate", certificate, names[0], IE, PROD, {
        "CertificateArn": certificate, "DomainName": names[0], "SubjectAlternativeNameSummaries": names, "HasAdditionalSubjectAlternativeNames": False, "Status": "ISSUED", "Type": "AMAZON_ISSUED", "KeyAlgorithm": "EC_prime256v1", "InUse": True, "RenewalEligibility": "ELIGIBLE", "NotBefore": ago(100), "NotAfter": ahead(290), "CreatedAt": ago(100), "IssuedAt": ago(100),
        "Certificate": {"CertificateArn": certificate, "DomainName": names[0], "SubjectAlternativeNames": names, "DomainValidationOptions": [{"DomainName": names[0], "ValidationStatus": "SUCCESS", "ValidationMethod": "DNS"}], "SignatureAlgorithm": "SHA256WITHECDSA", "InUseBy": [balancer], "RenewalEligibility": "ELIGIBLE", "Options": {"CertificateTransparencyLoggingPreference": "ENABLED", "Export": "DISABLED"}},
        "Tags": tag_list(tags),
    }, tags)
    log_group(f"/aws/route53/{DOMAIN}", owner="tracking", key="data", where=US)
    zone = "Z0MERIDIAN0FREIGHT00"
    add("aws.route53.hosted_zone", f"arn:aws:route53:::hostedzone/{zone}", f"{DOMAIN}.", "global", PROD, {
        "Id": f"/hostedzone/{zone}", "Name": f"{DOMAIN}.", "CallerReference": "1", "Config": {"PrivateZone": False}, "ResourceRecordSetCount": 2, "QueryLoggingConfigs": [{"Id": uuid("query log"), "HostedZoneId": zone, "CloudWatchLogsLogGroupArn": arn("logs", PROD, f"log-group:/aws/route53/{DOMAIN}", US)}],
        "Records": [{"Name": f"{DOMAIN}.", "Type": "NS", "TTL": 172800, "ResourceRecords": [{"Value": "ns-1.awsdns-01.example."}]}, {"Name": f"{names[0]}.", "Type": "A", "AliasTarget": {"HostedZoneId": "Z32O12XQLNTSW2", "DNSName": f"{host}.", "EvaluateTargetHealth": True}}],
        "DNSSEC": {"ServeSignature": "SIGNING"}, "Tags": tag_list(tags),
    }, tags)


def registry(number, repository_name):
    scanning = {"scanType": "ENHANCED", "rules": [{"scanFrequency": "CONTINUOUS_SCAN", "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}]}]}
    add("aws.ecr.registry", arn("ecr", number, "registry", IE), IE, IE, number, {"registryId": number, "Scanning": scanning, "Policy": None})
    tags = tags_of(number, "booking" if number == PROD else "web")
    id_ = arn("ecr", number, f"repository/{repository_name}", IE)
    add("aws.ecr.repository", id_, repository_name, IE, number, {
        "repositoryArn": id_, "registryId": number, "repositoryName": repository_name, "repositoryUri": f"{number}.dkr.ecr.{IE}.amazonaws.com/{repository_name}", "createdAt": ago(700), "imageTagMutability": "IMMUTABLE" if number == PROD else "MUTABLE", "imageScanningConfiguration": {"scanOnPush": True}, "encryptionConfiguration": {"encryptionType": "KMS", "kmsKey": key_arn("data", number)}, "Policy": None,
        "LifecyclePolicy": {"rules": [{"rulePriority": 1, "selection": {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 14}, "action": {"type": "expire"}}]}, "RegistryScanning": scanning,
        "LatestImage": {"repositoryName": repository_name, "imageDigest": "sha256:" + hashlib.sha256(repository_name.encode()).hexdigest(), "imageTags": ["2026.11.3"], "imagePushedAt": ago(4), "imageScanStatus": {"status": "ACTIVE"}, "imageScanFindingsSummary": {"findingSeverityCounts": {"MEDIUM": 2, "LOW": 9}}}, "Tags": tag_list(tags),
    }, tags)


# --- databases ----------------------------------------------------------------------------------------------------------

def database(name, engine, version, port, owner, group_name, layer, classification, parameter, **changes):
    tags = tags_of(PROD, owner, classification)
    id_ = arn("rds", PROD, f"db:{name}", IE)
    subnets = [hexid("subnet", f"production {layer} {zone}") for zone in "ab"]
    document = {
        "DBInstanceIdentifier": name, "DBInstanceArn": id_, "DbiResourceId": "db-" + hashlib.sha256(name.encode()).hexdigest()[:26].upper(), "DBInstanceClass": "db.m7g.large", "Engine": engine, "EngineVersion": version, "EngineLifecycleSupport": "open-source-rds-extended-support-disabled", "DBInstanceStatus": "available", "MasterUsername": f"{name}_owner",
        "MasterUserSecret": None, "Endpoint": {"Address": f"{name}.c1example.{IE}.rds.amazonaws.com", "Port": port}, "AllocatedStorage": 200, "InstanceCreateTime": ago(800), "BackupRetentionPeriod": 14, "VpcSecurityGroups": [{"VpcSecurityGroupId": hexid("sg", f"production {group_name}"), "Status": "active"}],
        "DBParameterGroups": [{"DBParameterGroupName": name, "ParameterApplyStatus": "in-sync"}], "DBSubnetGroup": {"DBSubnetGroupName": layer, "VpcId": hexid("vpc", "production"), "SubnetGroupStatus": "Complete", "Subnets": [{"SubnetIdentifier": subnet, "SubnetStatus": "Active"} for subnet in subnets]},
        "MultiAZ": True, "AutoMinorVersionUpgrade": True, "PubliclyAccessible": False, "StorageType": "gp3", "StorageEncrypted": True, "KmsKeyId": key_arn("data"), "CACertificateIdentifier": "rds-ca-rsa2048-g1", "CertificateDetails": {"CAIdentifier": "rds-ca-rsa2048-g1", "ValidTill": ahead(300)}, "CopyTagsToSnapshot": True, "MonitoringInterval": 60,
        "MonitoringRoleArn": arn("iam", PROD, "role/rds-monitoring"), "IAMDatabaseAuthenticationEnabled": True, "PerformanceInsightsEnabled": True, "PerformanceInsightsKMSKeyId": key_arn("data"), "EnabledCloudwatchLogsExports": ["postgresql"] if engine == "postgres" else ["error", "audit"], "DeletionProtection": True, "TagList": tag_list(tags),
        "InternetIngress": [], "PublicSubnetIds": [], "Parameters": [{"ParameterName": parameter, "ParameterValue": "1", "Source": "user", "ApplyType": "dynamic", "DataType": "boolean", "IsModifiable": True, "ApplyMethod": "immediate"}], "EngineVersions": [{"Engine": engine, "EngineVersion": version}],
        "BackupRecoveryPoints": [{"ResourceArn": id_, "ResourceType": "RDS", "LastBackupTime": ago(0, 13)}],
    }
    if layer == "public":
        document["PublicSubnetIds"] = subnets
    add("aws.rds.instance", id_, name, IE, PROD, {**document, **changes}, tags)


def databases():
    database("booking", "postgres", "16.10", 5432, "booking", "database", "data", "confidential", "rds.force_ssl")
    # HOLE: an extract of the bookings for the analysts, with a public address, open to all, on a disk without encryption, and tagged as if it were harmless.
    database("reporting", "mysql", "8.0.43", 3306, "analytics", "reporting", "public", "internal", "require_secure_transport",
             PubliclyAccessible=True, StorageEncrypted=False, KmsKeyId=None, BackupRetentionPeriod=7, PerformanceInsightsKMSKeyId=None,
             InternetIngress=[{"source": "0.0.0.0/0", "protocol": "tcp", "from": 3306, "to": 3306}], BackupRecoveryPoints=[])
    secret("reporting/database", 240, False, "analytics")
    subscription = arn("rds", PROD, "es:databases", IE)
    add("aws.rds.event_subscription", subscription, "databases", IE, PROD, {"CustomerAwsId": PROD, "CustSubscriptionId": "databases", "EventSubscriptionArn": subscription, "SnsTopicArn": arn("sns", PROD, "security-alarms", IE), "Status": "active", "SourceType": "db-instance", "SourceIdsList": [], "EventCategoriesList": ["maintenance", "configuration change", "failure"], "Enabled": True})
    tags = tags_of(PROD, "tracking", "confidential")
    table = arn("dynamodb", PROD, "table/shipments", IE)
    add("aws.dynamodb.table", table, "shipments", IE, PROD, {"TableName": "shipments", "TableArn": table, "TableId": uuid("shipments"), "TableStatus": "ACTIVE", "CreationDateTime": ago(800), "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"}, "ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}, "SSEDescription": {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": key_arn("data")}, "DeletionProtectionEnabled": True, "ContinuousBackups": {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "ENABLED", "RecoveryPeriodInDays": 35}}, "Policy": None, "Tags": tag_list(tags), "ScalableTargets": [], "BackupRecoveryPoints": [{"ResourceArn": table, "ResourceType": "DynamoDB", "LastBackupTime": ago(0, 13)}]}, tags)
    vault = arn("backup", PROD, "backup-vault:daily", IE)
    add("aws.backup.vault", vault, "daily", IE, PROD, {"BackupVaultName": "daily", "BackupVaultArn": vault, "VaultType": "BACKUP_VAULT", "CreationDate": ago(700), "EncryptionKeyArn": key_arn("data"), "NumberOfRecoveryPoints": 88, "Locked": True, "MinRetentionDays": 7, "Policy": None})
    plan = arn("backup", PROD, f"backup-plan:{uuid('plan')}", IE)
    add("aws.backup.plan", plan, "daily", IE, PROD, {"BackupPlanArn": plan, "BackupPlanId": uuid("plan"), "BackupPlanName": "daily", "CreationDate": ago(700), "LastExecutionDate": ago(0, 13)})


# --- the whole ----------------------------------------------------------------------------------------------------------

def estate():
    for number in (PROD, DEV):
        account(number)
        for where in (IE, US):
            region(number, where)
    guardrails()
    kms_key("data", "Data of the company")
    # HOLE: made by hand, without rotation.
    kms_key("logs", "Logs and alarms", rotated=False)
    kms_key("data", "Copies of labels", where=US)
    kms_key("data", "Data of the previews", DEV)
    identities()
    audit()
    networks()
    machines()
    buckets()
    functions()
    containers()
    for number, name in REPOSITORY.items():
        registry(number, name)
    databases()
    queue("shipment-events", "shipment-events-dead")
    queue("shipment-events-dead")
    # The scanner's role may not ask for these: whether there are any is unknown.
    unread("aws.secretsmanager.secret", DEV, IE, "secretsmanager:ListSecrets")
    unread("aws.sns.topic", DEV, US, "sns:ListTopics")


def main():
    estate()
    path = pathlib.Path(__file__).with_name("estate.jsonl")
    lines = [json.dumps(record, ensure_ascii=False, separators=(",", ":")) for record in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
