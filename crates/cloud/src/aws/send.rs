//! One request with its retries: turns, signatures, redirects, clocks, and what follows from each answer.

use super::{
    client::Inner,
    counters::{Counting, add, micros},
    decode::{self, Answer},
    encode::{self, Request},
    endpoint::{self, Address, Place},
    error::{CallErrorKind, Failure},
    limit::{Limit, RETRY_AFTER_MAX},
    session::Session,
    sign,
};
use apimodel::aws::{Operation, Partition, Service, Signature};
use aws_credential_types::Credentials;
use model::Value;
use std::{
    sync::{Arc, PoisonError, atomic::Ordering::Relaxed},
    time::{Duration, Instant, SystemTime},
};

/// A bucket's region is asked for elsewhere this often.
const REDIRECTS_MAX: u32 = 2;
/// An answer that can't be understood is asked for again this often.
const MALFORMED_RETRIES_MAX: u32 = 2;
/// Back-off after a throttled request: the first step and the longest.
const THROTTLE_PAUSE: (Duration, Duration) = (Duration::from_millis(300), Duration::from_secs(20));
/// Back-off after any other failure.
const FAILURE_PAUSE: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));
/// A clock may differ from the provider's by less than five minutes; this is when it is corrected.
const SKEW_MIN_SECONDS: i64 = 240;

/// Our code for an endpoint that is left alone for a while.
const LEFT_ALONE: &str = "EndpointDown";

/// Codes that a wrong clock leads to.
const SKEWED: &[&str] = &[
    "AuthFailure",
    "InvalidSignatureException",
    "RequestExpired",
    "RequestInTheFuture",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
];
/// Codes of failures that pass.
const TRANSIENT: &[&str] = &[
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "InternalServerException",
    "RequestTimeout",
    "RequestTimeoutException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
];

/// What a request belongs to.
pub(crate) struct Call<'a> {
    pub(crate) client: &'a Inner,
    pub(crate) session: &'a Session,
    pub(crate) service: &'a Service,
    pub(crate) operation: &'a Operation,
    pub(crate) partition: &'static Partition,
    pub(crate) region: &'a str,
    /// An override of the endpoint.
    pub(crate) url: Option<String>,
    pub(crate) limit: Arc<Limit>,
    pub(crate) counting: Arc<Counting>,
}

/// What has been tried.
#[derive(Default)]
struct Tries {
    retries: u32,
    malformed: u32,
    redirects: u32,
    clock_corrected: bool,
    renewed: bool,
    region: Option<Arc<str>>,
}

/// An answer, read whole.
struct Received {
    status: u16,
    headers: http::HeaderMap,
    body: Vec<u8>,
}

/// What to do after a failed attempt.
enum Next {
    GiveUp(Failure),
    AtOnce,
    After(Duration),
}

