//! An open workspace: its database, its engine and its API endpoint.

mod local_settings;

use std::{
    sync::{Arc, Mutex, OnceLock, RwLock},
    time::Duration,
};

use codat::{ApiKey, Client};
use domain::{Health, HealthState, SafeMode};
use jiff::Timestamp;
use store::{Store, StoreError};
use tokio::sync::watch;
use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};

use crate::{
    backups::{BackupFailure, BackupTask, Backups},
    clock::{self, Clock},
    damage::Damage,
    effect_executor::EffectExecutor,
    error::{Code, WireError},
    folders::Folders,
    pause::Pause,
    presenter::WorkspacePresenter,
    record_copies::RecordCopies,
    requests::Log,
    runner::Runner,
    schedules, sync,
    transport::{self, Route},
    wire,
};

/// How long a closing workspace waits for running commands after they were cancelled.
const COMMANDS_TIMEOUT: Duration = Duration::from_secs(2);
/// The key under which the database stores the names of companies whose deletes were cancelled at closing, as
/// JSON.
const CANCELLED_DELETES: &str = "cancelledDeletes";

/// An open workspace. A part that could not be opened holds its error, so that the window always has something
/// to show.
pub(crate) struct OpenWorkspace {
    id: String,
    record: RwLock<store::Workspace>,
    store: Mutex<Result<Arc<Store>, WireError>>,
    /// The error is in a lock because [`set_key_error`](Self::set_key_error) replaces it.
    runner: Result<Runner, RwLock<WireError>>,
    /// Damage of the database that was found after opening.
    damage: Damage,
    backup_failure: BackupFailure,
    /// The notice about a rebuilt database.
    rebuilt: OnceLock<wire::Notice>,
    /// Running acts.
    acts: TaskTracker,
    /// Running commands, exports and their tasks. Closing waits for them.
    tasks: TaskTracker,
    /// Cancelled when the workspace closes.
    closing: CancellationToken,
    presenter: Arc<WorkspacePresenter>,
    key_state: RwLock<wire::KeyState>,
    /// The safe mode that [`transport::enforce_safe_mode`] checks for each request.
    allowed_mode: watch::Sender<SafeMode>,
    /// Whether the user paused background work.
    pause: RwLock<Pause>,
    log: Arc<Log>,
    record_copies: RecordCopies,
    clock: Clock,
    /// The names of companies whose deletes were cancelled when the workspace closed the last time.
    cancelled_deletes: Vec<String>,
}

/// The API server of a workspace, and the access to it.
pub(crate) struct ApiEndpoint {
    pub(crate) base: String,
    pub(crate) key: Result<ApiKey, WireError>,
    pub(crate) key_state: wire::KeyState,
    /// The proxies and certificate authorities, or why no request can be sent.
    pub(crate) route: Result<Route, WireError>,
    pub(crate) clock: Clock,
}

