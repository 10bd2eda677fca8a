//! Errors as a person gets them: a stable code, what happened, what was kept, what to do.

use codat::{Failure, FailureKind};
use engine::ActError;
use serde::Serialize;
use store::StoreError;
use ts_rs::TS;

/// What kind of error; the interface branches on it, and the troubleshooting page has an entry for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "docs/troubleshooting.md has an entry for each")]
pub enum Code {
    UnknownCommand,
    BadArguments,
    SafeMode,
    NameEmpty,
    NameTooLong,
    NameMismatch,
    TagsInvalid,
    KeyRefused,
    KeyMissing,
    KeyInvalid,
    KeyOfAnotherClient,
    KeyringUnavailable,
    KeyringLocked,
    WorkspaceSwitched,
    RegistryRebuilt,
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
    /// All codes, for the test that demands an entry of the troubleshooting page for each.
    pub const ALL: &'static [Self] = &[
        Self::UnknownCommand,
        Self::BadArguments,
        Self::SafeMode,
        Self::NameEmpty,
        Self::NameTooLong,
        Self::NameMismatch,
        Self::TagsInvalid,
        Self::KeyRefused,
        Self::KeyMissing,
        Self::KeyInvalid,
        Self::KeyOfAnotherClient,
        Self::KeyringUnavailable,
        Self::KeyringLocked,
        Self::WorkspaceSwitched,
        Self::RegistryRebuilt,
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

/// An error on its way to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, thiserror::Error)]
#[error("{message}")]
#[serde(rename_all = "camelCase")]
pub struct WireError {
    /// What kind.
    pub code: Code,
    /// One to three plain sentences.
    pub message: String,
    /// What to quote to support: status, service, correlation ID.
    pub detail: Option<String>,
}

impl WireError {
    /// An error without details.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), detail: None }
    }

    /// The same with details to copy.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

impl From<ActError> for WireError {
    fn from(error: ActError) -> Self {
        match error {
            ActError::Failed(failure) => failure.into(),
            ActError::QuotaAsks { resets } => Self::new(
                Code::QuotaAsks,
                format!(
                    "The app has used its part of today's requests to Codat, and leaves the rest to your own \
                     product. Nothing was sent. Let it use more today, or wait until {} UTC.",
                    resets.strftime("%H:%M")
                ),
            ),
            ActError::QuotaSpent { resets } => Self::new(
                Code::QuotaSpent,
                format!(
                    "Today's requests to Codat are used up. Nothing was sent; what is known stays readable. The day \
                     begins anew at {} UTC.",
                    resets.strftime("%H:%M")
                ),
            ),
            ActError::Store(message) => Self::new(Code::Database, message),
            ActError::NoSchedule => {
                Self::new(Code::NotFound, "This schedule is no longer there. Nothing was asked for.")
            }
            ActError::KeyRefused => Self::new(
                Code::KeyRefused,
                "Codat refuses this workspace's API key, so nothing was sent. Replace the key in Settings.",
            ),
        }
    }
}

impl From<Failure> for WireError {
    fn from(failure: Failure) -> Self {
        let (code, message) = words(&failure);
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

/// What happened, what was kept, what to do.
fn words(failure: &Failure) -> (Code, String) {
    let said = said(failure);
    match failure.kind {
        FailureKind::Invalid => (Code::Refused, format!("Codat did not accept this: {said} Nothing was changed.")),
        FailureKind::Unauthorized => {
            (Code::KeyRefused, "Codat refuses the API key. Nothing was changed. Replace the key in Settings.".into())
        }
        FailureKind::PaymentRequired => {
            (Code::PlanLimit, format!("Your Codat plan does not allow this: {said} Nothing was changed."))
        }
        FailureKind::Forbidden => (
            Code::KeyRefused,
            "The API key is outdated or not for this company. Nothing was changed. Check the key in Settings.".into(),
        ),
        FailureKind::NotFound => {
            (Code::NotFound, "Codat no longer has this. It was deleted elsewhere; the list will follow.".into())
        }
        FailureKind::Conflict => (Code::Conflict, format!("Codat is busy with this already: {said} Try again shortly.")),
        FailureKind::Unprocessable => (Code::Refused, format!("Codat did not accept this: {said} Nothing was changed.")),
        FailureKind::RateLimited => (
            Code::RateLimited,
            "Codat asks for fewer requests. Nothing was changed. Try again in a while.".into(),
        ),
        FailureKind::Server => (
            Code::ServerFailed,
            "Codat has a problem of its own, and it is not known whether this was done. The list will show it; \
             look before you repeat it."
                .into(),
        ),
        FailureKind::OtherStatus => (Code::Refused, format!("Codat answered in an unexpected way: {said}")),
        FailureKind::Unreachable => (
            Code::Offline,
            "Codat cannot be reached, so nothing was sent. What is known stays readable. Check the network and try \
             again."
                .into(),
        ),
        FailureKind::NoAnswer => (
            Code::NoAnswer,
            "No answer came, and it is not known whether this was done. The list will show it; look before you \
             repeat it."
                .into(),
        ),
        FailureKind::Unreadable => (
            Code::Unreadable,
            "An answer came that is not Codat's. A proxy or sign-in page may stand in between. Check the network \
             and try again."
                .into(),
        ),
    }
}

/// The server's words, ended as a sentence.
fn said(failure: &Failure) -> String {
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
