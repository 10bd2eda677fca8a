//! The one command that the window calls: all others go through it to the application.

use std::sync::Arc;

use app::{App, Code, WireError};
use serde_json::{Value, value::RawValue};
use tauri::State;
use tokio::sync::watch;

/// The application, once it has started, or why it could not.
pub(crate) type Starting = watch::Receiver<Option<Result<Arc<App>, WireError>>>;

/// Calls a command of the application, in the workspace that the window shows. Before it has started, the call waits for it.
#[tauri::command]
pub(crate) async fn call(
    starting: State<'_, Starting>,
    workspace: Option<String>,
    name: String,
    args: Value,
) -> Result<Box<RawValue>, WireError> {
    let app = started(starting.inner().clone()).await?;
    app.answer_in(workspace.as_deref(), &name, args).await
}

/// The application, waited for.
pub(crate) async fn started(mut starting: Starting) -> Result<Arc<App>, WireError> {
    let known = starting.wait_for(Option::is_some).await;
    let known = known.ok().and_then(|value| value.clone());
    known.unwrap_or_else(|| Err(WireError::new(Code::Internal, "The app is ending.")))
}
