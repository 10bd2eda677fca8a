//! What the hosts tell of the surroundings: whether somebody looks on, what the computer lives on, and that
//! it slept. Another workspace, opened later, is told of it too.

use std::sync::Arc;

use engine::{Power, Surroundings, Window};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::{app::App, error::WireError, wire::Event};

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
        self.tell_all(|| engine::Event::Woke).await;
    }

    /// The network changed: what was waited out for its sake is tried at once.
    pub async fn network_changed(&self) {
        self.tell_all(|| engine::Event::NetworkChanged).await;
    }

    /// Whether it made a difference.
    async fn change_surroundings(&self, change: impl FnOnce(&mut Surroundings)) -> bool {
        if self.surroundings().changed(change).is_none() {
            return false;
        }
        self.tell_surroundings().await;
        true
    }

    /// Tells every engine what is known. Nobody looks at a workspace that is not shown.
    pub(crate) async fn tell_surroundings(&self) {
        let (shown, known) = (self.open_desk().await, self.surroundings().now());
        for desk in self.open_desks().await {
            let window = if Arc::ptr_eq(&desk, &shown) { known.window } else { Some(Window::Hidden) };
            if let Ok(runner) = desk.runner() {
                runner.tell(engine::Event::Surroundings(Surroundings { window, ..known }));
            }
        }
    }

    /// Tells every engine something.
    pub(crate) async fn tell_all(&self, event: impl Fn() -> engine::Event) {
        for desk in self.open_desks().await {
            if let Ok(runner) = desk.runner() {
                runner.tell(event());
            }
        }
    }
}
