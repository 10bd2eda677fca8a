//! Scalars as queries and orders see them, worked out once: for whoever asks many.

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
    /// Without regard to case first, and as it stands where that decides nothing.
    Text(Box<str>, Box<str>),
}

/// What a scalar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScalarKind {
    /// Yes or no.
    Flag,
    /// A number.
    Number,
    /// Text that starts as a date does.
    Date,
    /// Other text.
    Text,
}

/// A bare value of a query, in every way in which it can be read.
#[derive(Debug, Clone)]
pub struct Literal {
    flag: Option<bool>,
    number: Option<Exact>,
    date: Option<Timestamp>,
    folded: String,
}

impl Scalar {
    /// A scalar as it was said, every digit of a number; nothing for null, arrays and objects.
    pub fn of(raw: &RawValue) -> Option<Self> {
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

    /// What it is. In a sorted list, those of a kind stand together.
    pub fn kind(&self) -> ScalarKind {
        match &self.0 {
            Key::Flag(_) => ScalarKind::Flag,
            Key::Number(_) => ScalarKind::Number,
            Key::Date(_) => ScalarKind::Date,
            Key::Text(..) => ScalarKind::Text,
        }
    }

    /// Where it stands beside a query's value; nothing where the value is nothing of its kind. Text is equal
    /// without regard to case. Of a sorted list, those that are less come first among their kind, and those
    /// that are greater last.
    pub fn beside(&self, literal: &Literal) -> Option<Ordering> {
        match &self.0 {
            Key::Flag(flag) => literal.flag.map(|other| flag.cmp(&other)),
            Key::Number(number) => literal.number.as_ref().map(|other| number.cmp(other)),
            Key::Date(date) => literal.date.map(|other| date.cmp(&other)),
            Key::Text(folded, _) => Some((**folded).cmp(&literal.folded)),
        }
    }
}

impl Literal {
    /// A query's value.
    pub fn of(value: &str) -> Self {
        let is = |word: &str| value.eq_ignore_ascii_case(word);
        let flag = if is("true") { Some(true) } else { is("false").then_some(false) };
        Self { flag, number: Exact::parse(value), date: instant(value), folded: fold(value) }
    }

    /// As text without regard to case, which is what `~` looks for in [`folded`].
    pub fn folded(&self) -> &str {
        &self.folded
    }
}

/// The text that `~` looks in: that of a scalar which is text or a date, without regard to case.
pub fn folded(raw: &RawValue) -> Option<String> {
    raw.get()
        .starts_with('"')
        .then(|| serde_json::from_str::<String>(raw.get()).ok())
        .flatten()
        .map(|it| fold(&it))
}
