//! What stands behind the page.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::StatusCode;
use futures_util::future::{self, BoxFuture};
use futures_util::stream::BoxStream;
use serde_json::{Value, value::RawValue};

/// The application, as a page needs it: calls by name, and small events.
pub trait Commands: Send + Sync + 'static {
    /// Carries out one command, in the workspace that it was made for, where that is known.
    ///
    /// # Errors
    ///
    /// The application's own refusal or failure, ready for the wire.
    fn call(
        self: Arc<Self>,
        workspace: Option<String>,
        name: String,
        args: Value,
    ) -> BoxFuture<'static, Result<Box<RawValue>, Refusal>>;

    /// The events from now on, each as JSON text.
    ///
    /// The stream ends when the listener was too slow and missed some: the page connects again
    /// and asks anew for what it shows.
    fn events(&self) -> BoxStream<'static, String>;

    /// A page listens no longer: it was closed, or lost its connection. Whoever comes back says again what it shows.
    fn left(self: Arc<Self>) -> BoxFuture<'static, ()> {
        Box::pin(future::ready(()))
    }

    /// The files that were uploaded for a company of this workspace (without one, of the shown workspace), those of one day (UTC, `2026-10-31`) or all, as one
    /// archive that has only begun to come.
    ///
    /// # Errors
    ///
    /// The application's own refusal or failure, ready for the wire.
    fn download(
        self: Arc<Self>,
        workspace: Option<String>,
        company: String,
        date: Option<String>,
    ) -> BoxFuture<'static, Result<Archive, Refusal>>;

    /// A file that was made for the page to save: its name, and itself. It can be had once.
    ///
    /// # Errors
    ///
    /// The application's own refusal or failure, ready for the wire.
    fn exported(self: Arc<Self>, id: String) -> BoxFuture<'static, Result<(String, Archive), Refusal>>;

    /// Takes a file that the page said it would send, piece by piece.
    ///
    /// # Errors
    ///
    /// The application's own refusal or failure, ready for the wire.
    fn upload(
        self: Arc<Self>,
        transfer: u64,
        pieces: BoxStream<'static, std::io::Result<Bytes>>,
    ) -> BoxFuture<'static, Result<(), Refusal>>;
}

/// A file on its way.
pub struct Archive {
    /// How many bytes it has, where that is known.
    pub bytes: Option<u64>,
    /// Its pieces; an error where it breaks off.
    pub pieces: BoxStream<'static, std::io::Result<Bytes>>,
}

/// A command that did not do what was asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The HTTP status, 4xx or 5xx.
    pub status: StatusCode,
    /// `{code, message, detail}`.
    pub body: Value,
}
