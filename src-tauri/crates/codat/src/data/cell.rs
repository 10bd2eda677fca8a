//! Cells: what a record has in a column.

use std::borrow::Cow;

use jiff::{Timestamp, civil::Date};
use serde_json::value::RawValue;

use super::{
    column::{Column, Kind, Target},
    fields::{Fields, elements, scalar},
};
use crate::{amount::Amount, datetime};

/// What a record has in a column. Nothing that was said is lost: what is not of the column's kind is
/// [`Cell::Odd`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing was said, or null.
    Empty,
    /// Words, whole.
    Text(String),
    /// An amount exactly as it was said, and its currency's code.
    Money(Amount, Option<String>),
    /// A number exactly as it was said.
    Number(Amount),
    /// The day as it was written, whatever the zone.
    Date(Date),
    /// An instant.
    Moment(Timestamp),
    /// Yes or no.
    Bool(bool),
    /// One of a few words.
    Enum {
        /// As it was said.
        text: String,
        /// Whether the reference names it.
        is_known: bool,
    },
    /// Another record.
    Reference {
        /// Its type's key, where it is known.
        data_type: Option<String>,
        /// Its identifier.
        id: String,
        /// Its name.
        label: Option<String>,
    },
    /// How many things a list has.
    Count(usize),
    /// Something of another kind than the column's: words without their quotes, anything else as JSON.
    Odd(String),
}

impl Cell {
    /// Reads a column of a record.
    pub fn read(fields: &Fields<'_>, column: &Column) -> Self {
        let Some(raw) = fields.at(&column.path) else {
            return Self::Empty;
        };
        of_kind(fields, raw, &column.kind).unwrap_or_else(|| odd(raw))
    }

    /// Reads all columns of a record, which is opened once.
    pub fn row<'c>(raw: &RawValue, columns: impl IntoIterator<Item = &'c Column>) -> Vec<Self> {
        let fields = Fields::of(raw);
        columns.into_iter().map(|column| Self::read(&fields, column)).collect()
    }

    /// As text for a file: amounts with every digit and without their currency, days and instants in ISO
    /// form, references by their names.
    pub fn to_text(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) | Self::Odd(text) | Self::Enum { text, .. } => Cow::Borrowed(text),
            Self::Money(amount, _) | Self::Number(amount) => Cow::Borrowed(amount.as_str()),
            Self::Date(date) => Cow::Owned(date.to_string()),
            Self::Moment(instant) => Cow::Owned(instant.to_string()),
            Self::Bool(true) => Cow::Borrowed("true"),
            Self::Bool(false) => Cow::Borrowed("false"),
            Self::Reference { id, label, .. } => Cow::Borrowed(label.as_ref().unwrap_or(id)),
            Self::Count(count) => Cow::Owned(count.to_string()),
        }
    }
}

/// The cell, if what was said is of the kind.
fn of_kind(fields: &Fields<'_>, raw: &RawValue, kind: &Kind) -> Option<Cell> {
    match kind {
        Kind::Text => scalar(raw).map(Cell::Text),
        Kind::Money { currency } => {
            let currency = currency.as_ref().and_then(|path| fields.text_at(path));
            Some(Cell::Money(amount(raw)?, currency))
        }
        Kind::Number => amount(raw).map(Cell::Number),
        Kind::Date => day(&words(raw)?).map(Cell::Date),
        Kind::Moment => datetime::parse(&words(raw)?).ok().map(Cell::Moment),
        Kind::Bool => serde_json::from_str(raw.get()).ok().map(Cell::Bool),
        Kind::Enum(known) => {
            let text = words(raw)?;
            let is_known = known.iter().any(|known| known.eq_ignore_ascii_case(&text));
            Some(Cell::Enum { text, is_known })
        }
        Kind::Reference { target, id, label } => {
            let label = label.and_then(|path| fields.text_at(path)).filter(|label| !label.is_empty());
            let Some(id) = fields.text_at(id).filter(|id| !id.is_empty()) else {
                return label.map(Cell::Text);
            };
            let data_type = match target {
                Target::Always(data_type) => Some((*data_type).to_owned()),
                Target::Said(path) => fields.text_at(path),
            };
            Some(Cell::Reference { data_type, id, label })
        }
        Kind::Count => elements(raw).map(Cell::Count),
    }
}

fn odd(raw: &RawValue) -> Cell {
    Cell::Odd(scalar(raw).unwrap_or_else(|| raw.get().to_owned()))
}

fn amount(raw: &RawValue) -> Option<Amount> {
    serde_json::from_str(raw.get()).ok()
}

fn words(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

/// The day that a datetime in any of its shapes (§2.1) names where it was written.
pub(crate) fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    datetime::parse(text).ok()?;
    text.get(..10)?.parse().ok()
}
