//! What the hosts tell of the surroundings: whether somebody looks on, what the computer lives on, and that
//! it slept. Another workspace, opened later, is told of it too.

use engine::{Power, Surroundings, Window};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::{app::App, desk::Desk, error::WireError, wire::Event};

/// Whether somebody looks on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum WindowState {
    /// The window has the keyboard.
    Focused,
    /// It is on screen, and something else has the keyboard.
    Shown,
    /// Nobody sees it.
    Hidden,
}

/// Whether somebody looks on.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct Watching {
    /// By what the page knows of itself.
    pub window: WindowState,
}

impl App {
    pub(crate) async fn watching(&self, watching: Watching) -> Result<Nothing, WireError> {
        let window = match watching.window {
            WindowState::Focused => Window::Focused,
            WindowState::Shown => Window::Shown,
            WindowState::Hidden => Window::Hidden,
        };
        self.window_is(window).await;
        Ok(Nothing {})
    }

    /// Whether somebody looks on.
    pub async fn window_is(&self, window: Window) {
        self.change_surroundings(|known| known.window = Some(window)).await;
    }

    /// What the computer lives on; none where the system does not tell.
    pub async fn power_is(&self, power: Option<Power>) {
        if self.change_surroundings(|known| known.power = power).await {
            self.announce(Event::Session);
        }
    }

    /// Whether the network is paid for by what goes over it; none where the system does not tell.
    pub async fn network_is_metered(&self, metered: Option<bool>) {
        if self.change_surroundings(|known| known.metered = metered).await {
            self.announce(Event::Session);
        }
    }

    /// The computer slept, and woke. A waking that the clock gave away before is the same one.
    pub async fn woke(&self) {
        if let Ok(runner) = self.desk().await.runner() {
            runner.tell(engine::Event::Woke);
        }
    }

    /// The network changed: what was waited out for its sake is tried at once.
    pub async fn network_changed(&self) {
        if let Ok(runner) = self.desk().await.runner() {
            runner.tell(engine::Event::NetworkChanged);
        }
    }

    /// Whether it made a difference.
    async fn change_surroundings(&self, change: impl FnOnce(&mut Surroundings)) -> bool {
        let Some(surroundings) = self.surroundings().changed(change) else { return false };
        tell(&*self.desk().await, surroundings);
        true
    }
}

/// Tells the engine of a workspace what is known.
pub(crate) fn tell(desk: &Desk, surroundings: Surroundings) {
    if let Ok(runner) = desk.runner() {
        runner.tell(engine::Event::Surroundings(surroundings));
    }
}
