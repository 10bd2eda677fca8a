//! The open workspace: its database, its engine, and how it is reached.

use std::{
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use codat::{ApiKey, Client};
use store::Store;
use tokio::sync::broadcast;

use crate::{
    convert,
    copying::Copying,
    desktop::Desktop,
    error::{Code, WireError},
    folders::Folders,
    requests::Log,
    runner::Runner,
    schedules,
    transport::{self, Reach},
    wire::{self, KeepAliveMode},
};

/// Queries under way are waited for this long when a workspace closes.
const FAREWELL_STEPS: u32 = 200;
const FAREWELL_STEP: Duration = Duration::from_millis(10);

/// The open workspace. What could not be opened is missing, and says why: the window is never blank.
pub(crate) struct Desk {
    workspace: RwLock<store::Workspace>,
    store: Mutex<Result<Arc<Store>, WireError>>,
    runner: Result<Runner, WireError>,
    key_state: RwLock<wire::KeyState>,
    log: Arc<Log>,
    copying: Copying,
}

/// How a workspace is spoken to.
pub(crate) struct Line {
    pub(crate) base: String,
    pub(crate) key: Result<ApiKey, WireError>,
    pub(crate) state: wire::KeyState,
    pub(crate) reach: Reach,
}

impl Desk {
    /// Opens a workspace as far as it can be opened.
    pub(crate) async fn open(
        workspace: store::Workspace,
        line: Line,
        folders: &Folders,
        config: engine::Config,
        desktop: Arc<dyn Desktop>,
        events: broadcast::Sender<wire::Event>,
    ) -> Self {
        let key_state = line.state;
        let copying = Copying::new(events.clone());
        let opened = Store::open(&folders.workspace(&workspace.id), crate::clock::now()).await;
        let store = opened.map(Arc::new).map_err(WireError::from);
        let log = Log::new(events.clone());
        let runner = match (&store, line.client(&log)) {
            // What is known can be read; nothing is done that could not be kept.
            (Ok(store), Ok(client)) => match store.check_writable().await {
                Ok(()) => Runner::start(config, store.clone(), client, log.clone(), desktop, events)
                    .await
                    .map_err(WireError::from),
                Err(error) => Err(error.into()),
            },
            (Err(error), _) => Err(error.clone()),
            (Ok(_), Err(error)) => Err(error),
        };
        if let (Ok(store), Ok(runner)) = (&store, &runner) {
            begin_schedules(store, runner, workspace.kind).await;
        }
        let desk = Self {
            workspace: RwLock::new(workspace),
            store: Mutex::new(store),
            runner,
            key_state: RwLock::new(key_state),
            log,
            copying,
        };
        desk.tell_keep_alive().await;
        desk
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

    /// The database, or why there is none.
    pub(crate) fn store(&self) -> Result<Arc<Store>, WireError> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The workspace as it is set now.
    pub(crate) fn workspace(&self) -> store::Workspace {
        self.workspace.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The workspace was renamed, or may do more or less than before. Nothing has to be opened anew for it.
    pub(crate) fn set_workspace(&self, workspace: store::Workspace) {
        *self.workspace.write().unwrap_or_else(PoisonError::into_inner) = workspace;
    }

    /// Where the key is.
    pub(crate) fn key_state(&self) -> wire::KeyState {
        *self.key_state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Speaks with another key from now on, where an engine runs. Whether one does.
    pub(crate) fn replace_key(&self, line: &Line) -> bool {
        let (Ok(runner), Ok(client)) = (&self.runner, line.client(&self.log)) else { return false };
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
        self.runner.as_ref().map_err(Clone::clone)
    }

    /// How it stands with the server.
    pub(crate) fn health(&self) -> wire::Health {
        match &self.runner {
            Ok(runner) => convert::health(&runner.shown().health),
            Err(error) => self.standstill(error),
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
            hold: None,
            asks: false,
            reads_running: 0,
            quota_limit: None,
            quota_remaining: None,
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

    /// Closes: the engine's state is kept, the database is whole.
    pub(crate) async fn close(&self) {
        self.copying.stop();
        if let Ok(runner) = &self.runner {
            runner.stop().await;
        }
        let closed = Err(WireError::new(Code::Cancelled, "The workspace was closed meanwhile."));
        let store =
            core::mem::replace(&mut *self.store.lock().unwrap_or_else(PoisonError::into_inner), closed);
        let Ok(mut store) = store else { return };
        for _ in 0..FAREWELL_STEPS {
            match Arc::try_unwrap(store) {
                Ok(last) => return last.close().await,
                Err(shared) => store = shared,
            }
            tokio::time::sleep(FAREWELL_STEP).await;
        }
        tracing::warn!("the database was still being read when its workspace closed");
    }
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
    /// A client that speaks this way, and whose requests are written down.
    pub(crate) fn client(&self, log: &Arc<Log>) -> Result<Client, WireError> {
        let key = self.key.clone()?;
        let transport = transport::network(self.reach).map_err(|reason| {
            WireError::new(
                Code::Internal,
                "This computer's certificates cannot be read, so nothing can be sent safely. What is known stays \
                 readable. Mend the system's trust store and start again.",
            )
            .with_detail(reason)
        })?;
        Ok(Client::new(self.base.clone(), key, log.around(transport)))
    }
}
