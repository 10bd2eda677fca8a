//! A connection in outline: what a table of companies says of it, in ages before the world was made.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{
    record::{CompanyRecord, ConnectionRecord, ErrorRecord, ErrorState, Status},
    seed::Dice,
};

/// An age in minutes.
pub(crate) type Age = u32;

/// An age of `n` minutes.
pub(crate) const fn minutes(n: u32) -> Age {
    n
}

/// An age of `n` hours.
pub(crate) const fn hours(n: u32) -> Age {
    n * 60
}

/// An age of `n` days.
pub(crate) const fn days(n: u32) -> Age {
    n * 24 * 60
}

/// A connection in outline.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// The integration's key.
    pub(crate) key: &'static str,
    /// When it was last read well; none: never.
    pub(crate) read: Option<Age>,
    /// When it was made; none: with the company.
    pub(crate) made: Option<Age>,
    /// Where it stands, and why.
    pub(crate) look: Look,
}

/// Where a connection stands, and why.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Look {
    /// Linked, nothing said against it.
    Linked,
    /// Not yet authorized.
    Pending,
    /// Not authorized: the customer turned back.
    Cancelled(Age),
    /// Unlinked on purpose.
    Unlinked,
    /// Access was withdrawn.
    Deauthorized(Age),
    /// Linked, with an error that stands.
    Failing(Age),
    /// Linked, with an error that is over: when it happened, when it was over.
    Healed(Age, Age),
    /// Linked, with an error of which nothing is said.
    Unsaid(Age),
}

impl Look {
    /// The connection's status.
    pub(crate) fn status(self) -> Status {
        match self {
            Self::Linked | Self::Failing(_) | Self::Healed(..) | Self::Unsaid(_) => Status::Linked,
            Self::Pending | Self::Cancelled(_) => Status::PendingAuth,
            Self::Unlinked => Status::Unlinked,
            Self::Deauthorized(_) => Status::Deauthorized,
        }
    }

    fn errors(self, at: impl Fn(Age) -> Timestamp) -> Vec<ErrorRecord> {
        match self {
            Self::Linked | Self::Pending | Self::Unlinked => vec![],
            Self::Cancelled(age) => vec![ErrorRecord::cancelled(at(age))],
            Self::Deauthorized(age) => vec![ErrorRecord::withdrawn(at(age))],
            Self::Failing(age) => vec![ErrorRecord::new(
                "503",
                "Service Unavailable",
                "The platform did not answer. The read will be tried again.",
                at(age),
                ErrorState::Active,
            )],
            Self::Healed(age, over) => vec![ErrorRecord::new(
                "429",
                "Too Many Requests",
                "The platform limits how often it can be read.",
                at(age),
                ErrorState::Resolved(at(over)),
            )],
            Self::Unsaid(age) => vec![ErrorRecord::new(
                "403",
                "Forbidden",
                "The connected user lacks the rights to read this data.",
                at(age),
                ErrorState::Unsaid,
            )],
        }
    }
}

/// The connections of a company made at `created`, as outlined by `plans`.
pub(crate) fn connections(
    company: Uuid,
    created: Timestamp,
    born: Timestamp,
    plans: &[Plan],
) -> Vec<ConnectionRecord> {
    (0_u32..)
        .zip(plans)
        .map(|(n, plan)| {
            let id = CompanyRecord::connection_id(company, n);
            let mut dice = Dice::of(id);
            let shift = SignedDuration::new(
                i64::from(dice.below(50)),
                i32::try_from(dice.below(10_000_000)).unwrap_or(0) * 100,
            );
            let at = |age: Age| before(born, span(age) + shift);
            let made = match plan.made {
                Some(age) => at(age),
                None => {
                    after(created, SignedDuration::from_secs(90 + 120 * i64::from(n))).min(at(minutes(1)))
                }
            };
            ConnectionRecord {
                id,
                key: plan.key.to_owned(),
                status: plan.look.status(),
                created: made,
                last_sync: plan.read.map(at),
                errors: plan.look.errors(at),
            }
        })
        .collect()
}

/// The instant so much before another.
pub(crate) fn before(instant: Timestamp, span: SignedDuration) -> Timestamp {
    instant.checked_sub(span).unwrap_or(instant)
}

/// An age as a duration.
pub(crate) fn span(age: Age) -> SignedDuration {
    SignedDuration::from_mins(i64::from(age))
}

fn after(instant: Timestamp, span: SignedDuration) -> Timestamp {
    instant.checked_add(span).unwrap_or(instant)
}
