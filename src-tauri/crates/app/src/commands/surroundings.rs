//! Reports of the hosts about the window, power, network and sleep, which are sent to all engines. Workspaces
//! that are opened later get the latest state.

use std::sync::Arc;

use domain::PowerSource;
use engine::{Surroundings, Window};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::{app::App, error::WireError, wire::Event};

/// The visibility of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum WindowState {
    /// It has the keyboard focus.
    Focused,
    /// It is visible without the focus.
    Shown,
    /// It is not visible.
    Hidden,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct Watching {
    /// As the page knows it.
    pub window: WindowState,
}

impl App {
    pub(crate) async fn watching(&self, watching: Watching) -> Result<Nothing, WireError> {
        let window = match watching.window {
            WindowState::Focused => Window::Focused,
            WindowState::Shown => Window::Shown,
            WindowState::Hidden => Window::Hidden,
        };
        self.set_window_state(window).await;
        Ok(Nothing {})
    }

    /// Reports the visibility of the window.
    pub async fn set_window_state(&self, window: Window) {
        self.change_surroundings(|known| known.window = Some(window)).await;
    }

    /// Reports the power source. `None` if it is unknown.
    pub async fn set_power_source(&self, power: Option<PowerSource>) {
        if self.change_surroundings(|known| known.power = power).await {
            self.emit(Event::Session);
        }
    }

    /// Reports whether the network is metered. `None` if it is unknown.
    pub async fn set_metered(&self, metered: Option<bool>) {
        if self.change_surroundings(|known| known.metered = metered).await {
            self.emit(Event::Session);
        }
    }

    /// Reports that the computer woke from sleep.
    pub async fn woke(&self) {
        self.broadcast_engine_event(|| engine::Event::Resumed).await;
    }

    /// Reports a changed network. Delayed retries are then made at once.
    pub async fn network_changed(&self) {
        self.broadcast_engine_event(|| engine::Event::NetworkChanged).await;
    }

    /// Changes the state and sends it to the engines. Returns whether it differs.
    async fn change_surroundings(&self, change: impl FnOnce(&mut Surroundings)) -> bool {
        if self.surroundings.change(change).is_none() {
            return false;
        }
        self.broadcast_surroundings().await;
        true
    }

    /// Sends the state to all engines. The window state of a hidden workspace is always hidden.
    pub(crate) async fn broadcast_surroundings(&self) {
        let (shown, known) = (self.shown_workspace().await, self.surroundings.now());
        for workspace in self.all_open_workspaces().await {
            let window = if Arc::ptr_eq(&workspace, &shown) { known.window } else { Some(Window::Hidden) };
            if let Ok(runner) = workspace.runner() {
                runner.send_event(engine::Event::Surroundings(Surroundings { window, ..known }));
            }
        }
    }

    /// Sends an event to all engines.
    pub(crate) async fn broadcast_engine_event(&self, event: impl Fn() -> engine::Event) {
        for workspace in self.all_open_workspaces().await {
            if let Ok(runner) = workspace.runner() {
                runner.send_event(event());
            }
        }
    }
}
