//! The query language of list endpoints (§2.3), its relative for tags (§2.7), and `orderBy` (§2.4).
//!
//! A query is comparisons joined by `&&` and `||`, with braces for groups: `{a > 100 || a < 50} && status !=
//! paid`. Values are bare. What the reference leaves open is settled here: `&&` binds tighter than `||`;
//! text is compared without regard to case; what is missing is not equal to anything; a value goes on to the
//! next connective or brace, and may hold further operators unless it starts with one.

mod error;
mod evaluate;
mod exact;
mod order_by;
mod parser;
mod property;
mod scalar;
mod tags;
mod text;

use core::fmt;

use serde_json::Value;

pub use error::{QueryError, Unresolved};
pub use order_by::{OrderBy, SortKey};
pub use scalar::{Literal, Scalar, ScalarKind, folded};
pub use tags::TagQuery;

/// A query's text must be shorter than this, in characters.
pub const LIMIT: usize = 2048;

/// The one array that queries may look into (§2.3).
pub const TRAVERSABLE: &str = "dataConnections";

/// A query, as a tree. `All` and `Any` hold two parts or more, and never directly one of their own kind;
/// [`Query::and`] and [`Query::or`] see to that.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Query {
    /// One comparison.
    Compare(Comparison),
    /// Every part holds.
    All(Vec<Query>),
    /// Some part holds.
    Any(Vec<Query>),
}

/// A property, an operator, a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Comparison {
    /// A dotted path, such as `customerRef.id`; in any case.
    pub property: String,
    /// What is asked of it.
    pub operator: Operator,
    /// The bare value, trimmed.
    pub value: String,
}

/// What a comparison asks.
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
    /// All, those of two characters first, as they have to be looked for.
    pub const ALL: [Self; 7] = [
        Self::NotEqual,
        Self::GreaterOrEqual,
        Self::LessOrEqual,
        Self::Equal,
        Self::Contains,
        Self::Greater,
        Self::Less,
    ];

    /// Its spelling.
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
    /// Reads a query as it comes after decoding the address. One that was encoded twice, as an example of
    /// the reference is, shows no operator, and is decoded once more.
    ///
    /// # Errors
    /// When the text is not of the language, nests groups deeper than 64, or has [`LIMIT`] characters.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        parser::parse(text, property::is_valid)
    }

    /// One comparison, such as `dataConnections.status=Deauthorized`.
    ///
    /// # Errors
    /// When the property is no dotted path, or the value cannot be said: it is empty, starts with an
    /// operator, or holds `&&`, `||`, `{` or `}`, for which the language has no escape.
    pub fn compare(property: &str, operator: Operator, value: &str) -> Result<Self, QueryError> {
        Comparison::new(property, operator, value, property::is_valid).map(Self::Compare)
    }

    /// Both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let mut parts = self.into_all();
        parts.extend(other.into_all());
        Self::All(parts)
    }

    /// One of them holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let mut parts = self.into_any();
        parts.extend(other.into_any());
        Self::Any(parts)
    }

    /// Whether a record is what the query asks for.
    ///
    /// Properties are found in any case by dotted path. [`TRAVERSABLE`] is looked into element by element:
    /// one that holds is enough, and `!=` holds where no element is equal. A property that is missing or null
    /// is not equal to anything and in no order.
    ///
    /// # Errors
    /// When a property leads into another array, or ends at an array or an object.
    pub fn matches(&self, record: &Value) -> Result<bool, Unresolved> {
        self.evaluate(&|comparison| evaluate::holds(comparison, record))
    }

    /// Whether every property is one of `known`: dotted paths, in any case; `connectionInfo.*` stands for
    /// all that lies beneath. A query is refused by this even where there is no record to try it on.
    ///
    /// # Errors
    /// The first property, from the left, that is not known.
    pub fn resolve(&self, known: &[&str]) -> Result<(), Unresolved> {
        match self {
            Self::Compare(comparison) => property::resolve(&comparison.property, known),
            Self::All(parts) | Self::Any(parts) => parts.iter().try_for_each(|part| part.resolve(known)),
        }
    }

    /// Tries every comparison, even where one has already decided: what cannot be resolved shows whatever
    /// the other comparisons say.
    fn evaluate<F>(&self, holds: &F) -> Result<bool, Unresolved>
    where
        F: Fn(&Comparison) -> Result<bool, Unresolved>,
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
            return Err(QueryError::malformed(format!("“{property}” is no property")));
        }
        if value.is_empty() {
            return Err(QueryError::malformed(format!("{property} is compared with nothing")));
        }
        if value.starts_with(parser::OPERATOR_STARTS) || parser::holds_structure(value) {
            return Err(QueryError::malformed(format!("“{value}” is no value")));
        }
        Ok(Self { property: property.to_owned(), operator, value: value.to_owned() })
    }
}

/// Written so that it reads back as the same query. Spaces stand around the connectives alone: a value that
/// ends in `&` must not run into them.
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
