//! The shapes of the catalog's files. An unknown key is an error. JSON Schemas are generated from here.

mod framework;
mod policy;
mod resource_type;
mod text;

pub use framework::{Framework, Requirement};
pub use policy::{Category, Equivalents, Expect, Fix, Guide, Other, Parameter, Policy, PolicyTest, Profile};
pub use resource_type::{Before, Describe, Example, List, Part, Relation, ResourceType, Scope};
pub use text::{ErrorMatch, Expression};

/// Calls whose permission has another name than the call: `s3.ListBuckets: [s3:ListAllMyBuckets]`.
pub type Permissions = std::collections::BTreeMap<String, Vec<String>>;

/// The JSON Schema of a file's shape, for editors.
pub fn json_schema<T: schemars::JsonSchema>() -> serde_json::Value {
    schemars::schema_for!(T).into()
}
