//! Exports of records to a file (§2.19). A file has all matching records or is not saved. An export reports
//! progress and can be stopped.

use std::path::Path;

use rust_xlsxwriter::XlsxError;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::{CopyQuery, CopyQueryResult};
use tokio_util::sync::CancellationToken;
use ts_rs::TS;

use super::{
    ById, Nothing, no_dialog,
    records::{RecordsRequest, RecordsView},
};
use crate::{
    app::App,
    atomic_file::{AtomicFile, file_name_of, save_error},
    clock,
    desktop::HostKind,
    error::{Code, WireError},
    export::{ExportFormat, ExportWriter},
    exported_files::ExportTarget,
    fetch::company,
    open_workspace::OpenWorkspace,
    record_copies::{Progress, copy_stopped},
    table_file::MAX_SHEET_ROWS,
    wire,
};

/// The name of the sheet in a workbook.
const SHEET: &str = "Records";
/// Records per write.
const BATCH_SIZE: u32 = 500;
/// How often an export is tried if its records are replaced in the meantime.
const MAX_ATTEMPTS: u32 = 3;

/// Records to export.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct ExportRequest {
    /// The ID of this export for progress and stopping, chosen by the page.
    pub id: String,
    /// The page number is ignored.
    pub records: RecordsRequest,
    pub format: ExportFormat,
}

/// An exported file.
#[derive(Debug, Clone, Default, Serialize, TS)]
pub(crate) struct Exported {
    /// The number of records in the file.
    pub records: u32,
    /// How many more records Codat counted than it returned.
    pub missing: u32,
    /// Its path. None if the user cancelled the dialog, or if the page must save the file.
    pub path: Option<String>,
    /// The ID under which the page downloads the file.
    pub download: Option<String>,
}

impl App {
    /// Exports all matching records. Records that are not on this computer are loaded first.
    pub(crate) async fn export_records(&self, request: ExportRequest) -> Result<Exported, WireError> {
        let workspace = self.command_workspace().await;
        let records_view = RecordsView::new(&workspace, &request.records).await?;
        let company_name = company(&records_view.store, records_view.company).await?.name;
        let name = file_name(&company_name, records_view.name(), request.format);
        let Some(target) = self.ask_for_target(&name).await? else { return Ok(Exported::default()) };
        let stop = self.exports.begin(&request.id, workspace.closing());
        let destination = Destination {
            path: &target.path,
            name: if target.download.is_some() { name.clone() } else { file_name_of(&target.path) },
        };
        let written = self.write(&workspace, &records_view, &request, &destination, &stop).await;
        self.exports.end(&request.id);
        let (records, missing) = written?;
        let (path, download) = self.exports.saved(target, workspace.id(), name);
        Ok(Exported { records, missing, path, download })
    }

    /// Asks where to save a file. `None` if the user cancelled the dialog.
    pub(super) async fn ask_for_target(&self, name: &str) -> Result<Option<ExportTarget>, WireError> {
        match self.desktop.facts().kind {
            HostKind::Browser => {
                let (path, id) = self.exports.create_file().map_err(|error| save_error(name, &error))?;
                Ok(Some(ExportTarget { path, download: Some(id) }))
            }
            HostKind::Window => {
                let chosen = self.desktop.ask_where_to_save(name).await.map_err(no_dialog)?;
                Ok(chosen.map(|path| ExportTarget { path, download: None }))
            }
        }
    }

    /// Stops an export. No file is left.
    pub(crate) async fn stop_export(&self, by: ById) -> Result<Nothing, WireError> {
        self.exports.stop(&by.id);
        Ok(Nothing {})
    }

    /// Takes an exported file for the page to save: its name and the open file. It works once.
    ///
    /// # Errors
    /// If there is no such file.
    pub fn take_export(&self, id: &str) -> Result<(String, std::fs::File), WireError> {
        let not_found = || {
            WireError::new(
                Code::NotFound,
                "This file is already saved or no longer available. Export it again.",
            )
        };
        self.exports.take(id).ok_or_else(not_found)
    }

