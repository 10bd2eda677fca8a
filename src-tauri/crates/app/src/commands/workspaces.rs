//! Workspaces: adding, switching, changing and removing them.

use codat::{ApiKey, Client, CompanyId};
use domain::SafeMode;
use serde::{Deserialize, Serialize};
use store::{Store, WorkspaceKind};
use ts_rs::TS;

use super::{ById, links::is_link};
use crate::{
    app::App,
    clock,
    error::{Code, WireError},
    options::SANDBOX,
    secrets::KeyringError,
    transport,
    wire::{KeyState, Session, Workspace},
    workspace_opener::{keyring_error, require_key},
};

/// The possible frame colors.
const COLORS: [&str; 6] = ["teal", "blue", "violet", "orange", "pink", "lime"];
/// A new key is tested on this many of the oldest known companies and as many of the newest.
const SAMPLE_SIZE: u32 = 5;
/// The maximum length of a name, in characters.
const MAX_NAME_LENGTH: usize = 60;

/// A Codat workspace to add.
#[derive(Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AddWorkspace {
    pub name: String,
    /// The API key as pasted.
    pub key: String,
    /// The frame color.
    pub color: String,
    /// Whether to keep the key only in memory, for computers without a keyring.
    #[serde(default)]
    pub session_only: bool,
}

/// A workspace whose key was accepted.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "AddedWorkspace")]
pub(crate) struct Added {
    pub workspace: Workspace,
    /// Codat's name of the client that the key belongs to.
    pub client_name: String,
    /// Where the key is stored.
    pub kept: KeyState,
}

/// The result of removing a workspace or its key.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "ForgottenKey")]
pub(crate) struct KeyRemoved {
    pub session: Session,
    /// A message if the key may still be in the keyring.
    pub key_left: Option<String>,
}

/// Changes of a workspace.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdateWorkspace {
    pub id: String,
    pub name: String,
    /// The frame color.
    pub color: String,
    /// The generic Link URL, pasted from the Portal.
    pub invite_url: Option<String>,
}

