//! Opens a workspace: finds its API endpoint and its key.

use std::sync::Arc;

use codat::ApiKey;
use engine::{TrayIcon, TrayState};
use sandbox::Sandbox;
use store::Registry;
use tokio::sync::broadcast;

use crate::{
    clock::Clock,
    desktop::Desktop,
    embedded::Address,
    error::{Code, WireError},
    folders::Folders,
    network,
    open_workspace::{ApiEndpoint, OpenWorkspace},
    options::{Options, SANDBOX},
    presenter::{Presenter, WorkspacePresenter},
    secrets::{KeyringError, Secrets},
    transport::Route,
    tray::Tray,
    wire::{Event, KeyState, Preferences},
};

/// The tray's text while a workspace opens.
const STARTING: &str = "Starting…";

/// The parts of the application that opening a workspace needs.
pub(crate) struct WorkspaceOpener<'a> {
    pub(crate) folders: &'a Folders,
    pub(crate) options: &'a Options,
    pub(crate) registry: &'a Registry,
    pub(crate) secrets: &'a Secrets,
    pub(crate) sandbox: &'a Result<(Sandbox, Address), WireError>,
    pub(crate) tray: &'a Arc<Tray>,
    pub(crate) desktop: &'a Arc<dyn Desktop>,
    pub(crate) events: &'a broadcast::Sender<Event>,
}

impl WorkspaceOpener<'_> {
    /// Opens a workspace: its database, and its engine if it has a key. Without an engine the tray shows the
    /// reason.
    pub(crate) async fn open(&self, record: store::Workspace, preferences: &Preferences) -> OpenWorkspace {
        let presenter = Arc::new(WorkspacePresenter::new(
            &record,
            self.tray.clone(),
            self.desktop.clone(),
            self.events.clone(),
        ));
        presenter.set_tray(TrayState::without_engine(TrayIcon::Starting, STARTING));
        let endpoint =
            if record.id == SANDBOX { self.sandbox_endpoint() } else { self.codat_endpoint(&record).await };
        let config = engine::Config {
            background_percent: preferences.quota_share,
            seed: uuid::Uuid::new_v4().as_u64_pair().0,
            ..self.options.engine.clone().unwrap_or_default()
        };
        let workspace = OpenWorkspace::open(record, endpoint, self.folders, config, presenter).await;
        if let Err(error) = workspace.runner() {
            show_error_in_tray(&workspace, &error);
        }
        workspace.show_views_in_tray().await;
        workspace
    }

    fn sandbox_endpoint(&self) -> ApiEndpoint {
        let (base, key, clock) = match self.sandbox {
            Ok((sandbox, address)) => {
                (address.address.clone(), parse_key(&address.key), Clock::Sandbox(sandbox.endpoint()))
            }
            Err(error) => (String::new(), Err(error.clone()), Clock::Computer),
        };
        ApiEndpoint { base, key, key_state: KeyState::Kept, route: Ok(Route::direct()), clock }
    }

    /// The Codat endpoint with the stored key and the saved network settings.
    pub(crate) async fn codat_endpoint(&self, record: &store::Workspace) -> ApiEndpoint {
        let key =
            self.secrets.key(&record.id).await.map_err(|error| keyring_error(&error)).and_then(require_key);
        endpoint_with_key(record, key, network::route(self.registry, self.secrets, &record.base_url).await)
    }
}

/// The Codat endpoint of a workspace with the given key and route.
pub(crate) fn endpoint_with_key(
    record: &store::Workspace,
    key: Result<(ApiKey, KeyState), WireError>,
    route: Result<Route, WireError>,
) -> ApiEndpoint {
    let (key, key_state) = match key {
        Ok((key, key_state)) => (Ok(key), key_state),
        Err(error) => (Err(error), KeyState::Missing),
    };
    ApiEndpoint { base: record.base_url.clone(), key, key_state, route, clock: Clock::Computer }
}

/// The key, or the error that there is none.
pub(crate) fn require_key<T>(key: Option<T>) -> Result<T, WireError> {
    key.ok_or_else(|| {
        WireError::new(
            Code::KeyMissing,
            "This workspace has no API key, so we can’t update it. You can still see everything already \
             loaded. Enter the key in Settings.",
        )
    })
}

/// The error for a keyring that did not return the key.
pub(crate) fn keyring_error(error: &KeyringError) -> WireError {
    let (code, why) = match error {
        KeyringError::Locked => {
            (Code::KeyringLocked, "The keyring is locked. Unlock it to continue updates.")
        }
        KeyringError::Absent(_) => (
            Code::KeyringUnavailable,
            "No keyring is running on this computer. Start it, or enter the key in Settings.",
        ),
        KeyringError::TimedOut => (
            Code::KeyringUnavailable,
            "The keyring doesn’t answer. Unlock or restart it, or enter the key in Settings.",
        ),
        KeyringError::Denied(_) => (
            Code::KeyringUnavailable,
            "The keyring denied access to the key. Try again, or enter the key in Settings.",
        ),
        KeyringError::Failed(_) => (
            Code::KeyringUnavailable,
            "We couldn’t get the key from the keyring. Try again, or enter the key in Settings.",
        ),
    };
    let message = format!("{why} Until then we can’t update; you can still see everything already loaded.");
    WireError::new(code, message).with_detail(error.to_string())
}

/// Shows in the tray why a workspace has no engine.
pub(crate) fn show_error_in_tray(workspace: &OpenWorkspace, reason: &WireError) {
    let line = first_sentence(&reason.message);
    workspace.presenter().set_tray(TrayState::without_engine(TrayIcon::Unreachable, line));
}

/// The first sentence of an error message: a menu entry has no room for advice.
fn first_sentence(message: &str) -> &str {
    message.split_once(". ").map_or(message, |(first, _)| first).trim_end_matches('.')
}

fn parse_key(text: &str) -> Result<ApiKey, WireError> {
    ApiKey::new(text).map_err(|error| WireError::new(Code::KeyInvalid, error.to_string()))
}
