//! The files that a customer uploaded (§1.7, §2.17), by the day they came.

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

use super::{ById, Nothing, company_id, history::unreadable, summary::Load};
use crate::{
    app::App,
    convert::millis,
    desk::Desk,
    error::{Code, WireError, details},
    fetch::{self, asked_at, fetch_due},
    runner::Runner,
    saving::{Saving, name_of, not_saved},
    transfers::{Carried, Transfer, TransferId, Way, cancelled},
};

/// Letters of a company's name in the name of a file.
const LONGEST_NAME: usize = 80;

/// Uploaded files, newest day first.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Files {
    /// Day by day (UTC, as downloads go).
    pub days: Vec<FileDay>,
    /// When it was last asked for; none: never.
    pub as_of: Option<i64>,
}

/// The files of one day.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct FileDay {
    /// 2026-10-31; none for files that say no day.
    pub date: Option<String>,
    /// Newest first.
    pub files: Vec<FileView>,
}

/// A file.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FileView {
    /// Its name.
    pub name: String,
    /// What kind of source took it.
    pub source_type: Option<String>,
    /// When it came.
    pub uploaded: Option<i64>,
}

/// Files to be saved on this computer.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SaveFiles {
    /// The company.
    pub company: String,
    /// Those of one day (UTC, 2026-10-31); none: all.
    pub date: Option<String>,
}

/// Whether files are on their way.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub(crate) struct Started {
    /// Which transfer; none where the person thought better of it.
    pub transfer: Option<u64>,
}

