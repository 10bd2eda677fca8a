//! What stands behind the page.

use std::sync::Arc;

use axum::http::StatusCode;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use serde_json::Value;

/// The application, as a page needs it: calls by name, and small events.
pub trait Commands: Send + Sync + 'static {
    /// Carries out one command.
    ///
    /// # Errors
    ///
    /// The application's own refusal or failure, ready for the wire.
    fn call(self: Arc<Self>, name: String, args: Value) -> BoxFuture<'static, Result<Value, Refusal>>;

    /// The events from now on, each as JSON text.
    ///
    /// The stream ends when the listener was too slow and missed some: the page connects again
    /// and asks anew for what it shows.
    fn events(&self) -> BoxStream<'static, String>;
}

/// A command that did not do what was asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The HTTP status, 4xx or 5xx.
    pub status: StatusCode,
    /// `{code, message, detail}`.
    pub body: Value,
}
