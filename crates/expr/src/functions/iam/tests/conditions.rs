//! Which conditions close an allow for everybody, and which do not.

use super::*;

#[test]
fn conditions_that_close() {
    let table = [
        (json!({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}), "an organisation"),
        (json!({"stringequals": {"AWS:PRINCIPALORGID": "o-a1b2c3d4e5"}}), "operators and keys have no case"),
        (json!({"StringEquals": {"aws:PrincipalOrgID": ["o-a1b2c3d4e5", "o-f6g7h8i9j0"]}}), "two organisations"),
        (json!({"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}), "the resource's own organisation"),
        (json!({"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}), "the resource's own account"),
        (
            json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*"}}),
            "a unit of an organisation",
        ),
        (
            json!({"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": ["o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/"]}}),
            "a unit, exactly",
        ),
        (json!({"StringEquals": {"aws:SourceAccount": "123456789012"}}), "an account"),
        (json!({"StringEquals": {"AWS:SourceOwner": "123456789012"}}), "the topic's default policy"),
        (
            json!({"StringEquals": {"kms:CallerAccount": "123456789012", "kms:ViaService": "s3.eu-west-1.amazonaws.com"}}),
            "the default key's policy",
        ),
        (json!({"ArnLike": {"aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:topic"}}), "a topic"),
        (json!({"ArnEquals": {"aws:SourceArn": "arn:aws:sns:*:123456789012:*"}}), "an account's topics"),
        (json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::my-bucket"}}), "a bucket has no account, but one owner"),
        (json!({"StringLike": {"aws:SourceArn": "arn:aws:s3:::my-bucket/*"}}), "what is in a bucket"),
        (json!({"StringLike": {"aws:SourceArn": "arn:*:123456789012:*"}}), "an account somewhere"),
        (json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/*"}}), "an account's roles"),
        (json!({"StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}}), "an endpoint"),
        (json!({"StringEquals": {"aws:SourceVpc": ["vpc-0a1b2c3d", "vpc-4e5f6a7b"]}}), "two networks"),
        (
            json!({"StringLike": {"aws:userId": ["AROAEXAMPLEROLEID:*", "123456789012"]}}),
            "a role's sessions and an account",
        ),
        (json!({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}), "a network's addresses"),
        (json!({"IpAddress": {"aws:SourceIp": ["54.240.143.0/24", "10.0.0.0/8"]}}), "public and private addresses"),
        (json!({"IpAddress": {"aws:SourceIp": "2600:1f18::/32"}}), "an IPv6 network as wide as the provider accepts"),
        (json!({"Bool": {"aws:PrincipalIsAWSService": "true"}}), "services only"),
        (json!({"Bool": {"aws:PrincipalIsAWSService": true}}), "a boolean without quotes"),
        (json!({"StringEquals": {"aws:PrincipalServiceName": "cloudtrail.amazonaws.com"}}), "one service"),
        (json!({"StringEquals": {"lambda:EventSourceToken": "amzn1.ask.skill.0a1b"}}), "a skill's token"),
        (json!({"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}), "from within the network"),
        (
            json!({"ArnLike": {"s3:DataAccessPointArn": "arn:aws:s3:eu-west-1:123456789012:accesspoint/*"}}),
            "an account's access points",
        ),
        (json!({"StringEquals": {"s3:DataAccessPointAccount": "123456789012"}}), "an account's access points"),
        (
            json!({"StringEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:eu-west-1:123456789012:key/0a1b"}}),
            "a key",
        ),
        (
            json!({"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}, "Null": {"aws:SourceVpce": "false"}}),
            "IfExists of a key that must be there",
        ),
        (
            json!({"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": "o-a1b2/r-1/"}, "Null": {"aws:PrincipalOrgPaths": false}}),
            "all values of a key that must be there",
        ),
        (
            json!({"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:SourceVpc": "vpc-1"}}),
            "one of two conditions closes",
        ),
        (json!({"StringLike": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}), "StringLike without a wildcard"),
        (json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:my-bucket"}}), "a bucket's name has one owner"),
        (
            json!({"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/*"}}),
            "whatever the star means, within an account",
        ),
        (json!({"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}), "services on an organisation's behalf"),
    ];
    for (condition, why) in table {
        let outcome = public(&policy(json!([allow(json!({"Condition": condition}))])), None);
        assert_eq!(said(&outcome), "0", "{why}: {condition}");
    }
}

#[test]
fn conditions_that_do_not_close() {
    let table = [
        (json!({}), "an empty condition"),
        (json!({"StringLike": {"aws:PrincipalOrgID": "o-*"}}), "any organisation"),
        (json!({"StringEquals": {"kms:CallerAccount": "*"}}), "meant as any account, and counted so by the provider"),
        (
            json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:accesspoint/x"}}),
            "an access point's name in any account",
        ),
        (json!({"StringLike": {"aws:PrincipalOrgID": ["o-a1b2c3d4e5", "*"]}}), "one value of several is open"),
        (json!({"StringLike": {"aws:PrincipalAccount": "1234*"}}), "accounts by how they begin"),
        (json!({"StringEquals": {"aws:PrincipalAccount": "${aws:PrincipalAccount}"}}), "the caller's own account"),
        (json!({"StringLike": {"aws:SourceVpc": "vpc-*"}}), "any network"),
        (json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:*"}}), "any bucket"),
        (json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::my-bucket*"}}), "buckets by how they begin"),
        (json!({"ArnLike": {"aws:SourceArn": "arn:aws:sns:eu-west-1:*:topic"}}), "a topic's name in any account"),
        (json!({"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}), "a role's name in any account"),
        (json!({"StringLike": {"aws:SourceArn": "*"}}), "anything"),
        (json!({"StringLike": {"aws:userId": "*:alice"}}), "a session's name can be chosen"),
        (json!({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}), "the internet"),
        (json!({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "::/0"]}}), "one range is the internet"),
        (json!({"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}), "the internet in halves"),
        (json!({"IpAddress": {"aws:SourceIp": "2600::/16"}}), "an IPv6 range wider than the provider accepts"),
        (json!({"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}), "all but a network"),
        (json!({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/16"}}), "everybody's private addresses"),
        (json!({"IpAddressIfExists": {"aws:SourceIp": "198.51.100.0/24"}}), "only if there is one"),
        (json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}), "anonymous callers have none"),
        (
            json!({"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": "o-a1b2/r-1/"}}),
            "true of a request without the key",
        ),
        (
            json!({"ForAllValues:StringEquals": {"aws:SourceAccount": "123456789012"}}),
            "true of a request without the key",
        ),
        (json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}), "everybody else"),
        (json!({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:*"}}), "everybody else"),
        (json!({"Null": {"aws:PrincipalOrgID": "false"}}), "any organisation"),
        (json!({"Null": {"aws:SourceVpce": "true"}}), "from the internet only"),
        (json!({"Bool": {"aws:SecureTransport": "true"}}), "everybody can encrypt"),
        (json!({"Bool": {"aws:PrincipalIsAWSService": "false"}}), "everybody but services"),
        (json!({"Bool": {"aws:ViaAWSService": "true"}}), "anybody through a service"),
        (json!({"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}), "anybody through a service"),
        (json!({"StringLike": {"aws:UserAgent": "secret-agent"}}), "anybody can say so"),
        (json!({"StringLike": {"aws:Referer": "https://www.example.com/*"}}), "anybody can say so"),
        (json!({"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}), "no authentication"),
        (json!({"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}), "every account of the provider's"),
        (json!({"StringEquals": {"aws:PrincipalTag/team": "a"}}), "anybody can tag themselves"),
        (json!({"StringEquals": {"aws:PrincipalType": "AssumedRole"}}), "anybody's roles"),
        (json!({"StringEquals": {"sts:ExternalId": "shared"}}), "an external id is not secret"),
        (json!({"StringEquals": {"s3:prefix": "public/"}}), "what, not who"),
        (json!({"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}), "how, not who"),
        (json!({"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}), "a number"),
        (json!({"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}), "a date"),
        (json!({"NumericEquals": {"aws:SourceAccount": "123456789012"}}), "an operator that does not fit"),
        (json!({"StringEquals": {"sns:Protocol": "https"}}), "how, not who"),
    ];
    for (condition, why) in table {
        let outcome = public(&policy(json!([allow(json!({"Condition": condition}))])), None);
        assert_eq!(said(&outcome), "1", "{why}: {condition}");
    }
}

#[test]
fn conditions_that_could_not_be_read() {
    let table = [
        (json!({"StringEquals": {"aws:SourceArn": unknown()}}), "0?", "it may be a fixed one"),
        (json!({"StringEquals": unknown()}), "0?", "it may be any key"),
        (unknown(), "0?", "it may be any condition"),
        (json!({"StringLike": {"aws:SourceArn": ["*", unknown()]}}), "1", "open whatever the other is"),
        (json!({"StringEquals": {"aws:UserAgent": unknown()}}), "1", "no value of this key closes"),
        (json!({"StringNotEquals": {"aws:SourceArn": unknown()}}), "1", "nor of this operator"),
        (
            json!({"StringEquals": {"aws:SourceVpc": "vpc-1", "aws:SourceArn": unknown()}}),
            "0",
            "closed whatever the other is",
        ),
    ];
    for (condition, expected, why) in table {
        let outcome = public(&policy(json!([allow(json!({"Condition": condition}))])), None);
        assert_eq!(said(&outcome), expected, "{why}: {condition}");
    }
}

#[test]
fn denies_that_take_back() {
    let org = json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}});
    let table = [
        (json!({}), "0", "without condition"),
        (json!({"Principal": {"AWS": "*"}}), "0", "everybody, the other way"),
        (json!({"Condition": org}), "0", "all outside the organisation"),
        (
            json!({"Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}),
            "0",
            "also those without one",
        ),
        (
            json!({"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}),
            "0",
            "all outside the organisation but services",
        ),
        (
            json!({"Condition": {"StringNotEqualsIfExists": {"aws:SourceVpc": "vpc-1"}, "NotIpAddressIfExists": {"aws:SourceIp": ["198.51.100.0/24"]}}}),
            "0",
            "all outside two networks",
        ),
        (json!({"Condition": {"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}}), "0", "all outside a network"),
        (
            json!({"Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/*"}}}),
            "0",
            "all but an account's roles",
        ),
        (
            json!({"Condition": {"StringNotLike": {"aws:userId": ["AROAEXAMPLEROLEID:*", "123456789012"]}}}),
            "0",
            "all but a role",
        ),
        (json!({"Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}), "0", "all but an endpoint"),
        (
            json!({"Condition": {"ForAllValues:StringNotLike": {"aws:PrincipalOrgPaths": "o-a1b2/r-1/*"}}}),
            "0",
            "also those without a path",
        ),
        (
            json!({"Principal": null, "NotPrincipal": {"AWS": "arn:aws:iam::123456789012:root"}}),
            "0",
            "all but an account",
        ),
        (json!({"Action": "*"}), "0", "all actions"),
        (json!({"Action": ["s3:Put*", "s3:Get*"]}), "0", "a wider pattern"),
        (json!({"Action": null, "NotAction": "s3:ListBucket"}), "0", "all actions but another"),
        (json!({"Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]}), "0", "the same resources"),
        (json!({"Resource": null, "NotResource": "arn:aws:s3:::other/*"}), "0", "all resources but another"),
        (json!({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}), "1", "everybody can encrypt"),
        (
            json!({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}),
            "1",
            "only the organisation is denied",
        ),
        (
            json!({"Condition": {"StringNotLike": {"aws:PrincipalOrgID": "*"}}}),
            "1",
            "denies nobody with an organisation",
        ),
        (
            json!({"Condition": {"ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": "o-a1b2/r-1/*"}}}),
            "1",
            "those without a path are not denied",
        ),
        (
            json!({"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:UserAgent": "x"}}}),
            "1",
            "denied only who says so",
        ),
        (
            json!({"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}, "Bool": {"aws:PrincipalIsAWSService": "false"}}}),
            "1",
            "anonymous callers lack the second key and are not denied",
        ),
        (
            json!({"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}, "Bool": {"aws:ViaAWSService": "false"}}}),
            "1",
            "outsiders come through a service",
        ),
        (json!({"Condition": {"NotIpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}), "1", "denies nobody"),
        (json!({"Condition": {"Null": {"aws:SourceVpce": "true"}}}), "1", "outsiders have endpoints too"),
        (json!({"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}), "1", "one account"),
        (json!({"Principal": null, "NotPrincipal": {"AWS": "*"}}), "1", "nobody"),
        (json!({"Action": "s3:PutObject"}), "1", "another action"),
        (json!({"Action": "s3:GetObjectAcl"}), "1", "a narrower action"),
        (json!({"Action": null, "NotAction": "s3:Get*"}), "1", "all actions but this one"),
        (json!({"Resource": "arn:aws:s3:::b/private/*"}), "1", "part of the resources"),
        (json!({"Resource": null, "NotResource": "arn:aws:s3:::b/public/*"}), "1", "all resources but part of these"),
        (json!({"Effect": "Allow", "Principal": {"AWS": "123456789012"}}), "1", "no deny at all"),
        (json!({"Principal": unknown()}), "0?", "it may be everybody"),
        (json!({"Effect": unknown()}), "0?", "it may be a deny (or an allow of everything)"),
        (json!({"Condition": unknown()}), "0?", "it may be any condition"),
        (json!({"Action": unknown()}), "0?", "it may be this action"),
        (
            json!({"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": unknown()}}}),
            "0?",
            "it may be an organisation",
        ),
        (json!({"Action": "s3:PutObject", "Condition": unknown()}), "1", "another action under any condition"),
    ];
    for (more, expected, why) in table {
        let outcome = public(&policy(json!([allow(json!({})), deny(more.clone())])), None);
        assert_eq!(said(&outcome), expected, "{why}: {more}");
    }
}
