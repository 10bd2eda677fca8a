//! The files that customers uploaded (§1.7, §2.17), by day.

use std::path::{Path, PathBuf};

use codat::{
    Failure, Topic,
    client::{Client, Download},
    id::CompanyId,
    model::UploadedFile,
};
use engine::ActError;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    ById, Nothing, company_id, exports::is_safe_character, history::unreadable, no_dialog, summary::Load,
};
use crate::{
    app::App,
    atomic_file::{AtomicFile, file_name_of, save_error},
    error::{Code, WireError, details},
    fetch::{self, checked_at, fetch_due},
    open_workspace::OpenWorkspace,
    runner::Runner,
    transfers::{TransferHandle, TransferId, cancelled},
    wire::{Direction, Transfer, millis},
};

/// The maximum length of the company name in a file name, in characters.
const LONGEST_NAME: usize = 80;

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Files {
    /// By day (UTC, as in downloads), newest first.
    pub days: Vec<FileDay>,
    /// When the list was last loaded. None: never.
    pub as_of: Option<i64>,
}

/// The files of one day.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct FileDay {
    /// Such as 2026-10-31. None for files without a date.
    pub date: Option<String>,
    /// Newest first.
    pub files: Vec<FileView>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FileView {
    pub name: String,
    /// The kind of source that received it.
    pub source_type: Option<String>,
    /// When it was uploaded.
    pub uploaded: Option<i64>,
}

/// Files to download to this computer.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SaveFiles {
    pub company: String,
    /// The day (UTC), such as 2026-10-31. None: all files.
    pub date: Option<String>,
}

/// A started download.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub(crate) struct Started {
    /// The ID of the transfer. None if the user cancelled the dialog.
    pub transfer: Option<u64>,
}

impl App {
    /// The stored list of files.
    pub(crate) async fn files(&self, by: ById) -> Result<Files, WireError> {
        let id = company_id(&by.id)?;
        let cached = self.command_workspace().await.store()?.cached_answer(&Topic::Files(id)).await?;
        let as_of = cached.as_ref().and_then(checked_at).map(millis);
        let Some((_, raw)) = cached.and_then(|cached| cached.answer) else {
            return Ok(Files { days: Vec::new(), as_of });
        };
        let mut files: Vec<UploadedFile> = serde_json::from_str(raw.get()).map_err(unreadable)?;
        files.sort_by(|a, b| b.uploaded.cmp(&a.uploaded).then_with(|| a.file_name.cmp(&b.file_name)));
        let mut days: Vec<FileDay> = Vec::new();
        for file in files {
            let date = file.uploaded.map(|at| at.strftime("%Y-%m-%d").to_string());
            let view = FileView {
                name: file.name().to_owned(),
                source_type: file.source_type.clone(),
                uploaded: file.uploaded.map(millis),
            };
            match days.last_mut() {
                Some(day) if day.date == date => day.files.push(view),
                Some(_) | None => days.push(FileDay { date, files: vec![view] }),
            }
        }
        Ok(Files { days, as_of })
    }

    /// Starts to download the files of a company, of one day (UTC) or all, as an archive. Without a workspace,
    /// it is the shown one. The request waits for the quota like any other act.
    ///
    /// # Errors
    /// If an argument is invalid, or the error of Codat.
    pub async fn download_files(
        &self,
        workspace: Option<&str>,
        company: &str,
        date: Option<&str>,
    ) -> Result<Download, WireError> {
        let (id, day) = (company_id(company)?, parse_day(date)?);
        let open_workspace = match workspace {
            Some(workspace) => self.find_open(workspace).await.ok_or_else(workspace_closed)?,
            None => self.shown_workspace().await,
        };
        Ok(start_download(open_workspace.runner()?, id, day).await??)
    }

    /// Asks where to save files and starts to download them.
    pub(crate) async fn save_files(&self, save: SaveFiles) -> Result<Started, WireError> {
        let (id, day) = (company_id(&save.company)?, parse_day(save.date.as_deref())?);
        let workspace = self.command_workspace().await;
        workspace.runner()?.check_quota().await?;
        let company = fetch::company(&*workspace.store()?, id).await?;
        let name = archive_name(&company.name, day);
        let Some(target) = self.desktop.ask_where_to_save(&name).await.map_err(no_dialog)? else {
            return Ok(Started { transfer: None });
        };
        let handle = self.transfers.begin(&save.company, Direction::Download, &file_name_of(&target), None);
        let transfer = Some(handle.id());
        workspace.clone().tasks().spawn(async move {
            let fetched = download_to(&workspace, id, day, &target, &handle);
            let outcome = workspace.closing().run_until_cancelled(fetched).await;
            let outcome = outcome.unwrap_or_else(|| Err(workspace_closed()));
            handle.end(outcome.map(|()| Some(target.display().to_string())));
        });
        Ok(Started { transfer })
    }

