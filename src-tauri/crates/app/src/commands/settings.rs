//! What the frame shows, and what the person prefers.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::{
    app::App,
    error::{Code, WireError},
    wire::{Chosen, Event, Preferences, Session},
};

/// Whether background work is paused.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct Pause {
    /// True to pause, false to go on.
    pub paused: bool,
}

/// What a person chose, and when.
#[derive(Debug, Clone, Deserialize, TS)]
pub(crate) struct SetPreferences {
    /// Its place among the choices of its page.
    pub turn: Turn,
    /// Everything chosen since the app last said that it keeps it.
    pub chosen: Chosen,
}

/// The place of a choice among those of a page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub(crate) struct Turn {
    /// The page, by a name that no other has.
    pub page: String,
    /// Which of its choices: later ones are higher.
    pub at: u32,
}

impl Turn {
    /// Whether this one was made after the other one, on the same page. Of two pages nobody can tell.
    fn overtook(&self, other: &Self) -> bool {
        self.page == other.page && self.at > other.at
    }
}

impl App {
    pub(crate) async fn session(&self, _: Nothing) -> Result<Session, WireError> {
        self.session_now().await
    }

    pub(crate) async fn refresh_now(&self, _: Nothing) -> Result<Nothing, WireError> {
        self.desk().await.runner()?.act(engine::Act::Sweep).await.map_err(WireError::unread)?;
        Ok(Nothing {})
    }

    /// Sweeps every open workspace at once.
    ///
    /// # Errors
    /// That of the first workspace that could not be swept; the others are.
    pub async fn refresh_all_workspaces(&self) -> Result<(), WireError> {
        let mut result = Ok(());
        for desk in self.open_desks().await {
            if let Ok(runner) = desk.runner() {
                let swept = runner.act(engine::Act::Sweep).await.map(drop).map_err(WireError::unread);
                result = result.and(swept);
            }
        }
        result
    }

    /// Pauses background work in every open workspace, or resumes it.
    ///
    /// # Errors
    /// That of the first workspace in which it could not be changed; in the others it is.
    pub async fn pause_all_workspaces(&self, paused: bool) -> Result<(), WireError> {
        let mut result = Ok(());
        for desk in self.open_desks().await {
            if desk.runner().is_ok() {
                result = result.and(desk.pause(paused).await);
            }
        }
        result
    }

    pub(crate) async fn pause(&self, pause: Pause) -> Result<Nothing, WireError> {
        self.desk().await.pause(pause.paused).await?;
        Ok(Nothing {})
    }

    /// Choices of one page are kept in its order, whatever the order in which they come: one that a later
    /// one has overtaken is in that one already.
    pub(crate) async fn set_preferences(&self, set: SetPreferences) -> Result<Preferences, WireError> {
        let mut newest = self.choosing().lock().await;
        if newest.as_ref().is_some_and(|newest| newest.overtook(&set.turn)) {
            return Ok(self.preferences_now());
        }
        let before = self.preferences_now();
        let wanted = before.clone().with(set.chosen);
        if wanted.start_at_login != before.start_at_login {
            self.desktop().set_autostart(wanted.start_at_login).map_err(|reason| {
                WireError::new(Code::Desktop, "Starting at login could not be changed. Nothing else was.")
                    .with_detail(reason)
            })?;
        }
        self.keep_preferences(&wanted).await?;
        *newest = Some(set.turn);
        if wanted.quota_share != before.quota_share {
            self.tell_all(|| engine::Event::Share(wanted.quota_share)).await;
        }
        if wanted.zoom != before.zoom {
            self.desktop().set_zoom(wanted.zoom);
        }
        if wanted.close_to_tray != before.close_to_tray {
            self.desktop().set_close_to_tray(wanted.close_to_tray);
        }
        self.announce(Event::Session);
        Ok(wanted)
    }

    #[expect(clippy::unused_async, reason = "every command has the same shape")]
    pub(crate) async fn open_data_folder(&self, _: Nothing) -> Result<Nothing, WireError> {
        self.desktop().open_folder(self.folders().data()).map_err(|reason| {
            WireError::new(Code::Desktop, "The folder could not be opened. Its path can be copied instead.")
                .with_detail(reason)
        })?;
        Ok(Nothing {})
    }

    #[expect(clippy::unused_async, reason = "every command has the same shape")]
    pub(crate) async fn quit(&self, _: Nothing) -> Result<Nothing, WireError> {
        self.desktop().quit();
        Ok(Nothing {})
    }
}
