//! What the engine may send to Codat: the safe mode of the workspace, and the user's pause.

use domain::SafeMode;

/// What the engine may send to Codat. Forbidden work is held and continues once it is permitted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Policy {
    /// The safe mode of the workspace.
    pub safe_mode: SafeMode,
    /// Whether the user paused background work.
    pub paused: bool,
}

impl Policy {
    /// Whether a request that requires this mode is permitted.
    pub(crate) fn allows(self, needs: SafeMode) -> bool {
        needs <= self.safe_mode
    }
}
