//! The application: its state, its start and its shutdown.

mod admission;
mod keyring_poll;
mod notices;
mod open_workspaces;
mod registry_backup;
mod workspaces;

use std::{
    fs::File,
    sync::{
        Arc, Mutex, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use domain::SafeMode;
use sandbox::Sandbox;
use store::{Registry, StoreError, WorkspaceKind};
use tokio::sync::broadcast;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use open_workspaces::OpenWorkspaces;

use crate::{
    backups::{BackupFailure, Backups},
    desktop::Desktop,
    embedded::{self, Address},
    error::{Code, WireError},
    exported_files::ExportedFiles,
    folders::{Folders, FoldersError, private_file},
    network,
    options::{Options, SANDBOX},
    panics,
    pending_imports::PendingImports,
    pending_uploads::PendingUploads,
    recovery,
    secrets::Secrets,
    surroundings::KnownSurroundings,
    sync,
    transfers::Transfers,
    transport::install_crypto,
    tray::Tray,
    wire::{Event, Host, Notice, Preferences, Revision, Session, ShowRequest},
    workspace_opener::WorkspaceOpener,
};

pub(crate) use admission::admit_to;

/// The registry key of the preferences.
const PREFERENCES_KEY: &str = "preferences";
/// The number of events that a slow window may lag behind before it misses some.
const EVENT_CAPACITY: usize = 256;
/// Why the application cannot start. Smaller problems are notices in the window.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no usable data folder.
    #[error(transparent)]
    Folders(#[from] FoldersError),
    /// Another process uses the same data folder.
    #[error(
        "Portal Desktop is already running with this data. Use its window, or start with another --data-dir."
    )]
    Running,
    /// The base URL is not encrypted and not on this computer, so others could read the API key.
    #[error("{}", network::insecure_address_message(.0))]
    Address(String),
    /// The list of workspaces cannot be read.
    #[error(transparent)]
    Registry(#[from] StoreError),
}

/// The running application.
pub struct App {
    pub(crate) folders: Folders,
    pub(crate) desktop: Arc<dyn Desktop>,
    pub(crate) exports: ExportedFiles,
    options: Options,
    pub(crate) registry: Registry,
    pub(crate) registry_backup_failure: BackupFailure,
    pub(crate) secrets: Secrets,
    sandbox: Result<(Sandbox, Address), WireError>,
    tray: Arc<Tray>,
    open_workspaces: tokio::sync::RwLock<OpenWorkspaces>,
    /// Held while a workspace is opened, shown or closed.
    switch_lock: tokio::sync::Mutex<()>,
    /// Held while a workspace record is read, changed and written.
    record_lock: tokio::sync::Mutex<()>,
    /// Held while the saved views of a workspace are read, changed and written.
    pub(crate) views_lock: tokio::sync::Mutex<()>,
    /// Notices of the start: a rebuilt registry, and a panic of the previous run.
    startup_notices: Vec<Notice>,
    preferences: RwLock<Preferences>,
    /// The newest saved revision of the preferences. Locked while preferences are saved.
    pub(crate) latest_revision: tokio::sync::Mutex<Option<Revision>>,
    keyring: AtomicBool,
    shutdown: CancellationToken,
    tasks: TaskTracker,
    pub(crate) surroundings: KnownSurroundings,
    events: broadcast::Sender<Event>,
    pub(crate) transfers: Transfers,
    pub(crate) uploads: PendingUploads,
    pub(crate) imports: PendingImports,
    /// What the tray, a notification or a link asked to show, until a window takes it.
    pub(crate) show_request: Mutex<Option<ShowRequest>>,
    /// Keeps other processes away from the data folder while the application runs.
    _lock: File,
}

impl App {
    /// Starts the application: opens the registry, the sandbox and the current workspace.
    ///
    /// # Errors
    /// If there is nothing that a window could show; see [`StartError`].
    pub async fn start(
        folders: Folders,
        desktop: Arc<dyn Desktop>,
        options: Options,
    ) -> Result<Arc<Self>, StartError> {
        if !network::is_secure_address(&options.codat_base()) {
            return Err(StartError::Address(options.codat_base()));
        }
        install_crypto();
        survive_file_size_limit();
        folders.prepare()?;
        let lock = acquire_lock(&folders)?;
        let (registry, rebuilt_notice) = recovery::open_registry(&folders, &options.codat_base()).await?;
        let startup_notices =
            rebuilt_notice.into_iter().chain(panics::take_notice(&folders.panics())).collect();
        let preferences = read_preferences(&registry).await;
        let secrets = Secrets::default();
        let sandbox = embedded::start(&folders, &options).await.map_err(|error| {
            WireError::new(
                Code::Internal,
                "The sandbox couldn’t start. Your other workspaces aren’t affected.",
            )
            .with_detail(error.to_string())
        });
        ensure_sandbox(&registry).await?;
        let current = registry.current_workspace().await?.unwrap_or_else(|| SANDBOX.to_owned());
        let record = find_or_first(&registry, &current).await?;
        let (events, _) = broadcast::channel(EVENT_CAPACITY);
        let tray = Tray::new(desktop.clone());
        let opener = WorkspaceOpener {
            folders: &folders,
            options: &options,
            registry: &registry,
            secrets: &secrets,
            sandbox: &sandbox,
            tray: &tray,
            desktop: &desktop,
            events: &events,
        };
        let workspace = opener.open(record, &preferences).await;
        desktop.set_close_to_tray(preferences.close_to_tray);
        desktop.set_zoom(preferences.zoom);
        let app = Arc::new(Self {
            tray,
            open_workspaces: tokio::sync::RwLock::new(OpenWorkspaces::new(Arc::new(workspace))),
            switch_lock: tokio::sync::Mutex::default(),
            record_lock: tokio::sync::Mutex::default(),
            views_lock: tokio::sync::Mutex::default(),
            startup_notices,
            exports: ExportedFiles::new(folders.exports()),
            preferences: RwLock::new(preferences),
            latest_revision: tokio::sync::Mutex::new(None),
            folders,
            desktop,
            options,
            registry,
            registry_backup_failure: BackupFailure::new(Backups::Registry),
            secrets,
            sandbox,
            keyring: AtomicBool::new(true),
            shutdown: CancellationToken::new(),
            tasks: TaskTracker::new(),
            surroundings: KnownSurroundings::default(),
            transfers: Transfers::new(events.clone()),
            uploads: PendingUploads::default(),
            imports: PendingImports::default(),
            show_request: Mutex::default(),
            events,
            _lock: lock,
        });
        app.tasks.spawn(keyring_poll::run(Arc::downgrade(&app), app.shutdown.clone()));
        app.tasks.spawn(registry_backup::run(Arc::downgrade(&app), app.shutdown.clone()));
        let watching = app.clone();
        app.tasks.spawn(async move { watching.open_watched().await });
        Ok(app)
    }

    /// Subscribes to the events for windows.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Whether at least one window is subscribed to events.
    pub fn has_listeners(&self) -> bool {
        self.events.receiver_count() > 0
    }

    /// Sends an event to all windows.
    pub fn emit(&self, event: Event) {
        // An error means that there is no window.
        let _ = self.events.send(event);
    }

    /// Handles a closed window: frees memory that only lists need, and clears the company on screen.
    pub async fn window_closed(&self) {
        self.set_window_state(engine::Window::Hidden).await;
        self.page_left().await;
        if let Ok(store) = self.command_workspace().await.store() {
            store.drop_columns();
        }
    }

    /// Handles a closed page while others may be open. It is unknown which company the closed page showed, so
    /// it clears the company on screen, and the other pages report theirs again.
    pub async fn page_left(&self) {
        if let Ok(runner) = self.command_workspace().await.runner() {
            runner.send_event(engine::Event::OnScreen(None));
        }
        self.emit(Event::Session);
    }

    /// The company on screen. The engine polls its reads more often.
    pub async fn company_on_screen(&self) -> Option<codat::CompanyId> {
        let workspace = self.command_workspace().await;
        workspace.runner().ok()?.query(|engine, _| engine.on_screen()).await.ok().flatten()
    }

    /// Notifies the user, once ever, that the app keeps running in the tray. A notification that fails is sent
    /// again the next time.
    pub async fn notify_still_running(&self) {
        if !self.set_tray_notice_shown(true).await {
            return;
        }
        let notification = engine::Notification {
            title: "Portal Desktop is still running".to_owned(),
            body: "It keeps watching from the tray. You can quit it there, or change this in Settings."
                .to_owned(),
            ..engine::Notification::default()
        };
        let shown = self.desktop.notify(None, notification);
        if let Err(reason) = shown.await {
            tracing::warn!(reason, "that the app stays in the tray could not be said, and is said next time");
            self.set_tray_notice_shown(false).await;
        }
    }

    /// Saves whether the tray notice was shown. Returns whether this changed the value.
    async fn set_tray_notice_shown(&self, shown: bool) -> bool {
        let _lock = self.latest_revision.lock().await;
        let mut preferences = self.preferences();
        if core::mem::replace(&mut preferences.tray_notice_shown, shown) == shown {
            return false;
        }
        if let Err(error) = self.save_preferences(&preferences).await {
            tracing::warn!(%error, "whether it was said that the app stays in the tray is not kept");
        }
        true
    }

    /// The saved preferences.
    pub fn preferences(&self) -> Preferences {
        sync::read(&self.preferences).clone()
    }

    /// The preferences in effect: the user may have removed the autostart entry outside the app.
    pub(crate) fn preferences_now(&self) -> Preferences {
        let preferences = self.preferences();
        let start_at_login = self.desktop.starts_at_login().unwrap_or(preferences.start_at_login);
        Preferences { start_at_login, ..preferences }
    }

    /// Shuts down: drops requests, cancels pending deletes, and closes the databases.
    pub async fn stop(&self) {
        self.shutdown.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        let open = self.all_open_workspaces().await;
        futures_util::future::join_all(open.iter().map(|workspace| workspace.close())).await;
        self.registry.checkpoint().await;
        if let Ok((sandbox, _)) = &self.sandbox {
            sandbox.stop().await;
        }
    }

    /// The embedded sandbox and its address, or why it did not start.
    pub(crate) fn sandbox(&self) -> Result<(&Sandbox, &Address), WireError> {
        self.sandbox.as_ref().map(|(sandbox, address)| (sandbox, address)).map_err(Clone::clone)
    }

    pub(crate) fn codat_base(&self) -> String {
        self.options.codat_base()
    }

    /// The engine's parameters for all workspaces.
    pub(crate) fn engine_config(&self) -> engine::Config {
        self.options.engine.clone().unwrap_or_default()
    }

    /// The session as the interface shows it.
    pub(crate) async fn session_now(&self) -> Result<Session, WireError> {
        let (workspace, open) = (self.shown_workspace().await, self.all_open_workspaces().await);
        let records = self.registry.workspaces().await?;
        let find = |id: &str| open.iter().find(|workspace| workspace.id() == id).map(AsRef::as_ref);
        let shown = workspace.runner().ok().map(crate::runner::Runner::snapshot);
        let health = workspace.health();
        let (facts, surroundings) = (self.desktop.facts(), self.surroundings.now());
        // Waits for preferences that are being saved, so that a page that reloads right after a change sees
        // the change.
        drop(self.latest_revision.lock().await);
        Ok(Session {
            workspaces: records.iter().map(|record| self.workspace_view(record, find(&record.id))).collect(),
            current: workspace.id().to_owned(),
            preferences: self.preferences_now(),
            host: Host {
                kind: facts.kind,
                tray: facts.tray,
                keyring: self.has_keyring(),
                autostart: facts.autostart,
                version: env!("CARGO_PKG_VERSION").to_owned(),
                data_folder: self.folders.data().display().to_string(),
                platform: std::env::consts::OS.to_owned(),
                power: surroundings.power,
                metered: surroundings.metered,
            },
            health,
            notices: self.notices(&workspace),
            pending_deletes: shown.map(|shown| shown.pending_deletes).unwrap_or_default(),
        })
    }

    /// Whether a keyring is available. `true` until the first probe.
    pub(crate) fn has_keyring(&self) -> bool {
        self.keyring.load(Ordering::Acquire)
    }

    pub(crate) fn set_has_keyring(&self, available: bool) {
        if self.keyring.swap(available, Ordering::AcqRel) != available {
            self.emit(Event::Session);
        }
    }

    pub(crate) async fn save_preferences(&self, preferences: &Preferences) -> Result<(), WireError> {
        let text = serde_json::to_string(preferences).map_err(|error| {
            WireError::new(Code::Internal, "We couldn’t save your preferences.")
                .with_detail(error.to_string())
        })?;
        self.registry.set_preference(PREFERENCES_KEY, &text).await?;
        *sync::write(&self.preferences) = preferences.clone();
        Ok(())
    }
}

fn acquire_lock(folders: &Folders) -> Result<File, StartError> {
    let unusable = |source| FoldersError::Unusable { folder: folders.lock(), source };
    let file = private_file(&folders.lock()).map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(StartError::Running),
        Err(std::fs::TryLockError::Error(source)) => Err(unusable(source).into()),
    }
}

