//! The state of the computer and the window, shared by all workspaces.

use std::sync::{Mutex, PoisonError};

use engine::Surroundings;

#[derive(Debug, Default)]
pub(crate) struct KnownSurroundings(Mutex<Surroundings>);

impl KnownSurroundings {
    pub(crate) fn now(&self) -> Surroundings {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state. Returns the new state if it differs.
    pub(crate) fn change(&self, edit: impl FnOnce(&mut Surroundings)) -> Option<Surroundings> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = *known;
        edit(&mut known);
        (*known != before).then_some(*known)
    }
}
