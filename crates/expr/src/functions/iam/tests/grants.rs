//! Allows, denies, full rights, other accounts, encryption.

use super::*;

fn identity(statements: serde_json::Value) -> Value {
    policy(statements)
}

#[test]
fn wildcards() {
    for (pattern, text) in [
        ("s3:*", "s3:GetObject"),
        ("S3:get?bject", "s3:GetObject"),
        ("*", ""),
        ("*a*b*", "xxaxxbxx"),
        ("ä?", "äö"),
        ("a**b", "ab"),
    ] {
        assert!(matches(pattern, text), "{pattern} {text}");
    }
    for (pattern, text) in [("s3:Get", "s3:GetObject"), ("s3:get?", "s3:get"), ("", "a"), ("a*b", "ac"), ("?", "")] {
        assert!(!matches(pattern, text), "{pattern} {text}");
    }
    for (a, b, covers, overlaps) in [
        ("s3:*", "s3:Get*", true, true),
        ("s3:Get*", "s3:*", false, true),
        ("s3:Get*", "s3:*Object", false, true),
        ("s3:Get*", "s3:Put*", false, false),
        ("s3:?et*", "s3:Get*", true, true),
        ("s3:Ge?", "s3:Ge*", false, true),
        ("*", "*", true, true),
        ("a?c", "a?c", true, true),
        ("*x", "*y", false, false),
        ("user/${aws:username}", "user/x", false, true),
    ] {
        assert_eq!((pattern::covers(a, b), pattern::overlaps(a, b)), (covers, overlaps), "{a} {b}");
        assert_eq!(pattern::overlaps(b, a), overlaps, "{b} {a}");
    }
}

