//! Responses with an error status (§2.5).

use http::StatusCode;

use super::head::Head;
use crate::{
    error::{ErrorBody, Failure, FailureKind},
    reading,
};

/// The longest message that is kept, in characters.
const LONGEST: usize = 2000;

impl Head {
    /// The failure, with everything that the body says.
    pub(super) fn refusal(self, body: &[u8]) -> Failure {
        let status = self.status;
        let read = ErrorBody::read(body);
        let kind =
            if is_intercepted(status, read.as_ref(), body) { FailureKind::Intercepted } else { kind(status) };
        let said = read.unwrap_or_default();
        let message = match said.error.trim() {
            _ if kind == FailureKind::Intercepted => intercepted(status, body),
            "" => unspoken(status, body),
            error => error.chars().take(LONGEST).collect(),
        };
        let in_body = Some(said.correlation_id).filter(|id| !id.is_empty());
        let validation = said.validation.unwrap_or_default();
        let failure = self.failure(kind, message);
        Failure {
            service: said.service,
            correlation_id: in_body.or(failure.correlation_id),
            validation: validation.errors.into_iter().chain(validation.warnings).collect(),
            ..failure
        }
    }
}

/// Whether something other than Codat answered. Redirects and proxy authentication never come from Codat. A web page
/// does not either, except with a 5xx. A key counts as rejected only by an error body of Codat.
fn is_intercepted(status: StatusCode, said: Option<&ErrorBody>, body: &[u8]) -> bool {
    match status.as_u16() {
        300..=399 | 407 => true,
        401 | 403 => !said.is_some_and(ErrorBody::is_codats),
        400..=499 => reading::is_web_page(body),
        _ => false,
    }
}

/// The message for a response that is not from Codat.
fn intercepted(status: StatusCode, body: &[u8]) -> String {
    format!("A proxy or firewall answered, not Codat: {} {}", status.as_u16(), unspoken(status, body))
}

/// The kind of an error status. The status of the response counts, not the one in the body: published examples
/// contradict each other.
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

/// The message for an error without one of Codat's.
fn unspoken(status: StatusCode, body: &[u8]) -> String {
    let reason = status.canonical_reason().unwrap_or("Unexpected status");
    match reading::excerpt(body) {
        Some(_) if reading::is_web_page(body) => format!("{reason}, with a web page instead of a message"),
        Some(excerpt) => format!("{reason}: {excerpt}"),
        None => reason.to_owned(),
    }
}