async fn ensure_sandbox(registry: &Registry) -> Result<(), StoreError> {
    let known = registry.workspaces().await?;
    if known.iter().any(|record| record.id == SANDBOX) {
        return Ok(());
    }
    let record = store::Workspace {
        id: SANDBOX.to_owned(),
        name: "Sandbox".to_owned(),
        kind: WorkspaceKind::Sandbox,
        color: "teal".to_owned(),
        safe_mode: SafeMode::Administer,
        invite_url: None,
        base_url: String::new(),
        position: 0,
        watched: true,
        client_id: None,
    };
    registry.put_workspace(&record).await
}

async fn find_or_first(registry: &Registry, id: &str) -> Result<store::Workspace, StoreError> {
    let mut records = registry.workspaces().await?;
    let index = records.iter().position(|record| record.id == id).unwrap_or(0);
    Ok(records.swap_remove(index))
}

/// Unreadable preferences are replaced by the defaults, so that the app still starts.
async fn read_preferences(registry: &Registry) -> Preferences {
    let text = registry.preference(PREFERENCES_KEY).await.ok().flatten();
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// Ignores SIGXFSZ, so that a write beyond the file size limit fails with an error instead of ending the
/// process.
#[cfg(unix)]
fn survive_file_size_limit() {
    use tokio::signal::unix::{SignalKind, signal};
    /// SIGXFSZ on Linux and macOS.
    const FILE_SIZE_LIMIT: i32 = 25;
    if let Err(error) = signal(SignalKind::from_raw(FILE_SIZE_LIMIT)) {
        tracing::warn!(%error, "a limit on the size of files may end this program");
    }
}

#[cfg(not(unix))]
fn survive_file_size_limit() {}
