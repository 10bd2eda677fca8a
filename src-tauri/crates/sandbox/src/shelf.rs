//! Things that are kept under a key, sorted into shelves: settings, consumers of webhooks, files. What each
//! shelf holds is typed by the module that owns it.

use std::{collections::BTreeMap, ops::Bound};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Where a thing is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Shelf {
    /// Allowed origins of embedded Link (§2.9).
    Cors,
    /// Configurations of supplemental data, by integration and type (§2.18).
    Supplemental,
    /// Configurations of custom data, by integration and identifier (§2.18).
    Custom,
    /// When custom data was last asked for, by connection and identifier.
    CustomRead,
    /// Consumers of webhooks, by identifier (§2.15).
    Consumer,
    /// The key for Zapier (§2.15).
    Zapier,
    /// Uploaded files, by company and number (§2.17).
    File,
    /// Messages to consumers, by number (§7).
    Message,
    /// How far what happened was made into messages.
    Posted,
    /// Outages of platforms, by number.
    Outage,
    /// The number of the consumer that was made last: none is given twice.
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

    /// As it is named in a file.
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

    /// The shelf of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shelf| shelf.name() == name)
    }
}

/// All shelves.
#[derive(Debug, Default)]
pub(crate) struct Shelves(BTreeMap<(Shelf, String), Value>);

impl Shelves {
    /// Keeps a thing, or lets it go.
    pub(crate) fn put(&mut self, shelf: Shelf, key: String, thing: Option<Value>) {
        match thing {
            Some(thing) => self.0.insert((shelf, key), thing),
            None => self.0.remove(&(shelf, key)),
        };
    }

    /// A thing. One that cannot be read is not there.
    pub(crate) fn get<T: DeserializeOwned>(&self, shelf: Shelf, key: &str) -> Option<T> {
        self.0.get(&(shelf, key.to_owned())).and_then(|thing| T::deserialize(thing).ok())
    }

    /// The things of a shelf whose keys begin so, by key.
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

    /// The last key of a shelf that begins so.
    pub(crate) fn last(&self, shelf: Shelf, prefix: &str) -> Option<&str> {
        let range = self.0.range((Bound::Included((shelf, prefix.to_owned())), Bound::Unbounded));
        let keys = range.map(|((of, key), _)| (of, key.as_str()));
        keys.take_while(|(of, key)| **of == shelf && key.starts_with(prefix)).map(|(_, key)| key).last()
    }

    /// Everything.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Shelf, &str, &Value)> {
        self.0.iter().map(|((shelf, key), thing)| (*shelf, key.as_str(), thing))
    }
}
