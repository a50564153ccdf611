//! The rows of the families whose algorithms know documents only: arguments in, results and what they lack out.

use super::{Function, argument, iam, net, outcome, secrets, string, version, whole, wrong};
use crate::{
    evaluate::{Error, Frame, Outcome},
    value::Val,
};
use model::{Missing, Value};

/// Addresses, ports and rules.
pub(super) static NETWORK: &[Function] = &[
    Function::global("net.is_public", (1, 1), "net.is_public(address_or_cidr)", "whether any part of it is globally routable; false for null and for what is no address", is_public),
    Function::global("net.is_internet", (1, 1), "net.is_internet(cidr)", "whether it stands for the internet: `0.0.0.0/0`, `::/0`, or any public range of `/8` (IPv6 `/16`) or wider; false for null and for what is no range", is_internet),
    Function::global("net.contains", (2, 2), "net.contains(cidr, address_or_cidr)", "whether the first holds all of the second; false where either is null or no address", contains),
    Function::global("net.open_to_internet", (1, 1), "net.open_to_internet(permissions)", "list of `{protocol, from, to, source, description}`: the parts of the rules whose source is the internet; `from` and `to` are 0 and 65535 where all ports are open; protocol `-1` is `all`", open_to_internet).parts(),
    Function::global("net.open_to_internet", (3, 3), "net.open_to_internet(permissions, protocol, ports)", "those that let `protocol` (`tcp`, `udp`) in on any of `ports` (a list; `[]` for any port)", open_to_internet).parts(),
    Function::global("net.nacl_open", (3, 3), "net.nacl_open(entries, protocol, ports)", "list of `{protocol, from, to, source, rule}`: what a network ACL's *ingress* entries let in from the internet on any of `ports`, rule numbers in order, earlier denies taken off", nacl_open).parts(),
    Function::global("net.ports", (3, 3), "net.ports(from, to, ports)", "those of `ports` that lie in the range; an absent end or `-1` is open", ports),
];

/// IAM policies. A *policy* is a document as a map, its JSON text, null, or a list of these, judged as one.
pub(super) static IDENTITY: &[Function] = &[
    Function::global("iam.statements", (1, 1), "iam.statements(policy)", "its statements, each with `Effect`, `Sid`, and lists where IAM allows a single value (`Action`, `NotAction`, `Resource`, `NotResource`), `Principal` as `{AWS: […], Service: […], Federated: […], CanonicalUser: […]}` (`\"*\"` becomes `{AWS: [\"*\"]}`), `Condition`", statements).parts(),
    Function::global("iam.public", (1, 2), "iam.public(policy), iam.public(policy, actions)", "the `Allow` statements that anybody can use: a public principal, no condition that closes it, and not taken back by a `Deny` for everybody; with `actions`, those that grant any of them", public).parts(),
    Function::global("iam.allows", (2, 3), "iam.allows(policy, action), iam.allows(policy, action, resource)", "the `Allow` statements that grant the action (wildcards, `NotAction`), on the resource if given", allows).parts(),
    Function::global("iam.denies", (2, 2), "iam.denies(policy, action)", "the `Deny` statements likewise", denies).parts(),
    Function::global("iam.admin", (1, 1), "iam.admin(policy)", "the `Allow` statements with all actions on all resources and no condition; `NotAction` with few exclusions counts", admin).parts(),
    Function::global("iam.full_service", (2, 2), "iam.full_service(policy, service)", "the `Allow` statements that grant all actions of a service on all resources", full_service).parts(),
    Function::global("iam.escalations", (1, 1), "iam.escalations(policy)", "list of `{method, actions}`: known ways to raise one's own privileges that the policy's allows, less its denies, make possible", escalations).parts(),
    Function::global("iam.external", (2, 2), "iam.external(policy, account)", "list of `{statement, principal}`: principals of other accounts that it lets in without an external id or organisation condition", external).parts(),
    Function::global("iam.requires_tls", (1, 1), "iam.requires_tls(policy)", "whether a statement denies everybody all actions when `aws:SecureTransport` is false", requires_tls).parts(),
    Function::global("iam.matches", (2, 2), "iam.matches(pattern, text)", "IAM's wildcard match (`*`, `?`), without regard to case", matches),
];

