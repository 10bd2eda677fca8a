//! Formats records as a table, or as JSON exactly as the server sent it.

use codat::{
    amount::Amount,
    data::{Cell, Column, Fields, Kind},
};
use rust_decimal::Decimal;
use rust_xlsxwriter::XlsxError;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use ts_rs::TS;

use crate::table_file::{TableCell, TableFormat, TableWriter};

/// The format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", untagged)]
pub(crate) enum ExportFormat {
    /// One row per record, one cell per column.
    Table(TableFormat),
    /// One JSON array with the unchanged records.
    Json(JsonFormat),
}

/// The format `json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum JsonFormat {
    Json,
}

impl ExportFormat {
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Table(format) => format.extension(),
            Self::Json(_) => "json",
        }
    }
}

/// Formats an export in parts.
pub(crate) enum ExportWriter {
    Table { table: TableWriter, columns: Vec<Column> },
    Json { is_first: bool },
}

impl ExportWriter {
    /// `name`: of the sheet in a workbook.
    ///
    /// # Errors
    /// If a workbook does not take the name.
    pub(crate) fn new(format: ExportFormat, columns: Vec<Column>, name: &str) -> Result<Self, XlsxError> {
        Ok(match format {
            ExportFormat::Table(format) => Self::Table { table: TableWriter::new(format, name)?, columns },
            ExportFormat::Json(_) => Self::Json { is_first: true },
        })
    }

    /// The bytes before the records.
    ///
    /// # Errors
    /// If a workbook does not take the headings.
    pub(crate) fn head(&mut self) -> Result<Vec<u8>, XlsxError> {
        match self {
            Self::Table { table, columns } => {
                let mut labels = Vec::new();
                for column in &*columns {
                    labels.push(column.label.to_string());
                    if own_currency(column, columns).is_some() {
                        labels.push(format!("{}, currency", column.label));
                    }
                }
                table.headings(&labels)
            }
            Self::Json { .. } => Ok(b"[".to_vec()),
        }
    }

    /// The bytes of the next records.
    ///
    /// # Errors
    /// If a sheet is full.
    pub(crate) fn records(&mut self, records: &[Box<RawValue>]) -> Result<Vec<u8>, XlsxError> {
        let mut bytes = Vec::new();
        for raw in records {
            match self {
                Self::Table { table, columns } => bytes.extend(table.row(&cells(raw, columns))?),
                Self::Json { is_first } => {
                    bytes.extend_from_slice(if *is_first { b"\n" } else { b",\n" });
                    bytes.extend_from_slice(raw.get().as_bytes());
                    *is_first = false;
                }
            }
        }
        Ok(bytes)
    }

    /// The bytes after the records. For a workbook that is all of it, and takes seconds.
    ///
    /// # Errors
    /// If the workbook cannot be written.
    pub(crate) fn finish(self) -> Result<Vec<u8>, XlsxError> {
        match self {
            Self::Table { table, .. } => table.finish(),
            Self::Json { .. } => Ok(b"\n]\n".to_vec()),
        }
    }
}

fn cells(raw: &RawValue, columns: &[Column]) -> Vec<TableCell> {
    let fields = Fields::parse(raw);
    let mut cells = Vec::with_capacity(columns.len());
    for column in columns {
        cells.push(table_cell(Cell::read(&fields, column)));
        if let Some(currency) = own_currency(column, columns) {
            cells.push(TableCell::text(fields.text_at(currency).unwrap_or_default()));
        }
    }
    cells
}

/// The path of an amount's currency, if no other column shows it.
fn own_currency<'c>(column: &'c Column, columns: &[Column]) -> Option<&'c str> {
    let Kind::Money { currency: Some(currency) } = &column.kind else { return None };
    columns.iter().all(|other| other.path != *currency).then_some(&**currency)
}

fn table_cell(cell: Cell) -> TableCell {
    match cell {
        Cell::Empty => TableCell::Empty,
        Cell::Money(amount, _) | Cell::Number(amount) => TableCell::Number(amount),
        Cell::Date(date) => TableCell::Date(date),
        Cell::Moment(instant) => TableCell::Instant(instant),
        Cell::LocalTime(time) => TableCell::LocalTime(time),
        Cell::Count(count) => TableCell::Number(Amount::from(Decimal::from(count))),
        Cell::Text(_) | Cell::Odd(_) | Cell::Bool(_) | Cell::Enum { .. } | Cell::Reference { .. } => {
            TableCell::text(cell.to_text())
        }
    }
}

#[cfg(test)]
mod tests {
    use codat::data::DataType;
    use proptest::{collection::vec, prelude::*, sample::Index};
    use serde_json::{Value, json};

    use super::*;
    use crate::csv::{self, tests::read_back};

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    const CSV: ExportFormat = ExportFormat::Table(TableFormat::Csv);
    const JSON: ExportFormat = ExportFormat::Json(JsonFormat::Json);

    fn writer(format: ExportFormat, columns: &[Column]) -> ExportWriter {
        ExportWriter::new(format, columns.to_vec(), "Records").unwrap()
    }

    fn text(bytes: Result<Vec<u8>, XlsxError>) -> String {
        String::from_utf8(bytes.unwrap()).unwrap()
    }

