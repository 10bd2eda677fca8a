//! The members of a record, in the order of the JSON text and as raw JSON.

use core::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// The members of a JSON object. Any other value has none.
#[derive(Debug, Clone, Default)]
pub struct Fields<'r> {
    members: Vec<(String, &'r RawValue)>,
}

impl<'r> Fields<'r> {
    /// Parses a record.
    pub fn parse(raw: &'r RawValue) -> Self {
        serde_json::from_str(raw.get()).unwrap_or_default()
    }

    /// The members, in the order of the JSON text.
    pub fn members(&self) -> impl Iterator<Item = (&str, &'r RawValue)> {
        self.members.iter().map(|(name, value)| (name.as_str(), *value))
    }

    /// The value at a dotted path. None if it is missing or null, or a part of the path is not an object.
    pub fn at(&self, path: &str) -> Option<&'r RawValue> {
        let (name, rest) = match path.split_once('.') {
            Some((name, rest)) => (name, Some(rest)),
            None => (path, None),
        };
        // Of several members with the same name the last counts, as in other JSON parsers.
        let found = self.members.iter().rev().find(|(member, _)| member == name)?.1;
        match rest {
            Some(rest) => Self::parse(found).at(rest),
            None => Some(found).filter(|value| value.get() != "null"),
        }
    }

    /// The scalar at a path as text: strings without quotes, other scalars as in the JSON text.
    pub fn text_at(&self, path: &str) -> Option<String> {
        scalar(self.at(path)?)
    }
}

/// A scalar as text.
pub(super) fn scalar(raw: &RawValue) -> Option<String> {
    match raw.get().as_bytes().first() {
        Some(b'{' | b'[') | None => None,
        Some(b'"') => serde_json::from_str(raw.get()).ok(),
        Some(_) => Some(raw.get().to_owned()),
    }
}

/// The length of an array.
pub(super) fn elements(raw: &RawValue) -> Option<usize> {
    serde_json::from_str::<Vec<IgnoredAny>>(raw.get()).ok().map(|elements| elements.len())
}

impl<'de: 'r, 'r> Deserialize<'de> for Fields<'r> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Fields { members })
    }
}
