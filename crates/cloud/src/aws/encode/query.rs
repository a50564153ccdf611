//! Form bodies of the query protocol and of EC2's dialect.

use super::{below, pairs, text};
use crate::aws::error::Failure;
use apimodel::aws::{Kind, Member, Operation, Protocol, Service, ShapeId, TimeFormat};
use model::Value;

/// The whole form.
pub(super) fn form(service: &Service, operation: &Operation, input: &Value) -> Result<Vec<u8>, Failure> {
    let mut form = Form { service, ec2: service.protocol == Protocol::Ec2, pairs: Vec::new() };
    form.pairs.push(("Action".to_owned(), operation.name.to_string()));
    form.pairs.push(("Version".to_owned(), service.api_version.clone()));
    if let Some(shape) = operation.input {
        form.value(shape, input, String::new(), false, "")?;
    }
    Ok(pairs(&form.pairs, false).into_bytes())
}

struct Form<'a> {
    service: &'a Service,
    ec2: bool,
    pairs: Vec<(String, String)>,
}

impl Form<'_> {
    fn value(&mut self, shape: ShapeId, value: &Value, name: String, flat: bool, path: &str) -> Result<(), Failure> {
        if value.is_null() {
            return Ok(());
        }
        let shape = self.service.shape(shape);
        let wrong = |what: &str| Failure::invalid(&format!("{path} must be {what}"));
        match &shape.kind {
            Kind::Structure(structure) => {
                let map = value.as_map().ok_or_else(|| wrong("a map"))?;
                for (key, value) in map.iter() {
                    let path = format!("{path}.{key}");
                    let member =
                        structure.member(key).ok_or_else(|| Failure::invalid(&format!("{path} is not known")))?;
                    let flat = member.flattened;
                    self.value(
                        member.shape,
                        value,
                        joined(&name, &self.member_name(member)),
                        flat,
                        &below(&path, member),
                    )?;
                }
            }
            Kind::List(list) => {
                let Value::List(items) = value else { return Err(wrong("a list")) };
                let flat = flat || list.flattened || self.ec2;
                let prefix = match &list.item_name {
                    _ if self.ec2 => name,
                    // A flattened list's items carry the item's name instead of the list's.
                    Some(item_name) if flat => match name.rsplit_once('.') {
                        Some((parent, _)) => format!("{parent}.{item_name}"),
                        None => item_name.to_string(),
                    },
                    _ if flat => name,
                    item_name => joined(&name, item_name.as_deref().unwrap_or("member")),
                };
                if items.is_empty() && !self.ec2 {
                    self.pairs.push((prefix, String::new()));
                    return Ok(());
                }
                for (index, item) in items.iter().enumerate() {
                    self.value(list.item, item, joined(&prefix, &(index + 1).to_string()), false, path)?;
                }
            }
            Kind::Map(map) => {
                let entries = value.as_map().ok_or_else(|| wrong("a map"))?;
                let prefix = if flat || map.flattened { name } else { joined(&name, "entry") };
                for (index, (key, value)) in entries.iter().enumerate() {
                    let prefix = joined(&prefix, &(index + 1).to_string());
                    self.pairs.push((joined(&prefix, map.key_name.as_deref().unwrap_or("key")), key.to_owned()));
                    self.value(
                        map.value,
                        value,
                        joined(&prefix, map.value_name.as_deref().unwrap_or("value")),
                        false,
                        path,
                    )?;
                }
            }
            _ => self.pairs.extend(text(shape, value, TimeFormat::Iso8601, path)?.map(|text| (name, text))),
        }
        Ok(())
    }

    /// EC2 names members by `queryName`, or by the wire name with a capital.
    fn member_name(&self, member: &Member) -> String {
        if !self.ec2 {
            return member.wire_name().to_string();
        }
        if let Some(name) = &member.query_name {
            return name.to_string();
        }
        let mut characters = member.wire_name().chars();
        characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
    }
}

fn joined(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") }
}
