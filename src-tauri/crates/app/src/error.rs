//! Errors for users: a stable code, and what happened, what is unchanged and what to do.

use codat::{Failure, FailureKind, error::RetryAfter};
use engine::ActError;
use serde::Serialize;
use store::StoreError;
use ts_rs::TS;

use crate::transport::PROXY_PASSWORD;

/// The kind of an error. The interface branches on it, and the troubleshooting page has an entry for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "docs/troubleshooting.md has an entry for each")]
pub enum Code {
    UnknownCommand,
    BadArguments,
    SafeMode,
    NothingLinked,
    SearchInvalid,
    Unrecorded,
    NameEmpty,
    NameTooLong,
    NameMismatch,
    TagsInvalid,
    KeyRefused,
    KeyMissing,
    KeyInvalid,
    KeyOfAnotherClient,
    ClientKnown,
    KeyringUnavailable,
    KeyringLocked,
    WorkspaceSwitched,
    WorkspaceClosed,
    RegistryRebuilt,
    AddressInvalid,
    ProxyInvalid,
    CaFileInvalid,
    Offline,
    RateLimited,
    QuotaAsks,
    QuotaSpent,
    PlanLimit,
    NotFound,
    Conflict,
    Refused,
    ServerFailed,
    NoAnswer,
    Unreadable,
    Database,
    DatabaseNewer,
    DatabaseReadOnly,
    DatabaseLocked,
    DatabaseCorrupt,
    DatabaseRebuilt,
    BackupFailed,
    DiskFull,
    LinkUrlOneTime,
    LinkUrlUnknown,
    Unwritable,
    FileUnusable,
    Clipboard,
    Desktop,
    Cancelled,
    Internal,
}

impl Code {
    /// All codes, for the test that checks the troubleshooting page.
    pub const ALL: &'static [Self] = &[
        Self::UnknownCommand,
        Self::BadArguments,
        Self::SafeMode,
        Self::NothingLinked,
        Self::SearchInvalid,
        Self::Unrecorded,
        Self::NameEmpty,
        Self::NameTooLong,
        Self::NameMismatch,
        Self::TagsInvalid,
        Self::KeyRefused,
        Self::KeyMissing,
        Self::KeyInvalid,
        Self::KeyOfAnotherClient,
        Self::ClientKnown,
        Self::KeyringUnavailable,
        Self::KeyringLocked,
        Self::WorkspaceSwitched,
        Self::WorkspaceClosed,
        Self::RegistryRebuilt,
        Self::AddressInvalid,
        Self::ProxyInvalid,
        Self::CaFileInvalid,
        Self::Offline,
        Self::RateLimited,
        Self::QuotaAsks,
        Self::QuotaSpent,
        Self::PlanLimit,
        Self::NotFound,
        Self::Conflict,
        Self::Refused,
        Self::ServerFailed,
        Self::NoAnswer,
        Self::Unreadable,
        Self::Database,
        Self::DatabaseNewer,
        Self::DatabaseReadOnly,
        Self::DatabaseLocked,
        Self::DatabaseCorrupt,
        Self::DatabaseRebuilt,
        Self::BackupFailed,
        Self::DiskFull,
        Self::LinkUrlOneTime,
        Self::LinkUrlUnknown,
        Self::Unwritable,
        Self::FileUnusable,
        Self::Clipboard,
        Self::Desktop,
        Self::Cancelled,
        Self::Internal,
    ];
}

/// An error for the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, thiserror::Error)]
#[error("{message}")]
#[serde(rename_all = "camelCase")]
pub struct WireError {
    /// The kind.
    pub code: Code,
    /// One to three sentences.
    pub message: String,
    /// Details for support: status, service, correlation ID.
    pub detail: Option<String>,
}

