//! The daily backup of the list of workspaces.

use std::sync::Weak;

use tokio_util::sync::CancellationToken;

use super::App;
use crate::{backups::CHECK_INTERVAL, clock, error::WireError, wire::Event};

/// Backs up the list of workspaces every day, until the app ends.
pub(super) async fn run(app: Weak<App>, ending: CancellationToken) {
    while let Some(app) = app.upgrade() {
        let result = app.registry.back_up_daily(clock::now()).await;
        if app.registry_backup_failure.set(result.err().map(WireError::from)) {
            app.emit(Event::Session);
        }
        drop(app);
        if ending.run_until_cancelled(tokio::time::sleep(CHECK_INTERVAL)).await.is_none() {
            return;
        }
    }
}
