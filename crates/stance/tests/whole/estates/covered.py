"""An account whose block of public access covers what its buckets leave open."""

from estates.known import EVERYBODY, allow, document


def fill(client, account):
    s3 = client("s3")
    s3.create_bucket(Bucket="covered-policy")
    s3.put_bucket_policy(Bucket="covered-policy", Policy=document(allow("arn:aws:s3:::covered-policy/*", "s3:GetObject")))
    s3.create_bucket(Bucket="covered-acl", ObjectOwnership="ObjectWriter", ACL="public-read")
    s3.create_bucket(Bucket="covered-half")
    s3.put_public_access_block(
        Bucket="covered-half",
        PublicAccessBlockConfiguration=dict.fromkeys(["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"], False),
    )
    # boto3 puts the account into the host name, which loopback does not have.
    from moto.s3control.models import s3control_backends

    block = dict.fromkeys(["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"], True)
    s3control_backends[account]["aws"].put_public_access_block(account, block)
    return {}
