//! Ways to raise one's own privileges, open and closed.

use super::*;
use escalation::METHODS;
use std::collections::BTreeSet;

fn methods(statements: serde_json::Value) -> (Vec<String>, bool) {
    let outcome = escalations(&policy(statements));
    let names = outcome.found.iter().map(|found| found.member("method").as_str().unwrap().to_owned()).collect();
    (names, outcome.missing.is_some())
}

#[test]
fn the_table_is_sound() {
    let names: BTreeSet<_> = METHODS.iter().map(|method| method.name).collect();
    assert_eq!(names.len(), METHODS.len(), "names are unique");
    for method in &METHODS {
        assert!(!method.needs.is_empty() && method.reference.starts_with("https://"), "{}", method.name);
        for need in method.needs {
            assert_eq!(need.action.split(':').count(), 2, "{}", need.action);
            assert_eq!(need.action == "iam:PassRole", !need.passed_to.is_empty(), "{}", method.name);
        }
    }
}

#[test]
fn an_administrator_can_use_every_method() {
    let (names, _) = methods(json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]));
    assert_eq!(names.len(), METHODS.len());
}

#[test]
fn each_method_needs_all_of_its_actions() {
    for method in &METHODS {
        let actions: Vec<_> = method.needs.iter().map(|need| need.action).collect();
        let (names, _) = methods(json!([{"Effect": "Allow", "Action": actions, "Resource": "*"}]));
        assert!(names.contains(&method.name.to_owned()), "{}", method.name);
        for left_out in &actions {
            let (names, _) = methods(json!([
                {"Effect": "Allow", "Action": actions, "Resource": "*"},
                {"Effect": "Deny", "Action": left_out, "Resource": "*"},
            ]));
            assert!(!names.contains(&method.name.to_owned()), "{} without {left_out}", method.name);
        }
    }
}

