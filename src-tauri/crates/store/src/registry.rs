//! `portal.db`: the list of workspaces, and the user's preferences. It has no secrets; API keys are in the system's
//! keyring.

use std::path::Path;

use domain::SafeMode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::migrate::Migrator;
use ts_rs::TS;

use crate::{database::Database, error::StoreError};

static SCHEMA: Migrator = sqlx::migrate!("migrations/registry");

/// The key of the current workspace.
const CURRENT_WORKSPACE_KEY: &str = "currentWorkspace";

/// What kind of server a workspace speaks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum WorkspaceKind {
    /// The one inside the app.
    Sandbox,
    /// Codat's.
    Codat,
}

impl WorkspaceKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Codat => "codat",
        }
    }
}

/// One Codat client, real or sandbox, with its own database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// Names its database file and its API key; by convention letters, digits and hyphens.
    pub id: String,
    /// The name as shown.
    pub name: String,
    /// The kind of its server.
    pub kind: WorkspaceKind,
    /// The color of the window's frame, by name.
    pub color: String,
    /// Which actions are allowed.
    pub safe_mode: SafeMode,
    /// The generic Link URL for customers without a company, if it is set.
    pub invite_url: Option<String>,
    /// The base URL of its API.
    pub base_url: String,
    /// Its position in the list, ascending; equal ones are ordered by ID.
    pub position: i64,
    /// Whether it works in the background while the window shows another workspace.
    pub watched: bool,
    /// The Codat client it belongs to, if known.
    pub client_id: Option<String>,
}

/// The database of the workspace list.
#[derive(Debug)]
pub struct Registry {
    pub(crate) database: Database,
}

struct WorkspaceRow {
    id: String,
    name: String,
    kind: String,
    color: String,
    safe_mode: String,
    invite_url: Option<String>,
    base_url: String,
    position: i64,
    watched: bool,
    client_id: Option<String>,
}

impl TryFrom<WorkspaceRow> for Workspace {
    type Error = StoreError;

    fn try_from(row: WorkspaceRow) -> Result<Self, StoreError> {
        let kinds = [WorkspaceKind::Sandbox, WorkspaceKind::Codat];
        let unknown = |said: &str| StoreError::unreadable("a workspace", &said);
        Ok(Self {
            kind: kinds
                .into_iter()
                .find(|kind| kind.as_str() == row.kind)
                .ok_or_else(|| unknown(&row.kind))?,
            safe_mode: SafeMode::ALL
                .into_iter()
                .find(|mode| mode.as_str() == row.safe_mode)
                .ok_or_else(|| unknown(&row.safe_mode))?,
            id: row.id,
            name: row.name,
            color: row.color,
            invite_url: row.invite_url,
            base_url: row.base_url,
            position: row.position,
            watched: row.watched,
            client_id: row.client_id,
        })
    }
}

impl Registry {
    /// Opens or creates the registry, like a workspace's database.
    ///
    /// # Errors
    /// Those of [`Store::open`](crate::Store::open).
    pub async fn open(path: &Path, now: Timestamp) -> Result<Self, StoreError> {
        Ok(Self { database: Database::open(path, &SCHEMA, now).await? })
    }

    /// Checks the whole file for damage.
    ///
    /// # Errors
    /// [`Corrupt`](StoreError::Corrupt), and other database errors.
    pub async fn check(&self) -> Result<(), StoreError> {
        self.database.check().await
    }

    /// Moves the write-ahead log into the file at the end of the program. The registry cannot be used afterwards.
    pub async fn checkpoint(&self) {
        self.database.checkpoint().await;
    }

    /// Closes the registry.
    pub async fn close(self) {
        self.database.close().await;
    }

    /// All workspaces in order.
    ///
    /// # Errors
    /// Database errors.
    pub async fn workspaces(&self) -> Result<Vec<Workspace>, StoreError> {
        let rows = sqlx::query_as!(
            WorkspaceRow,
            r#"SELECT id AS "id!: String", name AS "name!: String", kind AS "kind!: String",
                      colour AS "color!: String", safe_mode AS "safe_mode!: String",
                      invite_url AS "invite_url?: String", base_url AS "base_url!: String",
                      position AS "position!: i64", watched AS "watched!: bool", client_id AS "client_id?: String"
               FROM workspaces ORDER BY position, id"#
        )
        .fetch_all(self.database.readers())
        .await?;
        rows.into_iter().map(Workspace::try_from).collect()
    }

    /// Adds a workspace, or replaces the one with its ID.
    ///
    /// # Errors
    /// Database errors.
    pub async fn put_workspace(&self, workspace: &Workspace) -> Result<(), StoreError> {
        let (kind, safe_mode) = (workspace.kind.as_str(), workspace.safe_mode.as_str());
        let mut writer = self.database.writer().await?;
        sqlx::query!(
            "INSERT INTO workspaces (id, name, kind, colour, safe_mode, invite_url, base_url, position,
                                     watched, client_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (id) DO UPDATE SET
                 name = excluded.name, kind = excluded.kind, colour = excluded.colour,
                 safe_mode = excluded.safe_mode, invite_url = excluded.invite_url,
                 base_url = excluded.base_url, position = excluded.position,
                 watched = excluded.watched, client_id = excluded.client_id",
            workspace.id,
            workspace.name,
            kind,
            workspace.color,
            safe_mode,
            workspace.invite_url,
            workspace.base_url,
            workspace.position,
            workspace.watched,
            workspace.client_id
        )
        .execute(&mut *writer)
        .await?;
        Ok(())
    }

    /// Removes a workspace from the list. [`Store::delete`](crate::Store::delete) deletes its files.
    ///
    /// # Errors
    /// Database errors.
    pub async fn remove_workspace(&self, id: &str) -> Result<(), StoreError> {
        let mut writer = self.database.writer().await?;
        sqlx::query!("DELETE FROM workspaces WHERE id = ?1", id).execute(&mut *writer).await?;
        Ok(())
    }

    /// A preference as JSON.
    ///
    /// # Errors
    /// Database errors.
    pub async fn preference(&self, key: &str) -> Result<Option<String>, StoreError> {
        let row = sqlx::query!(r#"SELECT value AS "value!: String" FROM preferences WHERE key = ?1"#, key)
            .fetch_optional(self.database.readers())
            .await?;
        Ok(row.map(|row| row.value))
    }

    /// Stores a preference as JSON.
    ///
    /// # Errors
    /// Database errors.
    pub async fn set_preference(&self, key: &str, json: &str) -> Result<(), StoreError> {
        let mut writer = self.database.writer().await?;
        sqlx::query!(
            "INSERT INTO preferences (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            key,
            json
        )
        .execute(&mut *writer)
        .await?;
        Ok(())
    }

    /// The ID of the last open workspace.
    ///
    /// # Errors
    /// Database errors.
    pub async fn current_workspace(&self) -> Result<Option<String>, StoreError> {
        self.preference(CURRENT_WORKSPACE_KEY).await
    }

    /// Stores the ID of the open workspace.
    ///
    /// # Errors
    /// Database errors.
    pub async fn set_current_workspace(&self, id: &str) -> Result<(), StoreError> {
        self.set_preference(CURRENT_WORKSPACE_KEY, id).await
    }
}
