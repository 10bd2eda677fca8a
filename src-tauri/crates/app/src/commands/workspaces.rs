//! Workspaces: adding one with a checked key, switching, and what may be done in each.

use codat::{ApiKey, Client, CompanyId};
use serde::{Deserialize, Serialize};
use store::{SafeMode, Store, WorkspaceKind};
use ts_rs::TS;

use super::{ById, links::is_link};
use crate::{
    app::{App, SANDBOX},
    clock,
    error::{Code, WireError},
    opening::{found, no_key},
    secrets::KeyringError,
    transport,
    wire::{KeyState, Session, Workspace},
};

/// The colours a frame can have.
const COLOURS: [&str; 6] = ["teal", "blue", "violet", "orange", "pink", "lime"];
/// Companies that a new key is tried on: so many that have been known the longest, and so many of the newest.
const KNOWN: u32 = 5;
/// The longest name of a workspace.
const LONGEST_NAME: usize = 60;

/// A Codat workspace to be added.
#[derive(Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AddWorkspace {
    /// What to call it.
    pub name: String,
    /// The API key, as pasted.
    pub key: String,
    /// The colour of its frame.
    pub colour: String,
    /// Whether to keep the key for this session alone, where there is no keyring.
    #[serde(default)]
    pub session_only: bool,
}

/// A workspace whose key was accepted.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "AddedWorkspace")]
pub(crate) struct Added {
    /// The workspace.
    pub workspace: Workspace,
    /// What Codat calls the client that the key belongs to.
    pub client_name: String,
    /// Where the key is now.
    pub kept: KeyState,
}

/// The key of a workspace was forgotten.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "ForgottenKey")]
pub(crate) struct Forgotten {
    /// What there is now.
    pub session: Session,
    /// That its key may still be in the keyring, where it may.
    pub key_left: Option<String>,
}

/// What may be changed of a workspace.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdateWorkspace {
    /// The workspace.
    pub id: String,
    /// What to call it.
    pub name: String,
    /// The colour of its frame.
    pub colour: String,
    /// The generic Link URL, pasted from the Portal.
    pub invite_url: Option<String>,
}

/// Another key for a workspace.
#[derive(Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReplaceKey {
    /// The workspace.
    pub id: String,
    /// The API key, as pasted.
    pub key: String,
    /// Whether to keep it for this session alone.
    #[serde(default)]
    pub session_only: bool,
}

/// Another safe mode for a workspace.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SetSafeMode {
    /// The workspace.
    pub id: String,
    /// What may be done in it from now on.
    pub mode: SafeMode,
}

