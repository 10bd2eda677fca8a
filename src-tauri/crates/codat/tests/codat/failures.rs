//! Refusals and missing answers, each with everything that was said (§2.5).

use bytes::Bytes;
use codat::{Company, Failure, FailureKind, Write, client::TransportError, error::ValidationItem};
use serde_json::json;

use super::scripted::{Reply, Scripted, announcing, company, key, page, streamed, whole, with};

async fn failure(reply: impl Fn() -> Reply + Send + Sync + 'static) -> Failure {
    Scripted::answering(reply).client.get_company(company()).await.expect_err("the call fails")
}

fn broken() -> Result<Bytes, TransportError> {
    Err(TransportError::NoAnswer("connection reset".to_owned()))
}

#[tokio::test]
async fn every_status_that_is_no_success_is_a_failure_of_its_kind() {
    let kinds = [
        (400, FailureKind::Invalid),
        (401, FailureKind::Unauthorized),
        (402, FailureKind::PaymentRequired),
        (403, FailureKind::Forbidden),
        (404, FailureKind::NotFound),
        (405, FailureKind::OtherStatus),
        (409, FailureKind::Conflict),
        (422, FailureKind::Unprocessable),
        (429, FailureKind::RateLimited),
        (451, FailureKind::OtherStatus),
        (500, FailureKind::Server),
        (503, FailureKind::Server),
        (599, FailureKind::Server),
        (600, FailureKind::OtherStatus),
    ];
    for (status, kind) in kinds {
        let body = json!({ "statusCode": 500, "service": "PublicApi", "error": "Said so" }).to_string();
        let failure = failure(move || whole(status, body.clone())).await;
        assert_eq!((failure.kind, failure.status), (kind, Some(status)), "the status counts, not the body's");
        assert_eq!((failure.service.as_str(), failure.message.as_str()), ("PublicApi", "Said so"));
        assert_eq!(failure.to_string(), format!("{status} Said so"));
    }
}

