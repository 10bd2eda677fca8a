use jiff::SignedDuration;
use sandbox::{Limits, Options};
use serde_json::{Value, json};

use crate::support::{Api, BASIC, options};

async fn limited(figures: &str) -> Api {
    Api::with(Options { limits: figures.parse().unwrap(), ..options() }).await
}

const TEXT: &str = "You have made too many requests in a given amount of time; please retry later.";

#[tokio::test]
async fn a_minute_has_its_figure_and_says_when_to_come_back() {
    let api = limited("minute=3").await;
    api.advance(SignedDuration::from_secs(20));
    for _ in 0..3 {
        api.get("/profile").await.expect(200);
    }
    let refused = api.get("/profile").await.expect(429);
    assert_eq!(refused.error(), TEXT);
    assert_eq!(refused.header("retry-after"), "40");
    api.advance(SignedDuration::from_millis(39_999));
    assert_eq!(api.get("/profile").await.expect(429).header("retry-after"), "1");
    api.advance(SignedDuration::from_millis(1));
    api.get("/profile").await.expect(200);
}

#[tokio::test]
async fn a_day_has_its_quota_until_midnight() {
    let api = limited("day=2,form=date").await;
    let first = api.get("/profile").await.expect(200);
    assert_eq!((first.header("x-rate-limit-limit"), first.header("x-rate-limit-remaining")), ("2", "1"));
    api.get("/nowhere").await.expect(404);
    let refused = api.get("/profile").await.expect(429);
    assert_eq!(refused.header("retry-after"), "Tue, 24 Nov 2026 00:00:00 GMT");
    assert_eq!(refused.header("x-rate-limit-reset"), refused.header("retry-after"));
    assert_eq!(refused.header("x-rate-limit-remaining"), "0");
    api.advance(SignedDuration::from_hours(15));
    assert_eq!(api.get("/profile").await.expect(200).header("x-rate-limit-remaining"), "1");
}

#[tokio::test]
async fn the_real_quota_grows_with_the_linked_companies() {
    let api = limited("minute=off").await;
    let vast = Api::with(Options {
        companies: Some(1),
        limits: Limits { minute: None, ..Limits::REAL },
        ..options()
    });
    let vast = vast.await;
    assert_eq!(api.get("/profile").await.header("x-rate-limit-remaining").len(), 5);
    for _ in 0..2_000 {
        vast.get("/profile").await.expect(200);
    }
    vast.get("/profile").await.expect(429);
    let one = vast.post("/_sandbox/clock", &json!({"advance": "1d"})).await.expect(200);
    assert_eq!(one.json()["mode"], "real");
    vast.get("/profile").await.expect(200);
}

#[tokio::test]
async fn so_many_may_be_under_way() {
    let api = limited("concurrent=2").await;
    let ask = async || {
        let request =
            http::Request::get("/profile").header("host", "localhost:8787").header("authorization", BASIC);
        api.endpoint.answer(request.body("".into()).unwrap()).await
    };
    let (first, second) = (ask().await, ask().await);
    let third = ask().await;
    assert_eq!((first.status().as_u16(), second.status().as_u16(), third.status().as_u16()), (200, 200, 429));
    assert_eq!(third.headers()["retry-after"], "1");
    drop(first);
    assert_eq!(ask().await.status().as_u16(), 200);
}

#[tokio::test]
async fn the_sandbox_s_own_routes_pages_and_strangers_are_not_counted() {
    let api = limited("day=1,minute=1,concurrent=1").await;
    for _ in 0..3 {
        api.get("/_sandbox/clock").await.expect(200);
        api.get("/invite").await.expect(200);
        api.send("GET", "/profile", &[("host", "localhost:8787")], "").await.expect(401);
    }
    api.get("/profile").await.expect(200);
    api.get("/profile").await.expect(429);
}

#[tokio::test]
async fn a_refusal_carries_nothing_out_and_leaves_the_key_free() {
    let api = limited("minute=1").await;
    let body = json!({"name": "Once"});
    api.get("/profile").await.expect(200);
    api.keyed("k", "POST", "/companies", &body).await.expect(429);
    api.advance(SignedDuration::from_mins(1));
    let made: Value = api.keyed("k", "POST", "/companies", &body).await.expect(200).json();
    assert_eq!(made["name"], "Once");
}
