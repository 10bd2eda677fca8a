//! Waiting for what must come, and no longer than for ever.

use std::fmt::Display;
use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

/// How long anything may take before the test says that it does not come. Far above what is
/// normal, because machines that test are busy.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How often something is looked at again.
const AGAIN: Duration = Duration::from_millis(40);

/// What a look brings, as soon as it brings something.
///
/// # Panics
///
/// When it has brought nothing for [`PATIENCE`]; `what` says what was waited for.
pub async fn eventually<T, F: Future<Output = Option<T>>>(
    what: impl Display,
    mut look: impl FnMut() -> F,
) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match timeout(left, look()).await {
            Ok(Some(found)) => return found,
            Ok(None) => sleep(AGAIN).await,
            Err(_) => panic!("waited in vain: {what}"),
        }
    }
}

/// The outcome of something that could hang.
///
/// # Panics
///
/// When it has none after [`PATIENCE`].
pub async fn within<T>(what: impl Display, future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("no end to it: {what}"))
}