impl WireError {
    /// An error without details.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), detail: None }
    }

    /// The error with details.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The error for an act that the safe mode forbids.
    pub(crate) fn safe_mode() -> Self {
        Self::new(
            Code::SafeMode,
            "This workspace’s safe mode doesn’t allow this. Nothing was sent. You can change it in Settings.",
        )
    }

    /// The error for an act that Codat carried out, but whose result could not be saved.
    pub(crate) fn unrecorded(reason: String) -> Self {
        let message = "Done at Codat. This computer couldn’t save the result; the list shows it after the \
                       next check.";
        Self::new(Code::Unrecorded, message).with_detail(reason)
    }

    /// The error of a read. It does not say whether anything was changed, because a read changes nothing.
    pub(crate) fn unread(error: ActError) -> Self {
        match error {
            ActError::Failed(failure) => {
                let code = act_code_and_message(&failure).0;
                Self { code, message: read_message(&failure), detail: details(&failure) }
            }
            ActError::UserQuotaReached { .. }
            | ActError::QuotaExhausted { .. }
            | ActError::Store(_)
            | ActError::NoSchedule
            | ActError::SafeMode => error.into(),
        }
    }
}

impl From<ActError> for WireError {
    fn from(error: ActError) -> Self {
        match error {
            ActError::Failed(failure) => failure.into(),
            ActError::UserQuotaReached { resets } => Self::new(
                Code::QuotaAsks,
                format!(
                    "Portal Desktop has used its share of today’s requests and left the rest for your own \
                     systems. Nothing was sent. Raise today’s limit, or wait until {} UTC.",
                    resets.strftime("%H:%M")
                ),
            ),
            ActError::QuotaExhausted { resets } => Self::new(
                Code::QuotaSpent,
                format!(
                    "Today’s requests to Codat are used up, so nothing was sent. You can still see \
                     everything already loaded. The quota resets at {} UTC.",
                    resets.strftime("%H:%M")
                ),
            ),
            ActError::Store(message) => Self::new(Code::Database, message),
            ActError::NoSchedule => {
                Self::new(Code::NotFound, "This schedule no longer exists, so nothing was sent.")
            }
            ActError::SafeMode => Self::safe_mode(),
        }
    }
}

/// The error of a request that was to change something.
impl From<Failure> for WireError {
    fn from(failure: Failure) -> Self {
        let (code, message) = act_code_and_message(&failure);
        Self { code, message, detail: details(&failure) }
    }
}

impl From<StoreError> for WireError {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::ReadOnly { .. } => Code::DatabaseReadOnly,
            StoreError::Locked => Code::DatabaseLocked,
            StoreError::Newer { .. } => Code::DatabaseNewer,
            StoreError::Corrupt { .. } => Code::DatabaseCorrupt,
            StoreError::DiskFull => Code::DiskFull,
            StoreError::Io(_) | StoreError::Sql { .. } | StoreError::Unreadable { .. } => Code::Database,
        };
        Self::new(code, error.to_string())
    }
}

/// The message for a failed read.
fn read_message(failure: &Failure) -> String {
    let server_message = server_message(failure);
    let status = status(failure);
    match failure.kind {
        FailureKind::Invalid | FailureKind::Unprocessable => {
            format!("Codat rejected this request: {server_message}")
        }
        FailureKind::Unauthorized => "Codat rejected the API key. Replace it in Settings.".into(),
        FailureKind::PaymentRequired => format!("Your Codat plan doesn’t include this: {server_message}"),
        FailureKind::Forbidden => {
            "The API key is outdated or isn’t for this company. Check the key in Settings.".into()
        }
        FailureKind::NotFound => {
            "Codat no longer has this; it was deleted elsewhere. The list updates at the next check.".into()
        }
        FailureKind::Conflict => format!("Codat is busy with this: {server_message} Try again shortly."),
        FailureKind::RateLimited => "Codat is limiting our requests. Try again in a while.".into(),
        FailureKind::Server => format!("Codat couldn’t answer{status}. Try again in a while."),
        FailureKind::OtherStatus => {
            format!("Codat gave an unexpected answer{status}. Try again in a while.")
        }
        FailureKind::Unreachable => format!("We can’t reach Codat. {}", cause(failure)),
        FailureKind::NoAnswer => "Codat didn’t answer. Check the network and try again.".into(),
        FailureKind::Intercepted if failure.status == Some(407) => PROXY_PASSWORD.into(),
        FailureKind::Intercepted => {
            "A proxy or firewall answered, not Codat. Check the network and try again.".into()
        }
        FailureKind::Unreadable => {
            "We received an answer that isn’t Codat’s. A proxy or sign-in page may be in between. Check the \
             network and try again."
                .into()
        }
    }
}

