//! Security-group permissions, in the API's `IpPermission` form.

use super::{PORT_MAX, cidr::Cidr, has_ports, port_number, port_range, protocol_name};
use crate::functions::outcome::{Outcome, Truth, listed};
use model::{Missing, Value};

/// The parts of the rules whose source is the internet, as `{protocol, from, to, source, description}`; with a filter,
/// those that let its protocol in on any of its ports (none given: on any port). Prefix lists and other groups are not
/// the internet. `from` and `to` are null for protocols without ports.
pub fn open_to_internet(permissions: &Value, filter: Option<(&str, &[i64])>) -> Outcome {
    let mut outcome = Outcome::default();
    for permission in listed(permissions) {
        match permission {
            Value::Unknown(missing) => outcome.lack(missing),
            _ => one_permission(permission, filter, &mut outcome),
        }
    }
    outcome
}

fn one_permission(permission: &Value, filter: Option<(&str, &[i64])>, outcome: &mut Outcome) {
    let wanted = filter.map_or(Truth::Yes, |(protocol, ports)| lets_in(permission, protocol, ports));
    if wanted == Truth::No {
        return;
    }
    for (ranges, address) in [("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6")] {
        for range in listed(permission.member(ranges)) {
            // A range may be the bare text, as older tools write it.
            let source = if range.as_str().is_some() { range } else { range.member(address) };
            let internet = match source {
                Value::Unknown(missing) => Truth::Unknown(Missing::clone(missing)),
                source => source.as_str().and_then(Cidr::parse).is_some_and(|cidr| cidr.is_internet()).into(),
            };
            let truth = internet.and(wanted.clone());
            outcome.take(&truth, || offender(permission, source, range.member("Description")));
        }
    }
}

/// Whether a permission lets a protocol in on any of the ports.
fn lets_in(permission: &Value, protocol: &str, ports: &[i64]) -> Truth {
    let wanted = protocol_name(&Value::from(protocol));
    let protocol = permission.member("IpProtocol");
    let same = match protocol.missing() {
        Some(missing) => Truth::Unknown(Missing::clone(missing)),
        None => {
            let name = protocol_name(protocol);
            if name == "all" {
                return Truth::Yes;
            }
            Truth::from(name == wanted)
        }
    };
    let (from, to) = (permission.member("FromPort"), permission.member("ToPort"));
    let port = match (from.missing(), to.missing()) {
        _ if ports.is_empty() || !has_ports(&wanted) => Truth::Yes,
        (Some(missing), _) | (None, Some(missing)) => Truth::Unknown(Missing::clone(missing)),
        (None, None) => Truth::from(!super::ports(port_number(from), port_number(to), ports).is_empty()),
    };
    same.and(port)
}

fn offender(permission: &Value, source: &Value, description: &Value) -> Value {
    let protocol = permission.member("IpProtocol");
    let name = protocol_name(protocol);
    let (from, to) = (permission.member("FromPort"), permission.member("ToPort"));
    let known = protocol.missing().is_none() && from.missing().is_none() && to.missing().is_none();
    let (from, to) = if name == "all" && protocol.missing().is_none() {
        (Value::Int(0), Value::Int(PORT_MAX))
    } else if !known {
        (from.clone(), to.clone())
    } else if has_ports(&name) {
        let (from, to) = port_range(port_number(from), port_number(to));
        (Value::Int(from), Value::Int(to))
    } else {
        (Value::Null, Value::Null)
    };
    [
        ("protocol", if protocol.missing().is_some() { protocol.clone() } else { Value::from(name) }),
        ("from", from),
        ("to", to),
        ("source", source.clone()),
        ("description", description.clone()),
    ]
    .into_iter()
    .collect()
}
