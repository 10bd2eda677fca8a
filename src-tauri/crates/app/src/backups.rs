//! Daily backups: of an open workspace's local data, and of the list of workspaces. Each follows a check of the database.

use std::{
    sync::{Arc, Mutex, Weak},
    time::Duration,
};

use domain::Severity;
use store::{Store, StoreError};

use crate::{
    clock,
    damage::Damage,
    error::{Code, WireError},
    presenter::{Presenter as _, WorkspacePresenter},
    sync,
    wire::{Event, Notice},
};

/// The wait between opening a database and its check, so that the window's first queries are not delayed.
const CHECK_DELAY: Duration = Duration::from_secs(5);
/// How often to check whether today's backup is due.
pub(crate) const CHECK_INTERVAL: Duration = Duration::from_secs(15 * 60);

/// What backups are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backups {
    /// The local data of a workspace.
    Workspace,
    /// The list of workspaces.
    Registry,
}

/// Why today's backup is missing. `None` if it is not.
#[derive(Debug, Clone)]
pub(crate) struct BackupFailure {
    backups: Backups,
    error: Arc<Mutex<Option<WireError>>>,
}

impl BackupFailure {
    pub(crate) fn new(backups: Backups) -> Self {
        Self { backups, error: Arc::default() }
    }

    /// Sets the error of the last attempt, or `None` if it succeeded. Logs it and returns true if it is not the one of
    /// the attempt before.
    pub(crate) fn set(&self, error: Option<WireError>) -> bool {
        let mut known = sync::lock(&self.error);
        if *known == error {
            return false;
        }
        if let Some(error) = &error {
            tracing::warn!(%error, backups = ?self.backups, "the daily backup was not written");
        }
        *known = error;
        true
    }

    /// The notice shown while today's backup is missing.
    pub(crate) fn notice(&self) -> Option<Notice> {
        let error = sync::lock(&self.error).clone()?;
        let (id, data) = match self.backups {
            Backups::Workspace => ("backup", "the notes, schedules and journal of this workspace"),
            Backups::Registry => ("registryBackup", "your list of workspaces"),
        };
        Some(Notice {
            id: id.to_owned(),
            tone: Severity::Warning,
            code: Code::BackupFailed,
            message: format!(
                "We couldn’t back up {data} today. {} We try again every 15 minutes.",
                error.message
            ),
            detail: error.detail,
        })
    }
}

/// Checks and backs up the database of an open workspace.
pub(crate) struct BackupTask {
    /// Weak, because closing the workspace needs the only reference.
    pub(crate) store: Weak<Store>,
    pub(crate) damage: Damage,
    pub(crate) failure: BackupFailure,
    pub(crate) presenter: Arc<WorkspacePresenter>,
}

impl BackupTask {
    /// Checks the database once, which finds damage in parts that nothing reads, and backs it up every day. Ends when
    /// the database is damaged: a backup of it could lack what the one before has.
    pub(crate) async fn run(self) {
        tokio::time::sleep(CHECK_DELAY).await;
        let mut is_checked = false;
        while let Some(store) = self.store.upgrade().filter(|_| self.damage.get().is_none()) {
            let result = check_and_back_up(&store, is_checked).await;
            drop(store);
            is_checked = true;
            match result {
                Ok(()) => self.set_failure(None),
                Err(error @ StoreError::Corrupt { .. }) => return self.note_damage(error),
                Err(error) => self.set_failure(Some(error.into())),
            }
            tokio::time::sleep(CHECK_INTERVAL).await;
        }
    }

    fn note_damage(&self, error: StoreError) {
        tracing::error!(%error, "the database was checked");
        if self.damage.set(error.into()).is_ok() {
            self.presenter.send_event(Event::Session);
        }
    }

    fn set_failure(&self, failure: Option<WireError>) {
        if self.failure.set(failure) {
            self.presenter.send_event(Event::Session);
        }
    }
}

async fn check_and_back_up(store: &Store, is_checked: bool) -> Result<(), StoreError> {
    let is_due = !store.is_backed_up(clock::now())?;
    if is_due || !is_checked {
        store.check().await?;
    }
    if is_due {
        store.back_up(clock::now()).await?;
    }
    Ok(())
}
