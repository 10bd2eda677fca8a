//! Hostile requests straight to the endpoint.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::Method;
use sandbox::{Endpoint, Options};
use serde_json::Value;

use crate::{
    Replay,
    dice::Dice,
    memory,
    requests::{Hostile, Known, identifiers},
    seeds,
};

/// Requests of a run.
const REQUESTS: usize = 400;
/// How long one answer may take, on a busy machine in a debug build, before it counts as a hang.
const DEADLINE: Duration = Duration::from_secs(60);
/// How much memory all runs together may ever add, in MB: several bodies of 10 MB, parsed, and what is kept.
const ROOM: u64 = 300;

const HOST: &str = "127.0.0.1:8787";
const BASIC: &str = "Basic c2FuZGJveA==";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_breaks_the_endpoint() {
    let before = memory::now();
    for seed in seeds() {
        run(seed).await;
    }
    if let (Some(before), Some(peak)) = (before, memory::peak()) {
        let grown = peak.saturating_sub(before);
        assert!(grown <= ROOM, "the runs took {grown} MB");
    }
}

async fn run(seed: u64) {
    let mut dice = Dice::new(seed);
    let mut replay = Replay { seed, last: String::new() };
    let start = "2026-11-23T09:00:00Z".parse().unwrap();
    let options = Options { seed, time_scale: "0".parse().unwrap(), ..Options::default() };
    let endpoint = Endpoint::in_process(&options, Arc::new(move || start)).await.unwrap();
    let mut known = Known::default();
    for at in 0..REQUESTS {
        if at % 25 == 0 {
            look_around(&endpoint, &mut known).await;
        }
        let hostile = Hostile::new(&mut dice, &known, HOST, BASIC);
        let Some(asked) = sayable(&hostile) else { continue };
        if locks_out(&asked) {
            continue;
        }
        replay.last = hostile.line();
        let page = is_page(&asked);
        let again = asked.clone();
        let mut response = answer(&endpoint, asked).await;
        if let Some(method) = allowed(&response, &mut dice) {
            // Another look, by a method that does something here.
            let (mut parts, body) = again.into_parts();
            parts.method = method;
            let other = http::Request::from_parts(parts, body);
            if !locks_out(&other) {
                response = answer(&endpoint, other).await;
            }
        }
        check(&response, page);
        if !hostile.target.to_ascii_lowercase().starts_with("/_sandbox") {
            assert!(!has_null(&response), "optional fields are left out: {:?}", response.body());
        }
        known.learn(response.body());
        if hostile.target.to_ascii_lowercase().starts_with("/_sandbox/faults") {
            // What was asked for on purpose is not what is looked for here.
            let clear = request("DELETE", "/_sandbox/faults");
            answer(&endpoint, clear).await;
        }
    }
    let profile = answer(&endpoint, request("GET", "/profile")).await;
    assert_eq!(profile.status(), 200, "the sandbox still answers");
}

/// Learns which companies there are, as somebody who knows the key can.
async fn look_around(endpoint: &Endpoint, known: &mut Known) {
    let listed = answer(endpoint, request("GET", "/companies?pageSize=60")).await;
    let listed: Value = serde_json::from_slice(listed.body()).unwrap();
    let results = listed["results"].as_array().unwrap();
    known.companies.clear();
    for company in results {
        let id = company["id"].as_str().unwrap().to_owned();
        let history = request("GET", &format!("/companies/{id}/data/history?pageSize=20"));
        let mut its = identifiers(company["dataConnections"].to_string().as_bytes());
        its.extend(identifiers(answer(endpoint, history).await.body()));
        known.companies.push((id, its));
    }
    known.snapshot = Some(answer(endpoint, request("GET", "/_sandbox/snapshot")).await.into_body());
}

/// One of the methods that would do, where the method was wrong.
fn allowed(response: &http::Response<Bytes>, dice: &mut Dice) -> Option<Method> {
    let allow = response.headers().get("allow")?.to_str().unwrap();
    let methods: Vec<&str> = allow.split(", ").collect();
    Some(dice.pick(&methods).parse().unwrap())
}

fn request(method: &str, target: &str) -> http::Request<Bytes> {
    let request = http::Request::builder().method(method).uri(target);
    request.header("host", HOST).header("authorization", BASIC).body(Bytes::new()).unwrap()
}

/// The request as the library can say it; what it cannot is for the lane over TCP.
fn sayable(hostile: &Hostile) -> Option<http::Request<Bytes>> {
    let method = Method::from_bytes(hostile.method.as_bytes()).ok()?;
    let mut request = http::Request::builder().method(method).uri(hostile.target.as_str());
    for (name, value) in &hostile.headers {
        request = request.header(name, http::HeaderValue::from_bytes(value).ok()?);
    }
    request.body(Bytes::from(hostile.body.clone())).ok()
}

/// Whoever deletes the last key is locked out, which is no more than what was asked for.
fn locks_out(request: &http::Request<Bytes>) -> bool {
    request.method() == Method::DELETE && request.uri().path().to_ascii_lowercase().contains("apikeys")
}

/// Whether a person is answered, not a client.
fn is_page(request: &http::Request<Bytes>) -> bool {
    let path = request.uri().path().to_ascii_lowercase();
    ["/", "//"].contains(&path.as_str())
        || ["/assets", "/company", "/invite"].iter().any(|start| path.starts_with(start))
            && !path.starts_with("/companies")
        || path.contains("/start")
}

async fn answer(endpoint: &Endpoint, request: http::Request<Bytes>) -> http::Response<Bytes> {
    let asked = endpoint.clone();
    let answering = tokio::spawn(async move { asked.answer(request).await });
    let answered = tokio::time::timeout(DEADLINE, answering).await;
    answered.expect("an answer comes").expect("nothing panics")
}

/// Whether an answer of the API has a null in it.
fn has_null(response: &http::Response<Bytes>) -> bool {
    fn within(value: &Value) -> bool {
        match value {
            Value::Null => true,
            Value::Array(items) => items.iter().any(within),
            Value::Object(fields) => fields.values().any(within),
            Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        }
    }
    serde_json::from_slice(response.body()).is_ok_and(|json| within(&json))
}

fn check(response: &http::Response<Bytes>, page: bool) {
    let status = response.status().as_u16();
    assert!(status < 500, "{status} {}", String::from_utf8_lossy(response.body()));
    for name in ["x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset", "x-correlation-id"] {
        assert!(response.headers().contains_key(name), "every answer has {name}");
    }
    let kind = response.headers().get("content-type").map(|it| it.to_str().unwrap());
    if kind != Some("application/json; charset=utf-8") {
        assert!(status < 400 || page, "a refusal has Codat's shape: {status} {kind:?}");
        return;
    }
    let json: Value = serde_json::from_slice(response.body()).expect("JSON");
    if status >= 400 {
        assert_eq!(json["statusCode"], status, "{json}");
        assert!(json["error"].is_string() && json["service"].is_string(), "{json}");
        assert_eq!(json["correlationId"].as_str().map(str::len), Some(32), "{json}");
        assert_eq!(json["canBeRetried"], "Unknown", "{json}");
    }
}
