//! The server on the loopback address, behind the gate.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post, put};
use axum::{Router, middleware};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::calls::call;
use crate::commands::Commands;
use crate::downloads::{exports, files};
use crate::events::{Source, events};
use crate::gate::{Gate, guard, own_page};
use crate::pages::{Pages, page};
use crate::token::Token;
use crate::uploads::upload;

/// The maximum body of a command, in bytes. A record that is copied to the clipboard may be as large as the
/// largest response of Codat.
const MAX_CALL_BYTES: usize = 64 << 20;

/// The port is not available.
#[derive(Debug, thiserror::Error)]
#[error("We can’t use port {port} on this machine: {source}. Choose another with --port, or 0 for any.")]
pub struct BindError {
    port: u16,
    source: std::io::Error,
}

/// A bound server that does not answer yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    gate: Gate,
}

impl Server {
    /// Binds a port of the loopback address; 0 means any free port.
    ///
    /// # Errors
    /// If the port is taken or not allowed.
    pub async fn bind(port: u16, token: Token) -> Result<Self, BindError> {
        let failed = |source| BindError { port, source };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        Ok(Self { listener, gate: Gate::new(token, port) })
    }

    /// The address to open, with the token.
    pub fn address(&self) -> String {
        self.gate.address()
    }

    /// Serves until `shutdown` is cancelled, then ends the event streams and waits for running commands.
    ///
    /// # Errors
    /// If the socket fails.
    pub async fn serve(
        self,
        commands: Arc<dyn Commands>,
        pages: Pages,
        shutdown: CancellationToken,
    ) -> std::io::Result<()> {
        let source = Source { commands: commands.clone(), shutdown: shutdown.clone() };
        let router = Router::new()
            .route("/call/{name}", post(call).with_state(commands.clone()))
            .layer(DefaultBodyLimit::max(MAX_CALL_BYTES))
            .route("/files", get(files).with_state(commands.clone()))
            .route("/exports/{id}", get(exports).with_state(commands.clone()))
            .route("/files/{transfer}", put(upload).with_state(commands))
            .route("/events", get(events).with_state(source))
            .route_layer(middleware::from_fn(own_page))
            .fallback(get(page).with_state(pages))
            .layer(middleware::from_fn_with_state(self.gate, guard));
        axum::serve(self.listener, router).with_graceful_shutdown(shutdown.cancelled_owned()).await
    }
}
