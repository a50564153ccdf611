//! Addresses and rules with the right answer and the reason for it.

use super::{cidr::Cidr, *};
use crate::functions::outcome::Outcome;
use proptest::prelude::*;
use serde_json::json;

#[test]
fn what_is_public() {
    let table = [
        ("8.8.8.8", Some(true), "an address"),
        ("8.8.8.8/32", Some(true), "the same as a range"),
        ("10.0.0.0/8", Some(false), "RFC 1918"),
        ("172.31.255.255", Some(false), "the end of 172.16/12"),
        ("172.32.0.0", Some(true), "just behind it"),
        ("192.168.4.0/22", Some(false), "RFC 1918"),
        ("100.64.0.0/10", Some(false), "carrier-grade NAT"),
        ("100.128.0.1", Some(true), "just behind it"),
        ("169.254.169.254", Some(false), "link-local"),
        ("127.0.0.1", Some(false), "loopback"),
        ("0.0.0.0", Some(false), "this host"),
        ("0.0.0.0/0", Some(true), "everything has a public part"),
        ("10.0.0.0/7", Some(true), "11/8 is in it"),
        ("192.0.0.9", Some(true), "the anycast exception within 192.0.0.0/24"),
        ("192.0.0.8", Some(false), "the rest of 192.0.0.0/24"),
        ("198.19.0.1", Some(false), "benchmarks"),
        ("203.0.113.7", Some(false), "documentation"),
        ("224.0.0.1", Some(false), "multicast"),
        ("255.255.255.255", Some(false), "broadcast"),
        ("2600:1f18::/32", Some(true), "given out"),
        ("::/0", Some(true), "everything"),
        ("::1", Some(false), "loopback"),
        ("fd00::1", Some(false), "unique local"),
        ("fe80::1", Some(false), "link-local"),
        ("2001:db8::1", Some(false), "documentation"),
        ("3fff::1", Some(false), "documentation"),
        ("64:ff9b::808:808", Some(true), "NAT64 of a public address"),
        ("4000::/2", Some(false), "not given out"),
        ("::ffff:10.0.0.1", Some(false), "IPv4-mapped private"),
        ("::ffff:8.8.8.8", Some(true), "IPv4-mapped public"),
        (" 10.1.2.3/8 ", Some(false), "host bits and blanks"),
        ("", None, "nothing"),
        ("10.0.0.0/33", None, "too long a prefix"),
        ("10.0.0.0/", None, "no prefix"),
        ("10.0.0.0/-1", None, "no prefix"),
        ("10.0.0.0/+8", None, "no prefix"),
        ("10.0.0.256", None, "no byte"),
        ("010.0.0.1", None, "octal or decimal: nobody knows"),
        ("fe80::1%eth0", None, "a zone is no address"),
        ("sg-0123", None, "a group"),
        ("pl-6da54004", None, "a prefix list"),
        ("com.amazonaws.global.cloudfront.origin-facing", None, "a prefix list by name"),
    ];
    for (text, expected, why) in table {
        assert_eq!(is_public(text), expected, "{text}: {why}");
    }
}

#[test]
fn what_is_the_internet() {
    let table = [
        ("0.0.0.0/0", Some(true), "all of IPv4"),
        ("::/0", Some(true), "all of IPv6"),
        ("0.0.0.0/1", Some(true), "half of it"),
        ("128.0.0.0/1", Some(true), "the other half"),
        ("52.0.0.0/8", Some(true), "a /8"),
        ("52.0.0.0/9", Some(false), "narrower than a /8"),
        ("10.0.0.0/8", Some(false), "private"),
        ("10.0.0.0/7", Some(true), "half of it is public"),
        ("0.0.0.0/8", Some(false), "this network, no one's address"),
        ("127.0.0.0/8", Some(false), "loopback"),
        ("224.0.0.0/4", Some(false), "multicast"),
        ("192.0.0.0/8", Some(true), "mostly public"),
        ("2000::/3", Some(true), "what is given out"),
        ("2600::/16", Some(true), "a /16"),
        ("2600:1f18::/24", Some(false), "narrower than a /16"),
        ("fc00::/7", Some(false), "unique local"),
        ("1.2.3.4/0", Some(true), "host bits change nothing"),
        ("::ffff:0:0/96", Some(true), "all of IPv4, mapped"),
        ("8.8.8.8", Some(false), "one address"),
        ("anywhere", None, "garbage"),
    ];
    for (text, expected, why) in table {
        assert_eq!(is_internet(text), expected, "{text}: {why}");
    }
}

