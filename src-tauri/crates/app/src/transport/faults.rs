//! Every call of the client with every fault, over a real connection.

mod catalogue;
mod gzip;
mod server;
mod table;

use std::{sync::Arc, time::Duration};

use codat::{ApiKey, Client, FailureKind};
use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;

use super::{
    Route, Timeouts,
    calls::{CallResult, Subjects},
    install_crypto, network_with_timeouts,
    recorded::{KEY, recorded},
};
use catalogue::{Group, faults};
use server::{FaultyResponse, Server};
use table::Row;

/// The generated page.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/faults.md");
/// The number of parallel calls.
const AT_ONCE: usize = 8;
/// The number of parallel calls if the answers may use much memory.
const LARGE_AT_ONCE: usize = 2;
/// The client's limit for a response body, in bytes.
const LIMIT: u64 = 64 * 1024 * 1024;
/// The bytes that the buffers of the system may hold in addition.
const BUFFERS: u64 = 32 * 1024 * 1024;
/// The idle timeout in tests of silence. It always expires.
const IDLE_TIMEOUT: Duration = Duration::from_millis(100);

/// The result of a call with a fault.
struct FaultOutcome {
    call_result: CallResult,
    requests: u32,
    sent: u64,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_of_the_client_meets_every_fault() {
    install_crypto();
    let (subjects, answers) = recorded().await;
    let answers = Arc::new(answers);
    let patient = network_with_timeouts(&Route::direct(), Timeouts::default()).unwrap();
    let hasty =
        network_with_timeouts(&Route::direct(), Timeouts { idle: IDLE_TIMEOUT, ..Timeouts::default() })
            .unwrap();
    let mut rows = Vec::new();
    for fault in faults() {
        let at_once = if fault.group == Group::Large { LARGE_AT_ONCE } else { AT_ONCE };
        let outcomes: Vec<_> =
            stream::iter(answers.iter())
                .map(|(call, good)| {
                    let response = (fault.response)(good);
                    let transport =
                        if matches!(response, FaultyResponse::Silence(_)) { &hasty } else { &patient };
                    let (transport, subjects) = (transport.clone(), subjects.clone());
                    async move {
                        (call.name, send_to_faulty_server(response, call.make, subjects, transport).await)
                    }
                })
                .buffered(at_once)
                .collect()
                .await;
        for (call, result) in &outcomes {
            expect(&fault, call, result);
        }
        let outcomes =
            outcomes.into_iter().map(|(call, result)| (call, outcome(&result.call_result))).collect();
        rows.push(Row { group: fault.group, fault: fault.name, outcomes });
    }
    let text = table::page(&rows);
    println!("{text}");
    if std::env::var_os("UPDATE_FAULTS").is_some() {
        std::fs::write(FILE, &text).unwrap();
    }
    let known = std::fs::read_to_string(FILE).unwrap();
    assert!(known == text, "docs/faults.md is stale: run UPDATE_FAULTS=1 cargo test -p app faults");
}

async fn send_to_faulty_server(
    response: FaultyResponse,
    make: fn(Client, Subjects) -> futures_util::future::BoxFuture<'static, CallResult>,
    subjects: Subjects,
    transport: codat::Transport,
) -> FaultOutcome {
    let server = Server::start(response).await;
    let client = Client::new(server.base.clone(), ApiKey::new(KEY).unwrap(), transport);
    let call_result = make(client, subjects).await;
    FaultOutcome { call_result, requests: server.requests(), sent: server.sent() }
}

/// Checks the rules that hold independently of the page.
#[track_caller]
fn expect(fault: &catalogue::Fault, call: &str, result: &FaultOutcome) {
    let (name, call_result) = (&fault.name, &result.call_result);
    let kind = call_result.as_ref().err().map(|failure| failure.kind);
    assert!(result.requests <= 1, "one request a call: {call}: {name}");
    match fault.group {
        Group::Incomplete => {
            let expected =
                if name == "nobody listens" { FailureKind::Unreachable } else { FailureKind::NoAnswer };
            assert_eq!(kind, Some(expected), "{call}: {name}: {call_result:?}");
        }
        Group::ErrorStatus => assert!(call_result.is_err(), "{call}: {name}"),
        // A download is streamed, so its size has no limit.
        Group::Large if call == "download_files" => {}
        Group::Large => {
            assert!(call_result.is_err(), "{call}: {name}");
            assert!(result.sent <= LIMIT + BUFFERS, "{call}: {name}: {} bytes", result.sent);
        }
        Group::Unreadable | Group::Unusual => {}
    }
}

/// A result as text.
fn outcome(call_result: &CallResult) -> String {
    let failure = match call_result {
        Ok(0) => return "success".to_owned(),
        Ok(_) => return "success, items left out".to_owned(),
        Err(failure) => failure,
    };
    let now: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    let wait = failure.retry_after.map(|after| {
        let seconds = after.instant(now).duration_since(now).as_secs();
        format!(", wait {}", if seconds < 0 { "over".to_owned() } else { format!("{seconds} s") })
    });
    format!("{:?}{}", failure.kind, wait.unwrap_or_default())
}

#[test]
fn compressed_zeros_are_as_large_as_they_are_said_to_be() {
    assert_eq!(gzip::zeros(3).len(), 3 * 13);
    assert!(gzip::zeros_bytes(100) > 100 * gzip::zeros(100).len() as u64);
}
