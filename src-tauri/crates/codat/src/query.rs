//! The query language of list endpoints (§2.3), its variant for tags (§2.7), and `orderBy` (§2.4).
//!
//! A query consists of comparisons joined by `&&` and `||`, with braces for groups: `{a > 100 || a < 50} && status !=
//! paid`. Values are not quoted. The reference leaves some points open. Here `&&` binds tighter than `||`, text is
//! compared without regard to case, a missing property is not equal to anything, and a value extends to the next
//! connective or brace. A value may contain operators unless it starts with one.

mod error;
mod evaluate;
mod exact;
mod order_by;
mod parser;
mod property;
mod scalar;
mod tags;
mod text;
mod words;

use core::fmt;

use serde_json::Value;

pub use error::{QueryError, UnknownProperty};
pub use order_by::{OrderBy, SortKey};
pub use scalar::{QueryValue, Scalar, ScalarKind, folded};
pub use tags::TagQuery;
pub use words::words;

/// A query must be shorter than this, in characters.
pub const LIMIT: usize = 2048;

/// The only array that a query can search (§2.3).
pub const TRAVERSABLE: &str = "dataConnections";

/// A query, as a tree. `All` and `Any` have two parts or more and never directly contain one of their own kind.
/// [`Query::and`] and [`Query::or`] ensure that.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Query {
    /// One comparison.
    Compare(Comparison),
    /// All parts match.
    All(Vec<Query>),
    /// At least one part matches.
    Any(Vec<Query>),
}

/// A comparison of a property with a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Comparison {
    /// A dotted path, for example `customerRef.id`. Case does not matter.
    pub property: String,
    /// The operator.
    pub operator: Operator,
    /// The value, trimmed and without quotes.
    pub value: String,
}

/// The operator of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `~`: the text contains the value.
    Contains,
    /// `>`
    Greater,
    /// `<`
    Less,
    /// `>=`
    GreaterOrEqual,
    /// `<=`
    LessOrEqual,
}

impl Operator {
    /// All operators. Those of two characters come first, so that they are matched first.
    pub const ALL: [Self; 7] = [
        Self::NotEqual,
        Self::GreaterOrEqual,
        Self::LessOrEqual,
        Self::Equal,
        Self::Contains,
        Self::Greater,
        Self::Less,
    ];

    /// The spelling in a query.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Contains => "~",
            Self::Greater => ">",
            Self::Less => "<",
            Self::GreaterOrEqual => ">=",
            Self::LessOrEqual => "<=",
        }
    }
}

impl Query {
    /// Parses a query as it is after decoding the URL. A query that was encoded twice, as in an example of the
    /// reference, has no operator and is decoded again.
    ///
    /// # Errors
    /// If the text is not a query, nests groups deeper than 64, or has [`LIMIT`] characters.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        parser::parse(text, property::is_valid)
    }

    /// A query of one comparison, for example `dataConnections.status=Deauthorized`.
    ///
    /// # Errors
    /// If the property is not a dotted path, or the value cannot be written: it is empty, starts with an operator, or
    /// contains `&&`, `||`, `{` or `}`. The language has no escapes.
    pub fn compare(property: &str, operator: Operator, value: &str) -> Result<Self, QueryError> {
        Comparison::new(property, operator, value, property::is_valid).map(Self::Compare)
    }

    /// Both queries match.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let mut parts = self.into_all();
        parts.extend(other.into_all());
        Self::All(parts)
    }

    /// One of the queries matches.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let mut parts = self.into_any();
        parts.extend(other.into_any());
        Self::Any(parts)
    }

    /// Whether a record matches.
    ///
    /// Properties are looked up by dotted path without regard to case. [`TRAVERSABLE`] matches if one of its elements
    /// does; `!=` matches if no element is equal. A property that is missing or null is not equal to anything and has
    /// no order.
    ///
    /// # Errors
    /// If a property leads into another array, or is an array or an object.
    pub fn matches(&self, record: &Value) -> Result<bool, UnknownProperty> {
        self.evaluate(&|comparison| evaluate::holds(comparison, record))
    }

    /// Checks that every property is one of `known`: dotted paths, without regard to case. `connectionInfo.*` stands
    /// for all properties below it. So a query is rejected even if there is no record to match.
    ///
    /// # Errors
    /// The first unknown property, from the left.
    pub fn resolve(&self, known: &[&str]) -> Result<(), UnknownProperty> {
        match self {
            Self::Compare(comparison) => property::resolve(&comparison.property, known),
            Self::All(parts) | Self::Any(parts) => parts.iter().try_for_each(|part| part.resolve(known)),
        }
    }

    /// Evaluates every comparison, even if the result is certain already: an unknown property is an error regardless
    /// of the others.
    fn evaluate<F>(&self, holds: &F) -> Result<bool, UnknownProperty>
    where
        F: Fn(&Comparison) -> Result<bool, UnknownProperty>,
    {
        match self {
            Self::Compare(comparison) => holds(comparison),
            Self::All(parts) => parts.iter().try_fold(true, |all, part| Ok(part.evaluate(holds)? && all)),
            Self::Any(parts) => parts.iter().try_fold(false, |any, part| Ok(part.evaluate(holds)? || any)),
        }
    }

    fn into_all(self) -> Vec<Self> {
        match self {
            Self::All(parts) => parts,
            other @ (Self::Compare(_) | Self::Any(_)) => vec![other],
        }
    }

    fn into_any(self) -> Vec<Self> {
        match self {
            Self::Any(parts) => parts,
            other @ (Self::Compare(_) | Self::All(_)) => vec![other],
        }
    }
}

impl Comparison {
    fn new(
        property: &str,
        operator: Operator,
        value: &str,
        valid_property: fn(&str) -> bool,
    ) -> Result<Self, QueryError> {
        let (property, value) = (property.trim(), value.trim());
        if !valid_property(property) {
            return Err(QueryError::malformed(format!("“{property}” isn’t a property")));
        }
        if value.is_empty() {
            return Err(QueryError::malformed(format!("{property} is compared with nothing")));
        }
        if value.starts_with(parser::OPERATOR_STARTS) || parser::holds_structure(value) {
            return Err(QueryError::malformed(format!("“{value}” isn’t a value")));
        }
        Ok(Self { property: property.to_owned(), operator, value: value.to_owned() })
    }
}

/// Parses back to the same query. Only connectives have spaces around them: a value that ends in `&` must not run
/// into one.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compare(comparison) => comparison.fmt(f),
            Self::All(parts) => write_joined(f, parts, " && "),
            Self::Any(parts) => write_joined(f, parts, " || "),
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.property, self.operator.as_str(), self.value)
    }
}

fn write_joined(f: &mut fmt::Formatter<'_>, parts: &[Query], connective: &str) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(connective)?;
        }
        match part {
            Query::Compare(comparison) => write!(f, "{comparison}")?,
            Query::All(_) | Query::Any(_) => write!(f, "{{{part}}}")?,
        }
    }
    Ok(())
}
