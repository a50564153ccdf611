//! Conditions: which of them say who may call.
//!
//! A condition *closes* an allow when nobody outside a fixed circle can meet it, and a deny's condition *shuts out* when
//! everybody outside a fixed circle meets it. The keys are those of the providers' own meaning of public:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>

use super::policy::{Statement, join};
use crate::functions::{
    net::cidr::Cidr,
    outcome::{Truth, listed},
};
use model::{Missing, Value};

/// A set operator before the operator's name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Quantifier {
    None,
    /// True also where the request lacks the key.
    ForAllValues,
    ForAnyValue,
}

/// One line of a condition: operator, key and values. All clauses of a statement must hold; of the values, one.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    pub quantifier: Quantifier,
    /// Lower case, without quantifier and `IfExists`.
    pub operator: String,
    pub if_exists: bool,
    /// Lower case.
    pub key: String,
    pub values: Vec<String>,
    /// Values that could not be read.
    pub missing: Option<Missing>,
}

/// Whom a condition has to keep out.
#[derive(Clone, Copy, Debug)]
pub(super) enum Outside<'a> {
    /// Everybody who is not in some fixed circle.
    Anybody,
    /// Principals of other accounts than this one.
    OtherAccounts(&'a str),
}

/// What a condition key names.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Names {
    Account,
    Organisation,
    OrganisationPath,
    /// An ARN of a caller, or of what calls on its behalf.
    Arn,
    /// An identifier that only its owner can have: a VPC, an endpoint, a service, a token.
    Exact,
    /// `ROLEID:session`, or an account number.
    UserId,
    Address,
    /// A flag that is true for a closed circle only.
    Flag,
    /// A header that a caller sets, but can only use with a permission elsewhere.
    Header,
    /// The shared word of a trust between two parties: not secret, so it closes nothing to the public.
    ExternalId,
}

/// The keys that name who may call, lower case.
const KEYS: [(&str, Names); 34] = [
    ("aws:sourceaccount", Names::Account),
    ("aws:sourceowner", Names::Account),
    ("aws:principalaccount", Names::Account),
    ("aws:vpceaccount", Names::Account),
    ("kms:calleraccount", Names::Account),
    ("s3:dataaccesspointaccount", Names::Account),
    ("vpc-lattice-svcs:sourcevpcowneraccount", Names::Account),
    ("aws:principalorgid", Names::Organisation),
    ("aws:sourceorgid", Names::Organisation),
    ("aws:vpceorgid", Names::Organisation),
    ("aws:principalorgpaths", Names::OrganisationPath),
    ("aws:sourceorgpaths", Names::OrganisationPath),
    ("aws:vpceorgpaths", Names::OrganisationPath),
    ("aws:sourcearn", Names::Arn),
    ("aws:principalarn", Names::Arn),
    ("aws:sourcevpcarn", Names::Arn),
    ("ec2:sourceinstancearn", Names::Arn),
    ("lambda:sourcefunctionarn", Names::Arn),
    ("ssm:sourceinstancearn", Names::Arn),
    ("s3:dataaccesspointarn", Names::Arn),
    ("elasticfilesystem:accesspointarn", Names::Arn),
    ("aws:sourcevpc", Names::Exact),
    ("aws:sourcevpce", Names::Exact),
    ("aws:ec2instancesourcevpc", Names::Exact),
    ("vpc-lattice-svcs:sourcevpc", Names::Exact),
    ("aws:principalservicename", Names::Exact),
    ("aws:principalservicenameslist", Names::Exact),
    ("lambda:eventsourcetoken", Names::Exact),
    ("aws:userid", Names::UserId),
    ("aws:sourceip", Names::Address),
    ("aws:principalisawsservice", Names::Flag),
    // Mount targets are reached from within the VPC only:
    // https://docs.aws.amazon.com/efs/latest/ug/access-control-block-public-access.html#what-is-a-public-policy
    ("elasticfilesystem:accessedviamounttarget", Names::Flag),
    ("s3:x-amz-server-side-encryption-aws-kms-key-id", Names::Header),
    ("sts:externalid", Names::ExternalId),
];

/// Variables that a request cannot choose: they stand for the side of the resource.
const RESOURCE_VARIABLES: [&str; 3] = ["aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"];

impl Clause {
    /// The clauses of a condition, and what of it is missing as a whole.
    pub(super) fn all(condition: &Value) -> (Vec<Self>, Option<Missing>) {
        let mut clauses = Vec::new();
        let mut missing = condition.missing().map(|missing| Missing::clone(missing));
        for (operator, keys) in condition.as_map().into_iter().flat_map(model::Map::iter) {
            match keys {
                Value::Unknown(lack) => missing = Some(join(missing.take(), lack)),
                Value::Map(keys) => clauses.extend(keys.iter().map(|(key, values)| Self::one(operator, key, values))),
                _ => {}
            }
        }
        (clauses, missing)
    }

