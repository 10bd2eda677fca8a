//! Records as a file (§2.19): all that match, whole or not at all, with its progress told and a way to stop.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::{Found, Wanted};
use tokio_util::sync::CancellationToken;
use ts_rs::TS;

use super::{
    ById, Nothing,
    records::{Look, RecordsRequest},
};
use crate::{
    app::App,
    clock,
    copying::{Progress, stopped},
    desk::Desk,
    desktop::HostKind,
    error::{Code, WireError},
    export::{ExportFormat, Writing},
    fetch::company,
    folders::{private_file, private_folder},
    saving::{Saving, name_of, not_saved},
    wire,
};

/// Records written at once.
const STRIDE: u32 = 500;
/// How often an export begins anew where its records are replaced meanwhile.
const TRIES: u32 = 3;

/// Records that are to be written to a file.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct ExportRequest {
    /// A name for this export, by which it is followed and stopped; the page chooses it.
    pub id: String,
    /// Which; the page does not matter.
    pub records: RecordsRequest,
    /// As what.
    pub format: ExportFormat,
}

/// A file with records.
#[derive(Debug, Clone, Default, Serialize, TS)]
pub(crate) struct Exported {
    /// How many it has.
    pub records: u32,
    /// How many more Codat counted than it gave.
    pub missing: u32,
    /// Where it was saved; none where nobody chose a place, and where the page has to save it.
    pub path: Option<String>,
    /// Where the page finds it, to save it.
    pub download: Option<String>,
}

impl App {
    /// Writes all records that match to a file. Before that, those that are not on this computer are read.
    pub(crate) async fn export_records(&self, request: ExportRequest) -> Result<Exported, WireError> {
        let desk = self.desk().await;
        let look = Look::new(&desk, &request.records).await?;
        let named = company(&look.store, look.company).await?.name;
        let name = file_name(&named, look.name(), request.format);
        let Some(target) = self.ask_for_target(&name).await? else { return Ok(Exported::default()) };
        let stop = self.exports().begin(&request.id, desk.closing());
        let place = Place {
            path: &target.path,
            name: if target.download.is_some() { name.clone() } else { name_of(&target.path) },
        };
        let written = self.write(&desk, &look, &request, &place, &stop).await;
        self.exports().end(&request.id);
        let (records, missing) = written?;
        let (path, download) = self.exports().saved(target, desk.id(), name);
        Ok(Exported { records, missing, path, download })
    }

    /// Asks where a file of this name goes; none if the user chose no place.
    pub(super) async fn ask_for_target(&self, name: &str) -> Result<Option<Target>, WireError> {
        match self.desktop().facts().kind {
            HostKind::Browser => {
                let (path, id) = self.exports().place().map_err(|error| not_saved(name, &error))?;
                Ok(Some(Target { path, download: Some(id) }))
            }
            HostKind::Window => {
                let chosen = self.desktop().ask_where_to_save(name).await.map_err(no_dialog)?;
                Ok(chosen.map(|path| Target { path, download: None }))
            }
        }
    }

    /// Stops an export; nothing of its file stays.
    pub(crate) async fn stop_export(&self, by: ById) -> Result<Nothing, WireError> {
        self.exports().stop(&by.id);
        Ok(Nothing {})
    }

    /// A file that was exported for the page to save: its name, and itself. It can be taken once.
    ///
    /// # Errors
    /// That there is none.
    pub fn take_export(&self, id: &str) -> Result<(String, std::fs::File), WireError> {
        let gone = || {
            WireError::new(Code::NotFound, "This file was saved already, or was never made. Export it again.")
        };
        self.exports().take(id).ok_or_else(gone)
    }

    async fn write(
        &self,
        desk: &Desk,
        look: &Look,
        request: &ExportRequest,
        place: &Place<'_>,
        stop: &CancellationToken,
    ) -> Result<(u32, u32), WireError> {
        let tell = |progress: Progress| {
            self.announce(wire::Event::Export {
                id: request.id.clone(),
                records: progress.records,
                total: progress.total,
            });
        };
        let mut tries = 0;
        loop {
            tries += 1;
            let from = From::find(desk, look, &request.records, stop, tell).await?;
            let written = from.write(look, request, place, stop, tell).await;
            if let Err(error) = from.leave(desk).await {
                tracing::warn!(%error, "the records of an export could not be deleted");
            }
            match written {
                // The records that took their place are written instead.
                Err(error) if error.code == Code::Conflict && tries < TRIES => {}
                written => return written,
            }
        }
    }
}

/// Where a file goes.
pub(super) struct Target {
    /// Where to write it.
    pub(super) path: PathBuf,
    /// Its ID for the page that has to save it.
    pub(super) download: Option<String>,
}

