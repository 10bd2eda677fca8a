//! Many clients at once, each asking again as soon as it is answered.

use std::{
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};

use crate::{Trouble, client::Client, figure::p99};

/// What came of a load.
pub(crate) struct Load {
    /// Answers a second.
    pub(crate) rate: f64,
    /// 99 of 100 answers took no longer, in milliseconds.
    pub(crate) slowest: f64,
}

/// Puts `clients` on a target for `time`, after `before` to get under way.
pub(crate) fn put(
    address: SocketAddr,
    target: &str,
    clients: usize,
    before: Duration,
    time: Duration,
) -> Result<Load, Trouble> {
    let begun = Instant::now() + before;
    let workers: Vec<_> = (0..clients)
        .map(|_| {
            let target = target.to_owned();
            thread::spawn(move || ask(address, &target, begun, begun + time))
        })
        .collect();
    let mut all = vec![];
    for worker in workers {
        let took = worker.join().map_err(|_| Trouble::Wrong("a client panicked".to_owned()))?;
        all.extend(took?);
    }
    all.sort_unstable();
    let slowest = p99(&all).ok_or_else(|| Trouble::Wrong("nothing was answered".to_owned()))?;
    Ok(Load { rate: all.len() as f64 / time.as_secs_f64(), slowest: slowest.as_secs_f64() * 1_000.0 })
}

/// How long each answer took that was asked for and came between two instants.
fn ask(address: SocketAddr, target: &str, begun: Instant, end: Instant) -> Result<Vec<Duration>, Trouble> {
    let mut client = Client::connect(address)?;
    let mut took = vec![];
    loop {
        let asked = Instant::now();
        let length = client.ask("GET", target, "")?;
        let answered = Instant::now();
        if length == 0 {
            return Err(Trouble::Wrong(format!("GET {target} has no body")));
        }
        if answered >= end {
            return Ok(took);
        }
        if asked >= begun {
            took.push(answered - asked);
        }
    }
}
