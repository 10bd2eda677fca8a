//! The `orderBy` parameter (§2.4): one property, descending after a `-`.

use core::{cmp::Ordering, fmt};

use serde_json::Value;

use super::{QueryError, UnknownProperty, property, scalar::Scalar};

/// The order of a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrderBy {
    /// A dotted path. Case does not matter.
    pub property: String,
    /// Whether the largest comes first.
    pub descending: bool,
}

impl OrderBy {
    /// Parses a property, with a leading `-` for descending.
    ///
    /// # Errors
    /// If it is not one property.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let text = text.trim();
        let (descending, property) = match text.strip_prefix('-') {
            Some(rest) => (true, rest.trim_start()),
            None => (false, text),
        };
        if !property::is_valid(property) {
            return Err(QueryError::malformed(format!("“{text}” isn’t a single property")));
        }
        Ok(Self { property: property.to_owned(), descending })
    }

    /// Checks that the property is one of `known`; see [`Query::resolve`](super::Query::resolve).
    ///
    /// # Errors
    /// If it is not.
    pub fn resolve(&self, known: &[&str]) -> Result<(), UnknownProperty> {
        property::resolve(&self.property, known)
    }

    /// Compares two records. A record without the property, or with an array or an object there, comes last in both
    /// directions. Booleans come before numbers, numbers before dates, dates before other text.
    pub fn compare(&self, a: &Value, b: &Value) -> Ordering {
        self.compare_keys(&self.key(a), &self.key(b))
    }

    /// Compares two keys from [`OrderBy::key`]. For sorting many records.
    pub fn compare_keys(&self, a: &SortKey, b: &SortKey) -> Ordering {
        match (&a.0, &b.0) {
            (Some(a), Some(b)) if self.descending => b.cmp(a),
            (Some(a), Some(b)) => a.cmp(b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
    }

    /// The sort key of a record.
    pub fn key(&self, record: &Value) -> SortKey {
        SortKey(property::find(record, &self.property).ok().flatten().and_then(Scalar::of_value))
    }
}

impl fmt::Display for OrderBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.descending { "-" } else { "" }, self.property)
    }
}

/// A sort key, for [`OrderBy::compare_keys`]. It does not borrow from the record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SortKey(Option<Scalar>);
