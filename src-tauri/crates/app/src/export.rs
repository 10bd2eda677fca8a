//! Formats records as CSV, or as JSON exactly as the server sent it.

use codat::data::{Cell, Column, Fields, Kind};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use ts_rs::TS;

use crate::csv;

/// The format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ExportFormat {
    /// CSV (RFC 4180): one line per record, one field per column.
    Csv,
    /// One JSON array with the unchanged records.
    Json,
}

impl ExportFormat {
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }
}

/// Formats an export in parts.
#[derive(Debug)]
pub(crate) struct ExportWriter {
    format: ExportFormat,
    columns: Vec<Column>,
    records: usize,
}

impl ExportWriter {
    pub(crate) fn new(format: ExportFormat, columns: Vec<Column>) -> Self {
        Self { format, columns, records: 0 }
    }

    /// The text before the records.
    pub(crate) fn head(&self) -> String {
        match self.format {
            ExportFormat::Csv => {
                let mut labels = Vec::new();
                for column in &self.columns {
                    labels.push(column.label.to_string());
                    if own_currency(column, &self.columns).is_some() {
                        labels.push(format!("{}, currency", column.label));
                    }
                }
                csv::line(labels.iter().map(String::as_str))
            }
            ExportFormat::Json => "[".to_owned(),
        }
    }

    /// The text of the next records.
    pub(crate) fn records(&mut self, records: &[Box<RawValue>]) -> String {
        let mut text = String::new();
        for raw in records {
            match self.format {
                ExportFormat::Csv => text.push_str(&self.csv_line(raw)),
                ExportFormat::Json => {
                    text.push_str(if self.records == 0 { "\n" } else { ",\n" });
                    text.push_str(raw.get());
                }
            }
            self.records += 1;
        }
        text
    }

    /// The text after the records.
    pub(crate) fn tail(&self) -> &'static str {
        match self.format {
            ExportFormat::Csv => "",
            ExportFormat::Json => "\n]\n",
        }
    }

    fn csv_line(&self, raw: &RawValue) -> String {
        let fields = Fields::parse(raw);
        let mut texts = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            texts.push(guarded_cell(&Cell::read(&fields, column)));
            if let Some(currency) = own_currency(column, &self.columns) {
                texts.push(csv::guarded(&fields.text_at(currency).unwrap_or_default()));
            }
        }
        csv::joined(texts)
    }
}

/// The path of an amount's currency, if no other column shows it.
fn own_currency<'c>(column: &'c Column, columns: &[Column]) -> Option<&'c str> {
    let Kind::Money { currency: Some(currency) } = &column.kind else { return None };
    columns.iter().all(|other| other.path != *currency).then_some(&**currency)
}

/// The text of a cell. Texts are guarded against formulas; amounts cannot be formulas.
fn guarded_cell(cell: &Cell) -> String {
    let text = cell.to_text();
    let may_be_formula = match cell {
        Cell::Text(_) | Cell::Odd(_) | Cell::Enum { .. } | Cell::Reference { .. } => true,
        Cell::Empty
        | Cell::Money(..)
        | Cell::Number(_)
        | Cell::Date(_)
        | Cell::Moment(_)
        | Cell::Bool(_)
        | Cell::Count(_) => false,
    };
    if may_be_formula { csv::guarded(&text) } else { text.into_owned() }
}

#[cfg(test)]
mod tests {
    use codat::data::DataType;
    use proptest::{collection::vec, prelude::*, sample::Index};
    use serde_json::{Value, json};

    use super::*;
    use crate::csv::tests::read_back;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    fn column(path: &'static str) -> Column {
        let known = DataType::all().flat_map(|data_type| data_type.columns).find(|known| known.path == path);
        known.unwrap().clone()
    }