/// The code and the message for a failed act.
fn act_code_and_message(failure: &Failure) -> (Code, String) {
    let server_message = server_message(failure);
    match failure.kind {
        FailureKind::Invalid => {
            (Code::Refused, format!("Codat rejected this: {server_message} Nothing was changed."))
        }
        FailureKind::Unauthorized => {
            let message = "Codat rejected the API key. Nothing was changed. Try again, or replace the key \
                           in Settings.";
            (Code::KeyRefused, message.into())
        }
        FailureKind::PaymentRequired => (
            Code::PlanLimit,
            format!("Your Codat plan doesn’t allow this: {server_message} Nothing was changed."),
        ),
        FailureKind::Forbidden => (
            Code::KeyRefused,
            "The API key is outdated or isn’t for this company. Nothing was changed. Check the key in \
             Settings."
                .into(),
        ),
        FailureKind::NotFound => (
            Code::NotFound,
            "Codat no longer has this; it was deleted elsewhere. The list updates at the next check.".into(),
        ),
        FailureKind::Conflict => {
            (Code::Conflict, format!("Codat is already busy with this: {server_message} Try again shortly."))
        }
        FailureKind::Unprocessable => {
            (Code::Refused, format!("Codat rejected this: {server_message} Nothing was changed."))
        }
        FailureKind::RateLimited => {
            let until = match failure.retry_after {
                Some(RetryAfter::At(at)) => {
                    format!("Codat asked us to wait until {} UTC.", at.strftime("%H:%M"))
                }
                Some(RetryAfter::Seconds(_)) | None => "Codat is limiting our requests.".to_owned(),
            };
            (Code::RateLimited, format!("{until} Nothing was changed. Try again later."))
        }
        FailureKind::Server => (
            Code::ServerFailed,
            format!(
                "Codat returned an error{}, so we can’t tell if this went through. Check the list before \
                 trying again.",
                status(failure)
            ),
        ),
        FailureKind::OtherStatus => {
            (Code::Refused, format!("Codat gave an unexpected answer: {server_message}"))
        }
        FailureKind::Unreachable => (
            Code::Offline,
            format!(
                "We can’t reach Codat, so nothing was sent. You can still see everything already loaded. {}",
                cause(failure)
            ),
        ),
        FailureKind::NoAnswer => (
            Code::NoAnswer,
            "Codat didn’t answer, so we can’t tell if this went through. Check the list before trying again."
                .into(),
        ),
        FailureKind::Unreadable => (
            Code::Unreadable,
            "We received an answer that isn’t Codat’s. A proxy or sign-in page may be in between. Check the \
             network and try again."
                .into(),
        ),
        FailureKind::Intercepted if failure.status == Some(407) => {
            (Code::Unreadable, format!("{PROXY_PASSWORD} Your request didn’t get through."))
        }
        FailureKind::Intercepted => (
            Code::Unreadable,
            "A proxy or firewall answered, not Codat. Your request didn’t get through. Check the network \
             and try again."
                .into(),
        ),
    }
}

/// The status of the answer in parentheses, after a space.
fn status(failure: &Failure) -> String {
    failure.status.map(|status| format!(" ({status})")).unwrap_or_default()
}

/// Why nothing could be sent, with advice.
fn cause(failure: &Failure) -> &str {
    failure.explanation().unwrap_or("Check the network and try again.")
}

