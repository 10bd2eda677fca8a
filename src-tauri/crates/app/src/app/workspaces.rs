//! Opening, switching, changing, rebuilding and removing workspaces.

use std::{path::Path, sync::Arc, time::Duration};

use codat::ApiKey;
use store::Store;

use super::{App, SANDBOX, admission::switched};
use crate::{
    clock,
    desk::Desk,
    error::{Code, WireError},
    opening::{self, Opening},
    secrets::KeyringError,
    wire::{Event, HealthState, KeyState, Workspace},
};

/// How long a workspace switch waits for acts in progress. Longer acts are cancelled and fail with an error.
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
        let desk = self.open_desk().await;
        Ok(self.workspace(&self.record(id).await?, &desk, desk.health().state))
    }

    /// Changes a workspace record and applies it if the workspace is open. Concurrent changes run one after the
    /// other, so that none overwrites another.
    pub(crate) async fn change_record(
        &self,
        id: &str,
        change: impl FnOnce(&mut store::Workspace) + Send,
    ) -> Result<(), WireError> {
        let _changing = self.changing.lock().await;
        let mut workspace = self.record(id).await?;
        change(&mut workspace);
        self.registry.put_workspace(&workspace).await?;
        let desk = self.open_desk().await;
        if desk.workspace().id == workspace.id {
            desk.set_workspace(workspace);
            desk.tell_policy().await;
            desk.tell_keep_alive().await;
        }
        self.announce(Event::Session);
        Ok(())
    }

    /// Uses a new API key in the open workspace; one that had no key is opened again.
    pub(crate) async fn key_replaced(
        &self,
        record: &store::Workspace,
        key: ApiKey,
        state: KeyState,
    ) -> Result<(), WireError> {
        let desk = self.open_desk().await;
        if desk.workspace().id == record.id
            && desk.replace_key(&opening::codat_line(record, Ok((key, state))))
        {
            self.announce(Event::Session);
            return Ok(());
        }
        self.reopen_with_key(&record.id).await
    }

    /// Opens the workspace again if it is the open one and had no key.
    pub(crate) async fn reopen_with_key(&self, id: &str) -> Result<(), WireError> {
        let _switching = self.switching.lock().await;
        let desk = self.open_desk().await;
        if desk.workspace().id != id || desk.key_state() != KeyState::Missing {
            return Ok(());
        }
        self.replace(self.record(id).await?, |_| Ok(())).await
    }

    /// Closes the open workspace and opens this one. If the choice cannot be saved, nothing changes.
    pub(crate) async fn switch_to(&self, id: &str) -> Result<(), WireError> {
        let _switching = self.switching.lock().await;
        self.switch(id).await
    }

    /// As [`switch_to`](Self::switch_to); the caller holds `switching`.
    async fn switch(&self, id: &str) -> Result<(), WireError> {
        let record = self.record(id).await?;
        self.registry.set_current_workspace(id).await?;
        self.replace(record, |_| Ok(())).await
    }

    /// Replaces the open workspace. Acts in progress finish in the old one, and later acts fail. `between` runs with
    /// the database path of the new workspace while neither is open; if it fails, the workspace still opens. The
    /// caller holds `switching`.
    async fn replace(
        &self,
        record: store::Workspace,
        between: impl FnOnce(&Path) -> Result<(), WireError> + Send,
    ) -> Result<(), WireError> {
        let path = self.folders.workspace(&record.id);
        self.open_desk().await.finish_acts(ACTS_DEADLINE).await;
        self.exports.stop_all();
        let mut desk = self.desk.write().await;
        desk.close().await;
        let done = between(&path);
        let opened =
            self.opening().desk(record, &self.preferences(), self.desktop.clone(), self.events.clone()).await;
        crate::commands::surroundings::tell(&opened, self.surroundings.now());
        *desk = Arc::new(opened);
        drop(desk);
        self.announce(Event::Session);
        done
    }

    /// Removes a workspace from this computer: its files, its key and its record. Returns the keyring's error if the
    /// key may still be there.
    pub(crate) async fn remove(&self, id: &str) -> Result<Option<KeyringError>, WireError> {
        let _switching = self.switching.lock().await;
        let record = self.record(id).await?;
        if self.open_desk().await.workspace().id == record.id {
            self.switch(SANDBOX).await?;
        }
        self.exports.clear();
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

    /// Renames a damaged database and loads all data from the server again.
    pub(crate) async fn rebuild(&self) -> Result<(), WireError> {
        let damaged = self.desk().await;
        let _switching = self.switching.lock().await;
        if !Arc::ptr_eq(&damaged, &self.open_desk().await) {
            return Err(switched());
        }
        if damaged.damage().is_none() {
            return Err(WireError::new(
                Code::BadArguments,
                "The database is not damaged, so it was left as it is.",
            ));
        }
        self.replace(damaged.workspace(), |path| {
            let aside = Store::set_aside(path, clock::now())?;
            tracing::warn!(aside = %aside.display(), "a damaged database was set aside");
            Ok(())
        })
        .await
    }

    pub(super) fn workspace(&self, record: &store::Workspace, desk: &Desk, state: HealthState) -> Workspace {
        let open = record.id == desk.workspace().id;
        let key_state = match (open, state) {
            (true, HealthState::Refused) if desk.runner().is_ok() => KeyState::Refused,
            (true, _) => desk.key_state(),
            (false, _) if self.secrets.is_of_session(&record.id) => KeyState::Session,
            (false, _) => KeyState::Kept,
        };
        Workspace {
            id: record.id.clone(),
            name: record.name.clone(),
            kind: record.kind,
            colour: record.colour.clone(),
            safe_mode: record.safe_mode,
            key_state,
            invite_url: self.invite_url(record),
        }
    }

    fn opening(&self) -> Opening<'_> {
        Opening {
            folders: &self.folders,
            options: &self.options,
            secrets: &self.secrets,
            sandbox: &self.sandbox,
        }
    }
}
