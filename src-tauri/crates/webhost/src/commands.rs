//! The interface between the server and the application.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::StatusCode;
use futures_util::future::{self, BoxFuture};
use futures_util::stream::BoxStream;
use serde_json::{Value, value::RawValue};

/// The application as pages need it.
pub trait Commands: Send + Sync + 'static {
    /// Runs a command in the workspace that it was made for, if that is known.
    ///
    /// # Errors
    /// The error of the application, ready to send.
    fn call(
        self: Arc<Self>,
        workspace: Option<String>,
        name: String,
        args: Value,
    ) -> BoxFuture<'static, Result<Box<RawValue>, Refusal>>;

    /// The events from now on as JSON.
    ///
    /// The stream ends if the listener missed events. The page then reconnects and loads everything again.
    fn events(&self) -> BoxStream<'static, String>;

    /// Handles a page that was closed or lost its connection. A page that reconnects reports again what it
    /// shows.
    fn page_closed(self: Arc<Self>) -> BoxFuture<'static, ()> {
        Box::pin(future::ready(()))
    }

    /// Starts to download the uploaded files of a company, of one day (UTC, `2026-10-31`) or all, as an
    /// archive. Without a workspace it is the shown one.
    ///
    /// # Errors
    /// The error of the application, ready to send.
    fn download(
        self: Arc<Self>,
        workspace: Option<String>,
        company: String,
        date: Option<String>,
    ) -> BoxFuture<'static, Result<Archive, Refusal>>;

    /// Takes an exported file: its name and its content. It works once.
    ///
    /// # Errors
    /// The error of the application, ready to send.
    fn exported(self: Arc<Self>, id: String) -> BoxFuture<'static, Result<(String, Archive), Refusal>>;

    /// Receives an announced file.
    ///
    /// # Errors
    /// The error of the application, ready to send.
    fn upload(
        self: Arc<Self>,
        transfer: u64,
        pieces: BoxStream<'static, std::io::Result<Bytes>>,
    ) -> BoxFuture<'static, Result<(), Refusal>>;
}

/// A file that is being sent.
pub struct Archive {
    /// The size, if known.
    pub bytes: Option<u64>,
    /// The content. An error means that it is incomplete.
    pub pieces: BoxStream<'static, std::io::Result<Bytes>>,
}

/// A failed command.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The HTTP status, 4xx or 5xx.
    pub status: StatusCode,
    /// `{code, message, detail}`.
    pub body: Value,
}
