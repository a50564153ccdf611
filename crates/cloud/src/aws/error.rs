//! What can go wrong with a call, told apart by what follows from it.

use std::sync::Arc;

/// What follows from a failed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallErrorKind {
    /// The provider refuses: a permission is missing.
    Denied,
    /// The thing asked about does not exist.
    NotFound,
    /// The provider kept throttling until the retries were used up.
    Throttled,
    /// The credentials have ended, and there are no newer ones.
    Expired,
    /// The endpoint can't be reached, or does not answer in time.
    Unreachable,
    /// The provider failed, or its answer can't be understood or exceeds a bound.
    Failed,
    /// Not sent: not a read, or a read of data that is not allowed.
    Refused,
    /// The input does not fit the operation: not sent, or turned down by the provider.
    Invalid,
}

/// A failed call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{service}.{operation} in {region}: {code}: {message}")]
pub struct CallError {
    /// What follows from it.
    pub kind: CallErrorKind,
    /// The provider's code (`NoSuchBucketPolicy`), or a word of ours where the provider said nothing.
    pub code: Box<str>,
    /// The provider's words, shortened, or ours.
    pub message: Box<str>,
    /// The HTTP status, or 0 where there was no answer.
    pub status: u16,
    /// The service.
    pub service: Arc<str>,
    /// The operation.
    pub operation: Arc<str>,
    /// The region, or `global`.
    pub region: Arc<str>,
}

/// The provider's words are cut after this many characters.
const MESSAGE_CHARACTERS_MAX: usize = 500;

/// A failure before it is known which call it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub(crate) struct Failure {
    pub(crate) kind: CallErrorKind,
    pub(crate) code: Box<str>,
    pub(crate) message: Box<str>,
    pub(crate) status: u16,
}

impl Failure {
    pub(crate) fn new(kind: CallErrorKind, code: &str, message: &str) -> Self {
        let message = message.trim().chars().take(MESSAGE_CHARACTERS_MAX).collect::<String>();
        Self { kind, code: code.into(), message: message.into(), status: 0 }
    }

    pub(crate) fn invalid(message: &str) -> Self {
        Self::new(CallErrorKind::Invalid, "InvalidInput", message)
    }

    /// From what the provider answered.
    pub(crate) fn answered(code: &str, message: &str, status: u16) -> Self {
        Self { status, ..Self::new(classify(code, status), code, message) }
    }

    pub(crate) fn of(self, service: &Arc<str>, operation: &Arc<str>, region: &Arc<str>) -> CallError {
        CallError {
            kind: self.kind,
            code: self.code,
            message: self.message,
            status: self.status,
            service: service.clone(),
            operation: operation.clone(),
            region: region.clone(),
        }
    }
}

/// Codes that mean: slower.
/// <https://docs.aws.amazon.com/general/latest/gr/api-retries.html>
const THROTTLED: &[&str] = &[
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException.Throttling",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "Throttling",
    "ThrottledException",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];
/// Codes that mean: the credentials have ended.
const EXPIRED: &[&str] = &["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "ExpiredCredentials"];
/// Codes that mean: not allowed.
const DENIED: &[&str] = &[
    "AuthFailure",
    "AuthorizationError",
    "AuthorizationErrorException",
    "AllAccessDisabled",
    "AccountProblem",
    "ForbiddenException",
    "Forbidden",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "NotAuthorized",
    "NotAuthorizedException",
    "NotSignedUp",
    "OptInRequired",
    "SignatureDoesNotMatch",
    "SubscriptionRequiredException",
    "UnauthorizedException",
    "UnauthorizedOperation",
    "UnrecognizedClientException",
    "UnauthorizedAccess",
];
/// Beginnings of codes that mean: the input is wrong.
const INVALID: &[&str] =
    &["Validation", "Invalid", "Malformed", "Missing", "UnknownOperation", "UnknownParameter", "BadRequest"];

/// What follows from a code and a status.
pub(crate) fn classify(code: &str, status: u16) -> CallErrorKind {
    if THROTTLED.contains(&code) || status == 429 {
        CallErrorKind::Throttled
    } else if EXPIRED.contains(&code) {
        CallErrorKind::Expired
    } else if DENIED.contains(&code) || code.starts_with("AccessDenied") {
        CallErrorKind::Denied
    } else if code.contains("NotFound")
        || code.contains("NonExistent")
        || code.starts_with("NoSuch")
        || code.ends_with("DoesNotExist")
    {
        CallErrorKind::NotFound
    } else if status >= 500 {
        CallErrorKind::Failed
    } else if INVALID.iter().any(|start| code.starts_with(start)) {
        CallErrorKind::Invalid
    } else {
        match status {
            401 | 403 => CallErrorKind::Denied,
            404 => CallErrorKind::NotFound,
            _ => CallErrorKind::Failed,
        }
    }
}
