//! The published ways to raise one's own privileges, one a line: a name, what it needs, and where it is described.

/// The methods that Rhino Security Labs first collected.
const RHINO: &str = "https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/";
/// The collection that is kept up to date today.
const PATHS: &str = "https://pathfinding.cloud/paths/";
/// Roles of code interpreters.
const INTERPRETERS: &str = "https://sonraisecurity.com/blog/sandboxed-to-compromised-new-research-exposes-credential-exfiltration-paths-in-aws-code-interpreters";

/// What a needed permission must extend to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// Any resource: the method makes the thing that it uses.
    Anything,
    /// All things of a kind: the holder chooses among what is there.
    Wide,
    /// All things of a kind, or the holder (`${aws:username}`).
    WideOrSelf,
}

/// A permission that a method needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// The action, as in `iam:PassRole`.
    pub action: &'static str,
    /// What it must extend to.
    pub on: On,
    /// For `iam:PassRole`, the service that receives the role; else empty.
    pub passed_to: &'static str,
}

/// A way to raise one's own privileges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method {
    /// Its name, stable.
    pub name: &'static str,
    /// What it needs, all of it.
    pub needs: &'static [Need],
    /// Where it is described.
    pub reference: &'static str,
}

const fn anything(action: &'static str) -> Need {
    Need { action, on: On::Anything, passed_to: "" }
}

const fn wide(action: &'static str) -> Need {
    Need { action, on: On::Wide, passed_to: "" }
}

const fn wide_or_self(action: &'static str) -> Need {
    Need { action, on: On::WideOrSelf, passed_to: "" }
}

const fn pass_role(passed_to: &'static str) -> Need {
    Need { action: "iam:PassRole", on: On::Wide, passed_to }
}

const fn method(name: &'static str, needs: &'static [Need], reference: &'static str) -> Method {
    Method { name, needs, reference }
}

