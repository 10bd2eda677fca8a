//! Keys of the table `kept` whose values are the user's choice, and therefore local data. The other keys are the
//! engine's state.

/// Whether idle connections are kept alive.
pub const KEEP_ALIVE: &str = "keepAlive";
/// Whether background work is paused.
pub const PAUSED: &str = "paused";
/// Whether schedules run on this computer.
pub const SCHEDULES_HERE: &str = "schedulesHere";

/// Which alerts notify, and when.
pub const ALERT_RULES: &str = "alertRules";
/// The saved views of the list of companies.
pub const VIEWS: &str = "views";

/// The rows with these keys, as an SQL condition.
pub(crate) const LOCAL_KEYS_CONDITION: &str =
    "key IN ('alertRules', 'keepAlive', 'paused', 'schedulesHere', 'views')";
