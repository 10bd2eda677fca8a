//! Opening, showing, watching, changing, rebuilding and removing workspaces.

use std::{path::PathBuf, sync::Arc, time::Duration};

use codat::ApiKey;
use domain::{HealthState, Severity};
use store::Store;

use super::{App, admission::workspace_switched};
use crate::{
    error::{Code, WireError},
    network,
    open_workspace::OpenWorkspace,
    options::SANDBOX,
    recovery,
    secrets::KeyringError,
    transport::Route,
    wire::{Event, KeyState, Workspace},
    workspace_opener::{self, WorkspaceOpener},
};

/// How long a closing workspace waits for running acts. Longer acts are cancelled and fail with an error.
const ACTS_TIMEOUT: Duration = Duration::from_secs(10);

impl App {
    /// The invite URL. The sandbox provides one; users paste the one of a Codat workspace.
    pub(crate) fn invite_url(&self, record: &store::Workspace) -> Option<String> {
        match &self.sandbox {
            Ok((sandbox, _)) if record.id == SANDBOX => Some(sandbox.invite_url()),
            _ => record.invite_url.clone(),
        }
    }

    pub(crate) async fn record(&self, id: &str) -> Result<store::Workspace, WireError> {
        let records = self.registry.workspaces().await?;
        let found = records.into_iter().find(|record| record.id == id);
        found.ok_or_else(|| WireError::new(Code::NotFound, "This workspace no longer exists."))
    }

    /// A workspace as the interface shows it.
    pub(crate) async fn workspace_by_id(&self, id: &str) -> Result<Workspace, WireError> {
        let open = self.find_open(id).await;
        Ok(self.workspace_view(&self.record(id).await?, open.as_deref()))
    }

    /// Changes a workspace record and applies it if the workspace is open. Concurrent changes run one after the
    /// other, so that none overwrites another.
    pub(crate) async fn change_record(
        &self,
        id: &str,
        change: impl FnOnce(&mut store::Workspace) + Send,
    ) -> Result<(), WireError> {
        let record_lock = self.record_lock.lock().await;
        let mut workspace = self.record(id).await?;
        change(&mut workspace);
        self.registry.put_workspace(&workspace).await?;
        if let Some(open_workspace) = self.find_open(id).await {
            open_workspace.set_record(workspace);
            open_workspace.update_policy().await;
            open_workspace.update_keep_alive().await;
        }
        drop(record_lock);
        self.emit(Event::Session);
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
        if let Some(workspace) = self.find_open(&record.id).await
            && workspace.replace_key(&workspace_opener::endpoint_with_key(record, Ok((key, state)), route))
        {
            self.emit(Event::Session);
            return Ok(());
        }
        self.reopen_with_key(&record.id).await
    }

    /// The proxies and certificate authorities for requests to this base URL, from the network settings.
    pub(crate) async fn route(&self, base: &str) -> Result<Route, WireError> {
        network::route(&self.registry, &self.secrets, base).await
    }

    /// Applies the network settings to the open workspaces by replacing their HTTP clients. A workspace
    /// without a running engine is opened again.
    pub(crate) async fn apply_network(&self) -> Result<(), WireError> {
        let _switch_lock = self.switch_lock.lock().await;
        for workspace in self.all_open_workspaces().await {
            let record = workspace.record();
            if record.id == SANDBOX {
                continue;
            }
            if workspace.replace_key(&self.workspace_opener().codat_endpoint(&record).await) {
                continue;
            }
            drop(workspace);
            self.reopen(record, async |_| Ok(())).await?;
        }
        self.emit(Event::Session);
        Ok(())
    }

    /// Opens the workspace again if it is open without a key.
    pub(crate) async fn reopen_with_key(&self, id: &str) -> Result<(), WireError> {
        let _switch_lock = self.switch_lock.lock().await;
        match self.find_open(id).await {
            Some(workspace) if workspace.key_state() == KeyState::Missing => {
                self.reopen(self.record(id).await?, async |_| Ok(())).await
            }
            _ => Ok(()),
        }
    }

