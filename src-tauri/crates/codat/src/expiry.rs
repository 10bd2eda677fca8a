//! When a connection may expire (§4.1): clocks that run while nothing is read, and consents that end by themselves.
//!
//! Which integration has which clock is a table, [`Clocks`]: ours to begin with, the person's to change. What
//! follows from it for a connection is an [`Estimate`], which says what it rests on.

mod table;

pub use table::{Clocks, MOST_DAYS, Rule, TableError};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::datetime;

/// What ends a connection's access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind", content = "days")]
pub enum Clock {
    /// So many days without a read.
    Idle(u16),
    /// So many days after consent, whatever is read.
    Consent(u16),
}

/// The longest before its end that an idle clock is seen to; of a short clock it is a third.
const IDLE_LEAD_DAYS: u16 = 10;

/// How long before its end a consent is warned of, in days: first, and for the last time.
pub const CONSENT_WARNINGS_DAYS: [i64; 2] = [14, 3];

/// So much sooner a warning is due, so that one who looks now and then is not late.
const WARNING_MARGIN: SignedDuration = SignedDuration::from_hours(6);

/// When the next warning of a consent's end is due, after `now`; nothing after the last.
pub fn next_warning(expires: Timestamp, now: Timestamp) -> Option<Timestamp> {
    CONSENT_WARNINGS_DAYS.into_iter().map(|days| warning(expires, days)).find(|due| *due > now)
}

fn warning(expires: Timestamp, days: i64) -> Timestamp {
    expires.checked_sub(SignedDuration::from_hours(24 * days) + WARNING_MARGIN).unwrap_or(Timestamp::MIN)
}

impl Clock {
    /// How long it runs, in days.
    pub fn days(self) -> u16 {
        match self {
            Self::Idle(days) | Self::Consent(days) => days,
        }
    }

    /// When something is to be done about an end at `expires`: a read that starts an idle clock again, early
    /// enough that it can fail a few times; the first warning of a consent.
    pub fn due(self, expires: Timestamp) -> Timestamp {
        match self {
            Self::Idle(days) => {
                let lead = days_long(IDLE_LEAD_DAYS).min(days_long(days) / 3);
                expires.checked_sub(lead).unwrap_or(Timestamp::MIN)
            }
            Self::Consent(_) => warning(expires, CONSENT_WARNINGS_DAYS[0]),
        }
    }
}

/// From what a clock is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Basis {
    /// The newest successful read.
    LastRead,
    /// When the connection was last seen to be linked, or linked again.
    Linked,
    /// The connection's creation: nothing later is known.
    Created,
}

/// When a connection may expire, and why it is thought so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// When.
    pub expires: Timestamp,
    /// By which clock.
    pub clock: Clock,
    /// From when it is counted.
    pub since: Timestamp,
    /// What happened then.
    pub basis: Basis,
}

/// When access to a linked connection was used or given, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// When the connection was created.
    pub created: Timestamp,
    /// The newest successful read.
    pub last_read: Option<Timestamp>,
    /// The newest time that it was seen to become linked, where it was seen: a consent and the life of a token
    /// begin anew with it. The API does not tell it.
    pub linked: Option<Timestamp>,
}

/// When a linked connection may expire by this clock; nothing where that is beyond all time, or where it is not
/// known since when.
pub fn estimate(clock: Clock, used: Used) -> Option<Estimate> {
    let begun = used.linked.map_or((used.created, Basis::Created), |at| (at, Basis::Linked));
    let (since, basis) = match (clock, used.last_read) {
        (Clock::Idle(_), Some(read)) if used.linked.is_none_or(|linked| linked <= read) => {
            (read, Basis::LastRead)
        }
        (Clock::Idle(_) | Clock::Consent(_), _) => begun,
    };
    if since == datetime::UNKNOWN {
        return None;
    }
    let expires = since.checked_add(days_long(clock.days())).ok()?;
    Some(Estimate { expires, clock, since, basis })
}

fn days_long(days: u16) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(days))
}
