//! *Export local data* and *Import*: what exists on this computer alone, as a file that another computer can read.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use engine::schedule::Plan;
use futures_util::{Stream, StreamExt};
use serde::{Deserialize, Serialize};
use store::{
    ImportedKind, LocalKind,
    local_file::{FileProblem, Header, LARGEST, LocalFile},
};
use ts_rs::TS;

use super::{
    Nothing, company_files::no_dialog, diagnostics::SavedFile, exports::words_of_a_name,
    schedules::MOST_SCHEDULES,
};
use crate::{
    app::App,
    clock,
    desk::Desk,
    desktop::HostKind,
    error::{Code, WireError},
    folders::private_file,
    saving::{Saving, name_of, not_saved},
    schedules,
    wire::Event,
};

/// Files that nobody came back to are forgotten beyond so many.
const MOST_WAITING: usize = 4;
/// The first number of an import. Transfers of files to Codat have smaller ones.
const FIRST: u64 = 1 << 40;

/// A file to be imported, by its number.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct ImportId {
    /// Which.
    pub id: u64,
}

/// An import that was begun.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct ImportBegun {
    /// Its number. A page sends its file under it. None if the user chose no file.
    pub id: Option<u64>,
}

/// What an import would do.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImportPreview {
    /// The name of the workspace that the file is from.
    pub workspace: String,
    /// When it was written; milliseconds since 1970, UTC.
    pub created_at: i64,
    /// What it would add, by kind.
    pub kinds: Vec<ImportedKind>,
    /// Fields that this version does not know. They are left out.
    pub unknown: u64,
}

/// What an import did.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct ImportDone {
    /// What it added, by kind.
    pub kinds: Vec<ImportedKind>,
}

/// Files that were chosen for an import.
#[derive(Default)]
pub(crate) struct Imports {
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    begun: u64,
    files: BTreeMap<u64, Chosen>,
}

/// A file that was chosen.
#[derive(Debug, Clone)]
struct Chosen {
    /// The workspace that it is for.
    workspace: String,
    place: Place,
}

/// Where a chosen file is.
#[derive(Debug, Clone)]
enum Place {
    /// The page has yet to send it.
    OnThePage,
    /// Where the user has it.
    OfTheUser(PathBuf),
    /// A copy that the page sent.
    Copy(PathBuf),
}

impl App {
    /// Saves the local data of the workspace where the user chooses.
    pub(crate) async fn export_local_data(&self, _: Nothing) -> Result<SavedFile, WireError> {
        let (desk, now) = (self.desk().await, clock::now());
        let (store, workspace) = (desk.store()?, desk.workspace().name);
        let name = format!("{}, local data, {}.json", words_of_a_name(&workspace), now.strftime("%Y-%m-%d"));
        let Some(target) = self.ask_for_target(&name).await? else { return Ok(SavedFile::default()) };
        let named = if target.download.is_some() { name.clone() } else { name_of(&target.path) };
        let unwritten = |error: io::Error| not_saved(&named, &error);
        let header = Header::new(env!("CARGO_PKG_VERSION"), &workspace, now);
        let mut export = store.export_local(header).await?;
        let mut saving = Saving::begin(&target.path).await.map_err(unwritten)?;
        while let Some(piece) = export.next().await? {
            saving.write(piece.as_bytes()).await.map_err(unwritten)?;
        }
        saving.finish().await.map_err(unwritten)?;
        let (path, download) = self.exports().saved(target, desk.id(), name);
        Ok(SavedFile { path, download })
    }

    /// Asks for a file in the window. A page has the file itself, and sends it.
    pub(crate) async fn begin_import(&self, _: Nothing) -> Result<ImportBegun, WireError> {
        let place = match self.desktop().facts().kind {
            HostKind::Browser => Place::OnThePage,
            HostKind::Window => {
                let chosen = self.desktop().ask_for_files(&["json"]).await.map_err(no_dialog)?;
                match <[PathBuf; 1]>::try_from(chosen) {
                    Ok([path]) => Place::OfTheUser(path),
                    Err(none) if none.is_empty() => return Ok(ImportBegun { id: None }),
                    Err(_) => return Err(unusable("Choose one file.")),
                }
            }
        };
        let workspace = self.desk().await.id().to_owned();
        Ok(ImportBegun { id: Some(self.imports().put(Chosen { workspace, place })) })
    }