/// Credentials in values and texts.
pub(super) static SECRETS: &[Function] = &[
    Function::global("secrets.find", (1, 1), "secrets.find(value)", "list of `{path, kind}`: strings in the value, however deep, that look like credentials: known formats, and values under a key that says so which are random enough to be one. A value that was stored redacted is still found", find_secrets).parts(),
    Function::global("secrets.find_text", (1, 1), "secrets.find_text(string)", "the same for a script or a configuration text, `path` being `line N`; null has none", find_text),
];

/// Versions.
pub(super) static VERSIONS: &[Function] = &[Function::global(
    "version.less",
    (2, 2),
    "version.less(a, b)",
    "whether dotted version `a` comes before `b`, numbers as numbers (`1.9` before `1.10`)",
    less,
)];

/// An argument as a document, and what its lists may lack.
fn document<'a>(frame: &Frame<'a>, value: Val<'a>) -> (&'a Value, Option<&'a Missing>) {
    match value {
        Val::DocList(value) | Val::DocMap(value) => (value, None),
        value => (frame.arena.document(value.to_value()), partial(frame, value)),
    }
}

fn partial<'a>(frame: &Frame<'a>, value: Val<'a>) -> Option<&'a Missing> {
    match value {
        Val::List(list) => list.items.iter().fold(list.missing, |lack, item| frame.unite(lack, partial(frame, *item))),
        Val::Map(entries) => entries.iter().fold(None, |lack, (_, item)| frame.unite(lack, partial(frame, *item))),
        Val::Entities(group) => group.missing,
        _ => None,
    }
}

fn listed<'a>(frame: &mut Frame<'a>, found: outcome::Outcome, lack: Option<&'a Missing>) -> Outcome<'a> {
    let missing = frame.unite(lack, found.missing.map(|missing| frame.arena.missing(missing)));
    let list = frame.arena.document(Value::List(found.found));
    match missing {
        None => Ok(Val::DocList(list)),
        missing => frame.made(&list.items().iter().map(Val::from).collect::<Vec<_>>(), missing),
    }
}

fn truth<'a>(frame: &Frame<'a>, truth: outcome::Truth, lack: Option<&'a Missing>) -> Outcome<'a> {
    Ok(match (truth, lack) {
        (outcome::Truth::Unknown(missing), _) => Val::Unknown(frame.arena.missing(missing)),
        (outcome::Truth::Yes, _) => Val::Bool(true),
        (outcome::Truth::No, Some(lack)) => Val::Unknown(lack),
        (outcome::Truth::No, None) => Val::Bool(false),
    })
}

/// Whole numbers in a list; null is the empty one.
fn numbers<'a>(frame: &Frame<'a>, name: &str, value: Val<'a>) -> Result<Vec<i64>, Error<'a>> {
    let Some((items, _)) = value.elements() else { return Err(wrong(frame, name, "a list of ints", value)) };
    items
        .iter()
        .map(
            |item| {
                if let Val::Int(number) = item { Ok(number) } else { Err(wrong(frame, name, "a list of ints", item)) }
            },
        )
        .collect()
}

/// A string, or null.
fn text<'a>(frame: &Frame<'a>, name: &str, arguments: &[Val<'a>], index: usize) -> Result<Option<&'a str>, Error<'a>> {
    if argument(arguments, index).is_null() { Ok(None) } else { string(frame, name, arguments, index).map(Some) }
}

fn is_public<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let range = text(frame, "net.is_public", arguments, 0)?;
    Ok(Val::Bool(range.and_then(net::is_public).unwrap_or(false)))
}

fn is_internet<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let range = text(frame, "net.is_internet", arguments, 0)?;
    Ok(Val::Bool(range.and_then(net::is_internet).unwrap_or(false)))
}

fn contains<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let outer = text(frame, "net.contains", arguments, 0)?;
    let inner = text(frame, "net.contains", arguments, 1)?;
    Ok(Val::Bool(outer.zip(inner).and_then(|(outer, inner)| net::contains(outer, inner)).unwrap_or(false)))
}

fn open_to_internet<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let (permissions, lack) = document(frame, argument(arguments, 0));
    if arguments.len() < 3 {
        return listed(frame, net::open_to_internet(permissions, None), lack);
    }
    if let Some(lack) = argument(arguments, 2).lack() {
        return Ok(Val::Unknown(lack));
    }
    let protocol = string(frame, "net.open_to_internet", arguments, 1)?;
    let ports = numbers(frame, "net.open_to_internet", argument(arguments, 2))?;
    listed(frame, net::open_to_internet(permissions, Some((protocol, &ports))), lack)
}