/// A new key for a workspace.
#[derive(Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReplaceKey {
    pub id: String,
    /// The API key as pasted.
    pub key: String,
    /// Whether to keep it only in memory.
    #[serde(default)]
    pub session_only: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SetSafeMode {
    pub id: String,
    /// The new safe mode.
    pub mode: SafeMode,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct WatchWorkspace {
    pub id: String,
    /// Whether it stays open while another workspace is shown.
    pub watched: bool,
}

impl App {
    pub(crate) async fn add_workspace(&self, add: AddWorkspace) -> Result<Added, WireError> {
        let name = workspace_name(&add.name)?;
        let key = api_key(&add.key)?;
        let client_name = self.check(&key, &self.codat_base()).await?;
        let client_id = self.client_id(&key, &self.codat_base()).await;
        if let Some(known) = self.workspace_of(&key, client_id.as_deref()).await? {
            return Err(WireError::new(
                Code::ClientKnown,
                format!("You already have this Codat client, as the workspace “{known}”. Nothing was added."),
            ));
        }
        let id = uuid::Uuid::new_v4().to_string();
        let key_state = self.save_key(&id, key, add.session_only).await?;
        let workspace = store::Workspace {
            id: id.clone(),
            name,
            kind: WorkspaceKind::Codat,
            color: color(&add.color),
            safe_mode: SafeMode::Operate,
            invite_url: None,
            base_url: self.codat_base(),
            position: i64::MAX,
            watched: true,
            client_id,
        };
        if let Err(error) = self.registry.put_workspace(&workspace).await {
            // Without the record, nothing would ever use or delete the key.
            if let Err(error) = self.secrets.delete_key(&id).await {
                tracing::warn!(%error, "the key of a workspace that was not added may still be in the keyring");
            }
            return Err(error.into());
        }
        self.switch_to(&id).await?;
        Ok(Added { workspace: self.workspace_by_id(&id).await?, client_name, kept: key_state })
    }

    pub(crate) async fn replace_key(&self, replace: ReplaceKey) -> Result<Added, WireError> {
        let record = self.record(&replace.id).await?;
        if record.id == SANDBOX {
            return Err(WireError::new(
                Code::BadArguments,
                "You can’t replace the sandbox’s key. Nothing was changed.",
            ));
        }
        let key = api_key(&replace.key)?;
        let client_name = self.check(&key, &record.base_url).await?;
        let client_id = self.client_id(&key, &record.base_url).await;
        self.check_client(&record, &key).await?;
        let key_state = self.save_key(&record.id, key.clone(), replace.session_only).await?;
        self.change_record(&record.id, |record| record.client_id = client_id.or(record.client_id.take()))
            .await?;
        self.key_replaced(&record, key, key_state).await?;
        Ok(Added { workspace: self.workspace_by_id(&record.id).await?, client_name, kept: key_state })
    }

    /// Reads a missing key again, after unlocking a locked keyring.
    pub(crate) async fn retry_key(&self, by: ById) -> Result<Session, WireError> {
        self.record(&by.id).await?;
        let key = match self.secrets.key(&by.id).await {
            Err(KeyringError::Locked) => {
                if let Err(error) = self.secrets.unlock(&by.id).await {
                    tracing::info!(%error, "the keyring was not unlocked");
                }
                self.secrets.key(&by.id).await
            }
            other => other,
        };
        key.map_err(|error| keyring_error(&error)).and_then(require_key)?;
        self.reopen_with_key(&by.id).await?;
        self.session_now().await
    }

    pub(crate) async fn update_workspace(&self, update: UpdateWorkspace) -> Result<Session, WireError> {
        let (name, color) = (workspace_name(&update.name)?, color(&update.color));
        let invite_url = invite_url(update.invite_url)?;
        self.change_record(&update.id, |record| {
            record.name = name;
            record.color = color;
            record.invite_url = invite_url;
        })
        .await?;
        self.session_now().await
    }

    pub(crate) async fn set_safe_mode(&self, set: SetSafeMode) -> Result<Session, WireError> {
        self.change_record(&set.id, |record| record.safe_mode = set.mode).await?;
        self.session_now().await
    }

    pub(crate) async fn switch_workspace(&self, by: ById) -> Result<Session, WireError> {
        self.switch_to(&by.id).await?;
        self.session_now().await
    }

    pub(crate) async fn watch_workspace(&self, watch: WatchWorkspace) -> Result<Session, WireError> {
        self.watch(&watch.id, watch.watched).await?;
        self.session_now().await
    }

    pub(crate) async fn remove_workspace(&self, by: ById) -> Result<KeyRemoved, WireError> {
        refuse_sandbox(&by)?;
        let key_left = self.remove(&by.id).await?.map(|error| key_left(&error));
        Ok(KeyRemoved { session: self.session_now().await?, key_left })
    }

    pub(crate) async fn sign_out(&self, by: ById) -> Result<KeyRemoved, WireError> {
        refuse_sandbox(&by)?;
        let key_left = self.forget_key(&by.id).await?.map(|error| key_left(&error));
        Ok(KeyRemoved { session: self.session_now().await?, key_left })
    }

    pub(crate) async fn rebuild_database(&self, by: ById) -> Result<Session, WireError> {
        self.rebuild(&by.id).await?;
        self.session_now().await
    }

    /// Checks a key at Codat before it is stored. Returns the name of its client.
    async fn check(&self, key: &ApiKey, base: &str) -> Result<String, WireError> {
        let profile = Box::pin(self.client(key, base).await?.profile()).await.map_err(key_rejected)?;
        Ok(profile.value.name)
    }

    /// Checks that a new key belongs to the same client. With the key of another client, all companies would
    /// seem to be deleted. So the key is rejected if none of some known companies exists.
    async fn check_client(&self, record: &store::Workspace, key: &ApiKey) -> Result<(), WireError> {
        let client = self.client(key, &record.base_url).await?;
        let known = self.some_companies(record).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "which companies there are cannot be read, so the key is not tried on them");
            Vec::new()
        });
        for id in &known {
            match Box::pin(client.get_company(*id)).await {
                Ok(_) => return Ok(()),
                Err(failure) if failure.kind == codat::FailureKind::NotFound => {}
                Err(failure) => return Err(key_rejected(failure)),
            }
        }
        if known.is_empty() {
            return Ok(());
        }
        Err(WireError::new(
            Code::KeyOfAnotherClient,
            "This key opens another Codat client, which doesn’t have this workspace’s companies. Nothing \
             was changed. Add the key as a separate workspace.",
        ))
    }

    /// The name of the workspace of the same Codat client, if there is one. If the client of a workspace is
    /// unknown, the key is tested on some of its companies.
    async fn workspace_of(&self, key: &ApiKey, client_id: Option<&str>) -> Result<Option<String>, WireError> {
        for record in self.registry.workspaces().await? {
            if record.kind != WorkspaceKind::Codat || record.base_url != self.codat_base() {
                continue;
            }
            let is_same = match (record.client_id.as_deref(), client_id) {
                (Some(known), Some(new)) => known == new,
                _ => self.opens_some_company(&record, key).await,
            };
            if is_same {
                return Ok(Some(record.name));
            }
        }
        Ok(None)
    }

    /// Whether a key can read a known company of a workspace.
    async fn opens_some_company(&self, record: &store::Workspace, key: &ApiKey) -> bool {
        let (known, client) = (self.some_companies(record).await, self.client(key, &record.base_url).await);
        let (Ok(known), Ok(client)) = (known, client) else { return false };
        for id in known {
            if Box::pin(client.get_company(id)).await.is_ok() {
                return true;
            }
        }
        false
    }

    /// Some known companies of a workspace, open or not.
    async fn some_companies(&self, record: &store::Workspace) -> Result<Vec<CompanyId>, WireError> {
        if let Some(workspace) = self.find_open(&record.id).await {
            return Ok(workspace.store()?.sample_companies(SAMPLE_SIZE).await?);
        }
        let store = Store::open(&self.folders.workspace(&record.id), clock::now()).await?;
        let known = store.sample_companies(SAMPLE_SIZE).await;
        store.close().await;
        Ok(known?)
    }

    /// A client with a key that is not stored yet.
    async fn client(&self, key: &ApiKey, base: &str) -> Result<Client, WireError> {
        let transport = transport::network(&self.route(base).await?).map_err(trust_store_error)?;
        Ok(Client::new(base, key.clone(), transport))
    }

    /// The ID of the Codat client that a key belongs to. `None` if Codat does not return it.
    async fn client_id(&self, key: &ApiKey, base: &str) -> Option<String> {
        let client = self.client(key, base).await.ok()?;
        match Box::pin(client.sync_settings(None)).await {
            Ok(settings) => settings.value.client_id,
            Err(failure) => {
                tracing::info!(?failure, "the ID of the Codat client is not known");
                None
            }
        }
    }

    async fn save_key(&self, id: &str, key: ApiKey, session_only: bool) -> Result<KeyState, WireError> {
        if session_only {
            self.secrets.set_session_key(id, key);
            return Ok(KeyState::Session);
        }
        self.secrets.save_key(id, &key).await.map_err(|error| key_not_saved(&error))?;
        Ok(KeyState::Kept)
    }
}

