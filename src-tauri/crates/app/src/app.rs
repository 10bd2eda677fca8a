//! The application: its parts, how it starts, and how it stops.

mod admission;
mod notices;
mod open;
mod workspaces;

use std::{
    fs::File,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use sandbox::Sandbox;
use store::{Registry, StoreError, WorkspaceKind};
use tokio::sync::broadcast;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use open::OpenWorkspaces;

use crate::{
    backups::{self, BackupFailure, Backups},
    commands::{Exports, Imports, Turn, Uploads, Wanted},
    convert,
    desktop::Desktop,
    embedded::{self, Address},
    error::{Code, WireError},
    folders::{Folders, FoldersError, private_file},
    key_watch, network,
    opening::Opening,
    panics, recovery,
    secrets::Secrets,
    surroundings::Known,
    transfers::Transfers,
    transport::install_crypto,
    tray::Tray,
    wire::{Event, Host, Notice, Preferences, Session},
};

pub(crate) use admission::admit_to;

/// The identifier of the sandbox's workspace.
pub(crate) const SANDBOX: &str = "sandbox";
/// Where Codat is.
const CODAT_BASE: &str = "https://api.codat.io";
/// Where preferences are kept.
const PREFERENCES: &str = "preferences";
/// Events that a slow window may be behind.
const EVENTS: usize = 256;
/// How the application is started.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Companies of a new sandbox; by default the designed ones, about 60.
    pub sandbox_companies: Option<u32>,
    /// The limits of the sandbox inside; by default Codat's.
    pub sandbox_limits: Option<sandbox::Limits>,
    /// Where Codat's API is, for tests that stand in for it. None for the real one.
    pub codat_base: Option<String>,
    /// Figures of the engine, where they are not the product's.
    pub engine: Option<engine::Config>,
}

/// Why the application could not start at all. Everything less is a notice in its window.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no folder to work in.
    #[error(transparent)]
    Folders(#[from] FoldersError),
    /// Another program of the same kind works on this data.
    #[error(
        "Portal Desktop is running already with this data. Use its window, or start with another --data-dir."
    )]
    Running,
    /// The address of Codat's API would carry the key where others can read it.
    #[error("{}", network::address_refused(.0))]
    Address(String),
    /// The list of workspaces cannot be read.
    #[error(transparent)]
    Registry(#[from] StoreError),
}

/// The application.
pub struct App {
    folders: Folders,
    desktop: Arc<dyn Desktop>,
    exports: Exports,
    options: Options,
    registry: Registry,
    registry_backup_failure: BackupFailure,
    secrets: Secrets,
    sandbox: Result<(Sandbox, Address), WireError>,
    tray: Arc<Tray>,
    open: tokio::sync::RwLock<OpenWorkspaces>,
    /// Held while a workspace is opened, shown or closed.
    switching: tokio::sync::Mutex<()>,
    /// Held while a workspace's entry is read, changed and written.
    changing: tokio::sync::Mutex<()>,
    /// What the start has to tell: what it mended, and that the app panicked when it ran last.
    at_start: Vec<Notice>,
    preferences: RwLock<Preferences>,
    /// Held while a choice is being kept; the newest one that was.
    choosing: tokio::sync::Mutex<Option<Turn>>,
    keyring: AtomicBool,
    ending: CancellationToken,
    tasks: TaskTracker,
    surroundings: Known,
    events: broadcast::Sender<Event>,
    transfers: Transfers,
    uploads: Uploads,
    imports: Imports,
    /// What the tray, a notification or a link asked for and no window has shown yet.
    wanted: Mutex<Option<Wanted>>,
    /// Held as long as the application lives: it admits one engine to the data.
    _lock: File,
}

