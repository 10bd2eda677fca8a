//! What the frame shows, and what the person prefers.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::{
    app::App,
    error::{Code, WireError},
    wire::{Event, Preferences, Session},
};

/// Whether background work is paused.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct Pause {
    /// True to pause, false to go on.
    pub paused: bool,
}

impl App {
    pub(crate) async fn session(&self, _: Nothing) -> Result<Session, WireError> {
        self.session_now().await
    }

    pub(crate) async fn refresh_now(&self, _: Nothing) -> Result<Nothing, WireError> {
        self.desk().await.runner()?.act(engine::Act::Sweep).await?;
        Ok(Nothing {})
    }

    pub(crate) async fn pause(&self, pause: Pause) -> Result<Nothing, WireError> {
        self.desk().await.runner()?.tell(engine::Event::Paused(pause.paused));
        Ok(Nothing {})
    }

    pub(crate) async fn set_preferences(&self, mut wanted: Preferences) -> Result<Preferences, WireError> {
        wanted.quota_share = wanted.quota_share.clamp(1, 50);
        let before = self.preferences();
        if wanted.start_at_login != before.start_at_login {
            self.desktop().set_autostart(wanted.start_at_login).map_err(|reason| {
                WireError::new(Code::Desktop, "Starting at login could not be changed. Nothing else was.")
                    .with_detail(reason)
            })?;
        }
        self.keep_preferences(&wanted).await?;
        if wanted.quota_share != before.quota_share
            && let Ok(runner) = self.desk().await.runner()
        {
            runner.tell(engine::Event::Share(wanted.quota_share));
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
