//! What the status bar says: the state of things as one value.

use jiff::Timestamp;

/// In one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HealthState {
    /// No sweep was complete yet.
    Starting,
    /// The last sweep is as old as it should be at most.
    Current,
    /// A sweep runs.
    Sweeping,
    /// The server cannot be reached.
    Offline,
    /// The key is refused.
    Refused,
    /// The server asked for quiet, or the share of the day is used up.
    Limited,
    /// The person paused background work.
    Paused,
    /// The server answers with errors.
    Failing,
    /// What the server says cannot be kept: the disk is full, or fails.
    NotSaved,
}

/// What holds background work back, apart from the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// The server asked for quiet for a moment.
    Quiet,
    /// The day's allowance is used up, whoever spent it.
    Day,
    /// Background work has spent its share of the day.
    Share,
}

/// The state of things.
#[derive(Debug, Clone, PartialEq)]
pub struct Health {
    /// In one word.
    pub state: HealthState,
    /// When the last complete sweep ended.
    pub last_sweep: Option<Timestamp>,
    /// When the next begins.
    pub next_sweep: Option<Timestamp>,
    /// Since when the server cannot be reached.
    pub offline_since: Option<Timestamp>,
    /// When it is tried again.
    pub retry_at: Option<Timestamp>,
    /// Until when Codat asked to be left alone, a day at most; background work may ask again before.
    pub asked_until: Option<Timestamp>,
    /// What holds background work back until then, where the state is [`Limited`](HealthState::Limited).
    pub hold: Option<Hold>,
    /// A person's acts have come to their stop for the day: they go on only if the person says so.
    pub asks: bool,
    /// Reads under way that were asked for here.
    pub reads_running: u32,
    /// Requests a day.
    pub quota_limit: Option<u64>,
    /// What is left of them, whoever spent the rest.
    pub quota_remaining: Option<u64>,
    /// What is spent of them, whoever spent it.
    pub spent_today: u64,
    /// What this app spent of them.
    pub used_today: u64,
    /// What is left today of the share that a person may take without being asked.
    pub left_for_person: u64,
    /// What the server or the database said, where it is in the way.
    pub message: Option<String>,
    /// Companies that the server tells of in a way that cannot be read: what is shown of them is older.
    pub unreadable: u32,
    /// Whether a whole sweep was ever complete in this workspace.
    pub first_sweep_done: bool,
    /// Companies that the running sweep has seen.
    pub sweep_done: Option<u64>,
    /// Companies there are, by the server's count.
    pub sweep_total: Option<u64>,
}
