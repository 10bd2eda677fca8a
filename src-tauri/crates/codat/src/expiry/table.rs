//! The table of clocks: one rule per integration, with the source of its figure.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Clock, Estimate, Used, estimate};
use crate::model::{Connection, ConnectionStatus};

/// The longest clock, in days: five years.
pub const MOST_DAYS: u16 = 1_830;

/// The longest note about a source, in characters.
const LONGEST_SOURCE: usize = 400;

/// The rule of an integration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// The clock. None if access does not expire.
    pub clock: Option<Clock>,
    /// The source of the figure, in words.
    pub source: String,
    /// Whether it is an estimate without an authoritative source.
    pub estimate: bool,
}

/// Why a rule is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Its days are 0 or more than [`MOST_DAYS`].
    #[error("An expiry rule needs 1 to {MOST_DAYS} days, not {0}.")]
    Days(u16),
    /// It has no valid integration key.
    #[error("“{0}” isn’t an integration key, which has four letters.")]
    Key(String),
    /// Its note is too long.
    #[error("The source can have at most {LONGEST_SOURCE} characters.")]
    Source,
}

impl Rule {
    /// Checks the rule for this integration key.
    ///
    /// # Errors
    /// Why it is invalid.
    pub fn check(&self, key: &str) -> Result<(), TableError> {
        if key.len() != 4 || !key.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return Err(TableError::Key(key.to_owned()));
        }
        if let Some(days) = self.clock.map(Clock::days).filter(|days| !(1..=MOST_DAYS).contains(days)) {
            return Err(TableError::Days(days));
        }
        if self.source.chars().count() > LONGEST_SOURCE {
            return Err(TableError::Source);
        }
        Ok(())
    }
}

/// The clocks of all integrations. An integration without a rule has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clocks {
    rules: BTreeMap<String, Rule>,
}

impl Clocks {
    /// The defaults (§4.1).
    pub fn standard() -> Self {
        let rules = STANDARD.iter().map(|(key, clock, source, estimate)| {
            let rule = Rule { clock: *clock, source: (*source).to_owned(), estimate: *estimate };
            ((*key).to_owned(), rule)
        });
        Self { rules: rules.collect() }
    }

    /// Replaces one rule.
    #[must_use]
    pub fn with(mut self, key: &str, rule: Rule) -> Self {
        self.rules.insert(key.to_owned(), rule);
        self
    }

    /// The rule of an integration.
    pub fn rule(&self, key: &str) -> Option<&Rule> {
        self.rules.get(key)
    }

    /// The clock of an integration, if it has one.
    pub fn clock(&self, key: &str) -> Option<Clock> {
        self.rule(key)?.clock
    }

    /// All rules, by integration key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Rule)> {
        self.rules.iter().map(|(key, rule)| (key.as_str(), rule))
    }

    /// When a connection may expire, if it is linked; see [`estimate`]. `linked` is the time it was last seen to
    /// become linked.
    pub fn estimate(&self, connection: &Connection, linked: Option<Timestamp>) -> Option<Estimate> {
        self.access_end(connection, linked).filter(|_| connection.status == ConnectionStatus::Linked)
    }

    /// When the access of a connection was or is expected to end, whatever its status; see [`estimate`].
    pub fn access_end(&self, connection: &Connection, linked: Option<Timestamp>) -> Option<Estimate> {
        let used = Used { created: connection.created, last_read: connection.last_sync, linked };
        estimate(self.clock(&connection.integration_key)?, used)
    }
}

const ONE_VENDOR: &str = "Only one vendor’s help page says so; off until confirmed.";
const OPEN_BANKING: &str = "Codat’s documentation: customers renew open banking consents every 90 days.";
const SAGE: &str = "One vendor’s help page says 30 days without use.";
const INTUIT: &str = "Intuit’s blog: 100 days without use. Since November 2025 also at most five years, \
                      which this rule ignores.";

/// Integration key, clock, source, and whether the figure is an estimate.
const STANDARD: [(&str, Option<Clock>, &str, bool); 11] = [
    ("akxx", None, ONE_VENDOR, true),
    (
        "gbol",
        Some(Clock::Idle(60)),
        "Published by others: 60 days without use. Codat says 60 to 100 days, and names no platform.",
        true,
    ),
    ("gvom", Some(Clock::Idle(90)), "Codat’s documentation: 90 days.", false),
    ("jcrp", Some(Clock::Idle(90)), "Codat’s documentation: a refresh token lives up to 90 days.", false),
    ("knfz", Some(Clock::Idle(30)), SAGE, true),
    ("ndsk", Some(Clock::Idle(100)), INTUIT, true),
    ("pdvj", None, ONE_VENDOR, true),
    ("qhyg", Some(Clock::Idle(100)), INTUIT, true),
    ("suuo", Some(Clock::Consent(90)), OPEN_BANKING, false),
    ("tgff", Some(Clock::Idle(30)), SAGE, true),
    ("upvr", Some(Clock::Consent(90)), OPEN_BANKING, false),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_table_may_stand_as_it_is_and_says_where_it_is_from() {
        let table = Clocks::standard();
        assert_eq!(table.iter().count(), STANDARD.len(), "no key twice");
        for (key, rule) in table.iter() {
            assert_eq!(rule.check(key), Ok(()), "{key}");
            assert!(!rule.source.is_empty(), "{key}");
        }
    }

    #[test]
    fn a_rule_out_of_bounds_is_not_taken() {
        let rule = |days| Rule { clock: Some(Clock::Idle(days)), source: String::new(), estimate: false };
        for days in [0, MOST_DAYS + 1, u16::MAX] {
            assert_eq!(rule(days).check("gbol"), Err(TableError::Days(days)));
        }
        for days in [1, MOST_DAYS] {
            assert_eq!(rule(days).check("gbol"), Ok(()));
        }
        for key in ["", "gbo", "GBOL", "gbolx", "g ol", "gbö"] {
            assert_eq!(rule(1).check(key), Err(TableError::Key(key.to_owned())));
        }
        let wordy = Rule { source: "é".repeat(LONGEST_SOURCE + 1), ..rule(1) };
        assert_eq!(wordy.check("gbol"), Err(TableError::Source));
    }
}
