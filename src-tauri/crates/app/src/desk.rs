//! An open workspace: its database, its engine, and how it is reached.

use std::{
    sync::{
        Arc, Mutex, OnceLock, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use codat::{ApiKey, Client};
use store::{SafeMode, Store, StoreError, kept_keys::PAUSED};
use tokio::sync::watch;
use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};

use crate::{
    backups::{BackupFailure, Backups, Keeper},
    convert,
    copying::Copying,
    error::{Code, WireError},
    folders::Folders,
    presenter::WorkspacePresenter,
    requests::Log,
    runner::Runner,
    schedules,
    transport::{self, Route},
    wire::{self, KeepAliveMode},
};

/// How long a workspace that closes waits for commands in progress. They have been told to stop.
const COMMANDS_DEADLINE: Duration = Duration::from_secs(2);
/// The names of companies whose deletes were cancelled when the workspace closed are kept under this key, as JSON.
const CANCELLED_DELETES: &str = "cancelledDeletes";

/// An open workspace. What could not be opened is missing, and says why: the window is never blank.
pub(crate) struct Desk {
    id: String,
    workspace: RwLock<store::Workspace>,
    store: Mutex<Result<Arc<Store>, WireError>>,
    /// Why there is none may be known better later.
    runner: Result<Runner, RwLock<WireError>>,
    /// Damage of the database that was found after it was opened.
    damage: Damage,
    backup_failure: BackupFailure,
    /// The notice of what was restored, if the database was rebuilt.
    rebuilt: OnceLock<wire::Notice>,
    /// Acts under way.
    acts: TaskTracker,
    /// Everything under way that needs the workspace: commands, exports and what they began.
    tasks: TaskTracker,
    /// Cancelled when the workspace closes.
    closing: CancellationToken,
    presenter: Arc<WorkspacePresenter>,
    key_state: RwLock<wire::KeyState>,
    /// What requests may do, as the last guard before the network has it.
    allowed: watch::Sender<SafeMode>,
    /// Background work is paused by the person.
    is_paused: AtomicBool,
    log: Arc<Log>,
    copying: Copying,
    /// Companies whose deletes were cancelled when the workspace closed last.
    cancelled_deletes: Vec<String>,
}

/// Where damage of a database is noted, by whoever meets it first.
pub(crate) type Damage = Arc<OnceLock<WireError>>;

/// How a workspace is spoken to.
pub(crate) struct Line {
    pub(crate) base: String,
    pub(crate) key: Result<ApiKey, WireError>,
    pub(crate) state: wire::KeyState,
    /// How requests leave, or why none may.
    pub(crate) route: Result<Route, WireError>,
}

impl Desk {
    /// Opens a workspace as far as it can be opened.
    pub(crate) async fn open(
        workspace: store::Workspace,
        line: Line,
        folders: &Folders,
        config: engine::Config,
        presenter: Arc<WorkspacePresenter>,
    ) -> Self {
        let key_state = line.state;
        let copying = Copying::new(presenter.events().clone());
        let opened = Store::open(&folders.workspace(&workspace.id), crate::clock::now()).await;
        let store = opened.map(Arc::new).map_err(WireError::from);
        if let Ok(store) = &store {
            store.set_zone(crate::clock::zone());
        }
        let log = Log::new(presenter.events().clone());
        let is_paused = match &store {
            Ok(store) => was_paused(store).await,
            Err(_) => false,
        };
        let cancelled_deletes = match &store {
            Ok(store) => take_cancelled_deletes(store).await,
            Err(_) => Vec::new(),
        };
        let damage = Damage::default();
        let (allowed, guard) = watch::channel(workspace.safe_mode);
        let runner = match (&store, line.client(&log, guard)) {
            // What is known can be read; nothing is done that could not be kept.
            (Ok(store), Ok(client)) => match store.check_writable().await {
                Ok(()) => {
                    let policy = policy(&workspace, is_paused);
                    let (log, damage) = (log.clone(), damage.clone());
                    let presenter = presenter.clone();
                    let started =
                        Runner::start(config, store.clone(), client, log, presenter, policy, damage);
                    started.await.map_err(WireError::from)
                }
                Err(error) => Err(error.into()),
            },
            (Err(error), _) => Err(error.clone()),
            (Ok(_), Err(error)) => Err(error),
        };
        if let (Ok(store), Ok(runner)) = (&store, &runner) {
            begin_schedules(store, runner, workspace.kind).await;
        }
        let desk = Self {
            id: workspace.id.clone(),
            workspace: RwLock::new(workspace),
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
            allowed,
            is_paused: AtomicBool::new(is_paused),
            log,
            copying,
            cancelled_deletes,
        };
        desk.tell_keep_alive().await;
        desk.watch_database();
        desk
    }

    /// Checks the database in the background, and backs it up every day.
    fn watch_database(&self) {
        let Ok(store) = self.store().map(|store| Arc::downgrade(&store)) else { return };
        let (damage, failure) = (self.damage.clone(), self.backup_failure.clone());
        let keeper = Keeper { store, damage, failure, presenter: self.presenter.clone() };
        let closing = self.closing();
        self.tasks.spawn(async move { closing.run_until_cancelled_owned(keeper.run()).await });
    }

    /// Tells the engine what it is to do about idle clocks. Where that cannot be read, it does nothing.
    pub(crate) async fn tell_keep_alive(&self) {
        let (Ok(runner), Ok(store)) = (&self.runner, self.store()) else { return };
        let mode = KeepAliveMode::kept(&store).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "whether to keep idle clocks from ending is not known");
            KeepAliveMode::Off
        });
        runner.tell(engine::Event::KeepAlive(mode.within(self.workspace().safe_mode)));
    }

    /// Tells the engine what it may do at Codat; after that nothing goes that the safe mode forbids.
    pub(crate) async fn tell_policy(&self) {
        let workspace = self.workspace();
        // The guard is never stricter than the engine: it is for what the engine overlooks.
        let before = *self.allowed.borrow();
        self.allowed.send_replace(before.max(workspace.safe_mode));
        if let Ok(runner) = &self.runner {
            runner.set_policy(policy(&workspace, self.is_paused.load(Ordering::Acquire))).await;
        }
        self.allowed.send_replace(workspace.safe_mode);
    }

    /// Pauses background work, or lets it go on, until that is changed.
    pub(crate) async fn pause(&self, paused: bool) -> Result<(), WireError> {
        self.runner()?;
        self.is_paused.store(paused, Ordering::Release);
        self.tell_policy().await;
        // It is so all the same, until the app ends.
        if let Err(error) = self.store()?.save(PAUSED, if paused { "on" } else { "off" }).await {
            tracing::warn!(%error, "that background work is paused could not be kept");
        }
        Ok(())
    }

    /// Keeps which deletes were cancelled, so that the next start can say so.
    async fn keep_cancelled_deletes(&self, names: Vec<String>) {
        let Some(store) = self.store().ok().filter(|_| !names.is_empty()) else { return };
        let kept = match serde_json::to_string(&names) {
            Ok(text) => store.save(CANCELLED_DELETES, &text).await.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = kept {
            tracing::warn!(error, "that deletes were cancelled could not be kept");
        }
    }

    /// The database, or why there is none.
    pub(crate) fn store(&self) -> Result<Arc<Store>, WireError> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The ID of the workspace.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The workspace as it is set now.
    pub(crate) fn workspace(&self) -> store::Workspace {
        self.workspace.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The workspace was renamed, or may do more or less than before. Nothing has to be opened anew for it.
    pub(crate) fn set_workspace(&self, workspace: store::Workspace) {
        self.presenter.rename(&workspace.name);
        *self.workspace.write().unwrap_or_else(PoisonError::into_inner) = workspace;
    }

    /// Where the key is.
    pub(crate) fn key_state(&self) -> wire::KeyState {
        *self.key_state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Uses another key and another route from now on. Returns false if no engine runs.
    pub(crate) fn replace_key(&self, line: &Line) -> bool {
        let (Ok(runner), Ok(client)) = (&self.runner, line.client(&self.log, self.allowed.subscribe()))
        else {
            return false;
        };
        *self.key_state.write().unwrap_or_else(PoisonError::into_inner) = line.state;
        runner.replace_client(client);
        true
    }

    /// What went to the server.
    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    /// The engine, or why there is none.
    pub(crate) fn runner(&self) -> Result<&Runner, WireError> {
        self.runner.as_ref().map_err(read)
    }

    /// How it stands with the server.
    pub(crate) fn health(&self) -> wire::Health {
        match (&self.runner, self.damage.get()) {
            (Ok(runner), None) => convert::health(&runner.shown().health),
            // What is read can no longer be kept: nothing is current.
            (Ok(runner), Some(damage)) => wire::Health {
                state: wire::HealthState::Failing,
                message: Some(damage.message.clone()),
                ..convert::health(&runner.shown().health)
            },
            (Err(error), _) => self.standstill(&read(error)),
        }
    }

    /// Why there is no key, and so no engine, is known better now. Whether that differs.
    pub(crate) fn set_reason(&self, reason: WireError) -> bool {
        let Err(known) = &self.runner else { return false };
        let mut known = known.write().unwrap_or_else(PoisonError::into_inner);
        if !matches!(known.code, Code::KeyMissing | Code::KeyringLocked | Code::KeyringUnavailable) {
            return false;
        }
        core::mem::replace(&mut *known, reason.clone()) != reason
    }

    /// The names of the companies whose deletes were cancelled when the workspace closed last.
    pub(crate) fn cancelled_deletes(&self) -> &[String] {
        &self.cancelled_deletes
    }

    /// Why the database is damaged, if it is.
    pub(crate) fn damage(&self) -> Option<WireError> {
        let found_at_opening = self.store().err().filter(|error| error.code == Code::DatabaseCorrupt);
        self.damage.get().cloned().or(found_at_opening)
    }

    /// Whether the database is damaged. Reads the whole file if no damage is known: the workspace may have been opened
    /// again since a command failed.
    ///
    /// # Errors
    /// Those of reading it, other than damage.
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

    /// Keeps the notice of what was restored.
    pub(crate) fn note_rebuilt(&self, notice: wire::Notice) {
        // A desk is opened once after a rebuild, so nothing is set yet.
        let _ = self.rebuilt.set(notice);
    }

    /// Notices about the database and its backups.
    pub(crate) fn notices(&self) -> impl Iterator<Item = wire::Notice> {
        self.rebuilt.get().cloned().into_iter().chain(self.backup_failure.notice())
    }

    /// Notes that the database is damaged. Whether that is new.
    pub(crate) fn note_damage(&self, error: &WireError) -> bool {
        self.damage.set(error.clone()).is_ok()
    }

    /// Counts an act as under way for as long as its token lives. None once the workspace is being closed.
    pub(crate) fn begin_act(&self) -> Option<TaskTrackerToken> {
        let token = self.acts.token();
        (!self.acts.is_closed()).then_some(token)
    }

    /// What is under way in the workspace. Closing waits for it.
    pub(crate) fn tasks(&self) -> &TaskTracker {
        &self.tasks
    }

    /// A token that is cancelled when the workspace closes.
    pub(crate) fn closing(&self) -> CancellationToken {
        self.closing.child_token()
    }

    /// What people see of the workspace.
    pub(crate) fn presenter(&self) -> &WorkspacePresenter {
        &self.presenter
    }

    /// The windows show the workspace, or another one. What only they need is given back.
    pub(crate) fn set_shown(&self, shown: bool) {
        self.presenter.events().set_shown(shown);
        if shown {
            return;
        }
        self.copying.stop_all();
        if let Ok(store) = self.store() {
            store.drop_columns();
        }
        if let Ok(runner) = self.runner() {
            runner.tell(engine::Event::OnScreen(None));
        }
    }

    /// Admits no more acts, and waits for those under way, but not longer than the deadline.
    pub(crate) async fn finish_acts(&self, deadline: Duration) {
        self.acts.close();
        if tokio::time::timeout(deadline, self.acts.wait()).await.is_err() {
            tracing::warn!(acts = self.acts.len(), "the workspace closes with acts under way");
        }
    }

    /// Where no engine runs.
    fn standstill(&self, why: &WireError) -> wire::Health {
        let is_keyless = self.key_state() == wire::KeyState::Missing;
        wire::Health {
            state: if is_keyless { wire::HealthState::Refused } else { wire::HealthState::Failing },
            last_sweep: None,
            next_sweep: None,
            offline_since: None,
            retry_at: None,
            asked_until: None,
            hold: None,
            asks: false,
            reads_running: 0,
            quota_limit: None,
            quota_remaining: None,
            spent_today: 0,
            used_today: 0,
            message: Some(why.message.clone()),
            unreadable: 0,
            first_sweep_done: true,
            sweep_done: None,
            sweep_total: None,
        }
    }

    /// The copies of records that are being made.
    pub(crate) fn copying(&self) -> &Copying {
        &self.copying
    }

    /// Closes the workspace: stops what is under way, saves the engine's state and closes the database.
    pub(crate) async fn close(&self) {
        self.acts.close();
        self.closing.cancel();
        self.copying.stop();
        if let Ok(runner) = &self.runner {
            let deletes = runner.shown().pending_deletes;
            runner.stop().await;
            self.keep_cancelled_deletes(deletes.into_iter().map(|delete| delete.name).collect()).await;
        }
        self.presenter.close();
        let closed = Err(WireError::new(
            Code::WorkspaceClosed,
            "The workspace closed before this ended. Check the list before you repeat it.",
        ));
        let store =
            core::mem::replace(&mut *self.store.lock().unwrap_or_else(PoisonError::into_inner), closed);
        self.tasks.close();
        if tokio::time::timeout(COMMANDS_DEADLINE, self.tasks.wait()).await.is_err() {
            tracing::warn!(commands = self.tasks.len(), "the workspace closes with commands in progress");
        }
        let Ok(store) = store else { return };
        match Arc::try_unwrap(store) {
            Ok(last) => last.close().await,
            Err(_) => tracing::warn!("the database was still being read when its workspace closed"),
        }
    }
}

/// What the engine may do at Codat.
fn policy(workspace: &store::Workspace, paused: bool) -> engine::Policy {
    engine::Policy { safe_mode: convert::safe_mode(workspace.safe_mode), paused }
}

/// Whether background work was paused last. Where that cannot be read, it was not.
async fn was_paused(store: &Store) -> bool {
    let kept = store.load(PAUSED).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "whether background work is paused is not known");
        None
    });
    kept.as_deref() == Some("on")
}

