//! The open workspaces: the shown one, and those that are watched beside it.

use std::{collections::BTreeMap, sync::Arc};

use crate::desk::Desk;

/// The open workspaces. Each has its own engine, database, quota and client.
pub(crate) struct OpenWorkspaces {
    shown: Arc<Desk>,
    /// Watched and not shown, by ID.
    beside: BTreeMap<String, Arc<Desk>>,
}

impl OpenWorkspaces {
    /// One open workspace, shown by the window.
    pub(super) fn new(shown: Arc<Desk>) -> Self {
        shown.set_shown(true);
        Self { shown, beside: BTreeMap::new() }
    }

    /// The workspace that the window shows.
    pub(super) fn shown(&self) -> &Arc<Desk> {
        &self.shown
    }

    /// All of them.
    pub(super) fn all(&self) -> Vec<Arc<Desk>> {
        core::iter::once(&self.shown).chain(self.beside.values()).cloned().collect()
    }

    /// The open workspace with this ID.
    pub(super) fn find(&self, id: &str) -> Option<&Arc<Desk>> {
        if self.shown.id() == id { Some(&self.shown) } else { self.beside.get(id) }
    }

    /// Whether the window shows the workspace with this ID.
    pub(super) fn is_shown(&self, id: &str) -> bool {
        self.shown.id() == id
    }

    /// Adds a workspace, or replaces the one with its ID. It is shown if that one was.
    pub(super) fn put(&mut self, desk: Arc<Desk>) {
        if self.is_shown(desk.id()) {
            desk.set_shown(true);
            self.shown = desk;
        } else {
            self.beside.insert(desk.id().to_owned(), desk);
        }
    }

    /// Shows a workspace; the one that was shown stays open beside it.
    pub(super) fn show(&mut self, desk: Arc<Desk>) {
        self.beside.remove(desk.id());
        let before = core::mem::replace(&mut self.shown, desk);
        before.set_shown(false);
        self.shown.set_shown(true);
        self.beside.insert(before.id().to_owned(), before);
    }

    /// Takes out a workspace that is not shown.
    pub(super) fn take(&mut self, id: &str) -> Option<Arc<Desk>> {
        self.beside.remove(id)
    }
}