#[test]
fn what_holds_what() {
    let table = [
        ("10.0.0.0/8", "10.1.2.3", Some(true)),
        ("10.0.0.0/8", "10.0.0.0/8", Some(true)),
        ("10.0.0.0/8", "10.0.0.0/7", Some(false)),
        ("0.0.0.0/0", "::1", Some(false)),
        ("::/0", "10.0.0.1", Some(false)),
        ("10.0.0.0/8", "::ffff:10.0.0.1", Some(true)),
        ("::/0", "::ffff:10.0.0.1", Some(true)),
        ("2001:db8::/32", "2001:db8:1::/48", Some(true)),
        ("10.0.0.0/8", "x", None),
        ("x", "10.0.0.1", None),
    ];
    for (outer, inner, expected) in table {
        assert_eq!(contains(outer, inner), expected, "{outer} holds {inner}");
    }
}

#[test]
fn ports_in_a_range() {
    assert_eq!(ports(Some(20), Some(25), &[22, 25, 80]), [22, 25]);
    assert_eq!(ports(None, None, &[22]), [22], "absent is all");
    assert_eq!(ports(Some(-1), Some(-1), &[22]), [22], "-1 is all");
    assert_eq!(ports(Some(22), None, &[22, 23]), [22], "a lone end");
    assert_eq!(ports(Some(0), Some(0), &[22]), [0_i64; 0]);
}

fn value(json: serde_json::Value) -> Value {
    Value::from(&json)
}

/// Each offender as `protocol from-to source`.
fn lines(outcome: &Outcome) -> Vec<String> {
    let text = |value: &Value| serde_json::to_string(value).unwrap().replace('"', "");
    outcome
        .found
        .iter()
        .map(|o| {
            let [protocol, from, to, source] = ["protocol", "from", "to", "source"].map(|key| text(o.member(key)));
            format!("{protocol} {from}-{to} {source}")
        })
        .collect()
}

fn unknown() -> serde_json::Value {
    json!({"$unknown": [{"what": "ec2:DescribeSecurityGroups", "cause": "denied"}]})
}

