//! Columns: the path, name and type of a value in a record.

use std::borrow::Cow;

/// A column of a data type. Paths are dotted, as in the query language (§2.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The path of the value.
    pub path: Cow<'static, str>,
    /// The display name.
    pub label: Cow<'static, str>,
    /// The expected type.
    pub kind: Kind,
    /// Whether it is shown by default.
    pub is_default: bool,
}

/// The expected type of a column's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// An amount of money, and where its currency is, if anywhere.
    Money {
        /// The path of the currency code.
        currency: Option<Cow<'static, str>>,
    },
    /// A number that is not money.
    Number,
    /// A date without a zone.
    Date,
    /// A time.
    Moment,
    /// A boolean.
    Bool,
    /// A value of an enumeration that a newer API may extend.
    Enum(&'static [&'static str]),
    /// A reference to another record.
    Reference {
        /// The data type.
        target: Target,
        /// The path of the ID.
        id: &'static str,
        /// The path of the name, if there is one.
        label: Option<&'static str>,
    },
    /// The length of a list. A list cannot be queried.
    Count,
}

/// The data type of a referenced record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Always this key.
    Always(&'static str),
    /// The key is in the record, at this path.
    Said(&'static str),
}

impl Column {
    /// Whether Codat can query and order by it (§2.3, §2.4). True for all but lists.
    pub fn is_queryable(&self) -> bool {
        self.properties().next().is_some()
    }

    /// The property for `orderBy`.
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

    /// The properties for queries.
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

    /// The same column, shown by default.
    pub(super) const fn shown(mut self) -> Self {
        self.is_default = true;
        self
    }
}

pub(super) const fn text(path: &'static str, label: &'static str) -> Column {
    Column::new(path, label, Kind::Text)
}

/// Money with the path of its currency.
pub(super) const fn money_in(path: &'static str, label: &'static str, currency: &'static str) -> Column {
    Column::new(path, label, Kind::Money { currency: Some(Cow::Borrowed(currency)) })
}

/// Money whose currency is in the field `currency`.
pub(super) const fn money(path: &'static str, label: &'static str) -> Column {
    money_in(path, label, "currency")
}

/// Money whose currency is not in the record.
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

/// A reference to a record of a known data type, by ID and name.
pub(super) const fn reference(
    path: &'static str,
    label: &'static str,
    data_type: &'static str,
    id: &'static str,
    name: &'static str,
) -> Column {
    Column::new(path, label, Kind::Reference { target: Target::Always(data_type), id, label: Some(name) })
}

/// A reference to a record of a known data type, by ID only.
pub(super) const fn bare_reference(
    path: &'static str,
    label: &'static str,
    data_type: &'static str,
    id: &'static str,
) -> Column {
    Column::new(path, label, Kind::Reference { target: Target::Always(data_type), id, label: None })
}

/// A reference to a record whose data type is in the record.
pub(super) const fn said_reference(
    path: &'static str,
    label: &'static str,
    data_type: &'static str,
    id: &'static str,
) -> Column {
    Column::new(path, label, Kind::Reference { target: Target::Said(data_type), id, label: None })
}