impl OpenWorkspace {
    /// Opens as much of a workspace as possible.
    pub(crate) async fn open(
        record: store::Workspace,
        endpoint: ApiEndpoint,
        folders: &Folders,
        config: engine::Config,
        presenter: Arc<WorkspacePresenter>,
    ) -> Self {
        let key_state = endpoint.key_state;
        let clock = endpoint.clock.clone();
        let record_copies = RecordCopies::new(presenter.events().clone(), clock.clone());
        // The database is a file of this computer, with the times of its backups by this computer's clock.
        let opened = Store::open(&folders.workspace(&record.id), clock::now()).await;
        let store = opened.map(Arc::new).map_err(WireError::from);
        if let Ok(store) = &store {
            store.set_time_zone(clock::zone());
        }
        let log = Log::new(presenter.events().clone(), clock.clone());
        let pause = match &store {
            Ok(store) => Pause::load(store).await,
            Err(_) => Pause::Off,
        };
        let cancelled_deletes = match &store {
            Ok(store) => take_cancelled_deletes(store).await,
            Err(_) => Vec::new(),
        };
        let damage = Damage::default();
        let (allowed_mode, guard_mode) = watch::channel(record.safe_mode);
        let runner = match (&store, endpoint.client(&log, guard_mode)) {
            // With a read-only database, stored data is shown but no engine runs, because its results could
            // not be saved.
            (Ok(store), Ok(client)) => match store.check_writable().await {
                Ok(()) => {
                    let policy = policy(&record, pause.is_on(clock.now()));
                    let client = Arc::new(RwLock::new(client));
                    let executor = EffectExecutor::new(store.clone(), client.clone(), presenter.clone())
                        .with_damage(damage.clone());
                    let runner = Runner::start(config, executor, client, log.clone(), policy, clock.clone());
                    runner.await.map_err(WireError::from)
                }
                Err(error) => Err(error.into()),
            },
            (Err(error), _) => Err(error.clone()),
            (Ok(_), Err(error)) => Err(error),
        };
        if let (Ok(store), Ok(runner)) = (&store, &runner) {
            start_schedules(store, runner, record.kind, clock.now()).await;
        }
        let workspace = Self {
            id: record.id.clone(),
            record: RwLock::new(record),
            store: Mutex::new(store),
            runner: runner.map_err(RwLock::new),
            damage,
            backup_failure: BackupFailure::new(Backups::Workspace),
            rebuilt: OnceLock::new(),
            acts: TaskTracker::new(),
            tasks: TaskTracker::new(),
            closing: CancellationToken::new(),
            presenter,
            key_state: RwLock::new(key_state),
            allowed_mode,
            pause: RwLock::new(pause),
            log,
            record_copies,
            clock,
            cancelled_deletes,
        };
        workspace.update_keep_alive().await;
        workspace.update_policy().await;
        workspace.update_snooze_end().await;
        workspace.watch_database();
        workspace
    }

    /// Starts the task that checks the database and backs it up every day.
    fn watch_database(&self) {
        let Ok(store) = self.store().map(|store| Arc::downgrade(&store)) else { return };
        let (damage, failure) = (self.damage.clone(), self.backup_failure.clone());
        let backup = BackupTask { store, damage, failure, presenter: self.presenter.clone() };
        let closing = self.closing();
        self.tasks.spawn(async move { closing.run_until_cancelled_owned(backup.run()).await });
    }

    /// Saves the names of the cancelled deletes for a notice at the next start.
    async fn save_cancelled_deletes(&self, names: Vec<String>) {
        let Some(store) = self.store().ok().filter(|_| !names.is_empty()) else { return };
        let stored = match serde_json::to_string(&names) {
            Ok(text) => store.save(CANCELLED_DELETES, &text).await.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = stored {
            tracing::warn!(error, "that deletes were cancelled could not be kept");
        }
    }

    pub(crate) fn store(&self) -> Result<Arc<Store>, WireError> {
        sync::lock(&self.store).clone()
    }

    /// The current time of the workspace.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn record(&self) -> store::Workspace {
        sync::read(&self.record).clone()
    }

    /// Applies a changed record. The name and the safe mode can change while the workspace is open.
    pub(crate) fn set_record(&self, record: store::Workspace) {
        self.presenter.rename(&record.name);
        *sync::write(&self.record) = record;
    }

    pub(crate) fn key_state(&self) -> wire::KeyState {
        *sync::read(&self.key_state)
    }

    /// Replaces the key and the route. Returns false if no engine runs.
    pub(crate) fn replace_key(&self, endpoint: &ApiEndpoint) -> bool {
        let (Ok(runner), Ok(client)) =
            (&self.runner, endpoint.client(&self.log, self.allowed_mode.subscribe()))
        else {
            return false;
        };
        *sync::write(&self.key_state) = endpoint.key_state;
        runner.replace_client(client);
        true
    }

    /// The log of requests.
    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    /// The engine, or why none runs.
    pub(crate) fn runner(&self) -> Result<&Runner, WireError> {
        self.runner.as_ref().map_err(read_error)
    }

