//! The search box: words and filters.
//!
//! A word is found in a company's name, in the names and keys of its integrations, in who created it and in
//! its tags, wherever it stands in them; and it may be the beginning of the company's ID or of a
//! connection's. Quotes make several words one. All words and filters must hold; a leading `-` turns one
//! around. Case and accents do not matter, and no character is a wildcard.
//!
//! | filter | finds companies |
//! | --- | --- |
//! | `is:red` `grey` `purple` `green` `none`, `attention`; or `broken` `unlinked` `pending` `linked` | whose worst connection is so |
//! | `has:red` and the same values | with any such connection |
//! | `platform:xero` | with an integration of which this is part of the name, or the key |
//! | `tag:region`, `tag:region=uk` | with this tag, or with this value of it |
//! | `by:ann` | created by someone of whose name this is a part |
//! | `name:ltd` | of whose name this is a part |
//! | `product:lending` | with a product of whose slug this is a part |
//! | `stale:>7d` | last read longer ago, or never; `<`: read since |
//! | `created:>30d`, `created:<2026-01-01`, `created:2026-10` | created longer ago, before a day, in a month |
//! | `alert:12` | that the notification of this number told of |
//! | `expires:<14d`, `expires:<2026-12-01` | of which a connection may expire within that time, or before |
//!
//! Units are `m` `h` `d` `w`; days begin at midnight where the person is. `is:` and `platform:` given several times find
//! companies for which any of them holds; other filters must all hold. What is wrong is told and never fails:
//! an unknown filter is searched as plain text, a filter with a wrong value is left out.

mod filter;
mod lexer;
mod nearest;
mod times;

use jiff::{Timestamp, ZonedDateTime, tz::TimeZone};

use self::lexer::Token;
use crate::{company_index, fold::fold, view::SearchProblem};

pub(crate) use self::{
    filter::{Filter, status_label},
    lexer::{tokens, utf16_len},
};

/// The maximum number of terms; others are ignored.
const MAX_TERMS: usize = 64;

/// A parsed search.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Search {
    pub(crate) terms: Vec<Term>,
    pub(crate) problems: Vec<SearchProblem>,
}

/// A word or a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    pub(crate) negated: bool,
    pub(crate) condition: Condition,
}

/// The condition of a term. All text is folded and not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Text anywhere, or the beginning of an ID.
    Text {
        needle: String,
        id_prefix: Option<String>,
    },
    /// The company's color is in this set of bits.
    Is(u8),
    /// A connection's color is in this set.
    Has(ColorSet),
    Platform(String),
    Tag {
        key: String,
        value: Option<String>,
    },
    By(String),
    Name(String),
    Product(String),
    /// The company is in the notification whose smallest alert ID this is.
    Alert(i64),
    /// The company changed like this after the entry of the journal with this `seq`.
    Since(CompanyChange, i64),
    /// A time from `from` and before `until`, in milliseconds since 1970 (UTC). `missing`: whether a missing time
    /// matches.
    Time {
        column: TimeColumn,
        from: i64,
        until: i64,
        missing: bool,
    },
}

/// How a company differs from its state at an earlier entry of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CompanyChange {
    /// A connection that was neither red nor gray is one of them now.
    Broke,
    /// A connection that was red or gray is green now.
    Healed,
    /// The company was seen for the first time.
    Appeared,
}

/// A set of colors of a company's connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ColorSet(u8);

impl ColorSet {
    /// Whether the company has a color in the set. A company without connections has the color `none`.
    pub(crate) fn overlaps(self, company_colors: u8) -> bool {
        let company_colors =
            if company_colors == 0 { company_index::color_bit(codat::Color::None) } else { company_colors };
        self.0 & company_colors != 0
    }
}

/// The time that a filter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeColumn {
    LastRead,
    Created,
    Expires,
}

/// The problems of a search, in order; empty if all of it is valid.
///
/// The result does not depend on the time zone.
pub fn search_problems(text: &str, now: Timestamp) -> Vec<SearchProblem> {
    // Problems do not depend on the time zone.
    Search::parse(text, &now.to_zoned_datetime(TimeZone::UTC)).problems
}

