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
}

impl App {
    /// The workspace of the current command; outside of commands, the open workspace.
    pub(crate) async fn desk(&self) -> Arc<Desk> {
        match ADMITTED.try_with(Arc::clone) {
            Ok(admitted) => admitted,
            Err(_) => self.open_desk().await,
        }
    }

    /// The open workspace. During a switch this waits for the new one.
    pub(crate) async fn open_desk(&self) -> Arc<Desk> {
        self.desk.read().await.clone()
    }

    /// Admits a command to the open workspace, if the safe mode of that workspace permits it. `workspace` is the
    /// workspace that the caller showed, if known; a different open workspace is an error.
    pub(crate) async fn admit(
        &self,
        command: Command,
        workspace: Option<&str>,
    ) -> Result<Admission, WireError> {
        if commands::is_of_the_app(command.name) {
            return Ok(Admission { desk: None, _act: None });
        }
        let desk = match (command.kind, workspace) {
            // During a switch it is unclear which of the two workspaces the caller means.
            (Kind::Local | Kind::Operate | Kind::Administer, None) => {
                self.desk.try_read().map_err(|_| switched())?.clone()
            }
            (Kind::Query, _) | (_, Some(_)) => self.open_desk().await,
        };
        if workspace.is_some_and(|wanted| wanted != desk.workspace().id) {
            return Err(switched());
        }
        let act = admit_to(&desk, command.kind)?;
        Ok(Admission { desk: Some(desk), _act: act })
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