    /// The connection state as the interface shows it.
    pub(crate) fn health(&self) -> Health {
        match (&self.runner, self.damage.get()) {
            (Ok(runner), None) => runner.snapshot().health,
            // With a damaged database, new data cannot be saved, so nothing is up to date.
            (Ok(runner), Some(damage)) => Health {
                state: HealthState::Failing,
                message: Some(damage.message.clone()),
                ..runner.snapshot().health
            },
            (Err(error), _) => self.health_without_engine(&read_error(error)),
        }
    }

    /// Replaces the error about a missing key by a more recent one. Returns whether the error changed.
    pub(crate) fn set_key_error(&self, reason: WireError) -> bool {
        let Err(known) = &self.runner else { return false };
        let mut known = sync::write(known);
        if !matches!(known.code, Code::KeyMissing | Code::KeyringLocked | Code::KeyringUnavailable) {
            return false;
        }
        core::mem::replace(&mut *known, reason.clone()) != reason
    }

    pub(crate) fn cancelled_deletes(&self) -> &[String] {
        &self.cancelled_deletes
    }

    /// The damage of the database, if any.
    pub(crate) fn damage(&self) -> Option<WireError> {
        let corrupt_at_opening = self.store().err().filter(|error| error.code == Code::DatabaseCorrupt);
        self.damage.get().cloned().or(corrupt_at_opening)
    }

    /// Whether the database is damaged. Reads the whole file if no damage is known, because the workspace may
    /// have been opened again since a command failed.
    ///
    /// # Errors
    /// Errors of reading, other than damage.
    pub(crate) async fn is_damaged(&self) -> Result<bool, WireError> {
        match (self.damage(), self.store()) {
            (None, Ok(store)) => match store.check().await {
                Ok(()) => Ok(false),
                Err(StoreError::Corrupt { .. }) => Ok(true),
                Err(error) => Err(error.into()),
            },
            (damage, _) => Ok(damage.is_some()),
        }
    }

    pub(crate) fn note_rebuilt(&self, notice: wire::Notice) {
        // A workspace is opened once after a rebuild, so no notice is set yet.
        let _ = self.rebuilt.set(notice);
    }

    /// Notices about the database and its backups.
    pub(crate) fn notices(&self) -> impl Iterator<Item = wire::Notice> {
        self.rebuilt.get().cloned().into_iter().chain(self.backup_failure.notice())
    }

    /// Records damage of the database. Returns whether it was unknown.
    pub(crate) fn note_damage(&self, error: &WireError) -> bool {
        self.damage.set(error.clone()).is_ok()
    }

    /// Counts an act as running while the returned token exists. `None` if the workspace is closing.
    pub(crate) fn begin_act(&self) -> Option<TaskTrackerToken> {
        let token = self.acts.token();
        (!self.acts.is_closed()).then_some(token)
    }

    /// Running tasks. Closing waits for them.
    pub(crate) fn tasks(&self) -> &TaskTracker {
        &self.tasks
    }

    pub(crate) fn closing(&self) -> CancellationToken {
        self.closing.child_token()
    }

    pub(crate) fn presenter(&self) -> &WorkspacePresenter {
        &self.presenter
    }

    /// Called when the windows show this workspace or another one. A hidden workspace frees what only windows
    /// need.
    pub(crate) fn set_shown(&self, shown: bool) {
        self.presenter.events().set_shown(shown);
        if shown {
            return;
        }
        self.record_copies.stop_all();
        if let Ok(store) = self.store() {
            store.drop_columns();
        }
        if let Ok(runner) = self.runner() {
            runner.send_event(engine::Event::OnScreen(None));
        }
    }

    /// Rejects new acts and waits for running ones, up to the timeout.
    pub(crate) async fn finish_acts(&self, deadline: Duration) {
        self.acts.close();
        if tokio::time::timeout(deadline, self.acts.wait()).await.is_err() {
            tracing::warn!(acts = self.acts.len(), "the workspace closes with acts under way");
        }
    }