/// The message of the server, with a period at the end.
fn server_message(failure: &Failure) -> String {
    let found = failure.validation.iter().find_map(|item| item.message.as_deref());
    let text = found.unwrap_or(&failure.message).trim();
    if text.is_empty() || text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

pub(crate) fn details(failure: &Failure) -> Option<String> {
    let mut lines = Vec::new();
    lines.extend(failure.status.map(|status| format!("Status: {status}")));
    lines.extend((!failure.service.is_empty()).then(|| format!("Service: {}", failure.service)));
    lines.extend((!failure.message.is_empty()).then(|| format!("Message: {}", failure.message)));
    lines.extend(failure.correlation_id.iter().map(|id| format!("Correlation ID: {id}")));
    (!lines.is_empty()).then(|| lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_an_entry_in_the_troubleshooting_page() {
        let page = include_str!("../../../../docs/troubleshooting.md");
        for code in Code::ALL {
            let name = serde_json::to_value(code).unwrap();
            let heading = format!("## `{}`", name.as_str().unwrap());
            assert!(page.contains(&heading), "docs/troubleshooting.md lacks {heading}");
        }
    }

    /// Every kind of failure, with a status if there was a response.
    fn failures() -> Vec<Failure> {
        [
            (FailureKind::Invalid, Some(400)),
            (FailureKind::Unauthorized, Some(401)),
            (FailureKind::PaymentRequired, Some(402)),
            (FailureKind::Forbidden, Some(403)),
            (FailureKind::NotFound, Some(404)),
            (FailureKind::Conflict, Some(409)),
            (FailureKind::Unprocessable, Some(422)),
            (FailureKind::RateLimited, Some(429)),
            (FailureKind::Server, Some(500)),
            (FailureKind::OtherStatus, Some(302)),
            (FailureKind::Unreachable, None),
            (FailureKind::NoAnswer, None),
            (FailureKind::Unreadable, Some(200)),
        ]
        .map(|(kind, status)| Failure { status, ..Failure::without_answer(kind, "Said the server") })
        .into()
    }

    #[test]
    fn a_failed_read_never_says_that_something_may_have_been_done() {
        for failure in failures() {
            let act = WireError::from(failure.clone());
            let read = WireError::unread(ActError::Failed(failure));
            assert_eq!(read.code, act.code);
            for word in ["done", "changed", "sent", "repeat", "known", "through"] {
                assert!(!read.message.contains(word), "{:?}: {}", read.code, read.message);
            }
        }
    }

    #[test]
    fn a_read_that_the_server_failed_says_which_status_it_gave() {
        let failure = Failure { status: Some(500), ..Failure::without_answer(FailureKind::Server, "") };
        let read = WireError::unread(ActError::Failed(failure));
        assert_eq!(read.message, "Codat couldn’t answer (500). Try again in a while.");
    }

    #[test]
    fn why_nothing_could_be_sent_is_shown_and_the_technical_text_is_a_detail() {
        let failure =
            Failure::without_answer(FailureKind::Unreachable, "The proxy is off.\ntcp connect error");
        let read = WireError::unread(ActError::Failed(failure.clone()));
        assert_eq!(read.message, "We can’t reach Codat. The proxy is off.");
        let act = WireError::from(failure);
        assert!(act.message.ends_with("already loaded. The proxy is off."), "{}", act.message);
        assert!(act.detail.unwrap().contains("tcp connect error"));
    }

    #[test]
    fn until_when_codat_asked_for_quiet_is_said() {
        let mut failure = Failure::without_answer(FailureKind::RateLimited, "Too many");
        failure.retry_after = Some(RetryAfter::At("2026-11-23T14:05:30Z".parse().unwrap()));
        let message_shown = WireError::from(failure).message;
        assert!(message_shown.starts_with("Codat asked us to wait until 14:05 UTC."), "{message_shown}");
    }

    #[test]
    fn what_was_said_is_kept_for_support_and_the_message_says_what_to_do() {
        let mut failure =
            Failure::without_answer(FailureKind::RateLimited, "You have made too many requests");
        failure.status = Some(429);
        failure.correlation_id = Some("abc".into());
        let error = WireError::from(failure);
        assert_eq!(error.code, Code::RateLimited);
        assert_eq!(
            error.detail.as_deref(),
            Some("Status: 429\nMessage: You have made too many requests\nCorrelation ID: abc")
        );
    }
}
