//! Why a connection needs attention: one table of what is seen, the cause, who has to act, and what to do.
//!
//! The table has only causes that the API can tell apart. Where it cannot, one cause names all of them.

use core::ops::RangeInclusive;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::active_error;
use crate::{
    expiry::{Clock, Estimate},
    model::{Connection, ConnectionStatus, DataConnectionError},
};

/// Why a connection needs attention. Alerts, menus, the tray and the interface take from here who has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Trouble {
    /// Deauthorized by the customer or the platform. Alerts of earlier versions call it "access".
    #[serde(alias = "access")]
    Withdrawn,
    /// Deauthorized at the end of the customer's consent.
    ConsentEnded,
    /// Deauthorized after too long a time without a read.
    Idle,
    /// Linked, but the platform rejects the credentials.
    Credentials,
    /// Linked, but the customer's user lacks rights at the platform.
    Permission,
    /// Unlinked by someone else.
    Unlinked,
    /// Linked, but the platform does not answer or answers with an error of its own.
    Outage,
    /// Linked, but the platform rejects the request that Codat sent.
    Request,
    /// Linked, with an error of another kind.
    Error,
    /// Deleted by someone else.
    Deleted,
}

/// Who has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Actor {
    /// The customer, with the Link URL.
    Customer,
    /// The platform. Sending the Link URL does not help.
    Platform,
    /// The analyst. The error says what to do.
    We,
}

/// What is seen of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// Deauthorized after the end of a consent, and not read since that end.
    DeauthorizedAfterConsent,
    /// Deauthorized after the end of an idle clock.
    DeauthorizedAfterIdle,
    /// Deauthorized.
    Deauthorized,
    /// Unlinked.
    Unlinked,
    /// Linked, with an active error of one of these HTTP statuses.
    LinkedWithCode(&'static [RangeInclusive<u16>]),
    /// Linked, with any active error.
    LinkedWithError,
    /// The API does not return it.
    Gone,
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CauseRule {
    /// What is seen.
    pub seen: Seen,
    /// The cause.
    pub trouble: Trouble,
    /// Who has to act.
    pub actor: Actor,
    /// What happened. The name of the platform comes before it.
    pub happened: &'static str,
    /// The cause, in one sentence.
    pub meaning: &'static str,
    /// What to do, in one sentence.
    pub to_do: &'static str,
    /// The sections of the reference of the API that say so.
    pub source: &'static str,
}

const RECONNECT: &str = "needs to be reconnected";
const SEND_LINK: &str = "Send the customer the reconnect link.";

const UNAUTHORIZED: &[RangeInclusive<u16>] = &[401..=401];
const FORBIDDEN: &[RangeInclusive<u16>] = &[403..=403];
/// 408 and 429 are temporary, like a failure of the platform.
const FAILURE: &[RangeInclusive<u16>] = &[408..=408, 429..=429, 500..=599];
const REJECTED: &[RangeInclusive<u16>] = &[400..=499];

/// The table. The first line that matches is the cause.
pub static CAUSES: [CauseRule; 10] = [
    CauseRule {
        seen: Seen::DeauthorizedAfterConsent,
        trouble: Trouble::ConsentEnded,
        actor: Actor::Customer,
        happened: RECONNECT,
        meaning: "The customer’s consent ended.",
        to_do: SEND_LINK,
        source: "§3.1 (token expired), §4.1 (consent every 90 days)",
    },
    CauseRule {
        seen: Seen::DeauthorizedAfterIdle,
        trouble: Trouble::Idle,
        actor: Actor::Customer,
        happened: RECONNECT,
        meaning: "It wasn’t synced for too long, so its access ended.",
        to_do: SEND_LINK,
        source: "§3.1 (token expired), §4.1 (de-authorization after inactivity)",
    },
    CauseRule {
        seen: Seen::Deauthorized,
        trouble: Trouble::Withdrawn,
        actor: Actor::Customer,
        happened: RECONNECT,
        meaning: "The customer or the platform ended the access, or it expired.",
        to_do: SEND_LINK,
        source: "§3.1 (customer revoked, token expired, connector uninstalled)",
    },
    CauseRule {
        seen: Seen::Unlinked,
        trouble: Trouble::Unlinked,
        actor: Actor::Customer,
        happened: "was unlinked",
        meaning: "A colleague unlinked it, or the customer did in Link.",
        to_do: "If you still need it, send the customer the reconnect link.",
        source: "§1.5 (manage connections in Link), §3.1 (PATCH, Portal, Connections SDK)",
    },
    CauseRule {
        seen: Seen::LinkedWithCode(UNAUTHORIZED),
        trouble: Trouble::Credentials,
        actor: Actor::Customer,
        happened: RECONNECT,
        meaning: "The platform rejects the customer’s login, for example after a new password.",
        to_do: SEND_LINK,
        source: "§3.2 (AuthError: credentials invalid; needs re-link)",
    },
    CauseRule {
        seen: Seen::LinkedWithCode(FORBIDDEN),
        trouble: Trouble::Permission,
        actor: Actor::Customer,
        happened: "denies access",
        meaning: "The customer’s user lacks rights at the platform.",
        to_do: "Send the reconnect link to a user with more rights.",
        source: "§3.2 (PermissionsError: missing rights)",
    },
    CauseRule {
        seen: Seen::LinkedWithCode(FAILURE),
        trouble: Trouble::Outage,
        actor: Actor::Platform,
        happened: "doesn’t respond",
        meaning: "The platform has an outage or limits requests.",
        to_do: "Nothing to send. Codat tries again.",
        source: "§2.8 (statusCode of an error), §4 (Codat pauses and retries)",
    },
    CauseRule {
        seen: Seen::LinkedWithCode(REJECTED),
        trouble: Trouble::Request,
        actor: Actor::We,
        happened: "reports an error",
        meaning: "The platform rejects Codat’s request.",
        to_do: "Read the error and report it to Codat. A new link may not help.",
        source: "§2.8 (statusCode of an error), §3.2 (FetchError)",
    },
    CauseRule {
        seen: Seen::LinkedWithError,
        trouble: Trouble::Error,
        actor: Actor::We,
        happened: "reports an error",
        meaning: "Codat reports an error that isn’t an HTTP status.",
        to_do: "Read the error in the company. A new link may not help.",
        source: "§1.3 (a connection with an active error), §2.8",
    },
    CauseRule {
        seen: Seen::Gone,
        trouble: Trouble::Deleted,
        actor: Actor::We,
        happened: "was deleted",
        meaning: "A colleague deleted it at Codat. Nobody can restore it.",
        to_do: "If you still need it, send the customer the company link.",
        source: "§1.5 (delete is not reversible), §2.8 (404), §3.1 (gone)",
    },
];

/// A cause and the facts that it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding<'a> {
    /// The line of the table.
    pub rule: &'static CauseRule,
    /// The newest active error.
    pub error: Option<&'a DataConnectionError>,
    /// The end of its access, if that is the cause.
    pub ended: Option<Estimate>,
}

