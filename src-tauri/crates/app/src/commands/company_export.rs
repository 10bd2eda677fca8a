//! Exports the list of companies to a file, as a view shows it.

use codat::{Color, CompanyId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{CompanyRow, Sort, SortColumn, Store};
use tokio_util::sync::CancellationToken;
use ts_rs::TS;

use super::{
    Exported,
    exports::{safe_file_name_words, stopped_task, table_error},
    selection::Selection,
};
use crate::{
    app::App,
    atomic_file::{AtomicFile, file_name_of, save_error},
    error::{Code, WireError},
    table_file::{TableCell, TableFormat, TableWriter},
    wire::Event,
};

/// Companies per write.
const BATCH_SIZE: usize = 500;
/// The name of the sheet in a workbook.
const SHEET: &str = "Companies";

/// Companies to export.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct CompanyExport {
    /// The ID of this export for progress and stopping, chosen by the page.
    pub id: String,
    pub selection: Selection,
    pub sort: Sort,
    /// The columns in their order.
    pub columns: Vec<SortColumn>,
    pub format: TableFormat,
}

impl App {
    /// Exports the selected companies. Nothing is requested from Codat: the file has what the list shows.
    pub(crate) async fn export_companies(&self, export: CompanyExport) -> Result<Exported, WireError> {
        let workspace = self.command_workspace().await;
        let (store, now) = (workspace.store()?, workspace.now());
        let companies = export.selection.sorted(&store, export.sort, now).await?;
        let health = workspace.runner().ok().map(|runner| runner.snapshot().health);
        let as_of = health.and_then(|health| health.last_sweep).unwrap_or(now);
        let name = file_name(&workspace.record().name, as_of, export.format);
        let Some(target) = self.ask_for_target(&name).await? else { return Ok(Exported::default()) };
        let shown_name = if target.download.is_some() { name.clone() } else { file_name_of(&target.path) };
        let stop = self.exports.begin(&export.id, workspace.closing());
        let report = |records, total| self.emit(Event::Export { id: export.id.clone(), records, total });
        let written = async {
            let unwritten = |error: std::io::Error| save_error(&shown_name, &error);
            let mut file = AtomicFile::create(&target.path).await.map_err(unwritten)?;
            let records = write(&mut file, &store, &companies, &export, &shown_name, &stop, report).await?;
            file.commit().await.map_err(unwritten)?;
            Ok::<_, WireError>(records)
        }
        .await;
        self.exports.end(&export.id);
        let records = written?;
        let (path, download) = self.exports.saved(target, workspace.id(), name);
        Ok(Exported { records, missing: 0, path, download })
    }
}

/// Writes the rows of these companies. Returns their number: a company that is deleted in the meantime has no row.
async fn write(
    file: &mut AtomicFile,
    store: &Store,
    companies: &[CompanyId],
    export: &CompanyExport,
    name: &str,
    stop: &CancellationToken,
    report: impl Fn(u32, u32),
) -> Result<u32, WireError> {
    let unwritten = |error: std::io::Error| save_error(name, &error);
    let unwritable = |error: rust_xlsxwriter::XlsxError| table_error(name, &error);
    let mut table = TableWriter::new(export.format, SHEET).map_err(unwritable)?;
    let headings: Vec<_> = export.columns.iter().map(|column| heading(*column).to_owned()).collect();
    file.write(&table.headings(&headings).map_err(unwritable)?).await.map_err(unwritten)?;
    let total = u32::try_from(companies.len()).unwrap_or(u32::MAX);
    let mut done = 0;
    for batch in companies.chunks(BATCH_SIZE) {
        if stop.is_cancelled() {
            return Err(WireError::new(Code::Cancelled, "You stopped the export. We saved no file."));
        }
        let mut bytes = Vec::new();
        for row in store.company_rows(batch).await? {
            let cells: Vec<_> = export.columns.iter().map(|column| cell(&row, *column)).collect();
            bytes.extend(table.row(&cells).map_err(unwritable)?);
            done += 1;
        }
        file.write(&bytes).await.map_err(unwritten)?;
        report(done, total);
    }
    let rest = tokio::task::spawn_blocking(|| table.finish()).await.map_err(stopped_task)?;
    file.write(&rest.map_err(unwritable)?).await.map_err(unwritten)?;
    Ok(done)
}

/// The file name: workspace, content and the time at which the list was true.
fn file_name(workspace: &str, as_of: Timestamp, format: TableFormat) -> String {
    let words = safe_file_name_words(workspace);
    let time = as_of.strftime("%Y-%m-%d %H%M UTC");
    let separator = if words.is_empty() { "" } else { ", " };
    format!("{words}{separator}companies, {time}.{}", format.extension())
}

fn heading(column: SortColumn) -> &'static str {
    match column {
        SortColumn::Name => "Name",
        SortColumn::Id => "Company ID",
        SortColumn::CreatedBy => "Created by",
        SortColumn::Created => "Created (UTC)",
        SortColumn::LastRead => "Last read (UTC)",
        SortColumn::Connections => "Connections",
        SortColumn::Status => "Status",
        SortColumn::Products => "Products",
        SortColumn::Tags => "Tags",
        SortColumn::Expires => "May expire (UTC)",
        SortColumn::Description => "Description",
    }
}

fn cell(row: &CompanyRow, column: SortColumn) -> TableCell {
    let joined = |parts: Vec<String>| TableCell::text(parts.join("; "));
    match column {
        SortColumn::Name => TableCell::text(row.name.as_str()),
        SortColumn::Id => TableCell::text(row.id.to_string()),
        SortColumn::CreatedBy => TableCell::text(row.created_by.clone().unwrap_or_default()),
        SortColumn::Created => TableCell::instant(Some(row.created)),
        SortColumn::LastRead => TableCell::instant(row.last_read),
        SortColumn::Connections => {
            let connections = row.connections.iter().map(|chip| format!("{}: {}", chip.name, chip.word));
            joined(connections.collect())
        }
        SortColumn::Status => TableCell::text(status(row.color)),
        SortColumn::Products => joined(row.products.clone()),
        SortColumn::Tags => joined(row.tags.iter().map(|(key, value)| format!("{key}={value}")).collect()),
        SortColumn::Expires => TableCell::instant(row.expires),
        SortColumn::Description => TableCell::text(row.description.clone().unwrap_or_default()),
    }
}

/// The word of a status, as in the list.
fn status(color: Color) -> &'static str {
    match color {
        Color::Red => "Broken",
        Color::Purple => "Pending",
        Color::Grey => "Unlinked",
        Color::Green => "Linked",
        Color::None => "No connections",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_says_whose_list_it_is_and_when_it_was_true() {
        let at: Timestamp = "2026-11-30T08:05:09Z".parse().unwrap();
        let name = file_name("North/bank", at, TableFormat::Xlsx);
        assert_eq!(name, "North bank, companies, 2026-11-30 0805 UTC.xlsx");
        assert_eq!(file_name("///", at, TableFormat::Csv), "companies, 2026-11-30 0805 UTC.csv");
    }
}
