//! Headers that any answer may carry: when to ask again, the quota, the correlation ID (§2.5, §4.2).

use codat::{
    client::Meta,
    error::{RateLimit, RetryAfter},
};
use jiff::Timestamp;

use super::scripted::{Scripted, with};

async fn retry_after(value: &'static str) -> Option<RetryAfter> {
    let server = Scripted::answering(move || with(429, &[("retry-after", value)], ""));
    server.client.profile().await.unwrap_err().retry_after
}

async fn meta(headers: &'static [(&'static str, &'static str)]) -> Meta {
    let body = r#"{"name":"N","redirectUrl":""}"#;
    Scripted::answering(move || with(200, headers, body)).client.profile().await.unwrap().meta
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[tokio::test]
async fn retry_after_is_seconds_or_a_date_in_any_form() {
    assert_eq!(retry_after("120").await, Some(RetryAfter::Seconds(120)));
    assert_eq!(retry_after(" 0 ").await, Some(RetryAfter::Seconds(0)));
    let meant = Some(RetryAfter::At(at("1994-11-06T08:49:37Z")));
    for value in [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "1994-11-06T08:49:37Z",
        "1994-11-06T09:49:37+01:00",
    ] {
        assert_eq!(retry_after(value).await, meant, "{value}");
    }
    assert_eq!(retry_after("99999999999999999999").await, Some(RetryAfter::Seconds(u64::MAX)));
    let last = "Fri, 31 Dec 9999 23:59:59 GMT";
    assert_eq!(retry_after(last).await, Some(RetryAfter::At(Timestamp::MAX)));
    for value in ["", "soon", "-5", "1.5", "Sun, 31 Feb 1994 08:49:37 GMT", "Sat, 31 Feb 9999 23:59:59 GMT"] {
        assert_eq!(retry_after(value).await, None, "{value}");
    }
}

#[test]
fn seconds_are_counted_from_the_answer_and_at_most_a_day() {
    let now = at("2026-01-01T00:00:00Z");
    for far in [RetryAfter::Seconds(1_000_000_000_000), RetryAfter::At(at("2100-01-01T00:00:00Z"))] {
        assert_eq!(far.instant(now), at("2026-01-02T00:00:00Z"), "{far:?}: a day is the most in any form");
    }
    assert_eq!(RetryAfter::Seconds(90).instant(now), at("2026-01-01T00:01:30Z"));
    assert_eq!(RetryAfter::Seconds(u64::MAX).instant(now), at("2026-01-02T00:00:00Z"));
    assert_eq!(RetryAfter::At(now).instant(at("2027-01-01T00:00:00Z")), now);
}

#[tokio::test]
async fn the_quota_is_read_from_any_answer() {
    let midnight = at("2026-01-02T00:00:00Z");
    for reset in
        ["Fri, 02 Jan 2026 00:00:00 GMT", "2026-01-02T00:00:00.0000000Z", "1767312000", "1767312000000"]
    {
        let headers: &'static [_] = Box::leak(Box::new([
            ("X-Rate-Limit-Limit", "101000"),
            ("X-Rate-Limit-Remaining", "7"),
            ("X-Rate-Limit-Reset", reset),
        ]));
        let limit = RateLimit { limit: 101_000, remaining: 7, reset: Some(midnight) };
        assert_eq!(meta(headers).await.rate_limit, Some(limit), "{reset}");
    }
}

#[tokio::test]
async fn half_a_quota_is_none_and_a_debt_leaves_nothing() {
    assert_eq!(meta(&[("x-rate-limit-limit", "1000")]).await.rate_limit, None);
    let headers =
        &[("x-rate-limit-limit", "1000"), ("x-rate-limit-remaining", "-3"), ("x-rate-limit-reset", "3600")];
    let limit = RateLimit { limit: 1000, remaining: 0, reset: None };
    assert_eq!(meta(headers).await.rate_limit, Some(limit), "and what is left of a day is no instant");
}

#[tokio::test]
async fn an_answer_tells_its_status_size_and_correlation_id() {
    for name in ["X-Correlation-Id", "Correlation-Id", "Request-Id", "X-Request-Id"] {
        let headers: &'static [_] = Box::leak(Box::new([(name, " c-1 ")]));
        let meta = meta(headers).await;
        assert_eq!((meta.status, meta.bytes), (200, 29));
        assert_eq!(meta.correlation_id.as_deref(), Some("c-1"), "{name}");
    }
    assert_eq!(meta(&[("x-correlation-id", "")]).await.correlation_id, None);
}
