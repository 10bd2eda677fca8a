//! Applies the stored settings of a workspace to its engine and its tray.

use domain::KeepAliveMode;
use jiff::Timestamp;

use super::{OpenWorkspace, policy};
use crate::{alert_rules, error::WireError, keep_alive, pause::Pause, saved_views, sync};

impl OpenWorkspace {
    /// Sends the keep-alive mode to the engine. If the mode cannot be read, it is off.
    pub(crate) async fn update_keep_alive(&self) {
        let (Ok(runner), Ok(store)) = (&self.runner, self.store()) else { return };
        let mode = keep_alive::load(&store).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "whether to keep idle clocks from ending is not known");
            KeepAliveMode::Off
        });
        runner.send_event(engine::Event::KeepAlive(mode.within(self.record().safe_mode)));
    }

    /// Sends the times of notifications to the engine.
    pub(crate) async fn update_alert_times(&self) {
        let (Ok(runner), Ok(store)) = (&self.runner, self.store()) else { return };
        runner.send_event(engine::Event::AlertTimes(alert_rules::times(&store).await));
    }

    /// Shows the saved views in the tray.
    pub(crate) async fn show_views_in_tray(&self) {
        let Ok(store) = self.store() else { return };
        match saved_views::load(&store).await {
            Ok(views) => self.presenter.set_tray_views(saved_views::for_tray(&views)),
            Err(error) => tracing::warn!(%error, "the views are missing in the tray"),
        }
    }

    /// Tells the engine when the next snooze ends.
    pub(crate) async fn update_snooze_end(&self) {
        let (Ok(runner), Ok(store)) = (&self.runner, self.store()) else { return };
        match store.next_snooze_end(Timestamp::MIN).await {
            Ok(end) => runner.send_event(engine::Event::SnoozeEnd(end)),
            Err(error) => tracing::warn!(%error, "when the next snooze ends is not known"),
        }
    }

    /// Sends the policy to the engine and to the guard of the transport. When this returns, no request that
    /// the safe mode forbids is sent any more.
    pub(crate) async fn update_policy(&self) {
        let record = self.record();
        // The guard must never be stricter than the engine, or it would stop requests that the engine has just
        // permitted. So a stricter mode reaches the guard after the engine.
        let before = *self.allowed_mode.borrow();
        self.allowed_mode.send_replace(before.max(record.safe_mode));
        if let Ok(runner) = &self.runner {
            let pause = *sync::read(&self.pause);
            runner.set_policy(policy(&record, pause.is_on(self.now()))).await;
            runner.send_event(engine::Event::PauseEnd(pause.end()));
        }
        self.allowed_mode.send_replace(record.safe_mode);
    }

    /// Pauses or resumes background work. The choice is saved.
    pub(crate) async fn pause(&self, pause: Pause) -> Result<(), WireError> {
        self.runner()?;
        *sync::write(&self.pause) = pause;
        self.update_policy().await;
        pause.save(&*self.store()?).await;
        Ok(())
    }
}