fn nacl_open<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let (entries, lack) = document(frame, argument(arguments, 0));
    // A rule that is not known may be an earlier deny.
    if let Some(lack) = lack.or_else(|| argument(arguments, 2).lack()) {
        return Ok(Val::Unknown(lack));
    }
    let protocol = string(frame, "net.nacl_open", arguments, 1)?;
    let ports = numbers(frame, "net.nacl_open", argument(arguments, 2))?;
    listed(frame, net::nacl_open(entries, protocol, &ports), None)
}

fn ports<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let end = |index: usize| {
        if argument(arguments, index).is_null() {
            Ok(None)
        } else {
            whole(frame, "net.ports", arguments, index).map(Some)
        }
    };
    let (from, to) = (end(0)?, end(1)?);
    let ports = numbers(frame, "net.ports", argument(arguments, 2))?;
    let found: Vec<Val<'a>> = net::ports(from, to, &ports).into_iter().map(Val::Int).collect();
    frame.made(&found, None)
}

/// A policy; where it is made of lists that may lack parts, nobody can say what a missing `Deny` takes back.
fn policy<'a>(frame: &Frame<'a>, arguments: &[Val<'a>]) -> Result<&'a Value, &'a Missing> {
    let (policy, lack) = document(frame, argument(arguments, 0));
    lack.map_or(Ok(policy), Err)
}

macro_rules! policy {
    ($frame:ident, $arguments:ident) => {
        match policy($frame, $arguments) {
            Ok(policy) => policy,
            Err(lack) => return Ok(Val::Unknown(lack)),
        }
    };
}

fn statements<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let (policy, lack) = document(frame, argument(arguments, 0));
    listed(frame, iam::statements(policy), lack)
}

fn public<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let policy = policy!(frame, arguments);
    if arguments.len() < 2 {
        return listed(frame, iam::public(policy, None), None);
    }
    let list = argument(arguments, 1);
    if let Some(lack) = list.lack() {
        return Ok(Val::Unknown(lack));
    }
    let Some((items, _)) = list.elements() else { return Err(wrong(frame, "iam.public", "a list of strings", list)) };
    let actions = items
        .iter()
        .map(|item| {
            if let Val::String(text) = item {
                Ok(text)
            } else {
                Err(wrong(frame, "iam.public", "a list of strings", item))
            }
        })
        .collect::<Result<Vec<_>, _>>()?;
    listed(frame, iam::public(policy, Some(&actions)), None)
}

fn allows<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let policy = policy!(frame, arguments);
    let action = string(frame, "iam.allows", arguments, 1)?;
    let resource = if arguments.len() > 2 { Some(string(frame, "iam.allows", arguments, 2)?) } else { None };
    listed(frame, iam::allows(policy, action, resource), None)
}

fn denies<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let policy = policy!(frame, arguments);
    let action = string(frame, "iam.denies", arguments, 1)?;
    listed(frame, iam::denies(policy, action), None)
}

fn admin<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let policy = policy!(frame, arguments);
    listed(frame, iam::admin(policy), None)
}

fn full_service<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let policy = policy!(frame, arguments);
    let service = string(frame, "iam.full_service", arguments, 1)?;
    listed(frame, iam::full_service(policy, service), None)
}

fn escalations<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let policy = policy!(frame, arguments);
    listed(frame, iam::escalations(policy), None)
}

fn external<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let policy = policy!(frame, arguments);
    let account = string(frame, "iam.external", arguments, 1)?;
    listed(frame, iam::external(policy, account), None)
}

fn requires_tls<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let (policy, lack) = document(frame, argument(arguments, 0));
    let found = iam::requires_tls(policy);
    truth(frame, found, lack)
}

fn matches<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let pattern = string(frame, "iam.matches", arguments, 0)?;
    let text = string(frame, "iam.matches", arguments, 1)?;
    Ok(Val::Bool(iam::matches(pattern, text)))
}

fn find_secrets<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let (value, lack) = document(frame, argument(arguments, 0));
    listed(frame, secrets::find(value), lack)
}

fn find_text<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    match text(frame, "secrets.find_text", arguments, 0)? {
        Some(text) => listed(frame, secrets::find_text(text), None),
        None => frame.made(&[], None),
    }
}

fn less<'a>(frame: &mut Frame<'a>, arguments: &[Val<'a>]) -> Outcome<'a> {
    let a = string(frame, "version.less", arguments, 0)?;
    let b = string(frame, "version.less", arguments, 1)?;
    Ok(Val::Bool(version::less(a, b)))
}
