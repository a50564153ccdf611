"""The same few things in a partition of its own: ARNs, AWS managed policies and regions have other names there."""

from estates.known import allow, document


def fill(client, account):
    partition, region = {"3": ("aws-us-gov", "us-gov-west-1"), "4": ("aws-cn", "cn-north-1")}[account[0]]
    there = lambda service: client(service, region)
    s3 = there("s3")
    for name in ["open", "shut"]:
        bucket = f"{partition}-{name}"
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
        principal = "*" if name == "open" else {"AWS": f"arn:{partition}:iam::{account}:root"}
        s3.put_bucket_policy(Bucket=bucket, Policy=document(allow(f"arn:{partition}:s3:::{bucket}/*", "s3:GetObject", principal)))
    iam = there("iam")
    for name in ["admin", "reader"]:
        iam.create_user(UserName=name)
    iam.attach_user_policy(UserName="admin", PolicyArn=f"arn:{partition}:iam::aws:policy/AdministratorAccess")
    iam.create_role(RoleName="partner", AssumeRolePolicyDocument=document(
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:{partition}:iam::999999999999:root"}}))
    ec2 = there("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    for name, cidr in [("world", "0.0.0.0/0"), ("private", "10.0.0.0/8")]:
        group = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        ec2.authorize_security_group_ingress(
            GroupId=group, IpPermissions=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": cidr}]}]
        )
    there("sns").create_topic(Name="plain")
    there("sqs").create_queue(QueueName="plain")
    return {}
