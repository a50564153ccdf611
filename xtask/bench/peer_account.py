"""Fills moto with an account of a given size: a realistic mix of good and bad settings in two regions, the same for a seed.

Run inside moto's mock of AWS, so that nothing goes over HTTP. `scale` 1 is about 30 buckets, 40 security groups,
20 instances, 40 users, 60 roles and so on; 2 is twice that. Settings follow the number of a resource, so that every kind
of mistake is there at every scale, and the seed only chooses what combines with what.
"""

import datetime
import functools
import io
import json
import random
import zipfile

import boto3

REGIONS = ("us-east-1", "eu-west-1")
ACCOUNT = "123456789012"
OTHER_ACCOUNT = "210987654321"
IMAGE = "ami-12c6146b"
EVERYWHERE = [{"CidrIp": "0.0.0.0/0"}]
EVERYWHERE_IPV6 = [{"CidrIpv6": "::/0"}]
INSIDE = [{"CidrIp": "10.0.0.0/8"}]


@functools.cache
def client(service, region=REGIONS[0]):
    return boto3.client(service, region_name=region)


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(principal, action, resource, condition=None):
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource}
    return statement | ({"Condition": condition} if condition else {})


def region_of(number):
    return REGIONS[number % len(REGIONS)]


def access_policies(action, arn):
    """Policies of a resource, from none to open, with the conditions that close an open one and those that don't."""
    return [
        None,
        document(allow({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, action, arn)),
        document(allow("*", action, arn)),
        document(allow({"AWS": "*"}, action, arn, {"StringEquals": {"aws:SourceAccount": ACCOUNT}})),
        document(allow({"AWS": ["*"]}, action, arn, {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})),
        document(allow({"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}, action, arn)),
        document(allow({"Service": "events.amazonaws.com"}, action, arn)),
        document(
            allow({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, action, arn),
            allow("*", action, arn) | {"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        ),
        document(allow("*", action, arn, {"ArnLike": {"aws:SourceArn": f"arn:aws:s3:::*-{ACCOUNT}"}})),
        document(allow({"AWS": "*"}, action, arn, {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}})),
    ]


def fill(scale, seed):
    chance = random.Random(seed)
    keys = fill_keys(20 * scale)
    fill_buckets(30 * scale, chance, keys)
    networks = {region: fill_network(region) for region in REGIONS}
    groups = fill_groups(40 * scale, networks)
    fill_identities(40 * scale, 60 * scale, 30 * scale, chance)
    fill_instances(20 * scale, chance, networks, groups)
    forget_foreign_snapshots()
    fill_functions(20 * scale, chance, networks, groups)
    fill_databases(10 * scale, chance, keys)
    fill_topics_and_queues(10 * scale, keys)
    fill_tables(10 * scale, chance, keys)
    fill_logs(20 * scale, keys)
    fill_trails(3, keys)
    fill_secrets(10 * scale, keys)
    fill_repositories(10 * scale, keys)


def fill_keys(count):
    ids = {region: [] for region in REGIONS}
    for number in range(count):
        kms = client("kms", region_of(number))
        kind = {"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"} if number % 7 == 6 else {}
        key = kms.create_key(Description=f"key {number}", **kind)["KeyMetadata"]["KeyId"]
        if number % 10 == 3:
            owner = allow({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "kms:*", "*")
            kms.put_key_policy(KeyId=key, PolicyName="default", Policy=document(owner, allow("*", "kms:Decrypt", "*")))
        if number % 3 == 0 and not kind:
            kms.enable_key_rotation(KeyId=key)
        if number % 4 == 0:
            kms.create_alias(AliasName=f"alias/key-{number}", TargetKeyId=key)
        if number % 10 == 8:
            kms.disable_key(KeyId=key)
        elif number % 10 == 9:
            kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
        elif not kind:
            ids[region_of(number)].append(key)
    return ids


def place_of(region):
    return {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}


def fill_buckets(count, chance, keys):
    for region in REGIONS:
        bucket = {"Bucket": f"access-logs-{region}", "ObjectOwnership": "BucketOwnerPreferred"}
        client("s3", region).create_bucket(**bucket, **place_of(region))
        client("s3", region).put_bucket_acl(Bucket=bucket["Bucket"], ACL="log-delivery-write")
    for number in range(count):
        name, region = f"{chance.choice(['data', 'assets', 'backup'])}-{number}-{ACCOUNT}", region_of(number)
        s3 = client("s3", region)
        s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=number % 10 == 7, **place_of(region))
        if number % 3:
            rule = {"SSEAlgorithm": "AES256"}
            if number % 3 == 2:
                rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": chance.choice(keys[region])}
            rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]}
            s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=rules)
        if number % 2:
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        if number % 4:
            flags = {
                "BlockPublicAcls": number % 4 != 2,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": number % 4 != 3,
                "RestrictPublicBuckets": number % 4 == 1,
            }
            s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=flags)
        policy = access_policies("s3:GetObject", f"arn:aws:s3:::{name}/*")[number % 10]
        if policy:
            s3.put_bucket_policy(Bucket=name, Policy=policy)
        if number % 8 == 4:
            s3.put_bucket_acl(Bucket=name, ACL=chance.choice(["public-read", "public-read-write"]))
        if number % 5 == 0:
            target = {"TargetBucket": f"access-logs-{region}", "TargetPrefix": f"{name}/"}
            s3.put_bucket_logging(Bucket=name, BucketLoggingStatus={"LoggingEnabled": target})
        if number % 3 == 1:
            rule = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 365}}
            s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [rule]})
        if number % 6 == 1:
            controls = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
            s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=controls)
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": "team", "Value": f"team-{number % 5}"}]})
    block = {"BlockPublicAcls": True, "IgnorePublicAcls": False, "BlockPublicPolicy": False}
    block["RestrictPublicBuckets"] = False
    client("s3control").put_public_access_block(AccountId=ACCOUNT, PublicAccessBlockConfiguration=block)


