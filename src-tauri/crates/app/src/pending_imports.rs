//! Files that were chosen for an import.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Mutex,
};

use crate::sync;

/// The maximum number of chosen files that wait to be imported. The oldest ones are dropped.
const MAX_WAITING: usize = 4;
/// The ID of the first import. Transfers have smaller IDs.
const FIRST_ID: u64 = 1 << 40;

/// The files that were chosen for an import.
#[derive(Default)]
pub(crate) struct PendingImports {
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    count: u64,
    files: BTreeMap<u64, PendingImport>,
}

/// A chosen file.
#[derive(Debug, Clone)]
pub(crate) struct PendingImport {
    /// The ID of its workspace.
    pub(crate) workspace: String,
    pub(crate) source: ImportSource,
}

/// Where a chosen file is.
#[derive(Debug, Clone)]
pub(crate) enum ImportSource {
    /// The page has not sent it yet.
    Page,
    /// The user's own file.
    UserFile(PathBuf),
    /// A copy that the page sent.
    Copy(PathBuf),
}

/// Deletes the copy of a file that a page sent.
pub(crate) fn delete(copy: &Path) {
    if let Err(error) = std::fs::remove_file(copy) {
        tracing::warn!(%error, "the copy of a file to import could not be deleted");
    }
}

impl PendingImports {
    /// Whether the page must send the file of this import.
    pub(crate) fn awaits(&self, id: u64) -> bool {
        self.get(id).is_some_and(|pending| matches!(pending.source, ImportSource::Page))
    }

    pub(crate) fn add(&self, pending: PendingImport) -> u64 {
        self.with(|waiting| {
            let id = FIRST_ID + waiting.count;
            waiting.count += 1;
            waiting.files.insert(id, pending);
            while waiting.files.len() > MAX_WAITING {
                waiting.files.pop_first().into_iter().for_each(|(_, old)| old.drop_copy());
            }
            id
        })
    }

    pub(crate) fn get(&self, id: u64) -> Option<PendingImport> {
        self.with(|waiting| waiting.files.get(&id).cloned())
    }

    /// Registers the received file. Returns whether its import still exists.
    pub(crate) fn received(&self, id: u64, copy: &Path) -> bool {
        self.with(|waiting| {
            let Some(pending) = waiting.files.get_mut(&id) else { return false };
            pending.source = ImportSource::Copy(copy.to_owned());
            true
        })
    }

    pub(crate) fn forget(&self, id: u64) {
        if let Some(pending) = self.with(|waiting| waiting.files.remove(&id)) {
            pending.drop_copy();
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Waiting) -> T) -> T {
        act(&mut sync::lock(&self.waiting))
    }
}

impl PendingImport {
    fn drop_copy(&self) {
        match &self.source {
            ImportSource::Copy(path) => delete(path),
            ImportSource::Page | ImportSource::UserFile(_) => {}
        }
    }
}