    fn one(operator: &str, key: &str, values: &Value) -> Self {
        let operator = operator.trim().to_ascii_lowercase();
        let (quantifier, operator) = match operator.split_once(':') {
            Some(("forallvalues", rest)) => (Quantifier::ForAllValues, rest.to_owned()),
            Some(("foranyvalue", rest)) => (Quantifier::ForAnyValue, rest.to_owned()),
            _ => (Quantifier::None, operator),
        };
        let (operator, if_exists) = match operator.strip_suffix("ifexists") {
            Some(base) => (base.to_owned(), true),
            None => (operator, false),
        };
        let mut texts = Vec::new();
        let mut missing = None;
        for value in listed(values) {
            match value {
                Value::String(text) => texts.push(text.to_string()),
                Value::Bool(flag) => texts.push(flag.to_string()),
                Value::Int(number) => texts.push(number.to_string()),
                Value::Float(number) => texts.push(number.to_string()),
                Value::Unknown(lack) => missing = Some(join(missing.take(), lack)),
                _ => {}
            }
        }
        Self { quantifier, operator, if_exists, key: key.trim().to_ascii_lowercase(), values: texts, missing }
    }

    /// Whether it demands that the request has the key: `"Null": {key: "false"}`.
    fn demands(&self, key: &str) -> bool {
        self.operator == "null" && self.key == key && self.missing.is_none() && self.values == ["false"]
    }

    /// Whether only a fixed circle can meet it.
    fn closes(&self, siblings: &[Self], outside: Outside<'_>) -> Truth {
        let Some(names) = self.names() else { return Truth::No };
        let fits = match self.operator.as_str() {
            "stringequals" | "stringequalsignorecase" | "stringlike" | "arnequals" | "arnlike" => true,
            "ipaddress" => names == Names::Address,
            "bool" => names == Names::Flag,
            _ => false,
        };
        if !fits {
            return Truth::No;
        }
        let met_without_key = self.if_exists || self.quantifier == Quantifier::ForAllValues;
        if met_without_key && !siblings.iter().any(|sibling| sibling.demands(&self.key)) {
            return Truth::No;
        }
        // To `StringEquals` a star is a letter, but whoever writes one means to open, and the provider counts it as open.
        self.values_are_fixed(names, true, outside)
    }

    /// Whether everybody outside a fixed circle meets it, as in `"StringNotEquals": {"aws:PrincipalOrgID": …}`.
    fn shuts_out(&self, outside: Outside<'_>) -> Truth {
        let Some(names) = self.names() else { return Truth::No };
        if self.quantifier == Quantifier::ForAnyValue || names == Names::Header {
            return Truth::No;
        }
        // Negated operators hold also where the request lacks the key; `Bool` only with `IfExists`.
        let wildcards = match self.operator.as_str() {
            "stringnotequals" | "stringnotequalsignorecase" => false,
            "stringnotlike" | "arnnotequals" | "arnnotlike" => true,
            "notipaddress" if names == Names::Address => true,
            "bool" if names == Names::Flag && self.if_exists => {
                return match (&self.missing, outside) {
                    (_, Outside::OtherAccounts(_)) => Truth::No,
                    (Some(missing), _) => Truth::Unknown(missing.clone()),
                    (None, _) => Truth::from(self.values.iter().any(|value| value.eq_ignore_ascii_case("false"))),
                };
            }
            _ => return Truth::No,
        };
        self.values_are_fixed(names, wildcards, outside)
    }

    fn names(&self) -> Option<Names> {
        KEYS.iter().find(|(key, _)| *key == self.key).map(|(_, names)| *names)
    }

    fn values_are_fixed(&self, names: Names, wildcards: bool, outside: Outside<'_>) -> Truth {
        let fixed = |value: &String| match outside {
            Outside::Anybody => is_fixed(value, names, wildcards),
            Outside::OtherAccounts(account) => keeps_to(value, names, wildcards, account),
        };
        match &self.missing {
            _ if !self.values.iter().all(fixed) => Truth::No,
            Some(missing) => Truth::Unknown(missing.clone()),
            None => Truth::Yes,
        }
    }
}

