//! A running sandbox: the endpoint behind a TCP host on loopback.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    endpoint::Endpoint,
    host,
    options::{Clock, Options, StartError},
};

/// How long answers that are under way may take when the sandbox stops.
const FAREWELL: Duration = Duration::from_secs(2);

/// Between two looks at which webhooks are due.
const BETWEEN: Duration = Duration::from_millis(250);

/// A running sandbox. Dropping it stops it, without waiting.
pub struct Sandbox {
    endpoint: Endpoint,
    address: SocketAddr,
    api_key: String,
    stopping: CancellationToken,
    tasks: TaskTracker,
}

impl Sandbox {
    /// Starts a sandbox on 127.0.0.1.
    ///
    /// # Errors
    /// When the port cannot be had or the file cannot be used.
    pub async fn start(mut options: Options, clock: Clock) -> Result<Self, StartError> {
        let port = options.port;
        let failed = |source| StartError::Port { port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        options.port = address.port();
        let endpoint = Endpoint::in_process(&options, clock).await?;
        let (stopping, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(host::serve(listener, endpoint.clone(), stopping.clone(), tasks.clone()));
        tasks.spawn(deliver(endpoint.clone(), stopping.clone()));
        Ok(Self { endpoint, address, api_key: options.api_key, stopping, tasks })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address as a client's base, such as `http://127.0.0.1:8787`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A key that it accepts.
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// The Link URL for customers who are no company yet.
    pub fn invite_url(&self) -> String {
        format!("{}/invite", self.base_url())
    }

    /// The same sandbox without TCP.
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint.clone()
    }

    /// Stops it: answers that are under way go out if they do within two seconds, and the file is closed.
    pub async fn stop(&self) {
        self.stopping.cancel();
        self.tasks.close();
        if tokio::time::timeout(FAREWELL, self.tasks.wait()).await.is_err() {
            tracing::info!("the sandbox stops with answers still under way");
        }
        self.endpoint.close().await;
    }
}

/// Delivers webhooks until `stopping`.
async fn deliver(endpoint: Endpoint, stopping: CancellationToken) {
    loop {
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(BETWEEN) => endpoint.deliver().await,
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}