impl Search {
    /// Parses a search at a local time. Never fails; problems are in `problems`.
    pub(crate) fn parse(text: &str, now: &ZonedDateTime) -> Self {
        let mut search = Self::default();
        for token in tokens(text) {
            if search.terms.len() == MAX_TERMS {
                let message = format!("We search only the first {MAX_TERMS} words and filters.");
                search.problems.push(SearchProblem { start: token.start, end: utf16_len(text), message });
                break;
            }
            search.add_token(&token, now);
        }
        search
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The groups of alternative terms. All groups must match; within a group, one term must match.
    pub(crate) fn groups(&self) -> Vec<Vec<&Term>> {
        let (mut groups, mut is, mut platform) = (Vec::new(), Vec::new(), Vec::new());
        for term in &self.terms {
            match term.condition {
                Condition::Is(_) if !term.negated => is.push(term),
                Condition::Platform(_) if !term.negated => platform.push(term),
                Condition::Text { .. }
                | Condition::Is(_)
                | Condition::Has(_)
                | Condition::Platform(_)
                | Condition::Tag { .. }
                | Condition::By(_)
                | Condition::Name(_)
                | Condition::Product(_)
                | Condition::Alert(_)
                | Condition::Since(..)
                | Condition::Time { .. } => groups.push(vec![term]),
            }
        }
        groups.extend([is, platform].into_iter().filter(|group| !group.is_empty()));
        groups
    }

    /// The search without the terms to which another term of this filter is an alternative.
    pub(crate) fn without_alternatives_to(&self, filter: Filter) -> Self {
        let mut without = self.clone();
        match filter {
            Filter::Is => {
                without.terms.retain(|term| term.negated || !matches!(term.condition, Condition::Is(_)))
            }
            Filter::Platform => {
                without
                    .terms
                    .retain(|term| term.negated || !matches!(term.condition, Condition::Platform(_)));
            }
            Filter::Has
            | Filter::Tag
            | Filter::Stale
            | Filter::Created
            | Filter::Expires
            | Filter::By
            | Filter::Product
            | Filter::Name
            | Filter::Alert
            | Filter::Broke
            | Filter::Healed
            | Filter::Appeared => {}
        }
        without
    }

    /// The ID prefixes in the search.
    pub(crate) fn id_prefixes(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().filter_map(|term| match &term.condition {
            Condition::Text { id_prefix, .. } => id_prefix.as_deref(),
            Condition::Is(_)
            | Condition::Has(_)
            | Condition::Platform(_)
            | Condition::Tag { .. }
            | Condition::By(_)
            | Condition::Name(_)
            | Condition::Product(_)
            | Condition::Alert(_)
            | Condition::Since(..)
            | Condition::Time { .. } => None,
        })
    }

    /// The notifications in the search.
    pub(crate) fn alerts(&self) -> impl Iterator<Item = i64> {
        self.terms.iter().filter_map(|term| {
            if let Condition::Alert(number) = term.condition { Some(number) } else { None }
        })
    }

    /// The changes since an entry of the journal in the search.
    pub(crate) fn changes(&self) -> impl Iterator<Item = (CompanyChange, i64)> {
        self.terms.iter().filter_map(|term| {
            if let Condition::Since(change, seq) = term.condition { Some((change, seq)) } else { None }
        })
    }

    fn add_token(&mut self, token: &Token, now: &ZonedDateTime) {
        if let Some(quote) = token.open_quote {
            let message = "A closing quotation mark is missing, so the phrase runs to the end.".to_owned();
            self.problems.push(SearchProblem { start: quote, end: token.end, message });
        }
        let condition = match &token.filter {
            None => text_condition(&token.value),
            Some(name) => match Filter::named(name) {
                Some(filter) => match filter.parse_value(&token.value, now) {
                    Ok(condition) => Some(condition),
                    Err(message) => {
                        self.add_problem(token, message);
                        None
                    }
                },
                None => {
                    self.add_problem(token, unknown_filter(name));
                    text_condition(&format!("{name}:{}", token.value))
                }
            },
        };
        self.terms.extend(condition.map(|condition| Term { negated: token.negated, condition }));
    }

    fn add_problem(&mut self, token: &Token, message: String) {
        self.problems.push(SearchProblem { start: token.start, end: token.end, message });
    }
}

fn unknown_filter(name: &str) -> String {
    let nearest = nearest::nearest(&name.to_lowercase(), Filter::ALL.map(Filter::name)).unwrap_or_default();
    format!("There’s no filter {name}:, so we search for it as plain text. Did you mean {nearest}:?")
}

/// A plain text condition. `None` if no text is left.
fn text_condition(value: &str) -> Option<Condition> {
    let needle = fold(value);
    let needle = needle.trim();
    (!needle.is_empty()).then(|| Condition::Text { needle: needle.to_owned(), id_prefix: id_prefix(needle) })
}

/// The text as an ID prefix in the database's form: at least three hexadecimal digits, with hyphens where IDs have
/// them or without any.
fn id_prefix(needle: &str) -> Option<String> {
    let digits: Vec<char> = needle.chars().filter(|c| *c != '-').collect();
    if !(3..=32).contains(&digits.len()) || !digits.iter().all(char::is_ascii_hexdigit) {
        return None;
    }
    let mut prefix = String::with_capacity(36);
    for (place, digit) in digits.iter().enumerate() {
        if [8, 12, 16, 20].contains(&place) {
            prefix.push('-');
        }
        prefix.push(*digit);
    }
    let hyphens_fit = prefix.trim_end_matches('-') == needle.trim_end_matches('-') && !needle.ends_with("--");
    (hyphens_fit || !needle.contains('-')).then_some(prefix)
}

#[cfg(test)]
mod tests;
