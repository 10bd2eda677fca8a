//! A store of JSON documents by kind and key: settings, webhook consumers, files. The module that uses a kind
//! defines its type.

use std::{collections::BTreeMap, ops::Bound};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// The kind of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Shelf {
    /// Allowed origins of embedded Link (§2.9).
    Cors,
    /// Configurations of supplemental data, by integration and type (§2.18).
    Supplemental,
    /// Configurations of custom data types, by integration and identifier (§2.18).
    Custom,
    /// The last requested read of custom data, by connection and identifier.
    CustomRead,
    /// Webhook consumers, by number (§2.15).
    Consumer,
    /// The number of the last Zapier key (§2.15).
    Zapier,
    /// Uploaded files, by company and number (§2.17).
    File,
    /// Webhook messages, by number (§7).
    Message,
    /// Up to when events were converted to messages.
    Posted,
    /// Outages of platforms, by number.
    Outage,
    /// The number of the last created consumer. Numbers are not reused.
    LastConsumer,
}

impl Shelf {
    const ALL: [Self; 11] = [
        Self::Cors,
        Self::Supplemental,
        Self::Custom,
        Self::CustomRead,
        Self::Consumer,
        Self::Zapier,
        Self::File,
        Self::Message,
        Self::Posted,
        Self::Outage,
        Self::LastConsumer,
    ];

    /// The name in the database.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Cors => "cors",
            Self::Supplemental => "supplemental",
            Self::Custom => "custom",
            Self::CustomRead => "customRead",
            Self::Consumer => "consumer",
            Self::Zapier => "zapier",
            Self::File => "file",
            Self::Message => "message",
            Self::Posted => "posted",
            Self::Outage => "outage",
            Self::LastConsumer => "lastConsumer",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shelf| shelf.name() == name)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Shelves(BTreeMap<(Shelf, String), Value>);

impl Shelves {
    /// Stores a document, or removes it.
    pub(crate) fn put(&mut self, shelf: Shelf, key: String, thing: Option<Value>) {
        match thing {
            Some(thing) => self.0.insert((shelf, key), thing),
            None => self.0.remove(&(shelf, key)),
        };
    }

    /// None if it is missing or cannot be parsed.
    pub(crate) fn get<T: DeserializeOwned>(&self, shelf: Shelf, key: &str) -> Option<T> {
        self.0.get(&(shelf, key.to_owned())).and_then(|thing| T::deserialize(thing).ok())
    }

    /// The documents of a kind whose keys start with `prefix`, ordered by key.
    pub(crate) fn of<T: DeserializeOwned>(
        &self,
        shelf: Shelf,
        prefix: &str,
    ) -> impl Iterator<Item = (&str, T)> {
        let from = (shelf, prefix.to_owned());
        let range = self.0.range((Bound::Included(from), Bound::Unbounded));
        let prefix = prefix.to_owned();
        range
            .take_while(move |((of, key), _)| *of == shelf && key.starts_with(&prefix))
            .filter_map(|((_, key), thing)| Some((key.as_str(), T::deserialize(thing).ok()?)))
    }

    /// The last key of a kind that starts with `prefix`.
    pub(crate) fn last(&self, shelf: Shelf, prefix: &str) -> Option<&str> {
        let range = self.0.range((Bound::Included((shelf, prefix.to_owned())), Bound::Unbounded));
        let keys = range.map(|((of, key), _)| (of, key.as_str()));
        keys.take_while(|(of, key)| **of == shelf && key.starts_with(prefix)).map(|(_, key)| key).last()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (Shelf, &str, &Value)> {
        self.0.iter().map(|((shelf, key), thing)| (*shelf, key.as_str(), thing))
    }
}
