//! Admission of commands: each command runs in the workspace that it was admitted to, even if the user opens
//! another workspace in the meantime.

use std::sync::Arc;

use tokio_util::task::task_tracker::TaskTrackerToken;

use super::App;
use crate::{
    command::{Command, Kind, is_workspace_independent},
    error::{Code, WireError},
    open_workspace::OpenWorkspace,
    wire::Event,
};

tokio::task_local! {
    /// The workspace of the current command.
    static ADMITTED: Arc<OpenWorkspace>;
}

/// Permission to run one command in `workspace`. Commands of the whole app have none.
pub(crate) struct Admission {
    workspace: Option<Arc<OpenWorkspace>>,
    /// Counts a running act: a workspace switch waits until the token is dropped.
    _act: Option<TaskTrackerToken>,
    /// Counts a running command: closing the workspace waits until the token is dropped.
    _task: Option<TaskTrackerToken>,
}

impl App {
    /// The workspace of the current command; outside of commands, the open workspace.
    pub(crate) async fn command_workspace(&self) -> Arc<OpenWorkspace> {
        match ADMITTED.try_with(Arc::clone) {
            Ok(admitted) => admitted,
            Err(_) => self.shown_workspace().await,
        }
    }

    /// The workspace that the window shows. While it is opened again, this waits.
    pub(crate) async fn shown_workspace(&self) -> Arc<OpenWorkspace> {
        self.open_workspaces.read().await.shown().clone()
    }

    /// All open workspaces.
    pub(crate) async fn all_open_workspaces(&self) -> Vec<Arc<OpenWorkspace>> {
        self.open_workspaces.read().await.all()
    }

    /// The open workspace with this ID, shown or not.
    pub(crate) async fn find_open(&self, id: &str) -> Option<Arc<OpenWorkspace>> {
        self.open_workspaces.read().await.find(id).cloned()
    }

    /// Admits a command to its workspace if the safe mode of that workspace permits it. `workspace` is the ID
    /// of the workspace that the command was made for; without it, it is the shown one. A query needs the
    /// shown workspace, because its answer is for what the window shows. Other commands run in any open
    /// workspace.
    pub(crate) async fn admit(
        &self,
        command: Command,
        workspace: Option<&str>,
    ) -> Result<Admission, WireError> {
        if is_workspace_independent(command.name) {
            return Ok(Admission { workspace: None, _act: None, _task: None });
        }
        let open_workspace = match (command.kind, workspace) {
            (Kind::Query, None) => self.shown_workspace().await,
            (Kind::Query, Some(id)) => Some(self.shown_workspace().await)
                .filter(|it| it.id() == id)
                .ok_or_else(workspace_switched)?,
            (_, Some(id)) => self.find_open(id).await.ok_or_else(workspace_switched)?,
            // While the workspace changes it is unclear which one the caller means.
            (_, None) => self.open_workspaces.try_read().map_err(|_| workspace_switched())?.shown().clone(),
        };
        let act = admit_to(&open_workspace, command.kind)?;
        let task = open_workspace.tasks().token();
        Ok(Admission { workspace: Some(open_workspace), _act: act, _task: Some(task) })
    }

    /// Marks the workspace as damaged if the command failed because its database is corrupt.
    pub(crate) fn note_if_corrupt(&self, admission: &Admission, error: &WireError) {
        let Some(workspace) = admission.workspace.as_ref().filter(|_| error.code == Code::DatabaseCorrupt)
        else {
            return;
        };
        if workspace.note_damage(error) {
            self.emit(Event::Session);
        }
    }
}

impl Admission {
    /// Runs the command in the workspace that it was admitted to.
    pub(crate) async fn run<T>(&self, command: impl Future<Output = T>) -> T {
        match &self.workspace {
            Some(workspace) => ADMITTED.scope(workspace.clone(), command).await,
            None => command.await,
        }
    }
}

/// Checks that a workspace permits a kind of command. Acts get a token that counts them while they run.
pub(crate) fn admit_to(workspace: &OpenWorkspace, kind: Kind) -> Result<Option<TaskTrackerToken>, WireError> {
    if kind.needs() > workspace.record().safe_mode {
        return Err(WireError::safe_mode());
    }
    match kind {
        Kind::Query | Kind::Local => Ok(None),
        Kind::Operate | Kind::Administer => {
            if let Some(damage) = workspace.damage() {
                return Err(damage);
            }
            workspace.begin_act().map(Some).ok_or_else(workspace_switched)
        }
    }
}

/// The error for a command of a workspace that is no longer open.
pub(super) fn workspace_switched() -> WireError {
    WireError::new(
        Code::WorkspaceSwitched,
        "You opened another workspace, so the app did this in neither. Switch back and try again.",
    )
}
