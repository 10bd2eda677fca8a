//! Opening, showing, watching, changing, rebuilding and removing workspaces.

use std::{path::PathBuf, sync::Arc, time::Duration};

use codat::ApiKey;
use store::Store;

use super::{App, SANDBOX, admission::switched};
use crate::{
    desk::Desk,
    error::{Code, WireError},
    network,
    opening::{self, Opening},
    recovery,
    secrets::KeyringError,
    transport::Route,
    wire::{Event, HealthState, KeyState, Tone, Workspace},
};

/// How long a workspace that closes waits for acts in progress. Longer acts are cancelled and fail with an error.
const ACTS_DEADLINE: Duration = Duration::from_secs(10);

impl App {
    /// The invite URL: the sandbox provides one, and users paste the one of a Codat workspace.
    pub(crate) fn invite_url(&self, record: &store::Workspace) -> Option<String> {
        match &self.sandbox {
            Ok((sandbox, _)) if record.id == SANDBOX => Some(sandbox.invite_url()),
            _ => record.invite_url.clone(),
        }
    }

    pub(crate) async fn record(&self, id: &str) -> Result<store::Workspace, WireError> {
        let records = self.registry.workspaces().await?;
        let found = records.into_iter().find(|record| record.id == id);
        found.ok_or_else(|| WireError::new(Code::NotFound, "This workspace is no longer there."))
    }

    /// A workspace as the interface shows it.
    pub(crate) async fn workspace_by_id(&self, id: &str) -> Result<Workspace, WireError> {
        let open = self.find_open(id).await;
        Ok(self.workspace(&self.record(id).await?, open.as_deref()))
    }

    /// Changes a workspace record and applies it if the workspace is open. Concurrent changes run one after the
    /// other, so that none overwrites another.
    pub(crate) async fn change_record(
        &self,
        id: &str,
        change: impl FnOnce(&mut store::Workspace) + Send,
    ) -> Result<(), WireError> {
        let changing = self.changing.lock().await;
        let mut workspace = self.record(id).await?;
        change(&mut workspace);
        self.registry.put_workspace(&workspace).await?;
        if let Some(desk) = self.find_open(id).await {
            desk.set_workspace(workspace);
            desk.tell_policy().await;
            desk.tell_keep_alive().await;
        }
        drop(changing);
        self.announce(Event::Session);
        Ok(())
    }

    /// Uses a new API key; an open workspace that had none is opened again.
    pub(crate) async fn key_replaced(
        &self,
        record: &store::Workspace,
        key: ApiKey,
        state: KeyState,
    ) -> Result<(), WireError> {
        let route = self.route(&record.base_url).await;
        if let Some(desk) = self.find_open(&record.id).await
            && desk.replace_key(&opening::codat_line(record, Ok((key, state)), route))
        {
            self.announce(Event::Session);
            return Ok(());
        }
        self.reopen_with_key(&record.id).await
    }

    /// How requests to this address leave, by the network settings.
    pub(crate) async fn route(&self, base: &str) -> Result<Route, WireError> {
        network::route(&self.registry, &self.secrets, base).await
    }

    /// Applies the network settings to the open workspaces: each has a new client at once. One that could not run
    /// with the settings before is opened again.
    pub(crate) async fn apply_network(&self) -> Result<(), WireError> {
        let _switching = self.switching.lock().await;
        for desk in self.open_desks().await {
            let record = desk.workspace();
            if record.id == SANDBOX {
                continue;
            }
            if desk.replace_key(&self.opening().to_codat(&record).await) {
                continue;
            }
            drop(desk);
            self.reopen(record, async |_| Ok(())).await?;
        }
        self.announce(Event::Session);
        Ok(())
    }

    /// Opens the workspace again if it is open and had no key.
    pub(crate) async fn reopen_with_key(&self, id: &str) -> Result<(), WireError> {
        let _switching = self.switching.lock().await;
        match self.find_open(id).await {
            Some(desk) if desk.key_state() == KeyState::Missing => {
                self.reopen(self.record(id).await?, async |_| Ok(())).await
            }
            _ => Ok(()),
        }
    }

