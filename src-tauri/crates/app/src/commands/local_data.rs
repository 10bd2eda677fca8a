//! *Export local data* and *Import*: data that exists only on this computer, as a file for another computer.

use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use engine::schedule::Plan;
use futures_util::{Stream, StreamExt};
use serde::{Deserialize, Serialize};
use store::{
    ImportedKind, LocalKind,
    local_file::{FileProblem, Header, LocalFile, MAX_BYTES},
};
use ts_rs::TS;

use super::{
    Nothing, diagnostics::SavedFile, exports::safe_file_name_words, no_dialog, schedules::MAX_SCHEDULES,
};
use crate::{
    app::App,
    atomic_file::{AtomicFile, file_name_of, save_error},
    clock,
    desktop::HostKind,
    error::{Code, WireError},
    folders::private_file,
    open_workspace::OpenWorkspace,
    pending_imports::{ImportSource, PendingImport, delete},
    schedules,
    wire::Event,
};

/// An import by its ID.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct ImportId {
    pub id: u64,
}

/// A started import.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct ImportBegun {
    /// Its ID, under which a page sends the file. None if the user chose no file.
    pub id: Option<u64>,
}

/// The effect of an import.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImportPreview {
    /// The name of the workspace that the file is from.
    pub workspace: String,
    /// When it was exported; milliseconds since 1970, UTC.
    pub created_at: i64,
    /// What it would add, by kind.
    pub kinds: Vec<ImportedKind>,
    /// The number of fields that this version does not know and leaves out.
    pub unknown: u64,
}

/// The result of an import.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct ImportDone {
    /// What it added, by kind.
    pub kinds: Vec<ImportedKind>,
}

impl App {
    /// Saves the local data of the workspace where the user chooses.
    pub(crate) async fn export_local_data(&self, _: Nothing) -> Result<SavedFile, WireError> {
        let open_workspace = self.command_workspace().await;
        let now = open_workspace.now();
        let (store, workspace) = (open_workspace.store()?, open_workspace.record().name);
        let name =
            format!("{}, local data, {}.json", safe_file_name_words(&workspace), now.strftime("%Y-%m-%d"));
        let Some(target) = self.ask_for_target(&name).await? else { return Ok(SavedFile::default()) };
        let display_name = if target.download.is_some() { name.clone() } else { file_name_of(&target.path) };
        let unwritten = |error: io::Error| save_error(&display_name, &error);
        let header = Header::new(env!("CARGO_PKG_VERSION"), &workspace, now);
        let mut export = store.export_local(header).await?;
        let mut atomic_file = AtomicFile::create(&target.path).await.map_err(unwritten)?;
        while let Some(piece) = export.next().await? {
            atomic_file.write(piece.as_bytes()).await.map_err(unwritten)?;
        }
        atomic_file.commit().await.map_err(unwritten)?;
        let (path, download) = self.exports.saved(target, open_workspace.id(), name);
        Ok(SavedFile { path, download })
    }

    /// Starts an import. In the window the user chooses a file; a page sends it later.
    pub(crate) async fn begin_import(&self, _: Nothing) -> Result<ImportBegun, WireError> {
        let source = match self.desktop.facts().kind {
            HostKind::Browser => ImportSource::Page,
            HostKind::Window => {
                let chosen = self.desktop.ask_for_files(&["json"]).await.map_err(no_dialog)?;
                match <[PathBuf; 1]>::try_from(chosen) {
                    Ok([path]) => ImportSource::UserFile(path),
                    Err(none) if none.is_empty() => return Ok(ImportBegun { id: None }),
                    Err(_) => return Err(unusable("Choose one file.")),
                }
            }
        };
        let workspace = self.command_workspace().await.id().to_owned();
        Ok(ImportBegun { id: Some(self.imports.add(PendingImport { workspace, source })) })
    }

