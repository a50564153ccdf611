//! How the client behaves: bounds, switches and overrides.

use apimodel::aws::Variant;
use std::time::Duration;

/// How the client behaves. Start from [`ClientOptions::default`].
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// Operations that read data rather than configuration are sent too.
    pub allow_data: bool,
    /// FIPS endpoints; unset, the environment and the profile decide.
    pub fips: Option<bool>,
    /// Dual-stack endpoints; unset, the environment and the profile decide.
    pub dual_stack: Option<bool>,
    /// One address for all services; unset, the environment and the profile decide.
    pub endpoint_url: Option<String>,
    /// Retries of one request after the first attempt.
    pub retries_max: u32,
    /// For one request with its retries and its waiting for its turn.
    pub call_deadline: Duration,
    /// For one attempt, from sending to the last byte.
    pub attempt_timeout: Duration,
    /// For a connection to be made.
    pub connect_timeout: Duration,
    /// Pages of one call.
    pub pages_max: usize,
    /// Bytes of one page.
    pub body_bytes_max: usize,
    /// Bytes of all pages of one call.
    pub answer_bytes_max: usize,
    /// Requests under way for one account, region and service.
    pub concurrency_max: usize,
    /// Requests under way altogether.
    pub requests_max: usize,
    /// How long an endpoint that can't be reached is left alone.
    pub unreachable_pause: Duration,
    /// Certificates (PEM) to trust beside the platform's and the built-in ones.
    pub ca_bundle: Option<std::path::PathBuf>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            allow_data: false,
            fips: None,
            dual_stack: None,
            endpoint_url: None,
            retries_max: 8,
            call_deadline: Duration::from_secs(180),
            attempt_timeout: Duration::from_secs(40),
            connect_timeout: Duration::from_secs(3),
            pages_max: 10_000,
            body_bytes_max: 64 << 20,
            answer_bytes_max: 1 << 30,
            concurrency_max: 64,
            requests_max: 256,
            unreachable_pause: Duration::from_secs(60),
            ca_bundle: None,
        }
    }
}

impl ClientOptions {
    /// The kind of endpoint, where the session's settings are these.
    pub(crate) fn variant(&self, fips: bool, dual_stack: bool) -> Variant {
        Variant { fips: self.fips.unwrap_or(fips), dual_stack: self.dual_stack.unwrap_or(dual_stack) }
    }
}
