//! What can come of a call other than its answer (§2.5).

use core::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};

/// Codat's error body, as far as it can be read: a field of a wrong type is as good as missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ErrorBody {
    /// The HTTP status, once more. Published examples contradict the status itself, which counts.
    #[serde(deserialize_with = "lenient")]
    pub status_code: u16,
    /// The service that refused.
    #[serde(deserialize_with = "lenient")]
    pub service: String,
    /// What it said.
    #[serde(deserialize_with = "lenient")]
    pub error: String,
    /// To quote to support.
    #[serde(deserialize_with = "lenient")]
    pub correlation_id: String,
    /// What was wrong with the request, item by item.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub validation: Option<Validation>,
    /// `Unknown` in every published example.
    #[serde(deserialize_with = "lenient")]
    pub can_be_retried: String,
    /// 0 in every published example.
    #[serde(deserialize_with = "lenient")]
    pub detailed_error_code: i64,
    /// Its words stand where Codat puts them.
    #[serde(skip)]
    is_in_own_field: bool,
}

impl ErrorBody {
    /// Reads a refusal's body; nothing where it is no JSON object. Words are taken from `error`, else from
    /// where other servers in front of the API put them.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let mut body: Self = serde_json::from_slice(bytes).ok()?;
        body.is_in_own_field = !body.error.is_empty();
        if body.error.is_empty() {
            body.error = serde_json::from_slice::<OtherWords>(bytes).ok()?.words();
        }
        Some(body)
    }

    /// Whether it has what Codat's refusals have, and not only something that a gateway of another make may say.
    pub(crate) fn is_codats(&self) -> bool {
        let is_marked = self.status_code > 0 || !self.service.is_empty() || !self.correlation_id.is_empty();
        !self.error.is_empty() && is_marked && self.is_in_own_field
    }
}

/// Where servers that are not Codat's put their words.
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

/// The two lists of a validation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Validation {
    /// What blocks.
    #[serde(deserialize_with = "lenient")]
    pub errors: Vec<ValidationItem>,
    /// What does not.
    #[serde(deserialize_with = "lenient")]
    pub warnings: Vec<ValidationItem>,
}

/// One finding of a validation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ValidationItem {
    /// What it is about.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub item_id: Option<String>,
    /// What is wrong.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Who found it.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub validator_name: Option<String>,
}

/// A field of another type, null among them, reads as its default: half a refusal tells more than none.
pub(crate) fn lenient<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + DeserializeOwned,
{
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

/// When a server asks to be asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RetryAfter {
    /// After so many seconds from the answer.
    Seconds(u64),
    /// At an instant.
    At(Timestamp),
}

impl RetryAfter {
    /// The longest wait that is believed, in whichever form it comes.
    pub const LONGEST: SignedDuration = SignedDuration::from_hours(24);

    /// The instant that is meant, given when the answer came.
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

/// What came of a call that has no answer to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FailureKind {
    /// 400: the request is not valid.
    Invalid,
    /// 401: the key is bad or missing.
    Unauthorized,
    /// 402: the plan does not allow it.
    PaymentRequired,
    /// 403: the key is outdated or not for this resource.
    Forbidden,
    /// 404: there is no such thing.
    NotFound,
    /// 409: never requested, still syncing, or the same idempotency key is under way.
    Conflict,
    /// 422: the idempotency key was used with another body.
    Unprocessable,
    /// 429: asked too often; see [`Failure::retry_after`].
    RateLimited,
    /// 500 to 599: what happened is not known.
    Server,
    /// Any other status that is no success.
    OtherStatus,
    /// The request was certainly not sent: no route, refused, no name.
    Unreachable,
    /// The request may have arrived, and no whole answer came: time-out, reset, cut off in mid-body.
    NoAnswer,
    /// An answer came that is not what the API speaks: HTML, cut-off JSON, a wrong type, too large.
    Unreadable,
    /// A refusal came that is not Codat's: a proxy, a firewall or a sign-in page answered in its place.
    Intercepted,
}

/// Why a call has no answer, with everything that was said about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What kind of failure.
    pub kind: FailureKind,
    /// The HTTP status, where one came.
    pub status: Option<u16>,
    /// The service that refused, where it said so.
    pub service: String,
    /// What was said, or what happened.
    pub message: String,
    /// To quote to support; from the body, else from a header.
    pub correlation_id: Option<String>,
    /// Findings, errors first.
    pub validation: Vec<ValidationItem>,
    /// When to ask again.
    pub retry_after: Option<RetryAfter>,
    /// The quota as the answer's headers tell it.
    pub rate_limit: Option<RateLimit>,
}

impl Failure {
    /// A failure without an answer.
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
    /// Why nothing could be sent, in plain sentences, where the transport knows: the first line of the message, if
    /// technical text follows on the next.
    pub fn explanation(&self) -> Option<&str> {
        let (plain, _) = self.message.split_once('\n')?;
        (self.kind == FailureKind::Unreachable).then_some(plain)
    }

    /// Whether a read was refused because one of the same runs (§2.11).
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

/// The quota as `X-Rate-Limit-*` tell it (§4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimit {
    /// Requests a day.
    pub limit: u64,
    /// What is left of them.
    pub remaining: u64,
    /// When the day begins anew.
    pub reset: Option<Timestamp>,
}
