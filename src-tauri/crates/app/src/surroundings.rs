//! What is known of the surroundings, for whichever workspace is open.

use std::sync::{Mutex, PoisonError};

use engine::Surroundings;

/// What is known now.
#[derive(Debug, Default)]
pub(crate) struct Known(Mutex<Surroundings>);

impl Known {
    pub(crate) fn now(&self) -> Surroundings {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is known; gives it where that made a difference.
    pub(crate) fn changed(&self, change: impl FnOnce(&mut Surroundings)) -> Option<Surroundings> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = *known;
        change(&mut known);
        (*known != before).then_some(*known)
    }
}
