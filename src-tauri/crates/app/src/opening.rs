//! Opening a workspace: where its server is, and with which key.

use std::sync::Arc;

use codat::ApiKey;
use engine::{TrayIcon, TrayState};
use sandbox::Sandbox;
use store::Registry;
use tokio::sync::broadcast;

use crate::{
    app::{Options, SANDBOX},
    desk::{Desk, Line},
    desktop::Desktop,
    embedded::Address,
    error::{Code, WireError},
    folders::Folders,
    network,
    presenter::{Presenter, WorkspacePresenter},
    secrets::{KeyringError, Secrets},
    transport::Route,
    tray::Tray,
    wire::{Event, KeyState, Preferences},
};

/// What the tray says while a workspace opens.
const STARTING: &str = "Starting…";

/// What opening a workspace needs.
pub(crate) struct Opening<'a> {
    pub(crate) folders: &'a Folders,
    pub(crate) options: &'a Options,
    pub(crate) registry: &'a Registry,
    pub(crate) secrets: &'a Secrets,
    pub(crate) sandbox: &'a Result<(Sandbox, Address), WireError>,
    pub(crate) tray: &'a Arc<Tray>,
    pub(crate) desktop: &'a Arc<dyn Desktop>,
    pub(crate) events: &'a broadcast::Sender<Event>,
}

impl Opening<'_> {
    /// Opens this workspace: its database, and its engine if it has a key. Without an engine the tray says why.
    pub(crate) async fn desk(&self, record: store::Workspace, preferences: &Preferences) -> Desk {
        let presenter = Arc::new(WorkspacePresenter::new(
            &record,
            self.tray.clone(),
            self.desktop.clone(),
            self.events.clone(),
        ));
        presenter.set_tray(TrayState::without_engine(TrayIcon::Starting, STARTING));
        let line = if record.id == SANDBOX { self.to_sandbox() } else { self.to_codat(&record).await };
        let config = engine::Config {
            background_percent: preferences.quota_share,
            seed: uuid::Uuid::new_v4().as_u64_pair().0,
            ..self.options.engine.clone().unwrap_or_default()
        };
        let desk = Desk::open(record, line, self.folders, config, presenter).await;
        if let Err(error) = desk.runner() {
            say_in_tray(&desk, &error);
        }
        desk
    }

    fn to_sandbox(&self) -> Line {
        let (base, key) = match self.sandbox {
            Ok((_, address)) => (address.address.clone(), read_key(&address.key)),
            Err(error) => (String::new(), Err(error.clone())),
        };
        Line { base, key, state: KeyState::Kept, route: Ok(Route::direct()) }
    }

    /// The line to Codat, with the key of this workspace and the network settings as they are kept now.
    pub(crate) async fn to_codat(&self, record: &store::Workspace) -> Line {
        let key = self.secrets.key(&record.id).await.map_err(|error| no_key(&error)).and_then(found);
        codat_line(record, key, network::route(self.registry, self.secrets, &record.base_url).await)
    }
}

/// The line of a workspace to Codat, with its key, where that is, and how requests leave.
pub(crate) fn codat_line(
    record: &store::Workspace,
    key: Result<(ApiKey, KeyState), WireError>,
    route: Result<Route, WireError>,
) -> Line {
    let (key, state) = match key {
        Ok((key, state)) => (Ok(key), state),
        Err(error) => (Err(error), KeyState::Missing),
    };
    Line { base: record.base_url.clone(), key, state, route }
}

/// A key that has to be there.
pub(crate) fn found<T>(key: Option<T>) -> Result<T, WireError> {
    key.ok_or_else(|| {
        WireError::new(
            Code::KeyMissing,
            "This workspace has no API key, so we can't update it. You can still see everything already loaded. \
             Enter the key in Settings.",
        )
    })
}

/// Why a workspace has no key, where the keyring does not give it.
pub(crate) fn no_key(error: &KeyringError) -> WireError {
    let (code, why) = match error {
        KeyringError::Locked => {
            (Code::KeyringLocked, "The keyring is locked. Unlock it, and updates continue.")
        }
        KeyringError::Absent(_) => (
            Code::KeyringUnavailable,
            "No keyring is running on this computer. Start it, or enter the key in Settings.",
        ),
        KeyringError::Slow => (
            Code::KeyringUnavailable,
            "The keyring does not answer. Unlock or restart it, or enter the key in Settings.",
        ),
        KeyringError::Denied(_) => (
            Code::KeyringUnavailable,
            "The keyring refused access to the key. Try again, or enter the key in Settings.",
        ),
        KeyringError::Failed(_) => (
            Code::KeyringUnavailable,
            "The keyring could not give the key. Try again, or enter the key in Settings.",
        ),
    };
    let message = format!("{why} Until then we can't update; you can still see everything already loaded.");
    WireError::new(code, message).with_detail(error.to_string())
}

/// The tray says why a workspace has no engine.
pub(crate) fn say_in_tray(desk: &Desk, reason: &WireError) {
    let line = first_sentence(&reason.message);
    desk.presenter().set_tray(TrayState::without_engine(TrayIcon::Unreachable, line));
}

/// A menu has room for what happened, not for what to do about it.
fn first_sentence(message: &str) -> &str {
    message.split_once(". ").map_or(message, |(first, _)| first).trim_end_matches('.')
}

fn read_key(text: &str) -> Result<ApiKey, WireError> {
    ApiKey::new(text).map_err(|error| WireError::new(Code::KeyInvalid, error.to_string()))
}
