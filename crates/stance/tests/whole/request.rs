//! What a request asks, read off the wire without the client's help, and how its protocol says that something went wrong.

use apimodel::aws::{Kind, Location, Operation, Protocol, Service};
use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

/// A request as the proxy received it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// With the query string.
    pub(crate) target: String,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// What it asks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Asked {
    /// The service's name in the models.
    pub(crate) service: String,
    pub(crate) operation: String,
    pub(crate) region: String,
    /// Everything that tells one call from another.
    pub(crate) key: String,
}

impl Asked {
    /// `service.Operation`.
    pub(crate) fn call(&self) -> String {
        format!("{}.{}", self.service, self.operation)
    }
}

/// The services by the name that signatures carry.
static BY_SIGNING_NAME: LazyLock<BTreeMap<String, Vec<Arc<Service>>>> = LazyLock::new(|| {
    let mut names: BTreeMap<String, Vec<Arc<Service>>> = BTreeMap::new();
    for name in apimodel::aws::services() {
        if let Some(service) = apimodel::aws::service(name) {
            names.entry(service.signing_name.clone()).or_default().push(service.clone());
        }
    }
    names
});

impl Request {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(String::as_str).unwrap_or_default()
    }

    /// What tells one call from another: everything but signatures, times and tokens.
    fn key(&self) -> String {
        let kept = self.headers.iter().filter(|(name, _)| {
            name.starts_with("x-amz-")
                && !["x-amz-date", "x-amz-security-token", "x-amz-content-sha256", "x-amz-user-agent"]
                    .contains(&name.as_str())
        });
        let headers: Vec<String> = kept.map(|(name, value)| format!("{name}={value}")).collect();
        let (_, region) = self.scope();
        format!(
            "{region} {} {} {} {}",
            self.method,
            self.target,
            headers.join("&"),
            String::from_utf8_lossy(&self.body)
        )
    }

    /// Signing name and region, from `Credential=ID/DATE/REGION/NAME/aws4_request`.
    fn scope(&self) -> (&str, &str) {
        let mut parts = self.header("authorization").split("Credential=").nth(1).unwrap_or_default().split('/').skip(2);
        let region = parts.next().unwrap_or_default();
        (parts.next().unwrap_or_default(), region)
    }

    /// What it asks. A request that no model knows is named by what is on the wire.
    pub(crate) fn asked(&self) -> Asked {
        let (name, region) = self.scope();
        let found = BY_SIGNING_NAME.get(name).and_then(|services| self.find(services));
        let (service, operation) =
            found.unwrap_or_else(|| (name.to_owned(), format!("{} {}", self.method, self.target)));
        Asked { service, operation, region: region.to_owned(), key: self.key() }
    }

    fn find(&self, services: &[Arc<Service>]) -> Option<(String, String)> {
        let body = String::from_utf8_lossy(&self.body);
        let form = |name: &str| body.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let known = |service: &Arc<Service>, operation: &str| {
            service.operations.contains_key(operation).then(|| (service.name.to_string(), operation.to_owned()))
        };
        if let Some((prefix, operation)) = self.header("x-amz-target").rsplit_once('.') {
            return services
                .iter()
                .filter(|service| service.target_prefix == prefix)
                .find_map(|service| known(service, operation));
        }
        if let Some(operation) = form("Action") {
            let same = |service: &&Arc<Service>| form("Version") == Some(service.api_version.as_str());
            return services.iter().filter(same).find_map(|service| known(service, operation));
        }
        let rpc = self.target.strip_prefix("/service/").and_then(|rest| rest.split_once("/operation/"));
        if let Some((prefix, operation)) = rpc {
            return services
                .iter()
                .filter(|service| service.target_prefix == prefix)
                .find_map(|service| known(service, operation));
        }
        let matches = services.iter().flat_map(|service| {
            let rest = matches!(service.protocol, Protocol::RestJson | Protocol::RestXml);
            let operations = service.operations.values().filter(move |_| rest);
            operations.filter_map(move |operation| {
                Some((self.fit(service, operation)?, service.name.to_string(), operation.name.to_string()))
            })
        });
        matches.max().map(|(_, service, operation)| (service, operation))
    }

    /// How well a REST operation's path fits: by its literal parts, and by the parameters of the query that it takes.
    fn fit(&self, service: &Service, operation: &Operation) -> Option<(usize, usize)> {
        if operation.method != self.method {
            return None;
        }
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let (template, fixed) = operation.path.split_once('?').unwrap_or((&operation.path, ""));
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        let wanted: Vec<&str> = template.trim_matches('/').split('/').collect();
        let greedy = wanted.iter().any(|part| part.ends_with("+}"));
        if segments.len() != wanted.len() && !(greedy && segments.len() > wanted.len()) {
            return None;
        }
        let fits =
            |(part, segment): (&&str, &&str)| if part.starts_with('{') { !segment.is_empty() } else { part == segment };
        if !wanted.iter().zip(&segments).take_while(|(part, _)| !part.ends_with("+}")).all(fits) {
            return None;
        }
        let given: Vec<&str> = query.split('&').map(|pair| pair.trim_end_matches('=')).collect();
        if !fixed.split('&').filter(|pair| !pair.is_empty()).all(|pair| given.contains(&pair)) {
            return None;
        }
        let literal = wanted.iter().filter(|part| !part.starts_with('{')).count();
        let shape = operation.input.and_then(|id| service.shapes.get(usize::try_from(id).ok()?));
        let members = shape.into_iter().flat_map(|shape| {
            if let Kind::Structure(structure) = &shape.kind { structure.members.as_slice() } else { &[] }
        });
        let taken = members
            .filter(|member| member.location == Location::Query)
            .map(|member| member.wire.as_deref().unwrap_or(&member.name));
        let names: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
        let known = taken.filter(|name| names.contains(name)).count();
        Some((literal, known + fixed.split('&').filter(|pair| !pair.is_empty()).count()))
    }
}

/// An error as the service's protocol writes it: content type and body.
pub(crate) fn error(service: &str, code: &str, message: &str) -> (&'static str, String) {
    let protocol = apimodel::aws::service(service).map(|service| service.protocol);
    match protocol {
        Some(Protocol::Ec2) => (
            "text/xml",
            format!(
                "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors><RequestID>r</RequestID></Response>"
            ),
        ),
        Some(Protocol::RestXml) if service == "s3" => (
            "application/xml",
            format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>"),
        ),
        Some(Protocol::Query | Protocol::RestXml) => (
            "text/xml",
            format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>r</RequestId></ErrorResponse>"
            ),
        ),
        _ => (
            "application/x-amz-json-1.1",
            format!("{{\"__type\":\"com.amazon.coral.service#{code}\",\"message\":\"{message}\"}}"),
        ),
    }
}
