//! A store of JSON documents by kind and key: settings, webhook consumers, files. The module that uses a kind
//! defines its type.

use std::{collections::BTreeMap, ops::Bound};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// The kind of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum DocumentKind {
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
    #[serde(rename = "posted")]
    DeliveryProgress,
    /// Outages of platforms, by number.
    Outage,
    /// The number of the last created consumer. Numbers are not reused.
    LastConsumer,
}

impl DocumentKind {
    const ALL: [Self; 11] = [
        Self::Cors,
        Self::Supplemental,
        Self::Custom,
        Self::CustomRead,
        Self::Consumer,
        Self::Zapier,
        Self::File,
        Self::Message,
        Self::DeliveryProgress,
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
            Self::DeliveryProgress => "posted",
            Self::Outage => "outage",
            Self::LastConsumer => "lastConsumer",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

#[derive(Debug, Default)]
pub(crate) struct DocumentStore(BTreeMap<(DocumentKind, String), Value>);

impl DocumentStore {
    /// Stores a document, or removes it.
    pub(crate) fn put(&mut self, kind: DocumentKind, key: String, value: Option<Value>) {
        match value {
            Some(value) => self.0.insert((kind, key), value),
            None => self.0.remove(&(kind, key)),
        };
    }

    /// None if it is missing or cannot be parsed.
    pub(crate) fn get<T: DeserializeOwned>(&self, kind: DocumentKind, key: &str) -> Option<T> {
        self.0.get(&(kind, key.to_owned())).and_then(|value| T::deserialize(value).ok())
    }

    /// The documents of a kind whose keys start with `prefix`, ordered by key.
    pub(crate) fn with_prefix<T: DeserializeOwned>(
        &self,
        kind: DocumentKind,
        prefix: &str,
    ) -> impl Iterator<Item = (&str, T)> {
        let from = (kind, prefix.to_owned());
        let range = self.0.range((Bound::Included(from), Bound::Unbounded));
        let prefix = prefix.to_owned();
        range
            .take_while(move |((with_prefix, key), _)| *with_prefix == kind && key.starts_with(&prefix))
            .filter_map(|((_, key), value)| Some((key.as_str(), T::deserialize(value).ok()?)))
    }

    /// The last key of a kind that starts with `prefix`.
    pub(crate) fn last_key(&self, kind: DocumentKind, prefix: &str) -> Option<&str> {
        let range = self.0.range((Bound::Included((kind, prefix.to_owned())), Bound::Unbounded));
        let keys = range.map(|((with_prefix, key), _)| (with_prefix, key.as_str()));
        keys.take_while(|(with_prefix, key)| **with_prefix == kind && key.starts_with(prefix))
            .map(|(_, key)| key)
            .last()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (DocumentKind, &str, &Value)> {
        self.0.iter().map(|((kind, key), value)| (*kind, key.as_str(), value))
    }
}
