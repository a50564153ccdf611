//! Endpoint rule sets, evaluated: <https://smithy.io/2.0/additional-specs/rules-engine/specification.html>.

use apimodel::aws::{Partition, partition_of};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What a rule set says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Address.
    pub(crate) url: String,
    /// Region to sign for, or empty.
    pub(crate) signing_region: String,
    /// Name to sign for, or empty.
    pub(crate) signing_name: String,
}

/// The variables in scope.
type Scope = BTreeMap<String, Value>;

/// Evaluate a rule set; `None` where it ends in an error or in nothing.
pub(crate) fn evaluate(rules: &Value, parameters: &BTreeMap<String, Value>, partitions: &[Partition]) -> Option<Found> {
    let mut scope = Scope::new();
    for (name, facts) in rules.get("parameters")?.as_object()? {
        if let Some(value) = parameters.get(name).or_else(|| facts.get("default")) {
            scope.insert(name.clone(), value.clone());
        }
    }
    let engine = Engine { partitions };
    match engine.tree(rules.get("rules")?, &scope) {
        Some(Outcome::Endpoint(found)) => Some(found),
        Some(Outcome::Error) | None => None,
    }
}

enum Outcome {
    Endpoint(Found),
    Error,
}

struct Engine<'a> {
    partitions: &'a [Partition],
}

impl Engine<'_> {
    /// The first rule whose conditions hold decides.
    fn tree(&self, rules: &Value, scope: &Scope) -> Option<Outcome> {
        for rule in rules.as_array()? {
            let mut scope = scope.clone();
            let conditions = rule.get("conditions").and_then(Value::as_array);
            if !conditions.into_iter().flatten().all(|condition| self.holds(condition, &mut scope)) {
                continue;
            }
            return match rule.get("type").and_then(Value::as_str) {
                Some("tree") => match self.tree(rule.get("rules")?, &scope) {
                    Some(outcome) => Some(outcome),
                    None => continue,
                },
                Some("endpoint") => self.endpoint(rule.get("endpoint")?, &scope).map(Outcome::Endpoint),
                _ => Some(Outcome::Error),
            };
        }
        None
    }

    fn holds(&self, condition: &Value, scope: &mut Scope) -> bool {
        let result = self.call(condition, scope);
        if let (Some(name), Some(value)) = (condition.get("assign").and_then(Value::as_str), &result) {
            scope.insert(name.to_owned(), value.clone());
        }
        !matches!(result, None | Some(Value::Null | Value::Bool(false)))
    }

    fn endpoint(&self, endpoint: &Value, scope: &Scope) -> Option<Found> {
        let text = |value: &Value| Some(self.value(value, scope)?.as_str()?.to_owned());
        let schemes =
            endpoint.get("properties").and_then(|properties| properties.get("authSchemes")).and_then(Value::as_array);
        let mut schemes = schemes.into_iter().flatten();
        let scheme = schemes.find(|scheme| scheme.get("name").and_then(Value::as_str) == Some("sigv4"));
        let property = |name: &str| scheme.and_then(|scheme| text(scheme.get(name)?)).unwrap_or_default();
        Some(Found {
            url: text(endpoint.get("url")?)?,
            signing_region: property("signingRegion"),
            signing_name: property("signingName"),
        })
    }

    fn value(&self, expression: &Value, scope: &Scope) -> Option<Value> {
        match expression {
            Value::String(template) => self.template(template, scope).map(Value::String),
            Value::Object(object) => match object.get("ref") {
                Some(name) => scope.get(name.as_str()?).cloned(),
                None => self.call(expression, scope),
            },
            other => Some(other.clone()),
        }
    }

    /// Text with `{name}` and `{name#path}`.
    fn template(&self, template: &str, scope: &Scope) -> Option<String> {
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}')?;
            let (name, path) = name.split_once('#').map_or((name, None), |(name, path)| (name, Some(path)));
            let value = scope.get(name)?;
            let value = path.map_or(Some(value), |path| attribute(value, path))?;
            text.push_str(before);
            text.push_str(value.as_str()?);
            rest = after;
        }
        text.push_str(rest);
        Some(text)
    }

    fn call(&self, call: &Value, scope: &Scope) -> Option<Value> {
        let arguments = call.get("argv")?.as_array()?;
        let argument = |index: usize| self.value(arguments.get(index)?, scope);
        let text = |index: usize| Some(argument(index)?.as_str()?.to_owned());
        match call.get("fn")?.as_str()? {
            "isSet" => Some(json!(argument(0).is_some_and(|value| !value.is_null()))),
            "not" => Some(json!(!matches!(argument(0), Some(Value::Bool(true))))),
            "booleanEquals" | "stringEquals" => Some(json!(argument(0)? == argument(1)?)),
            "getAttr" => attribute(&argument(0)?, arguments.get(1)?.as_str()?).cloned(),
            "aws.partition" => partition_of(self.partitions, &text(0)?).map(partition_facts),
            "isValidHostLabel" => Some(json!(is_host_label(&text(0)?, argument(1)?.as_bool()?))),
            "substring" => substring(&text(0)?, arguments),
            "parseURL" | "aws.parseArn" | "aws.isVirtualHostableS3Bucket" | "uriEncode" => None,
            other => panic!("the rules' function {other} is new"),
        }
    }
}

fn attribute<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, segment| {
        let (name, index) = segment.split_once('[').map_or((segment, None), |(name, index)| (name, Some(index)));
        let value = if name.is_empty() { value } else { value.get(name)? };
        match index {
            Some(index) => value.get(index.trim_end_matches(']').parse::<usize>().ok()?),
            None => Some(value),
        }
    })
}

fn partition_facts(partition: &Partition) -> Value {
    let mut facts = Map::new();
    facts.insert("name".into(), json!(partition.id));
    facts.insert("dnsSuffix".into(), json!(partition.dns_suffix));
    facts.insert("dualStackDnsSuffix".into(), json!(partition.dual_stack_dns_suffix));
    facts.insert("supportsFIPS".into(), json!(partition.fips));
    facts.insert("supportsDualStack".into(), json!(partition.dual_stack));
    facts.insert("implicitGlobalRegion".into(), json!(partition.global_region));
    Value::Object(facts)
}

fn is_host_label(text: &str, dots: bool) -> bool {
    if dots {
        return text.split('.').all(|label| is_host_label(label, false));
    }
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=63).contains(&text.len()) && text.bytes().all(inner) && !text.starts_with('-') && !text.ends_with('-')
}

fn substring(text: &str, arguments: &[Value]) -> Option<Value> {
    let number = |index: usize| usize::try_from(arguments.get(index)?.as_u64()?).ok();
    let (start, stop) = (number(1)?, number(2)?);
    if start >= stop || text.len() < stop || !text.is_ascii() {
        return None;
    }
    let reverse = arguments.get(3).and_then(Value::as_bool).unwrap_or(false);
    let range = if reverse { text.len() - stop..text.len() - start } else { start..stop };
    text.get(range).map(|part| json!(part))
}