/// Whether the statement's condition lets only a fixed circle through.
pub(super) fn closes(statement: &Statement, outside: Outside<'_>) -> Truth {
    let known = Truth::any(statement.clauses.iter().map(|clause| clause.closes(&statement.clauses, outside)));
    known.or(match &statement.condition_missing {
        Some(missing) => Truth::Unknown(missing.clone()),
        None => Truth::No,
    })
}

/// Whether everybody outside meets the (deny) statement's condition.
pub(super) fn shuts_out(statement: &Statement, outside: Outside<'_>) -> Truth {
    let known = Truth::all(statement.clauses.iter().map(|clause| clause.shuts_out(outside)));
    known.and(match &statement.condition_missing {
        Some(missing) => Truth::Unknown(missing.clone()),
        None => Truth::Yes,
    })
}

/// The values of clauses that require an account or an ARN, with the operators that require them: whom a condition names.
pub(super) fn named_accounts(statement: &Statement) -> impl Iterator<Item = &str> {
    statement
        .clauses
        .iter()
        .filter(|clause| matches!(clause.names(), Some(Names::Account | Names::Arn)))
        .filter(|clause| clause.closes(&statement.clauses, Outside::Anybody) != Truth::No)
        .flat_map(|clause| clause.values.iter().map(String::as_str))
}

/// Whether a value names something that not just anybody can be. Where the operator knows no wildcards, they are letters.
fn is_fixed(value: &str, names: Names, wildcards: bool) -> bool {
    let Some(value) = without_resource_variables(value) else { return false };
    let wild = |text: &str| wildcards && text.contains(['*', '?']);
    match names {
        Names::Account | Names::Organisation | Names::Exact | Names::Header => !wild(&value),
        Names::OrganisationPath => !value.split('/').next().is_some_and(wild),
        Names::Arn => !wildcards || arn_is_fixed(&value),
        Names::UserId => !value.split(':').next().is_some_and(wild),
        Names::Address => !address_is_open(&value),
        Names::Flag => value.eq_ignore_ascii_case("true"),
        Names::ExternalId => false,
    }
}

/// Whether a value keeps principals of other accounts out: it names the account itself, an organisation, or a shared word.
fn keeps_to(value: &str, names: Names, wildcards: bool, account: &str) -> bool {
    let wild = wildcards && value.contains(['*', '?']);
    match names {
        Names::Organisation | Names::OrganisationPath => is_fixed(value, names, wildcards),
        Names::ExternalId => !wild && !value.is_empty(),
        Names::Account => value == account || value.eq_ignore_ascii_case("${aws:ResourceAccount}"),
        Names::Arn => value.split(':').nth(4) == Some(account),
        _ => false,
    }
}

/// A value with variables of the resource's side replaced by a letter; `None` where the caller chooses a variable.
fn without_resource_variables(value: &str) -> Option<String> {
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("${") {
        let (variable, after) = after.split_once('}')?;
        let name = variable.split(',').next().unwrap_or_default().trim();
        if !RESOURCE_VARIABLES.iter().any(|known| known.eq_ignore_ascii_case(name)) && !matches!(name, "*" | "?" | "$")
        {
            return None;
        }
        text.push_str(before);
        text.push('x');
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

/// Whether an ARN pattern is bound to one owner: by a fixed account, or, in services whose ARNs have none, by a fixed name.
fn arn_is_fixed(pattern: &str) -> bool {
    let wild = |text: &str| text.contains(['*', '?']);
    if !wild(pattern) {
        return true;
    }
    let parts: Vec<&str> = pattern.splitn(6, ':').collect();
    // `arn:*:123456789012:*`: a star for several parts, but the account is there.
    let account_number = |part: &&str| part.len() == 12 && part.bytes().all(|b| b.is_ascii_digit());
    if parts.iter().take(5).any(account_number) {
        return true;
    }
    match parts.as_slice() {
        [_, _, service, _, account, resource] => {
            let name = resource.split('/').next().unwrap_or_default();
            match *account {
                // A bucket's name belongs to one owner, whatever stands before it.
                _ if *service == "s3" && name != "accesspoint" => !name.is_empty() && !wild(name),
                "" => !wild(resource),
                account => !wild(account),
            }
        }
        _ => false,
    }
}

/// Whether a range of `aws:SourceIp` lets the internet in. What is no range matches no caller, unless it is a wildcard.
fn address_is_open(value: &str) -> bool {
    /// The widest IPv6 range that the provider does not call public.
    const V6_PREFIX_MIN: u8 = 32;
    match Cidr::parse(value) {
        Some(range) => range.is_internet() || (range.v6 && range.prefix < V6_PREFIX_MIN && range.is_public()),
        None => value.contains(['*', '?']),
    }
}
