//! Upload progress: how much of a request's body was sent.

use core::fmt;
use std::sync::Arc;

/// Receives the number of sent bytes of a request's body. It is stored in the request's extensions. A transport that
/// cannot report progress ignores it.
#[derive(Clone)]
pub struct Leaving(Arc<dyn Fn(u64) + Send + Sync>);

impl Leaving {
    /// Calls `tell` after each piece with the total number of bytes sent.
    pub fn new(hear: impl Fn(u64) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hear))
    }

    /// Reports the total number of bytes sent.
    pub fn tell(&self, bytes: u64) {
        (self.0)(bytes);
    }
}

impl fmt::Debug for Leaving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leaving").finish_non_exhaustive()
    }
}
