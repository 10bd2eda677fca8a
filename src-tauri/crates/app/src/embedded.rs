//! The embedded sandbox: an HTTP server on the loopback address. Its data, port and key are saved.

use std::{ops::RangeInclusive, sync::Arc, time::Duration};

use codat::ApiKey;
use sandbox::{Limits, Options, Sandbox, StartError};
use serde::{Deserialize, Serialize};

use crate::{
    clock,
    folders::{Folders, write_private},
};

/// Ports for the first start. They are below the ephemeral range of the systems, so that no other program
/// takes the port by chance before the next start.
const PORTS: RangeInclusive<u16> = 20_000..=29_999;
/// How often the saved port is tried, and the delay in between.
const PORT_ATTEMPTS: u32 = 4;
const RETRY_DELAY: Duration = Duration::from_millis(100);

/// The address and the key of the sandbox. Saved in the data folder, also for developers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Address {
    /// `http://127.0.0.1:PORT`.
    pub(crate) address: String,
    pub(crate) key: String,
}

/// Starts the sandbox on the saved port. If the port is taken, another one is used, and Link URLs change with
/// it.
///
/// # Errors
/// If the data cannot be read or no port is free.
pub(crate) async fn start(
    folders: &Folders,
    app_options: &crate::Options,
) -> Result<(Sandbox, Address), StartError> {
    let saved = std::fs::read_to_string(folders.sandbox_address())
        .ok()
        .and_then(|text| serde_json::from_str::<Address>(&text).ok());
    // An invalid key in the file would lock the app out of its own sandbox.
    let key = saved.as_ref().map(|saved| saved.key.clone()).filter(|key| ApiKey::new(key).is_ok());
    let key = key.unwrap_or_else(new_key);
    let port = saved.and_then(|saved| saved.address.rsplit(':').next().and_then(|port| port.parse().ok()));
    let options = |port| Options {
        port,
        api_key: key.clone(),
        companies: app_options.sandbox_companies,
        limits: app_options.sandbox_limits.unwrap_or(Limits::REAL),
        seed: 1,
        db: Some(folders.sandbox()),
        ..Options::default()
    };
    let sandbox = match start_with_retries(|| options(port.unwrap_or_else(new_port))).await {
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

/// The saved port may still be in use for a moment after the last exit. Without a saved port, each attempt
/// uses another one.
async fn start_with_retries(options: impl Fn() -> Options) -> Result<Sandbox, StartError> {
    for _ in 0..PORT_ATTEMPTS {
        match Sandbox::start(options(), Arc::new(clock::now)).await {
            Err(StartError::Port { .. }) => tokio::time::sleep(RETRY_DELAY).await,
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
