//! The tray: the states of all open workspaces, shown as one menu.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use engine::{TrayIcon, TrayState};

use crate::{
    desktop::Desktop,
    sync,
    tray_menu::{TrayMenu, WorkspaceTray, compose},
};

/// The tray state of each open workspace, and the desktop that shows the menu.
pub(crate) struct Tray {
    desktop: Arc<dyn Desktop>,
    /// Name and state by workspace ID.
    workspaces: Mutex<BTreeMap<String, (String, TrayState)>>,
}

impl Tray {
    /// A tray in the starting state.
    pub(crate) fn new(desktop: Arc<dyn Desktop>) -> Arc<Self> {
        desktop.set_tray(TrayMenu::without_workspaces(TrayIcon::Starting, "Starting…"));
        Arc::new(Self { desktop, workspaces: Mutex::default() })
    }

    /// Sets the state of a workspace.
    pub(crate) fn set(&self, id: &str, name: &str, state: TrayState) {
        self.change(|workspaces| drop(workspaces.insert(id.to_owned(), (name.to_owned(), state))));
    }

    pub(crate) fn rename(&self, id: &str, name: &str) {
        self.change(|workspaces| {
            if let Some((known, _)) = workspaces.get_mut(id) {
                name.clone_into(known);
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

    fn change(&self, change: impl FnOnce(&mut BTreeMap<String, (String, TrayState)>)) {
        let mut workspaces = sync::lock(&self.workspaces);
        change(&mut workspaces);
        let trays: Vec<_> =
            workspaces.iter().map(|(id, (name, state))| WorkspaceTray { id, name, state }).collect();
        // The lock is still held, so that an older menu never replaces a newer one.
        if !trays.is_empty() {
            self.desktop.set_tray(compose(&trays));
        }
    }
}
