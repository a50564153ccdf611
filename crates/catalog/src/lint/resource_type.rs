//! Resource types: calls that exist and only read, parameters that they take, permissions that IAM knows, paths that
//! answers have.

use super::{nearest, shape::Shape};
use crate::{
    Catalog, CompiledType, Diagnostic, Entry,
    compiled::Parameters,
    permissions::action_exists,
    schema::{Expression, ResourceType},
};
use expr::{Program, Root};
use std::collections::BTreeMap;

pub(super) fn lint(catalog: &Catalog, name: &str, entry: &Entry<ResourceType>, found: &mut Vec<Diagnostic>) {
    let source = &entry.value;
    if source.title.trim().is_empty() {
        found.push(entry.place(&["title"]).text("title", "is empty"));
    }
    names(catalog, entry, found);
    let mut calls: Vec<(Vec<&str>, &str, &BTreeMap<String, Expression>)> = Vec::new();
    calls.extend(source.list.call.as_deref().map(|call| (vec!["list"], call, &source.list.with)));
    calls.extend(source.describe.as_ref().map(|describe| (vec!["describe"], describe.call.as_str(), &describe.with)));
    for (part, body) in &source.parts {
        calls.extend(body.call.as_deref().map(|call| (vec!["parts", part], call, &body.with)));
        if body.call.is_none() && (!body.with.is_empty() || !body.absent.is_empty()) {
            found.push(
                entry.place(&["parts", part]).contradiction("a part without a call takes no parameters and no errors"),
            );
        }
    }
    for (path, call, with) in &calls {
        check_call(catalog, name, entry, path, call, with, found);
        if !source.example.answers.contains_key(*call) {
            found.push(entry.place(&["example"]).text("example", &format!("has no answer to {call}")));
        }
    }
    match CompiledType::compile(catalog, name, entry) {
        Err(errors) => found.extend(errors),
        Ok(compiled) => paths(catalog, entry, &compiled, found),
    }
}

fn names(catalog: &Catalog, entry: &Entry<ResourceType>, found: &mut Vec<Diagnostic>) {
    let known = |name: &str| catalog.types.contains_key(name);
    let near = |name: &str| nearest(name, catalog.types.keys().map(String::as_str));
    if let Some(parent) = entry.value.list.parent.as_deref().filter(|parent| !known(parent)) {
        found.push(entry.place(&["list"]).no_such("resource type", parent, near(parent)));
    }
    for (index, relation) in entry.value.relations.iter().enumerate().filter(|(_, relation)| !known(&relation.to)) {
        found.push(entry.place(&["relations", &index.to_string()]).no_such(
            "resource type",
            &relation.to,
            near(&relation.to),
        ));
    }
}

fn check_call(
    catalog: &Catalog,
    type_name: &str,
    entry: &Entry<ResourceType>,
    path: &[&str],
    call: &str,
    with: &BTreeMap<String, Expression>,
    found: &mut Vec<Diagnostic>,
) {
    let place = || entry.place(&[path, &["call"]].concat());
    let provider = type_name.split('.').next().unwrap_or_default();
    if provider != "aws" {
        return;
    }
    let Some((service, operation)) = apimodel::aws::operation(call) else {
        let (service, operation) = call.split_once('.').unwrap_or((call, ""));
        let why = match apimodel::aws::service(service) {
            None => match nearest(service, apimodel::aws::services()) {
                Some(near) => format!("there is no service '{service}'; did you mean '{near}'?"),
                None => format!("there is no service '{service}'"),
            },
            Some(model) => match nearest(operation, model.operations.keys().map(|name| &**name)) {
                Some(near) => format!("it has no read operation '{operation}'; did you mean '{near}'?"),
                None => format!("it has no read operation '{operation}'"),
            },
        };
        found.push(place().no_such_call(call, &why));
        return;
    };
    if operation.data {
        found.push(place().no_such_call(call, "it reads data, not configuration"));
    }
    for permission in catalog.permissions_of(provider, call).iter().filter(|permission| !action_exists(permission)) {
        found.push(place().no_such_permission(permission, call));
    }
    let members = service.input_members(&operation);
    for parameter in with.keys().filter(|name| !members.iter().any(|member| *member.name == ***name)) {
        let near = nearest(parameter, members.iter().map(|member| &*member.name));
        let near = near.map(|near| format!("; did you mean '{near}'?")).unwrap_or_default();
        let place = entry.place(&[path, &["with", parameter]].concat());
        found.push(place.no_such_parameter(call, &format!("it takes no '{parameter}'{near}")));
    }
    for required in
        members.iter().filter(|member| member.required && !member.token && !with.contains_key(&*member.name))
    {
        found.push(place().no_such_parameter(call, &format!("it needs '{}'", required.name)));
    }
}

/// Hold what the expressions read against what the answers have.
fn paths(catalog: &Catalog, entry: &Entry<ResourceType>, compiled: &CompiledType, found: &mut Vec<Diagnostic>) {
    let document = Shape::of_type(catalog, compiled.name.as_str());
    let list = compiled.list.call.as_deref().and_then(Shape::of_answer);
    let describe = compiled.describe.as_ref().and_then(|describe| Shape::of_answer(&describe.call));
    let mut check = |path: &[&str], program: &Program, answer: Option<&Shape>| {
        for read in &program.reads().paths {
            let shape = match &read.root {
                Root::Name(name) if name == "doc" => Some(&document),
                Root::Name(name) if name == "answer" => answer,
                _ => None,
            };
            if let Some(Err(error)) = shape.map(|shape| shape.walk(&read.steps)) {
                let key = path.join(".");
                found.push(entry.place(path).no_such_path(&key, &error.path, error.near.as_deref()));
            }
        }
        for warning in program.warnings() {
            found.push(entry.place(path).trap(&path.join("."), &warning.message, &warning.help));
        }
    };
    let whole = [
        ("id", Some(&compiled.id)),
        ("name", Some(&compiled.name_of)),
        ("region", compiled.region.as_ref()),
        ("tags", compiled.tags.as_ref()),
        ("keep", compiled.keep.as_ref()),
        ("exposure", compiled.exposure.as_ref()),
        ("privilege", compiled.privilege.as_ref()),
    ];
    for (key, program) in whole {
        program.into_iter().for_each(|program| check(&[key], program, None));
    }
    check(&["list", "items"], &compiled.list.items, list.as_ref());
    if let Some(part) = &compiled.describe {
        check(&["describe", "take"], &part.take, describe.as_ref());
        parameters(&["describe"], &part.with, &mut check);
    }
    for part in &compiled.parts {
        let answer = part.call.as_deref().and_then(Shape::of_answer);
        part.prepare.iter().for_each(|program| check(&["parts", &part.name, "prepare"], program, answer.as_ref()));
        let answer = answer.filter(|_| part.prepare.is_none());
        check(&["parts", &part.name, "take"], &part.take, answer.as_ref());
        part.when.iter().for_each(|program| check(&["parts", &part.name, "when"], program, None));
        parameters(&["parts", &part.name], &part.with, &mut check);
    }
    for (index, relation) in compiled.relations.iter().enumerate() {
        check(&["relations", &index.to_string(), "id"], &relation.id, None);
    }
}

fn parameters(path: &[&str], with: &Parameters, check: &mut impl FnMut(&[&str], &Program, Option<&Shape>)) {
    for (name, program) in with {
        check(&[path, &["with", name]].concat(), program, None);
    }
}
