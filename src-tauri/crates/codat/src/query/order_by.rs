//! `orderBy` (§2.4): one property, descending after a `-`.

use core::{cmp::Ordering, fmt};

use serde_json::Value;

use super::{QueryError, Unresolved, property, scalar::Scalar};

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
        self.compare_keys(&self.key(a), &self.key(b))
    }

    /// The same, of keys that [`OrderBy::key`] made: for whoever sorts many.
    pub fn compare_keys(&self, a: &SortKey, b: &SortKey) -> Ordering {
        match (&a.0, &b.0) {
            (Some(a), Some(b)) if self.descending => b.cmp(a),
            (Some(a), Some(b)) => a.cmp(b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
    }

    /// What the record is ordered by, worked out once.
    pub fn key(&self, record: &Value) -> SortKey {
        SortKey(property::find(record, &self.property).ok().flatten().and_then(Scalar::of_value))
    }
}

impl fmt::Display for OrderBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.descending { "-" } else { "" }, self.property)
    }
}

/// What a record is ordered by, for [`OrderBy::compare_keys`]. It holds no part of the record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SortKey(Option<Scalar>);
