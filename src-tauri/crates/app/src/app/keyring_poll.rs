//! Polls for a missing API key or keyring, because the user may unlock or start the keyring long after the app.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::App;
use crate::{
    open_workspace::OpenWorkspace,
    secrets::KeyringError,
    wire::{Event, KeyState},
    workspace_opener::{keyring_error, require_key, show_error_in_tray},
};

/// The interval while something is missing.
const INTERVAL: Duration = Duration::from_secs(10);

/// Steps that run only once.
#[derive(Default)]
struct Done {
    /// Whether the keyring was probed.
    is_probed: bool,
    /// Whether the unlock prompt was shown. It is shown once; later prompts need a user's action.
    is_prompted: bool,
}

/// Polls until the application ends.
pub(super) async fn run(app: Weak<App>, shutdown: CancellationToken) {
    let (mut done, unlocked) = (Done::default(), Arc::new(Notify::new()));
    loop {
        let Some(app) = app.upgrade() else { return };
        poll(&app, &mut done, &unlocked, &shutdown).await;
        drop(app);
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = unlocked.notified() => {}
            () = tokio::time::sleep(INTERVAL) => {}
        }
    }
}

async fn poll(app: &App, done: &mut Done, unlocked: &Arc<Notify>, shutdown: &CancellationToken) {
    if !done.is_probed || !app.has_keyring() {
        let Some(is_available) = shutdown.run_until_cancelled(app.secrets.available()).await else {
            return;
        };
        app.set_has_keyring(is_available);
        done.is_probed = true;
    }
    for workspace in app.all_open_workspaces().await {
        if workspace.key_state() == KeyState::Missing {
            poll_key(app, &workspace, done, unlocked, shutdown).await;
        }
    }
}

/// Looks for the key of one workspace, and opens the workspace again when the key is there.
async fn poll_key(
    app: &App,
    open_workspace: &OpenWorkspace,
    done: &mut Done,
    unlocked: &Arc<Notify>,
    shutdown: &CancellationToken,
) {
    let workspace = open_workspace.id().to_owned();
    let Some(key) = shutdown.run_until_cancelled(app.secrets.key(&workspace)).await else { return };
    if matches!(key, Ok(_) | Err(KeyringError::Locked)) {
        app.set_has_keyring(true);
    }
    if matches!(key, Err(KeyringError::Locked)) && !core::mem::replace(&mut done.is_prompted, true) {
        let (secrets, workspace, unlocked) = (app.secrets.clone(), workspace.clone(), unlocked.clone());
        tokio::spawn(async move {
            match secrets.unlock(&workspace).await {
                Ok(()) => unlocked.notify_one(),
                Err(error) => tracing::info!(%error, "the keyring was not unlocked"),
            }
        });
    }
    match key.map_err(|error| keyring_error(&error)).and_then(require_key) {
        Ok(_) => {
            if let Err(error) = app.reopen_with_key(&workspace).await {
                tracing::warn!(%error, "a workspace whose key came could not be opened");
            }
        }
        Err(reason) => {
            if open_workspace.set_key_error(reason.clone()) {
                show_error_in_tray(open_workspace, &reason);
                app.emit(Event::Session);
            }
        }
    }
}