    /// Takes the file of an import as the page sends it.
    pub(crate) async fn take_import(
        &self,
        id: u64,
        mut pieces: impl Stream<Item = io::Result<Bytes>> + Unpin + Send,
    ) -> Result<(), WireError> {
        let (path, _) = self.exports().place().map_err(|error| not_read(&error))?;
        let mut copy = SentCopy { path, is_whole: false };
        let mut file = private_file(&copy.path).map_err(|error| not_read(&error))?;
        let mut length = 0;
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|error| not_read(&error))?;
            length += piece.len() as u64;
            if length > LARGEST {
                return Err(refused(&FileProblem::TooLarge));
            }
            file.write_all(&piece).map_err(|error| not_read(&error))?;
        }
        copy.is_whole = self.imports().came(id, &copy.path);
        Ok(())
    }

    /// What an import of a chosen file would do. Nothing is changed.
    pub(crate) async fn preview_import(&self, by: ImportId) -> Result<ImportPreview, WireError> {
        let desk = self.desk().await;
        let file = self.read_import(by.id, &desk).await?;
        let kinds = checked_number(&desk, desk.store()?.preview_import(&file).await?).await?;
        Ok(ImportPreview {
            workspace: file.header.workspace.clone(),
            created_at: file.header.created_at.as_millisecond(),
            kinds,
            unknown: file.unknown,
        })
    }

    /// Imports a chosen file.
    pub(crate) async fn apply_import(&self, by: ImportId) -> Result<ImportDone, WireError> {
        let desk = self.desk().await;
        let (store, file) = (desk.store()?, self.read_import(by.id, &desk).await?);
        checked_number(&desk, store.preview_import(&file).await?).await?;
        let imported = store.import_local(&file).await?;
        self.imports().forget(by.id);
        self.announce(Event::Changed { version: imported.version });
        if let Ok(runner) = desk.runner() {
            runner.tell(schedules::event(&store, desk.workspace().kind).await?);
        }
        desk.tell_keep_alive().await;
        self.announce(Event::Schedules);
        self.announce(Event::Session);
        Ok(ImportDone { kinds: imported.kinds })
    }

    /// Reads a chosen file and checks all of it.
    async fn read_import(&self, id: u64, desk: &Desk) -> Result<LocalFile, WireError> {
        let chosen = self.imports().get(id).filter(|chosen| chosen.workspace == desk.id());
        let path = match chosen.map(|chosen| chosen.place) {
            Some(Place::OfTheUser(path) | Place::Copy(path)) => path,
            Some(Place::OnThePage) | None => return Err(unusable("Choose the file again.")),
        };
        let read = move || read(&path);
        tokio::task::spawn_blocking(read).await.unwrap_or_else(|error| Err(not_read(&error.into())))
    }
}

fn read(path: &Path) -> Result<LocalFile, WireError> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| not_read(&error))?;
    // One byte more tells a file that is too long.
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| not_read(&error))?;
    let file = LocalFile::read(&bytes).map_err(|problem| refused(&problem))?;
    for (name, plan) in file.plans() {
        let problem = match serde_json::from_str::<Plan>(&plan) {
            Ok(plan) => plan.problem(&clock::zone(), clock::now()).map(|problem| problem.to_string()),
            Err(error) => Some(error.to_string()),
        };
        if let Some(problem) = problem {
            let message = format!("The schedule “{name}” in the file cannot be used: {problem}");
            return Err(unusable(message.trim_end_matches('.')));
        }
    }
    Ok(file)
}

/// Refuses more schedules than a workspace can have.
async fn checked_number(desk: &Desk, kinds: Vec<ImportedKind>) -> Result<Vec<ImportedKind>, WireError> {
    let added = kinds.iter().find(|found| found.kind == LocalKind::Schedules).map_or(0, |found| found.added);
    if added > 0 && desk.store()?.schedules().await?.len() + added as usize > MOST_SCHEDULES {
        return Err(unusable(&format!("A workspace can have at most {MOST_SCHEDULES} schedules")));
    }
    Ok(kinds)
}

fn refused(problem: &FileProblem) -> WireError {
    unusable(&problem.to_string())
}

fn not_read(error: &io::Error) -> WireError {
    unusable("The file cannot be read").with_detail(error.to_string())
}

fn unusable(why: &str) -> WireError {
    let why = why.trim_end_matches('.');
    WireError::new(Code::FileUnusable, format!("{why}. Nothing was imported."))
}

/// A copy of a file that the page sends. It is deleted unless it is whole and somebody waits for it.
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

fn delete(copy: &Path) {
    if let Err(error) = std::fs::remove_file(copy) {
        tracing::warn!(%error, "the copy of a file to import could not be deleted");
    }
}

impl Imports {
    /// Whether the page is to send the file of this import.
    pub(crate) fn awaits(&self, id: u64) -> bool {
        self.get(id).is_some_and(|chosen| matches!(chosen.place, Place::OnThePage))
    }

    fn put(&self, chosen: Chosen) -> u64 {
        self.with(|waiting| {
            let id = FIRST + waiting.begun;
            waiting.begun += 1;
            waiting.files.insert(id, chosen);
            while waiting.files.len() > MOST_WAITING {
                waiting.files.pop_first().into_iter().for_each(|(_, old)| old.drop_copy());
            }
            id
        })
    }

    fn get(&self, id: u64) -> Option<Chosen> {
        self.with(|waiting| waiting.files.get(&id).cloned())
    }

    /// The file of an import came. Whether somebody waits for it.
    fn came(&self, id: u64, copy: &Path) -> bool {
        self.with(|waiting| {
            let Some(chosen) = waiting.files.get_mut(&id) else { return false };
            chosen.place = Place::Copy(copy.to_owned());
            true
        })
    }

    fn forget(&self, id: u64) {
        if let Some(chosen) = self.with(|waiting| waiting.files.remove(&id)) {
            chosen.drop_copy();
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Waiting) -> T) -> T {
        act(&mut self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Chosen {
    fn drop_copy(&self) {
        match &self.place {
            Place::Copy(path) => delete(path),
            Place::OnThePage | Place::OfTheUser(_) => {}
        }
    }
}
