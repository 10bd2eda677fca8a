//! Webhooks (§7): events, consumers, retries and signatures. Only [`delivery`] does I/O.

pub(crate) mod delivery;
mod event;
mod message;
mod signature;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(crate) use event::{Event, KINDS, change_events, is_event, timeline_events};
pub(crate) use message::{AttemptResult, Message, MessageState};
pub(crate) use signature::sign;

use crate::seed;

/// A webhook consumer (§2.15), with the fields that the API does not send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Consumer {
    pub(crate) id: Uuid,
    /// Counts the consumers of the client.
    pub(crate) number: u64,
    pub(crate) url: String,
    pub(crate) disabled: bool,
    pub(crate) event_types: Vec<String>,
    pub(crate) company_tags: Vec<String>,
    /// `whsec_` and the key in Base64.
    pub(crate) secret: String,
    /// The time of the first failure since the last success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) failing_since: Option<jiff::Timestamp>,
}

impl Consumer {
    /// The key in the document store. It sorts consumers by creation.
    pub(crate) fn key(&self) -> String {
        format!("{:06}", self.number)
    }

    pub(crate) fn new_secret(client: Uuid, number: u64) -> String {
        use base64::Engine as _;
        let bytes = [seed::derive_id(client, "secret", number), seed::derive_id(client, "salt", number)]
            .map(Uuid::into_bytes);
        format!("whsec_{}", base64::prelude::BASE64_STANDARD.encode(bytes.concat()))
    }

    /// Whether the consumer receives the event.
    pub(crate) fn wants(&self, event: &Event) -> bool {
        let tagged =
            || event.tags.iter().any(|(key, value)| self.company_tags.contains(&format!("{key}:{value}")));
        !self.disabled && self.event_types.contains(&event.kind) && (self.company_tags.is_empty() || tagged())
    }
}
