"""Texts that somebody with few rights can set, made to harm whoever reads the report."""

from estates.known import allow, document

TEXTS = {
    "ansi": "\x1b[2J\x1b[31mred\x1b[0m\x1b]0;title\x07",
    "html": "<script>alert(1)</script><img src=x onerror=alert(2)>&\"'",
    "formula": "=HYPERLINK(\"http://evil.example\",\"x\")",
    "formula-at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "line": "one\r\ntwo\u2028three\u202eevil",
    "markdown": "[x](javascript:alert(1)) | `a` **b**",
}


def fill(client, account):
    ec2, iam, s3, ecs = client("ec2"), client("iam"), client("s3"), client("ecs")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    for name, text in {**TEXTS, "long": "long " * 200_000}.items():
        # XML has no way to write control characters; JSON does.
        if name != "ansi":
            group = ec2.create_security_group(GroupName=f"{text[:200]} {name}", Description=text, VpcId=vpc)["GroupId"]
            ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
                {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": text}]}
            ])
            ec2.create_tags(Resources=[group], Tags=[{"Key": "owner", "Value": text[:250]}])
        trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Sid": text}
        described = {} if name == "ansi" else {"Description": text[:1000]}
        iam.create_role(RoleName=f"role-{name}", AssumeRolePolicyDocument=document(trust), **described)
        bucket = f"hostile-{name}"
        s3.create_bucket(Bucket=bucket)
        s3.put_bucket_policy(Bucket=bucket, Policy=document(allow(f"arn:aws:s3:::{bucket}/*", "s3:GetObject", Sid=text)))
        ecs.create_cluster(clusterName=f"{text} {name}".replace("/", "|"), tags=[{"key": "owner", "value": text}])
    return {}
