//! Records as rows and cells of a grid.

use codat::{
    data::{Cell, Column, DataType, Kind, RecordHead, guess},
    page::Item,
};
use jiff::civil::{DateTime, Time};
use serde::Serialize;
use serde_json::value::RawValue;
use ts_rs::TS;

use crate::{commands::history::status_words, figures, wire::millis};

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ColumnView {
    /// The heading.
    pub label: String,
    /// Whether its values are numbers, which are aligned to the right.
    pub numeric: bool,
    /// The property for sorting and queries. None if the column supports neither.
    pub order: Option<String>,
    /// The possible values, if there are few.
    pub choices: Vec<String>,
    /// Whether it is shown by default.
    pub shown: bool,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecordRow {
    /// The ID of the source, if it has one.
    pub id: Option<String>,
    /// Whether it was deleted in the source.
    pub is_deleted: bool,
    /// One for each column.
    pub cells: Vec<CellView>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CellView {
    /// How it is displayed.
    pub kind: CellKind,
    /// The displayed text; long texts are truncated.
    pub text: String,
    /// The type of the referenced record, if known.
    pub refers_to: Option<String>,
    /// The ID of the referenced record.
    pub id: Option<String>,
    /// A time.
    pub at: Option<i64>,
}

/// How a cell is displayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum CellKind {
    Empty,
    Text,
    Number,
    Moment,
    Enum,
    Reference,
    Odd,
}

/// The maximum length of a cell's text, in characters. The record itself has the whole text.
const MAX_CELL_LENGTH: usize = 300;

/// The columns of the data type, or those that occur in the records.
pub(super) fn columns<'r>(
    data_type: &DataType,
    records: impl IntoIterator<Item = &'r RawValue>,
) -> Vec<Column> {
    if data_type.columns.is_empty() { guess(records) } else { data_type.columns.to_vec() }
}

pub(super) fn column_view(column: &Column) -> ColumnView {
    ColumnView {
        label: column.label.to_string(),
        numeric: matches!(column.kind, Kind::Money { .. } | Kind::Number | Kind::Count),
        order: column.order_property().map(str::to_owned),
        choices: choices(&column.kind).iter().map(|&choice| choice.to_owned()).collect(),
        shown: column.is_default,
    }
}

fn choices(kind: &Kind) -> &'static [&'static str] {
    match kind {
        Kind::Enum(known) => known,
        Kind::Bool => &["true", "false"],
        Kind::Text
        | Kind::Money { .. }
        | Kind::Number
        | Kind::Date
        | Kind::Moment
        | Kind::Reference { .. }
        | Kind::Count => &[],
    }
}

pub(super) fn row(item: &Item<RecordHead>, columns: &[Column]) -> RecordRow {
    RecordRow {
        id: item.value.id.clone(),
        is_deleted: item.value.is_deleted,
        cells: Cell::row(&item.raw, columns).iter().map(cell_view).collect(),
    }
}

fn cell_view(cell: &Cell) -> CellView {
    let plain =
        |kind, text: String| CellView { kind, text: truncated(text), refers_to: None, id: None, at: None };
    match cell {
        Cell::Empty => plain(CellKind::Empty, String::new()),
        Cell::Text(text) => plain(CellKind::Text, text.clone()),
        Cell::Money(amount, currency) => {
            let sign = figures::currency_symbol(currency.as_deref());
            let text = figures::amount(amount);
            let text = match text.strip_prefix('\u{2212}') {
                Some(rest) => format!("\u{2212}{sign}{rest}"),
                None => format!("{sign}{text}"),
            };
            plain(CellKind::Number, text)
        }
        Cell::Number(amount) => plain(CellKind::Number, figures::amount(amount)),
        Cell::Date(date) => plain(CellKind::Text, figures::day(*date)),
        Cell::Moment(at) => CellView {
            kind: CellKind::Moment,
            text: at.to_string(),
            refers_to: None,
            id: None,
            at: Some(millis(*at)),
        },
        Cell::LocalTime(time) => plain(CellKind::Text, local_time(*time)),
        Cell::Bool(true) => plain(CellKind::Text, "Yes".to_owned()),
        Cell::Bool(false) => plain(CellKind::Text, "No".to_owned()),
        Cell::Enum { text, .. } => plain(CellKind::Enum, status_words(text)),
        Cell::Reference { data_type, id, label } => CellView {
            kind: CellKind::Reference,
            text: truncated(label.as_ref().unwrap_or(id).clone()),
            refers_to: data_type.clone(),
            id: Some(id.clone()),
            at: None,
        },
        Cell::Count(count) => plain(CellKind::Number, count.to_string()),
        Cell::Odd(text) => plain(CellKind::Odd, text.clone()),
    }
}

/// A time without a zone. Most are midnights, which stand for a day.
fn local_time(time: DateTime) -> String {
    let day = figures::day(time.date());
    if time.time() == Time::midnight() { day } else { format!("{day}, {}", time.strftime("%H:%M")) }
}

fn truncated(text: String) -> String {
    match text.char_indices().nth(MAX_CELL_LENGTH) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Indents JSON without changing anything else: all digits and the order of fields are kept.
pub(super) fn indented(raw: &RawValue) -> String {
    let mut out = String::with_capacity(raw.get().len() * 2);
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    let mut characters = raw.get().chars().peekable();
    while let Some(c) = characters.next() {
        if in_text {
            out.push(c);
            in_text = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '{' | '[' => {
                out.push(c);
                while characters.peek().is_some_and(|next| next.is_ascii_whitespace()) {
                    characters.next();
                }
                if matches!(characters.peek(), Some('}' | ']')) {
                    out.extend(characters.next());
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            '"' => {
                out.push(c);
                in_text = true;
            }
            c if c.is_ascii_whitespace() => {}
            c => out.push(c),
        }
    }
    out
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(core::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_indented_and_loses_nothing() {
        let raw = |text: &str| RawValue::from_string(text.to_owned()).unwrap();
        let text = r#"{"b":1.50,"a":[ ],"t":"a\"{,b\\","n":{"x":[1,2]}}"#;
        let shown = indented(&raw(text));
        assert_eq!(
            shown,
            "{\n  \"b\": 1.50,\n  \"a\": [],\n  \"t\": \"a\\\"{,b\\\\\",\n  \"n\": {\n    \"x\": [\n      1,\n      2\n    ]\n  }\n}"
        );
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(truncated("é".repeat(400)).chars().count(), MAX_CELL_LENGTH + 1);
    }
}
