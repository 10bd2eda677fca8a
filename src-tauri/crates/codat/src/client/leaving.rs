//! How much of a request's body has left, for whoever waits for a large one.

use core::fmt;
use std::sync::Arc;

/// Hears how many bytes of a request's body have left. It stands in the request's extensions: a transport that
/// can say how far it is tells it, another one leaves it be.
#[derive(Clone)]
pub struct Leaving(Arc<dyn Fn(u64) + Send + Sync>);

impl Leaving {
    /// One that hears of each piece the sum of all until then, in bytes.
    pub fn new(hear: impl Fn(u64) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hear))
    }

    /// So many bytes have left by now.
    pub fn tell(&self, bytes: u64) {
        (self.0)(bytes);
    }
}

impl fmt::Debug for Leaving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leaving").finish_non_exhaustive()
    }
}