    /// Shows this workspace. The one shown before stays open if it is watched. If the choice cannot be saved,
    /// nothing changes.
    pub(crate) async fn switch_to(&self, id: &str) -> Result<(), WireError> {
        let _switching = self.switching.lock().await;
        self.switch(id).await
    }

    /// As [`switch_to`](Self::switch_to); the caller holds `switching`.
    async fn switch(&self, id: &str) -> Result<(), WireError> {
        let record = self.record(id).await?;
        self.registry.set_current_workspace(id).await?;
        let before = self.open_desk().await;
        if before.id() == id {
            return Ok(());
        }
        let next = match self.find_open(id).await {
            Some(open) => open,
            None => Arc::new(self.open_workspace(record).await),
        };
        self.open.write().await.show(next.clone());
        self.tell_surroundings().await;
        self.announce(Event::Session);
        self.cancel_deletes(&before).await;
        if !is_watched(&before.workspace()) {
            self.close_beside(before.id()).await;
        }
        Ok(())
    }

    /// A delete that still waits is not sent once its workspace is no longer shown, because nobody could undo it.
    async fn cancel_deletes(&self, desk: &Desk) {
        let Ok(runner) = desk.runner() else { return };
        let mut cancelled = Vec::new();
        for delete in runner.shown().pending_deletes {
            match runner.act(engine::Act::Undo(delete.company)).await {
                Ok(engine::Settled::Undone(true)) => cancelled.push(delete.name),
                // It was sent before.
                Ok(_) => {}
                Err(error) => tracing::warn!(?error, "a delete could not be cancelled"),
            }
        }
        if !cancelled.is_empty() {
            let names = cancelled.join(", ");
            let message = format!("You opened another workspace, so we did not delete {names}.");
            self.announce(Event::Notice { tone: Tone::Warning, message });
        }
    }

    /// Closes a workspace that is not shown. Acts in progress may finish first.
    async fn close_beside(&self, id: &str) {
        let Some(desk) = self.open.write().await.take(id) else { return };
        desk.finish_acts(ACTS_DEADLINE).await;
        desk.close().await;
    }

    /// Opens the workspaces that are watched and not open yet.
    pub(super) async fn open_watched(&self) {
        let records = match self.registry.workspaces().await {
            Ok(records) => records,
            Err(error) => return tracing::error!(%error, "the workspaces to watch could not be read"),
        };
        for record in records.into_iter().filter(is_watched) {
            let _switching = self.switching.lock().await;
            if self.ending.is_cancelled() || self.find_open(&record.id).await.is_some() {
                continue;
            }
            let desk = Arc::new(self.open_workspace(record).await);
            self.open.write().await.put(desk);
            self.tell_surroundings().await;
            self.announce(Event::Session);
        }
    }

    /// Watches a workspace while the window shows another one, or stops watching it.
    pub(crate) async fn watch(&self, id: &str, watched: bool) -> Result<(), WireError> {
        self.change_record(id, |record| record.watched = watched).await?;
        if watched {
            self.open_watched().await;
        } else {
            let _switching = self.switching.lock().await;
            self.close_beside(id).await;
        }
        self.announce(Event::Session);
        Ok(())
    }

    /// Closes an open workspace and opens it again. `between` runs with the path of its database while it is closed;
    /// if it fails, the workspace still opens. Commands wait meanwhile. The caller holds `switching`.
    async fn reopen<T>(
        &self,
        record: store::Workspace,
        between: impl AsyncFnOnce(PathBuf) -> Result<T, WireError>,
    ) -> Result<T, WireError> {
        let path = self.folders.workspace(&record.id);
        if let Some(desk) = self.find_open(&record.id).await {
            desk.finish_acts(ACTS_DEADLINE).await;
        }
        let mut open = self.open.write().await;
        if let Some(desk) = open.find(&record.id) {
            desk.close().await;
        }
        let done = between(path).await;
        open.put(Arc::new(self.open_workspace(record).await));
        drop(open);
        self.tell_surroundings().await;
        self.announce(Event::Session);
        done
    }