#[test]
fn open_and_closed() {
    let allow = |action: serde_json::Value, resource: &str, condition: serde_json::Value| json!({"Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition});
    let none = json!({});
    let pass = json!(["iam:PassRole", "ec2:RunInstances"]);
    let table = [
        (
            json!([allow(json!("iam:CreatePolicyVersion"), "*", none.clone())]),
            vec!["create-policy-version"],
            "the first of them",
        ),
        (
            json!([allow(json!("iam:CreateAcc*"), "arn:aws:iam::123456789012:user/*", none.clone())]),
            vec!["create-access-key"],
            "for all users",
        ),
        (
            json!([allow(json!("iam:CreateAccessKey"), "arn:aws:iam::*:user/${aws:username}", none.clone())]),
            vec![],
            "one's own keys",
        ),
        (
            json!([allow(json!("iam:CreateAccessKey"), "arn:aws:iam::123456789012:user/ci", none.clone())]),
            vec![],
            "one user's keys",
        ),
        (
            json!([allow(json!("iam:PutUserPolicy"), "arn:aws:iam::*:user/${aws:username}", none.clone())]),
            vec!["put-user-policy"],
            "one's own policy",
        ),
        (
            json!([allow(
                json!("iam:AttachRolePolicy"),
                "*",
                json!({"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}})
            )]),
            vec![],
            "a harmless policy",
        ),
        (
            json!([allow(
                json!("iam:AttachRolePolicy"),
                "*",
                json!({"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}})
            )]),
            vec!["attach-role-policy"],
            "a powerful policy",
        ),
        (
            json!([allow(
                json!("iam:AttachRolePolicy"),
                "*",
                json!({"ArnLike": {"iam:PolicyARN": "arn:aws:iam::aws:policy/*"}})
            )]),
            vec!["attach-role-policy"],
            "any of the provider's policies",
        ),
        (
            json!([allow(
                json!("iam:PutRolePolicy"),
                "*",
                json!({"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/b"}})
            )]),
            vec![],
            "within a boundary",
        ),
        (
            json!([allow(json!("iam:PutRolePolicy"), "*", none.clone()),
            {"Effect": "Deny", "Action": "iam:*", "Resource": "*", "Condition": {"StringNotEquals": {"iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/b"}}}]),
            vec![],
            "denied without a boundary",
        ),
        (json!([allow(pass.clone(), "*", none.clone())]), vec!["pass-role-ec2-run-instances"], "any role to a machine"),
        (
            json!([
                allow(json!("iam:PassRole"), "arn:aws:iam::123456789012:role/app", none.clone()),
                allow(json!("ec2:RunInstances"), "*", none.clone())
            ]),
            vec![],
            "one role",
        ),
        (
            json!([
                allow(json!("iam:PassRole"), "arn:aws:iam::123456789012:role/app-*", none.clone()),
                allow(json!("ec2:*"), "*", none.clone())
            ]),
            vec!["ec2-modify-user-data"],
            "roles chosen by name; machines that are there",
        ),
        (
            json!([
                allow(
                    json!("iam:PassRole"),
                    "*",
                    json!({"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}})
                ),
                allow(json!("ec2:RunInstances"), "*", none.clone())
            ]),
            vec![],
            "to another service",
        ),
        (
            json!([
                allow(json!("iam:PassRole"), "*", json!({"StringLike": {"iam:PassedToService": "ec2.amazonaws.com*"}})),
                allow(json!("ec2:RunInstances"), "*", none.clone())
            ]),
            vec!["pass-role-ec2-run-instances"],
            "to this service",
        ),
        (
            json!([
                allow(
                    json!("iam:PassRole"),
                    "*",
                    json!({"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}})
                ),
                allow(json!("ec2:RunInstances"), "*", none.clone())
            ]),
            vec![],
            "to any other service",
        ),
        (
            json!([allow(pass.clone(), "*", none.clone()), {"Effect": "Deny", "Action": "iam:PassRole", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}]),
            vec!["pass-role-ec2-run-instances"],
            "denied without a second factor only",
        ),
        (
            json!([allow(pass.clone(), "*", none.clone()), {"Effect": "Deny", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/admin"}]),
            vec!["pass-role-ec2-run-instances"],
            "one role denied",
        ),
        (
            json!([allow(json!("lambda:UpdateFunctionCode"), "arn:aws:lambda:*:*:function:*", none.clone())]),
            vec!["lambda-update-function-code"],
            "any function",
        ),
        (
            json!([allow(
                json!("lambda:UpdateFunctionCode"),
                "arn:aws:lambda:eu-west-1:123456789012:function:app",
                none.clone()
            )]),
            vec![],
            "one function",
        ),
        (
            json!([allow(json!("ssm:SendCommand"), "*", json!({"StringEquals": {"aws:ResourceTag/team": "a"}}))]),
            vec![],
            "machines with a tag",
        ),
        (
            json!([{"Effect": "Allow", "NotAction": ["iam:*", "sts:*", "lambda:*", "ec2:*", "ssm:*", "ecs:*", "glue:*", "sagemaker:*", "codebuild:*", "cloudformation:*", "apprunner:*",
            "ec2-instance-connect:*", "bedrock-agentcore:*", "sso:*"], "Resource": "*"}]),
            vec![],
            "nothing that helps",
        ),
        (json!([{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]), vec![], "a resource's policy"),
        (json!([]), vec![], "nothing"),
    ];
    for (statements, expected, why) in table {
        assert_eq!(
            methods(statements.clone()),
            (expected.into_iter().map(str::to_owned).collect(), false),
            "{why}: {statements}"
        );
    }
}

#[test]
fn parts_that_could_not_be_read() {
    let table = [
        (json!([{"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": unknown()}]), 0, true),
        (json!([{"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "*", "Condition": unknown()}]), 0, true),
        (
            json!([{"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "*"}, {"Effect": "Deny", "Action": unknown(), "Resource": "*"}]),
            0,
            true,
        ),
        (json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": unknown()}]), 0, false),
        (
            json!([{"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "*"}, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": unknown()}]),
            1,
            false,
        ),
    ];
    for (statements, found, missing) in table {
        let (names, lacks) = methods(statements.clone());
        assert_eq!((names.len(), lacks), (found, missing), "{statements}");
    }
}

#[test]
fn several_policies_are_one_identity() {
    let both = value(&json!([
        {"Statement": {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}},
        {"Statement": {"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*"}},
    ]));
    assert_eq!(said(&escalations(&both)), "1");
}
