"""A few buckets that tests open and shut."""


def fill(client, account):
    s3 = client("s3")
    for name in ["site", "backup", "notes"]:
        s3.create_bucket(Bucket=f"{account}-{name}")
    return {}