    #[test]
    fn every_digit_goes_into_the_file_and_no_formula_does() {
        let columns = ["invoiceNumber", "totalAmount", "currency", "note"].map(column).to_vec();
        let mut writer = ExportWriter::new(ExportFormat::Csv, columns);
        let text = writer.records(&[
            raw(r#"{"invoiceNumber":"=1+1","totalAmount":-123456789012345678901234567890.10,"currency":"GBP","note":"a, \"b\"\nc"}"#),
            raw(r#"{"invoiceNumber":"INV-1"}"#),
        ]);
        assert_eq!(text, "'=1+1,-123456789012345678901234567890.10,GBP,\"a, \"\"b\"\"\nc\"\r\nINV-1,,,\r\n");
    }

    #[test]
    fn an_amount_whose_currency_no_column_says_brings_it_along() {
        let transfers = DataType::of_key("transfers").unwrap();
        let mut writer = ExportWriter::new(ExportFormat::Csv, transfers.columns.to_vec());
        let text = writer
            .records(&[raw(r#"{"from":{"amount":5,"currency":"GBP"},"to":{"amount":6,"currency":"EUR"}}"#)]);
        assert!(writer.head().contains("\"Amount out, currency\""), "{}", writer.head());
        assert!(text.contains("5,GBP") && text.contains("6,EUR"), "{text}");
    }

    #[test]
    fn no_heading_and_no_currency_is_a_formula() {
        let transfers = DataType::of_key("transfers").unwrap();
        let mut writer = ExportWriter::new(ExportFormat::Csv, transfers.columns.to_vec());
        let text = writer.records(&[raw(r#"{"from":{"amount":-5,"currency":"=HYPERLINK(1)"}}"#)]);
        assert!(text.contains("-5,'=HYPERLINK(1)"), "{text}");
        let guessed = Column { label: "=1+1".into(), ..column("invoiceNumber") };
        assert_eq!(ExportWriter::new(ExportFormat::Csv, vec![guessed]).head(), "'=1+1\r\n");
    }

    #[test]
    fn json_is_one_array_of_records_as_they_were_said() {
        let mut writer = ExportWriter::new(ExportFormat::Json, Vec::new());
        let mut text = writer.head();
        text += &writer.records(&[raw(r#"{"a":1.50}"#)]);
        text += &writer.records(&[raw(r#"{"a":[2]}"#)]);
        text += writer.tail();
        assert_eq!(text, "[\n{\"a\":1.50},\n{\"a\":[2]}\n]\n");
        assert_eq!(ExportWriter::new(ExportFormat::Json, Vec::new()).head() + "\n]\n", "[\n]\n");
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
            let mut writer = ExportWriter::new(ExportFormat::Csv, columns.to_vec());
            let text = writer.head() + &writer.records(&records) + writer.tail();
            let lines = read_back(&text);
            prop_assert_eq!(lines.len(), records.len() + 1);
            for (record, line) in records.iter().zip(&lines[1..]) {
                prop_assert_eq!(line.len(), lines[0].len(), "as many fields as headings");
                let fields = Fields::parse(record);
                let cells = columns.iter().map(|column| (column, guarded_cell(&Cell::read(&fields, column))));
                let mut line = line.iter();
                for (column, cell) in cells {
                    prop_assert_eq!(line.next(), Some(&cell));
                    if own_currency(column, columns).is_some() {
                        line.next();
                    }
                }
            }
        }

        #[test]
        fn any_records_read_back_as_the_same_json(records in vec(any_json(), 0..6), cut in any::<Index>()) {
            let raw: Vec<_> = records.iter().map(|record| raw(&record.to_string())).collect();
            let (first, rest) = raw.split_at(cut.index(raw.len() + 1));
            let mut writer = ExportWriter::new(ExportFormat::Json, Vec::new());
            let text = writer.head() + &writer.records(first) + &writer.records(rest) + writer.tail();
            let read: Vec<Box<RawValue>> = serde_json::from_str(&text).unwrap();
            let texts = |all: &[Box<RawValue>]| all.iter().map(|it| it.get().to_owned()).collect::<Vec<_>>();
            prop_assert_eq!(texts(&read), texts(&raw), "byte for byte");
        }
    }
}