impl Trouble {
    /// Its line in the table.
    pub fn rule(self) -> &'static CauseRule {
        // A test demands a line for each cause, so the last one never stands in for another.
        let [.., last] = &CAUSES;
        CAUSES.iter().find(|rule| rule.trouble == self).unwrap_or(last)
    }

    /// Who has to act.
    pub fn actor(self) -> Actor {
        self.rule().actor
    }

    /// The cause that stands for this one where the user chooses among kinds.
    #[must_use]
    pub fn kind(self) -> Self {
        match self {
            Self::Withdrawn | Self::ConsentEnded | Self::Idle | Self::Credentials | Self::Permission => {
                Self::Withdrawn
            }
            Self::Unlinked | Self::Deleted => Self::Unlinked,
            Self::Outage => Self::Outage,
            Self::Request | Self::Error => Self::Error,
        }
    }
}

/// Why a connection needs attention, if it does. Is `Some` exactly if its color is red or gray.
pub fn trouble(connection: &Connection) -> Option<Trouble> {
    find_cause(connection, None).map(|found| found.rule.trouble)
}

/// Why a connection needs attention, if it does. `access`: when its access was expected to end.
pub fn find_cause(connection: &Connection, access: Option<Estimate>) -> Option<Finding<'_>> {
    let error = active_error(connection);
    let ended = access.filter(|access| has_ended(connection, error, *access));
    let rule = CAUSES.iter().find(|rule| is_seen(&rule.seen, connection, error, ended))?;
    let is_end = matches!(rule.seen, Seen::DeauthorizedAfterConsent | Seen::DeauthorizedAfterIdle);
    Some(Finding { rule, error, ended: ended.filter(|_| is_end) })
}

fn is_seen(
    seen: &Seen,
    connection: &Connection,
    error: Option<&DataConnectionError>,
    ended: Option<Estimate>,
) -> bool {
    let is_deauthorized = connection.status == ConnectionStatus::Deauthorized;
    let linked_error = error.filter(|_| connection.status == ConnectionStatus::Linked);
    let clock = ended.map(|ended| ended.clock);
    match seen {
        Seen::DeauthorizedAfterConsent => is_deauthorized && matches!(clock, Some(Clock::Consent(_))),
        Seen::DeauthorizedAfterIdle => is_deauthorized && matches!(clock, Some(Clock::Idle(_))),
        Seen::Deauthorized => is_deauthorized,
        Seen::Unlinked => connection.status == ConnectionStatus::Unlinked,
        Seen::LinkedWithCode(codes) => {
            linked_error.and_then(http_status).is_some_and(|it| codes.iter().any(|codes| codes.contains(&it)))
        }
        Seen::LinkedWithError => linked_error.is_some(),
        Seen::Gone => false,
    }
}

fn http_status(error: &DataConnectionError) -> Option<u16> {
    error.status_code.trim().parse().ok()
}

/// Clocks count whole days, and the error may be reported a few hours before the end of the last one.
const TOLERANCE: SignedDuration = SignedDuration::from_hours(24);

/// Whether access ended at its expected end or was found to have ended at the next read, which is later. A successful
/// read after the expected end disproves it. Without the time of the error nothing is known.
fn has_ended(connection: &Connection, error: Option<&DataConnectionError>, access: Estimate) -> bool {
    let is_read_later = connection.last_sync.is_some_and(|read| read > access.expires);
    let lost = error.and_then(|error| error.errored_on_utc).filter(|at| *at != Timestamp::MAX);
    lost.is_some_and(|at| access.expires.duration_since(at) <= TOLERANCE) && !is_read_later
}