    fn column(path: &'static str) -> Column {
        let known = DataType::all().flat_map(|data_type| data_type.columns).find(|known| known.path == path);
        known.unwrap().clone()
    }

    #[test]
    fn every_digit_goes_into_the_file_and_no_formula_does() {
        let columns = ["invoiceNumber", "totalAmount", "currency", "note"].map(column).to_vec();
        let mut writer = writer(CSV, &columns);
        let text = text(writer.records(&[
            raw(r#"{"invoiceNumber":"=1+1","totalAmount":-123456789012345678901234567890.10,"currency":"GBP","note":"a, \"b\"\nc"}"#),
            raw(r#"{"invoiceNumber":"INV-1"}"#),
        ]));
        assert_eq!(text, "'=1+1,-123456789012345678901234567890.10,GBP,\"a, \"\"b\"\"\nc\"\r\nINV-1,,,\r\n");
    }

    #[test]
    fn an_amount_whose_currency_no_column_says_brings_it_along() {
        let transfers = DataType::of_key("transfers").unwrap();
        let mut writer = writer(CSV, transfers.columns);
        let head = text(writer.head());
        let transfer = raw(r#"{"from":{"amount":5,"currency":"GBP"},"to":{"amount":6,"currency":"EUR"}}"#);
        let text = text(writer.records(&[transfer]));
        assert!(head.contains("\"Amount out, currency\""), "{head}");
        assert!(text.contains("5,GBP") && text.contains("6,EUR"), "{text}");
    }

    #[test]
    fn no_heading_and_no_currency_is_a_formula() {
        let transfers = DataType::of_key("transfers").unwrap();
        let mut transfers_writer = writer(CSV, transfers.columns);
        let transfer = raw(r#"{"from":{"amount":-5,"currency":"=HYPERLINK(1)"}}"#);
        let line = text(transfers_writer.records(&[transfer]));
        assert!(line.contains("-5,'=HYPERLINK(1)"), "{line}");
        let guessed = Column { label: "=1+1".into(), ..column("invoiceNumber") };
        assert_eq!(text(writer(CSV, &[guessed]).head()), "'=1+1\r\n");
    }

    #[test]
    fn json_is_one_array_of_records_as_they_were_said() {
        let mut json = writer(JSON, &[]);
        let mut array = text(json.head());
        array += &text(json.records(&[raw(r#"{"a":1.50}"#)]));
        array += &text(json.records(&[raw(r#"{"a":[2]}"#)]));
        array += &text(json.finish());
        assert_eq!(array, "[\n{\"a\":1.50},\n{\"a\":[2]}\n]\n");
        let mut empty = writer(JSON, &[]);
        assert_eq!(text(empty.head()) + &text(empty.finish()), "[\n]\n");
    }

    /// Any JSON, including the names and values that columns use.
    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            Just(json!("=1+1")),
            Just(json!("GBP")),
            Just(json!("2026-01-01T00:00:00Z")),
        ];
        let name =
            prop_oneof!["(id|currency|totalAmount|note|status|from|to|amount|invoiceNumber|date)", ".{0,6}"];
        leaf.prop_recursive(3, 24, 6, move |inner| {
            prop_oneof![
                vec(inner.clone(), 0..4).prop_map(Value::from),
                vec((name.clone(), inner), 0..6)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_records_of_any_type_read_back_as_lines_of_csv(
            records in vec(any_json(), 0..4),
            at in any::<Index>(),
        ) {
            let types: Vec<&DataType> = DataType::all().filter(|it| it.columns.len() > 1).collect();
            let columns = at.get(&types).columns;
            let records: Vec<_> = records.iter().map(|record| raw(&record.to_string())).collect();
            let mut writer = writer(CSV, columns);
            let text = text(writer.head()) + &text(writer.records(&records));
            let lines = read_back(&text);
            prop_assert_eq!(lines.len(), records.len() + 1);
            for (record, line) in records.iter().zip(&lines[1..]) {
                prop_assert_eq!(line.len(), lines[0].len(), "as many fields as headings");
                let texts = cells(record, columns).into_iter().map(|cell| match cell {
                    TableCell::Empty => String::new(),
                    TableCell::Text(text) => csv::guarded(&text),
                    TableCell::Number(number) => number.to_string(),
                    TableCell::Date(date) => date.to_string(),
                    TableCell::Instant(instant) => instant.to_string(),
                    TableCell::LocalTime(time) => time.to_string(),
                });
                prop_assert_eq!(line, &texts.collect::<Vec<_>>());
            }
        }

        #[test]
        fn any_records_read_back_as_the_same_json(records in vec(any_json(), 0..6), cut in any::<Index>()) {
            let raw: Vec<_> = records.iter().map(|record| raw(&record.to_string())).collect();
            let (first, rest) = raw.split_at(cut.index(raw.len() + 1));
            let mut writer = writer(JSON, &[]);
            let array = text(writer.head()) + &text(writer.records(first)) + &text(writer.records(rest));
            let read: Vec<Box<RawValue>> = serde_json::from_str(&(array + &text(writer.finish()))).unwrap();
            let texts = |all: &[Box<RawValue>]| all.iter().map(|it| it.get().to_owned()).collect::<Vec<_>>();
            prop_assert_eq!(texts(&read), texts(&raw), "byte for byte");
        }
    }
}
