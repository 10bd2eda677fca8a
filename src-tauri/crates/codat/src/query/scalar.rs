//! Scalars in queries and sort orders, parsed once for many comparisons.

use core::cmp::Ordering;

use jiff::Timestamp;
use serde_json::{Value, value::RawValue};

use super::{
    exact::Exact,
    text::{fold, instant},
};

/// A scalar of a record. Booleans come before numbers, numbers before dates, dates before other text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scalar(Key);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Flag(bool),
    Number(Exact),
    Date(Timestamp),
    /// Compared without regard to case first, then with it.
    Text(Box<str>, Box<str>),
}

/// The kind of a scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScalarKind {
    /// A boolean.
    Flag,
    /// A number.
    Number,
    /// Text that starts with a date.
    Date,
    /// Other text.
    Text,
}

/// A value of a query, parsed in all the ways it can be.
#[derive(Debug, Clone)]
pub struct QueryValue {
    flag: Option<bool>,
    number: Option<Exact>,
    date: Option<Timestamp>,
    folded: String,
}

impl Scalar {
    /// The scalar in raw JSON, with all digits of a number. None for null, arrays and objects.
    pub fn from_raw(raw: &RawValue) -> Option<Self> {
        let said = raw.get();
        match said.as_bytes().first()? {
            b'"' => Some(Self::text(serde_json::from_str(said).ok()?)),
            b't' => Some(Self(Key::Flag(true))),
            b'f' => Some(Self(Key::Flag(false))),
            b'n' | b'[' | b'{' => None,
            _ => Exact::parse(said).map(|number| Self(Key::Number(number))),
        }
    }

    pub(super) fn of_value(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(flag) => Some(Self(Key::Flag(*flag))),
            Value::Number(number) => {
                Exact::parse(&number.to_string()).map(|number| Self(Key::Number(number)))
            }
            Value::String(text) => Some(Self::text(text.clone())),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    fn text(text: String) -> Self {
        Self(match instant(&text) {
            Some(instant) => Key::Date(instant),
            None => Key::Text(fold(&text).into(), text.into()),
        })
    }

    /// The kind. In a sorted list, scalars of one kind are adjacent.
    pub fn kind(&self) -> ScalarKind {
        match &self.0 {
            Key::Flag(_) => ScalarKind::Flag,
            Key::Number(_) => ScalarKind::Number,
            Key::Date(_) => ScalarKind::Date,
            Key::Text(..) => ScalarKind::Text,
        }
    }

    /// Compares with the value of a query. None if the value is not of the same kind. Text is compared without regard
    /// to case. In a sorted list, within one kind, lesser scalars come first and greater ones last.
    pub fn beside(&self, literal: &QueryValue) -> Option<Ordering> {
        match &self.0 {
            Key::Flag(flag) => literal.flag.map(|other| flag.cmp(&other)),
            Key::Number(number) => literal.number.as_ref().map(|other| number.cmp(other)),
            Key::Date(date) => literal.date.map(|other| date.cmp(&other)),
            Key::Text(folded, _) => Some((**folded).cmp(&literal.folded)),
        }
    }
}

impl QueryValue {
    /// Parses a value of a query.
    pub fn parse(value: &str) -> Self {
        let is = |word: &str| value.eq_ignore_ascii_case(word);
        let flag = if is("true") { Some(true) } else { is("false").then_some(false) };
        Self { flag, number: Exact::parse(value), date: instant(value), folded: fold(value) }
    }

    /// The value in lower case, which `~` searches for in [`folded`].
    pub fn folded(&self) -> &str {
        &self.folded
    }
}

/// The text that `~` searches: that of a text or date, in lower case.
pub fn folded(raw: &RawValue) -> Option<String> {
    raw.get()
        .starts_with('"')
        .then(|| serde_json::from_str::<String>(raw.get()).ok())
        .flatten()
        .map(|it| fold(&it))
}