    /// Shows this workspace. The one shown before stays open if it is watched. If the choice cannot be saved,
    /// nothing changes.
    pub(crate) async fn switch_to(&self, id: &str) -> Result<(), WireError> {
        let _switch_lock = self.switch_lock.lock().await;
        self.switch(id).await
    }

    /// As [`switch_to`](Self::switch_to); the caller holds `switch_lock`.
    async fn switch(&self, id: &str) -> Result<(), WireError> {
        let record = self.record(id).await?;
        self.registry.set_current_workspace(id).await?;
        let before = self.shown_workspace().await;
        if before.id() == id {
            return Ok(());
        }
        let next = match self.find_open(id).await {
            Some(open) => open,
            None => Arc::new(self.open_workspace(record).await),
        };
        self.open_workspaces.write().await.show(next.clone());
        self.broadcast_surroundings().await;
        self.emit(Event::Session);
        self.cancel_deletes(&before).await;
        if !is_watched(&before.record()) {
            self.close_hidden(before.id()).await;
        }
        Ok(())
    }

    /// Cancels the pending deletes of a workspace that is no longer shown, because nobody could undo them.
    async fn cancel_deletes(&self, workspace: &OpenWorkspace) {
        let Ok(runner) = workspace.runner() else { return };
        let mut cancelled = Vec::new();
        for delete in runner.snapshot().pending_deletes {
            match runner.act(engine::Act::Undo(delete.company)).await {
                Ok(engine::Settled::Undone(true)) => cancelled.push(delete.name),
                // The delete was already sent.
                Ok(_) => {}
                Err(error) => tracing::warn!(?error, "a delete could not be cancelled"),
            }
        }
        if !cancelled.is_empty() {
            let names = cancelled.join(", ");
            let message = format!("You opened another workspace, so we didn’t delete {names}.");
            self.emit(Event::Notice { tone: Severity::Warning, message });
        }
    }

    /// Closes a hidden workspace after its running acts.
    async fn close_hidden(&self, id: &str) {
        let Some(workspace) = self.open_workspaces.write().await.remove(id) else { return };
        workspace.finish_acts(ACTS_TIMEOUT).await;
        workspace.close().await;
    }

    /// Opens the watched workspaces that are not open yet.
    pub(super) async fn open_watched(&self) {
        let records = match self.registry.workspaces().await {
            Ok(records) => records,
            Err(error) => return tracing::error!(%error, "the workspaces to watch could not be read"),
        };
        for record in records.into_iter().filter(is_watched) {
            let _switch_lock = self.switch_lock.lock().await;
            if self.shutdown.is_cancelled() || self.find_open(&record.id).await.is_some() {
                continue;
            }
            let workspace = Arc::new(self.open_workspace(record).await);
            self.open_workspaces.write().await.insert(workspace);
            self.broadcast_surroundings().await;
            self.emit(Event::Session);
        }
    }

    /// Sets whether a workspace is watched while the window shows another one.
    pub(crate) async fn watch(&self, id: &str, watched: bool) -> Result<(), WireError> {
        self.change_record(id, |record| record.watched = watched).await?;
        if watched {
            self.open_watched().await;
        } else {
            let _switch_lock = self.switch_lock.lock().await;
            self.close_hidden(id).await;
        }
        self.emit(Event::Session);
        Ok(())
    }

    /// Closes an open workspace and opens it again. `while_closed` runs in between with the path of the
    /// database; the workspace opens again even if it fails. Commands wait meanwhile. The caller holds
    /// `switch_lock`.
    async fn reopen<T>(
        &self,
        record: store::Workspace,
        while_closed: impl AsyncFnOnce(PathBuf) -> Result<T, WireError>,
    ) -> Result<T, WireError> {
        let path = self.folders.workspace(&record.id);
        if let Some(workspace) = self.find_open(&record.id).await {
            workspace.finish_acts(ACTS_TIMEOUT).await;
        }
        let mut open = self.open_workspaces.write().await;
        if let Some(workspace) = open.find(&record.id) {
            workspace.close().await;
        }
        let result = while_closed(path).await;
        open.insert(Arc::new(self.open_workspace(record).await));
        drop(open);
        self.broadcast_surroundings().await;
        self.emit(Event::Session);
        result
    }

