//! What a document may have in it, as far as the API's models, the parts and the example say.

use super::nearest;
use crate::{
    Catalog,
    schema::{Expression, ResourceType},
};
use apimodel::aws::{Kind, Service, ShapeId};
use model::Value;
use std::{collections::BTreeMap, sync::Arc};

/// What a value may have in it.
#[derive(Clone)]
pub(super) enum Shape {
    /// Not known: anything goes.
    Any,
    /// Nothing else.
    Nothing,
    /// A shape of an API's model.
    Model(Arc<Service>, ShapeId),
    /// A document: a base, and members that parts add.
    Document(Box<Shape>, BTreeMap<String, Shape>),
}

/// A path that leads nowhere.
pub(super) struct NoSuchPath {
    pub(super) path: String,
    pub(super) near: Option<String>,
}

impl Shape {
    /// What a call answers; `None` for a call that no model knows.
    pub(super) fn of_answer(call: &str) -> Option<Self> {
        let (service, operation) = apimodel::aws::operation(call)?;
        Some(operation.output.map_or(Self::Any, |id| Self::Model(service, id)))
    }

    /// A type's document.
    pub(super) fn of_type(catalog: &Catalog, name: &str) -> Self {
        let Some(entry) = catalog.types.get(name) else { return Self::Any };
        let source = &entry.value;
        let base = match &source.describe {
            Some(describe) => taken(Some(&describe.call), &describe.take, describe.batch.is_some()),
            None => taken(source.list.call.as_deref(), &source.list.items, true),
        };
        let members = source
            .parts
            .iter()
            .map(|(part, body)| (part.clone(), taken(body.call.as_deref(), &body.take, false)))
            .collect();
        match base {
            Self::Any => Self::Document(Box::new(of_example(source)), members),
            base => Self::Document(Box::new(base), members),
        }
    }

    /// Follow a path; `[]` and numbers stand for elements of lists.
    pub(super) fn walk(&self, steps: &[String]) -> Result<(), NoSuchPath> {
        let mut shape = self.clone();
        for (index, segment) in steps.iter().enumerate() {
            shape = match shape.step(segment) {
                Ok(next) => next,
                Err(near) => return Err(NoSuchPath { path: steps.get(..=index).unwrap_or_default().join("."), near }),
            };
        }
        Ok(())
    }

    fn step(&self, segment: &str) -> Result<Self, Option<String>> {
        match self {
            Self::Any => Ok(Self::Any),
            Self::Nothing => Err(None),
            // A member whose name is only known when it runs.
            Self::Document(..) if segment == "[]" => Ok(Self::Any),
            Self::Document(base, parts) => match parts.get(segment) {
                Some(part) => Ok(part.clone()),
                None => base.step(segment).map_err(|near| {
                    near.or_else(|| nearest(segment, parts.keys().map(String::as_str)).map(str::to_owned))
                }),
            },
            Self::Model(service, id) => step(service, *id, segment),
        }
    }
}

fn step(service: &Arc<Service>, id: ShapeId, segment: &str) -> Result<Shape, Option<String>> {
    let of = |id: ShapeId| Shape::Model(service.clone(), id);
    let element = segment == "[]" || segment.bytes().all(|byte| byte.is_ascii_digit());
    match &service.shape(id).kind {
        Kind::List(list) if element => Ok(of(list.item)),
        Kind::Map(map) => Ok(of(map.value)),
        Kind::Document => Ok(Shape::Any),
        Kind::Structure(_) if segment == "[]" => Ok(Shape::Any),
        Kind::Structure(structure) => match structure.member(segment) {
            Some(member) if member.json => Ok(Shape::Any),
            Some(member) => Ok(of(member.shape)),
            None => Err(nearest(segment, structure.members.iter().map(|member| &*member.name)).map(str::to_owned)),
        },
        _ => Err(None),
    }
}

/// The shape of a plain path of an answer; anything else is not known. With `element`, of the list's elements.
fn taken(call: Option<&str>, take: &Expression, element: bool) -> Shape {
    let path = take.as_str();
    let plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_');
    let (Some(call), true) = (call, plain) else { return Shape::Any };
    let Some(rest) = path.strip_prefix("answer") else { return Shape::Any };
    let Some(mut shape) = Shape::of_answer(call) else { return Shape::Any };
    let segments = rest.split('.').filter(|segment| !segment.is_empty());
    for segment in segments.chain(element.then_some("[]")) {
        match shape.step(segment) {
            Ok(next) => shape = next,
            Err(_) => return Shape::Any,
        }
    }
    shape
}

/// Members that the example has, each of them anything: enough to catch a misspelt first step.
fn of_example(source: &ResourceType) -> Shape {
    match &source.example.document {
        Value::Map(map) if !map.is_empty() => {
            let members = map.iter().map(|(key, _)| (key.to_owned(), Shape::Any)).collect();
            Shape::Document(Box::new(Shape::Nothing), members)
        }
        _ => Shape::Any,
    }
}
