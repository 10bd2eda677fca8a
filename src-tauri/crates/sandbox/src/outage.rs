//! Outages of platforms. During an outage, reads and linking fail.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::record::{ErrorRecord, ErrorState};

/// A period in which a platform does not respond.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Outage {
    /// The integration's key.
    #[serde(rename = "outage")]
    pub(crate) platform: String,
    pub(crate) from: Timestamp,
    /// None: until it is ended by request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<Timestamp>,
}

/// All outages by number, including past and future ones.
#[derive(Debug, Default)]
pub(crate) struct Outages(std::collections::BTreeMap<String, Outage>);

impl Outages {
    /// Stores an outage, or removes it.
    pub(crate) fn put(&mut self, key: String, outage: Option<&Value>) {
        match outage.and_then(|it| Outage::deserialize(it).ok()) {
            Some(outage) => self.0.insert(key, outage),
            None => self.0.remove(&key),
        };
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether all outages of a platform have ended. Its connections then no longer depend on the time.
    pub(crate) fn have_ended(&self, platform: &str, now: Timestamp) -> bool {
        self.for_platform(platform).all(|it| it.until.is_some_and(|until| until <= now))
    }

    /// Oldest first.
    pub(crate) fn for_platform<'a>(&'a self, platform: &'a str) -> impl Iterator<Item = &'a Outage> {
        self.0.values().filter(move |it| it.platform == platform)
    }

    pub(crate) fn is_down(&self, platform: &str, now: Timestamp) -> bool {
        self.for_platform(platform).any(|it| it.contains(now))
    }

    /// The error of the linked connections of a platform that is down.
    pub(crate) fn active_error(&self, platform: &str, now: Timestamp) -> Option<ErrorRecord> {
        let outage = self.for_platform(platform).filter(|it| it.contains(now)).min_by_key(|it| it.from)?;
        let message = "The platform did not answer. Codat will try again.";
        Some(ErrorRecord::new("503", "Service Unavailable", message, outage.from, ErrorState::Active))
    }
}

impl Outage {
    pub(crate) fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}
