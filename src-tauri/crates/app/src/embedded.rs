//! The sandbox inside the app: a real HTTP server on loopback, which keeps its state, its port and its key.

use std::{ops::RangeInclusive, sync::Arc, time::Duration};

use codat::ApiKey;
use sandbox::{Limits, Options, Sandbox, StartError};
use serde::{Deserialize, Serialize};

use crate::{
    clock,
    folders::{Folders, write_private},
};

/// Ports for a first start: below those that systems give to whoever calls out, any of which may be taken at
/// the next start.
const PORTS: RangeInclusive<u16> = 20_000..=29_999;
/// How often the port of last time is tried, and how long between.
const TRIES: u32 = 4;
const BETWEEN: Duration = Duration::from_millis(100);

/// Where the sandbox is and how it is spoken to; also for engineers, who find it in the data folder.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Address {
    /// `http://127.0.0.1:PORT`.
    pub(crate) address: String,
    /// The key it accepts.
    pub(crate) key: String,
}

/// Starts the sandbox where it was last time. If that port is taken meanwhile, it moves: its Link URLs follow.
///
/// # Errors
/// When its state cannot be read or no port is free.
pub(crate) async fn start(
    folders: &Folders,
    wanted: &crate::Options,
) -> Result<(Sandbox, Address), StartError> {
    let known = std::fs::read_to_string(folders.sandbox_address())
        .ok()
        .and_then(|text| serde_json::from_str::<Address>(&text).ok());
    // A key that is none would keep the app out of its own sandbox.
    let key = known.as_ref().map(|known| known.key.clone()).filter(|key| ApiKey::new(key).is_ok());
    let key = key.unwrap_or_else(new_key);
    let port = known.and_then(|known| known.address.rsplit(':').next().and_then(|port| port.parse().ok()));
    let options = |port| Options {
        port,
        api_key: key.clone(),
        companies: wanted.sandbox_companies,
        limits: wanted.sandbox_limits.unwrap_or(Limits::REAL),
        seed: 1,
        db: Some(folders.sandbox()),
        ..Options::default()
    };
    let sandbox = match patiently(|| options(port.unwrap_or_else(new_port))).await {
        Err(StartError::Port { .. }) => Sandbox::start(options(0), Arc::new(clock::now)).await?,
        other => other?,
    };
    let address = Address { address: sandbox.base_url(), key };
    if let Ok(text) = serde_json::to_string_pretty(&address)
        && let Err(error) = write_private(&folders.sandbox_address(), &text)
    {
        tracing::warn!(%error, "the sandbox's address could not be kept");
    }
    Ok((sandbox, address))
}

/// A port that was just ours may take a moment to be free again; a new one is another each time.
async fn patiently(options: impl Fn() -> Options) -> Result<Sandbox, StartError> {
    for _ in 0..TRIES {
        match Sandbox::start(options(), Arc::new(clock::now)).await {
            Err(StartError::Port { .. }) => tokio::time::sleep(BETWEEN).await,
            other => return other,
        }
    }
    Sandbox::start(options(), Arc::new(clock::now)).await
}

fn new_port() -> u16 {
    let drawn = u16::try_from(uuid::Uuid::new_v4().as_u128() % PORTS.len() as u128).unwrap_or_default();
    PORTS.start() + drawn
}

fn new_key() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}
