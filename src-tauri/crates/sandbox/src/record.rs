//! The stored records of companies and connections. [`crate::wire`] converts them to the API's JSON.

use std::{borrow::Cow, collections::BTreeMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    integration::{self, Platform},
    read_outcome::ReadScenario,
    seed,
};

/// The number of a company in its world: generated companies first, then created ones. Never reused.
pub(crate) type Slot = u32;

/// A company with its connections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CompanyRecord {
    pub(crate) id: Uuid,
    /// Without the characters that Codat removes.
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    pub(crate) created: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) created_by: Option<String>,
    /// Product identifiers.
    #[serde(default)]
    pub(crate) products: Vec<String>,
    /// At most ten.
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) parent: Option<Slot>,
    #[serde(default)]
    pub(crate) subsidiaries: Vec<Slot>,
    /// Oldest first.
    #[serde(default)]
    pub(crate) connections: Vec<ConnectionRecord>,
    /// The number of connections ever created, which is the next one's index.
    #[serde(default)]
    pub(crate) connections_made: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ConnectionRecord {
    pub(crate) id: Uuid,
    pub(crate) key: String,
    pub(crate) status: Status,
    pub(crate) created: Timestamp,
    /// The last successful read before the world's start. Later ones are computed from the refreshes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_sync: Option<Timestamp>,
    /// Oldest first.
    #[serde(default)]
    pub(crate) errors: Vec<ErrorRecord>,
    /// The linked periods, oldest first. Each authorization starts a new one.
    #[serde(default)]
    pub(crate) periods: Vec<Period>,
    /// Special behavior of the reads.
    #[serde(rename = "script", default, skip_serializing_if = "Option::is_none")]
    pub(crate) scenario: Option<ReadScenario>,
    /// The access ends after the first reads (§5.3).
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub(crate) is_one_time: bool,
}

/// A linked period, starting with an authorization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Period {
    pub(crate) from: Timestamp,
    /// Renewed, unlinked or withdrawn. None: still linked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Status {
    /// Created, but not authorized.
    PendingAuth,
    Linked,
    /// Unlinked by request.
    Unlinked,
    /// The access was withdrawn or has expired.
    Deauthorized,
}

/// An error of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ErrorRecord {
    /// An HTTP status.
    pub(crate) code: String,
    /// The source's text.
    pub(crate) text: String,
    /// The API's text.
    pub(crate) message: String,
    pub(crate) at: Timestamp,
    pub(crate) state: ErrorState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ErrorState {
    Active,
    /// Resolved at this time.
    Resolved(Timestamp),
    /// The API reports no status for this error.
    #[serde(rename = "Unsaid")]
    Unspecified,
}

/// The status code of errors that withdraw the access.
pub(crate) const WITHDRAWN_CODE: &str = "401";

impl CompanyRecord {
    pub(crate) fn connection(&self, id: Uuid) -> Option<&ConnectionRecord> {
        self.connections.iter().find(|connection| connection.id == id)
    }

    /// The integration key and the status of each connection.
    pub(crate) fn connection_statuses(&self) -> impl Iterator<Item = (&str, Status)> {
        self.connections.iter().map(|connection| (connection.key.as_str(), connection.status))
    }

    pub(crate) fn connection_mut(&mut self, id: Uuid) -> Option<&mut ConnectionRecord> {
        self.connections.iter_mut().find(|connection| connection.id == id)
    }

    /// The ID of the company's `n`th connection, counted from 0.
    pub(crate) fn connection_id(company: Uuid, n: u32) -> Uuid {
        seed::derive_id(company, "connection", u64::from(n))
    }

    /// Whether the company already has an active source of this kind. Only one accounting source and one bank
    /// feed are allowed (§2.8). Unlinked connections and `except` are ignored.
    pub(crate) fn conflicts_with(&self, platform: &Platform, except: Option<Uuid>) -> bool {
        platform.is_exclusive()
            && self.connections.iter().any(|connection| {
                connection.status != Status::Unlinked
                    && Some(connection.id) != except
                    && connection.platform().is_some_and(|other| other.kind == platform.kind)
            })
    }
}