/// Where a file goes, and what a person calls it.
struct Place<'a> {
    path: &'a Path,
    name: String,
}

/// Where the records of a file are.
enum From {
    /// In the copy on this computer, found by the query and ordered.
    Copy(store::Copy),
    /// In a copy that was made for this file alone, from the server's answer to the query.
    Own(i64, store::Progress),
    /// It is one object.
    One(Box<RawValue>),
}

impl From {
    async fn find(
        desk: &Desk,
        look: &Look,
        request: &RecordsRequest,
        stop: &CancellationToken,
        tell: impl Fn(Progress),
    ) -> Result<Self, WireError> {
        let Some(source) = look.source() else {
            return Ok(Self::One(look.single(desk, request).await?));
        };
        let store = desk.store()?;
        if let Some(copy) = store.copy(&source.of).await? {
            let wanted = Wanted {
                query: request.query.trim(),
                order_by: request.order_by.trim(),
                offset: 0,
                limit: 1,
            };
            match store.find_copied(&copy, look.columns(), wanted).await? {
                Found::Records { .. } => return Ok(Self::Copy(copy)),
                Found::Malformed(problem) => return Err(WireError::new(Code::BadArguments, problem)),
                Found::Elsewhere => {}
            }
        }
        let asked = (request.query.trim(), request.order_by.trim());
        let number = desk.copying().read(desk, &source, asked, stop, tell).await?;
        let progress = store.copy_progress(number).await?.ok_or_else(taken_away)?;
        Ok(Self::Own(number, progress))
    }

    async fn write(
        &self,
        look: &Look,
        request: &ExportRequest,
        place: &Place<'_>,
        stop: &CancellationToken,
        tell: impl Fn(Progress),
    ) -> Result<(u32, u32), WireError> {
        let unwritten = |error: std::io::Error| not_saved(&place.name, &error);
        let mut saving = Saving::begin(place.path).await.map_err(unwritten)?;
        let mut writing: Option<Writing> = None;
        let (mut done, mut total) = (0, 0);
        loop {
            if stop.is_cancelled() {
                return Err(stopped());
            }
            let (records, all) = self.next(look, &request.records, done).await?;
            total = total.max(all);
            let text = writing.get_or_insert_with(|| Writing::new(request.format, look.columns_of(&records)));
            let piece = if done == 0 { text.head() } else { String::new() } + &text.records(&records);
            saving.write(piece.as_bytes()).await.map_err(unwritten)?;
            done += records.len() as u32;
            tell(Progress { records: done, total });
            if records.len() < STRIDE as usize {
                break;
            }
        }
        if done != total {
            return Err(taken_away());
        }
        let missing = self.missing(look, &request.records, done).await?;
        let tail = writing.map_or("", |text| text.tail());
        saving.write(tail.as_bytes()).await.map_err(unwritten)?;
        saving.finish().await.map_err(unwritten)?;
        Ok((done, missing))
    }

    /// How many more Codat counted than it gave.
    ///
    /// # Errors
    /// That what was written may lack some: the copy was replaced meanwhile, or does not have all that it had.
    async fn missing(&self, look: &Look, request: &RecordsRequest, done: u32) -> Result<u32, WireError> {
        let progress = match self {
            Self::One(_) => return Ok(0),
            Self::Own(_, progress) => progress.clone(),
            Self::Copy(copy) => {
                let now = match look.source() {
                    Some(source) => look.store.copy(&source.of).await?,
                    None => None,
                };
                let is_all = request.query.trim().is_empty();
                if now.is_none_or(|now| now.number != copy.number) || is_all && done != copy.records {
                    return Err(taken_away());
                }
                look.store.copy_progress(copy.number).await?.ok_or_else(taken_away)?
            }
        };
        Ok(progress.total.saturating_sub(progress.records))
    }

    async fn next(
        &self,
        look: &Look,
        request: &RecordsRequest,
        from: u32,
    ) -> Result<(Vec<Box<RawValue>>, u32), WireError> {
        match self {
            Self::One(raw) if from == 0 => Ok((vec![raw.clone()], 1)),
            Self::One(_) => Ok((Vec::new(), 1)),
            Self::Own(number, of) => Ok((look.store.copied_from(*number, from, STRIDE).await?, of.records)),
            Self::Copy(copy) => {
                let wanted = Wanted {
                    query: request.query.trim(),
                    order_by: request.order_by.trim(),
                    offset: from,
                    limit: STRIDE,
                };
                match look.store.find_copied(copy, look.columns(), wanted).await? {
                    Found::Records { rows, total } => Ok((rows, total)),
                    Found::Malformed(_) | Found::Elsewhere => Err(taken_away()),
                }
            }
        }
    }

