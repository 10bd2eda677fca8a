//! The session, the preferences and other commands of the app.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::{
    app::App,
    error::{Code, WireError},
    open_workspace::OpenWorkspace,
    pause::{Pause, PauseEnd},
    wire::{Event, PreferenceChanges, Preferences, Revision, Session},
};

#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct SetPause {
    /// False to resume.
    pub paused: bool,
    /// When the pause ends.
    #[serde(default)]
    #[ts(optional, as = "Option<PauseEnd>")]
    pub end: PauseEnd,
}

/// Changed preferences.
#[derive(Debug, Clone, Deserialize, TS)]
pub(crate) struct SetPreferences {
    /// The revision of the page's changes.
    #[serde(rename = "turn")]
    pub revision: Revision,
    /// All changes since the last one that the app confirmed.
    #[serde(rename = "chosen")]
    pub changes: PreferenceChanges,
}

impl App {
    pub(crate) async fn session(&self, _: Nothing) -> Result<Session, WireError> {
        self.session_now().await
    }

    pub(crate) async fn refresh_now(&self, _: Nothing) -> Result<Nothing, WireError> {
        self.command_workspace().await.runner()?.act(engine::Act::Sweep).await.map_err(WireError::unread)?;
        Ok(Nothing {})
    }

    /// Starts a sweep in every open workspace.
    ///
    /// # Errors
    /// The first error. The other workspaces are swept anyway.
    pub async fn refresh_all_workspaces(&self) -> Result<(), WireError> {
        let mut result = Ok(());
        for workspace in self.all_open_workspaces().await {
            if let Ok(runner) = workspace.runner() {
                let swept = runner.act(engine::Act::Sweep).await.map(drop).map_err(WireError::unread);
                result = result.and(swept);
            }
        }
        result
    }

    /// Pauses background work in every open workspace, or resumes it.
    ///
    /// # Errors
    /// The first error. The other workspaces are changed anyway.
    pub async fn pause_all_workspaces(&self, paused: bool, end: PauseEnd) -> Result<(), WireError> {
        let mut result = Ok(());
        for workspace in self.all_open_workspaces().await {
            if workspace.runner().is_ok() {
                result = result.and(pause_workspace(&workspace, paused, end).await);
            }
        }
        result
    }

    pub(crate) async fn pause(&self, pause: SetPause) -> Result<Nothing, WireError> {
        let workspace = self.command_workspace().await;
        pause_workspace(&workspace, pause.paused, pause.end).await?;
        Ok(Nothing {})
    }

    /// Saves changed preferences. Older revisions of the same page that arrive late are ignored, because the
    /// newer one contains their changes.
    pub(crate) async fn set_preferences(&self, set: SetPreferences) -> Result<Preferences, WireError> {
        let mut latest = self.latest_revision.lock().await;
        if latest.as_ref().is_some_and(|latest| latest.is_newer_than(&set.revision)) {
            return Ok(self.preferences_now());
        }
        let before = self.preferences_now();
        let updated = before.clone().with(set.changes);
        if updated.start_at_login != before.start_at_login {
            self.desktop.set_autostart(updated.start_at_login).map_err(|reason| {
                WireError::new(Code::Desktop, "We couldn’t change starting at login. Nothing was changed.")
                    .with_detail(reason)
            })?;
        }
        self.save_preferences(&updated).await?;
        *latest = Some(set.revision);
        if updated.quota_share != before.quota_share {
            self.broadcast_engine_event(|| engine::Event::BackgroundShare(updated.quota_share)).await;
        }
        if updated.zoom != before.zoom {
            self.desktop.set_zoom(updated.zoom);
        }
        if updated.close_to_tray != before.close_to_tray {
            self.desktop.set_close_to_tray(updated.close_to_tray);
        }
        self.emit(Event::Session);
        Ok(updated)
    }

    #[expect(clippy::unused_async, reason = "every command has the same shape")]
    pub(crate) async fn open_data_folder(&self, _: Nothing) -> Result<Nothing, WireError> {
        self.desktop.open_folder(self.folders.data()).map_err(|reason| {
            WireError::new(Code::Desktop, "Couldn’t open the folder. Copy its path instead.")
                .with_detail(reason)
        })?;
        Ok(Nothing {})
    }

    #[expect(clippy::unused_async, reason = "every command has the same shape")]
    pub(crate) async fn quit(&self, _: Nothing) -> Result<Nothing, WireError> {
        self.desktop.quit();
        Ok(Nothing {})
    }
}

async fn pause_workspace(workspace: &OpenWorkspace, paused: bool, end: PauseEnd) -> Result<(), WireError> {
    let pause = if paused { Pause::begin(end, workspace.now())? } else { Pause::Off };
    workspace.pause(pause).await
}
