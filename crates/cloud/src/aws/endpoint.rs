//! Where a request goes: the service's endpoint in a region, or an override.

use super::{
    encode::{Request, pairs},
    error::{CallErrorKind, Failure},
};
use apimodel::aws::{Operation, Partition, Service, Signature, Variant};

/// Where a request goes and what it is signed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// The absolute address.
    pub(crate) url: String,
    /// Scheme, host and port.
    pub(crate) host: String,
    /// Region to sign for.
    pub(crate) signing_region: String,
    /// Name to sign for.
    pub(crate) signing_name: String,
}

/// What the address depends on beside the request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) partition: &'a Partition,
    pub(crate) region: &'a str,
    pub(crate) variant: Variant,
    /// An override, checked.
    pub(crate) url: Option<&'a str>,
}

/// The address of a request.
pub(crate) fn address(
    service: &Service,
    operation: &Operation,
    request: &Request,
    place: Place<'_>,
) -> Result<Address, Failure> {
    let Place { partition, region, variant, url } = place;
    let endpoints = if operation.endpoints.is_empty() { &service.endpoints } else { &operation.endpoints };
    let found = endpoints.resolve(&service.endpoint_prefix, partition, region, variant);
    let found = found.ok_or_else(|| {
        let message = format!("{} has no such endpoint in {region}", service.name);
        Failure::new(CallErrorKind::Unreachable, "NoEndpoint", &message)
    })?;
    let signing_name = if found.signing_name.is_empty() { service.signing_name.clone() } else { found.signing_name };
    let query = if request.query.is_empty() { String::new() } else { format!("?{}", pairs(&request.query, true)) };
    let address = |host: String, path: &str| {
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let url = format!("{host}{path}{query}");
        Address { url, host, signing_region: found.signing_region.clone(), signing_name: signing_name.clone() }
    };
    if let Some(url) = url {
        // An override takes everything as it comes: no host prefix, the bucket stays in the path.
        return Ok(address(url.trim_end_matches('/').to_owned(), &request.path));
    }
    let host = found.url.strip_prefix("https://").unwrap_or(&found.url);
    match &request.bucket {
        Some(bucket) if service.signature == Signature::S3 && is_host_label(bucket) => {
            let path =
                request.path.strip_prefix('/').and_then(|path| path.strip_prefix(bucket.as_str())).unwrap_or("/");
            Ok(address(format!("https://{bucket}.{host}"), path))
        }
        Some(bucket) if bucket.starts_with("arn:") => {
            Err(Failure::invalid("access points are not addressed as buckets"))
        }
        _ => Ok(address(format!("https://{}{host}", request.host_prefix), &request.path)),
    }
}

/// Whether a bucket's name can stand before the host's: a name with dots does not fit the certificate.
fn is_host_label(bucket: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (3..=63).contains(&bucket.len()) && bucket.bytes().all(fits) && !bucket.starts_with('-') && !bucket.ends_with('-')
}

/// An override, if it is one that may be used: plain HTTP goes to this machine only.
pub(crate) fn check_override(url: &str) -> Result<&str, Failure> {
    let parsed =
        reqwest::Url::parse(url).map_err(|error| Failure::invalid(&format!("the endpoint '{url}': {error}")))?;
    let local = match parsed.host_str() {
        Some("localhost" | "[::1]") => true,
        Some(host) => {
            host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
                || host.ends_with(".localhost")
        }
        None => false,
    };
    match parsed.scheme() {
        "https" => Ok(url),
        "http" if local => Ok(url),
        _ => Err(Failure::invalid(&format!("the endpoint '{url}' must be https; plain HTTP is for loopback only"))),
    }
}

#[cfg(test)]
mod tests;
