//! A running sandbox: the endpoint behind a TCP server on loopback.

use std::{net::SocketAddr, time::Duration};

use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    endpoint::Endpoint,
    http_server,
    options::{Clock, Options, StartError},
};

/// The time that pending responses get when the sandbox stops.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

/// The interval between checks for due webhooks.
const WEBHOOK_INTERVAL: Duration = Duration::from_millis(250);

/// A running sandbox. Dropping it stops it without waiting.
pub struct Sandbox {
    endpoint: Endpoint,
    address: SocketAddr,
    api_key: String,
    stopping: CancellationToken,
    tasks: TaskTracker,
}

impl Sandbox {
    /// Starts a sandbox.
    ///
    /// # Errors
    /// If the port or the file cannot be used.
    pub async fn start(mut options: Options, clock: Clock) -> Result<Self, StartError> {
        let requested = SocketAddr::new(options.listen, options.port);
        let failed = |source| StartError::Port { address: requested, source };
        let listener = TcpListener::bind(requested).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        options.port = address.port();
        let endpoint = Endpoint::in_process(&options, clock).await?;
        let (stopping, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(http_server::serve(listener, endpoint.clone(), stopping.clone(), tasks.clone()));
        tasks.spawn(deliver(endpoint.clone(), stopping.clone()));
        Ok(Self { endpoint, address, api_key: options.api_key, stopping, tasks })
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL, such as `http://127.0.0.1:8787`.
    pub fn base_url(&self) -> String {
        self.endpoint.base_url()
    }

    /// An accepted API key.
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// The Link URL for customers without a company.
    pub fn invite_url(&self) -> String {
        format!("{}/invite", self.base_url())
    }

    /// The endpoint without TCP.
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint.clone()
    }

    /// Waits up to two seconds for pending responses, then closes the database.
    pub async fn stop(&self) {
        self.stopping.cancel();
        self.tasks.close();
        if tokio::time::timeout(SHUTDOWN_TIMEOUT, self.tasks.wait()).await.is_err() {
            tracing::info!("the sandbox stops with answers still under way");
        }
        self.endpoint.close().await;
    }
}

/// Sends webhooks until `stopping` is cancelled.
async fn deliver(endpoint: Endpoint, stopping: CancellationToken) {
    loop {
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(WEBHOOK_INTERVAL) => endpoint.deliver().await,
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}
