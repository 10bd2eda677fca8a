//! The state of the computer and the window, shared by all workspaces.

use std::sync::Mutex;

use engine::Surroundings;

use crate::sync;

#[derive(Debug, Default)]
pub(crate) struct KnownSurroundings(Mutex<Surroundings>);

impl KnownSurroundings {
    pub(crate) fn now(&self) -> Surroundings {
        *sync::lock(&self.0)
    }

    /// Changes the state. Returns the new state if it differs.
    pub(crate) fn change(&self, edit: impl FnOnce(&mut Surroundings)) -> Option<Surroundings> {
        let mut known = sync::lock(&self.0);
        let before = *known;
        edit(&mut known);
        (*known != before).then_some(*known)
    }
}