impl Call<'_> {
    /// One page: the document, and the size of its body in bytes.
    pub(crate) async fn page(&self, input: &Value) -> Result<(Value, usize), Failure> {
        let request = encode::request(self.service, self.operation, input, &token)?;
        match tokio::time::timeout(self.client.options.call_deadline, self.attempts(&request)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Failure::new(
                CallErrorKind::Unreachable,
                "DeadlineExceeded",
                "no answer before the call's deadline",
            )),
        }
    }

    async fn attempts(&self, request: &Request) -> Result<(Value, usize), Failure> {
        let mut tries = Tries { region: self.known_region(request), ..Tries::default() };
        loop {
            let region = tries.region.clone();
            let place = Place {
                partition: self.partition,
                region: region.as_deref().unwrap_or(self.region),
                variant: self.session.variant(&self.client.options),
                url: self.url.as_deref(),
            };
            let address = endpoint::address(self.service, self.operation, request, place)?;
            let credentials = self.session.credentials().await?;
            let next = match self.attempt(request, &address, &credentials).await {
                Ok(received) => match self.understand(&received) {
                    Ok(document) => {
                        self.limit.answered();
                        return Ok((document, received.body.len()));
                    }
                    Err(failure) if (200..300).contains(&received.status) => tries.malformed(failure),
                    Err(failure) => self.after_error(failure, &received, request, &credentials, &mut tries).await,
                },
                Err(failure) => self.after_silence(failure, &mut tries),
            };
            match next {
                Next::GiveUp(failure) => return Err(failure),
                Next::AtOnce => {}
                Next::After(pause) => {
                    let began = Instant::now();
                    tokio::time::sleep(pause).await;
                    add(&self.counting.pause_micros, micros(began.elapsed()));
                }
            }
            add(&self.counting.retries, 1);
        }
    }

    /// Send once and read the whole answer. An endpoint that could not be reached just now is not asked: such a failure
    /// is not tried again.
    async fn attempt(
        &self,
        request: &Request,
        address: &Address,
        credentials: &Credentials,
    ) -> Result<Received, Failure> {
        let began = Instant::now();
        let permit = self.limit.acquire().await;
        let turn = self.client.turns.acquire().await;
        add(&self.counting.pause_micros, micros(began.elapsed()));
        if !self.client.breakers.allows(&address.host) {
            let message = format!("{} could not be reached just now", address.host);
            return Err(Failure::new(CallErrorKind::Unreachable, LEFT_ALONE, &message));
        }
        let began = Instant::now();
        let builder = self.signed(request, address, credentials)?;
        add(&self.counting.requests, 1);
        let outcome = match tokio::time::timeout(self.client.options.attempt_timeout, self.receive(builder)).await {
            Ok(outcome) => outcome,
            Err(_) => Err((Failure::new(CallErrorKind::Unreachable, "Timeout", "no answer in time"), true)),
        };
        add(&self.counting.wait_micros, micros(began.elapsed()));
        drop((permit, turn));
        match outcome {
            Ok(received) => {
                self.client.breakers.reached(&address.host);
                add(&self.counting.bytes, u64::try_from(received.body.len()).unwrap_or(u64::MAX));
                Ok(received)
            }
            Err((failure, unreachable)) => {
                if unreachable {
                    self.client.breakers.failed(&address.host);
                }
                Err(failure)
            }
        }
    }

    fn signed(
        &self,
        request: &Request,
        address: &Address,
        credentials: &Credentials,
    ) -> Result<reqwest::RequestBuilder, Failure> {
        let method =
            reqwest::Method::from_bytes(request.method.as_bytes()).map_err(|_| Failure::invalid("the HTTP method"))?;
        let mut builder = self.client.http.request(method, &address.url);
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        if !self.operation.unsigned {
            let scope = sign::SigningScope {
                signature: self.service.signature,
                region: &address.signing_region,
                name: &address.signing_name,
                time: self.client.now(),
            };
            let (method, url) = (&request.method, &address.url);
            let signed = sign::signed_headers(scope, credentials, method, url, &request.headers, &request.body);
            for (name, value) in signed.map_err(|error| Failure::invalid(&error.to_string()))? {
                builder = builder.header(name, value);
            }
        }
        Ok(if request.body.is_empty() && request.method != "POST" {
            builder
        } else {
            builder.body(request.body.clone())
        })
    }

    /// The answer, or the failure and whether it means that the endpoint can't be reached.
    async fn receive(&self, builder: reqwest::RequestBuilder) -> Result<Received, (Failure, bool)> {
        let broken = |error: reqwest::Error| {
            let unreachable = error.is_connect() || error.is_timeout();
            let code = if unreachable { "Unreachable" } else { "ConnectionBroken" };
            (Failure::new(CallErrorKind::Unreachable, code, &causes(&error)), unreachable)
        };
        let mut answer = builder.send().await.map_err(broken)?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(broken)? {
            if body.len() + chunk.len() > self.client.options.body_bytes_max {
                let message = format!("the answer is longer than {} bytes", self.client.options.body_bytes_max);
                return Err((Failure::new(CallErrorKind::Failed, "AnswerTooLong", &message), false));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Received { status, headers, body })
    }

    /// The document of a success, or what an error answer says.
    fn understand(&self, received: &Received) -> Result<Value, Failure> {
        let answer = Answer { status: received.status, headers: &received.headers, body: &received.body };
        if (200..300).contains(&received.status) {
            let document = decode::parse_answer(self.service, self.operation, answer);
            return document
                .map_err(|error| Failure::new(CallErrorKind::Failed, "MalformedAnswer", &error.to_string()));
        }
        let facts = decode::error(self.service, answer);
        Err(Failure::answered(&facts.code, &facts.message, received.status))
    }

    async fn after_error(
        &self,
        failure: Failure,
        received: &Received,
        request: &Request,
        credentials: &Credentials,
        tries: &mut Tries,
    ) -> Next {
        let answer = Answer { status: received.status, headers: &received.headers, body: &received.body };
        if let Some(region) = self.moved_to(&failure, decode::error(self.service, answer).region, request, tries) {
            tries.redirects += 1;
            tries.region = Some(region);
            return Next::AtOnce;
        }
        if SKEWED.contains(&&*failure.code) && !tries.clock_corrected && self.client.correct_clock(&received.headers) {
            tries.clock_corrected = true;
            return Next::AtOnce;
        }
        let retry_after = retry_after(&received.headers);
        match failure.kind {
            CallErrorKind::Expired if !tries.renewed => {
                tries.renewed = true;
                if self.session.renew(credentials).await { Next::AtOnce } else { Next::GiveUp(failure) }
            }
            CallErrorKind::Throttled => {
                add(&self.counting.throttles, 1);
                self.limit.throttled(retry_after);
                tries.pause(failure, THROTTLE_PAUSE, self.client.options.retries_max, retry_after)
            }
            _ if (received.status >= 500 && received.status != 501) || TRANSIENT.contains(&&*failure.code) => {
                tries.pause(failure, FAILURE_PAUSE, self.client.options.retries_max.div_ceil(2), retry_after)
            }
            _ => {
                self.limit.answered();
                Next::GiveUp(failure)
            }
        }
    }

    fn after_silence(&self, failure: Failure, tries: &mut Tries) -> Next {
        if failure.kind != CallErrorKind::Unreachable || &*failure.code == LEFT_ALONE {
            return Next::GiveUp(failure);
        }
        tries.pause(failure, FAILURE_PAUSE, self.client.options.retries_max.div_ceil(2), None)
    }

    /// The region of a bucket that was found before.
    fn known_region(&self, request: &Request) -> Option<Arc<str>> {
        let regions = self.client.bucket_regions.read().unwrap_or_else(PoisonError::into_inner);
        regions.get(request.bucket.as_deref()?).cloned()
    }

    /// Where a bucket is, when the answer says that it is elsewhere.
    fn moved_to(
        &self,
        failure: &Failure,
        region: Option<String>,
        request: &Request,
        tries: &Tries,
    ) -> Option<Arc<str>> {
        let bucket = request.bucket.as_ref().filter(|_| self.service.signature == Signature::S3)?;
        let elsewhere = matches!(failure.status, 301 | 302 | 307 | 308)
            || matches!(
                &*failure.code,
                "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException" | "BadRequest"
            );
        let region = region.filter(|_| elsewhere && tries.redirects < REDIRECTS_MAX)?;
        // It becomes part of a host name.
        let is_name = region.len() <= 32
            && region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !is_name || tries.region.as_deref().unwrap_or(self.region) == region {
            return None;
        }
        let region: Arc<str> = Arc::from(region);
        let mut regions = self.client.bucket_regions.write().unwrap_or_else(PoisonError::into_inner);
        regions.insert(bucket.clone(), region.clone());
        Some(region)
    }
}

