//! Every call of the client against every fault, over a real connection.

mod catalogue;
mod gzip;
mod server;
mod table;

use std::{sync::Arc, time::Duration};

use codat::{ApiKey, Client, FailureKind};
use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;

use super::{
    Bounds, Route, bounded,
    calls::{Made, Subjects},
    install_crypto,
    recorded::{KEY, recorded},
};
use catalogue::{Group, faults};
use server::{Play, Server};
use table::Row;

/// The page that is written.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/faults.md");
/// The calls that are under way at one time.
const AT_ONCE: usize = 8;
/// The same where an answer may take memory.
const LARGE_AT_ONCE: usize = 2;
/// The most bytes of an answer that are taken in, as the client has it.
const LIMIT: u64 = 64 * 1024 * 1024;
/// What the system's buffers take beside the client.
const BUFFERS: u64 = 32 * 1024 * 1024;
/// How long nothing may come in tests of silence. It always runs out.
const SILENCE: Duration = Duration::from_millis(100);

/// A call that met a fault.
struct Met {
    made: Made,
    requests: u32,
    sent: u64,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_of_the_client_meets_every_fault() {
    install_crypto();
    let (subjects, answers) = recorded().await;
    let answers = Arc::new(answers);
    let patient = bounded(&Route::direct(), Bounds::default()).unwrap();
    let hasty = bounded(&Route::direct(), Bounds { silence: SILENCE, ..Bounds::default() }).unwrap();
    let mut rows = Vec::new();
    for fault in faults() {
        let at_once = if fault.group == Group::Large { LARGE_AT_ONCE } else { AT_ONCE };
        let outcomes: Vec<_> = stream::iter(answers.iter())
            .map(|(call, good)| {
                let play = (fault.play)(good);
                let transport = if matches!(play, Play::Silence(_)) { &hasty } else { &patient };
                let (transport, subjects) = (transport.clone(), subjects.clone());
                async move { (call.name, meet(play, call.make, subjects, transport).await) }
            })
            .buffered(at_once)
            .collect()
            .await;
        for (call, met) in &outcomes {
            expect(&fault, call, met);
        }
        let outcomes = outcomes.into_iter().map(|(call, met)| (call, outcome(&met.made))).collect();
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

async fn meet(
    play: Play,
    make: fn(Client, Subjects) -> futures_util::future::BoxFuture<'static, Made>,
    subjects: Subjects,
    transport: codat::Transport,
) -> Met {
    let server = Server::start(play).await;
    let client = Client::new(server.base.clone(), ApiKey::new(KEY).unwrap(), transport);
    let made = make(client, subjects).await;
    Met { made, requests: server.requests(), sent: server.sent() }
}

/// What must hold whatever the page says.
#[track_caller]
fn expect(fault: &catalogue::Fault, call: &str, met: &Met) {
    let (name, made) = (&fault.name, &met.made);
    let kind = made.as_ref().err().map(|failure| failure.kind);
    assert!(met.requests <= 1, "one request a call: {call}: {name}");
    match fault.group {
        Group::Lost => {
            let expected =
                if name == "nobody listens" { FailureKind::Unreachable } else { FailureKind::NoAnswer };
            assert_eq!(kind, Some(expected), "{call}: {name}: {made:?}");
        }
        Group::Refused => assert!(made.is_err(), "{call}: {name}"),
        // A download is handed on as it comes, and never held.
        Group::Large if call == "download_files" => {}
        Group::Large => {
            assert!(made.is_err(), "{call}: {name}");
            assert!(met.sent <= LIMIT + BUFFERS, "{call}: {name}: {} bytes", met.sent);
        }
        Group::Unreadable | Group::Odd => {}
    }
}

/// An outcome in words.
fn outcome(made: &Made) -> String {
    let failure = match made {
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
