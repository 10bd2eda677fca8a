//! A clock that runs while a request is answered: whatever falls due in between, nobody waits for ever.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
        mpsc,
    },
    time::Duration,
};

use bytes::Bytes;
use jiff::SignedDuration;
use sandbox::Endpoint;
use serde_json::json;

use crate::support::{BASIC, options, start_of_time};

/// How long all of it may take on a busy machine.
const DEADLINE: Duration = Duration::from_secs(120);

async fn call(endpoint: &Endpoint, method: &str, target: &str, body: &str) -> serde_json::Value {
    let request = http::Request::builder().method(method).uri(target);
    let request = request.header("host", "127.0.0.1:8787").header("authorization", BASIC);
    let response = endpoint.answer(request.body(Bytes::from(body.to_owned())).unwrap()).await;
    assert!(response.status().is_success(), "{method} {target}: {response:?}");
    serde_json::from_slice(response.body()).unwrap_or_default()
}

/// Reads, schedules and webhooks, with an hour gone each time that anybody looks at the clock.
async fn hurry() {
    let hours = Arc::new(AtomicI64::new(0));
    let clock = move || start_of_time() + SignedDuration::from_hours(hours.fetch_add(1, Ordering::Relaxed));
    let endpoint = Endpoint::in_process(&options(), Arc::new(clock)).await.unwrap();
    let settings =
        json!({ "dataType": "invoices", "fetchOnFirstLink": true, "syncSchedule": 1, "syncOrder": 0 });
    let client = call(&endpoint, "GET", "/profile/syncSettings", "").await["clientId"].clone();
    let body = json!({ "clientId": client, "settings": [settings], "overridesDefaults": true });
    call(&endpoint, "POST", "/profile/syncSettings", &body.to_string()).await;
    let consumer = json!({ "url": "http://127.0.0.1:1/nobody", "eventTypes": ["read.completed"] });
    call(&endpoint, "POST", "/webhooks", &consumer.to_string()).await;
    for _ in 0..20 {
        call(&endpoint, "POST", "/companies", r#"{"name":"Hurried"}"#).await;
        call(&endpoint, "GET", "/companies?pageSize=5", "").await;
        tokio::time::timeout(Duration::from_millis(200), endpoint.deliver()).await.ok();
    }
}

#[test]
fn nobody_waits_for_ever_when_time_passes_in_the_middle() {
    let (done, over) = mpsc::channel();
    // On a thread of its own: who waits for ever cannot say so.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.unwrap().block_on(hurry());
        done.send(()).unwrap();
    });
    over.recv_timeout(DEADLINE).unwrap();
}
