//! The application: its parts, how it starts, and how it stops.

use std::{
    fs::File,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use sandbox::Sandbox;
use store::{Registry, Store, StoreError, WorkspaceKind};
use tokio::sync::broadcast;

use crate::{
    clock,
    commands::{Exports, Kind, Turn, Uploads, Wanted},
    convert,
    desk::Desk,
    desktop::Desktop,
    embedded::{self, Address},
    error::{Code, WireError},
    folders::{Folders, FoldersError, private_file},
    opening::Opening,
    secrets::Secrets,
    surroundings::Known,
    transfers::Transfers,
    transport::install_crypto,
    wire::{Event, HealthState, Host, KeyState, Notice, Preferences, Session, Tone, Workspace},
};

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
    secrets: Secrets,
    sandbox: Result<(Sandbox, Address), WireError>,
    desk: tokio::sync::RwLock<Arc<Desk>>,
    preferences: RwLock<Preferences>,
    /// Held while a choice is being kept; the newest one that was.
    choosing: tokio::sync::Mutex<Option<Turn>>,
    keyring: Arc<AtomicBool>,
    surroundings: Known,
    events: broadcast::Sender<Event>,
    transfers: Transfers,
    uploads: Uploads,
    /// What a link asked for before a window was there to show it.
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
    ) -> Result<Self, StartError> {
        install_crypto();
        outlive_file_limits();
        folders.prepare()?;
        let lock = lock(&folders)?;
        let registry = Registry::open(&folders.registry(), clock::now()).await?;
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
        let keyring = look_for_keyring(secrets.clone(), events.clone());
        let opening = Opening { folders: &folders, options: &options, secrets: &secrets, sandbox: &sandbox };
        let desk = opening.desk(record, &preferences, desktop.clone(), events.clone()).await;
        desktop.set_close_to_tray(preferences.close_to_tray);
        Ok(Self {
            desk: tokio::sync::RwLock::new(Arc::new(desk)),
            exports: Exports::new(folders.exports()),
            preferences: RwLock::new(preferences),
            choosing: tokio::sync::Mutex::new(None),
            folders,
            desktop,
            options,
            registry,
            secrets,
            sandbox,
            keyring,
            surroundings: Known::default(),
            transfers: Transfers::new(events.clone()),
            uploads: Uploads::default(),
            wanted: Mutex::default(),
            events,
            _lock: lock,
        })
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

    /// The window is closed: what only lists need is given back, and nobody looks on.
    pub async fn window_closed(&self) {
        self.window_is(engine::Window::Hidden).await;
        if let Ok(store) = self.desk().await.store() {
            store.drop_columns();
        }
    }

    /// The window closes and the app stays in the tray: that is said once, ever.
    pub async fn say_that_it_stays(&self) {
        let _choosing = self.choosing.lock().await;
        let mut preferences = self.preferences();
        if core::mem::replace(&mut preferences.told_about_tray, true) {
            return;
        }
        let told = self.desktop.notify(engine::Notification {
            alerts: Vec::new(),
            title: "Portal Desktop is still running".to_owned(),
            body: "It keeps watching from the tray. Quit it there, or change this in Settings.".to_owned(),
            company: None,
            connection: None,
            search: None,
            place: None,
        });
        if let Err(reason) = told.await {
            return tracing::warn!(reason, "that the app stays in the tray could not be said");
        }
        if let Err(error) = self.keep_preferences(&preferences).await {
            tracing::warn!(%error, "that the app stays in the tray is said again next time");
        }
    }

    /// What the person prefers.
    pub fn preferences(&self) -> Preferences {
        self.preferences.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Held while a choice is being kept.
    pub(crate) fn choosing(&self) -> &tokio::sync::Mutex<Option<Turn>> {
        &self.choosing
    }

    /// Stops in good order: requests are dropped, deletes that wait are cancelled, databases are closed.
    pub async fn stop(&self) {
        self.desk().await.close().await;
        if let Ok((sandbox, _)) = &self.sandbox {
            sandbox.stop().await;
        }
    }

    pub(crate) async fn desk(&self) -> Arc<Desk> {
        self.desk.read().await.clone()
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

    pub(crate) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    pub(crate) fn codat_base(&self) -> String {
        self.options.codat_base.clone().unwrap_or_else(|| CODAT_BASE.to_owned())
    }

    /// Whether the open workspace's safe mode allows this kind of command.
    pub(crate) async fn admit(&self, kind: Kind) -> Result<(), WireError> {
        let needs = kind.needs();
        let allowed = self.desk().await.workspace().safe_mode;
        if needs <= allowed {
            return Ok(());
        }
        Err(WireError::new(
            Code::SafeMode,
            "This workspace's safe mode does not allow this. Nothing was sent. It can be changed in Settings.",
        ))
    }

    /// Everything the frame shows.
    pub(crate) async fn session_now(&self) -> Result<Session, WireError> {
        let desk = self.desk().await;
        let records = self.registry.workspaces().await?;
        let shown = desk.runner().ok().map(crate::runner::Runner::shown);
        let health = desk.health();
        let (facts, surroundings) = (self.desktop.facts(), self.surroundings.now());
        // A page that was loaded again right after a choice sees it: what is being kept is waited for.
        drop(self.choosing.lock().await);
        Ok(Session {
            workspaces: records.iter().map(|record| self.workspace(record, &desk, health.state)).collect(),
            current: desk.workspace().id,
            preferences: self.preferences(),
            host: Host {
                kind: facts.kind,
                tray: facts.tray,
                keyring: self.keyring.load(Ordering::Acquire),
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

    /// The generic Link URL: the sandbox tells its own, Codat's is pasted.
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

    /// A workspace as the interface has it.
    pub(crate) async fn workspace_by_id(&self, id: &str) -> Result<Workspace, WireError> {
        let desk = self.desk().await;
        Ok(self.workspace(&self.record(id).await?, &desk, desk.health().state))
    }

    /// Keeps a changed workspace; the open one goes on with it.
    pub(crate) async fn change_record(&self, workspace: store::Workspace) -> Result<(), WireError> {
        self.registry.put_workspace(&workspace).await?;
        let desk = self.desk().await;
        if desk.workspace().id == workspace.id {
            desk.set_workspace(workspace);
            desk.tell_keep_alive().await;
        }
        self.announce(Event::Session);
        Ok(())
    }

    /// A workspace has another key: the open one goes on with it, or opens now that it can.
    pub(crate) async fn key_replaced(&self, id: &str) -> Result<(), WireError> {
        let desk = self.desk().await;
        let workspace = desk.workspace();
        if workspace.id != id {
            return Ok(());
        }
        if !desk.replace_key(&self.opening().to_codat(&workspace).await) {
            drop(desk);
            return self.switch_to(id).await;
        }
        self.announce(Event::Session);
        Ok(())
    }

    /// Closes the open workspace and opens this one.
    pub(crate) async fn switch_to(&self, id: &str) -> Result<(), WireError> {
        let record = self.record(id).await?;
        let mut desk = self.desk.write().await;
        desk.close().await;
        let opened =
            self.opening().desk(record, &self.preferences(), self.desktop.clone(), self.events.clone()).await;
        crate::commands::surroundings::tell(&opened, self.surroundings.now());
        *desk = Arc::new(opened);
        drop(desk);
        self.registry.set_current_workspace(id).await?;
        self.announce(Event::Session);
        Ok(())
    }

    fn opening(&self) -> Opening<'_> {
        Opening {
            folders: &self.folders,
            options: &self.options,
            secrets: &self.secrets,
            sandbox: &self.sandbox,
        }
    }

    /// Sets a damaged database aside and begins anew from the server.
    pub(crate) async fn rebuild(&self) -> Result<(), WireError> {
        let desk = self.desk().await;
        let record = desk.workspace();
        let damaged = matches!(desk.store(), Err(error) if error.code == Code::DatabaseCorrupt);
        drop(desk);
        if !damaged {
            return Err(WireError::new(
                Code::BadArguments,
                "The database is not damaged, so it was left as it is.",
            ));
        }
        Store::set_aside(&self.folders.workspace(&record.id), clock::now())?;
        self.switch_to(&record.id).await
    }

    pub(crate) async fn keep_preferences(&self, wanted: &Preferences) -> Result<(), WireError> {
        let text = serde_json::to_string(wanted).map_err(|error| {
            WireError::new(Code::Internal, "Preferences could not be written.").with_detail(error.to_string())
        })?;
        self.registry.set_preference(PREFERENCES, &text).await?;
        *self.preferences.write().unwrap_or_else(PoisonError::into_inner) = wanted.clone();
        Ok(())
    }

    fn workspace(&self, record: &store::Workspace, desk: &Desk, state: HealthState) -> Workspace {
        let open = record.id == desk.workspace().id;
        let key_state = match (open, state) {
            (true, HealthState::Refused) if desk.runner().is_ok() => KeyState::Refused,
            (true, _) => desk.key_state(),
            (false, _) if self.secrets.of_session(&record.id).is_some() => KeyState::Session,
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

    fn notices(&self, desk: &Desk) -> Vec<Notice> {
        let sandbox = self.sandbox.as_ref().err().filter(|_| desk.workspace().id == SANDBOX).cloned();
        let database = desk.store().err();
        let engine = desk.runner().err().filter(|_| database.is_none() && sandbox.is_none());
        [("sandbox", sandbox), ("database", database), ("engine", engine)]
            .into_iter()
            .filter_map(|(id, error)| {
                error.map(|error| Notice {
                    id: id.to_owned(),
                    tone: Tone::Error,
                    code: error.code,
                    message: error.message,
                    detail: error.detail,
                })
            })
            .collect()
    }
}

/// Whether a keyring answers, found out aside: a locked one may take seconds to say so.
fn look_for_keyring(secrets: Secrets, events: broadcast::Sender<Event>) -> Arc<AtomicBool> {
    let there = Arc::new(AtomicBool::new(true));
    let found = there.clone();
    tokio::spawn(async move {
        if !secrets.available().await {
            found.store(false, Ordering::Release);
            // Without a window nobody listens.
            let _ = events.send(Event::Session);
        }
    });
    there
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