    /// The health of a workspace without an engine.
    fn health_without_engine(&self, why: &WireError) -> Health {
        let is_keyless = self.key_state() == wire::KeyState::Missing;
        Health {
            state: if is_keyless { HealthState::Refused } else { HealthState::Failing },
            message: Some(why.message.clone()),
            first_sweep_done: true,
            ..Health::default()
        }
    }

    pub(crate) fn record_copies(&self) -> &RecordCopies {
        &self.record_copies
    }

    /// Closes the workspace: cancels its tasks, saves the state of the engine, and closes the database.
    pub(crate) async fn close(&self) {
        self.acts.close();
        self.closing.cancel();
        self.record_copies.stop();
        if let Ok(runner) = &self.runner {
            let deletes = runner.snapshot().pending_deletes;
            runner.stop().await;
            self.save_cancelled_deletes(deletes.into_iter().map(|delete| delete.name).collect()).await;
        }
        self.presenter.close();
        let closed = Err(WireError::new(
            Code::WorkspaceClosed,
            "The workspace closed before this ended. Check the list before trying again.",
        ));
        let store = core::mem::replace(&mut *sync::lock(&self.store), closed);
        self.tasks.close();
        if tokio::time::timeout(COMMANDS_TIMEOUT, self.tasks.wait()).await.is_err() {
            tracing::warn!(commands = self.tasks.len(), "the workspace closes with commands in progress");
        }
        let Ok(store) = store else { return };
        match Arc::try_unwrap(store) {
            Ok(last) => last.close().await,
            Err(_) => tracing::warn!("the database was still being read when its workspace closed"),
        }
    }
}

fn policy(record: &store::Workspace, paused: bool) -> engine::Policy {
    engine::Policy { safe_mode: record.safe_mode, paused }
}

/// Reads the names of companies whose deletes were cancelled, and clears them in the database.
async fn take_cancelled_deletes(store: &Store) -> Vec<String> {
    let stored = match store.load(CANCELLED_DELETES).await {
        Ok(stored) => stored.filter(|text| !text.is_empty()),
        Err(error) => {
            tracing::warn!(%error, "which deletes were cancelled is not known");
            None
        }
    };
    let Some(text) = stored else { return Vec::new() };
    if let Err(error) = store.save(CANCELLED_DELETES, "").await {
        tracing::warn!(%error, "the list of cancelled deletes could not be cleared, so the next start shows it again");
    }
    serde_json::from_str(&text).unwrap_or_default()
}

fn read_error(error: &RwLock<WireError>) -> WireError {
    sync::read(error).clone()
}

/// Sends the schedules to the engine, and deletes those that the user removed earlier.
async fn start_schedules(store: &Store, runner: &Runner, kind: store::WorkspaceKind, now: Timestamp) {
    let deleted = store.forget_removed_schedules().await;
    match schedules::engine_event(store, kind, now).await {
        Ok(event) => runner.send_event(event),
        Err(error) => tracing::error!(%error, "the schedules could not be read: none runs"),
    }
    if let Err(error) = deleted {
        tracing::warn!(%error, "removed schedules could not be forgotten");
    }
}

impl ApiEndpoint {
    /// A client for this endpoint. It logs its requests and sends only those that the safe mode allows.
    pub(crate) fn client(
        &self,
        log: &Arc<Log>,
        allowed_mode: watch::Receiver<SafeMode>,
    ) -> Result<Client, WireError> {
        let (route, key) = (self.route.clone()?, self.key.clone()?);
        let transport = transport::network(&route).map_err(|reason| {
            WireError::new(
                Code::Internal,
                "We can’t read this computer’s certificates, so we can’t send anything safely. You can \
                 still see everything already loaded. Fix the system’s trust store, then restart the app.",
            )
            .with_detail(reason)
        })?;
        Ok(Client::new(
            self.base.clone(),
            key,
            log.wrap(transport::enforce_safe_mode(transport, allowed_mode)),
        ))
    }
}
