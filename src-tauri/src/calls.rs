//! The Tauri command that runs all commands of the application.

use std::sync::Arc;

use app::{App, Code, WireError};
use serde_json::{Value, value::RawValue};
use tauri::State;
use tokio::sync::watch;

/// The application after its start, or why it could not start.
pub(crate) type Starting = watch::Receiver<Option<Result<Arc<App>, WireError>>>;

/// Runs a command in the workspace that the window shows. Waits until the application has started.
#[tauri::command]
pub(crate) async fn call(
    starting: State<'_, Starting>,
    workspace: Option<String>,
    name: String,
    args: Value,
) -> Result<Box<RawValue>, WireError> {
    let app = started(starting.inner().clone()).await?;
    app.execute_in_workspace(workspace.as_deref(), &name, args).await
}

/// Waits until the application has started.
pub(crate) async fn started(mut starting: Starting) -> Result<Arc<App>, WireError> {
    let known = starting.wait_for(Option::is_some).await;
    let known = known.ok().and_then(|value| value.clone());
    known.unwrap_or_else(|| Err(WireError::new(Code::Internal, "The app is quitting.")))
}