impl App {
    /// The uploaded files as they are kept.
    pub(crate) async fn files(&self, by: ById) -> Result<Files, WireError> {
        let id = company_id(&by.id)?;
        let said = self.desk().await.store()?.said(&Topic::Files(id)).await?;
        let as_of = said.as_ref().and_then(asked_at).map(millis);
        let Some((_, raw)) = said.and_then(|said| said.answer) else {
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

    /// The files of a company, those of one day (UTC) or all, as an archive that has only begun to come. Without a
    /// workspace, it is the one that the window shows. It is one request, which waits like any other of a person.
    ///
    /// # Errors
    /// That the arguments are none, or Codat's own.
    pub async fn download_files(
        &self,
        workspace: Option<&str>,
        company: &str,
        date: Option<&str>,
    ) -> Result<Download, WireError> {
        let (id, day) = (company_id(company)?, day(date)?);
        let desk = match workspace {
            Some(workspace) => self.find_open(workspace).await.ok_or_else(closed)?,
            None => self.open_desk().await,
        };
        Ok(begun(desk.runner()?, id, day).await??)
    }

    /// Asks where to save files, and begins to fetch them there.
    pub(crate) async fn save_files(&self, save: SaveFiles) -> Result<Started, WireError> {
        let (id, day) = (company_id(&save.company)?, day(save.date.as_deref())?);
        let desk = self.desk().await;
        desk.runner()?.admits().await?;
        let company = fetch::company(&*desk.store()?, id).await?;
        let name = archive_name(&company.name, day);
        let Some(place) = self.desktop().ask_where_to_save(&name).await.map_err(no_dialog)? else {
            return Ok(Started { transfer: None });
        };
        let carried = self.transfers().begin(&save.company, Way::Download, &name_of(&place), None);
        let transfer = Some(carried.id());
        desk.clone().tasks().spawn(async move {
            let fetched = fetch_to(&desk, id, day, &place, &carried);
            let outcome = desk.closing().run_until_cancelled(fetched).await;
            let outcome = outcome.unwrap_or_else(|| Err(closed()));
            carried.end(outcome.map(|()| Some(place.display().to_string())));
        });
        Ok(Started { transfer })
    }

    #[expect(clippy::unused_async, reason = "every command has the same shape")]
    pub(crate) async fn list_transfers(&self, by: ById) -> Result<Vec<Transfer>, WireError> {
        Ok(self.transfers().of(&by.id))
    }

    /// Opens the folder of a file that was saved.
    #[expect(clippy::unused_async, reason = "every command has the same shape")]
    pub(crate) async fn show_transfer(&self, which: TransferId) -> Result<Nothing, WireError> {
        let place = self.transfers().get(which.id).and_then(|transfer| transfer.place).map(PathBuf::from);
        let folder = place.as_deref().and_then(Path::parent);
        let folder =
            folder.ok_or_else(|| WireError::new(Code::NotFound, "That file is not known any more."))?;
        self.desktop().open_folder(folder).map_err(|reason| {
            WireError::new(Code::Desktop, "The folder could not be opened.").with_detail(reason)
        })?;
        Ok(Nothing {})
    }

    /// Asks for the files, where that was not done lately.
    pub(crate) async fn load_files(&self, load: Load) -> Result<Nothing, WireError> {
        let id = company_id(&load.id)?;
        fetch_due(&*self.desk().await, vec![Topic::Files(id)], load.always).await?;
        Ok(Nothing {})
    }
}

/// A download whose workspace closed.
fn closed() -> WireError {
    WireError::new(Code::WorkspaceClosed, "The workspace closed before the file was saved. Save it again.")
}

/// An archive that has only begun to come.
async fn begun(
    runner: &Runner,
    company: CompanyId,
    day: Option<Date>,
) -> Result<Result<Download, Failure>, ActError> {
    let request = async |client: Client| client.download_files(company, day).await;
    runner.past(engine::SafeMode::View, request, |download| download.meta().clone()).await
}

/// Fetches an archive to its place. Stopped or cut off, it leaves nothing there.
async fn fetch_to(
    desk: &Desk,
    company: CompanyId,
    day: Option<Date>,
    place: &Path,
    carried: &Carried,
) -> Result<(), WireError> {
    let name = name_of(place);
    let save = async {
        let mut saving = Saving::begin(place).await.map_err(|error| not_saved(&name, &error))?;
        let begun = begun(desk.runner()?, company, day).await.map_err(WireError::unread)?;
        let mut download = begun.map_err(|failure| WireError::unread(ActError::Failed(failure)))?;
        while let Some(piece) = download.next().await.map_err(|failure| broken_off(&name, &failure))? {
            saving.write(&piece).await.map_err(|error| not_saved(&name, &error))?;
            let progress = download.progress();
            carried.progress(progress.received, progress.announced);
        }
        saving.finish().await.map_err(|error| not_saved(&name, &error))
    };
    tokio::select! {
        biased;
        () = carried.stopped() => Err(cancelled()),
        saved = save => saved,
    }
}

fn broken_off(name: &str, failure: &Failure) -> WireError {
    let message = format!(
        "{name} was not saved: the connection broke off before its end. Nothing half-written was left. Download it \
         again."
    );
    let error = WireError::new(Code::NoAnswer, message);
    match details(failure) {
        Some(detail) => error.with_detail(detail),
        None => error,
    }
}

fn day(date: Option<&str>) -> Result<Option<Date>, WireError> {
    let day = date.map(str::parse::<Date>).transpose();
    day.map_err(|_| WireError::new(Code::BadArguments, "That is not a day."))
}

/// What is proposed as a file's name: of the company's name only what every file system takes.
fn archive_name(company: &str, day: Option<Date>) -> String {
    let kept: String = company.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).collect();
    let words: Vec<&str> = kept.split_whitespace().collect();
    let company: String = words.join(" ").chars().take(LONGEST_NAME).collect();
    let company = if company.is_empty() { "Company".to_owned() } else { company };
    day.map_or_else(|| format!("{company} files.zip"), |day| format!("{company} files {day}.zip"))
}

pub(super) fn no_dialog(reason: String) -> WireError {
    WireError::new(Code::Desktop, "The desktop showed no dialog. Nothing was changed.").with_detail(reason)
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