#[test]
fn allowing_and_denying() {
    let document = identity(json!([
        {"Effect": "Allow", "Action": ["kms:*"], "Resource": "arn:aws:kms:*:123456789012:key/a"},
        {"Effect": "Allow", "NotAction": "kms:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "kms:Dec*", "Resource": "*"},
        {"Effect": "Deny", "NotAction": "kms:*", "Resource": "*"},
    ]));
    let table = [
        ("kms:Decrypt", "1", "1"),
        ("s3:GetObject", "1", "1"),
        ("kms:Encrypt", "1", "0"),
        ("kms:D*", "1", "0"),
        ("kms:Decr*", "1", "1"),
        ("*", "2", "0"),
    ];
    for (action, allowed, denied) in table {
        assert_eq!(
            (said(&allows(&document, action, None)).as_str(), said(&denies(&document, action)).as_str()),
            (allowed, denied),
            "{action}"
        );
    }
    assert_eq!(said(&allows(&document, "kms:Decrypt", Some("arn:aws:kms:eu-west-1:123456789012:key/a"))), "1");
    assert_eq!(said(&allows(&document, "kms:Decrypt", Some("arn:aws:kms:eu-west-1:123456789012:key/b"))), "0");
    assert_eq!(
        said(&allows(&identity(json!([{"Effect": "Allow", "Action": "*", "Resource": unknown()}])), "a:b", Some("x"))),
        "0?"
    );
}

#[test]
fn all_rights() {
    let table = [
        (json!({}), "1", "everything"),
        (json!({"Action": ["*:*"]}), "1", "everything, the long way"),
        (json!({"Resource": ["arn:aws:s3:::b", "*"]}), "1", "everything among others"),
        (json!({"Resource": "arn:aws:*:*:*:*"}), "1", "every ARN"),
        (json!({"Resource": "arn:*"}), "1", "every ARN"),
        (json!({"Action": null, "NotAction": ["organizations:LeaveOrganization"]}), "1", "nearly everything"),
        (json!({"Action": null, "NotAction": ["iam:CreateUser"]}), "1", "nearly everything of IAM"),
        (json!({"Resource": null, "NotResource": "arn:aws:s3:::logs/*"}), "1", "nearly all resources"),
        (json!({"Action": null, "NotAction": ["iam:*", "organizations:*"]}), "0", "not who is who"),
        (json!({"Action": null, "NotAction": ["a:*", "b:*", "c:*", "d:*", "e:*", "f:*"]}), "0", "much is left out"),
        (json!({"Action": "iam:*"}), "0", "one service"),
        (json!({"Action": "*:Get*"}), "0", "reading"),
        (json!({"Resource": "arn:aws:s3:::b"}), "0", "one resource"),
        (json!({"Resource": "arn:aws:s3:::*"}), "0", "one service's resources"),
        (json!({"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}), "0", "under a condition"),
        (json!({"Condition": {}}), "1", "an empty condition"),
        (json!({"Effect": "Deny"}), "0", "a deny"),
        (json!({"Condition": unknown()}), "0?", "it may have one"),
        (json!({"Resource": unknown()}), "0?", "it may be all"),
        (json!({"Action": [unknown()]}), "0?", "it may be all"),
        (json!({"Action": [unknown(), "*"]}), "1", "all, whatever the other"),
    ];
    for (more, expected, why) in table {
        let statement = with(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}), more.clone());
        assert_eq!(said(&admin(&identity(json!([statement])))), expected, "{why}: {more}");
    }
}

#[test]
fn all_of_a_service() {
    let table = [
        (json!("kms:*"), json!("*"), "1"),
        (json!("*"), json!("*"), "1"),
        (json!("k*:*"), json!("*"), "1"),
        (json!(["kms:Decrypt", "KMS:*"]), json!("*"), "1"),
        (json!("kms:*"), json!("arn:aws:kms:*:*:*"), "1"),
        (json!("kms:D*"), json!("*"), "0"),
        (json!("s3:*"), json!("*"), "0"),
        (json!("kms:*"), json!("arn:aws:kms:*:*:key/a"), "0"),
        (json!("kms:*"), json!("arn:aws:s3:::*"), "0"),
        (unknown(), json!("*"), "0?"),
    ];
    for (action, resource, expected) in table {
        let document = identity(json!([{"Effect": "Allow", "Action": action, "Resource": resource}]));
        assert_eq!(said(&full_service(&document, "kms")), expected, "{action} {resource}");
    }
    let not = identity(json!([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}]));
    assert_eq!(said(&full_service(&not, "kms")), "1");
    assert_eq!(said(&full_service(&not, "iam")), "0");
}

#[test]
fn other_accounts() {
    const OWN: &str = "111111111111";
    let trust = |more: serde_json::Value| {
        with(
            json!({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::222222222222:root"}, "Action": "sts:AssumeRole"}),
            more,
        )
    };
    let table = [
        (json!({}), "arn:aws:iam::222222222222:root", "another account"),
        (json!({"Principal": {"AWS": "222222222222"}}), "222222222222", "by its number"),
        (
            json!({"Principal": {"AWS": ["arn:aws:iam::111111111111:role/x", "arn:aws-cn:iam::333333333333:role/y"]}}),
            "arn:aws-cn:iam::333333333333:role/y",
            "one of two",
        ),
        (json!({"Principal": {"AWS": "arn:aws:iam::111111111111:root"}}), "", "the account itself"),
        (json!({"Principal": "*"}), "*", "anybody"),
        (json!({"Principal": {"AWS": "arn:aws:iam::*:root"}}), "arn:aws:iam::*:root", "any account"),
        (json!({"Principal": null, "NotPrincipal": {"AWS": OWN}}), "*", "everybody else"),
        (json!({"Principal": {"Service": "ec2.amazonaws.com"}}), "", "a service"),
        (json!({"Principal": {"Federated": "arn:aws:iam::111111111111:saml-provider/x"}}), "", "an identity provider"),
        (json!({"Principal": {"AWS": "AROAQYLPMN5HTR4ZB7CD2"}}), "", "one that was deleted"),
        (json!({"Principal": {"AWS": "arn:aws:iam::cloudfront:user/x"}}), "", "the provider's own"),
        (json!({"Condition": {"StringEquals": {"sts:ExternalId": "shared"}}}), "", "with an external id"),
        (
            json!({"Condition": {"StringLike": {"sts:ExternalId": "*"}}}),
            "arn:aws:iam::222222222222:root",
            "with any external id",
        ),
        (
            json!({"Condition": {"StringEqualsIfExists": {"sts:ExternalId": "shared"}}}),
            "arn:aws:iam::222222222222:root",
            "without, if they like",
        ),
        (json!({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2"}}}), "", "within the organisation"),
        (
            json!({"Condition": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2/*"}}}),
            "",
            "within the organisation",
        ),
        (
            json!({"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}),
            "arn:aws:iam::222222222222:root",
            "with a second factor",
        ),
        (
            json!({"Condition": {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}}),
            "arn:aws:iam::222222222222:root",
            "from somewhere",
        ),
        (
            json!({"Principal": "*", "Condition": {"StringEquals": {"aws:SourceAccount": OWN}}}),
            "",
            "anybody of the account",
        ),
        (
            json!({"Principal": "*", "Condition": {"StringEquals": {"aws:SourceAccount": "222222222222"}}}),
            "222222222222",
            "anybody of another account",
        ),
        (
            json!({"Principal": "*", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:222222222222:t"}}}),
            "arn:aws:sns:*:222222222222:t",
            "another account's topic",
        ),
        (
            json!({"Principal": "*", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111111111111:t"}}}),
            "",
            "the account's topic",
        ),
        (
            json!({"Principal": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}}),
            "",
            "a network, whosesoever",
        ),
        (json!({"Effect": "Deny"}), "", "a deny"),
        (json!({"Principal": {"AWS": unknown()}}), "?", "anyone"),
        (json!({"Principal": {"AWS": ["222222222222", unknown()]}}), "222222222222?", "one, and anyone"),
        (json!({"Condition": {"StringEquals": {"sts:ExternalId": unknown()}}}), "?", "it may be a fixed one"),
        (json!({"Principal": {"AWS": OWN}, "Condition": unknown()}), "", "the account itself under any condition"),
    ];
    for (more, expected, why) in table {
        let outcome = external(&identity(json!([trust(more.clone())])), OWN);
        let principals: Vec<_> =
            outcome.found.iter().map(|found| found.member("principal").as_str().unwrap()).collect();
        let missing = if outcome.missing.is_some() { "?" } else { "" };
        assert_eq!(format!("{}{missing}", principals.join(" ")), expected, "{why}: {more}");
    }
    let denied = identity(
        json!([trust(json!({})), {"Effect": "Deny", "Principal": "*", "Action": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2"}}}]),
    );
    assert_eq!(said(&external(&denied, OWN)), "0", "all outside the organisation are denied");
}

#[test]
fn encryption_in_transit() {
    let statement = |more: serde_json::Value| {
        with(
            json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}}),
            more,
        )
    };
    let table = [
        (json!({}), Some(true), "as the manual says"),
        (json!({"Principal": {"AWS": "*"}, "Action": ["*"]}), Some(true), "the other way"),
        (json!({"Condition": {"bool": {"AWS:securetransport": false}}}), Some(true), "without quotes, in any case"),
        (json!({"Condition": {"BoolIfExists": {"aws:SecureTransport": ["false"]}}}), Some(true), "if there is one"),
        (json!({"Condition": {"StringNotEquals": {"aws:SecureTransport": "true"}}}), Some(true), "turned around"),
        (
            json!({"Condition": {"NumericLessThanIfExists": {"s3:TlsVersion": "1.2"}}}),
            Some(true),
            "a version, and none counts as less",
        ),
        (
            json!({"Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}}),
            Some(false),
            "without TLS there is no version to compare",
        ),
        (json!({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}), Some(false), "the wrong way round"),
        (
            json!({"Condition": {"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:SourceVpc": "vpc-1"}}}),
            Some(false),
            "only from a network",
        ),
        (json!({"Condition": null}), Some(false), "no condition is about something else"),
        (json!({"Effect": "Allow"}), Some(false), "an allow"),
        (json!({"Principal": {"AWS": "123456789012"}}), Some(false), "one account"),
        (json!({"Principal": null, "NotPrincipal": {"AWS": "123456789012"}}), Some(false), "all but one account"),
        (json!({"Action": "s3:GetObject"}), Some(false), "one action"),
        (json!({"Action": null, "NotAction": "s3:GetObject"}), Some(false), "all but one action"),
        (json!({"Condition": unknown()}), None, "it may say so"),
        (json!({"Condition": {"Bool": {"aws:SecureTransport": unknown()}}}), None, "it may be false"),
        (json!({"Action": unknown()}), None, "it may be all"),
        (json!({"Effect": "Allow", "Condition": unknown()}), Some(false), "an allow, whatever it says"),
    ];
    for (more, expected, why) in table {
        let answer = match requires_tls(&identity(json!([statement(more.clone())]))) {
            Truth::Yes => Some(true),
            Truth::No => Some(false),
            Truth::Unknown(_) => None,
        };
        assert_eq!(answer, expected, "{why}: {more}");
    }
    assert_eq!(requires_tls(&Value::Null), Truth::No, "no policy");
    assert_eq!(
        requires_tls(&identity(json!([statement(json!({})), unknown()]))),
        Truth::Yes,
        "whatever the other says"
    );
    assert!(matches!(requires_tls(&value(&unknown())), Truth::Unknown(_)));
}
