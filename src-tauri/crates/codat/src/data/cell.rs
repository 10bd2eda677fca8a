//! Cells: the values of a record by column.

use std::borrow::Cow;

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
};
use serde_json::value::RawValue;

use super::{
    column::{Column, Kind, Target},
    fields::{Fields, elements, scalar},
};
use crate::{amount::Amount, datetime};

/// The value of a record in a column. No value is lost: one of an unexpected type is [`Cell::Odd`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Missing or null.
    Empty,
    /// Text.
    Text(String),
    /// An amount with all its digits, and the currency code.
    Money(Amount, Option<String>),
    /// A number with all its digits.
    Number(Amount),
    /// A date as written, in whatever zone.
    Date(Date),
    /// A time.
    Moment(Timestamp),
    /// A time without a zone, as written: the business's own, wherever it is.
    LocalTime(DateTime),
    /// A boolean.
    Bool(bool),
    /// A value of an enumeration.
    Enum {
        /// The spelling of the API.
        text: String,
        /// Whether the reference names it.
        is_known: bool,
    },
    /// A reference to another record.
    Reference {
        /// The key of its data type, if known.
        data_type: Option<String>,
        /// Its ID.
        id: String,
        /// Its name.
        label: Option<String>,
    },
    /// The length of a list.
    Count(usize),
    /// A value of an unexpected type: strings without quotes, anything else as JSON.
    Odd(String),
}

impl Cell {
    /// The cell of one column.
    pub fn read(fields: &Fields<'_>, column: &Column) -> Self {
        let Some(raw) = fields.at(&column.path) else {
            return Self::Empty;
        };
        of_kind(fields, raw, &column.kind).unwrap_or_else(|| odd(raw))
    }

    /// The cells of all columns. Parses the record once.
    pub fn row<'c>(raw: &RawValue, columns: impl IntoIterator<Item = &'c Column>) -> Vec<Self> {
        let fields = Fields::parse(raw);
        columns.into_iter().map(|column| Self::read(&fields, column)).collect()
    }

    /// The text for an export: amounts with all digits and without currency, dates and times in ISO form, references
    /// by name.
    pub fn to_text(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) | Self::Odd(text) | Self::Enum { text, .. } => Cow::Borrowed(text),
            Self::Money(amount, _) | Self::Number(amount) => Cow::Borrowed(amount.as_str()),
            Self::Date(date) => Cow::Owned(date.to_string()),
            Self::Moment(instant) => Cow::Owned(instant.to_string()),
            Self::LocalTime(time) => Cow::Owned(time.to_string()),
            Self::Bool(true) => Cow::Borrowed("true"),
            Self::Bool(false) => Cow::Borrowed("false"),
            Self::Reference { id, label, .. } => Cow::Borrowed(label.as_ref().unwrap_or(id)),
            Self::Count(count) => Cow::Owned(count.to_string()),
        }
    }
}

/// The cell, if the value has the column's type.
fn of_kind(fields: &Fields<'_>, raw: &RawValue, kind: &Kind) -> Option<Cell> {
    match kind {
        Kind::Text => scalar(raw).map(Cell::Text),
        Kind::Money { currency } => {
            let currency = currency.as_ref().and_then(|path| fields.text_at(path));
            Some(Cell::Money(amount(raw)?, currency))
        }
        Kind::Number => amount(raw).map(Cell::Number),
        Kind::Date => day(&words(raw)?).map(Cell::Date),
        Kind::Moment => time(&words(raw)?),
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

fn time(text: &str) -> Option<Cell> {
    let text = text.trim();
    let instant = text.parse().map(Cell::Moment);
    instant.or_else(|_| text.parse().map(Cell::LocalTime)).ok()
}

/// The date in a datetime of any form (§2.1), as written.
pub(crate) fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    datetime::parse(text).ok()?;
    text.get(..10)?.parse().ok()
}