#[tokio::test]
async fn a_refusal_of_the_key_counts_only_in_codats_own_words() {
    let own =
        json!({ "statusCode": 401, "service": "PublicApi", "error": "Unauthorized", "correlationId": "c" });
    let page = "<!doctype html><html><body><h1>Access denied by policy</h1></body></html>";
    for status in [401, 403] {
        let kind = if status == 401 { FailureKind::Unauthorized } else { FailureKind::Forbidden };
        for body in [own.to_string(), r#"{"error":"Unauthorized","correlationId":"c"}"#.to_owned()] {
            assert_eq!(failure(move || whole(status, body.clone())).await.kind, kind);
        }
        for body in
            [page, "", "Access denied", "{}", "[]", r#"{"message":"Forbidden"}"#, r#"{"error":"denied"}"#]
        {
            let failure = failure(move || whole(status, body)).await;
            assert_eq!((failure.kind, failure.status), (FailureKind::Intercepted, Some(status)), "{body}");
            assert!(failure.message.starts_with("A proxy or firewall answered, not Codat"), "{failure}");
            assert!(failure.message.contains(&status.to_string()), "{failure}");
        }
    }
}

#[tokio::test]
async fn a_web_page_in_place_of_a_refusal_is_not_codats() {
    let page = "\u{feff} <html><head><title>Blocked</title></head></html>";
    for status in [302, 307, 400, 404, 405, 407, 409, 422, 451, 511] {
        let failure = failure(move || whole(status, page)).await;
        let kind = if status == 511 { FailureKind::Server } else { FailureKind::Intercepted };
        assert_eq!(failure.kind, kind, "{status}: a company is not gone because a proxy says so");
    }
    for status in [301, 302, 303, 307, 308, 407] {
        assert_eq!(failure(move || whole(status, "")).await.kind, FailureKind::Intercepted, "{status}");
    }
}

#[tokio::test]
async fn a_key_that_a_server_repeats_is_not_told() {
    let (raw, header) = ("secret-key", "c2VjcmV0LWtleQ==");
    let says = |text: &str| {
        let body = json!({
            "statusCode": 400, "service": text, "error": format!("No such key: {text}."), "correlationId": text,
            "validation": { "errors": [{ "itemId": text, "message": text, "validatorName": text }] },
        });
        body.to_string()
    };
    let escaped = says("KEY").replace("KEY", "\\u0073ecret-key");
    let halved = format!("{}{raw}", "x".repeat(75));
    for status in [200, 400, 401, 403, 500] {
        // What cannot be read is quoted as it came, and nobody looks for escapes in it.
        let escaped = if status == 200 { says("x") } else { escaped.clone() };
        for body in [says(raw), says(header), escaped, format!("Key {raw} {header}"), halved.clone()] {
            let headers = [("x-correlation-id", raw)];
            let failure = failure(move || with(status, &headers, body.clone())).await;
            let told = format!("{failure:?}");
            assert!(!told.contains("ecret-k") && !told.contains("c2VjcmV0"), "{status}: {told}");
        }
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    for status in [301, 302, 304, 307, 308] {
        let server = Scripted::answering(move || with(status, &[("location", "https://evil.test/")], ""));
        let failure = server.client.profile().await.unwrap_err();
        assert_eq!((failure.kind, failure.status), (FailureKind::Intercepted, Some(status)));
        assert_eq!(server.asked().uri().host(), Some("api.test"));
    }
}

#[tokio::test]
async fn a_refusal_keeps_all_that_was_said() {
    let body = json!({
        "statusCode": 429, "service": "PublicApi", "error": "CompanyValidationException: Company limit exceeded",
        "correlationId": "from-body", "canBeRetried": "Unknown", "detailedErrorCode": 0,
        "validation": {
            "errors": [{ "itemId": "Company", "message": "Limit", "validatorName": "CreateCompany" }],
            "warnings": [{ "message": "Soon" }],
        },
    });
    let headers = [
        ("x-correlation-id", "from-header"),
        ("retry-after", "30"),
        ("x-rate-limit-limit", "1000"),
        ("x-rate-limit-remaining", "1"),
    ];
    let failure = failure(move || with(402, &headers, body.to_string())).await;
    assert_eq!(failure.kind, FailureKind::PaymentRequired);
    assert_eq!(failure.correlation_id.as_deref(), Some("from-body"), "the body goes first");
    let limit = ValidationItem {
        item_id: Some("Company".to_owned()),
        message: Some("Limit".to_owned()),
        validator_name: Some("CreateCompany".to_owned()),
    };
    let soon = ValidationItem { message: Some("Soon".to_owned()), ..ValidationItem::default() };
    assert_eq!(failure.validation, [limit, soon], "errors first");
    assert_eq!(failure.retry_after, Some(codat::error::RetryAfter::Seconds(30)));
    assert_eq!(failure.rate_limit.map(|limit| (limit.limit, limit.remaining)), Some((1000, 1)));
}

#[tokio::test]
async fn a_refusal_with_odd_fields_keeps_the_others() {
    let body = r#"{"statusCode":"x","service":null,"error":"Kept","correlationId":7,
        "validation":{"errors":null,"warnings":[{"itemId":3,"message":"kept too"}]},"canBeRetried":true}"#;
    let failure = failure(move || with(400, &[("request-id", "r-1")], body)).await;
    assert_eq!((failure.message.as_str(), failure.service.as_str()), ("Kept", ""));
    assert_eq!(failure.correlation_id.as_deref(), Some("r-1"));
    assert_eq!(failure.validation[0].message.as_deref(), Some("kept too"));
}

#[tokio::test]
async fn words_are_found_where_other_servers_put_them() {
    for (body, message) in [
        (r#"{"message":"From a gateway"}"#, "From a gateway"),
        (r#"{"title":"Bad","detail":"The detail"}"#, "The detail"),
        (r#"{"title":"One or more validation errors occurred."}"#, "One or more validation errors occurred."),
        ("upstream connect error", "Bad Gateway: upstream connect error"),
        ("<html><body>nginx</body></html>", "Bad Gateway, with a web page instead of a message"),
        ("", "Bad Gateway"),
        ("[]", "Bad Gateway: []"),
        ("{}", "Bad Gateway: {}"),
    ] {
        assert_eq!(failure(move || whole(502, body)).await.message, message);
    }
}

#[tokio::test]
async fn endless_words_are_cut() {
    let failure = failure(|| whole(500, json!({ "error": "é".repeat(50_000) }).to_string())).await;
    assert_eq!(failure.message.chars().count(), 2000);
}

#[tokio::test]
async fn what_was_not_sent_is_told_from_what_may_have_arrived() {
    let unreachable = failure(|| Err(TransportError::Unreachable("refused".to_owned()))).await;
    assert_eq!((unreachable.kind, unreachable.status), (FailureKind::Unreachable, None));
    assert_eq!(unreachable.message, "refused");
    let silent = failure(|| Err(TransportError::NoAnswer("No answer within 30 seconds".to_owned()))).await;
    assert_eq!((silent.kind, silent.status), (FailureKind::NoAnswer, None));
}

#[tokio::test]
async fn an_address_that_is_none_is_never_asked() {
    let server = Scripted::at("http://not an address", || whole(200, "{}"));
    let failure = server.client.profile().await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unreachable);
    assert!(failure.message.contains("http://not an address/profile"), "{failure}");
    assert!(!failure.message.contains("c2VjcmV0"), "the key is not told");
}

#[tokio::test]
async fn an_answer_cut_in_the_middle_is_none() {
    let headers = [("x-correlation-id", "c-1")];
    let cut = failure(move || streamed(200, &headers, vec![Ok("{\"id\":".into()), broken()])).await;
    assert_eq!((cut.kind, cut.status), (FailureKind::NoAnswer, Some(200)));
    assert_eq!(cut.message, "The answer stopped after 6 bytes: connection reset");
    assert_eq!(cut.correlation_id.as_deref(), Some("c-1"));
}

#[tokio::test]
async fn an_act_whose_answer_breaks_off_is_not_taken_for_done() {
    let server = Scripted::answering(|| streamed(204, &[], vec![broken()]));
    let failure = server.client.write(Write::refresh_company(company(), key())).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NoAnswer);
}

#[tokio::test]
async fn a_refusal_cut_in_the_middle_is_still_a_refusal() {
    let headers = [("retry-after", "5")];
    let cut = failure(move || streamed(429, &headers, vec![Ok("{\"err".into()), broken()])).await;
    assert_eq!((cut.kind, cut.message.as_str()), (FailureKind::RateLimited, "Too Many Requests"));
    assert_eq!(cut.retry_after, Some(codat::error::RetryAfter::Seconds(5)));
}

#[tokio::test]
async fn an_answer_beyond_the_limit_is_not_taken_in() {
    const PIECE: usize = 1024 * 1024;
    let pieces = |count: usize, tail: &'static str| {
        let piece = Bytes::from(vec![b' '; PIECE]);
        let mut pieces: Vec<_> = (0..count).map(|_| Ok(piece.clone())).collect();
        pieces.push(Ok(tail.into()));
        streamed(200, &[], pieces)
    };
    let too_large = Scripted::answering(move || pieces(64, "{}"));
    let failure = too_large.client.list_companies::<Company>(&page(1, 100)).await.unwrap_err();
    assert_eq!((failure.kind, failure.status), (FailureKind::Unreadable, Some(200)));
    assert_eq!(failure.message, "The answer is larger than 64 MB.");
    let just_fits = Scripted::answering(move || pieces(63, r#"{"results":[],"totalResults":0}"#));
    assert!(just_fits.client.list_companies::<Company>(&page(1, 100)).await.is_ok());
}

#[tokio::test]
async fn an_answer_that_announces_too_much_is_not_even_begun() {
    let server = Scripted::answering(|| announcing(64 * 1024 * 1024 + 1));
    assert_eq!(server.client.profile().await.unwrap_err().kind, FailureKind::Unreadable);
    let server = Scripted::answering(|| announcing(64 * 1024 * 1024));
    assert_eq!(
        server.client.profile().await.unwrap_err().kind,
        FailureKind::NoAnswer,
        "it is begun, and breaks off"
    );
}

#[tokio::test]
async fn nothing_is_a_good_answer_to_what_asks_for_nothing() {
    for status in [200, 202, 204] {
        let server = Scripted::answering(move || whole(status, ""));
        assert_eq!(server.client.write(Write::delete_company(company())).await.unwrap().meta.status, status);
    }
    let server = Scripted::answering(|| whole(200, "surplus words"));
    assert!(server.client.write(Write::refresh_company(company(), key())).await.is_ok());
}
