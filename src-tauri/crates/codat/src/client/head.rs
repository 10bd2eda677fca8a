//! The head of a response: its status and the headers that any response may have (§2.5, §4.2).

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

/// Headers that may contain a correlation ID. Codat publishes no name.
const CORRELATION: [&str; 4] = ["x-correlation-id", "correlation-id", "request-id", "x-request-id"];

/// The preferred form of an HTTP date (RFC 9110, §5.6.7).
const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";
/// The two obsolete forms of an HTTP date, which every recipient must accept (RFC 9110, §5.6.7).
const OLDER_DATES: [&str; 2] = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];

/// A number from here on is a time in seconds since 1970. A smaller one, such as the seconds left of the day, is not.
const SECONDS: i64 = 1_000_000_000;
/// A number from here on is a time in milliseconds since 1970.
const MILLISECONDS: i64 = 100_000_000_000;

/// The head of a response.
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

    /// A failure with the status and headers of this response.
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

/// The value of a header, trimmed. None if it is empty.
fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let text = headers.get(name)?.to_str().ok()?.trim();
    (!text.is_empty()).then_some(text)
}

/// The quota. A negative remainder counts as 0.
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

/// A number of seconds, or a time in any form that a server may write. A delay that is too long to be represented
/// becomes the longest possible one.
fn retry_after(value: &str) -> Option<RetryAfter> {
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(RetryAfter::Seconds(value.parse().unwrap_or(u64::MAX)));
    }
    date(value).or_else(|| end_of_time(value)).map(RetryAfter::At)
}

/// An HTTP date after the end of the year 9999, the last time that a timestamp can hold.
fn end_of_time(value: &str) -> Option<Timestamp> {
    let local: DateTime = strtime::parse(HTTP_DATE, value).ok()?.to_datetime().ok()?;
    (local > TimeZone::UTC.to_datetime(Timestamp::MAX)).then_some(Timestamp::MAX)
}

/// A time: a date, or a count since 1970.
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
