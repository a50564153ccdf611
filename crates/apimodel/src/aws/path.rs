//! Dotted paths into the shapes of an operation: does `Buckets.Name` exist in an answer?

use super::service::{Kind, Operation, Service, Shape, ShapeId};

/// A path that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    /// The segment that is not there.
    pub segment: String,
    /// Name of the shape that lacks it.
    pub shape: String,
    /// The members it has, sorted; empty where it has none.
    pub members: Vec<String>,
}

impl std::fmt::Display for PathError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} has no member '{}'", self.shape, self.segment)
    }
}

impl std::error::Error for PathError {}

impl Service {
    /// The shape at a dotted path of an operation's answer. Lists are walked through (`Buckets.Name`, and also
    /// `Buckets.0.Name`), any key of a map exists, and so does everything below free-form JSON.
    pub fn output_at(&self, operation: &Operation, path: &str) -> Result<&Shape, PathError> {
        self.walk(operation.output, path)
    }

    /// The shape at a dotted path of an operation's input.
    pub fn input_at(&self, operation: &Operation, path: &str) -> Result<&Shape, PathError> {
        self.walk(operation.input, path)
    }

    /// Whether the path exists in the answer.
    pub fn output_path_exists(&self, operation: &Operation, path: &str) -> bool {
        self.output_at(operation, path).is_ok()
    }

    /// The shape at a dotted path below a shape.
    pub fn shape_at(&self, start: ShapeId, path: &str) -> Result<&Shape, PathError> {
        let mut shape = self.shape(start);
        for segment in path.split('.').filter(|segment| !segment.is_empty()) {
            let Some(next) = self.step(shape, segment)? else { return Ok(shape) };
            shape = next;
        }
        Ok(shape)
    }

    fn walk(&self, start: Option<ShapeId>, path: &str) -> Result<&Shape, PathError> {
        match start {
            Some(start) => self.shape_at(start, path),
            None => Err(PathError { segment: path.to_owned(), shape: "nothing".to_owned(), members: Vec::new() }),
        }
    }

    /// One segment; `None` where the shape is free-form and anything goes.
    fn step<'a>(&'a self, shape: &'a Shape, segment: &str) -> Result<Option<&'a Shape>, PathError> {
        match &shape.kind {
            Kind::List(list) => {
                let item = self.shape(list.item);
                if segment.bytes().all(|byte| byte.is_ascii_digit()) {
                    Ok(Some(item))
                } else {
                    self.step(item, segment)
                }
            }
            Kind::Map(map) => Ok(Some(self.shape(map.value))),
            Kind::Document => Ok(None),
            Kind::Structure(structure) => match structure.member(segment) {
                Some(member) => Ok(Some(self.shape(member.shape))),
                None => Err(PathError {
                    segment: segment.to_owned(),
                    shape: shape.name.to_string(),
                    members: structure.members.iter().map(|member| member.name.to_string()).collect(),
                }),
            },
            _ => Err(PathError { segment: segment.to_owned(), shape: shape.name.to_string(), members: Vec::new() }),
        }
    }
}
