//! What a sandbox is started with, and why it may not start.

use std::{path::PathBuf, sync::Arc};

use jiff::Timestamp;

use crate::{clock::TimeScale, limits::Limits};

/// Where the time comes from.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What a sandbox is started with.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// A key that is accepted, whatever keys the file has.
    pub api_key: String,
    /// How many companies a new world begins with: the designed ones first, then generated ones. None: the
    /// designed ones.
    pub companies: Option<u32>,
    /// Another seed gives a new world other identifiers, names and times.
    pub seed: u64,
    /// The SQLite file that keeps the state; made where it is missing. None: memory only. The world of a
    /// file stays as it was made: `companies` and `seed` count for a new one.
    pub db: Option<PathBuf>,
    /// The instant from which the sandbox's clock runs. None: the real time. A file whose clock is ahead of
    /// it stays there: time never goes backwards.
    pub now: Option<Timestamp>,
    /// How fast the sandbox's clock runs.
    pub time_scale: TimeScale,
    /// What the client pays for.
    pub plan: Plan,
    /// Which rate limits are enforced.
    pub limits: Limits,
    /// Whether webhooks are delivered beyond this computer, too.
    pub webhooks_anywhere: bool,
}

/// What a client pays for (§2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Nothing: at most 50 companies, and no hourly schedules.
    Free,
    /// Everything.
    Paid,
}

impl Default for Options {
    /// A world of its own in memory, at real time, on port 8787, with the key `sandbox` and no rate limits.
    fn default() -> Self {
        Self {
            port: 8787,
            api_key: "sandbox".to_owned(),
            companies: None,
            seed: 1,
            db: None,
            now: None,
            time_scale: TimeScale::REAL,
            plan: Plan::Paid,
            limits: Limits::OFF,
            webhooks_anywhere: false,
        }
    }
}

/// Why a sandbox does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken, or not allowed.
    #[error("cannot listen on 127.0.0.1:{port}: {source}")]
    Port {
        /// As asked for.
        port: u16,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file cannot be made or opened.
    #[error("cannot open {path}: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Another sandbox has the file open.
    #[error("{0} is in use by another sandbox")]
    InUse(PathBuf),
    /// A newer version of the sandbox made the file.
    #[error("{0} was made by a newer version of the sandbox")]
    Newer(PathBuf),
    /// The file is not one of the sandbox's, or is damaged.
    #[error("{path} is not a file of the sandbox, or is damaged: {reason}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}