    async fn open_workspace(&self, record: store::Workspace) -> Desk {
        self.opening().desk(record, &self.preferences()).await
    }

    /// Removes a workspace from this computer: its files, its key and its record. Returns the keyring's error if the
    /// key may still be there.
    pub(crate) async fn remove(&self, id: &str) -> Result<Option<KeyringError>, WireError> {
        let _switching = self.switching.lock().await;
        let record = self.record(id).await?;
        if self.open_desk().await.id() == record.id {
            self.switch(SANDBOX).await?;
        }
        self.close_beside(id).await;
        self.exports.clear(id);
        Store::delete(&self.folders.workspace(&record.id)).map_err(|error| {
            WireError::new(
                Code::Unwritable,
                "The files of this workspace could not all be deleted, so it was not removed. Try again.",
            )
            .with_detail(error.to_string())
        })?;
        let forgotten = self.secrets.forget(&record.id).await;
        let changing = self.changing.lock().await;
        self.registry.remove_workspace(&record.id).await?;
        drop(changing);
        self.announce(Event::Session);
        Ok(forgotten.err())
    }

    /// Forgets the key of a workspace; its data stays. Returns the keyring's error if the key may still be there.
    pub(crate) async fn forget_key(&self, id: &str) -> Result<Option<KeyringError>, WireError> {
        let _switching = self.switching.lock().await;
        let record = self.record(id).await?;
        let forgotten = self.secrets.forget(id).await;
        if self.find_open(id).await.is_some() {
            self.reopen(record, async |_| Ok(())).await?;
        }
        self.announce(Event::Session);
        Ok(forgotten.err())
    }

    /// Renames the damaged database of an open workspace, restores local data from its newest backup, and loads the rest
    /// from the server again.
    pub(crate) async fn rebuild(&self, id: &str) -> Result<(), WireError> {
        let _switching = self.switching.lock().await;
        let damaged = self.find_open(id).await.ok_or_else(switched)?;
        if !damaged.is_damaged().await? {
            return Err(WireError::new(
                Code::BadArguments,
                "The database is not damaged, so it was left as it is.",
            ));
        }
        let workspace = damaged.workspace();
        // Its files are renamed, which nobody may hinder.
        drop(damaged);
        let notice =
            self.reopen(workspace, async |path: PathBuf| recovery::rebuild_database(&path).await).await?;
        if let Some(rebuilt) = self.find_open(id).await {
            rebuilt.note_rebuilt(notice);
        }
        self.announce(Event::Session);
        Ok(())
    }

    /// A workspace as the interface shows it; `open` is the same workspace, if it is open.
    pub(super) fn workspace(&self, record: &store::Workspace, open: Option<&Desk>) -> Workspace {
        let state = open.map(|desk| desk.health().state);
        let key_state = match (open, state) {
            (Some(desk), Some(HealthState::Refused)) if desk.runner().is_ok() => KeyState::Refused,
            (Some(desk), _) => desk.key_state(),
            (None, _) if self.secrets.is_of_session(&record.id) => KeyState::Session,
            (None, _) => KeyState::Kept,
        };
        Workspace {
            id: record.id.clone(),
            name: record.name.clone(),
            kind: record.kind,
            colour: record.colour.clone(),
            safe_mode: record.safe_mode,
            key_state,
            invite_url: self.invite_url(record),
            watched: record.watched,
            state,
        }
    }

    fn opening(&self) -> Opening<'_> {
        Opening {
            folders: &self.folders,
            options: &self.options,
            registry: &self.registry,
            secrets: &self.secrets,
            sandbox: &self.sandbox,
            tray: &self.tray,
            desktop: &self.desktop,
            events: &self.events,
        }
    }
}

/// Whether a workspace is open while the window shows another one. The sandbox never is.
fn is_watched(record: &store::Workspace) -> bool {
    record.watched && record.id != SANDBOX
}