/// Whether a workspace is watched while the window shows another one.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct WatchWorkspace {
    /// The workspace.
    pub id: String,
    /// Whether it is.
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
        let kept = self.keep_key(&id, key, add.session_only).await?;
        let workspace = store::Workspace {
            id: id.clone(),
            name,
            kind: WorkspaceKind::Codat,
            colour: colour(&add.colour),
            safe_mode: SafeMode::Operate,
            invite_url: None,
            base_url: self.codat_base(),
            position: i64::MAX,
            watched: true,
            client_id,
        };
        if let Err(error) = self.registry().put_workspace(&workspace).await {
            // Nobody would find the key again.
            if let Err(error) = self.secrets().forget(&id).await {
                tracing::warn!(%error, "the key of a workspace that was not added may still be in the keyring");
            }
            return Err(error.into());
        }
        self.switch_to(&id).await?;
        Ok(Added { workspace: self.workspace_by_id(&id).await?, client_name, kept })
    }

    pub(crate) async fn replace_key(&self, replace: ReplaceKey) -> Result<Added, WireError> {
        let record = self.record(&replace.id).await?;
        if record.id == SANDBOX {
            return Err(WireError::new(
                Code::BadArguments,
                "You can't replace the sandbox's key. Nothing was changed.",
            ));
        }
        let key = api_key(&replace.key)?;
        let client_name = self.check(&key, &record.base_url).await?;
        let client_id = self.client_id(&key, &record.base_url).await;
        self.check_client(&record, &key).await?;
        let kept = self.keep_key(&record.id, key.clone(), replace.session_only).await?;
        self.change_record(&record.id, |record| record.client_id = client_id.or(record.client_id.take()))
            .await?;
        self.key_replaced(&record, key, kept).await?;
        Ok(Added { workspace: self.workspace_by_id(&record.id).await?, client_name, kept })
    }

    /// Looks into the keyring again for a key that was missing, and has a locked keyring unlocked.
    pub(crate) async fn retry_key(&self, by: ById) -> Result<Session, WireError> {
        self.record(&by.id).await?;
        let key = match self.secrets().key(&by.id).await {
            Err(KeyringError::Locked) => {
                if let Err(error) = self.secrets().unlock(&by.id).await {
                    tracing::info!(%error, "the keyring was not unlocked");
                }
                self.secrets().key(&by.id).await
            }
            other => other,
        };
        key.map_err(|error| no_key(&error)).and_then(found)?;
        self.reopen_with_key(&by.id).await?;
        self.session_now().await
    }

    pub(crate) async fn update_workspace(&self, update: UpdateWorkspace) -> Result<Session, WireError> {
        let (name, colour) = (workspace_name(&update.name)?, colour(&update.colour));
        let invite_url = invite_url(update.invite_url)?;
        self.change_record(&update.id, |record| {
            record.name = name;
            record.colour = colour;
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

    pub(crate) async fn remove_workspace(&self, by: ById) -> Result<Forgotten, WireError> {
        not_the_sandbox(&by)?;
        let key_left = self.remove(&by.id).await?.map(|error| key_left(&error));
        Ok(Forgotten { session: self.session_now().await?, key_left })
    }

    pub(crate) async fn sign_out(&self, by: ById) -> Result<Forgotten, WireError> {
        not_the_sandbox(&by)?;
        let key_left = self.forget_key(&by.id).await?.map(|error| key_left(&error));
        Ok(Forgotten { session: self.session_now().await?, key_left })
    }

    pub(crate) async fn rebuild_database(&self, by: ById) -> Result<Session, WireError> {
        self.rebuild(&by.id).await?;
        self.session_now().await
    }

    /// Asks Codat whose key this is, before it is kept anywhere.
    async fn check(&self, key: &ApiKey, base: &str) -> Result<String, WireError> {
        let profile = Box::pin(self.client(key, base).await?.profile()).await.map_err(not_accepted)?;
        Ok(profile.value.name)
    }

    /// Another client's key would make every company of this workspace one that is gone: it is not taken on where
    /// none of some that are known is there.
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
                Err(failure) => return Err(not_accepted(failure)),
            }
        }
        if known.is_empty() {
            return Ok(());
        }
        Err(WireError::new(
            Code::KeyOfAnotherClient,
            "This key opens another Codat client: the companies of this workspace are not there. Nothing was changed. \
             Add the key as a workspace of its own.",
        ))
    }

    /// The name of the workspace of the Codat client that a key belongs to, if there is one. Of a workspace whose
    /// client is not known, the key is tried on some companies.
    async fn workspace_of(&self, key: &ApiKey, client_id: Option<&str>) -> Result<Option<String>, WireError> {
        for record in self.registry().workspaces().await? {
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

    /// Whether a key opens a company that is known of a workspace.
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

    /// Some of the companies that are known of a workspace, open or not.
    async fn some_companies(&self, record: &store::Workspace) -> Result<Vec<CompanyId>, WireError> {
        if let Some(desk) = self.find_open(&record.id).await {
            return Ok(desk.store()?.some_companies(KNOWN).await?);
        }
        let store = Store::open(&self.folders().workspace(&record.id), clock::now()).await?;
        let known = store.some_companies(KNOWN).await;
        store.close().await;
        Ok(known?)
    }

    /// A client for a key that is not kept yet.
    async fn client(&self, key: &ApiKey, base: &str) -> Result<Client, WireError> {
        let transport = transport::network(&self.route(base).await?).map_err(unreadable_trust)?;
        Ok(Client::new(base, key.clone(), transport))
    }

    /// The ID of the Codat client that a key belongs to; none if Codat does not say.
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

    async fn keep_key(&self, id: &str, key: ApiKey, session_only: bool) -> Result<KeyState, WireError> {
        if session_only {
            self.secrets().keep_for_session(id, key);
            return Ok(KeyState::Session);
        }
        self.secrets().keep(id, &key).await.map_err(|error| not_kept(&error))?;
        Ok(KeyState::Kept)
    }
}

fn not_the_sandbox(by: &ById) -> Result<(), WireError> {
    if by.id == SANDBOX {
        return Err(WireError::new(Code::BadArguments, "The sandbox is part of the app and stays."));
    }
    Ok(())
}

fn key_left(error: &KeyringError) -> String {
    format!("Its API key may still be in the keyring: {error}. Delete “portal-desktop” there.")
}

/// The trust store of the system cannot be used.
pub(super) fn unreadable_trust(reason: String) -> WireError {
    WireError::new(Code::Internal, "This computer's certificates cannot be read.").with_detail(reason)
}

/// Why the keyring did nothing, and what to do: the end of a sentence.
pub(super) fn keyring_reason(error: &KeyringError) -> (Code, &'static str) {
    match error {
        KeyringError::Locked => (Code::KeyringLocked, "the keyring is locked. Unlock it and try again"),
        KeyringError::Absent(_) => {
            (Code::KeyringUnavailable, "no keyring is running on this computer. Start it and try again")
        }
        KeyringError::Slow => (Code::KeyringUnavailable, "the keyring does not answer. Try again"),
        KeyringError::Denied(_) => (Code::KeyringUnavailable, "the keyring refused it. Try again"),
        KeyringError::Failed(_) => (Code::KeyringUnavailable, "the keyring failed. Try again"),
    }
}

/// Why the keyring did not keep a key.
fn not_kept(error: &KeyringError) -> WireError {
    let (code, why) = keyring_reason(error);
    let message =
        format!("The key is right, but {why}, or use the key for this session only. Nothing was changed.");
    WireError::new(code, message).with_detail(error.to_string())
}

/// Why a key was not taken on; in either case it was not kept.
fn not_accepted(failure: codat::Failure) -> WireError {
    let refused = matches!(failure.kind, codat::FailureKind::Unauthorized | codat::FailureKind::Forbidden);
    let error = WireError::unread(engine::ActError::Failed(failure));
    let message = if refused {
        "Codat does not accept this key. Copy it again under Developers, API keys.".to_owned()
    } else {
        format!("The key could not be checked, so it was not kept. {}", error.message)
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
    if name.chars().count() > LONGEST_NAME {
        let message = format!("A workspace's name has at most {LONGEST_NAME} characters.");
        return Err(WireError::new(Code::NameTooLong, message));
    }
    Ok(name.to_owned())
}

fn colour(wanted: &str) -> String {
    COLOURS.into_iter().find(|known| *known == wanted).unwrap_or("blue").to_owned()
}

fn invite_url(pasted: Option<String>) -> Result<Option<String>, WireError> {
    let Some(url) = pasted.map(|url| url.trim().to_owned()).filter(|url| !url.is_empty()) else {
        return Ok(None);
    };
    if is_link(&url) {
        Ok(Some(url))
    } else {
        Err(WireError::new(Code::BadArguments, "An invite URL begins with https:// and names a host."))
    }
}
