//! The user-visible output of a workspace's engine: tray state, notifications and events.

use std::sync::{
    Arc, RwLock,
    atomic::{AtomicBool, Ordering},
};

use codat::ConnectionId;
use engine::{Notification, TrayState};
use futures_util::future::BoxFuture;
use tokio::sync::broadcast;

use crate::{desktop::Desktop, sync, tray::Tray, tray_menu::TrayView, wire::Event};

/// Shows the output of the engine of one workspace.
pub trait Presenter: Send + Sync + 'static {
    /// Sets the tray state of the workspace.
    fn set_tray(&self, state: TrayState);

    /// Shows a notification. The future completes when it is shown, or with the reason why not.
    fn notify(&self, notification: Notification) -> BoxFuture<'static, Result<(), String>>;

    /// Closes the notification about a connection that is linked again, unless it is also about others.
    fn close_notification(&self, _: ConnectionId) {}

    /// Closes the notification of a topic.
    fn close_notice(&self, _topic: &str) {}

    /// Sends an event to the windows that show the workspace.
    fn send_event(&self, event: Event);
}

/// The events of one workspace. Windows get them only while they show the workspace; after a switch they load
/// everything again anyway.
#[derive(Debug, Clone)]
pub(crate) struct WindowEvents {
    sender: broadcast::Sender<Event>,
    is_shown: Arc<AtomicBool>,
}

impl WindowEvents {
    /// The events of a hidden workspace.
    pub(crate) fn new(sender: broadcast::Sender<Event>) -> Self {
        Self { sender, is_shown: Arc::default() }
    }

    pub(crate) fn set_shown(&self, shown: bool) {
        self.is_shown.store(shown, Ordering::Release);
    }

    pub(crate) fn have_listeners(&self) -> bool {
        self.is_shown.load(Ordering::Acquire) && self.sender.receiver_count() > 0
    }

    /// Sends an event if windows show the workspace.
    pub(crate) fn send(&self, event: Event) {
        if self.is_shown.load(Ordering::Acquire) {
            // An error means that there is no window.
            let _ = self.sender.send(event);
        }
    }
}

/// The presenter of an open workspace. It adds the ID and the name of the workspace to the engine's output.
pub(crate) struct WorkspacePresenter {
    id: String,
    name: RwLock<String>,
    tray: Arc<Tray>,
    desktop: Arc<dyn Desktop>,
    events: WindowEvents,
}

impl WorkspacePresenter {
    pub(crate) fn new(
        workspace: &store::Workspace,
        tray: Arc<Tray>,
        desktop: Arc<dyn Desktop>,
        events: broadcast::Sender<Event>,
    ) -> Self {
        Self {
            id: workspace.id.clone(),
            name: RwLock::new(workspace.name.clone()),
            tray,
            desktop,
            events: WindowEvents::new(events),
        }
    }

    pub(crate) fn events(&self) -> &WindowEvents {
        &self.events
    }

    pub(crate) fn rename(&self, name: &str) {
        name.clone_into(&mut sync::write(&self.name));
        self.tray.rename(&self.id, name);
    }

    pub(crate) fn set_tray_views(&self, views: Vec<TrayView>) {
        self.tray.set_views(&self.id, views);
    }

    pub(crate) fn close(&self) {
        self.events.set_shown(false);
        self.tray.remove(&self.id);
    }

    fn name(&self) -> String {
        sync::read(&self.name).clone()
    }
}

impl Presenter for WorkspacePresenter {
    fn set_tray(&self, state: TrayState) {
        self.tray.set(&self.id, &self.name(), state);
    }

    fn notify(&self, notification: Notification) -> BoxFuture<'static, Result<(), String>> {
        let title = match self.tray.has_several() {
            true => format!("{} ({})", notification.title, self.name()),
            false => notification.title,
        };
        self.desktop.notify(Some(&self.id), Notification { title, ..notification })
    }

    fn close_notification(&self, connection: ConnectionId) {
        self.desktop.close_notification(&self.id, connection);
    }

    fn close_notice(&self, topic: &str) {
        self.desktop.close_notice(&self.id, topic);
    }

    fn send_event(&self, event: Event) {
        self.events.send(event);
    }
}