    async fn open_workspace(&self, record: store::Workspace) -> OpenWorkspace {
        self.workspace_opener().open(record, &self.preferences()).await
    }

    /// Removes a workspace from this computer: its files, its key and its record. Returns the keyring's error if the
    /// key may still be there.
    pub(crate) async fn remove(&self, id: &str) -> Result<Option<KeyringError>, WireError> {
        let _switch_lock = self.switch_lock.lock().await;
        let record = self.record(id).await?;
        if self.shown_workspace().await.id() == record.id {
            self.switch(SANDBOX).await?;
        }
        self.close_hidden(id).await;
        self.exports.clear(id);
        Store::delete(&self.folders.workspace(&record.id)).map_err(|error| {
            WireError::new(
                Code::Unwritable,
                "We couldn’t delete all files of this workspace, so we didn’t remove it. Try again.",
            )
            .with_detail(error.to_string())
        })?;
        let deleted = self.secrets.delete_key(&record.id).await;
        let record_lock = self.record_lock.lock().await;
        self.registry.remove_workspace(&record.id).await?;
        drop(record_lock);
        self.emit(Event::Session);
        Ok(deleted.err())
    }

    /// Deletes the key of a workspace; its data stays. Returns the keyring's error if the key may still be
    /// there.
    pub(crate) async fn forget_key(&self, id: &str) -> Result<Option<KeyringError>, WireError> {
        let _switch_lock = self.switch_lock.lock().await;
        let record = self.record(id).await?;
        let deleted = self.secrets.delete_key(id).await;
        if self.find_open(id).await.is_some() {
            self.reopen(record, async |_| Ok(())).await?;
        }
        self.emit(Event::Session);
        Ok(deleted.err())
    }

    /// Renames the damaged database of an open workspace, restores local data from its newest backup, and
    /// loads the rest from the server again.
    pub(crate) async fn rebuild(&self, id: &str) -> Result<(), WireError> {
        let _switch_lock = self.switch_lock.lock().await;
        let damaged = self.find_open(id).await.ok_or_else(workspace_switched)?;
        if !damaged.is_damaged().await? {
            return Err(WireError::new(
                Code::BadArguments,
                "The database isn’t damaged, so we didn’t change it.",
            ));
        }
        let workspace = damaged.record();
        // An open database could not be renamed on Windows.
        drop(damaged);
        let notice =
            self.reopen(workspace, async |path: PathBuf| recovery::rebuild_database(&path).await).await?;
        if let Some(rebuilt) = self.find_open(id).await {
            rebuilt.note_rebuilt(notice);
        }
        self.emit(Event::Session);
        Ok(())
    }

    /// A workspace as the interface shows it. `open` is the same workspace, if it is open.
    pub(super) fn workspace_view(
        &self,
        record: &store::Workspace,
        open: Option<&OpenWorkspace>,
    ) -> Workspace {
        let state = open.map(|workspace| workspace.health().state);
        let key_state = match (open, state) {
            (Some(workspace), Some(HealthState::Refused)) if workspace.runner().is_ok() => KeyState::Refused,
            (Some(workspace), _) => workspace.key_state(),
            (None, _) if self.secrets.has_session_key(&record.id) => KeyState::Session,
            (None, _) => KeyState::Kept,
        };
        Workspace {
            id: record.id.clone(),
            name: record.name.clone(),
            kind: record.kind,
            color: record.color.clone(),
            safe_mode: record.safe_mode,
            key_state,
            invite_url: self.invite_url(record),
            watched: record.watched,
            state,
            clock_offset: open.map_or(0, |workspace| workspace.clock().offset_ms()),
        }
    }

    fn workspace_opener(&self) -> WorkspaceOpener<'_> {
        WorkspaceOpener {
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

/// Whether a workspace is open while another one is shown. The sandbox never is.
fn is_watched(record: &store::Workspace) -> bool {
    record.watched && record.id != SANDBOX
}
