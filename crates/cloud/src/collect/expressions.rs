//! The catalog's expressions over what a read gave.

use super::Account;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use catalog::compiled::Parameters;
use expr::{Arena, Entity, Env, Program, Scope, functions::secrets};
use model::{Cause, Lack, Missing, Resource, Value};
use std::sync::{Arc, LazyLock};

static ENV: LazyLock<Env> = LazyLock::new(Env::resource_type);

/// Where a read happens.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) account: &'a Account,
    pub(super) region: &'a str,
    pub(super) parent: Option<&'a Resource>,
}

/// What has been read so far.
#[derive(Default)]
pub(super) struct Names {
    pub(super) answer: Option<Arc<Value>>,
    pub(super) item: Option<Value>,
    pub(super) items: Option<Value>,
    pub(super) doc: Option<Value>,
}

impl Place<'_> {
    /// The value of an expression. A fault of the expression becomes unknown: the read has given nothing that can be used.
    pub(super) fn evaluate(&self, program: &Program, names: &Names) -> Value {
        self.evaluate_with(program, names, names.answer.as_deref())
    }

    /// The same with another answer in scope.
    pub(super) fn evaluate_with(&self, program: &Program, names: &Names, answer: Option<&Value>) -> Value {
        let arena = Arena::new();
        let parent = self.parent.map(entity);
        let mut scope = Scope::new(&ENV, self.account.now);
        for (name, value) in [
            ("answer", answer),
            ("item", names.item.as_ref()),
            ("items", names.items.as_ref()),
            ("doc", names.doc.as_ref()),
        ] {
            if let Some(value) = value {
                scope.set_name(name, value);
            }
        }
        scope.set_name("account", self.account.id.as_str());
        scope.set_name("partition", self.account.partition.as_str());
        scope.set_name("region", self.region);
        if let Some(parent) = &parent {
            scope.set_name("parent", parent);
        }
        match program.evaluate(&scope, &arena) {
            // A list of which something is missing is no list to go on: it would look whole.
            Ok(value) => value.lacks().map_or_else(|| value.to_value(), |missing| Value::unknown(missing.clone())),
            Err(error) => Value::unknown(fault(&format!("`{}`: {error}", program.source()))),
        }
    }

    /// A string; anything else is missing.
    pub(super) fn text(&self, program: &Program, names: &Names) -> Result<String, Missing> {
        match self.evaluate(program, names) {
            Value::String(text) => Ok(text.into_string()),
            Value::Unknown(missing) => Err((*missing).clone()),
            other => Err(fault(&format!("`{}` gives {other:?} where a text is needed", program.source()))),
        }
    }

    /// The parameters of a call; null ones are left out.
    pub(super) fn input(&self, with: &Parameters, names: &Names) -> Result<Value, Missing> {
        let mut entries = Vec::with_capacity(with.len());
        for (name, program) in with {
            match self.evaluate(program, names) {
                Value::Null => {}
                Value::Unknown(missing) => return Err((*missing).clone()),
                value => entries.push((name, value)),
            }
        }
        Ok(entries.into_iter().collect())
    }
}

fn entity(resource: &Resource) -> Entity<'_> {
    Entity {
        id: &resource.id,
        name: &resource.name,
        type_name: resource.type_name.as_str(),
        region: &resource.region,
        account: &resource.account,
        partition: &resource.partition,
        tags: &resource.tags,
        doc: &resource.document,
    }
}

/// A fault of the catalog, as what is missing because of it.
pub(super) fn fault(detail: &str) -> Missing {
    Missing::one(Lack {
        what: "catalog".to_owned(),
        cause: Cause::Failed,
        detail: detail.chars().take(super::DETAIL_CHARS_MAX).collect(),
    })
}

/// Redact the credentials under a path that is known to hold them; `[]` stands for every element of a list.
pub(super) fn redact_at(value: &mut Value, path: &str) {
    if path.is_empty() {
        redact_whole(value);
        return;
    }
    let (head, rest) = path.split_once('.').unwrap_or((path, ""));
    let (head, each) = head.strip_suffix("[]").map_or((head, false), |head| (head, true));
    let Value::Map(map) = value else { return };
    for (_, member) in map.values_mut().filter(|(key, _)| *key == head || head == "*") {
        match member {
            Value::List(items) if each => items.iter_mut().for_each(|item| redact_at(item, rest)),
            member => redact_at(member, rest),
        }
    }
}

/// A script or its base64 is read as a text; anything else by its keys.
fn redact_whole(value: &mut Value) {
    if let Value::String(text) = value {
        let plain = BASE64.decode(text.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        if let Some(redacted) = secrets::redact_text(text) {
            *value = redacted.into();
        } else if let Some(redacted) = plain.and_then(|plain| secrets::redact_text(&plain)) {
            *value = BASE64.encode(redacted).into();
        }
    }
    secrets::redact(value, true);
}
