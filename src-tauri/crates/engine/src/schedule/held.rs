//! Why something that is due does not begin, or began late, in a word that is kept and told.

/// Why something that is due does not begin, or began late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Held {
    /// The computer slept, or the app did not run.
    Asleep,
    /// The server cannot be reached.
    Offline,
    /// The server is in trouble.
    Failing,
    /// The key is refused.
    Refused,
    /// The person paused background work.
    Paused,
    /// The workspace's safe mode forbids reads.
    SafeMode,
    /// The share of the day's requests is used up.
    Quota,
    /// A blackout.
    Blackout,
    /// Its last run has not ended.
    StillRunning,
    /// What others read meanwhile is being looked at.
    Looking,
    /// The clock had been far ahead.
    ClockSetBack,
    /// The zone of its times is not known here.
    NoZone,
}

impl Held {
    /// As it is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asleep => "asleep",
            Self::Offline => "offline",
            Self::Failing => "failing",
            Self::Refused => "refused",
            Self::Paused => "paused",
            Self::SafeMode => "safeMode",
            Self::Quota => "quota",
            Self::Blackout => "blackout",
            Self::StillRunning => "stillRunning",
            Self::Looking => "looking",
            Self::ClockSetBack => "clockSetBack",
            Self::NoZone => "noZone",
        }
    }
}
