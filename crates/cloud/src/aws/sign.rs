//! Signature version 4.

use apimodel::aws::Signature;
use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{
        PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
        UriPathNormalizationMode, sign,
    },
    sign::v4,
};
use std::time::SystemTime;

/// What a signature is made for.
#[derive(Clone, Copy, Debug)]
pub struct SigningScope<'a> {
    /// The dialect.
    pub signature: Signature,
    /// The region.
    pub region: &'a str,
    /// The service's name in signatures.
    pub name: &'a str,
    /// The provider's time.
    pub time: SystemTime,
}

/// A request that can't be signed: its address or a header is malformed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the request can't be signed: {0}")]
pub struct SigningError(String);

/// The headers to add, for a request to an absolute address.
pub fn signed_headers(
    scope: SigningScope<'_>,
    credentials: &Credentials,
    method: &str,
    url: &str,
    headers: &[(String, String)],
    body: &[u8],
) -> Result<Vec<(&'static str, String)>, SigningError> {
    let failed = |error: &dyn std::fmt::Display| SigningError(error.to_string());
    let mut settings = SigningSettings::default();
    if scope.signature == Signature::S3 {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    let identity = credentials.clone().into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(scope.region)
        .name(scope.name)
        .time(scope.time)
        .settings(settings)
        .build()
        .map_err(|error| failed(&error))?
        .into();
    let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let request =
        SignableRequest::new(method, url, pairs, SignableBody::Bytes(body)).map_err(|error| failed(&error))?;
    let (instructions, _signature) = sign(request, &parameters).map_err(|error| failed(&error))?.into_parts();
    let (headers, _parameters) = instructions.into_parts();
    Ok(headers.into_iter().map(|header| (header.name(), header.value().to_owned())).collect())
}

#[cfg(test)]
mod tests;
