//! Addresses, ports and the rules that let traffic in. Garbage is never the internet, and never a panic.

pub mod cidr;
mod nacl;
mod permission;

pub use nacl::nacl_open;
pub use permission::open_to_internet;

use cidr::Cidr;
use model::Value;

/// The highest port.
const PORT_MAX: i64 = 65_535;

/// Whether any part of an address or range is globally routable; `None` for what is neither.
pub fn is_public(address_or_cidr: &str) -> Option<bool> {
    Cidr::parse(address_or_cidr).map(|range| range.is_public())
}

/// Whether a range stands for the internet: `0.0.0.0/0`, `::/0`, or any public range of `/8` (IPv6 `/16`) or wider;
/// `None` for what is no range.
pub fn is_internet(cidr: &str) -> Option<bool> {
    Cidr::parse(cidr).map(|range| range.is_internet())
}

/// Whether the first range holds all of the second; `None` where either is no range. `::/0` holds no IPv4 address, except
/// one that is written as IPv6.
pub fn contains(cidr: &str, address_or_cidr: &str) -> Option<bool> {
    let plain = Cidr::parse(cidr)?.contains(&Cidr::parse(address_or_cidr)?);
    Some(plain || Cidr::parse_as_written(cidr)?.contains(&Cidr::parse_as_written(address_or_cidr)?))
}

/// Those of `ports` that lie in the range, in the order given. An absent end, or `-1`, is open.
pub fn ports(from: Option<i64>, to: Option<i64>, ports: &[i64]) -> Vec<i64> {
    let (from, to) = port_range(from, to);
    ports.iter().copied().filter(|port| (from..=to).contains(port)).collect()
}

/// The ends of a port range as the APIs write it: absent and `-1` mean all, a lone end is a single port.
fn port_range(from: Option<i64>, to: Option<i64>) -> (i64, i64) {
    let given = |port: Option<i64>| port.filter(|port| *port >= 0);
    match (given(from), given(to)) {
        (None, None) => (0, PORT_MAX),
        (Some(port), None) | (None, Some(port)) => (port, port),
        (Some(from), Some(to)) => (from.min(to), from.max(to)),
    }
}

/// A protocol by the name that rules use: numbers as names where there is one, `-1` and absent as `all`.
/// <https://www.iana.org/assignments/protocol-numbers>
fn protocol_name(value: &Value) -> String {
    let text = match value {
        Value::Int(number) => number.to_string(),
        Value::String(text) => text.trim().to_ascii_lowercase(),
        _ => String::new(),
    };
    match text.as_str() {
        "" | "-1" | "all" | "any" | "*" => "all".to_owned(),
        "1" => "icmp".to_owned(),
        "6" => "tcp".to_owned(),
        "17" => "udp".to_owned(),
        "58" => "icmpv6".to_owned(),
        _ => text,
    }
}

/// Whether a protocol has ports in a rule: `None` for one that has none (ICMP's types are not ports).
fn has_ports(protocol: &str) -> bool {
    matches!(protocol, "all" | "tcp" | "udp" | "33" | "132" | "136" | "dccp" | "sctp" | "udplite")
}

/// A port, written as a number or as text.
fn port_number(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
