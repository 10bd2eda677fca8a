//! Running exports, and exported files that wait for a page to save them.

use std::{collections::HashMap, path::PathBuf, sync::Mutex};

use tokio_util::sync::CancellationToken;

use crate::{
    folders::{private_file, private_folder},
    sync,
};

/// Where a file is saved.
pub(crate) struct ExportTarget {
    pub(crate) path: PathBuf,
    /// Its ID, if the page must save it.
    pub(crate) download: Option<String>,
}

/// Running exports, and files that wait for a page to save them.
#[derive(Debug)]
pub(crate) struct ExportedFiles {
    folder: PathBuf,
    running: Mutex<HashMap<String, CancellationToken>>,
    /// By file ID.
    ready: Mutex<HashMap<String, ReadyFile>>,
}

/// A file that waits for a page to save it.
#[derive(Debug)]
struct ReadyFile {
    workspace: String,
    name: String,
}

impl ExportedFiles {
    /// Deletes the files of an earlier run.
    pub(crate) fn new(folder: PathBuf) -> Self {
        // An error means that the folder does not exist, or that the files stay until the next start.
        let _ = std::fs::remove_dir_all(&folder);
        Self { folder, running: Mutex::default(), ready: Mutex::default() }
    }

    /// A new private file and its ID.
    pub(crate) fn create_file(&self) -> std::io::Result<(PathBuf, String)> {
        private_folder(&self.folder)?;
        let id = uuid::Uuid::new_v4().to_string();
        let path = self.folder.join(&id);
        // The file that replaces it will have the same permissions.
        private_file(&path)?;
        Ok((path, id))
    }

    /// `stop` is cancelled when the workspace closes.
    pub(crate) fn begin(&self, id: &str, stop: CancellationToken) -> CancellationToken {
        sync::lock(&self.running).insert(id.to_owned(), stop.clone());
        stop
    }

    pub(crate) fn end(&self, id: &str) {
        sync::lock(&self.running).remove(id);
    }

    pub(crate) fn stop(&self, id: &str) {
        if let Some(stop) = sync::lock(&self.running).get(id) {
            stop.cancel();
        }
    }

    /// Deletes the waiting files of a workspace.
    pub(crate) fn clear(&self, workspace: &str) {
        for (id, _) in sync::lock(&self.ready).extract_if(|_, ready| ready.workspace == workspace) {
            let path = self.folder.join(id);
            if let Err(error) = std::fs::remove_file(path) {
                tracing::warn!(%error, "an exported file that nobody took could not be deleted");
            }
        }
    }

    /// Registers a written file. Returns its path, or its ID if the page must save it.
    pub(crate) fn saved(
        &self,
        target: ExportTarget,
        workspace: &str,
        name: String,
    ) -> (Option<String>, Option<String>) {
        let Some(id) = target.download else { return (Some(target.path.display().to_string()), None) };
        sync::lock(&self.ready).insert(id.clone(), ReadyFile { workspace: workspace.to_owned(), name });
        (None, Some(id))
    }

    pub(crate) fn take(&self, id: &str) -> Option<(String, std::fs::File)> {
        let name = sync::lock(&self.ready).remove(id)?.name;
        let path = self.folder.join(id);
        let file = std::fs::File::open(&path).ok()?;
        // The open file stays readable. If it cannot be deleted now, the next start deletes it.
        let _ = std::fs::remove_file(path);
        Some((name, file))
    }
}