/// The names of companies whose deletes were cancelled, once.
async fn take_cancelled_deletes(store: &Store) -> Vec<String> {
    let kept = match store.load(CANCELLED_DELETES).await {
        Ok(kept) => kept.filter(|text| !text.is_empty()),
        Err(error) => {
            tracing::warn!(%error, "which deletes were cancelled is not known");
            None
        }
    };
    let Some(text) = kept else { return Vec::new() };
    if let Err(error) = store.save(CANCELLED_DELETES, "").await {
        tracing::warn!(%error, "the list of cancelled deletes could not be cleared, so the next start shows it again");
    }
    serde_json::from_str(&text).unwrap_or_default()
}

fn read(error: &RwLock<WireError>) -> WireError {
    error.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// The engine is told of the schedules; those that were removed before are gone for good now.
async fn begin_schedules(store: &Store, runner: &Runner, kind: store::WorkspaceKind) {
    let forgotten = store.forget_removed_schedules().await;
    match schedules::event(store, kind).await {
        Ok(event) => runner.tell(event),
        Err(error) => tracing::error!(%error, "the schedules could not be read: none runs"),
    }
    if let Err(error) = forgotten {
        tracing::warn!(%error, "removed schedules could not be forgotten");
    }
}

impl Line {
    /// A client that speaks this way. Its requests are written down, and those that are not allowed do not leave.
    pub(crate) fn client(
        &self,
        log: &Arc<Log>,
        allowed: watch::Receiver<SafeMode>,
    ) -> Result<Client, WireError> {
        let (route, key) = (self.route.clone()?, self.key.clone()?);
        let transport = transport::network(&route).map_err(|reason| {
            WireError::new(
                Code::Internal,
                "This computer's certificates cannot be read, so nothing can be sent safely. What is known stays \
                 readable. Mend the system's trust store and start again.",
            )
            .with_detail(reason)
        })?;
        Ok(Client::new(self.base.clone(), key, log.around(transport::guarded(transport, allowed))))
    }
}
