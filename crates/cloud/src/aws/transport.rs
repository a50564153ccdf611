//! HTTP with one TLS stack, for the calls and for the credentials' own requests.

use super::{
    error::{CallErrorKind, Failure},
    options::ClientOptions,
};
use aws_smithy_runtime_api::{
    client::{
        http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    http::{Headers, Response, StatusCode},
};
use aws_smithy_types::body::SdkBody;
use std::{io::BufReader, sync::Arc, time::Duration};

/// Idle connections kept for a host.
const IDLE_MAX: usize = 64;
/// An idle connection is closed before the services close it.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);
/// Bytes of an answer to the credentials' own requests.
const CREDENTIALS_BYTES_MAX: usize = 1 << 20;

/// The HTTP client.
pub(crate) fn client(options: &ClientOptions) -> Result<reqwest::Client, Failure> {
    let failed =
        |error: &dyn std::fmt::Display| Failure::new(CallErrorKind::Failed, "NoHttpClient", &error.to_string());
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls(options)?)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(options.connect_timeout)
        .pool_max_idle_per_host(IDLE_MAX)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .http1_only()
        .tcp_nodelay(true)
        .build()
        .map_err(|error| failed(&error))
}

/// Trusts the platform's certificates and the built-in ones, so that it works in an empty container too.
fn tls(options: &ClientOptions) -> Result<rustls::ClientConfig, Failure> {
    let failed =
        |error: &dyn std::fmt::Display| Failure::new(CallErrorKind::Failed, "NoCertificates", &error.to_string());
    let mut roots = rustls::RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = &options.ca_bundle {
        let file = std::fs::File::open(path).map_err(|error| failed(&error))?;
        let own = certificates(BufReader::new(file)).map_err(|error| failed(&error))?;
        let (added, _) = roots.add_parsable_certificates(own);
        if added == 0 {
            return Err(failed(&format!("{} holds no certificate", path.display())));
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Ok(builder.map_err(|error| failed(&error))?.with_root_certificates(roots).with_no_client_auth())
}

fn certificates(
    reader: impl std::io::BufRead,
) -> Result<Vec<rustls::pki_types::CertificateDer<'static>>, rustls::pki_types::pem::Error> {
    use rustls::pki_types::pem::PemObject as _;
    rustls::pki_types::CertificateDer::pem_reader_iter(reader).collect()
}

/// The same client in the shape that `aws-config` wants.
#[derive(Clone, Debug)]
pub(crate) struct ForCredentials(pub(crate) reqwest::Client);

impl HttpClient for ForCredentials {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        let timeouts = [settings.connect_timeout(), settings.read_timeout()];
        // The longer of both bounds the whole exchange; instance metadata asks for one second.
        let timeout = timeouts.into_iter().flatten().max().unwrap_or(Duration::from_secs(30));
        SharedHttpConnector::new(Connector { client: self.0.clone(), timeout })
    }
}

#[derive(Debug)]
struct Connector {
    client: reqwest::Client,
    timeout: Duration,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (client, timeout) = (self.client.clone(), self.timeout);
        HttpConnectorFuture::new(async move { exchange(client, timeout, request).await })
    }
}

async fn exchange(
    client: reqwest::Client,
    timeout: Duration,
    request: HttpRequest,
) -> Result<HttpResponse, ConnectorError> {
    let user = |error: &dyn std::fmt::Display| ConnectorError::user(error.to_string().into());
    let method = reqwest::Method::from_bytes(request.method().as_bytes()).map_err(|error| user(&error))?;
    let mut builder = client.request(method, request.uri()).timeout(timeout);
    for (name, value) in request.headers() {
        builder = builder.header(name, value);
    }
    let body = request.body().bytes().map(<[u8]>::to_vec).unwrap_or_default();
    let sent = builder.body(body).send().await;
    let failed = |error: reqwest::Error| {
        if error.is_timeout() { ConnectorError::timeout(error.into()) } else { ConnectorError::io(error.into()) }
    };
    let mut answer = sent.map_err(failed)?;
    let status = StatusCode::try_from(answer.status().as_u16()).map_err(|error| user(&error))?;
    let mut headers = Headers::new();
    for (name, value) in answer.headers() {
        if let Ok(value) = value.to_str() {
            headers.append(name.as_str().to_owned(), value.to_owned());
        }
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(failed)? {
        body.extend_from_slice(&chunk);
        if body.len() > CREDENTIALS_BYTES_MAX {
            return Err(user(&"the answer is too long"));
        }
    }
    let mut response = Response::new(status, SdkBody::from(body));
    *response.headers_mut() = headers;
    Ok(response)
}