    #[expect(clippy::unused_async, reason = "every command has the same shape")]
    pub(crate) async fn list_transfers(&self, by: ById) -> Result<Vec<Transfer>, WireError> {
        Ok(self.transfers.of_company(&by.id))
    }

    /// Opens the folder of a downloaded file.
    #[expect(clippy::unused_async, reason = "every command has the same shape")]
    pub(crate) async fn show_transfer(&self, which: TransferId) -> Result<Nothing, WireError> {
        let target = self.transfers.get(which.id).and_then(|transfer| transfer.place).map(PathBuf::from);
        let folder = target.as_deref().and_then(Path::parent);
        let folder = folder.ok_or_else(|| {
            WireError::new(Code::NotFound, "This file is no longer available. Download it again.")
        })?;
        self.desktop.open_folder(folder).map_err(|reason| {
            WireError::new(Code::Desktop, "Couldn’t open the folder.").with_detail(reason)
        })?;
        Ok(Nothing {})
    }

    /// Loads the list of files if it is stale.
    pub(crate) async fn load_files(&self, load: Load) -> Result<Nothing, WireError> {
        let id = company_id(&load.id)?;
        fetch_due(&*self.command_workspace().await, vec![Topic::Files(id)], load.always).await?;
        Ok(Nothing {})
    }
}

/// The error of a download whose workspace closed.
fn workspace_closed() -> WireError {
    WireError::new(Code::WorkspaceClosed, "The workspace closed before we saved the file. Save it again.")
}

/// Starts to download an archive.
async fn start_download(
    runner: &Runner,
    company: CompanyId,
    day: Option<Date>,
) -> Result<Result<Download, Failure>, ActError> {
    let request = async |client: Client| client.download_files(company, day).await;
    runner.send_direct(domain::SafeMode::View, request, |download| download.meta().clone()).await
}

/// Downloads an archive to a file. If it is cancelled or interrupted, no file is left.
async fn download_to(
    workspace: &OpenWorkspace,
    company: CompanyId,
    day: Option<Date>,
    target: &Path,
    handle: &TransferHandle,
) -> Result<(), WireError> {
    let name = file_name_of(target);
    let save = async {
        let mut atomic_file = AtomicFile::create(target).await.map_err(|error| save_error(&name, &error))?;
        let download = start_download(workspace.runner()?, company, day).await.map_err(WireError::unread)?;
        let mut download = download.map_err(|failure| WireError::unread(ActError::Failed(failure)))?;
        while let Some(piece) = download.next().await.map_err(|failure| connection_lost(&name, &failure))? {
            atomic_file.write(&piece).await.map_err(|error| save_error(&name, &error))?;
            let progress = download.progress();
            handle.progress(progress.received, progress.announced);
        }
        atomic_file.commit().await.map_err(|error| save_error(&name, &error))
    };
    tokio::select! {
        biased;
        () = handle.cancelled() => Err(cancelled()),
        saved = save => saved,
    }
}

fn connection_lost(name: &str, failure: &Failure) -> WireError {
    let message = format!(
        "We couldn’t save {name}: the connection ended too early. We left no partial file. Download it \
         again."
    );
    let error = WireError::new(Code::NoAnswer, message);
    match details(failure) {
        Some(detail) => error.with_detail(detail),
        None => error,
    }
}

fn parse_day(date: Option<&str>) -> Result<Option<Date>, WireError> {
    let day = date.map(str::parse::<Date>).transpose();
    day.map_err(|_| WireError::new(Code::BadArguments, "This isn’t a day."))
}

/// The suggested file name. It has only characters of the company name that every file system accepts.
fn archive_name(company: &str, day: Option<Date>) -> String {
    let allowed: String = company.chars().filter(|c| is_safe_character(*c)).collect();
    let words: Vec<&str> = allowed.split_whitespace().collect();
    let company: String = words.join(" ").chars().take(LONGEST_NAME).collect();
    let company = if company.is_empty() { "Company".to_owned() } else { company };
    day.map_or_else(|| format!("{company} files.zip"), |day| format!("{company} files {day}.zip"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_made_of_what_every_file_system_takes() {
        let day = Some("2026-10-31".parse().unwrap());
        assert_eq!(archive_name("Harbour Lane Bakery", day), "Harbour Lane Bakery files 2026-10-31.zip");
        assert_eq!(archive_name("../..\\ a:b/c\u{0}\n", None), "abc files.zip");
        assert_eq!(archive_name("…", None), "Company files.zip");
        assert!(archive_name(&"é".repeat(1_000), None).chars().count() < 100);
    }
}
