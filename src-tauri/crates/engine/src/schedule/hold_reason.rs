//! Why a due run does not start, or started late.

/// Why a due run does not start, or started late. It is stored and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HoldReason {
    /// The computer slept, or the app was not running.
    Asleep,
    /// The server cannot be reached.
    Offline,
    /// The server has problems.
    Failing,
    /// The API key is rejected.
    KeyRejected,
    /// The user paused background work.
    Paused,
    /// The workspace's safe mode forbids reads.
    SafeMode,
    /// The share of the daily quota is spent.
    Quota,
    /// A blackout.
    Blackout,
    /// Its last run has not ended.
    StillRunning,
    /// The reads by others are being checked.
    CheckingReads,
    /// The clock was far ahead.
    ClockSetBack,
    /// This computer does not know the time zone.
    NoZone,
}

impl HoldReason {
    /// The name in the store and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asleep => "asleep",
            Self::Offline => "offline",
            Self::Failing => "failing",
            Self::KeyRejected => "refused",
            Self::Paused => "paused",
            Self::SafeMode => "safeMode",
            Self::Quota => "quota",
            Self::Blackout => "blackout",
            Self::StillRunning => "stillRunning",
            Self::CheckingReads => "looking",
            Self::ClockSetBack => "clockSetBack",
            Self::NoZone => "noZone",
        }
    }
}