fn refuse_sandbox(by: &ById) -> Result<(), WireError> {
    if by.id == SANDBOX {
        return Err(WireError::new(
            Code::BadArguments,
            "The sandbox is part of the app, so you can’t remove it.",
        ));
    }
    Ok(())
}

fn key_left(error: &KeyringError) -> String {
    format!("Its API key may still be in the keyring: {error}. Delete “portal-desktop” there.")
}

/// The error for an unusable certificate store.
pub(super) fn trust_store_error(reason: String) -> WireError {
    WireError::new(Code::Internal, "We can’t read this computer’s certificates.").with_detail(reason)
}

/// Why the keyring refused and what to do, as the end of a sentence.
pub(super) fn keyring_reason(error: &KeyringError) -> (Code, &'static str) {
    match error {
        KeyringError::Locked => (Code::KeyringLocked, "the keyring is locked. Unlock it and try again"),
        KeyringError::Absent(_) => {
            (Code::KeyringUnavailable, "no keyring is running on this computer. Start it and try again")
        }
        KeyringError::TimedOut => (Code::KeyringUnavailable, "the keyring doesn’t answer. Try again"),
        KeyringError::Denied(_) => (Code::KeyringUnavailable, "the keyring denied it. Try again"),
        KeyringError::Failed(_) => (Code::KeyringUnavailable, "the keyring failed. Try again"),
    }
}

/// The error for a key that the keyring did not store.
fn key_not_saved(error: &KeyringError) -> WireError {
    let (code, why) = keyring_reason(error);
    let message =
        format!("The key is right, but {why}, or use the key for this session only. Nothing was changed.");
    WireError::new(code, message).with_detail(error.to_string())
}

/// The error for a key that was rejected or could not be checked.
fn key_rejected(failure: codat::Failure) -> WireError {
    let refused = matches!(failure.kind, codat::FailureKind::Unauthorized | codat::FailureKind::Forbidden);
    let error = WireError::unread(engine::ActError::Failed(failure));
    let message = if refused {
        "Codat rejected this key. Copy it again under Developers, API keys.".to_owned()
    } else {
        format!("We couldn’t check the key, so we didn’t save it. {}", error.message)
    };
    WireError { message, ..error }
}

fn api_key(pasted: &str) -> Result<ApiKey, WireError> {
    ApiKey::new(pasted).map_err(|error| WireError::new(Code::KeyInvalid, error.to_string()))
}

fn workspace_name(typed: &str) -> Result<String, WireError> {
    let name = typed.trim();
    if name.is_empty() {
        return Err(WireError::new(Code::NameEmpty, "A workspace needs a name."));
    }
    if name.chars().count() > MAX_NAME_LENGTH {
        let message = format!("A workspace’s name can have at most {MAX_NAME_LENGTH} characters.");
        return Err(WireError::new(Code::NameTooLong, message));
    }
    Ok(name.to_owned())
}

fn color(requested: &str) -> String {
    COLORS.into_iter().find(|known| *known == requested).unwrap_or("blue").to_owned()
}

fn invite_url(pasted: Option<String>) -> Result<Option<String>, WireError> {
    let Some(url) = pasted.map(|url| url.trim().to_owned()).filter(|url| !url.is_empty()) else {
        return Ok(None);
    };
    if is_link(&url) {
        Ok(Some(url))
    } else {
        Err(WireError::new(Code::BadArguments, "An invite URL starts with https:// and names a host."))
    }
}