impl ConnectionRecord {
    /// A new connection, not authorized yet.
    pub(crate) fn pending(id: Uuid, key: &str, now: Timestamp) -> Self {
        Self {
            id,
            key: key.to_owned(),
            status: Status::PendingAuth,
            created: now,
            last_sync: None,
            errors: Vec::new(),
            periods: Vec::new(),
            scenario: None,
            is_one_time: false,
        }
    }

    /// Always found: connections are only created for known platforms.
    pub(crate) fn platform(&self) -> Option<&'static Platform> {
        integration::find(&self.key)
    }

    /// The customer authorized it. Active errors are resolved.
    pub(crate) fn link(&mut self, now: Timestamp) {
        self.end_linked_period(now);
        self.periods.push(Period { from: now, until: None });
        self.status = Status::Linked;
        for error in &mut self.errors {
            if error.state == ErrorState::Active {
                error.state = ErrorState::Resolved(now);
            }
        }
    }

    /// The access was withdrawn or has expired.
    pub(crate) fn deauthorize(&mut self, now: Timestamp) {
        self.end_linked_period(now);
        self.status = Status::Deauthorized;
        self.errors.push(ErrorRecord::withdrawn(now));
    }

    /// The customer withdrew the access at the provider.
    pub(crate) fn revoke(&mut self, now: Timestamp) {
        self.end_linked_period(now);
        self.status = Status::Deauthorized;
        let text = "The customer withdrew access.";
        self.errors.push(ErrorRecord::new(WITHDRAWN_CODE, text, text, now, ErrorState::Active));
    }

    /// Unlinked by request.
    pub(crate) fn unlink(&mut self, now: Timestamp) {
        self.end_linked_period(now);
        self.status = Status::Unlinked;
    }

    /// The linked periods, oldest first. Estimated for records from before periods were stored.
    pub(crate) fn linked_periods(&self) -> Cow<'_, [Period]> {
        if !self.periods.is_empty() {
            return Cow::Borrowed(&self.periods);
        }
        let withdrawn =
            self.errors.iter().rev().find(|error| error.code == WITHDRAWN_CODE).map(|error| error.at);
        let until = match self.status {
            Status::PendingAuth => return Cow::Borrowed(&[]),
            Status::Linked => None,
            Status::Deauthorized => withdrawn.or(Some(self.created)),
            Status::Unlinked => self.last_sync.or(Some(self.created)),
        };
        Cow::Owned(vec![Period { from: self.created, until }])
    }

    fn end_linked_period(&mut self, now: Timestamp) {
        self.periods = self.linked_periods().into_owned();
        if let Some(last) = self.periods.last_mut().filter(|last| last.until.is_none()) {
            last.until = Some(now);
        }
    }

    /// Whether the access was withdrawn at this time.
    pub(crate) fn is_withdrawn_at(&self, instant: Timestamp) -> bool {
        self.errors.iter().any(|error| error.code == WITHDRAWN_CODE && error.at == instant)
    }
}

impl ErrorRecord {
    /// The error of withdrawn access (§2.8).
    pub(crate) fn withdrawn(at: Timestamp) -> Self {
        let text = "The integration de-authorized access to the connection.";
        Self::new(WITHDRAWN_CODE, text, text, at, ErrorState::Active)
    }

    /// The error of a cancelled authorization (§2.8).
    pub(crate) fn cancelled(at: Timestamp) -> Self {
        Self::new("403", "User cancelled linking", "User cancelled", at, ErrorState::Active)
    }

    pub(crate) fn new(code: &str, text: &str, message: &str, at: Timestamp, state: ErrorState) -> Self {
        Self { code: code.to_owned(), text: text.to_owned(), message: message.to_owned(), at, state }
    }
}
