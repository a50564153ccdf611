//! A policy, compiled.

use crate::{
    Diagnostic, Entry,
    schema::{Category, Policy},
};
use expr::{Env, Program, Template};
use model::{Confidence, Map, Severity, TypeName, Value};
use std::sync::Arc;

/// A policy, compiled.
pub struct CompiledPolicy {
    /// Its id.
    pub id: Arc<str>,
    /// The requirement.
    pub title: Arc<str>,
    /// The resource type.
    pub resource: TypeName,
    /// How bad a failure is.
    pub severity: Severity,
    /// How sure the policy is.
    pub confidence: Confidence,
    /// What it is about.
    pub category: Category,
    /// Where it is false the resource gets no finding.
    pub applies: Option<Program>,
    /// A bool or a list of offenders; without one a person has to look.
    pub fail: Option<Program>,
    /// What a person has to look at.
    pub manual: Option<Arc<str>>,
    /// What is wrong.
    pub message: Option<Template>,
    /// A finding of its own for each offender.
    pub offender_key: Option<Program>,
    /// The parameters: a map.
    pub params: Value,
    /// Hash of everything that the verdict depends on beside the inputs: the file and the parameters.
    pub hash: [u8; 16],
}

impl CompiledPolicy {
    pub(crate) fn compile(
        id: &str,
        entry: &Entry<Policy>,
        overrides: Option<&std::collections::BTreeMap<String, Value>>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let policy = &entry.value;
        let mut diagnostics = Vec::new();
        let env = Env::policy();
        let mut program = |key: &str, source: &str, env: &Env| {
            expr::compile(source, env)
                .map_err(|error| diagnostics.push(entry.place(&[key]).expression(key, &error.message, &error.help)))
                .ok()
        };
        let applies = policy.applies.as_ref().and_then(|source| program("applies", source.as_str(), &env));
        let fail = policy.fail.as_ref().and_then(|source| program("fail", source.as_str(), &env));
        let offender_key =
            policy.offender_key.as_ref().and_then(|source| program("offender_key", source.as_str(), &Env::message()));
        let message = policy.message.as_ref().and_then(|source| {
            Template::compile(source, &Env::message())
                .map_err(|error| {
                    diagnostics.push(entry.place(&["message"]).expression("message", &error.message, &error.help))
                })
                .ok()
        });
        let mut params: Map = policy.params.iter().map(|(name, parameter)| (name, parameter.default.clone())).collect();
        for (name, value) in overrides.into_iter().flatten() {
            let known = policy.params.get(name);
            if known.is_some_and(|parameter| kind(&parameter.default) != kind(value)) {
                let wanted = known.map_or("", |parameter| kind(&parameter.default));
                let message = format!("the parameter '{name}' of {id} is {wanted}, and {} is set", kind(value));
                diagnostics.push(entry.place(&["params"]).contradiction(&message));
            } else if known.is_some() {
                params.insert(model::value::intern(name), value.clone());
            } else {
                let near = policy.params.keys().next().map(String::as_str);
                diagnostics.push(entry.place(&["params"]).no_such(&format!("parameter of {id}"), name, near));
            }
        }
        if !diagnostics.is_empty() {
            return Err(diagnostics);
        }
        let params = Value::Map(params);
        Ok(Self {
            id: id.into(),
            title: policy.title.as_str().into(),
            resource: TypeName::new(&policy.resource),
            severity: policy.severity,
            confidence: policy.confidence,
            category: policy.category,
            applies,
            fail,
            manual: policy.manual.as_deref().map(Arc::from),
            message,
            offender_key,
            hash: hash(entry.hash, &params),
            params,
        })
    }

    /// The programs that decide the verdict.
    pub fn programs(&self) -> impl Iterator<Item = &Program> {
        self.applies.iter().chain(&self.fail)
    }
}

fn hash(file: [u8; 16], params: &Value) -> [u8; 16] {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    hash.update(file);
    hash.update(serde_json::to_vec(params).unwrap_or_default());
    let mut short = [0; 16];
    short.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
    short
}

/// The kind of a parameter's value, in words.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null | Value::Unknown(_) => "null",
        Value::Bool(_) => "true or false",
        Value::Int(_) | Value::Float(_) => "a number",
        Value::String(_) => "a text",
        Value::List(_) => "a list",
        Value::Map(_) => "a map",
    }
}
