//! The files that a customer uploaded (§1.7, §2.17), by the day they came.

use codat::{Topic, client::Download, model::UploadedFile};
use jiff::civil::Date;
use serde::Serialize;
use ts_rs::TS;

use super::{ById, Nothing, company_id, history::unreadable, summary::Load};
use crate::{
    app::App,
    convert::millis,
    error::{Code, WireError},
    fetch::{asked_at, fetch_due},
};

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

    /// The files of a company, those of one day (UTC) or all, as an archive that has only begun to come. It
    /// is one request, made at once, as a person asks for it.
    ///
    /// # Errors
    /// That the arguments are none, or Codat's own.
    pub async fn download_files(&self, company: &str, date: Option<&str>) -> Result<Download, WireError> {
        let id = company_id(company)?;
        let day = date.map(str::parse::<Date>).transpose();
        let day = day.map_err(|_| WireError::new(Code::BadArguments, "That is not a day."))?;
        let desk = self.desk().await;
        let runner = desk.runner()?;
        // It goes past the engine, which counts it all the same.
        runner.tell(engine::Event::Sent(engine::Class::Click));
        runner.client().download_files(id, day).await.map_err(WireError::from)
    }

    /// Asks for the files, where that was not done lately.
    pub(crate) async fn load_files(&self, load: Load) -> Result<Nothing, WireError> {
        let id = company_id(&load.id)?;
        fetch_due(&*self.desk().await, vec![Topic::Files(id)], load.always).await?;
        Ok(Nothing {})
    }
}
