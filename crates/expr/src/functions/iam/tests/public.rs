//! Who is everybody, what is granted, and in how many ways a policy can be written.

use super::*;

#[test]
fn principals() {
    let table = [
        (json!({"Principal": "*"}), "1", "everybody"),
        (json!({"Principal": {"AWS": "*"}}), "1", "everybody"),
        (json!({"Principal": {"AWS": ["arn:aws:iam::123456789012:root", "*"]}}), "1", "everybody among others"),
        (json!({"Principal": ["*"]}), "1", "a list without a kind"),
        (json!({"Principal": {"AWS": "arn:aws:iam::*:root"}}), "1", "any account"),
        (json!({"Principal": {"AWS": "arn:*:iam::*:role/x"}}), "1", "a role in any account"),
        (json!({"Principal": {"AWS": "arn:aws-cn:iam::*:root"}}), "1", "any account of another partition"),
        (json!({"Principal": {"AWS": "arn:aws:iam::${aws:PrincipalAccount}:root"}}), "1", "the caller's own account"),
        (json!({"Principal": {"CanonicalUser": "*"}}), "1", "any canonical user"),
        (json!({"Principal": {"Federated": "*"}}), "1", "any identity provider"),
        (json!({"Principal": {"Service": "*"}}), "1", "any service"),
        (
            json!({"Principal": null, "NotPrincipal": {"AWS": "arn:aws:iam::123456789012:root"}}),
            "1",
            "everybody but one account",
        ),
        (json!({"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}), "0", "an account"),
        (json!({"Principal": {"AWS": "123456789012"}}), "0", "an account by its number"),
        (json!({"Principal": {"AWS": 123_456_789_012_i64}}), "0", "a number without quotes"),
        (json!({"Principal": {"AWS": "arn:*:iam::123456789012:root"}}), "0", "an account in any partition"),
        (json!({"Principal": {"AWS": "arn:aws-us-gov:iam::123456789012:role/*"}}), "0", "an account's roles"),
        (json!({"Principal": {"AWS": "arn:aws-iso:sts::123456789012:assumed-role/x/*"}}), "0", "a role's sessions"),
        (json!({"Principal": {"AWS": "AIDAQYLPMN5HTR4ZB7CD2"}}), "0", "a principal that was deleted"),
        (json!({"Principal": {"Service": "cloudfront.amazonaws.com"}}), "0", "a service"),
        (json!({"Principal": {"Federated": "arn:aws:iam::123456789012:saml-provider/x"}}), "0", "an identity provider"),
        (json!({"Principal": {"CanonicalUser": "0a1b2c"}}), "0", "a canonical user"),
        (json!({"Principal": null, "NotPrincipal": {"AWS": "*"}}), "0", "everybody but everybody"),
        (json!({"Principal": null}), "0", "an identity's policy names nobody"),
        (json!({"Principal": {"AWS": []}}), "0", "nobody"),
        (json!({"Principal": {"AWS": [unknown(), "*"]}}), "1", "everybody, whoever else"),
        (json!({"Principal": {"AWS": unknown()}}), "0?", "it may be everybody"),
        (json!({"Principal": unknown()}), "0?", "it may be everybody"),
        (json!({"Effect": "Deny"}), "0", "a deny"),
        (json!({"Effect": "allow"}), "1", "the service reads it so"),
        (json!({"Effect": unknown()}), "0?", "it may be an allow"),
        (json!({"Action": unknown()}), "0?", "it may be an action"),
        (json!({"Action": []}), "0", "no action"),
        (json!({"Action": null, "NotAction": "*"}), "0", "all actions but all"),
        (json!({"Action": null, "NotAction": unknown()}), "0?", "it may be all but all"),
        (json!({"Action": null, "NotAction": "s3:DeleteBucket"}), "1", "all actions but one"),
        (json!({"Resource": unknown()}), "1", "on whatever"),
        (json!({"Sid": unknown()}), "1", "under whatever name"),
    ];
    for (more, expected, why) in table {
        let outcome = public(&policy(json!([allow(more.clone())])), None);
        assert_eq!(said(&outcome), expected, "{why}: {more}");
    }
}

#[test]
fn shapes_of_a_policy() {
    let statement = allow(json!({}));
    let document = json!({"Statement": [statement]});
    let text = document.to_string();
    let encoded: String = text
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect();
    let table = [
        (document.clone(), "1", "a map"),
        (json!({"Statement": statement}), "1", "one statement without a list"),
        (
            json!({"statement": [{"effect": "Allow", "principal": "*", "action": "*", "resource": "*"}]}),
            "1",
            "elements in lower case",
        ),
        (json!(text), "1", "JSON text"),
        (json!(encoded), "1", "JSON text, URL-encoded"),
        (json!([document, document]), "2", "several policies"),
        (json!(null), "0", "none"),
        (json!(""), "0", "an empty text"),
        (json!({}), "0", "no statements"),
        (json!({"Statement": []}), "0", "no statements"),
        (json!("{"), "0?", "no JSON: nobody knows"),
        (json!("not json"), "0?", "no JSON: nobody knows"),
        (json!(5), "0?", "no policy: nobody knows"),
        (unknown(), "0?", "not read"),
        (json!({"Statement": unknown()}), "0?", "no statement read"),
        (json!({"Statement": [statement, unknown()]}), "0?", "the other may be a deny"),
        (
            json!({"Statement": [with(statement.clone(), json!({"Effect": "Deny"})), unknown()]}),
            "0?",
            "the other may be an allow",
        ),
    ];
    for (policy, expected, why) in table {
        assert_eq!(said(&public(&value(&policy), None)), expected, "{why}: {policy}");
    }
}

#[test]
fn only_the_actions_asked_for() {
    let granting = |action: serde_json::Value| policy(json!([allow(json!({"Action": action}))]));
    let table: [(serde_json::Value, &[&str], &str); 11] = [
        (json!("s3:GetObject"), &["s3:PutObject"], "0"),
        (json!("s3:GetObject"), &["s3:PutObject", "s3:getobject"], "1"),
        (json!("s3:*"), &["s3:PutObject"], "1"),
        (json!("s3:Put*"), &["s3:PutObject"], "1"),
        (json!("s3:*Object"), &["s3:Put*"], "1"),
        (json!("s3:?utObject"), &["s3:PutObject"], "1"),
        (json!("s3:GetObject"), &["s3:Put*"], "0"),
        (json!("*"), &["s3:PutObject"], "1"),
        (json!(["sqs:SendMessage", "s3:PutObject"]), &["s3:PutObject"], "1"),
        (json!(["sqs:SendMessage", unknown()]), &["s3:PutObject"], "0?"),
        (json!("s3:GetObject"), &[], "0"),
    ];
    for (granted, asked, expected) in table {
        assert_eq!(said(&public(&granting(granted.clone()), Some(asked))), expected, "{granted}: {asked:?}");
    }
    let not = |action: &str| policy(json!([allow(json!({"Action": null, "NotAction": action}))]));
    assert_eq!(said(&public(&not("s3:Put*"), Some(&["s3:PutObject"]))), "0", "excluded");
    assert_eq!(said(&public(&not("s3:Put*"), Some(&["s3:GetObject"]))), "1", "not excluded");
    assert_eq!(said(&public(&not("s3:PutObject"), Some(&["s3:Put*"]))), "1", "partly excluded");
}

#[test]
fn denies_and_the_actions_asked_for() {
    let all = allow(json!({"Action": "s3:*", "Resource": "*"}));
    let both = |more| policy(json!([all, deny(more)]));
    assert_eq!(
        said(&public(&both(json!({"Action": "s3:Put*"})), Some(&["s3:PutObject"]))),
        "0",
        "of all that is granted, what was asked is denied"
    );
    assert_eq!(
        said(&public(&both(json!({"Action": "s3:Put*"})), Some(&["s3:PutObject", "s3:GetObject"]))),
        "1",
        "one is left"
    );
    assert_eq!(said(&public(&both(json!({"Action": "s3:Put*"})), None)), "1", "much is left");
    assert_eq!(
        said(&public(&both(json!({"Action": "s3:PutObject"})), Some(&["s3:Put*"]))),
        "1",
        "not all of the pattern is denied"
    );

    let two = policy(json!([
        allow(json!({"Action": ["s3:GetObject", "s3:PutObject"]})),
        deny(json!({"Action": "s3:GetObject"})),
        deny(json!({"Action": "s3:PutObject", "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}})),
    ]));
    assert_eq!(said(&public(&two, None)), "0", "each action is taken back by another deny");
    let split = policy(json!([
        allow(json!({"Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]})),
        deny(json!({"Resource": "arn:aws:s3:::a/*"})),
        deny(json!({"Resource": "arn:aws:s3:::b/*"})),
    ]));
    assert_eq!(said(&public(&split, None)), "0", "each resource is taken back by another deny");
    let crossed = policy(json!([
        allow(
            json!({"Action": ["s3:GetObject", "s3:PutObject"], "Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]})
        ),
        deny(json!({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"})),
        deny(json!({"Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"})),
    ]));
    assert_eq!(said(&public(&crossed, None)), "1", "getting from b is left");
}

#[test]
fn statements_have_one_shape() {
    let document = policy(
        json!({"Effect": "Allow", "Principal": "*", "NotAction": "s3:x", "Resource": ["a"], "Condition": {"Bool": {"k": "true"}}}),
    );
    let shown = json!({"Effect": "Allow", "Principal": {"AWS": ["*"]}, "NotAction": ["s3:x"], "Resource": ["a"], "Condition": {"Bool": {"k": "true"}}});
    assert_eq!(statements(&document).found, [value(&shown)]);
    let document = policy(
        json!([{"Sid": "x", "Effect": "Deny", "Principal": {"AWS": "1", "Service": ["a", "b"]}, "Action": unknown()}, unknown()]),
    );
    let outcome = statements(&document);
    assert_eq!(said(&outcome), "1?");
    let first = outcome.found.first().unwrap();
    assert_eq!(first.at("Principal.AWS"), &value(&json!(["1"])));
    assert!(first.member("Action").missing().is_some(), "what was not read stays unknown");
    assert!(first.member("NotAction").is_null());
}
