//! Waits for conditions, with a time limit.

use std::fmt::Display;
use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

/// The time limit of every wait. Far above the usual duration, because computers that run tests are busy.
pub const TIMEOUT: Duration = Duration::from_secs(60);

/// The interval of polls.
const POLL_INTERVAL: Duration = Duration::from_millis(40);

/// Polls until there is a value.
///
/// # Panics
///
/// If there is none after [`TIMEOUT`]; `what` names the condition.
pub async fn eventually<T, F: Future<Output = Option<T>>>(
    what: impl Display,
    mut look: impl FnMut() -> F,
) -> T {
    let deadline = Instant::now() + TIMEOUT;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match timeout(left, look()).await {
            Ok(Some(found)) => return found,
            Ok(None) => sleep(POLL_INTERVAL).await,
            Err(_) => panic!("waited in vain: {what}"),
        }
    }
}

/// Waits for an operation that could hang.
///
/// # Panics
///
/// If it has not ended after [`TIMEOUT`].
pub async fn within<T>(what: impl Display, future: impl Future<Output = T>) -> T {
    timeout(TIMEOUT, future).await.unwrap_or_else(|_| panic!("no end to it: {what}"))
}
