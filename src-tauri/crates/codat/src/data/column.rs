//! Columns: where a value lies in a record, what it is called, and what it should be.

use std::borrow::Cow;

/// One column of a type's records. Paths are dotted, as the query language has them (§2.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Where its value lies.
    pub path: Cow<'static, str>,
    /// Its name for people.
    pub label: Cow<'static, str>,
    /// What its value should be.
    pub kind: Kind,
    /// Whether it is shown unless somebody chooses otherwise.
    pub is_default: bool,
}

/// What a column's values should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Text,
    /// An amount of money, and where its currency is said, if it is.
    Money {
        /// The path of the currency's code.
        currency: Option<Cow<'static, str>>,
    },
    /// A number that is no money.
    Number,
    /// A day, without regard to zones.
    Date,
    /// An instant.
    Moment,
    /// Yes or no.
    Bool,
    /// One of a few words, of which a newer API may have more.
    Enum(&'static [&'static str]),
    /// Another record.
    Reference {
        /// Of which type.
        target: Target,
        /// The path of its identifier.
        id: &'static str,
        /// The path of its name, where one comes along.
        label: Option<&'static str>,
    },
    /// How many things a list has. The list cannot be queried.
    Count,
}

/// Of which type a referred record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Always this one; the key.
    Always(&'static str),
    /// The record says it, at this path.
    Said(&'static str),
}

impl Column {
    /// Whether Codat can look for its values and order by them (§2.3, §2.4): anything but lists.
    pub fn is_queryable(&self) -> bool {
        self.properties().next().is_some()
    }

    /// The property that a list is ordered by for this column.
    pub fn order_property(&self) -> Option<&str> {
        match &self.kind {
            Kind::Reference { id, label, .. } => Some(label.unwrap_or(id)),
            Kind::Count => None,
            Kind::Text
            | Kind::Money { .. }
            | Kind::Number
            | Kind::Date
            | Kind::Moment
            | Kind::Bool
            | Kind::Enum(_) => Some(&self.path),
        }
    }

    /// The properties that it can be queried by.
    pub fn properties(&self) -> impl Iterator<Item = &str> {
        let (first, second) = match &self.kind {
            Kind::Money { currency } => (Some(&*self.path), currency.as_deref()),
            Kind::Reference { id, label, .. } => (Some(*id), *label),
            Kind::Count => (None, None),
            Kind::Text | Kind::Number | Kind::Date | Kind::Moment | Kind::Bool | Kind::Enum(_) => {
                (Some(&*self.path), None)
            }
        };
        first.into_iter().chain(second)
    }

    pub(super) const fn new(path: &'static str, label: &'static str, kind: Kind) -> Self {
        Self { path: Cow::Borrowed(path), label: Cow::Borrowed(label), kind, is_default: false }
    }

    /// Shown unless somebody chooses otherwise.
    pub(super) const fn shown(mut self) -> Self {
        self.is_default = true;
        self
    }
}

pub(super) const fn text(path: &'static str, label: &'static str) -> Column {
    Column::new(path, label, Kind::Text)
}

/// Money whose currency is said at `currency`.
pub(super) const fn money_in(path: &'static str, label: &'static str, currency: &'static str) -> Column {
    Column::new(path, label, Kind::Money { currency: Some(Cow::Borrowed(currency)) })
}

/// Money whose currency is said beside it.
pub(super) const fn money(path: &'static str, label: &'static str) -> Column {
    money_in(path, label, "currency")
}

/// Money whose currency the record does not say.
pub(super) const fn bare_money(path: &'static str, label: &'static str) -> Column {
    Column::new(path, label, Kind::Money { currency: None })
}

pub(super) const fn number(path: &'static str, label: &'static str) -> Column {
    Column::new(path, label, Kind::Number)
}

pub(super) const fn date(path: &'static str, label: &'static str) -> Column {
    Column::new(path, label, Kind::Date)
}

pub(super) const fn moment(path: &'static str, label: &'static str) -> Column {
    Column::new(path, label, Kind::Moment)
}

pub(super) const fn flag(path: &'static str, label: &'static str) -> Column {
    Column::new(path, label, Kind::Bool)
}

pub(super) const fn choice(
    path: &'static str,
    label: &'static str,
    known: &'static [&'static str],
) -> Column {
    Column::new(path, label, Kind::Enum(known))
}

pub(super) const fn count(path: &'static str, label: &'static str) -> Column {
    Column::new(path, label, Kind::Count)
}

/// A record of a known type, referred to by identifier and name.
pub(super) const fn reference(
    path: &'static str,
    label: &'static str,
    data_type: &'static str,
    id: &'static str,
    name: &'static str,
) -> Column {
    Column::new(path, label, Kind::Reference { target: Target::Always(data_type), id, label: Some(name) })
}

/// A record of a known type, referred to by its identifier alone.
pub(super) const fn bare_reference(
    path: &'static str,
    label: &'static str,
    data_type: &'static str,
    id: &'static str,
) -> Column {
    Column::new(path, label, Kind::Reference { target: Target::Always(data_type), id, label: None })
}

/// A record whose type the record says.
pub(super) const fn said_reference(
    path: &'static str,
    label: &'static str,
    data_type: &'static str,
    id: &'static str,
) -> Column {
    Column::new(path, label, Kind::Reference { target: Target::Said(data_type), id, label: None })
}