    async fn leave(self, desk: &Desk) -> Result<(), WireError> {
        match self {
            Self::Own(number, _) => Ok(desk.store()?.drop_copy(number).await?),
            Self::Copy(_) | Self::One(_) => Ok(()),
        }
    }
}

/// The records that a file is made of were replaced, or given up, while it was written.
fn taken_away() -> WireError {
    WireError::new(
        Code::Conflict,
        "The records changed while we wrote the file, so we deleted it. Export again.",
    )
}

/// What a file is called: the company, what it holds, and the day.
fn file_name(company: &str, what: &str, format: ExportFormat) -> String {
    let day = clock::now().strftime("%Y-%m-%d");
    let words = words_of_a_name(company);
    let company = if words.is_empty() { "Company".to_owned() } else { words };
    format!("{company}, {}, {day}.{}", what.to_lowercase(), format.ending())
}

/// The words of a name that may be part of a file's name.
pub(super) fn words_of_a_name(name: &str) -> String {
    let kept: String = name.chars().map(|c| if is_safe(c) { c } else { ' ' }).take(60).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Letters and digits of any script, and what no file system minds.
fn is_safe(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ' ' | '-' | '_')
}

fn no_dialog(reason: String) -> WireError {
    WireError::new(Code::Desktop, "The place for the file could not be asked for.").with_detail(reason)
}

/// Exports under way, and files that wait for the page to save them.
#[derive(Debug)]
pub(crate) struct Exports {
    folder: PathBuf,
    running: Mutex<HashMap<String, CancellationToken>>,
    /// By the file's ID.
    ready: Mutex<HashMap<String, Ready>>,
}

/// A file that waits for the page to save it.
#[derive(Debug)]
struct Ready {
    workspace: String,
    name: String,
}

impl Exports {
    /// What an earlier run of the program left there is of no use.
    pub(crate) fn new(folder: PathBuf) -> Self {
        // Nothing there is as good as nothing left.
        let _ = std::fs::remove_dir_all(&folder);
        Self { folder, running: Mutex::default(), ready: Mutex::default() }
    }

    /// A new private file, and its ID.
    pub(super) fn place(&self) -> std::io::Result<(PathBuf, String)> {
        private_folder(&self.folder)?;
        let id = uuid::Uuid::new_v4().to_string();
        let path = self.folder.join(&id);
        // What takes its place keeps its rights.
        private_file(&path)?;
        Ok((path, id))
    }

    /// `stop` is cancelled when the workspace closes.
    fn begin(&self, id: &str, stop: CancellationToken) -> CancellationToken {
        lock(&self.running).insert(id.to_owned(), stop.clone());
        stop
    }

    fn end(&self, id: &str) {
        lock(&self.running).remove(id);
    }

    fn stop(&self, id: &str) {
        if let Some(stop) = lock(&self.running).get(id) {
            stop.cancel();
        }
    }

    /// Deletes the files of a workspace that wait for the page.
    pub(crate) fn clear(&self, workspace: &str) {
        for (id, _) in lock(&self.ready).extract_if(|_, ready| ready.workspace == workspace) {
            let path = self.folder.join(id);
            if let Err(error) = std::fs::remove_file(path) {
                tracing::warn!(%error, "an exported file that nobody took could not be deleted");
            }
        }
    }

    /// A file is written: its path, or its ID for the page that has to save it.
    pub(super) fn saved(
        &self,
        target: Target,
        workspace: &str,
        name: String,
    ) -> (Option<String>, Option<String>) {
        let Some(id) = target.download else { return (Some(target.path.display().to_string()), None) };
        lock(&self.ready).insert(id.clone(), Ready { workspace: workspace.to_owned(), name });
        (None, Some(id))
    }

    fn take(&self, id: &str) -> Option<(String, std::fs::File)> {
        let name = lock(&self.ready).remove(id)?.name;
        let path = self.folder.join(id);
        let file = std::fs::File::open(&path).ok()?;
        // Open, it can be read to its end all the same; where it cannot be removed now, it goes at the next start.
        let _ = std::fs::remove_file(path);
        Some((name, file))
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_for_every_file_system() {
        let name = file_name("../\u{0}A/B \"Ltd\"…", "Invoices", ExportFormat::Csv);
        assert!(name.starts_with("A B Ltd, invoices, 20") && name.ends_with(".csv"), "{name}");
        assert!(file_name("///", "Bills", ExportFormat::Json).starts_with("Company, bills, "));
    }
}
