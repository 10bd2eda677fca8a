//! Why a query is refused. Written as text, each says what Codat says (§2.3).

/// A text that is no query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// It is not of the language.
    #[error("Error parsing query - Malformed query.")]
    Malformed {
        /// What is wrong with it, for a person.
        reason: String,
    },
    /// It is too long.
    #[error("Error parsing query - The query must be shorter than 2048 characters.")]
    TooLong {
        /// How many characters it has.
        characters: usize,
    },
}

impl QueryError {
    pub(super) fn malformed(reason: impl Into<String>) -> Self {
        Self::Malformed { reason: reason.into() }
    }
}

/// A property that a query names and a record cannot have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Error parsing query - Could not resolve property {property}")]
pub struct Unresolved {
    /// The property, as the query spells it.
    pub property: String,
}

impl Unresolved {
    /// What Codat says, given what the list holds, such as `Dataset`.
    pub fn on(&self, object: &str) -> String {
        format!("{self} on {object}")
    }
}