/// The methods: IAM itself, machines and functions, orchestration, data and models.
pub static METHODS: [Method; 69] = [
    method("create-policy-version", &[wide("iam:CreatePolicyVersion")], RHINO),
    method("set-default-policy-version", &[wide("iam:SetDefaultPolicyVersion")], RHINO),
    method("create-access-key", &[wide("iam:CreateAccessKey")], RHINO),
    method("create-login-profile", &[wide("iam:CreateLoginProfile")], RHINO),
    method("update-login-profile", &[wide("iam:UpdateLoginProfile")], RHINO),
    method("attach-user-policy", &[wide_or_self("iam:AttachUserPolicy")], RHINO),
    method("attach-group-policy", &[wide("iam:AttachGroupPolicy")], RHINO),
    method("attach-role-policy", &[wide("iam:AttachRolePolicy")], RHINO),
    method("put-user-policy", &[wide_or_self("iam:PutUserPolicy")], RHINO),
    method("put-group-policy", &[wide("iam:PutGroupPolicy")], RHINO),
    method("put-role-policy", &[wide("iam:PutRolePolicy")], RHINO),
    method("add-user-to-group", &[wide("iam:AddUserToGroup")], RHINO),
    method("update-assume-role-policy", &[wide("iam:UpdateAssumeRolePolicy")], RHINO),
    method("delete-user-permissions-boundary", &[wide_or_self("iam:DeleteUserPermissionsBoundary")], PATHS),
    method("delete-role-permissions-boundary", &[wide("iam:DeleteRolePermissionsBoundary")], PATHS),
    method("update-saml-provider", &[wide("iam:UpdateSAMLProvider")], PATHS),
    method("assume-any-role", &[wide("sts:AssumeRole")], PATHS),
    method(
        "permission-set-inline-policy",
        &[wide("sso:PutInlinePolicyToPermissionSet"), wide("sso:ProvisionPermissionSet")],
        PATHS,
    ),
    method(
        "permission-set-managed-policy",
        &[wide("sso:AttachManagedPolicyToPermissionSet"), wide("sso:ProvisionPermissionSet")],
        PATHS,
    ),
    method("pass-role-ec2-run-instances", &[pass_role("ec2.amazonaws.com"), anything("ec2:RunInstances")], RHINO),
    method(
        "pass-role-ec2-spot-instances",
        &[pass_role("ec2.amazonaws.com"), anything("ec2:RequestSpotInstances")],
        PATHS,
    ),
    method(
        "pass-role-ec2-associate-profile",
        &[pass_role("ec2.amazonaws.com"), wide("ec2:AssociateIamInstanceProfile")],
        PATHS,
    ),
    method(
        "pass-role-ec2-replace-profile",
        &[pass_role("ec2.amazonaws.com"), wide("ec2:ReplaceIamInstanceProfileAssociation")],
        PATHS,
    ),
    method(
        "pass-role-autoscaling-launch-configuration",
        &[
            pass_role("ec2.amazonaws.com"),
            anything("autoscaling:CreateLaunchConfiguration"),
            anything("autoscaling:CreateAutoScalingGroup"),
        ],
        PATHS,
    ),
    method(
        "pass-role-autoscaling-launch-template",
        &[
            pass_role("ec2.amazonaws.com"),
            anything("ec2:CreateLaunchTemplate"),
            anything("autoscaling:CreateAutoScalingGroup"),
        ],
        PATHS,
    ),
    method(
        "ec2-modify-user-data",
        &[wide("ec2:ModifyInstanceAttribute"), wide("ec2:StopInstances"), wide("ec2:StartInstances")],
        PATHS,
    ),
    method("ec2-send-ssh-key", &[wide("ec2-instance-connect:SendSSHPublicKey")], PATHS),
    method("ssm-send-command", &[wide("ssm:SendCommand")], PATHS),
    method("ssm-start-session", &[wide("ssm:StartSession")], PATHS),
    method(
        "pass-role-ssm-automation",
        &[pass_role("ssm.amazonaws.com"), anything("ssm:StartAutomationExecution")],
        PATHS,
    ),
    method(
        "pass-role-lambda-invoke",
        &[pass_role("lambda.amazonaws.com"), anything("lambda:CreateFunction"), anything("lambda:InvokeFunction")],
        RHINO,
    ),
    method(
        "pass-role-lambda-event-source",
        &[
            pass_role("lambda.amazonaws.com"),
            anything("lambda:CreateFunction"),
            anything("lambda:CreateEventSourceMapping"),
        ],
        RHINO,
    ),
    method(
        "pass-role-lambda-add-permission",
        &[pass_role("lambda.amazonaws.com"), anything("lambda:CreateFunction"), anything("lambda:AddPermission")],
        PATHS,
    ),
    method("lambda-update-function-code", &[wide("lambda:UpdateFunctionCode")], RHINO),
    method("lambda-update-function-layers", &[wide("lambda:UpdateFunctionConfiguration")], RHINO),
    method(
        "pass-role-ecs-run-task",
        &[pass_role("ecs-tasks.amazonaws.com"), anything("ecs:RegisterTaskDefinition"), anything("ecs:RunTask")],
        PATHS,
    ),
    method(
        "pass-role-ecs-start-task",
        &[pass_role("ecs-tasks.amazonaws.com"), anything("ecs:RegisterTaskDefinition"), anything("ecs:StartTask")],
        PATHS,
    ),
    method(
        "pass-role-ecs-create-service",
        &[pass_role("ecs-tasks.amazonaws.com"), anything("ecs:RegisterTaskDefinition"), anything("ecs:CreateService")],
        PATHS,
    ),
    method("ecs-execute-command", &[wide("ecs:ExecuteCommand")], PATHS),
    method(
        "pass-role-batch-submit-job",
        &[pass_role("ecs-tasks.amazonaws.com"), anything("batch:RegisterJobDefinition"), anything("batch:SubmitJob")],
        PATHS,
    ),
    method(
        "pass-role-apprunner-create-service",
        &[pass_role("tasks.apprunner.amazonaws.com"), anything("apprunner:CreateService")],
        PATHS,
    ),
    method("apprunner-update-service", &[wide("apprunner:UpdateService")], PATHS),
    method(
        "pass-role-cloudformation-create-stack",
        &[pass_role("cloudformation.amazonaws.com"), anything("cloudformation:CreateStack")],
        RHINO,
    ),
    method(
        "pass-role-cloudformation-change-set",
        &[
            pass_role("cloudformation.amazonaws.com"),
            anything("cloudformation:CreateChangeSet"),
            anything("cloudformation:ExecuteChangeSet"),
        ],
        PATHS,
    ),
    method(
        "pass-role-cloudformation-stack-set",
        &[
            pass_role("cloudformation.amazonaws.com"),
            anything("cloudformation:CreateStackSet"),
            anything("cloudformation:CreateStackInstances"),
        ],
        PATHS,
    ),
    method("cloudformation-update-stack", &[wide("cloudformation:UpdateStack")], PATHS),
    method(
        "pass-role-step-functions",
        &[pass_role("states.amazonaws.com"), anything("states:CreateStateMachine"), anything("states:StartExecution")],
        PATHS,
    ),
    method("pass-role-scheduler", &[pass_role("scheduler.amazonaws.com"), anything("scheduler:CreateSchedule")], PATHS),
    method(
        "pass-role-events-rule",
        &[pass_role("events.amazonaws.com"), anything("events:PutRule"), anything("events:PutTargets")],
        PATHS,
    ),
    method(
        "pass-role-data-pipeline",
        &[
            pass_role("datapipeline.amazonaws.com"),
            anything("datapipeline:CreatePipeline"),
            anything("datapipeline:PutPipelineDefinition"),
            anything("datapipeline:ActivatePipeline"),
        ],
        RHINO,
    ),
    method(
        "pass-role-codebuild-create-project",
        &[pass_role("codebuild.amazonaws.com"), anything("codebuild:CreateProject"), anything("codebuild:StartBuild")],
        PATHS,
    ),
    method(
        "pass-role-codebuild-update-project",
        &[pass_role("codebuild.amazonaws.com"), anything("codebuild:UpdateProject"), anything("codebuild:StartBuild")],
        PATHS,
    ),
    method("codebuild-start-build", &[wide("codebuild:StartBuild")], PATHS),
    method(
        "pass-role-glue-dev-endpoint",
        &[pass_role("glue.amazonaws.com"), anything("glue:CreateDevEndpoint")],
        RHINO,
    ),
    method("glue-update-dev-endpoint", &[wide("glue:UpdateDevEndpoint")], RHINO),
    method(
        "pass-role-glue-create-job",
        &[pass_role("glue.amazonaws.com"), anything("glue:CreateJob"), anything("glue:StartJobRun")],
        PATHS,
    ),
    method(
        "pass-role-glue-update-job",
        &[pass_role("glue.amazonaws.com"), anything("glue:UpdateJob"), anything("glue:StartJobRun")],
        PATHS,
    ),
    method(
        "pass-role-glue-session",
        &[pass_role("glue.amazonaws.com"), anything("glue:CreateSession"), anything("glue:RunStatement")],
        PATHS,
    ),
    method(
        "pass-role-emr-job-flow",
        &[pass_role("elasticmapreduce.amazonaws.com"), anything("elasticmapreduce:RunJobFlow")],
        PATHS,
    ),
    method(
        "pass-role-sagemaker-notebook",
        &[
            pass_role("sagemaker.amazonaws.com"),
            anything("sagemaker:CreateNotebookInstance"),
            anything("sagemaker:CreatePresignedNotebookInstanceUrl"),
        ],
        RHINO,
    ),
    method("sagemaker-open-notebook", &[wide("sagemaker:CreatePresignedNotebookInstanceUrl")], PATHS),
    method(
        "pass-role-sagemaker-training-job",
        &[pass_role("sagemaker.amazonaws.com"), anything("sagemaker:CreateTrainingJob")],
        PATHS,
    ),
    method(
        "pass-role-sagemaker-processing-job",
        &[pass_role("sagemaker.amazonaws.com"), anything("sagemaker:CreateProcessingJob")],
        PATHS,
    ),
    method(
        "sagemaker-notebook-lifecycle",
        &[
            anything("sagemaker:CreateNotebookInstanceLifecycleConfig"),
            wide("sagemaker:UpdateNotebookInstance"),
            wide("sagemaker:StopNotebookInstance"),
            wide("sagemaker:StartNotebookInstance"),
        ],
        PATHS,
    ),
    method(
        "pass-role-bedrock-code-interpreter",
        &[
            pass_role("bedrock-agentcore.amazonaws.com"),
            anything("bedrock-agentcore:CreateCodeInterpreter"),
            anything("bedrock-agentcore:StartCodeInterpreterSession"),
            anything("bedrock-agentcore:InvokeCodeInterpreter"),
        ],
        INTERPRETERS,
    ),
    method(
        "bedrock-code-interpreter",
        &[wide("bedrock-agentcore:StartCodeInterpreterSession"), wide("bedrock-agentcore:InvokeCodeInterpreter")],
        INTERPRETERS,
    ),
    method(
        "pass-role-bedrock-agent-runtime",
        &[
            pass_role("bedrock-agentcore.amazonaws.com"),
            anything("bedrock-agentcore:CreateAgentRuntime"),
            anything("bedrock-agentcore:InvokeAgentRuntime"),
        ],
        PATHS,
    ),
    method(
        "pass-role-cognito-identity-pool",
        &[pass_role("cognito-identity.amazonaws.com"), wide("cognito-identity:SetIdentityPoolRoles")],
        PATHS,
    ),
    method(
        "pass-role-roles-anywhere",
        &[
            pass_role("rolesanywhere.amazonaws.com"),
            anything("rolesanywhere:CreateTrustAnchor"),
            anything("rolesanywhere:CreateProfile"),
        ],
        PATHS,
    ),
];