def fill_network(region):
    ec2 = client("ec2", region)
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    subnets = []
    for number in range(4):
        zone = f"{region}{'ab'[number % 2]}"
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.1.{number}.0/24", AvailabilityZone=zone)["Subnet"]
        subnets.append(subnet["SubnetId"])
    ec2.modify_subnet_attribute(SubnetId=subnets[0], MapPublicIpOnLaunch={"Value": True})
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnets[0])
    entries = {"Protocol": "6", "RuleAction": "allow", "Egress": False, "CidrBlock": "0.0.0.0/0"}
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    ec2.create_network_acl_entry(NetworkAclId=acl, RuleNumber=100, PortRange={"From": 22, "To": 22}, **entries)
    if region == REGIONS[0]:
        client("logs", region).create_log_group(logGroupName="/vpc/flow")
        ec2.create_flow_logs(
            ResourceIds=[vpc],
            ResourceType="VPC",
            TrafficType="ALL",
            LogGroupName="/vpc/flow",
            DeliverLogsPermissionArn=flow_role(),
        )
        ec2.enable_ebs_encryption_by_default()
    ec2.allocate_address(Domain="vpc")
    return {"vpc": vpc, "subnets": subnets}


def flow_role():
    trust = document({"Effect": "Allow", "Principal": {"Service": "vpc-flow-logs.amazonaws.com"}, "Action": "sts:AssumeRole"})
    return client("iam").create_role(RoleName="flow-logs", AssumeRolePolicyDocument=trust)["Role"]["Arn"]


def tcp(first, last, **sources):
    return {"IpProtocol": "tcp", "FromPort": first, "ToPort": last, **sources}


