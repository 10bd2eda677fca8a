use jiff::SignedDuration;
use sandbox::{Options, TimeScale};
use serde_json::{Value, json};

use crate::support::{Api, options, text};

fn stepped() -> Options {
    Options { time_scale: TimeScale::STEPPED, ..options() }
}

async fn now(api: &Api) -> String {
    text(&api.get("/_sandbox/clock").await.expect(200).json()["now"]).to_owned()
}

#[tokio::test]
async fn a_stepped_clock_stands_until_it_is_moved() {
    let api = Api::with(stepped()).await;
    api.advance(SignedDuration::from_hours(5));
    let clock = api.get("/_sandbox/clock").await.expect(200).json();
    assert_eq!(clock, json!({"now": "2026-11-23T09:00:00.0000000Z", "mode": "stepped", "timeScale": "0"}));
    let moved = api.post("/_sandbox/clock", &json!({"advance": "95d"})).await.expect(200).json();
    assert_eq!(moved["now"], "2027-02-26T09:00:00.0000000Z");
    assert_eq!(now(&api).await, "2027-02-26T09:00:00.0000000Z");
    api.post("/_sandbox/clock", &json!({"to": "2027-03-01T00:00:00Z"})).await.expect(200);
    let made = api.post("/companies", &json!({"name": "Later"})).await.expect(200).json();
    assert_eq!(made["created"], "2027-03-01T00:00:00Z", "what is made is made at the clock's time");
}

#[tokio::test]
async fn a_real_clock_is_shifted_and_runs_on() {
    let api = Api::new().await;
    api.advance(SignedDuration::from_mins(1));
    assert_eq!(now(&api).await, "2026-11-23T09:01:00.0000000Z");
    api.post("/_sandbox/clock", &json!({"advance": "1w2d3h4m5s"})).await.expect(200);
    api.advance(SignedDuration::from_secs(5));
    assert_eq!(now(&api).await, "2026-12-02T12:05:10.0000000Z");
}

#[tokio::test]
async fn a_scaled_clock_runs_faster() {
    let api = Api::with(Options { time_scale: "3600".parse().unwrap(), ..options() }).await;
    api.advance(SignedDuration::from_secs(2));
    assert_eq!(now(&api).await, "2026-11-23T11:00:00.0000000Z");
    api.post("/_sandbox/clock", &json!({"advance": "1d"})).await.expect(200);
    api.advance(SignedDuration::from_millis(500));
    assert_eq!(now(&api).await, "2026-11-24T11:30:00.0000000Z");
}

#[tokio::test]
async fn time_never_goes_backwards() {
    let api = Api::new().await;
    api.advance(SignedDuration::from_hours(1));
    assert_eq!(now(&api).await, "2026-11-23T10:00:00.0000000Z");
    api.advance(SignedDuration::from_hours(-2));
    assert_eq!(now(&api).await, "2026-11-23T10:00:00.0000000Z", "the host's clock was set back");
    let past = api.post("/_sandbox/clock", &json!({"to": "2026-11-23T09:30:00Z"})).await.expect(400);
    past.error();
    assert!(past.text().contains("can’t go backwards"), "{}", past.text());
}

#[tokio::test]
async fn what_is_no_move_is_refused() {
    let api = Api::with(stepped()).await;
    for bad in [
        json!({}),
        json!({"advance": "5"}),
        json!({"advance": 5}),
        json!({"advance": "-5d"}),
        json!({"advance": "999999999w"}),
        json!({"advance": "37000d"}),
        json!({"to": "tomorrow"}),
        json!({"advance": "1d", "to": "2027-03-01T00:00:00Z"}),
        json!([]),
    ] {
        api.post("/_sandbox/clock", &bad).await.expect(400).error();
    }
    api.delete("/_sandbox/clock").await.expect(405);
    assert_eq!(now(&api).await, "2026-11-23T09:00:00.0000000Z");
}

#[tokio::test]
async fn the_clock_stands_where_it_stood_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let db = Some(folder.path().join("sandbox.db"));
    for (options, expected) in [
        (Options { db: db.clone(), ..stepped() }, "2027-02-26T09:00:00.0000000Z"),
        (Options { db: db.clone(), ..stepped() }, "2027-06-01T09:00:00.0000000Z"),
        // Real from now on: as far ahead of the real clock as it was, and --now does not put it back.
        (
            Options { db: db.clone(), now: Some("2026-01-01T00:00:00Z".parse().unwrap()), ..options() },
            "2027-09-04T09:00:00.0000000Z",
        ),
    ] {
        let api = Api::with(options).await;
        api.post("/_sandbox/clock", &json!({"advance": "95d"})).await.expect(200);
        assert_eq!(now(&api).await, expected);
        api.endpoint.close().await;
    }
}

#[tokio::test]
async fn the_clock_may_start_elsewhere() {
    let start = "2020-02-29T12:00:00Z".parse().unwrap();
    let api = Api::with(Options { now: Some(start), ..options() }).await;
    api.advance(SignedDuration::from_secs(1));
    assert_eq!(now(&api).await, "2020-02-29T12:00:01.0000000Z");
    let company = api.get("/companies?pageSize=1").await.json()["results"][0].clone();
    assert!(text(&company["created"]) < "2020-02-29", "ages count from there");
}

#[tokio::test]
async fn a_move_is_replayed_and_not_made_twice() {
    let api = Api::with(stepped()).await;
    let body = json!({"advance": "1h"});
    let first = api.keyed("k", "POST", "/_sandbox/clock", &body).await.expect(200);
    assert_eq!(api.keyed("k", "POST", "/_sandbox/clock", &body).await.expect(200).body, first.body);
    assert_eq!(now(&api).await, "2026-11-23T10:00:00.0000000Z");
    let _: Value = first.json();
}

#[tokio::test]
async fn it_does_not_matter_in_how_many_steps_time_passes() {
    let steps = async |steps: &[&str]| {
        let api = Api::with(stepped()).await;
        let settings: Vec<Value> = ["bills", "banking-accounts", "commerce-orders", "company"]
            .map(|it| json!({"dataType": it, "syncSchedule": 24}))
            .into();
        api.post("/profile/syncSettings", &json!({ "settings": settings })).await.expect(204);
        for step in steps {
            api.post("/_sandbox/clock", &json!({ "advance": step })).await.expect(200);
        }
        let happened = api.get("/_sandbox/happenings?pageSize=5000&from=2026-11-01T00:00:00Z").await.json();
        (api.companies().await, happened)
    };
    let once = steps(&["100d"]).await;
    assert_eq!(steps(&["5d"; 20]).await, once);
    assert_eq!(steps(&["12h", "36h", "90d", "1s", "7d23h59m59s"]).await, once);
    assert!(once.1["totalResults"].as_u64().unwrap() > 5_000, "{}", once.1["totalResults"]);
}
