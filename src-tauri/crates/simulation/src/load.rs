//! Many clients at once, each with one request at a time.

use std::{
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};

use crate::{BenchError, client::Client, figure::p99};

pub(crate) struct Load {
    /// Responses per second.
    pub(crate) rate: f64,
    /// The 99th percentile of the response time, in milliseconds.
    pub(crate) slowest: f64,
}

/// Sends requests with `clients` clients for `time`, after a warm-up of `before`.
pub(crate) fn put(
    address: SocketAddr,
    target: &str,
    clients: usize,
    before: Duration,
    time: Duration,
) -> Result<Load, BenchError> {
    let begun = Instant::now() + before;
    let workers: Vec<_> = (0..clients)
        .map(|_| {
            let target = target.to_owned();
            thread::spawn(move || ask(address, &target, begun, begun + time))
        })
        .collect();
    let mut all = vec![];
    for worker in workers {
        let took = worker.join().map_err(|_| BenchError::Wrong("a client panicked".to_owned()))?;
        all.extend(took?);
    }
    all.sort_unstable();
    let slowest = p99(&all).ok_or_else(|| BenchError::Wrong("nothing was answered".to_owned()))?;
    Ok(Load { rate: all.len() as f64 / time.as_secs_f64(), slowest: slowest.as_secs_f64() * 1_000.0 })
}

/// The response times of requests that were sent and answered between two instants.
fn ask(address: SocketAddr, target: &str, begun: Instant, end: Instant) -> Result<Vec<Duration>, BenchError> {
    let mut client = Client::connect(address)?;
    let mut took = vec![];
    loop {
        let asked = Instant::now();
        let length = client.ask("GET", target, "")?;
        let answered = Instant::now();
        if length == 0 {
            return Err(BenchError::Wrong(format!("GET {target} has no body")));
        }
        if answered >= end {
            return Ok(took);
        }
        if asked >= begun {
            took.push(answered - asked);
        }
    }
}
