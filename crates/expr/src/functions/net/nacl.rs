//! Network ACLs: numbered entries, the first that matches decides, what no entry matches is denied.
//! <https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html>

use super::{
    PORT_MAX,
    cidr::{Cidr, public_size, subtract},
    has_ports, port_number, port_range, protocol_name,
};
use crate::functions::outcome::{Outcome, listed};
use model::{Missing, Value};

/// The number of the closing rule that denies everything; entries without a number come with it.
const RULE_NUMBER_LAST: i64 = 32_767;

/// An ingress entry, as far as it could be read.
struct Entry {
    number: i64,
    number_text: Value,
    allow: Option<bool>,
    protocol: String,
    ports: (i64, i64),
    source: Option<Cidr>,
    /// What of it could not be read.
    missing: Option<Missing>,
}

/// What ingress entries let in from the internet on any of `ports` (none given: on any port), as `{protocol, from, to,
/// source, rule}`, in the rules' order and with what earlier denies hold back taken off, exactly. `protocol` is `tcp`,
/// `udp`, a number, or `all` for entries of every protocol.
pub fn nacl_open(entries: &Value, protocol: &str, ports: &[i64]) -> Outcome {
    let wanted = protocol_name(&Value::from(protocol));
    let mut outcome = Outcome::default();
    let mut rules = Vec::new();
    let mut whole_entries_missing: Option<Missing> = None;
    for entry in listed(entries) {
        match entry {
            Value::Unknown(missing) => {
                outcome.lack(missing);
                whole_entries_missing = Some(Missing::clone(missing));
            }
            entry if entry.member("Egress").as_bool() == Some(true) => {}
            entry => rules.push(read(entry)),
        }
    }
    rules.retain(|rule| rule.protocol == "all" || rule.protocol == wanted);
    rules.sort_by_key(|rule| rule.number);

    for (index, rule) in rules.iter().enumerate() {
        if rule.allow == Some(false) || rule.source.is_some_and(|source| !source.is_internet()) {
            continue;
        }
        if let Some(missing) = &rule.missing {
            outcome.lack(missing);
            continue;
        }
        let Some(source) = rule.source.filter(Cidr::is_internet) else { continue };
        let earlier = rules.get(..index).unwrap_or_default();
        let open = open_segments(rule.ports, source, earlier);
        let offenders: Vec<_> =
            open.into_iter().filter(|segment| ports.is_empty() || holds_any(*segment, ports)).collect();
        // An entry that may be an earlier deny leaves it open whether this one ever decides.
        let doubt = rules.iter().find_map(|other| {
            let may_deny_earlier =
                other.allow != Some(true) && (other.number <= rule.number || other.number_text.missing().is_some());
            other.missing.as_ref().filter(|_| may_deny_earlier)
        });
        match doubt.or(whole_entries_missing.as_ref()) {
            Some(missing) if !offenders.is_empty() => outcome.lack(missing),
            _ => outcome.found.extend(offenders.into_iter().map(|(from, to)| offender(rule, source, from, to))),
        }
    }
    outcome
}

fn read(entry: &Value) -> Entry {
    let range = entry.member("PortRange");
    let fields =
        ["Egress", "RuleNumber", "RuleAction", "Protocol", "CidrBlock", "Ipv6CidrBlock"].map(|key| entry.member(key));
    let missing = fields
        .into_iter()
        .chain([range.member("From"), range.member("To")])
        .filter_map(Value::missing)
        .fold(None, |sum: Option<Missing>, lack| Some(sum.map_or_else(|| Missing::clone(lack), |sum| sum.and(lack))));
    let number = entry.member("RuleNumber");
    let action = entry.member("RuleAction");
    let protocol = protocol_name(entry.member("Protocol"));
    let ports = if has_ports(&protocol) && protocol != "all" {
        port_range(port_number(range.member("From")), port_number(range.member("To")))
    } else {
        (0, PORT_MAX)
    };
    let block = [entry.member("CidrBlock"), entry.member("Ipv6CidrBlock")].into_iter().find_map(Value::as_str);
    Entry {
        number: port_number(number).unwrap_or(RULE_NUMBER_LAST),
        number_text: number.clone(),
        allow: if action.missing().is_some() {
            None
        } else {
            Some(action.as_str().is_some_and(|action| action.eq_ignore_ascii_case("allow")))
        },
        protocol,
        ports,
        source: block.and_then(Cidr::parse),
        missing,
    }
}

/// The stretches of `ports` on which, after the earlier denies, what is left of `source` is still as wide as the internet.
fn open_segments(ports: (i64, i64), source: Cidr, earlier: &[Entry]) -> Vec<(i64, i64)> {
    let denies: Vec<(&Entry, Cidr)> = earlier
        .iter()
        .filter(|rule| rule.allow == Some(false) && rule.missing.is_none())
        .filter_map(|rule| rule.source.map(|range| (rule, range)))
        .filter(|(_, range)| range.overlaps(&source))
        .collect();
    let mut cuts = vec![ports.0, ports.1.saturating_add(1)];
    for (rule, _) in &denies {
        cuts.extend(
            [rule.ports.0, rule.ports.1.saturating_add(1)].into_iter().filter(|cut| (ports.0..=ports.1).contains(cut)),
        );
    }
    cuts.sort_unstable();
    cuts.dedup();
    let mut open: Vec<(i64, i64)> = Vec::new();
    for pair in cuts.windows(2) {
        let &[from, next] = pair else { continue };
        let mut left = vec![(source.first, source.last)];
        for (rule, range) in &denies {
            if rule.ports.0 <= from && from <= rule.ports.1 {
                left = subtract(&left, range.first, range.last);
            }
        }
        let internet_size = 1_u128 << if source.v6 { 112 } else { 24 };
        // A public range of the internet's size may have a private part, so the public part is held against half of it.
        if public_size(source.v6, &left) < internet_size / 2 {
            continue;
        }
        match open.last_mut() {
            Some(last) if last.1 + 1 == from => last.1 = next - 1,
            _ => open.push((from, next - 1)),
        }
    }
    open
}

fn holds_any((from, to): (i64, i64), ports: &[i64]) -> bool {
    ports.iter().any(|port| (from..=to).contains(port))
}

fn offender(rule: &Entry, source: Cidr, from: i64, to: i64) -> Value {
    let ported = has_ports(&rule.protocol);
    [
        ("protocol", Value::from(rule.protocol.as_str())),
        ("from", if ported { Value::Int(from) } else { Value::Null }),
        ("to", if ported { Value::Int(to) } else { Value::Null }),
        ("source", Value::from(source.to_string())),
        ("rule", rule.number_text.clone()),
    ]
    .into_iter()
    .collect()
}
