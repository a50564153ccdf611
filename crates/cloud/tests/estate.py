"""An AWS to test against: moto with a small account in it. Prints its port, ends when its standard input does."""

import io
import json
import logging
import os
import sys
import threading
import time
import zipfile

os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="us-east-1")
logging.getLogger("werkzeug").setLevel(logging.CRITICAL)

import boto3
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
while server._server is None:
    time.sleep(0.01)
port = server._server.port
url = f"http://127.0.0.1:{port}"


def client(name, region="us-east-1"):
    return boto3.client(name, region_name=region, endpoint_url=url)


s3 = client("s3")
s3.create_bucket(Bucket="logs")
s3.create_bucket(Bucket="with.dots.in.it")
s3.create_bucket(Bucket="elsewhere", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
s3.put_bucket_policy(Bucket="logs", Policy=json.dumps({"Version": "2012-10-17", "Statement": []}))
s3.put_bucket_tagging(Bucket="logs", Tagging={"TagSet": [{"Key": "a<b>", "Value": "c & d"}]})
s3.put_object(Bucket="logs", Key="a b/ü+c.txt", Body=b"hello")
for number in range(25):
    s3.put_object(Bucket="logs", Key=f"many/{number:03}", Body=b"x")

ec2 = client("ec2")
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
for number in range(12):
    group = ec2.create_security_group(GroupName=f"group-{number}", Description="d", VpcId=vpc)["GroupId"]
ec2.authorize_security_group_ingress(
    GroupId=group,
    IpPermissions=[
        {
            "IpProtocol": "tcp",
            "FromPort": 22,
            "ToPort": 22,
            "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
            "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
        }
    ],
)

iam = client("iam")
trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}
iam.create_role(RoleName="auditor", AssumeRolePolicyDocument=json.dumps(trust))
for number in range(30):
    iam.create_user(UserName=f"user-{number:02}")

client("dynamodb").create_table(
    TableName="table",
    KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    BillingMode="PAY_PER_REQUEST",
)
role = "arn:aws:iam::123456789012:role/auditor"
packed = io.BytesIO()
with zipfile.ZipFile(packed, "w") as archive:
    archive.writestr("main.py", "def handler(event, context): pass")
client("lambda").create_function(
    FunctionName="function",
    Runtime="python3.12",
    Role=role,
    Handler="main.handler",
    Code={"ZipFile": packed.getvalue()},
    Environment={"Variables": {"KEY": "value"}},
    Tags={"team": "a"},
)
client("route53").create_hosted_zone(Name="example.com", CallerReference="1")
client("sqs").create_queue(QueueName="queue", Attributes={"VisibilityTimeout": "7"})
client("cloudwatch").put_metric_alarm(
    AlarmName="alarm",
    MetricName="m",
    Namespace="n",
    Statistic="Sum",
    Period=60,
    EvaluationPeriods=1,
    Threshold=1.5,
    ComparisonOperator="GreaterThanThreshold",
    Dimensions=[{"Name": "a", "Value": "b"}],
)
key = client("kms").create_key(Description="k")["KeyMetadata"]["KeyId"]
client("sns").create_topic(Name="topic")
client("logs").create_log_group(logGroupName="/group")
client("secretsmanager").create_secret(Name="secret", SecretString="s3cr3t")
client("ssm").put_parameter(Name="/p", Value="v", Type="String")
client("ecr").create_repository(repositoryName="repository")
client("rds").create_db_instance(
    DBInstanceIdentifier="db",
    DBInstanceClass="db.t3.micro",
    Engine="postgres",
    MasterUsername="u",
    MasterUserPassword="password1",
    AllocatedStorage=10,
)
client("cloudtrail").create_trail(Name="trail", S3BucketName="logs")

print(port, flush=True)
sys.stdin.read()
os._exit(0)