    async fn write(
        &self,
        workspace: &OpenWorkspace,
        records_view: &RecordsView,
        request: &ExportRequest,
        destination: &Destination<'_>,
        stop: &CancellationToken,
    ) -> Result<(u32, u32), WireError> {
        let report = |progress: Progress| {
            self.emit(wire::Event::Export {
                id: request.id.clone(),
                records: progress.records,
                total: progress.total,
            });
        };
        let mut attempts = 0;
        loop {
            attempts += 1;
            let from = ExportSource::prepare(workspace, records_view, &request.records, stop, report).await?;
            let written = from.write(records_view, request, destination, stop, report).await;
            if let Err(error) = from.discard(workspace).await {
                tracing::warn!(%error, "the records of an export could not be deleted");
            }
            match written {
                // The next attempt exports the records that replaced them.
                Err(error) if error.code == Code::Conflict && attempts < MAX_ATTEMPTS => {}
                written => return written,
            }
        }
    }
}

/// The path and the displayed name of a file.
struct Destination<'a> {
    path: &'a Path,
    name: String,
}

/// The source of the exported records.
enum ExportSource {
    /// The local copy, filtered and sorted.
    Copy(store::RecordCopy),
    /// A temporary copy of the server's answer to the query.
    Temporary(i64, store::CopyProgress),
    /// A single object.
    Single(Box<RawValue>),
}

impl ExportSource {
    async fn prepare(
        workspace: &OpenWorkspace,
        records_view: &RecordsView,
        request: &RecordsRequest,
        stop: &CancellationToken,
        report: impl Fn(Progress),
    ) -> Result<Self, WireError> {
        let Some(source) = records_view.copy_source() else {
            return Ok(Self::Single(records_view.single(workspace, request).await?));
        };
        let store = workspace.store()?;
        if let Some(copy) = store.copies().find(&source.of).await? {
            let query = CopyQuery {
                query: request.query.trim(),
                order_by: request.order_by.trim(),
                offset: 0,
                limit: 1,
            };
            match store.copies().query_records(&copy, records_view.columns(), query).await? {
                CopyQueryResult::Records { .. } => return Ok(Self::Copy(copy)),
                CopyQueryResult::InvalidQuery(problem) => {
                    return Err(WireError::new(Code::BadArguments, problem));
                }
                CopyQueryResult::Unsupported => {}
            }
        }
        let query_and_order = (request.query.trim(), request.order_by.trim());
        let number = workspace
            .record_copies()
            .read((&store, workspace.runner()?), &source, query_and_order, stop, report)
            .await?;
        let progress = store.copies().progress(number).await?.ok_or_else(records_changed)?;
        Ok(Self::Temporary(number, progress))
    }

    async fn write(
        &self,
        records_view: &RecordsView,
        request: &ExportRequest,
        destination: &Destination<'_>,
        stop: &CancellationToken,
        report: impl Fn(Progress),
    ) -> Result<(u32, u32), WireError> {
        let unwritten = |error: std::io::Error| save_error(&destination.name, &error);
        let mut atomic_file = AtomicFile::create(destination.path).await.map_err(unwritten)?;
        let unwritable = |error: XlsxError| table_error(&destination.name, &error);
        let mut writer: Option<ExportWriter> = None;
        let (mut done, mut total) = (0, 0);
        loop {
            if stop.is_cancelled() {
                return Err(copy_stopped());
            }
            let (records, all) = self.next(records_view, &request.records, done).await?;
            total = total.max(all);
            let export = match &mut writer {
                Some(export) => export,
                None => {
                    let columns = records_view.columns_of(&records);
                    let export = ExportWriter::new(request.format, columns, SHEET).map_err(unwritable)?;
                    let export = writer.insert(export);
                    let head = export.head().map_err(unwritable)?;
                    atomic_file.write(&head).await.map_err(unwritten)?;
                    export
                }
            };
            let piece = export.records(&records).map_err(unwritable)?;
            atomic_file.write(&piece).await.map_err(unwritten)?;
            done += records.len() as u32;
            report(Progress { records: done, total });
            if records.len() < BATCH_SIZE as usize {
                break;
            }
        }
        if done != total {
            return Err(records_changed());
        }
        let missing = self.missing(records_view, &request.records, done).await?;
        if let Some(export) = writer {
            let rest = tokio::task::spawn_blocking(|| export.finish()).await.map_err(stopped_task)?;
            atomic_file.write(&rest.map_err(unwritable)?).await.map_err(unwritten)?;
        }
        atomic_file.commit().await.map_err(unwritten)?;
        Ok((done, missing))
    }

