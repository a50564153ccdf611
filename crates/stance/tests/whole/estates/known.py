"""An account whose right verdicts are known: what it holds is named after what is right or wrong with it."""

import datetime
import io
import json
import zipfile

EVERYBODY = "http://acs.amazonaws.com/groups/global/AllUsers"
ANY_ACCOUNT = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
STRANGER = "999999999999"


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(resource, action, principal="*", condition=None, **more):
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    if principal is not None:
        statement["Principal"] = principal
    if condition is not None:
        statement["Condition"] = condition
    statement.update(more)
    return {key: value for key, value in statement.items() if value is not None}


def fill(client, account):
    labels = {}
    buckets(client("s3"), client("s3control"), account)
    network(client("ec2"), labels)
    identities(client("iam"), account, labels)
    keys(client("kms"), account, labels)
    messages(client("sns"), client("sqs"), account)
    trails(client, account)
    code(client, account, labels)
    data(client, account, labels)
    client("ec2", "eu-west-1").enable_ebs_encryption_by_default()
    client("sqs", "eu-west-1").create_queue(QueueName="far-plain")
    return labels


# How a statement that begins as "everybody may get objects" is closed, or is not.
CLOSINGS = {
    "org": {"StringEquals": {"aws:PrincipalOrgID": "o-abcdef1234"}},
    "org-path": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abcdef1234/*"}},
    "source-arn": {"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:111111111111:trail/*"}},
    "source-account": {"StringEquals": {"aws:SourceAccount": "111111111111"}},
    "vpc": {"StringEquals": {"aws:SourceVpc": "vpc-0123456789abcdef0"}},
    "vpce": {"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}},
    "ip-private": {"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}},
    "principal-arn": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/reader"}},
    "user-id": {"StringLike": {"aws:userid": "AROAEXAMPLEROLEID:*"}},
    "two-keys": {"StringEquals": {"aws:PrincipalOrgID": "o-abcdef1234"}, "Bool": {"aws:SecureTransport": "true"}},
    "one-of-two": {"StringEquals": {"aws:SourceAccount": "111111111111", "aws:UserAgent": "x"}, "StringLike": {"s3:prefix": "*"}},
    # From here on it stays open.
    "open-org-negated": {"StringNotEquals": {"aws:PrincipalOrgID": "o-abcdef1234"}},
    "open-org-if-exists": {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-abcdef1234"}},
    "open-org-star": {"StringLike": {"aws:PrincipalOrgID": "*"}},
    "open-for-all-values": {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": ["o-abcdef1234"]}},
    "open-source-arn-star": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}},
    "open-ip-everywhere": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
    "open-ip6-everywhere": {"IpAddress": {"aws:SourceIp": "::/0"}},
    "open-ip-halves": {"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}},
    "open-ip-not": {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    "open-agent": {"StringEquals": {"aws:UserAgent": "secret-agent"}},
    "open-referer": {"StringLike": {"aws:Referer": "https://www.example.com/*"}},
    "open-tls": {"Bool": {"aws:SecureTransport": "true"}},
    "open-date": {"DateLessThan": {"aws:CurrentTime": "2099-01-01T00:00:00Z"}},
}


def buckets(s3, s3control, account):
    def bucket(name, *statements, **settings):
        s3.create_bucket(Bucket=name, **settings)
        if statements:
            s3.put_bucket_policy(Bucket=name, Policy=document(*statements))
        return f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"

    def block(name, acls=True, policy=True, ignore=True, restrict=True):
        s3.put_public_access_block(
            Bucket=name,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": acls,
                "IgnorePublicAcls": ignore,
                "BlockPublicPolicy": policy,
                "RestrictPublicBuckets": restrict,
            },
        )

    for name, condition in CLOSINGS.items():
        bucket(f"if-{name}", allow(f"arn:aws:s3:::if-{name}/*", "s3:GetObject", condition=condition))

    bucket("plain")
    bucket("star", allow("arn:aws:s3:::star/*", "s3:GetObject"))
    bucket("aws-star", allow("arn:aws:s3:::aws-star/*", "s3:GetObject", {"AWS": "*"}))
    mixed = {"AWS": [f"arn:aws:iam::{account}:root", "*"]}
    bucket("list-star", allow("arn:aws:s3:::list-star/*", "s3:GetObject", mixed))
    bucket("not-principal", allow("arn:aws:s3:::not-principal/*", "s3:GetObject", None, NotPrincipal={"AWS": f"arn:aws:iam::{account}:user/x"}))
    bucket("not-action", allow("arn:aws:s3:::not-action/*", None, NotAction="s3:DeleteBucket"))
    bucket("arn-star-only", allow("arn:aws:s3:::arn-star-only/*", "s3:GetObject", {"AWS": f"arn:aws:iam::{account}:root"}))
    bucket("service", allow("arn:aws:s3:::service/*", "s3:PutObject", {"Service": "logging.s3.amazonaws.com"}))

    def deny(name, action, condition=None, principal="*"):
        statement = {"Effect": "Deny", "Principal": principal, "Action": action, "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]}
        if condition:
            statement["Condition"] = condition
        return statement

    open_to = lambda name: allow(f"arn:aws:s3:::{name}/*", "s3:GetObject")
    bucket("denied", open_to("denied"), deny("denied", "s3:*"))
    bucket("denied-partly", open_to("denied-partly"), deny("denied-partly", "s3:DeleteObject"))
    bucket("denied-one-user", open_to("denied-one-user"), deny("denied-one-user", "s3:*", principal={"AWS": f"arn:aws:iam::{account}:user/x"}))
    outside = {"StringNotEquals": {"aws:PrincipalOrgID": "o-abcdef1234"}}
    bucket("denied-outside", open_to("denied-outside"), deny("denied-outside", "s3:*", outside))
    no_tls = {"Bool": {"aws:SecureTransport": "false"}}
    bucket("denied-no-tls", open_to("denied-no-tls"), deny("denied-no-tls", "s3:*", no_tls))
    bucket("tls-only", deny("tls-only", "s3:*", no_tls))
    bucket("writable", allow("arn:aws:s3:::writable/*", "s3:PutObject"))
    bucket("stranger", allow("arn:aws:s3:::stranger/*", "s3:GetObject", {"AWS": f"arn:aws:iam::{STRANGER}:root"}))
    bucket("stranger-id", allow("arn:aws:s3:::stranger-id/*", "s3:GetObject", {"AWS": STRANGER}))
    bucket("stranger-admin", allow("arn:aws:s3:::stranger-admin", "s3:PutBucketPolicy", {"AWS": f"arn:aws:iam::{STRANGER}:role/a"}))

    bucket("blocked", open_to("blocked"))
    block("blocked")
    bucket("blocked-for-new", open_to("blocked-for-new"))
    block("blocked-for-new", restrict=False)
    bucket("blocked-acls-only", open_to("blocked-acls-only"))
    block("blocked-acls-only", policy=False, restrict=False)

    def acl(name, permission, group, owner="ObjectWriter"):
        bucket(name, ObjectOwnership="ObjectWriter")
        s3.put_bucket_acl(Bucket=name, AccessControlPolicy={
            "Owner": {"ID": "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a"},
            "Grants": [{"Grantee": {"Type": "Group", "URI": group}, "Permission": permission}],
        })
        s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": owner}]})

    acl("acl-read", "READ", EVERYBODY)
    acl("acl-write", "WRITE", EVERYBODY)
    acl("acl-any-account", "READ", ANY_ACCOUNT)
    acl("acl-logs", "WRITE", "http://acs.amazonaws.com/groups/s3/LogDelivery")
    acl("acl-ignored", "READ", EVERYBODY)
    block("acl-ignored", restrict=False, policy=False)
    acl("acl-disabled", "READ", EVERYBODY, owner="BucketOwnerEnforced")

    bucket("tidy")
    block("tidy")
    s3.put_bucket_versioning(Bucket="tidy", VersioningConfiguration={"Status": "Enabled", "MFADelete": "Enabled"})
    s3.put_bucket_encryption(
        Bucket="tidy",
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/x"}}]},
    )
    s3.put_bucket_lifecycle_configuration(
        Bucket="tidy", LifecycleConfiguration={"Rules": [{"ID": "a", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 90}}]}
    )
    bucket("suspended")
    s3.put_bucket_versioning(Bucket="suspended", VersioningConfiguration={"Status": "Suspended"})


def network(ec2, labels):
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]

    def group(name, *permissions):
        made = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        if permissions:
            ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=list(permissions))
        return made

    def rule(protocol="tcp", ports=(22, 22), v4=(), v6=(), groups=()):
        permission = {"IpProtocol": protocol}
        if ports:
            permission["FromPort"], permission["ToPort"] = ports
        if v4:
            permission["IpRanges"] = [{"CidrIp": cidr, "Description": "d"} for cidr in v4]
        if v6:
            permission["Ipv6Ranges"] = [{"CidrIpv6": cidr} for cidr in v6]
        if groups:
            permission["UserIdGroupPairs"] = [{"GroupId": one} for one in groups]
        return permission

    world, world6 = ["0.0.0.0/0"], ["::/0"]
    group("closed")
    group("ssh-world", rule(v4=world))
    group("ssh-world6", rule(v6=world6))
    group("ssh-range", rule(ports=(20, 30), v4=world))
    group("ssh-beside", rule(ports=(23, 30), v4=world))
    group("everything", rule("-1", None, v4=world))
    group("everything6", rule("-1", None, v6=world6))
    group("everything-inside", rule("-1", None, v4=["10.0.0.0/8"]))
    group("all-tcp", rule(ports=(0, 65535), v4=world))
    group("all-udp", rule("udp", (0, 65535), v4=world))
    group("udp-22", rule("udp", v4=world))
    group("ping", rule("icmp", (-1, -1), v4=world))
    group("private", rule(v4=["10.0.0.0/8", "192.168.0.0/16"]))
    group("one-address", rule(v4=["198.51.100.7/32"]))
    group("halves", rule(v4=["0.0.0.0/1", "128.0.0.0/1"]))
    group("by-group", rule(groups=[group("referred")]))
    group("mixed", rule(v4=["10.0.0.0/8"]), rule(ports=(3389, 3389), v4=world))
    group("database", rule(ports=(3306, 3306), v4=world), rule(ports=(5432, 5432), v6=world6))
    group("web", rule(ports=(443, 443), v4=world, v6=world6))
    labels["vpc"] = vpc

    zone = "us-east-1a"
    plain = ec2.create_volume(AvailabilityZone=zone, Size=1)["VolumeId"]
    sealed = ec2.create_volume(AvailabilityZone=zone, Size=1, Encrypted=True)["VolumeId"]
    labels.update({"volume plain": plain, "volume encrypted": sealed})
    for name in ["private", "public", "shared"]:
        labels[f"snapshot {name}"] = ec2.create_snapshot(VolumeId=plain)["SnapshotId"]
    labels["snapshot encrypted"] = ec2.create_snapshot(VolumeId=sealed)["SnapshotId"]
    attribute = lambda name, **who: ec2.modify_snapshot_attribute(
        SnapshotId=labels[f"snapshot {name}"], Attribute="createVolumePermission", OperationType="add", **who
    )
    attribute("public", GroupNames=["all"])
    attribute("shared", UserIds=[STRANGER])

    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]

    def instance(name, **settings):
        made = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.micro", SubnetId=subnet, **settings)
        labels[f"instance {name}"] = made["Instances"][0]["InstanceId"]

    instance("old metadata", MetadataOptions={"HttpTokens": "optional", "HttpEndpoint": "enabled"})
    instance("new metadata", MetadataOptions={"HttpTokens": "required", "HttpEndpoint": "enabled"})
    instance("no metadata", MetadataOptions={"HttpTokens": "optional", "HttpEndpoint": "disabled"})
    instance("secret", UserData="#!/bin/sh\nexport AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYzq8Zk1v2B3\n")
    instance("script", UserData="#!/bin/sh\necho hello\n")

    for name, shared in [("private", False), ("public", True)]:
        made = ec2.create_image(InstanceId=labels["instance script"], Name=f"image-{name}")["ImageId"]
        labels[f"image {name}"] = made
        if shared:
            ec2.modify_image_attribute(ImageId=made, LaunchPermission={"Add": [{"Group": "all"}]})


def identities(iam, account, labels):
    trust_root = document({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"})
    everything = document({"Effect": "Allow", "Action": "*", "Resource": "*"})
    admin = "arn:aws:iam::aws:policy/AdministratorAccess"

    for name in ["with-mfa", "without-mfa", "no-password", "attached-admin", "inline-admin", "inline-read", "in-group",
                 "old-key", "new-key", "old-key-off", "two-keys", "denied-admin"]:
        iam.create_user(UserName=name)
    for name in ["with-mfa", "without-mfa"]:
        iam.create_login_profile(UserName=name, Password="long-Enough-4-everybody")
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="device")["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(UserName="with-mfa", SerialNumber=device, AuthenticationCode1="123456", AuthenticationCode2="654321")
    iam.attach_user_policy(UserName="attached-admin", PolicyArn=admin)
    iam.put_user_policy(UserName="inline-admin", PolicyName="p", PolicyDocument=everything)
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    iam.put_user_policy(UserName="denied-admin", PolicyName="p", PolicyDocument=document(deny))
    read = document({"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::plain/*"})
    iam.put_user_policy(UserName="inline-read", PolicyName="p", PolicyDocument=read)
    iam.create_group(GroupName="readers")
    iam.create_group(GroupName="admins")
    iam.attach_group_policy(GroupName="admins", PolicyArn=admin)
    iam.add_user_to_group(GroupName="readers", UserName="in-group")

    from moto.iam.models import iam_backends

    users = iam_backends[account]["aws"].users
    long_ago = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc).replace(tzinfo=None)
    for name in ["old-key", "new-key", "old-key-off", "two-keys", "two-keys"]:
        made = iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
        if name.startswith("old"):
            user = next(user for user in users.values() if user.name == name)
            user.access_keys[0].create_date = long_ago
        if name == "old-key-off":
            iam.update_access_key(UserName=name, AccessKeyId=made, Status="Inactive")

    def role(name, *trust, **more):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(*trust) if trust else trust_root, **more)

    def trusted(principal, condition=None, action="sts:AssumeRole", **more):
        statement = {"Effect": "Allow", "Principal": principal, "Action": action, **more}
        if condition:
            statement["Condition"] = condition
        return statement

    role("own")
    role("everybody", trusted({"AWS": "*"}))
    role("everybody-external-id", trusted({"AWS": "*"}, {"StringEquals": {"sts:ExternalId": "word"}}))
    role("everybody-of-org", trusted({"AWS": "*"}, {"StringEquals": {"aws:PrincipalOrgID": "o-abcdef1234"}}))
    role("partner", trusted({"AWS": f"arn:aws:iam::{STRANGER}:root"}))
    role("partner-external-id", trusted({"AWS": f"arn:aws:iam::{STRANGER}:root"}, {"StringEquals": {"sts:ExternalId": "word"}}))
    role("service", trusted({"Service": "lambda.amazonaws.com"}))
    github = {"Federated": f"arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com"}
    key = "token.actions.githubusercontent.com"
    pipeline = lambda condition: trusted(github, condition, "sts:AssumeRoleWithWebIdentity")
    role("pipeline-any", pipeline({"StringEquals": {f"{key}:aud": "sts.amazonaws.com"}}))
    role("pipeline-star", pipeline({"StringLike": {f"{key}:sub": "repo:*"}}))
    role("pipeline-named", pipeline({"StringEquals": {f"{key}:sub": "repo:acme/site:ref:refs/heads/main"}}))
    role("attached-admin-role")
    iam.attach_role_policy(RoleName="attached-admin-role", PolicyArn=admin)
    role("inline-admin-role")
    iam.put_role_policy(RoleName="inline-admin-role", PolicyName="p", PolicyDocument=everything)

    def policy(name, *statements, attach=True):
        made = iam.create_policy(PolicyName=name, PolicyDocument=document(*statements))["Policy"]["Arn"]
        if attach:
            iam.attach_role_policy(RoleName="own", PolicyArn=made)

    policy("all-attached", {"Effect": "Allow", "Action": "*", "Resource": "*"})
    policy("all-unattached", {"Effect": "Allow", "Action": "*", "Resource": "*"}, attach=False)
    policy("all-of-one-service", {"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
    policy("all-but", {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})
    policy("escalates", {"Effect": "Allow", "Action": ["iam:CreatePolicyVersion"], "Resource": "*"})
    policy("modest", {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::plain/*"})
    policy("any-role", {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"})
    iam.update_account_password_policy(MinimumPasswordLength=8, RequireSymbols=True, RequireNumbers=False, PasswordReusePrevention=24)


def keys(kms, account, labels):
    own = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "kms:*", "Resource": "*"}

    def key(name, *statements, rotate=True):
        made = kms.create_key(Policy=document(own, *statements), Description=name)["KeyMetadata"]["KeyId"]
        labels[f"key {name}"] = made
        if rotate:
            kms.enable_key_rotation(KeyId=made)
        return made

    key("private")
    key("not rotated", rotate=False)
    key("public", allow("*", "kms:Decrypt"))
    key("of one caller", allow("*", "kms:Decrypt", condition={"StringEquals": {"kms:CallerAccount": account}}))
    key("stranger", allow("*", "kms:Decrypt", {"AWS": f"arn:aws:iam::{STRANGER}:root"}))
    kms.schedule_key_deletion(KeyId=key("leaving"), PendingWindowInDays=7)


def messages(sns, sqs, account):
    ways = {
        "open": {},
        "open-arn-star": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}},
        "of-bucket": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:plain"}},
        "of-account": {"StringEquals": {"aws:SourceAccount": account}},
        "of-owner": {"StringEquals": {"AWS:SourceOwner": account}},
        "of-org": {"StringEquals": {"aws:PrincipalOrgID": "o-abcdef1234"}},
    }
    sqs.create_queue(QueueName="q-plain")
    sns.create_topic(Name="t-plain")
    for name, condition in ways.items():
        topic = f"arn:aws:sns:us-east-1:{account}:t-{name}"
        sns.create_topic(Name=f"t-{name}")
        statement = allow(topic, "sns:Publish", {"AWS": "*"}, condition or None)
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=document(statement))
        queue = f"arn:aws:sqs:us-east-1:{account}:q-{name}"
        url = sqs.create_queue(QueueName=f"q-{name}")["QueueUrl"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": document(allow(queue, "sqs:SendMessage", condition=condition or None))})
    sqs.create_queue(QueueName="q-sealed", Attributes={"KmsMasterKeyId": "alias/aws/sqs"})
    sns.create_topic(Name="t-sealed", Attributes={"KmsMasterKeyId": "alias/aws/sns"})


def trails(client, account):
    trail = client("cloudtrail")
    trail.create_trail(Name="trail-on", S3BucketName="tidy", IsMultiRegionTrail=False, EnableLogFileValidation=True)
    trail.start_logging(Name="trail-on")
    trail.create_trail(Name="trail-off", S3BucketName="acl-read", IsMultiRegionTrail=False, EnableLogFileValidation=False)
    logs = client("logs")
    logs.create_log_group(logGroupName="forever")
    logs.create_log_group(logGroupName="a-day")
    logs.put_retention_policy(logGroupName="a-day", retentionInDays=1)
    logs.create_log_group(logGroupName="a-year-and-more")
    logs.put_retention_policy(logGroupName="a-year-and-more", retentionInDays=400)


def code(client, account, labels):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): pass")
    functions = client("lambda")

    def function(name, runtime="python3.12", variables=None):
        functions.create_function(
            FunctionName=name, Runtime=runtime, Role=f"arn:aws:iam::{account}:role/service", Handler="main.handler",
            Code={"ZipFile": packed.getvalue()}, Environment={"Variables": variables or {"STAGE": "test"}},
        )

    function("harmless")
    function("telling", variables={"DB_PASSWORD": "Tr0ub4dor&3-horse-staple"})
    function("ancient", runtime="python2.7")
    function("called-by-all")
    functions.add_permission(FunctionName="called-by-all", StatementId="a", Action="lambda:InvokeFunction", Principal="*")
    function("called-by-own-bucket")
    functions.add_permission(
        FunctionName="called-by-own-bucket", StatementId="a", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com",
        SourceArn="arn:aws:s3:::plain", SourceAccount=account,
    )
    function("called-by-any-bucket")
    functions.add_permission(FunctionName="called-by-any-bucket", StatementId="a", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com")
    function("url-open")
    functions.create_function_url_config(FunctionName="url-open", AuthType="NONE", Cors={"AllowOrigins": ["*"]})
    functions.add_permission(
        FunctionName="url-open", StatementId="a", Action="lambda:InvokeFunctionUrl", Principal="*", FunctionUrlAuthType="NONE"
    )
    function("url-signed")
    functions.create_function_url_config(FunctionName="url-signed", AuthType="AWS_IAM")

    ecr = client("ecr")
    ecr.create_repository(repositoryName="loose", imageTagMutability="MUTABLE", imageScanningConfiguration={"scanOnPush": False})
    ecr.create_repository(repositoryName="strict", imageTagMutability="IMMUTABLE", imageScanningConfiguration={"scanOnPush": True})
    ecr.create_repository(repositoryName="shown")
    shown = {"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}
    ecr.set_repository_policy(repositoryName="shown", policyText=document(shown))

    ecs = client("ecs")
    ecs.create_cluster(clusterName="cluster")

    def task(name, **settings):
        container = {"name": "main", "image": "nginx", "memory": 64, **settings}
        ecs.register_task_definition(family=name, containerDefinitions=[container])

    task("meek", user="1000", readonlyRootFilesystem=True, environment=[{"name": "STAGE", "value": "test"}])
    task("mighty", privileged=True)
    task("talkative", environment=[{"name": "DB_PASSWORD", "value": "Tr0ub4dor&3-horse-staple"}])

    template = {"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "from-stack"}}}}
    stacks = client("cloudformation")
    stacks.create_stack(StackName="silent", TemplateBody=json.dumps(template))
    template["Outputs"] = {"Password": {"Value": "Tr0ub4dor&3-horse-staple"}}
    template["Resources"]["Q"]["Properties"]["QueueName"] = "from-other-stack"
    stacks.create_stack(StackName="blabbing", TemplateBody=json.dumps(template))


def data(client, account, labels):
    rds = client("rds")

    def database(name, **settings):
        rds.create_db_instance(
            DBInstanceIdentifier=name, DBInstanceClass="db.t3.micro", Engine="postgres", MasterUsername="master",
            MasterUserPassword="password1", AllocatedStorage=10, **settings,
        )

    database("db-shown", PubliclyAccessible=True, StorageEncrypted=False, DeletionProtection=False, BackupRetentionPeriod=0)
    database("db-hidden", PubliclyAccessible=False, StorageEncrypted=True, DeletionProtection=True, BackupRetentionPeriod=30, MultiAZ=True)
    for name in ["private", "public"]:
        rds.create_db_snapshot(DBInstanceIdentifier="db-shown", DBSnapshotIdentifier=f"db-snapshot-{name}")
    rds.modify_db_snapshot_attribute(DBSnapshotIdentifier="db-snapshot-public", AttributeName="restore", ValuesToAdd=["all"])

    tables = client("dynamodb")
    for name, protected in [("guarded", True), ("unguarded", False)]:
        tables.create_table(
            TableName=name, KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], DeletionProtectionEnabled=protected,
        )
    tables.update_continuous_backups(TableName="guarded", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})

    secrets = client("secretsmanager")
    for name, principal in [("secret-own", {"AWS": f"arn:aws:iam::{account}:root"}), ("secret-open", "*")]:
        secrets.create_secret(Name=name, SecretString="x")
        secrets.put_resource_policy(SecretId=name, ResourcePolicy=document(allow("*", "secretsmanager:GetSecretValue", principal)))

    files = client("efs")
    for name, sealed in [("plain", False), ("encrypted", True)]:
        labels[f"files {name}"] = files.create_file_system(CreationToken=name, Encrypted=sealed)["FileSystemId"]
