//! An input against the operation's shape: no unknown members, none missing, tokens filled in.

use crate::aws::error::Failure;
use apimodel::aws::{Operation, Service};
use model::{Map, Value};

/// The input as a map, checked, with idempotency tokens.
pub(super) fn input(
    service: &Service,
    operation: &Operation,
    input: &Value,
    token: &dyn Fn() -> String,
) -> Result<Value, Failure> {
    let mut map = match input {
        Value::Null => Map::default(),
        Value::Map(map) => map.clone(),
        _ => return Err(Failure::invalid("the input must be a map")),
    };
    let members = service.input_members(operation);
    for (name, value) in map.iter() {
        if !members.iter().any(|member| *member.name == *name) {
            let known = members.iter().map(|member| &*member.name).collect::<Vec<_>>().join(", ");
            return Err(Failure::invalid(&format!("{} takes no '{name}'; it takes {known}", operation.name)));
        }
        if let Value::Unknown(_) = value {
            return Err(Failure::invalid(&format!("{name} is unknown")));
        }
    }
    for member in members {
        let given = map.get(&member.name).is_some_and(|value| !value.is_null());
        if member.token && !given {
            map.insert(member.name.clone(), Value::from(token()));
        } else if member.required && !given {
            return Err(Failure::invalid(&format!("{} must be given '{}'", operation.name, member.name)));
        }
    }
    Ok(Value::Map(map))
}
