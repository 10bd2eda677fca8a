//! The tray: the states of all open workspaces, shown as one menu.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use engine::{TrayIcon, TrayState};

use crate::{
    desktop::Desktop,
    sync,
    tray_menu::{TrayMenu, TrayView, WorkspaceTray, compose},
};

/// The tray state of each open workspace, and the desktop that shows the menu.
pub(crate) struct Tray {
    desktop: Arc<dyn Desktop>,
    workspaces: Mutex<Workspaces>,
}

/// The open workspaces by ID.
type Workspaces = BTreeMap<String, WorkspaceState>;

struct WorkspaceState {
    name: String,
    state: TrayState,
    views: Vec<TrayView>,
}

impl Tray {
    /// A tray in the starting state.
    pub(crate) fn new(desktop: Arc<dyn Desktop>) -> Arc<Self> {
        desktop.set_tray(TrayMenu::without_workspaces(TrayIcon::Starting, "Starting…"));
        Arc::new(Self { desktop, workspaces: Mutex::default() })
    }

    /// Sets the state of a workspace.
    pub(crate) fn set(&self, id: &str, name: &str, state: TrayState) {
        self.change(|workspaces| {
            let views = workspaces.remove(id).map(|known| known.views).unwrap_or_default();
            workspaces.insert(id.to_owned(), WorkspaceState { name: name.to_owned(), state, views });
        });
    }

    /// Sets the saved views of an open workspace.
    pub(crate) fn set_views(&self, id: &str, views: Vec<TrayView>) {
        self.change(|workspaces| {
            if let Some(known) = workspaces.get_mut(id) {
                known.views = views;
            }
        });
    }

    pub(crate) fn rename(&self, id: &str, name: &str) {
        self.change(|workspaces| {
            if let Some(known) = workspaces.get_mut(id) {
                name.clone_into(&mut known.name);
            }
        });
    }

    pub(crate) fn remove(&self, id: &str) {
        self.change(|workspaces| drop(workspaces.remove(id)));
    }

    /// Whether several workspaces are open, so that texts need the workspace name.
    pub(crate) fn has_several(&self) -> bool {
        sync::lock(&self.workspaces).len() > 1
    }

    fn change(&self, change: impl FnOnce(&mut Workspaces)) {
        let mut workspaces = sync::lock(&self.workspaces);
        change(&mut workspaces);
        let trays: Vec<_> = workspaces
            .iter()
            .map(|(id, known)| WorkspaceTray {
                id,
                name: &known.name,
                state: &known.state,
                views: &known.views,
            })
            .collect();
        // The lock is still held, so that an older menu never replaces a newer one.
        if !trays.is_empty() {
            self.desktop.set_tray(compose(&trays));
        }
    }
}
