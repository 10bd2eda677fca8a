//! When a connection may expire (§4.1): idle clocks, which restart with each read, and consents, which end
//! regardless.
//!
//! The table [`Clocks`] says which integration has which clock. The app has defaults that the user can change. An
//! [`Estimate`] for a connection includes its basis.

mod table;

pub use table::{Clocks, MOST_DAYS, Rule, TableError};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::datetime;

/// What ends a connection's access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind", content = "days")]
pub enum Clock {
    /// This many days without a read.
    Idle(u16),
    /// This many days after consent, regardless of reads.
    Consent(u16),
}

/// The longest lead time before an idle clock ends. For a short clock it is a third of the clock.
const IDLE_LEAD_DAYS: u16 = 10;

/// How long before the end of a consent warnings are shown, in days: the first and the last.
pub const CONSENT_WARNINGS_DAYS: [i64; 2] = [14, 3];

/// Warnings are due earlier by this much, so that users who look only now and then are not too late.
const WARNING_MARGIN: SignedDuration = SignedDuration::from_hours(6);

/// When the next warning about the end of a consent is due after `now`. None after the last.
pub fn next_warning(expires: Timestamp, now: Timestamp) -> Option<Timestamp> {
    CONSENT_WARNINGS_DAYS.into_iter().map(|days| warning(expires, days)).find(|due| *due > now)
}

fn warning(expires: Timestamp, days: i64) -> Timestamp {
    expires.checked_sub(SignedDuration::from_hours(24 * days) + WARNING_MARGIN).unwrap_or(Timestamp::MIN)
}

impl Clock {
    /// The length of the clock, in days.
    pub fn days(self) -> u16 {
        match self {
            Self::Idle(days) | Self::Consent(days) => days,
        }
    }

    /// When to act on an end at `expires`. For an idle clock: the read that restarts it, early enough that it can
    /// fail a few times. For a consent: the first warning.
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

/// What a clock is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Basis {
    /// The newest successful read.
    LastRead,
    /// The time the connection was last seen to be linked or linked again.
    Linked,
    /// The connection's creation, if nothing later is known.
    Created,
}

/// When a connection may expire, and the basis of the estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// The end.
    pub expires: Timestamp,
    /// The clock that ends.
    pub clock: Clock,
    /// The time the clock is counted from.
    pub since: Timestamp,
    /// The event at that time.
    pub basis: Basis,
}

/// When a linked connection was read or authorized, as far as known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// The creation of the connection.
    pub created: Timestamp,
    /// The newest successful read.
    pub last_read: Option<Timestamp>,
    /// The newest time at which the connection was seen to become linked. A consent and the life of a token restart
    /// with it. The API does not report it.
    pub linked: Option<Timestamp>,
}

/// When a linked connection may expire by this clock. None if the start is not known or the end is not representable.
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
