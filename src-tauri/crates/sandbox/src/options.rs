//! Start options and start errors.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

use jiff::Timestamp;

use crate::{clock::TimeScale, limits::Limits};

/// Returns the current time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Start options.
#[derive(Debug, Clone)]
pub struct Options {
    /// The address to listen on. Others than this computer's own let other computers connect.
    pub listen: IpAddr,
    /// The port. 0: any free port.
    pub port: u16,
    /// Names under which clients reach the sandbox besides 127.0.0.1 and localhost, such as `sandbox` in a network of
    /// containers, or `localhost:9000` for a port that is mapped to its own. The first one is in Link URLs.
    pub host_names: Vec<String>,
    /// A key that is always accepted.
    pub api_key: String,
    /// The number of companies of a new world: the designed ones first, then generated ones. None: the
    /// designed ones.
    pub companies: Option<u32>,
    /// The seed of a new world. It determines IDs, names and times.
    pub seed: u64,
    /// The SQLite file, created if it does not exist. None: in memory. An existing file ignores `companies`
    /// and `seed`.
    pub db: Option<PathBuf>,
    /// The start time of the sandbox's clock. None: real time. A file with a later time keeps it, because
    /// time never goes backwards.
    pub now: Option<Timestamp>,
    /// The speed of the sandbox's clock.
    pub time_scale: TimeScale,
    /// The client's plan.
    pub plan: Plan,
    /// The enforced rate limits.
    pub limits: Limits,
    /// Whether webhooks may be sent to other hosts.
    pub webhooks_anywhere: bool,
}

/// The plan of the client (§2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// At most 50 companies and no hourly schedules.
    Free,
    /// No restrictions.
    Paid,
}

impl Default for Options {
    /// A world in memory, in real time, on port 8787, with the key `sandbox` and without rate limits.
    fn default() -> Self {
        Self {
            listen: Ipv4Addr::LOCALHOST.into(),
            port: 8787,
            host_names: Vec::new(),
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

/// Why a sandbox cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is in use or not permitted.
    #[error("can’t listen on {address}: {source}")]
    Port {
        /// The requested address.
        address: SocketAddr,
        /// The error of the system.
        source: std::io::Error,
    },
    /// The file cannot be created or opened.
    #[error("can’t open {path}: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// The reason.
        reason: String,
    },
    /// Another sandbox has opened the file.
    #[error("another sandbox is using {0}")]
    InUse(PathBuf),
    /// A newer version of the sandbox wrote the file.
    #[error("a newer version of the sandbox created {0}")]
    Newer(PathBuf),
    /// The file is not a sandbox database, or is damaged.
    #[error("{path} isn’t a sandbox file, or is damaged: {reason}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The reason.
        reason: String,
    },
}
