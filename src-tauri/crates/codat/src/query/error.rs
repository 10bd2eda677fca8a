//! Query errors. Their texts are Codat's (§2.3).

/// A text that is not a query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// It does not follow the grammar.
    #[error("Error parsing query - Malformed query.")]
    Malformed {
        /// The reason, for people.
        reason: String,
    },
    /// It is too long.
    #[error("Error parsing query - The query must be shorter than 2048 characters.")]
    TooLong {
        /// Its length in characters.
        characters: usize,
    },
}

impl QueryError {
    pub(super) fn malformed(reason: impl Into<String>) -> Self {
        Self::Malformed { reason: reason.into() }
    }
}

/// A property in a query that records do not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Error parsing query - Could not resolve property {property}")]
pub struct UnknownProperty {
    /// The property as spelled in the query.
    pub property: String,
}

impl UnknownProperty {
    /// Codat's message, given the type of the list's items, for example `Dataset`.
    pub fn on(&self, object: &str) -> String {
        format!("{self} on {object}")
    }
}
