//! Admission of commands: each command runs in the workspace that it was admitted to, even if the user opens
//! another workspace in the meantime.

use std::sync::Arc;

use tokio_util::task::task_tracker::TaskTrackerToken;

use super::App;
use crate::{
    commands::{self, Command, Kind},
    desk::Desk,
    error::{Code, WireError},
    wire::Event,
};

tokio::task_local! {
    /// The workspace of the current command.
    static ADMITTED: Arc<Desk>;
}

/// Permission to run one command. `desk` is its workspace; none for commands of the whole app.
pub(crate) struct Admission {
    desk: Option<Arc<Desk>>,
    /// Counts an act in progress: a workspace switch waits until the token is dropped.
    _act: Option<TaskTrackerToken>,
    /// Counts the command while it runs: closing the workspace waits until the token is dropped.
    _task: Option<TaskTrackerToken>,
}

impl App {
    /// The workspace of the current command; outside of commands, the open workspace.
    pub(crate) async fn desk(&self) -> Arc<Desk> {
        match ADMITTED.try_with(Arc::clone) {
            Ok(admitted) => admitted,
            Err(_) => self.open_desk().await,
        }
    }

    /// The workspace that the window shows. While it is opened again, this waits.
    pub(crate) async fn open_desk(&self) -> Arc<Desk> {
        self.open.read().await.shown().clone()
    }

    /// All open workspaces.
    pub(crate) async fn open_desks(&self) -> Vec<Arc<Desk>> {
        self.open.read().await.all()
    }

    /// The open workspace with this ID, shown or not.
    pub(crate) async fn find_open(&self, id: &str) -> Option<Arc<Desk>> {
        self.open.read().await.find(id).cloned()
    }

    /// Admits a command to its workspace, if the safe mode of that workspace permits it. `workspace` is the one that
    /// the command was made for; without it, it is the shown one. A query is for what the window shows, so it needs
    /// the shown workspace; everything else is carried out in any open workspace.
    pub(crate) async fn admit(
        &self,
        command: Command,
        workspace: Option<&str>,
    ) -> Result<Admission, WireError> {
        if commands::is_of_the_app(command.name) {
            return Ok(Admission { desk: None, _act: None, _task: None });
        }
        let desk = match (command.kind, workspace) {
            (Kind::Query, None) => self.open_desk().await,
            (Kind::Query, Some(id)) => {
                Some(self.open_desk().await).filter(|it| it.id() == id).ok_or_else(switched)?
            }
            (_, Some(id)) => self.find_open(id).await.ok_or_else(switched)?,
            // While the workspace changes it is unclear which one the caller means.
            (_, None) => self.open.try_read().map_err(|_| switched())?.shown().clone(),
        };
        let act = admit_to(&desk, command.kind)?;
        let task = desk.tasks().token();
        Ok(Admission { desk: Some(desk), _act: act, _task: Some(task) })
    }

    /// Marks the workspace as damaged if the command failed because its database is corrupt.
    pub(crate) fn note(&self, admission: &Admission, error: &WireError) {
        let Some(desk) = admission.desk.as_ref().filter(|_| error.code == Code::DatabaseCorrupt) else {
            return;
        };
        if desk.note_damage(error) {
            self.announce(Event::Session);
        }
    }
}

impl Admission {
    /// Runs the command in the workspace that it was admitted to.
    pub(crate) async fn carry_out<T>(&self, command: impl Future<Output = T>) -> T {
        match &self.desk {
            Some(desk) => ADMITTED.scope(desk.clone(), command).await,
            None => command.await,
        }
    }
}

/// Checks that a workspace permits a kind of command. Acts get a token that counts them while they run.
pub(crate) fn admit_to(desk: &Desk, kind: Kind) -> Result<Option<TaskTrackerToken>, WireError> {
    if kind.needs() > desk.workspace().safe_mode {
        return Err(WireError::safe_mode());
    }
    match kind {
        Kind::Query | Kind::Local => Ok(None),
        Kind::Operate | Kind::Administer => {
            if let Some(damage) = desk.damage() {
                return Err(damage);
            }
            desk.begin_act().map(Some).ok_or_else(switched)
        }
    }
}

/// The error for a command of a workspace that is no longer open.
pub(super) fn switched() -> WireError {
    WireError::new(
        Code::WorkspaceSwitched,
        "You opened another workspace, so the app did this in neither. Switch back and try again.",
    )
}