impl Tries {
    /// Back off with full jitter, or give up.
    fn pause(
        &mut self,
        failure: Failure,
        (first, longest): (Duration, Duration),
        retries_max: u32,
        at_least: Option<Duration>,
    ) -> Next {
        if self.retries >= retries_max {
            return Next::GiveUp(failure);
        }
        let most = first.saturating_mul(1 << self.retries.min(16)).min(longest);
        self.retries += 1;
        let pause = most.mul_f64(fastrand::f64());
        Next::After(at_least.map_or(pause, |least| pause + least.min(RETRY_AFTER_MAX)))
    }

    fn malformed(&mut self, failure: Failure) -> Next {
        self.malformed += 1;
        if self.malformed > MALFORMED_RETRIES_MAX { Next::GiveUp(failure) } else { Next::After(FAILURE_PAUSE.0) }
    }
}

/// `Retry-After` in seconds; S3 and a few others send it.
fn retry_after(headers: &http::HeaderMap) -> Option<Duration> {
    let seconds: f64 = headers.get("retry-after")?.to_str().ok()?.trim().parse().ok()?;
    (seconds.is_finite() && seconds >= 0.0).then(|| Duration::from_secs_f64(seconds.min(RETRY_AFTER_MAX.as_secs_f64())))
}

/// A new idempotency token: a random UUID.
fn token() -> String {
    let bits = fastrand::u128(..) & !(0xf << 76) | (4 << 76);
    let bits = bits & !(0b11 << 62) | (0b10 << 62);
    let hex = format!("{bits:032x}");
    let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default().to_owned();
    [part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)].join("-")
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

impl Inner {
    /// The provider's time.
    fn now(&self) -> SystemTime {
        let skew = self.skew_seconds.load(Relaxed);
        let shift = Duration::from_secs(skew.unsigned_abs());
        if skew < 0 { SystemTime::now() - shift } else { SystemTime::now() + shift }
    }

    /// Take the provider's clock from an answer. Whether it was another than ours.
    fn correct_clock(&self, headers: &http::HeaderMap) -> bool {
        let date = headers.get("date").and_then(|date| chrono::DateTime::parse_from_rfc2822(date.to_str().ok()?).ok());
        let Some(date) = date else { return false };
        let difference = date.timestamp() - chrono::DateTime::<chrono::Utc>::from(self.now()).timestamp();
        if difference.abs() < SKEW_MIN_SECONDS {
            return false;
        }
        self.skew_seconds.fetch_add(difference, Relaxed);
        tracing::warn!(seconds = difference, "this machine's clock differs from the provider's");
        true
    }
}

#[cfg(test)]
mod tests;
