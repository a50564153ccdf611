//! The least role for a scan: as a policy document, as CloudFormation, as Terraform. Read actions only.

use std::fmt::Write as _;

/// Characters of a managed policy's document, white space left out.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
pub const POLICY_CHARS_MAX: usize = 6_144;
/// Managed policies that a role can have without asking for more.
const POLICIES_MAX: usize = 10;
/// The name of the role that is written.
const ROLE_NAME: &str = "StanceReadOnly";

/// All the actions in one policy document.
pub fn policy_document(actions: &[String]) -> serde_json::Value {
    serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{ "Sid": "StanceRead", "Effect": "Allow", "Action": actions, "Resource": "*" }]
    })
}

/// The actions split into as many policy documents as their size needs, each as its JSON value.
pub fn policy_documents(actions: &[String]) -> Vec<serde_json::Value> {
    let mut documents: Vec<Vec<&str>> = vec![Vec::new()];
    let mut size = 0;
    for action in actions {
        size += action.len() + 3;
        if size > POLICY_CHARS_MAX - 200 {
            documents.push(Vec::new());
            size = action.len() + 3;
        }
        if let Some(last) = documents.last_mut() {
            last.push(action);
        }
    }
    debug_assert!(documents.len() <= POLICIES_MAX, "the catalog's actions fit into the policies of one role");
    documents
        .into_iter()
        .enumerate()
        .map(|(index, actions)| {
            serde_json::json!({
                "Version": "2012-10-17",
                "Statement": [{ "Sid": format!("StanceRead{}", index + 1), "Effect": "Allow", "Action": actions, "Resource": "*" }]
            })
        })
        .collect()
}

/// A CloudFormation template (JSON) for the role.
pub fn cloudformation(actions: &[String]) -> serde_json::Value {
    let mut resources = serde_json::Map::new();
    let mut names = Vec::new();
    for (index, document) in policy_documents(actions).into_iter().enumerate() {
        let name = format!("ReadPolicy{}", index + 1);
        resources.insert(
            name.clone(),
            serde_json::json!({ "Type": "AWS::IAM::ManagedPolicy", "Properties": { "PolicyDocument": document } }),
        );
        names.push(serde_json::json!({ "Ref": name }));
    }
    resources.insert(
        "Role".to_owned(),
        serde_json::json!({
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": ROLE_NAME,
                "MaxSessionDuration": 14_400,
                "ManagedPolicyArns": names,
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{
                        "Effect": "Allow",
                        "Principal": { "AWS": { "Ref": "TrustedPrincipal" } },
                        "Action": "sts:AssumeRole",
                        "Condition": { "StringEquals": { "sts:ExternalId": { "Ref": "ExternalId" } } }
                    }]
                }
            }
        }),
    );
    serde_json::json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "A read-only role for stance. It can read configuration and no data.",
        "Parameters": {
            "TrustedPrincipal": { "Type": "String", "Description": "ARN of the role or user that runs stance" },
            "ExternalId": { "Type": "String", "MinLength": 8, "NoEcho": true, "Description": "A long random text that the scanner has to name" }
        },
        "Resources": resources,
        "Outputs": { "RoleArn": { "Value": { "Fn::GetAtt": ["Role", "Arn"] } } }
    })
}

/// Terraform for the role.
pub fn terraform(actions: &[String]) -> String {
    let mut text = format!(
        r#"variable "trusted_principal" {{
  type        = string
  description = "ARN of the role or user that runs stance"
}}

variable "external_id" {{
  type        = string
  sensitive   = true
  description = "A long random text that the scanner has to name"
}}

resource "aws_iam_role" "stance" {{
  name                 = "{ROLE_NAME}"
  max_session_duration = 14400
  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Principal = {{ AWS = var.trusted_principal }}
      Action    = "sts:AssumeRole"
      Condition = {{ StringEquals = {{ "sts:ExternalId" = var.external_id }} }}
    }}]
  }})
}}
"#
    );
    for (index, document) in policy_documents(actions).iter().enumerate() {
        let number = index + 1;
        let list =
            document["Statement"][0]["Action"].as_array().into_iter().flatten().filter_map(|action| action.as_str());
        let lines = list.fold(String::new(), |mut lines, action| {
            let _ = writeln!(lines, "        \"{action}\",");
            lines
        });
        let _ = write!(
            text,
            r#"
resource "aws_iam_policy" "stance_read_{number}" {{
  name = "{ROLE_NAME}{number}"
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect   = "Allow"
      Resource = "*"
      Action = [
{lines}      ]
    }}]
  }})
}}

resource "aws_iam_role_policy_attachment" "stance_read_{number}" {{
  role       = aws_iam_role.stance.name
  policy_arn = aws_iam_policy.stance_read_{number}.arn
}}
"#
        );
    }
    text.push_str("\noutput \"role_arn\" {\n  value = aws_iam_role.stance.arn\n}\n");
    text
}
