//! Opening a workspace: where its server is, and with which key.

use std::sync::Arc;

use codat::ApiKey;
use engine::{TrayIcon, TrayMenu};
use sandbox::Sandbox;
use tokio::sync::broadcast;

use crate::{
    app::{Options, SANDBOX},
    desk::{Desk, Line},
    desktop::Desktop,
    embedded::Address,
    error::{Code, WireError},
    folders::Folders,
    secrets::Secrets,
    transport::Reach,
    wire::{Event, KeyState, Preferences},
};

/// What the tray says while a workspace opens.
const STARTING: &str = "Starting…";

/// What opening a workspace needs.
pub(crate) struct Opening<'a> {
    pub(crate) folders: &'a Folders,
    pub(crate) options: &'a Options,
    pub(crate) secrets: &'a Secrets,
    pub(crate) sandbox: &'a Result<(Sandbox, Address), WireError>,
}

impl Opening<'_> {
    /// Opens this workspace: its database, and its engine where it has a line to its server. Meanwhile, and where
    /// there is no engine, the tray says so: none of another workspace is left in it.
    pub(crate) async fn desk(
        &self,
        record: store::Workspace,
        preferences: &Preferences,
        desktop: Arc<dyn Desktop>,
        events: broadcast::Sender<Event>,
    ) -> Desk {
        desktop.set_tray(TrayMenu::without_engine(TrayIcon::Starting, STARTING));
        let line = if record.id == SANDBOX { self.to_sandbox() } else { self.to_codat(&record).await };
        let config = engine::Config {
            background_percent: preferences.quota_share,
            seed: uuid::Uuid::new_v4().as_u64_pair().0,
            ..self.options.engine.clone().unwrap_or_default()
        };
        let desk = Desk::open(record, line, self.folders, config, desktop.clone(), events).await;
        if let Err(error) = desk.runner() {
            desktop.set_tray(TrayMenu::without_engine(TrayIcon::Unreachable, first_sentence(&error.message)));
        }
        desk
    }

    fn to_sandbox(&self) -> Line {
        let (base, key) = match self.sandbox {
            Ok((_, address)) => (address.address.clone(), read_key(&address.key)),
            Err(error) => (String::new(), Err(error.clone())),
        };
        Line { base, key, state: KeyState::Kept, reach: Reach::Loopback }
    }

    /// The line to Codat, with the key of this workspace as it is kept now.
    pub(crate) async fn to_codat(&self, record: &store::Workspace) -> Line {
        let (key, state) = match self.secrets.of_session(&record.id) {
            Some(key) => (Ok(key), KeyState::Session),
            None => match self.secrets.kept(&record.id).await {
                Ok(Some(key)) => (Ok(key), KeyState::Kept),
                Ok(None) => (Err(missing_key()), KeyState::Missing),
                Err(error) => (Err(missing_key().with_detail(error.to_string())), KeyState::Missing),
            },
        };
        Line { base: record.base_url.clone(), key, state, reach: Reach::Internet }
    }
}

fn missing_key() -> WireError {
    WireError::new(
        Code::KeyMissing,
        "There is no API key for this workspace, so nothing is read from Codat. What is known stays readable. Unlock \
         the keyring and start again, or give the key in Settings.",
    )
}

/// A menu has room for what happened, not for what to do about it.
fn first_sentence(message: &str) -> &str {
    message.split_once(". ").map_or(message, |(first, _)| first).trim_end_matches('.')
}

fn read_key(text: &str) -> Result<ApiKey, WireError> {
    ApiKey::new(text).map_err(|error| WireError::new(Code::KeyInvalid, error.to_string()))
}