    /// Receives the file of an import from the page.
    pub(crate) async fn take_import(
        &self,
        id: u64,
        mut pieces: impl Stream<Item = io::Result<Bytes>> + Unpin + Send,
    ) -> Result<(), WireError> {
        let (path, _) = self.exports.create_file().map_err(|error| read_error(&error))?;
        let mut copy = SentCopy { path, is_whole: false };
        let mut file = private_file(&copy.path).map_err(|error| read_error(&error))?;
        let mut length = 0;
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|error| read_error(&error))?;
            length += piece.len() as u64;
            if length > MAX_BYTES {
                return Err(refused(&FileProblem::TooLarge));
            }
            file.write_all(&piece).map_err(|error| read_error(&error))?;
        }
        copy.is_whole = self.imports.received(id, &copy.path);
        Ok(())
    }

    /// Previews an import without changing anything.
    pub(crate) async fn preview_import(&self, by: ImportId) -> Result<ImportPreview, WireError> {
        let workspace = self.command_workspace().await;
        let file = self.read_import(by.id, &workspace).await?;
        let kinds = check_schedule_count(&workspace, workspace.store()?.preview_import(&file).await?).await?;
        Ok(ImportPreview {
            workspace: file.header.workspace.clone(),
            created_at: file.header.created_at.as_millisecond(),
            kinds,
            unknown: file.unknown,
        })
    }

    /// Imports a chosen file.
    pub(crate) async fn apply_import(&self, by: ImportId) -> Result<ImportDone, WireError> {
        let workspace = self.command_workspace().await;
        let (store, file) = (workspace.store()?, self.read_import(by.id, &workspace).await?);
        check_schedule_count(&workspace, store.preview_import(&file).await?).await?;
        let imported = store.import_local(&file).await?;
        self.imports.forget(by.id);
        self.emit(Event::Changed { version: imported.version });
        if let Ok(runner) = workspace.runner() {
            runner
                .send_event(schedules::engine_event(&store, workspace.record().kind, workspace.now()).await?);
        }
        workspace.update_keep_alive().await;
        self.emit(Event::Schedules);
        self.emit(Event::Session);
        Ok(ImportDone { kinds: imported.kinds })
    }

    /// Reads and validates a chosen file.
    async fn read_import(&self, id: u64, workspace: &OpenWorkspace) -> Result<LocalFile, WireError> {
        let pending = self.imports.get(id).filter(|pending| pending.workspace == workspace.id());
        let path = match pending.map(|pending| pending.source) {
            Some(ImportSource::UserFile(path) | ImportSource::Copy(path)) => path,
            Some(ImportSource::Page) | None => return Err(unusable("Choose the file again.")),
        };
        let read = move || read(&path);
        tokio::task::spawn_blocking(read).await.unwrap_or_else(|error| Err(read_error(&error.into())))
    }
}

fn read(path: &Path) -> Result<LocalFile, WireError> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| read_error(&error))?;
    // One byte more shows that the file is too long.
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| read_error(&error))?;
    let file = LocalFile::read(&bytes).map_err(|problem| refused(&problem))?;
    for (name, plan) in file.plans() {
        let problem = match serde_json::from_str::<Plan>(&plan) {
            Ok(plan) => plan.problem(&clock::zone(), clock::now()).map(|problem| problem.to_string()),
            Err(error) => Some(error.to_string()),
        };
        if let Some(problem) = problem {
            let message = format!("We can’t use the schedule “{name}” in the file: {problem}");
            return Err(unusable(message.trim_end_matches('.')));
        }
    }
    Ok(file)
}

/// Checks that the workspace would not have too many schedules.
async fn check_schedule_count(
    workspace: &OpenWorkspace,
    kinds: Vec<ImportedKind>,
) -> Result<Vec<ImportedKind>, WireError> {
    let added = kinds.iter().find(|found| found.kind == LocalKind::Schedules).map_or(0, |found| found.added);
    if added > 0 && workspace.store()?.schedules().await?.len() + added as usize > MAX_SCHEDULES {
        return Err(unusable(&format!("A workspace can have at most {MAX_SCHEDULES} schedules")));
    }
    Ok(kinds)
}

fn refused(problem: &FileProblem) -> WireError {
    unusable(&problem.to_string())
}

fn read_error(error: &io::Error) -> WireError {
    unusable("We can’t read the file").with_detail(error.to_string())
}

fn unusable(why: &str) -> WireError {
    let why = why.trim_end_matches('.');
    WireError::new(Code::FileUnusable, format!("{why}. Nothing was imported."))
}

/// A file that the page sends. It is deleted unless it is complete and its import still exists.
struct SentCopy {
    path: PathBuf,
    is_whole: bool,
}

impl Drop for SentCopy {
    fn drop(&mut self) {
        if !self.is_whole {
            delete(&self.path);
        }
    }
}