impl App {
    /// Starts the application: opens what is kept, starts the sandbox and the open workspace's engine.
    ///
    /// # Errors
    /// Only when there is nothing to show a window for; see [`StartError`].
    pub async fn start(
        folders: Folders,
        desktop: Arc<dyn Desktop>,
        options: Options,
    ) -> Result<Arc<Self>, StartError> {
        if !network::is_safe(&codat_base(&options)) {
            return Err(StartError::Address(codat_base(&options)));
        }
        install_crypto();
        outlive_file_limits();
        folders.prepare()?;
        let lock = lock(&folders)?;
        let (registry, mended) = recovery::open_registry(&folders, &codat_base(&options)).await?;
        let at_start = mended.into_iter().chain(panics::take_notice(&folders.panics())).collect();
        let preferences = read_preferences(&registry).await;
        let secrets = Secrets::default();
        let sandbox = embedded::start(&folders, &options).await.map_err(|error| {
            WireError::new(
                Code::Internal,
                "The sandbox could not start. Other workspaces are not touched by this.",
            )
            .with_detail(error.to_string())
        });
        ensure_sandbox(&registry).await?;
        let current = registry.current_workspace().await?.unwrap_or_else(|| SANDBOX.to_owned());
        let record = pick(&registry, &current).await?;
        let (events, _) = broadcast::channel(EVENTS);
        let tray = Tray::new(desktop.clone());
        let opening = Opening {
            folders: &folders,
            options: &options,
            registry: &registry,
            secrets: &secrets,
            sandbox: &sandbox,
            tray: &tray,
            desktop: &desktop,
            events: &events,
        };
        let desk = opening.desk(record, &preferences).await;
        desktop.set_close_to_tray(preferences.close_to_tray);
        desktop.set_zoom(preferences.zoom);
        let app = Arc::new(Self {
            tray,
            open: tokio::sync::RwLock::new(OpenWorkspaces::new(Arc::new(desk))),
            switching: tokio::sync::Mutex::default(),
            changing: tokio::sync::Mutex::default(),
            at_start,
            exports: Exports::new(folders.exports()),
            preferences: RwLock::new(preferences),
            choosing: tokio::sync::Mutex::new(None),
            folders,
            desktop,
            options,
            registry,
            registry_backup_failure: BackupFailure::new(Backups::Registry),
            secrets,
            sandbox,
            keyring: AtomicBool::new(true),
            ending: CancellationToken::new(),
            tasks: TaskTracker::new(),
            surroundings: Known::default(),
            transfers: Transfers::new(events.clone()),
            uploads: Uploads::default(),
            imports: Imports::default(),
            wanted: Mutex::default(),
            events,
            _lock: lock,
        });
        app.tasks.spawn(key_watch::run(Arc::downgrade(&app), app.ending.clone()));
        app.tasks.spawn(backups::back_up_registry(Arc::downgrade(&app), app.ending.clone()));
        let watching = app.clone();
        app.tasks.spawn(async move { watching.open_watched().await });
        Ok(app)
    }

    /// What the window is told, from now on.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Whether anybody hears what the window is told.
    pub fn is_listened_to(&self) -> bool {
        self.events.receiver_count() > 0
    }

    /// Tells the window something, in the name of the tray, a notification or a deep link.
    pub fn announce(&self, event: Event) {
        // Without a window nobody listens.
        let _ = self.events.send(event);
    }

    /// The window is closed: what only lists need is given back, nobody looks on, and no company is on screen.
    pub async fn window_closed(&self) {
        self.window_is(engine::Window::Hidden).await;
        self.page_left().await;
        if let Ok(store) = self.desk().await.store() {
            store.drop_columns();
        }
    }

    /// A page is gone and others may be left. Which company it showed is not known, so those that are left say
    /// again what they show.
    pub async fn page_left(&self) {
        if let Ok(runner) = self.desk().await.runner() {
            runner.tell(engine::Event::OnScreen(None));
        }
        self.announce(Event::Session);
    }

    /// The company whose reads are followed closely because somebody sees it, if any.
    pub async fn company_on_screen(&self) -> Option<codat::CompanyId> {
        let desk = self.desk().await;
        desk.runner().ok()?.look(|engine, _| engine.on_screen()).await.ok().flatten()
    }

    /// The window closes and the app stays in the tray: that is said once, ever. Nothing waits for the notification.
    pub async fn say_that_it_stays(&self) {
        if !self.mark_told_about_tray(true).await {
            return;
        }
        let notification = engine::Notification {
            alerts: Vec::new(),
            title: "Portal Desktop is still running".to_owned(),
            body: "It keeps watching from the tray. Quit it there, or change this in Settings.".to_owned(),
            company: None,
            connection: None,
            search: None,
            place: None,
        };
        let told = self.desktop.notify(None, notification);
        if let Err(reason) = told.await {
            tracing::warn!(reason, "that the app stays in the tray could not be said, and is said next time");
            self.mark_told_about_tray(false).await;
        }
    }

    /// Keeps whether it was said that the app stays in the tray. Whether that was different before.
    async fn mark_told_about_tray(&self, told: bool) -> bool {
        let _choosing = self.choosing.lock().await;
        let mut preferences = self.preferences();
        if core::mem::replace(&mut preferences.told_about_tray, told) == told {
            return false;
        }
        if let Err(error) = self.keep_preferences(&preferences).await {
            tracing::warn!(%error, "whether it was said that the app stays in the tray is not kept");
        }
        true
    }

