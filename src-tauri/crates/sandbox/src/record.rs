//! What the emulator keeps of a company. What the API says is made of it by [`crate::wire`].

use std::{borrow::Cow, collections::BTreeMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    integration::{self, Platform},
    read_outcome::Script,
    seed,
};

/// A company's number in its world: the generated ones first, then those made through the API. Never reused.
pub(crate) type Slot = u32;

/// A company, with its connections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CompanyRecord {
    /// Its identifier.
    pub(crate) id: Uuid,
    /// As it is kept: forbidden characters stripped.
    pub(crate) name: String,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    /// When it was made.
    pub(crate) created: Timestamp,
    /// Who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) created_by: Option<String>,
    /// Product slugs.
    #[serde(default)]
    pub(crate) products: Vec<String>,
    /// At most ten.
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
    /// The company it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) parent: Option<Slot>,
    /// The companies that belong to it.
    #[serde(default)]
    pub(crate) subsidiaries: Vec<Slot>,
    /// Its connections, oldest first.
    #[serde(default)]
    pub(crate) connections: Vec<ConnectionRecord>,
    /// How many connections it ever had: the next one's number.
    #[serde(default)]
    pub(crate) connections_made: u32,
}

/// A company's link to one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ConnectionRecord {
    /// Its identifier.
    pub(crate) id: Uuid,
    /// The integration's key.
    pub(crate) key: String,
    /// Where it stands.
    pub(crate) status: Status,
    /// When it was made.
    pub(crate) created: Timestamp,
    /// The newest read that was complete when the world began; later ones are known from the refreshes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_sync: Option<Timestamp>,
    /// What went wrong, oldest first.
    #[serde(default)]
    pub(crate) errors: Vec<ErrorRecord>,
    /// When it was linked, oldest first. Each authorization begins one.
    #[serde(default)]
    pub(crate) periods: Vec<Period>,
    /// How its reads go, where they were designed to go in a way of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) script: Option<Script>,
    /// Whether the customer let it be read once: the access ends with the first reads (§5.3).
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub(crate) is_one_time: bool,
}

/// A time in which a connection is linked, from one authorization on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Period {
    /// When the customer authorized it.
    pub(crate) from: Timestamp,
    /// When it was renewed, unlinked or withdrawn; none: it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<Timestamp>,
}

/// Where a connection stands (§3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Status {
    /// Made, not yet authorized.
    PendingAuth,
    /// Authorized.
    Linked,
    /// Unlinked on purpose.
    Unlinked,
    /// Access was withdrawn or ran out.
    Deauthorized,
}

/// Something that went wrong with a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ErrorRecord {
    /// An HTTP status, as text.
    pub(crate) code: String,
    /// What the source said.
    pub(crate) text: String,
    /// What the API says.
    pub(crate) message: String,
    /// When it happened.
    pub(crate) at: Timestamp,
    /// Whether it passes by itself, and if so whether it has.
    pub(crate) state: ErrorState,
}

/// Whether an error stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ErrorState {
    /// It stands.
    Active,
    /// It was over at that time.
    Resolved(Timestamp),
    /// Nothing is said: the error is not of the passing kind.
    Unsaid,
}

/// The code of an error that withdrew the access.
pub(crate) const WITHDRAWN: &str = "401";

impl CompanyRecord {
    /// The connection with this identifier.
    pub(crate) fn connection(&self, id: Uuid) -> Option<&ConnectionRecord> {
        self.connections.iter().find(|connection| connection.id == id)
    }

    /// The keys and statuses of its connections.
    pub(crate) fn standing(&self) -> impl Iterator<Item = (&str, Status)> {
        self.connections.iter().map(|connection| (connection.key.as_str(), connection.status))
    }

    /// The connection with this identifier, to change it.
    pub(crate) fn connection_mut(&mut self, id: Uuid) -> Option<&mut ConnectionRecord> {
        self.connections.iter_mut().find(|connection| connection.id == id)
    }

    /// The identifier of the company's `n`th connection, counted from 0.
    pub(crate) fn connection_id(company: Uuid, n: u32) -> Uuid {
        seed::named(company, "connection", u64::from(n))
    }

