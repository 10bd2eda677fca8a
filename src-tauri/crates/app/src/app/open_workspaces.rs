//! The open workspaces: the shown one, and the hidden ones that are watched.

use std::{collections::BTreeMap, sync::Arc};

use crate::open_workspace::OpenWorkspace;

/// The open workspaces. Each has its own engine, database, quota and client.
pub(crate) struct OpenWorkspaces {
    shown: Arc<OpenWorkspace>,
    /// By workspace ID.
    hidden: BTreeMap<String, Arc<OpenWorkspace>>,
}

impl OpenWorkspaces {
    pub(super) fn new(shown: Arc<OpenWorkspace>) -> Self {
        shown.set_shown(true);
        Self { shown, hidden: BTreeMap::new() }
    }

    pub(super) fn shown(&self) -> &Arc<OpenWorkspace> {
        &self.shown
    }

    /// All open workspaces, the shown one first.
    pub(super) fn all(&self) -> Vec<Arc<OpenWorkspace>> {
        core::iter::once(&self.shown).chain(self.hidden.values()).cloned().collect()
    }

    pub(super) fn find(&self, id: &str) -> Option<&Arc<OpenWorkspace>> {
        if self.shown.id() == id { Some(&self.shown) } else { self.hidden.get(id) }
    }

    pub(super) fn is_shown(&self, id: &str) -> bool {
        self.shown.id() == id
    }

    /// Inserts a workspace, or replaces the one with its ID. It is shown if that one was.
    pub(super) fn insert(&mut self, workspace: Arc<OpenWorkspace>) {
        if self.is_shown(workspace.id()) {
            workspace.set_shown(true);
            self.shown = workspace;
        } else {
            self.hidden.insert(workspace.id().to_owned(), workspace);
        }
    }

    /// Shows a workspace. The one that was shown stays open, hidden.
    pub(super) fn show(&mut self, workspace: Arc<OpenWorkspace>) {
        self.hidden.remove(workspace.id());
        let before = core::mem::replace(&mut self.shown, workspace);
        before.set_shown(false);
        self.shown.set_shown(true);
        self.hidden.insert(before.id().to_owned(), before);
    }

    /// Removes a hidden workspace.
    pub(super) fn remove(&mut self, id: &str) -> Option<Arc<OpenWorkspace>> {
        self.hidden.remove(id)
    }
}
