//! The `tags` parameter of `GET /companies` (§2.3): a query over a company's tags.

use core::fmt;
use std::collections::BTreeMap;

use super::{
    Comparison, Operator, Query, QueryError, parser,
    text::{equal_folded, fold},
};

/// A query over tags, for example `region = uk && owningTeam = invoice-finance`. Properties are tag keys, and
/// operators are `=`, `!=` and `~`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TagQuery(Query);

impl TagQuery {
    /// Parses a query over tags.
    ///
    /// # Errors
    /// Those of [`Query::parse`], and an operator other than `=`, `!=` and `~`.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        Self::new(parser::parse(text, is_key)?)
    }

    /// Converts a query to one over tags.
    ///
    /// # Errors
    /// If an operator is not `=`, `!=` or `~`.
    pub fn new(query: Query) -> Result<Self, QueryError> {
        no_ordering(&query)?;
        Ok(Self(query))
    }

    /// Whether a company with these tags matches. Keys are looked up with exact case first, then without regard to
    /// case. A missing key is not equal to anything.
    pub fn matches(&self, tags: &BTreeMap<String, String>) -> bool {
        self.0.evaluate(&|comparison| Ok(holds(comparison, tags))).unwrap_or(false)
    }

    /// The comparisons, as a tree.
    pub fn query(&self) -> &Query {
        &self.0
    }
}

impl fmt::Display for TagQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Any text without operators: the key ends where an operator starts.
fn is_key(text: &str) -> bool {
    !text.is_empty()
}

fn no_ordering(query: &Query) -> Result<(), QueryError> {
    match query {
        Query::Compare(comparison) => match comparison.operator {
            Operator::Equal | Operator::NotEqual | Operator::Contains => Ok(()),
            Operator::Greater | Operator::Less | Operator::GreaterOrEqual | Operator::LessOrEqual => {
                let operator = comparison.operator.as_str();
                Err(QueryError::malformed(format!("tags can’t be compared by {operator}")))
            }
        },
        Query::All(parts) | Query::Any(parts) => parts.iter().try_for_each(no_ordering),
    }
}

fn holds(comparison: &Comparison, tags: &BTreeMap<String, String>) -> bool {
    let value = &comparison.value;
    let found = find(tags, &comparison.property);
    match comparison.operator {
        Operator::Equal => found.is_some_and(|found| equal_folded(found, value)),
        Operator::NotEqual => !found.is_some_and(|found| equal_folded(found, value)),
        Operator::Contains => found.is_some_and(|found| fold(found).contains(&fold(value))),
        Operator::Greater | Operator::Less | Operator::GreaterOrEqual | Operator::LessOrEqual => false,
    }
}

fn find<'t>(tags: &'t BTreeMap<String, String>, key: &str) -> Option<&'t String> {
    tags.get(key).or_else(|| tags.iter().find_map(|(name, value)| equal_folded(name, key).then_some(value)))
}