    /// How many more records Codat counted than it returned.
    ///
    /// # Errors
    /// If the file may be incomplete: the copy was replaced in the meantime, or lacks records.
    async fn missing(
        &self,
        records_view: &RecordsView,
        request: &RecordsRequest,
        done: u32,
    ) -> Result<u32, WireError> {
        let progress = match self {
            Self::Single(_) => return Ok(0),
            Self::Temporary(_, progress) => progress.clone(),
            Self::Copy(copy) => {
                let now = match records_view.copy_source() {
                    Some(source) => records_view.store.copies().find(&source.of).await?,
                    None => None,
                };
                let is_all = request.query.trim().is_empty();
                if now.is_none_or(|now| now.number != copy.number) || is_all && done != copy.records {
                    return Err(records_changed());
                }
                records_view.store.copies().progress(copy.number).await?.ok_or_else(records_changed)?
            }
        };
        Ok(progress.total.saturating_sub(progress.records))
    }

    async fn next(
        &self,
        records_view: &RecordsView,
        request: &RecordsRequest,
        from: u32,
    ) -> Result<(Vec<Box<RawValue>>, u32), WireError> {
        match self {
            Self::Single(raw) if from == 0 => Ok((vec![raw.clone()], 1)),
            Self::Single(_) => Ok((Vec::new(), 1)),
            Self::Temporary(number, of) => {
                Ok((records_view.store.copies().records_from(*number, from, BATCH_SIZE).await?, of.records))
            }
            Self::Copy(copy) => {
                let query = CopyQuery {
                    query: request.query.trim(),
                    order_by: request.order_by.trim(),
                    offset: from,
                    limit: BATCH_SIZE,
                };
                match records_view.store.copies().query_records(copy, records_view.columns(), query).await? {
                    CopyQueryResult::Records { rows, total } => Ok((rows, total)),
                    CopyQueryResult::InvalidQuery(_) | CopyQueryResult::Unsupported => Err(records_changed()),
                }
            }
        }
    }

    async fn discard(self, workspace: &OpenWorkspace) -> Result<(), WireError> {
        match self {
            Self::Temporary(number, _) => Ok(workspace.store()?.copies().delete(number).await?),
            Self::Copy(_) | Self::Single(_) => Ok(()),
        }
    }
}

/// The error for a table that a workbook does not take.
pub(super) fn table_error(name: &str, error: &XlsxError) -> WireError {
    let message = if matches!(error, XlsxError::RowColumnLimitError) {
        format!("We didn’t save {name}. Excel allows {MAX_SHEET_ROWS} rows. Export as CSV, or filter first.")
    } else {
        format!("We didn’t save {name}: the workbook couldn’t be written. Export as CSV.")
    };
    WireError::new(Code::Unwritable, message).with_detail(error.to_string())
}

/// The error for a task that panicked or was stopped.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(super) fn stopped_task(error: tokio::task::JoinError) -> WireError {
    WireError::new(Code::Internal, "The export stopped unexpectedly, so we saved no file. Export again.")
        .with_detail(error.to_string())
}

/// The error for records that were replaced or deleted during the export.
fn records_changed() -> WireError {
    WireError::new(
        Code::Conflict,
        "The records changed while we wrote the file, so we deleted it. Export again.",
    )
}

/// The file name: company, content and date.
fn file_name(company: &str, what: &str, format: ExportFormat) -> String {
    let day = clock::now().strftime("%Y-%m-%d");
    let words = safe_file_name_words(company);
    let company = if words.is_empty() { "Company".to_owned() } else { words };
    format!("{company}, {}, {day}.{}", what.to_lowercase(), format.extension())
}

/// The words of a name that are safe in a file name.
pub(super) fn safe_file_name_words(name: &str) -> String {
    let allowed: String = name.chars().map(|c| if is_safe_character(c) { c } else { ' ' }).take(60).collect();
    allowed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Letters and digits of any script, and characters that are safe on all file systems.
pub(super) fn is_safe_character(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ' ' | '-' | '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{export::JsonFormat, table_file::TableFormat};

    #[test]
    fn a_name_is_one_for_every_file_system() {
        let name = file_name("../\u{0}A/B \"Ltd\"…", "Invoices", ExportFormat::Table(TableFormat::Csv));
        assert!(name.starts_with("A B Ltd, invoices, 20") && name.ends_with(".csv"), "{name}");
        assert!(
            file_name("///", "Bills", ExportFormat::Json(JsonFormat::Json)).starts_with("Company, bills, ")
        );
    }
}
