//! Polls for a missing API key or keyring, because the user may unlock or start the keyring long after the app.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    app::App,
    desk::Desk,
    opening::{found, no_key, say_in_tray},
    secrets::KeyringError,
    wire::{Event, KeyState},
};

/// The interval while something is missing.
const INTERVAL: Duration = Duration::from_secs(10);

/// Steps that run only once.
#[derive(Default)]
struct Done {
    /// Whether the keyring was probed.
    probed: bool,
    /// Whether the unlock prompt was shown. It is shown once; later prompts need a user's action.
    prompted: bool,
}

/// Polls until the application ends.
pub(crate) async fn run(app: Weak<App>, ending: CancellationToken) {
    let (mut done, unlocked) = (Done::default(), Arc::new(Notify::new()));
    loop {
        let Some(app) = app.upgrade() else { return };
        look(&app, &mut done, &unlocked, &ending).await;
        drop(app);
        tokio::select! {
            () = ending.cancelled() => return,
            () = unlocked.notified() => {}
            () = tokio::time::sleep(INTERVAL) => {}
        }
    }
}

async fn look(app: &App, done: &mut Done, unlocked: &Arc<Notify>, ending: &CancellationToken) {
    if !done.probed || !app.has_keyring() {
        let Some(there) = ending.run_until_cancelled(app.secrets().available()).await else { return };
        app.keyring_is(there);
        done.probed = true;
    }
    for desk in app.open_desks().await {
        if desk.key_state() == KeyState::Missing {
            look_for_key(app, &desk, done, unlocked, ending).await;
        }
    }
}

/// Looks for the key of one workspace, and opens the workspace again when the key is there.
async fn look_for_key(
    app: &App,
    desk: &Desk,
    done: &mut Done,
    unlocked: &Arc<Notify>,
    ending: &CancellationToken,
) {
    let workspace = desk.id().to_owned();
    let Some(key) = ending.run_until_cancelled(app.secrets().key(&workspace)).await else { return };
    if matches!(key, Ok(_) | Err(KeyringError::Locked)) {
        app.keyring_is(true);
    }
    if matches!(key, Err(KeyringError::Locked)) && !core::mem::replace(&mut done.prompted, true) {
        let (secrets, workspace, unlocked) = (app.secrets().clone(), workspace.clone(), unlocked.clone());
        tokio::spawn(async move {
            match secrets.unlock(&workspace).await {
                Ok(()) => unlocked.notify_one(),
                Err(error) => tracing::info!(%error, "the keyring was not unlocked"),
            }
        });
    }
    match key.map_err(|error| no_key(&error)).and_then(found) {
        Ok(_) => {
            if let Err(error) = app.reopen_with_key(&workspace).await {
                tracing::warn!(%error, "a workspace whose key came could not be opened");
            }
        }
        Err(reason) => {
            if desk.set_reason(reason.clone()) {
                say_in_tray(desk, &reason);
                app.announce(Event::Session);
            }
        }
    }
}
