//! Failures of a call (§2.5).

use core::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};

/// Codat's error body. A field of a wrong type counts as missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ErrorBody {
    /// The HTTP status again. Published examples contradict the response's own status, which counts.
    #[serde(deserialize_with = "lenient")]
    pub status_code: u16,
    /// The service that rejected the request.
    #[serde(deserialize_with = "lenient")]
    pub service: String,
    /// The error message.
    #[serde(deserialize_with = "lenient")]
    pub error: String,
    /// The ID to quote to Codat's support.
    #[serde(deserialize_with = "lenient")]
    pub correlation_id: String,
    /// The validation errors of the request.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub validation: Option<Validation>,
    /// `Unknown` in every published example.
    #[serde(deserialize_with = "lenient")]
    pub can_be_retried: String,
    /// 0 in every published example.
    #[serde(deserialize_with = "lenient")]
    pub detailed_error_code: i64,
    /// Whether the message was in Codat's field.
    #[serde(skip)]
    is_in_own_field: bool,
}

impl ErrorBody {
    /// Decodes the body of an error. None if it is not a JSON object. The message is taken from `error`, or else from
    /// the fields that other servers in front of the API use.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let mut body: Self = serde_json::from_slice(bytes).ok()?;
        body.is_in_own_field = !body.error.is_empty();
        if body.error.is_empty() {
            body.error = serde_json::from_slice::<OtherWords>(bytes).ok()?.words();
        }
        Some(body)
    }

    /// Whether it has fields that only Codat's errors have, not just those of some other gateway.
    pub(crate) fn is_codats(&self) -> bool {
        let is_marked = self.status_code > 0 || !self.service.is_empty() || !self.correlation_id.is_empty();
        !self.error.is_empty() && is_marked && self.is_in_own_field
    }
}

/// Where servers other than Codat's put their message.
#[derive(Default, Deserialize)]
#[serde(default)]
struct OtherWords {
    #[serde(deserialize_with = "lenient")]
    message: String,
    #[serde(deserialize_with = "lenient")]
    detail: String,
    #[serde(deserialize_with = "lenient")]
    title: String,
}

impl OtherWords {
    fn words(self) -> String {
        [self.message, self.detail, self.title].into_iter().find(|text| !text.is_empty()).unwrap_or_default()
    }
}

/// The two lists of validation results.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Validation {
    /// Results that block the request.
    #[serde(deserialize_with = "lenient")]
    pub errors: Vec<ValidationItem>,
    /// Results that do not block it.
    #[serde(deserialize_with = "lenient")]
    pub warnings: Vec<ValidationItem>,
}

/// One validation result.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ValidationItem {
    /// The item that it is about.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub item_id: Option<String>,
    /// The message.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The component that reported it.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub validator_name: Option<String>,
}

/// Decodes a field of a wrong type, or null, as its default: part of an error says more than none.
pub(crate) fn lenient<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + DeserializeOwned,
{
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

/// When to retry (`Retry-After`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RetryAfter {
    /// This many seconds after the response.
    Seconds(u64),
    /// At this time.
    At(Timestamp),
}

impl RetryAfter {
    /// The longest delay that is accepted, in either form.
    pub const LONGEST: SignedDuration = SignedDuration::from_hours(24);

    /// The time to retry, given when the response arrived.
    pub fn instant(self, now: Timestamp) -> Timestamp {
        let latest = now.saturating_add(Self::LONGEST).unwrap_or(Timestamp::MAX);
        let asked = match self {
            Self::Seconds(seconds) => i64::try_from(seconds)
                .ok()
                .and_then(|secs| now.checked_add(SignedDuration::from_secs(secs)).ok()),
            Self::At(instant) => Some(instant),
        };
        asked.map_or(latest, |asked| asked.min(latest))
    }
}

/// The kind of a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FailureKind {
    /// 400: the request is invalid.
    Invalid,
    /// 401: the API key is wrong or missing.
    Unauthorized,
    /// 402: the plan does not allow it.
    PaymentRequired,
    /// 403: the API key is outdated or not allowed for this resource.
    Forbidden,
    /// 404: the resource does not exist.
    NotFound,
    /// 409: never requested, still syncing, or a request with the same idempotency key is in progress.
    Conflict,
    /// 422: the idempotency key was used with another body.
    Unprocessable,
    /// 429: rate limited; see [`Failure::retry_after`].
    RateLimited,
    /// 500 to 599: whether the request took effect is unknown.
    Server,
    /// Any other error status.
    OtherStatus,
    /// The request was certainly not sent: no route, connection refused, or no such host.
    Unreachable,
    /// The request may have arrived, but there is no complete response: time-out, reset, or cut off in the body.
    NoAnswer,
    /// The response is not what the API sends: HTML, truncated JSON, a wrong type, or too large.
    Unreadable,
    /// The response is not from Codat: a proxy, a firewall or a sign-in page answered instead.
    Intercepted,
}

impl FailureKind {
    /// Whether the server refused the request itself, so that the request certainly had no effect and would be refused
    /// again.
    pub fn is_definite(self) -> bool {
        matches!(
            self,
            Self::Invalid | Self::PaymentRequired | Self::Forbidden | Self::NotFound | Self::Conflict
        )
    }

    /// Whether the connection, the server or the key failed, and not the request: the same request may succeed later.
    pub fn is_transient(self) -> bool {
        matches!(
            self,
            Self::Unauthorized
                | Self::Server
                | Self::Unreachable
                | Self::NoAnswer
                | Self::Unreadable
                | Self::Intercepted
        )
    }
}

/// A failed call, with everything that the server said about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The kind of failure.
    pub kind: FailureKind,
    /// The HTTP status, if there was a response.
    pub status: Option<u16>,
    /// The service that rejected the request, if the body names it.
    pub service: String,
    /// The message of the server, or a description of what happened.
    pub message: String,
    /// The ID to quote to Codat's support: from the body, or else from a header.
    pub correlation_id: Option<String>,
    /// Validation results, errors first.
    pub validation: Vec<ValidationItem>,
    /// When to retry.
    pub retry_after: Option<RetryAfter>,
    /// The quota in the headers of the response.
    pub rate_limit: Option<RateLimit>,
}

impl Failure {
    /// A failure without a response.
    pub fn without_answer(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            status: None,
            service: String::new(),
            message: message.into(),
            correlation_id: None,
            validation: Vec::new(),
            retry_after: None,
            rate_limit: None,
        }
    }
}

impl Failure {
    /// Why nothing could be sent, in plain sentences, if the transport knows: the first line of the message, if
    /// technical text follows on the next.
    pub fn explanation(&self) -> Option<&str> {
        let (plain, _) = self.message.split_once('\n')?;
        (self.kind == FailureKind::Unreachable).then_some(plain)
    }

    /// Whether a read was rejected because one of the same data type is running (§2.11).
    pub fn is_already_running(&self) -> bool {
        self.kind == FailureKind::Invalid && self.message.contains("AlreadyInProgress")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Some(status) => write!(f, "{status} {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for Failure {}

/// The quota in the `X-Rate-Limit-*` headers (§4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimit {
    /// Requests per day.
    pub limit: u64,
    /// Requests left of this day.
    pub remaining: u64,
    /// The time at which the next day begins.
    pub reset: Option<Timestamp>,
}
