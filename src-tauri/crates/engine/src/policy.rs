//! What the app may do at Codat: the workspace's safe mode, and whether a person paused background work.

/// What may be sent to Codat. Each mode includes those before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SafeMode {
    /// Reads alone.
    View,
    /// Also what creates, changes or refreshes.
    Operate,
    /// Also what deletes, unlinks, or changes which data Codat reads.
    #[default]
    Administer,
}

/// What the app may do at Codat. What it forbids is held, and goes on once it is allowed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Policy {
    /// The least that a request may need.
    pub safe_mode: SafeMode,
    /// Background work is paused by a person.
    pub paused: bool,
}

impl Policy {
    /// Whether a request that needs this mode may go.
    pub(crate) fn allows(self, needs: SafeMode) -> bool {
        needs <= self.safe_mode
    }
}
