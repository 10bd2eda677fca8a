//! JSON with exact numbers and without null.

use codat::amount::Amount;
use jiff::civil::Date;
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::money::Money;

/// A JSON value. Missing fields are omitted, so there is no null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// Fields in the order of the output.
    Object(Vec<(&'static str, Json)>),
    /// An array.
    Array(Vec<Json>),
    /// A string.
    Text(String),
    /// A number with all its digits.
    Number(Amount),
    /// A boolean.
    Bool(bool),
}

impl Json {
    /// An empty object.
    pub(crate) fn object() -> Self {
        Self::Object(Vec::new())
    }

    /// Adds a field.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Self>) -> Self {
        if let Self::Object(fields) = &mut self {
            fields.push((name, value.into()));
        }
        self
    }

    /// Adds a field if there is a value.
    pub(crate) fn maybe(self, name: &'static str, value: Option<impl Into<Self>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The value of an object's field.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(fields) => fields.iter().find(|(field, _)| *field == name).map(|(_, value)| value),
            Self::Array(_) | Self::Text(_) | Self::Number(_) | Self::Bool(_) => None,
        }
    }

    /// The value of a string.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Object(_) | Self::Array(_) | Self::Number(_) | Self::Bool(_) => None,
        }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Json {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<bool> for Json {
    fn from(yes: bool) -> Self {
        Self::Bool(yes)
    }
}

impl From<Money> for Json {
    fn from(money: Money) -> Self {
        Self::Number(money.amount())
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Self {
        Self::Number(Amount::from(rust_decimal::Decimal::from(number)))
    }
}

impl From<Date> for Json {
    /// Midnight without a time zone, as accounting software dates documents.
    fn from(date: Date) -> Self {
        Self::Text(format!("{date}T00:00:00"))
    }
}

impl From<Vec<Self>> for Json {
    fn from(all: Vec<Self>) -> Self {
        Self::Array(all)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Object(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
            Self::Array(all) => serializer.collect_seq(all),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => number.serialize(serializer),
            Self::Bool(yes) => serializer.serialize_bool(*yes),
        }
    }
}
