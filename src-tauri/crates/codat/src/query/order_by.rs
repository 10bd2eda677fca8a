//! `orderBy` (§2.4): one property, descending after a `-`.

use core::{cmp::Ordering, fmt};

use jiff::Timestamp;
use serde_json::Value;

use super::{
    QueryError, Unresolved,
    exact::Exact,
    property,
    text::{instant, order_folded},
};

/// The order of a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrderBy {
    /// A dotted path, in any case.
    pub property: String,
    /// Largest first.
    pub descending: bool,
}

impl OrderBy {
    /// Reads a property, with a `-` before it for descending.
    ///
    /// # Errors
    /// When it is not one property.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let text = text.trim();
        let (descending, property) = match text.strip_prefix('-') {
            Some(rest) => (true, rest.trim_start()),
            None => (false, text),
        };
        if !property::is_valid(property) {
            return Err(QueryError::malformed(format!("“{text}” is not one property")));
        }
        Ok(Self { property: property.to_owned(), descending })
    }

    /// Whether the property is one of `known`; see [`Query::resolve`](super::Query::resolve).
    ///
    /// # Errors
    /// When it is not.
    pub fn resolve(&self, known: &[&str]) -> Result<(), Unresolved> {
        property::resolve(&self.property, known)
    }

    /// Which of two records comes first. A record without the property, or with an array or an object
    /// there, comes last whichever way the list is ordered. Booleans come before numbers, numbers before
    /// dates, dates before other text.
    pub fn compare(&self, a: &Value, b: &Value) -> Ordering {
        match (self.key(a), self.key(b)) {
            (Some(a), Some(b)) if self.descending => b.cmp(&a),
            (Some(a), Some(b)) => a.cmp(&b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
    }

    fn key<'v>(&self, record: &'v Value) -> Option<Key<'v>> {
        match property::find(record, &self.property).ok()?? {
            Value::Bool(flag) => Some(Key::Flag(*flag)),
            Value::Number(number) => Exact::parse(&number.to_string()).map(Key::Number),
            Value::String(text) => Some(match instant(text) {
                Some(instant) => Key::Date(instant),
                None => Key::Text(Folded(text)),
            }),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

impl fmt::Display for OrderBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.descending { "-" } else { "" }, self.property)
    }
}

/// What a record is ordered by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key<'v> {
    Flag(bool),
    Number(Exact),
    Date(Timestamp),
    Text(Folded<'v>),
}

/// Text in the order of its letters, whatever their case.
#[derive(PartialEq, Eq)]
struct Folded<'v>(&'v str);

impl Ord for Folded<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        order_folded(self.0, other.0)
    }
}

impl PartialOrd for Folded<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