    /// Whether a connection of this platform would be one too many: a company has one active accounting
    /// source and one of bank feeds (§2.8). An unlinked one does not count, nor does `except`.
    pub(crate) fn has_no_room_for(&self, platform: &Platform, except: Option<Uuid>) -> bool {
        platform.one_a_company()
            && self.connections.iter().any(|connection| {
                connection.status != Status::Unlinked
                    && Some(connection.id) != except
                    && connection.platform().is_some_and(|other| other.kind == platform.kind)
            })
    }
}

impl ConnectionRecord {
    /// A new connection, not yet authorized.
    pub(crate) fn pending(id: Uuid, key: &str, now: Timestamp) -> Self {
        Self {
            id,
            key: key.to_owned(),
            status: Status::PendingAuth,
            created: now,
            last_sync: None,
            errors: vec![],
            periods: vec![],
            script: None,
            is_one_time: false,
        }
    }

    /// Its platform; every connection has one of the catalogue.
    pub(crate) fn platform(&self) -> Option<&'static Platform> {
        integration::find(&self.key)
    }

    /// The customer authorized it: what stood against it is over.
    pub(crate) fn link(&mut self, now: Timestamp) {
        self.end_period(now);
        self.periods.push(Period { from: now, until: None });
        self.status = Status::Linked;
        for error in &mut self.errors {
            if error.state == ErrorState::Active {
                error.state = ErrorState::Resolved(now);
            }
        }
    }

    /// Access was withdrawn, or ran out.
    pub(crate) fn deauthorize(&mut self, now: Timestamp) {
        self.end_period(now);
        self.status = Status::Deauthorized;
        self.errors.push(ErrorRecord::withdrawn(now));
    }

    /// The customer withdrew the access at the provider.
    pub(crate) fn revoke(&mut self, now: Timestamp) {
        self.end_period(now);
        self.status = Status::Deauthorized;
        let text = "The customer withdrew the access.";
        self.errors.push(ErrorRecord::new(WITHDRAWN, text, text, now, ErrorState::Active));
    }

    /// It was unlinked on purpose.
    pub(crate) fn unlink(&mut self, now: Timestamp) {
        self.end_period(now);
        self.status = Status::Unlinked;
    }

    /// When it was linked, oldest first; also of a record from before this was taken down.
    pub(crate) fn linked_periods(&self) -> Cow<'_, [Period]> {
        if !self.periods.is_empty() {
            return Cow::Borrowed(&self.periods);
        }
        let withdrawn = self.errors.iter().rev().find(|error| error.code == WITHDRAWN).map(|error| error.at);
        let until = match self.status {
            Status::PendingAuth => return Cow::Borrowed(&[]),
            Status::Linked => None,
            Status::Deauthorized => withdrawn.or(Some(self.created)),
            Status::Unlinked => self.last_sync.or(Some(self.created)),
        };
        Cow::Owned(vec![Period { from: self.created, until }])
    }

    fn end_period(&mut self, now: Timestamp) {
        self.periods = self.linked_periods().into_owned();
        if let Some(last) = self.periods.last_mut().filter(|last| last.until.is_none()) {
            last.until = Some(now);
        }
    }

    /// Whether its access was withdrawn at that instant.
    pub(crate) fn withdrawn_at(&self, instant: Timestamp) -> bool {
        self.errors.iter().any(|error| error.code == WITHDRAWN && error.at == instant)
    }
}

impl ErrorRecord {
    /// The error of a withdrawn access (§2.8).
    pub(crate) fn withdrawn(at: Timestamp) -> Self {
        let text = "The integration de-authorized access to the connection.";
        Self::new(WITHDRAWN, text, text, at, ErrorState::Active)
    }

    /// The error of a customer who turned back (§2.8).
    pub(crate) fn cancelled(at: Timestamp) -> Self {
        Self::new("403", "User cancelled linking", "User cancelled", at, ErrorState::Active)
    }

    /// An error with its texts.
    pub(crate) fn new(code: &str, text: &str, message: &str, at: Timestamp, state: ErrorState) -> Self {
        Self { code: code.to_owned(), text: text.to_owned(), message: message.to_owned(), at, state }
    }
}