    /// What the person prefers.
    pub fn preferences(&self) -> Preferences {
        self.preferences.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The preferences as they are in effect: an entry that starts the app at login may have been removed by hand.
    pub(crate) fn preferences_now(&self) -> Preferences {
        let preferences = self.preferences();
        let start_at_login = self.desktop.starts_at_login().unwrap_or(preferences.start_at_login);
        Preferences { start_at_login, ..preferences }
    }

    /// Held while a choice is being kept.
    pub(crate) fn choosing(&self) -> &tokio::sync::Mutex<Option<Turn>> {
        &self.choosing
    }

    /// Stops in good order: requests are dropped, deletes that wait are cancelled, databases are closed.
    pub async fn stop(&self) {
        self.ending.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        let open = self.open_desks().await;
        futures_util::future::join_all(open.iter().map(|desk| desk.close())).await;
        self.registry.fold().await;
        if let Ok((sandbox, _)) = &self.sandbox {
            sandbox.stop().await;
        }
    }

    pub(crate) fn exports(&self) -> &Exports {
        &self.exports
    }

    pub(crate) fn desktop(&self) -> &dyn Desktop {
        self.desktop.as_ref()
    }

    /// Files on their way.
    pub(crate) fn transfers(&self) -> &Transfers {
        &self.transfers
    }

    /// Files that were chosen and are not sent yet.
    pub(crate) fn uploads(&self) -> &Uploads {
        &self.uploads
    }

    /// Files that were chosen for an import.
    pub(crate) fn imports(&self) -> &Imports {
        &self.imports
    }

    /// What a link asked for and no window has shown yet.
    pub(crate) fn wanted(&self) -> &Mutex<Option<Wanted>> {
        &self.wanted
    }

    pub(crate) fn folders(&self) -> &Folders {
        &self.folders
    }

    /// The sandbox inside, and where it is; or why it did not start.
    pub(crate) fn sandbox(&self) -> Result<(&Sandbox, &Address), WireError> {
        self.sandbox.as_ref().map(|(sandbox, address)| (sandbox, address)).map_err(Clone::clone)
    }

    pub(crate) fn surroundings(&self) -> &Known {
        &self.surroundings
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.registry
    }

    pub(crate) fn registry_backup_failure(&self) -> &BackupFailure {
        &self.registry_backup_failure
    }

    pub(crate) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    pub(crate) fn codat_base(&self) -> String {
        codat_base(&self.options)
    }

    /// Everything the frame shows.
    pub(crate) async fn session_now(&self) -> Result<Session, WireError> {
        let (desk, open) = (self.open_desk().await, self.open_desks().await);
        let records = self.registry.workspaces().await?;
        let find = |id: &str| open.iter().find(|desk| desk.id() == id).map(AsRef::as_ref);
        let shown = desk.runner().ok().map(crate::runner::Runner::shown);
        let health = desk.health();
        let (facts, surroundings) = (self.desktop.facts(), self.surroundings.now());
        // A page that was loaded again right after a choice sees it: what is being kept is waited for.
        drop(self.choosing.lock().await);
        Ok(Session {
            workspaces: records.iter().map(|record| self.workspace(record, find(&record.id))).collect(),
            current: desk.id().to_owned(),
            preferences: self.preferences_now(),
            host: Host {
                kind: facts.kind,
                tray: facts.tray,
                keyring: self.has_keyring(),
                autostart: facts.autostart,
                version: env!("CARGO_PKG_VERSION").to_owned(),
                data_folder: self.folders.data().display().to_string(),
                platform: std::env::consts::OS.to_owned(),
                power: surroundings.power.map(convert::power_source),
                metered: surroundings.metered,
            },
            health,
            notices: self.notices(&desk),
            pending_deletes: shown
                .map(|shown| shown.pending_deletes.into_iter().map(convert::pending_delete).collect())
                .unwrap_or_default(),
        })
    }

    /// Whether there is a keyring, as far as is known.
    pub(crate) fn has_keyring(&self) -> bool {
        self.keyring.load(Ordering::Acquire)
    }

    /// Whether there is a keyring was found out.
    pub(crate) fn keyring_is(&self, there: bool) {
        if self.keyring.swap(there, Ordering::AcqRel) != there {
            self.announce(Event::Session);
        }
    }

    pub(crate) async fn keep_preferences(&self, wanted: &Preferences) -> Result<(), WireError> {
        let text = serde_json::to_string(wanted).map_err(|error| {
            WireError::new(Code::Internal, "Preferences could not be written.").with_detail(error.to_string())
        })?;
        self.registry.set_preference(PREFERENCES, &text).await?;
        *self.preferences.write().unwrap_or_else(PoisonError::into_inner) = wanted.clone();
        Ok(())
    }
}

fn codat_base(options: &Options) -> String {
    options.codat_base.clone().unwrap_or_else(|| CODAT_BASE.to_owned())
}

fn lock(folders: &Folders) -> Result<File, StartError> {
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
        colour: "teal".to_owned(),
        safe_mode: store::SafeMode::Administer,
        invite_url: None,
        base_url: String::new(),
        position: 0,
        watched: true,
        client_id: None,
    };
    registry.put_workspace(&record).await
}

async fn pick(registry: &Registry, wanted: &str) -> Result<store::Workspace, StoreError> {
    let mut records = registry.workspaces().await?;
    let index = records.iter().position(|record| record.id == wanted).unwrap_or(0);
    Ok(records.swap_remove(index))
}

/// Preferences that cannot be read are the default ones: nobody is locked out by them.
async fn read_preferences(registry: &Registry) -> Preferences {
    let text = registry.preference(PREFERENCES).await.ok().flatten();
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// A limit on the size of files makes a write fail instead of ending the program: a process that listens for the
/// signal is not ended by it.
#[cfg(unix)]
fn outlive_file_limits() {
    use tokio::signal::unix::{SignalKind, signal};
    /// The number of SIGXFSZ on Linux and macOS.
    const FILE_SIZE_LIMIT: i32 = 25;
    if let Err(error) = signal(SignalKind::from_raw(FILE_SIZE_LIMIT)) {
        tracing::warn!(%error, "a limit on the size of files may end this program");
    }
}

#[cfg(not(unix))]
fn outlive_file_limits() {}
