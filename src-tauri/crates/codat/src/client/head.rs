//! What the head of an answer says: its status, and the headers that any answer may carry (§2.5, §4.2).

use http::{HeaderMap, StatusCode, response::Parts};
use jiff::{
    Timestamp,
    civil::DateTime,
    fmt::{rfc2822, strtime},
    tz::TimeZone,
};

use super::Meta;
use crate::{
    datetime,
    error::{Failure, FailureKind, RateLimit, RetryAfter},
};

/// Headers that may carry a correlation ID; Codat publishes no name.
const CORRELATION: [&str; 4] = ["x-correlation-id", "correlation-id", "request-id", "x-request-id"];

/// The form of an HTTP date (RFC 9110, §5.6.7).
const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";
/// The two older forms of an HTTP date, which RFC 9110 (§5.6.7) has every reader take.
const OLDER_DATES: [&str; 2] = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];

/// From here on a number is an instant in seconds; a smaller one, such as what is left of the day, is none.
const SECONDS: i64 = 1_000_000_000;
/// From here on a number is an instant in milliseconds.
const MILLISECONDS: i64 = 100_000_000_000;

/// The head of an answer.
#[derive(Clone)]
pub(super) struct Head {
    pub(super) status: StatusCode,
    pub(super) meta: Meta,
    retry_after: Option<RetryAfter>,
}

impl Head {
    pub(super) fn read(parts: &Parts) -> Self {
        let headers = &parts.headers;
        Self {
            status: parts.status,
            meta: Meta {
                status: parts.status.as_u16(),
                rate_limit: rate_limit(headers),
                correlation_id: CORRELATION
                    .into_iter()
                    .find_map(|name| text(headers, name))
                    .map(str::to_owned),
                bytes: 0,
                date: text(headers, "date").and_then(date),
            },
            retry_after: text(headers, "retry-after").and_then(retry_after),
        }
    }

    pub(super) fn is_success(&self) -> bool {
        self.status.is_success()
    }

    /// A failure of an answer that has this head.
    pub(super) fn failure(self, kind: FailureKind, message: impl Into<String>) -> Failure {
        Failure {
            status: Some(self.meta.status),
            correlation_id: self.meta.correlation_id,
            retry_after: self.retry_after,
            rate_limit: self.meta.rate_limit,
            ..Failure::without_answer(kind, message)
        }
    }
}

/// A header's text, without white space around it; nothing where that leaves nothing.
fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let text = headers.get(name)?.to_str().ok()?.trim();
    (!text.is_empty()).then_some(text)
}

/// The quota; a debt counts as nothing left.
fn rate_limit(headers: &HeaderMap) -> Option<RateLimit> {
    let count = |name| {
        let count: i64 = text(headers, name)?.parse().ok()?;
        Some(u64::try_from(count).unwrap_or(0))
    };
    Some(RateLimit {
        limit: count("x-rate-limit-limit")?,
        remaining: count("x-rate-limit-remaining")?,
        reset: text(headers, "x-rate-limit-reset").and_then(reset),
    })
}

/// Whole seconds, or an instant in any form that a server may write. A wait that is too long to be represented is the
/// longest one that can be.
fn retry_after(value: &str) -> Option<RetryAfter> {
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(RetryAfter::Seconds(value.parse().unwrap_or(u64::MAX)));
    }
    date(value).or_else(|| end_of_time(value)).map(RetryAfter::At)
}

/// An HTTP date after the last instant that a timestamp can hold: the end of the year 9999.
fn end_of_time(value: &str) -> Option<Timestamp> {
    let local: DateTime = strtime::parse(HTTP_DATE, value).ok()?.to_datetime().ok()?;
    (local > TimeZone::UTC.to_datetime(Timestamp::MAX)).then_some(Timestamp::MAX)
}

/// An instant: a date, or a count since 1970.
fn reset(value: &str) -> Option<Timestamp> {
    match value.parse::<i64>() {
        Ok(count) if count >= MILLISECONDS => Timestamp::from_millisecond(count).ok(),
        Ok(count) if count >= SECONDS => Timestamp::from_second(count).ok(),
        Ok(_) => None,
        Err(_) => date(value),
    }
}

/// An HTTP date in any of its three forms, or an ISO datetime.
fn date(value: &str) -> Option<Timestamp> {
    if let Ok(zoned) = rfc2822::parse(value) {
        return Some(zoned.timestamp());
    }
    let older = OLDER_DATES.into_iter().find_map(|form| older_date(form, value));
    older.or_else(|| datetime::parse(value).ok())
}

fn older_date(form: &str, value: &str) -> Option<Timestamp> {
    let local: DateTime = strtime::parse(form, value).ok()?.to_datetime().ok()?;
    TimeZone::UTC.to_timestamp(local).ok()
}