#[test]
fn open_permissions() {
    let rule = |protocol: &str, from: i64, to: i64, cidr: &str| json!({"IpProtocol": protocol, "FromPort": from, "ToPort": to, "IpRanges": [{"CidrIp": cidr, "Description": "d"}]});
    let tcp22: Option<(&str, &[i64])> = Some(("tcp", &[22]));
    let table = [
        (json!([rule("tcp", 22, 22, "0.0.0.0/0")]), tcp22, vec!["tcp 22-22 0.0.0.0/0"], "the port itself"),
        (json!([rule("tcp", 0, 65535, "0.0.0.0/0")]), tcp22, vec!["tcp 0-65535 0.0.0.0/0"], "a range around it"),
        (json!([rule("tcp", 23, 80, "0.0.0.0/0")]), tcp22, vec![], "a range beside it"),
        (json!([rule("udp", 22, 22, "0.0.0.0/0")]), tcp22, vec![], "another protocol"),
        (json!([rule("6", 22, 22, "0.0.0.0/0")]), tcp22, vec!["tcp 22-22 0.0.0.0/0"], "tcp as a number"),
        (
            json!([rule("17", 53, 53, "0.0.0.0/0")]),
            Some(("udp", &[53][..])),
            vec!["udp 53-53 0.0.0.0/0"],
            "udp as a number",
        ),
        (json!([rule("tcp", 22, 22, "10.0.0.0/8")]), tcp22, vec![], "private"),
        (
            json!([rule("tcp", 22, 22, "0.0.0.0/1"), rule("tcp", 22, 22, "128.0.0.0/1")]),
            tcp22,
            vec!["tcp 22-22 0.0.0.0/1", "tcp 22-22 128.0.0.0/1"],
            "the internet in halves",
        ),
        (
            json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]),
            tcp22,
            vec!["all 0-65535 0.0.0.0/0"],
            "all protocols",
        ),
        (
            json!([{"IpProtocol": -1, "FromPort": 1, "ToPort": 2, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}]),
            tcp22,
            vec!["all 0-65535 ::/0"],
            "ports do not matter to all protocols",
        ),
        (
            json!([{"IpProtocol": "tcp", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]),
            tcp22,
            vec!["tcp 0-65535 0.0.0.0/0"],
            "no ports are all",
        ),
        (json!([rule("icmp", 22, 22, "0.0.0.0/0")]), tcp22, vec![], "a type is not a port"),
        (json!([rule("icmp", 8, -1, "0.0.0.0/0")]), None, vec!["icmp null-null 0.0.0.0/0"], "a type is not a port"),
        (json!([rule("58", -1, -1, "::/0")]), None, vec!["icmpv6 null-null ::/0"], "ICMPv6 as a number"),
        (
            json!([{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": "pl-1"}]}]),
            None,
            vec![],
            "a prefix list is not the internet",
        ),
        (json!([{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-1"}]}]), None, vec![], "nor is a group"),
        (json!([rule("tcp", 80, 80, "0.0.0.0/0")]), Some(("tcp", &[][..])), vec!["tcp 80-80 0.0.0.0/0"], "any port"),
        (json!([rule("tcp", 80, 80, "garbage")]), None, vec![], "garbage is not the internet"),
        (json!(rule("tcp", 80, 80, "0.0.0.0/0")), None, vec!["tcp 80-80 0.0.0.0/0"], "a single permission"),
        (json!(null), None, vec![], "none"),
    ];
    for (permissions, filter, expected, why) in table {
        let outcome = open_to_internet(&value(permissions), filter);
        assert_eq!(lines(&outcome), expected, "{why}");
        assert_eq!(outcome.missing, None, "{why}");
    }
}

#[test]
fn unknown_parts_of_permissions() {
    let open = json!([{"CidrIp": "0.0.0.0/0"}]);
    // permissions, certain offenders, whether something is missing
    let table = [
        (unknown(), 0, true, "all of it"),
        (json!([unknown(), {"IpProtocol": "-1", "IpRanges": open}]), 1, true, "a rule among others"),
        (
            json!([{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": unknown()}]}]),
            0,
            true,
            "the source",
        ),
        (
            json!([{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": unknown()}]),
            0,
            false,
            "of a rule for another port",
        ),
        (json!([{"IpProtocol": "tcp", "FromPort": unknown(), "ToPort": 22, "IpRanges": open}]), 0, true, "a port"),
        (
            json!([{"IpProtocol": "udp", "FromPort": unknown(), "ToPort": 22, "IpRanges": open}]),
            0,
            false,
            "of another protocol",
        ),
        (json!([{"IpProtocol": unknown(), "FromPort": 22, "ToPort": 22, "IpRanges": open}]), 0, true, "the protocol"),
        (json!([{"IpProtocol": unknown(), "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]), 0, false, "of a private source"),
        (
            json!([{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": open, "Ipv6Ranges": unknown()}]),
            1,
            true,
            "one of two",
        ),
    ];
    for (permissions, found, missing, why) in table {
        let outcome = open_to_internet(&value(permissions), Some(("tcp", &[22])));
        assert_eq!((outcome.found.len(), outcome.missing.is_some()), (found, missing), "{why}");
    }
}

fn entry(number: i64, action: &str, protocol: &str, ports: Option<(i64, i64)>, cidr: &str) -> serde_json::Value {
    let key = if cidr.contains(':') { "Ipv6CidrBlock" } else { "CidrBlock" };
    let mut entry =
        json!({"Egress": false, "RuleNumber": number, "RuleAction": action, "Protocol": protocol, key: cidr});
    if let Some((from, to)) = ports {
        entry["PortRange"] = json!({"From": from, "To": to});
    }
    entry
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn network_acls() {
    let last = entry(32_767, "deny", "-1", None, "0.0.0.0/0");
    let any = "0.0.0.0/0";
    let table = [
        (vec![entry(100, "allow", "-1", None, any), last.clone()], vec!["all 0-65535 0.0.0.0/0"], "the default"),
        (vec![last.clone()], vec![], "only the closing rule"),
        (vec![entry(100, "allow", "6", Some((443, 443)), any), last.clone()], vec![], "another port"),
        (vec![entry(100, "allow", "17", Some((22, 22)), any)], vec![], "another protocol"),
        (
            vec![entry(90, "deny", "6", Some((22, 22)), any), entry(100, "allow", "6", Some((0, 65535)), any)],
            vec![],
            "denied before",
        ),
        (
            vec![entry(110, "deny", "6", Some((22, 22)), any), entry(100, "allow", "6", Some((0, 65535)), any)],
            vec!["tcp 0-65535 0.0.0.0/0"],
            "denied too late, whatever the order of the list",
        ),
        (
            vec![
                entry(90, "deny", "6", Some((0, 21)), any),
                entry(91, "deny", "6", Some((23, 65535)), any),
                entry(100, "allow", "6", Some((0, 65535)), any),
            ],
            vec!["tcp 22-22 0.0.0.0/0"],
            "what is left between two denies",
        ),
        (
            vec![entry(90, "deny", "17", Some((22, 22)), any), entry(100, "allow", "-1", None, any)],
            vec!["all 0-65535 0.0.0.0/0"],
            "another protocol's deny",
        ),
        (
            vec![entry(90, "deny", "-1", None, any), entry(100, "allow", "6", Some((22, 22)), any)],
            vec![],
            "everything denied before",
        ),
        (
            vec![
                entry(90, "deny", "6", Some((22, 22)), "0.0.0.0/1"),
                entry(91, "deny", "6", Some((22, 22)), "128.0.0.0/1"),
                entry(100, "allow", "6", Some((22, 22)), any),
            ],
            vec![],
            "denied in halves",
        ),
        (
            vec![entry(90, "deny", "6", Some((22, 22)), "1.2.3.0/24"), entry(100, "allow", "6", Some((22, 22)), any)],
            vec!["tcp 22-22 0.0.0.0/0"],
            "a few addresses denied",
        ),
        (
            vec![entry(90, "deny", "6", Some((22, 22)), "::/0"), entry(100, "allow", "6", Some((22, 22)), any)],
            vec!["tcp 22-22 0.0.0.0/0"],
            "the other family denied",
        ),
        (vec![entry(100, "allow", "6", Some((22, 22)), "::/0"), last.clone()], vec!["tcp 22-22 ::/0"], "IPv6"),
        (vec![entry(100, "allow", "6", Some((22, 22)), "10.0.0.0/8")], vec![], "private"),
        (vec![entry(100, "allow", "6", None, any)], vec!["tcp 0-65535 0.0.0.0/0"], "no range is all ports"),
        (
            vec![json!({"Egress": true, "RuleNumber": 1, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": any})],
            vec![],
            "egress",
        ),
        (
            vec![entry(50, "allow", "6", Some((22, 22)), any), entry(60, "allow", "-1", None, any)],
            vec!["tcp 22-22 0.0.0.0/0", "all 0-65535 0.0.0.0/0"],
            "both rules let it in",
        ),
    ];
    for (entries, expected, why) in table {
        let outcome = nacl_open(&value(json!(entries)), "tcp", &[22]);
        assert_eq!(lines(&outcome), expected, "{why}");
        assert_eq!(outcome.missing, None, "{why}");
    }
}

#[test]
fn unknown_entries_of_network_acls() {
    let any = "0.0.0.0/0";
    let with = |mut entry: serde_json::Value, key: &str| {
        entry[key] = unknown();
        entry
    };
    let allow = entry(100, "allow", "6", Some((22, 22)), any);
    let table = [
        (
            json!([with(entry(90, "deny", "6", Some((22, 22)), any), "CidrBlock"), allow]),
            0,
            true,
            "a deny that may come before",
        ),
        (
            json!([with(entry(110, "deny", "6", Some((22, 22)), any), "CidrBlock"), allow]),
            1,
            false,
            "a deny that comes after",
        ),
        (json!([with(entry(90, "deny", "6", None, any), "RuleNumber"), allow]), 0, true, "a deny from anywhere"),
        (json!([with(entry(90, "allow", "6", None, any), "RuleAction"), allow]), 0, true, "allow or deny"),
        (json!([with(entry(90, "deny", "17", None, any), "CidrBlock"), allow]), 1, false, "a deny of another protocol"),
        (json!([with(entry(90, "allow", "6", None, any), "CidrBlock"), allow]), 1, true, "one more allow"),
        (json!([unknown(), allow]), 0, true, "a whole entry"),
        (unknown(), 0, true, "all entries"),
    ];
    for (entries, found, missing, why) in table {
        let outcome = nacl_open(&value(entries), "tcp", &[22]);
        assert_eq!((outcome.found.len(), outcome.missing.is_some()), (found, missing), "{why}");
    }
}

fn any_cidr() -> impl Strategy<Value = String> {
    prop_oneof![
        (any::<u32>(), 0_u8..=32)
            .prop_map(|(bits, prefix)| format!("{}/{prefix}", std::net::Ipv4Addr::from_bits(bits))),
        (any::<u128>(), 0_u8..=128)
            .prop_map(|(bits, prefix)| format!("{}/{prefix}", std::net::Ipv6Addr::from_bits(bits))),
    ]
}

proptest! {
    #[test]
    fn garbage_never_panics(text in ".{0,40}", other in "[0-9a-f:./]{0,24}") {
        for text in [&text, &other] {
            is_public(text);
            is_internet(text);
            contains(text, &other);
        }
    }

    #[test]
    fn laws_of_ranges(a in any_cidr(), b in any_cidr(), c in any_cidr()) {
        let holds = |x: &str, y: &str| contains(x, y).unwrap();
        prop_assert!(holds(&a, &a));
        if holds(&a, &b) && holds(&b, &c) {
            prop_assert!(holds(&a, &c));
        }
        if holds(&a, &b) && is_public(&b).unwrap() {
            prop_assert!(is_public(&a).unwrap(), "what holds a public range is public");
        }
        if is_internet(&a).unwrap() {
            prop_assert!(is_public(&a).unwrap());
        }
        let parsed = Cidr::parse(&a).unwrap();
        prop_assert_eq!(Cidr::parse(&parsed.to_string()), Some(parsed), "what is written is read again");
    }

    /// The exact rule, port by port, against the interval arithmetic.
    #[test]
    fn acl_agrees_with_walking_the_rules(
        rules in prop::collection::vec((1_i64..20, any::<bool>(), prop::sample::select(vec!["-1", "6", "17"]), 0_i64..40, 0_i64..40), 0..8),
        port in 0_i64..40,
    ) {
        let entries: Vec<_> = rules.iter().enumerate().map(|(index, (number, allow, protocol, a, b))| {
            // Distinct numbers, as the API demands.
            entry(number * 10 + i64::try_from(index).unwrap(), if *allow { "allow" } else { "deny" }, protocol, Some((*a.min(b), *a.max(b))), "0.0.0.0/0")
        }).collect();
        let mut ordered: Vec<_> = rules.iter().enumerate().map(|(index, rule)| (rule.0 * 10 + i64::try_from(index).unwrap(), rule)).collect();
        ordered.sort_unstable();
        let decided = ordered.iter().find(|(_, (_, _, protocol, a, b))| {
            *protocol == "-1" || (*protocol == "6" && (*a.min(b)..=*a.max(b)).contains(&port))
        });
        let expected = decided.is_some_and(|(_, (_, allow, ..))| *allow);
        let outcome = nacl_open(&value(json!(entries)), "tcp", &[port]);
        prop_assert_eq!(!outcome.found.is_empty(), expected);
    }
}