def rules_of_groups(earlier):
    """Rules from harmless to open; the last refers to an earlier group."""
    return [
        [tcp(22, 22, IpRanges=EVERYWHERE)],
        [tcp(443, 443, IpRanges=EVERYWHERE)],
        [tcp(3389, 3389, Ipv6Ranges=EVERYWHERE_IPV6)],
        [tcp(22, 22, IpRanges=INSIDE)],
        [{"IpProtocol": "-1", "IpRanges": EVERYWHERE}],
        [tcp(3306, 3306, IpRanges=EVERYWHERE), tcp(5432, 5432, IpRanges=INSIDE)],
        [tcp(0, 65535, IpRanges=EVERYWHERE)],
        [tcp(80, 80, IpRanges=EVERYWHERE), tcp(443, 443, IpRanges=EVERYWHERE, Ipv6Ranges=EVERYWHERE_IPV6)],
        [tcp(20, 25, IpRanges=EVERYWHERE)],
        [],
        [tcp(27017, 27017, IpRanges=EVERYWHERE), tcp(9200, 9200, IpRanges=EVERYWHERE)],
        [{"IpProtocol": "udp", "FromPort": 22, "ToPort": 22, "IpRanges": EVERYWHERE}],
        [{"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "IpRanges": EVERYWHERE}],
        [tcp(22, 22, IpRanges=[{"CidrIp": "0.0.0.0/1"}, {"CidrIp": "128.0.0.0/1"}])],
        [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": earlier}]}] if earlier else [],
    ]


def fill_groups(count, networks):
    groups = {region: [] for region in REGIONS}
    for number in range(count):
        region = region_of(number)
        ec2, mine = client("ec2", region), groups[region]
        answer = ec2.create_security_group(
            GroupName=f"group-{number}", Description=f"group {number}", VpcId=networks[region]["vpc"]
        )
        rules = rules_of_groups(mine[0] if mine else None)
        chosen = rules[(number // len(REGIONS)) % len(rules)]
        if chosen:
            ec2.authorize_security_group_ingress(GroupId=answer["GroupId"], IpPermissions=chosen)
        mine.append(answer["GroupId"])
    return groups


def fill_instances(count, chance, networks, groups):
    iam = client("iam")
    iam.create_instance_profile(InstanceProfileName="web")
    iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="role-0")
    data = ["", "#!/bin/sh\nyum update -y\n", "#!/bin/sh\nexport DB_PASSWORD=Tr0ub4dor-and-3-horses\n"]
    for number in range(count):
        region = region_of(number)
        ec2, network = client("ec2", region), networks[region]
        options = {"IamInstanceProfile": {"Name": "web"}} if number % 3 == 0 else {}
        if number % 4 < 2:
            options["MetadataOptions"] = {"HttpTokens": "required" if number % 4 else "optional", "HttpEndpoint": "enabled"}
        disk = {"VolumeSize": 8, "Encrypted": number % 3 == 1}
        instance = ec2.run_instances(
            ImageId=IMAGE,
            MinCount=1,
            MaxCount=1,
            InstanceType="t3.micro",
            SubnetId=network["subnets"][(number // 2) % 4],
            SecurityGroupIds=[chance.choice(groups[region])],
            UserData=data[number % 3],
            Monitoring={"Enabled": number % 2 == 0},
            BlockDeviceMappings=[{"DeviceName": "/dev/sda1", "Ebs": disk}],
            TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": f"host-{number}"}]}],
            **options,
        )["Instances"][0]["InstanceId"]
        if number % 5 == 4:
            ec2.stop_instances(InstanceIds=[instance])
        if number % 4 == 0:
            volume = ec2.create_volume(AvailabilityZone=f"{region}a", Size=10, Encrypted=number % 8 == 0)["VolumeId"]
            snapshot = ec2.create_snapshot(VolumeId=volume, Description="nightly")["SnapshotId"]
            if number % 8 == 4:
                ec2.modify_snapshot_attribute(
                    SnapshotId=snapshot,
                    Attribute="createVolumePermission",
                    OperationType="add",
                    CreateVolumePermission={"Add": [{"Group": "all"}]},
                )
        if number % 10 == 0:
            image = ec2.create_image(InstanceId=instance, Name=f"image-{number}")["ImageId"]
            permission = {"Add": [{"Group": "all"}]} if number % 20 == 0 else {"Add": [{"UserId": OTHER_ACCOUNT}]}
            ec2.modify_image_attribute(ImageId=image, LaunchPermission=permission)


def forget_foreign_snapshots():
    """moto knows some thousand public images and gives their snapshots to whoever asks for its own."""
    from moto.ec2.models import ec2_backends

    for region in REGIONS:
        known = ec2_backends[ACCOUNT][region].snapshots
        for snapshot in [id for id, snapshot in known.items() if snapshot.owner_id != ACCOUNT]:
            del known[snapshot]


def statements_of_policies():
    """What policies and inline policies allow, from harmless to everything."""
    allowed = {"Effect": "Allow"}
    return [
        document(allowed | {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}),
        document(allowed | {"Action": "*", "Resource": "*"}),
        document(allowed | {"Action": ["iam:PassRole", "ec2:RunInstances"], "Resource": "*"}),
        document(allowed | {"Action": ["ec2:Describe*", "s3:List*"], "Resource": "*"}),
        document(allowed | {"NotAction": "iam:*", "Resource": "*"}),
        document(allowed | {"Action": "kms:*", "Resource": "*"}),
        document(allowed | {"Action": "iam:CreatePolicyVersion", "Resource": "*"}),
        document(
            allowed | {"Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "*", "Resource": "*"},
        ),
        document(allowed | {"Action": "cloudtrail:*", "Resource": "*"}),
        document(
            allowed
            | {
                "Action": "*",
                "Resource": "*",
                "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
            }
        ),
    ]


def trusts_of_roles():
    """Who may take a role on, from services to everybody."""
    assume = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    inside = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    outside = {"StringEquals": {"sts:ExternalId": "a-long-shared-id"}}
    return [
        document(assume | {"Principal": {"Service": "ec2.amazonaws.com"}}),
        document(assume | {"Principal": {"Service": "lambda.amazonaws.com"}}),
        document(assume | {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}),
        document(assume | {"Principal": {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}}),
        document(assume | {"Principal": {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}, "Condition": outside}),
        document(assume | {"Principal": {"AWS": "*"}}),
        document(assume | {"Principal": {"Service": "sns.amazonaws.com"}, "Condition": inside}),
    ]


def fill_identities(users, roles, policies, chance):
    iam = client("iam")
    iam.update_account_password_policy(
        MinimumPasswordLength=12, RequireSymbols=True, RequireNumbers=True, MaxPasswordAge=90, PasswordReusePrevention=5
    )
    documents, arns = statements_of_policies(), []
    for number in range(policies):
        made = iam.create_policy(PolicyName=f"policy-{number}", PolicyDocument=documents[number % len(documents)])
        arns.append(made["Policy"]["Arn"])
    iam.create_group(GroupName="administrators")
    iam.attach_group_policy(GroupName="administrators", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    iam.create_group(GroupName="readers")
    iam.attach_group_policy(GroupName="readers", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    for number in range(users):
        fill_user(f"user-{number}", number, arns, documents)
    for number in range(roles):
        role, trusts = f"role-{number}", trusts_of_roles()
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=trusts[number % len(trusts)])
        if number % 4 == 0:
            iam.attach_role_policy(RoleName=role, PolicyArn=chance.choice(arns))
        if number % 15 == 7:
            iam.attach_role_policy(RoleName=role, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        if number % 5 == 1:
            inline = documents[(number // 5) % len(documents)]
            iam.put_role_policy(RoleName=role, PolicyName="inline", PolicyDocument=inline)


def fill_user(user, number, arns, documents):
    iam = client("iam")
    iam.create_user(UserName=user)
    if number % 2:
        iam.create_login_profile(UserName=user, Password="Correct-horse-1-battery")
    if number % 4 == 1:
        device = iam.create_virtual_mfa_device(VirtualMFADeviceName=user)["VirtualMFADevice"]["SerialNumber"]
        iam.enable_mfa_device(UserName=user, SerialNumber=device, AuthenticationCode1="123456", AuthenticationCode2="654321")
    for _ in range([0, 1, 0, 2, 1][number % 5]):
        iam.create_access_key(UserName=user)
    if number % 10 == 4:
        age_keys(user, days=200)
    iam.add_user_to_group(GroupName="administrators" if number % 9 == 8 else "readers", UserName=user)
    if number % 6 == 0:
        iam.attach_user_policy(UserName=user, PolicyArn=arns[number % len(arns)])
    if number % 8 == 3:
        iam.put_user_policy(UserName=user, PolicyName="inline", PolicyDocument=documents[(number // 8) % len(documents)])
    if number % 20 == 19:
        iam.attach_user_policy(UserName=user, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")


def age_keys(user, days):
    """No call makes an old key; moto's own memory does."""
    from moto.iam.models import iam_backends

    past = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) - datetime.timedelta(days=days)
    for key in iam_backends[ACCOUNT]["aws"].get_user(user).access_keys:
        key.create_date = past


@functools.cache
def archive():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as out:
        out.writestr(zipfile.ZipInfo("main.py"), "def handler(event, context):\n    return 1\n")
    return buffer.getvalue()


def fill_functions(count, chance, networks, groups):
    runtimes = ["python3.12", "nodejs22.x", "python3.7", "go1.x", "java21"]
    places = [{}, {"MODE": "prod"}, {"DB_PASSWORD": "Tr0ub4dor-and-3-horses"}, {"AWS_KEY": "AKIAQ3EGRZP5W7NXT2LB"}]
    for number in range(count):
        region, name = region_of(number), f"function-{number}"
        aws_lambda, options = client("lambda", region), {}
        if number % 4 == 1:
            subnets, group = networks[region]["subnets"], chance.choice(groups[region])
            options["VpcConfig"] = {"SubnetIds": subnets[: 1 + number % 8 // 4], "SecurityGroupIds": [group]}
        if number % 5 == 2:
            options["TracingConfig"] = {"Mode": "Active"}
        if number % 6 == 3:
            options["DeadLetterConfig"] = {"TargetArn": f"arn:aws:sqs:{region}:{ACCOUNT}:queue-{number % 2}"}
        aws_lambda.create_function(
            FunctionName=name,
            Runtime=runtimes[number % len(runtimes)],
            Role=f"arn:aws:iam::{ACCOUNT}:role/role-{1 + 7 * (number % 3)}",
            Handler="main.handler",
            Code={"ZipFile": archive()},
            Environment={"Variables": places[number % len(places)]},
            **options,
        )
        grants = [None, ("*", {}), ("s3.amazonaws.com", {"SourceAccount": ACCOUNT}), (OTHER_ACCOUNT, {})]
        grant = grants[(number // 2) % len(grants)]
        if grant:
            aws_lambda.add_permission(
                FunctionName=name, StatementId="s", Action="lambda:InvokeFunction", Principal=grant[0], **grant[1]
            )
        if number % 7 == 3:
            cors = {"AllowOrigins": ["*"] if number % 2 else ["https://example.com"]}
            kind = "NONE" if number % 2 else "AWS_IAM"
            aws_lambda.create_function_url_config(FunctionName=name, AuthType=kind, Cors=cors)


def fill_databases(count, chance, keys):
    engines = ["postgres", "mysql", "mariadb"]
    for number in range(count):
        region, name = region_of(number), f"database-{number}"
        rds, options = client("rds", region), {}
        if number % 2:
            options = {"StorageEncrypted": True, "KmsKeyId": chance.choice(keys[region])}
        if number % 5 == 0:
            options["EnableCloudwatchLogsExports"] = ["error"]
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            Engine=engines[number % 3],
            DBInstanceClass="db.t3.micro",
            AllocatedStorage=20,
            MasterUsername="admin" if number % 4 == 0 else f"owner{number}",
            MasterUserPassword="Correct-horse-1",
            PubliclyAccessible=number % 3 == 0,
            BackupRetentionPeriod=[0, 7, 30][number % 3],
            MultiAZ=number % 4 == 1,
            AutoMinorVersionUpgrade=number % 2 == 0,
            DeletionProtection=number % 3 == 2,
            EnableIAMDatabaseAuthentication=number % 3 == 1,
            EngineVersion=["16.4", "8.0.39", "10.11.9"][number % 3],
            CopyTagsToSnapshot=number % 2 == 1,
            **options,
        )
        if number % 3 == 0:
            rds.create_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=f"snapshot-{number}")
        if number % 6 == 0:
            rds.modify_db_snapshot_attribute(
                DBSnapshotIdentifier=f"snapshot-{number}", AttributeName="restore", ValuesToAdd=["all"]
            )
    for number, region in enumerate(REGIONS):
        client("rds", region).create_db_cluster(
            DBClusterIdentifier=f"cluster-{number}",
            Engine="aurora-postgresql",
            MasterUsername="owner",
            MasterUserPassword="Correct-horse-1",
            StorageEncrypted=number == 0,
            DeletionProtection=number == 0,
            BackupRetentionPeriod=1 + 7 * number,
        )


def fill_topics_and_queues(count, keys):
    for number in range(count):
        region = region_of(number)
        sns, sqs, key = client("sns", region), client("sqs", region), keys[region][0]
        topic = sns.create_topic(
            Name=f"topic-{number}", Attributes={"KmsMasterKeyId": key} if number % 2 else {}
        )["TopicArn"]
        policy = access_policies("sns:Publish", topic)[number % 10]
        if policy:
            sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
        if number % 3 == 0:
            end = f"http{'s' if number % 2 else ''}://example.com/{number}"
            sns.subscribe(TopicArn=topic, Protocol=end.split(":", maxsplit=1)[0], Endpoint=end)
        encryption = [{}, {"KmsMasterKeyId": key}, {"SqsManagedSseEnabled": "true"}][number % 3]
        queue = sqs.create_queue(QueueName=f"queue-{number}", Attributes=encryption)["QueueUrl"]
        arn = f"arn:aws:sqs:{region}:{ACCOUNT}:queue-{number}"
        policy = access_policies("sqs:SendMessage", arn)[(number + 1) % 10]
        if policy:
            sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})


def fill_tables(count, chance, keys):
    for number in range(count):
        region, name = region_of(number), f"table-{number}"
        dynamodb, options = client("dynamodb", region), {}
        if number % 3 == 1:
            options["SSESpecification"] = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": chance.choice(keys[region])}
        if number % 4 == 3:
            options |= {"ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}}
        else:
            options["BillingMode"] = "PAY_PER_REQUEST"
        dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            DeletionProtectionEnabled=number % 2 == 0,
            **options,
        )
        if number % 2:
            dynamodb.update_continuous_backups(
                TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
            )


# What the CIS benchmark wants an alarm for; the second is left without an alarm, the third has a filter that watches another thing.
WATCHED = {
    "unauthorized": '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }',
    "console-without-mfa": '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }',
    "trail-changes": "{ ($.eventName = StopLogging) }",
    "root": '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }',
    "bucket-policies": "{ ($.eventSource = s3.amazonaws.com) && (($.eventName = PutBucketAcl) || "
    "($.eventName = PutBucketPolicy) || ($.eventName = PutBucketCors) || ($.eventName = PutBucketLifecycle) || "
    "($.eventName = PutBucketReplication) || ($.eventName = DeleteBucketPolicy) || ($.eventName = DeleteBucketCors) || "
    "($.eventName = DeleteBucketLifecycle) || ($.eventName = DeleteBucketReplication)) }",
}


def fill_logs(count, keys):
    for number in range(count):
        region, name = region_of(number), f"/service/{number}"
        logs = client("logs", region)
        options = {}
        if number % 4 == 1:
            options["kmsKeyId"] = f"arn:aws:kms:{region}:{ACCOUNT}:key/{keys[region][0]}"
        logs.create_log_group(logGroupName=name, **options)
        if number % 3:
            logs.put_retention_policy(logGroupName=name, retentionInDays=[7, 365][number % 3 - 1])
    logs, cloudwatch, sns = client("logs"), client("cloudwatch"), client("sns")
    logs.create_log_group(logGroupName="trail")
    topic = sns.create_topic(Name="security")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="security@example.com")
    for number, (name, pattern) in enumerate(WATCHED.items()):
        metric = {"metricName": name, "metricNamespace": "security", "metricValue": "1"}
        logs.put_metric_filter(
            logGroupName="trail", filterName=name, filterPattern=pattern, metricTransformations=[metric]
        )
        if number != 1:
            cloudwatch.put_metric_alarm(
                AlarmName=name,
                MetricName=name,
                Namespace="security",
                Statistic="Sum",
                Period=300,
                EvaluationPeriods=1,
                Threshold=1,
                ComparisonOperator="GreaterThanOrEqualToThreshold",
                AlarmActions=[topic],
            )


def fill_trails(count, keys):
    s3 = client("s3")
    for number in range(count):
        bucket, region = f"trail-{number}-{ACCOUNT}", region_of(number)
        s3.create_bucket(Bucket=bucket)
        cloudtrail, options = client("cloudtrail", region), {}
        if number == 0:
            options = {
                "KmsKeyId": f"arn:aws:kms:{region}:{ACCOUNT}:key/{keys[region][0]}",
                "CloudWatchLogsLogGroupArn": f"arn:aws:logs:{region}:{ACCOUNT}:log-group:trail:*",
                "CloudWatchLogsRoleArn": f"arn:aws:iam::{ACCOUNT}:role/role-0",
            }
        cloudtrail.create_trail(
            Name=f"trail-{number}",
            S3BucketName=bucket,
            IsMultiRegionTrail=number == 0,
            EnableLogFileValidation=number == 0,
            IncludeGlobalServiceEvents=True,
            **options,
        )
        if number != 2:
            cloudtrail.start_logging(Name=f"trail-{number}")


def fill_secrets(count, keys):
    for number in range(count):
        region = region_of(number)
        secrets, options = client("secretsmanager", region), {}
        if number % 2:
            options["KmsKeyId"] = keys[region][0]
        arn = secrets.create_secret(Name=f"secret-{number}", SecretString="Tr0ub4dor", **options)["ARN"]
        policy = access_policies("secretsmanager:GetSecretValue", arn)[number % 10]
        if policy:
            secrets.put_resource_policy(SecretId=arn, ResourcePolicy=policy)
        if number % 3 == 0:
            # Without a function, which moto would run in a container.
            secrets.rotate_secret(SecretId=arn, RotationRules={"AutomaticallyAfterDays": [30, 120][number % 2]})


def fill_repositories(count, keys):
    for number in range(count):
        region, name = region_of(number), f"repository-{number}"
        ecr = client("ecr", region)
        encryption = {"encryptionType": "KMS", "kmsKey": keys[region][0]} if number % 3 == 2 else {"encryptionType": "AES256"}
        ecr.create_repository(
            repositoryName=name,
            imageTagMutability="IMMUTABLE" if number % 2 else "MUTABLE",
            imageScanningConfiguration={"scanOnPush": number % 3 == 0},
            encryptionConfiguration=encryption,
        )
        policy = access_policies("ecr:BatchGetImage", "*")[number % 10]
        if policy:
            ecr.set_repository_policy(repositoryName=name, policyText=policy)
        if number % 4 == 0:
            selection = {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 5}
            rule = {"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}
            ecr.put_lifecycle_policy(repositoryName=name, lifecyclePolicyText=json.dumps({"rules": [rule]}))
