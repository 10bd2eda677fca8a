//! Answers that are no success (§2.5).

use http::StatusCode;

use super::head::Head;
use crate::{
    error::{ErrorBody, Failure, FailureKind},
    reading,
};

/// How much is kept of what a refusal says, in characters.
const LONGEST: usize = 2000;

impl Head {
    /// A refusal, with everything that was said.
    pub(super) fn refusal(self, body: &[u8]) -> Failure {
        let status = self.status;
        let said = ErrorBody::read(body).unwrap_or_default();
        let message = match said.error.trim() {
            "" => unspoken(status, body),
            error => error.chars().take(LONGEST).collect(),
        };
        let in_body = Some(said.correlation_id).filter(|id| !id.is_empty());
        let validation = said.validation.unwrap_or_default();
        let failure = self.failure(kind(status), message);
        Failure {
            service: said.service,
            correlation_id: in_body.or(failure.correlation_id),
            validation: validation.errors.into_iter().chain(validation.warnings).collect(),
            ..failure
        }
    }
}

/// The kind of a status that is no success. The status counts, whatever the body says of it: published
/// examples contradict themselves.
fn kind(status: StatusCode) -> FailureKind {
    match status.as_u16() {
        400 => FailureKind::Invalid,
        401 => FailureKind::Unauthorized,
        402 => FailureKind::PaymentRequired,
        403 => FailureKind::Forbidden,
        404 => FailureKind::NotFound,
        409 => FailureKind::Conflict,
        422 => FailureKind::Unprocessable,
        429 => FailureKind::RateLimited,
        500..=599 => FailureKind::Server,
        _ => FailureKind::OtherStatus,
    }
}

/// The words for a refusal that has none of Codat's.
fn unspoken(status: StatusCode, body: &[u8]) -> String {
    let reason = status.canonical_reason().unwrap_or("Unexpected status");
    match reading::excerpt(body) {
        Some(_) if reading::is_web_page(body) => format!("{reason}, with a web page in place of words"),
        Some(excerpt) => format!("{reason}: {excerpt}"),
        None => reason.to_owned(),
    }
}
