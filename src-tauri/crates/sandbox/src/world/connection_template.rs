//! Compact descriptions of connections, with ages relative to the world's start.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{
    integration::{self, Availability},
    read::{self, ExpiryRule},
    read_outcome::ReadScenario,
    record::{CompanyRecord, ConnectionRecord, ErrorRecord, ErrorState, Period, Status},
    seed::Rng,
};

/// In minutes.
pub(crate) type Age = u32;

pub(crate) const fn minutes(n: u32) -> Age {
    n
}

pub(crate) const fn hours(n: u32) -> Age {
    n * 60
}

pub(crate) const fn days(n: u32) -> Age {
    n * 24 * 60
}

/// A compact description of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ConnectionTemplate {
    pub(crate) key: &'static str,
    /// The last successful read. None: never read.
    pub(crate) read: Option<Age>,
    /// None: created with the company.
    pub(crate) made: Option<Age>,
    /// The status with its errors.
    pub(crate) appearance: Appearance,
    /// The behavior of the reads.
    pub(crate) read_pattern: ReadPattern,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadPattern {
    Normal,
    Troubled,
    Limited,
    Revoked,
    Busy,
}

/// The status of a connection with its errors.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Appearance {
    /// Linked without errors.
    Linked,
    Pending,
    /// Not authorized, because the customer cancelled.
    Cancelled(Age),
    /// Unlinked by request.
    Unlinked,
    /// The access was withdrawn.
    Deauthorized(Age),
    /// Linked, with an active error.
    Failing(Age),
    /// Linked, with a resolved error: when it occurred and when it was resolved.
    Recovered(Age, Age),
    /// Linked, with an error without a status.
    UnspecifiedError(Age),
}

impl Appearance {
    pub(crate) fn status(self) -> Status {
        match self {
            Self::Linked | Self::Failing(_) | Self::Recovered(..) | Self::UnspecifiedError(_) => {
                Status::Linked
            }
            Self::Pending | Self::Cancelled(_) => Status::PendingAuth,
            Self::Unlinked => Status::Unlinked,
            Self::Deauthorized(_) => Status::Deauthorized,
        }
    }

    fn errors(self, at: impl Fn(Age) -> Timestamp) -> Vec<ErrorRecord> {
        match self {
            Self::Linked | Self::Pending | Self::Unlinked => Vec::new(),
            Self::Cancelled(age) => vec![ErrorRecord::cancelled(at(age))],
            Self::Deauthorized(age) => vec![ErrorRecord::withdrawn(at(age))],
            Self::Failing(age) => vec![ErrorRecord::new(
                "503",
                "Service Unavailable",
                "The platform did not answer. Codat will try again.",
                at(age),
                ErrorState::Active,
            )],
            Self::Recovered(age, over) => vec![ErrorRecord::new(
                "429",
                "Too Many Requests",
                "The platform limits how often Codat can sync.",
                at(age),
                ErrorState::Resolved(at(over)),
            )],
            Self::UnspecifiedError(age) => vec![ErrorRecord::new(
                "403",
                "Forbidden",
                "The connected user lacks the rights to read this data.",
                at(age),
                ErrorState::Unspecified,
            )],
        }
    }
}

/// The connections of a company that was created at `created`.
pub(crate) fn connections(
    company: Uuid,
    created: Timestamp,
    born: Timestamp,
    plans: &[ConnectionTemplate],
) -> Vec<ConnectionRecord> {
    (0_u32..)
        .zip(plans)
        .map(|(n, plan)| {
            let id = CompanyRecord::connection_id(company, n);
            let mut rng = Rng::from_id(id);
            let shift = SignedDuration::new(
                i64::from(rng.below(50)),
                i32::try_from(rng.below(10_000_000)).unwrap_or(0) * 100,
            );
            let at = |age: Age| before(born, span(age) + shift);
            let made = match plan.made {
                Some(age) => at(age),
                None => {
                    after(created, SignedDuration::from_secs(90 + 120 * i64::from(n))).min(at(minutes(1)))
                }
            };
            let read = plan.read.map(at);
            ConnectionRecord {
                id,
                key: plan.key.to_owned(),
                status: plan.appearance.status(),
                created: made,
                last_sync: read,
                errors: plan.appearance.errors(at),
                periods: plan.period(made, born, read, at).into_iter().collect(),
                scenario: plan.script(born, at),
                is_one_time: false,
            }
        })
        .collect()
}

/// The maximum age of a consent at the world's start, so that none has expired.
const OLDEST_CONSENT: Age = days(88);
/// When a connection without reads was authorized.
const NEVER_READ: Age = days(5);

impl ConnectionTemplate {
    /// The linked period.
    fn period(
        &self,
        made: Timestamp,
        born: Timestamp,
        read: Option<Timestamp>,
        at: impl Fn(Age) -> Timestamp,
    ) -> Option<Period> {
        match self.appearance {
            Appearance::Linked
            | Appearance::Failing(_)
            | Appearance::Recovered(..)
            | Appearance::UnspecifiedError(_) => {
                Some(Period { from: self.authorized(made, at), until: None })
            }
            Appearance::Unlinked => {
                let until = after(read.unwrap_or(made), span(hours(1))).min(born);
                Some(Period { from: made, until: Some(until) })
            }
            Appearance::Deauthorized(age) => Some(Period { from: made, until: Some(at(age)) }),
            Appearance::Pending | Appearance::Cancelled(_) => None,
        }
    }

    /// When a linked connection was last authorized: when it was created, or late enough for its access to be
    /// valid.
    fn authorized(&self, made: Timestamp, at: impl Fn(Age) -> Timestamp) -> Timestamp {
        match (read::expiry_rule(self.key), self.read) {
            (Some(ExpiryRule::Consent(_)), Some(age)) => {
                let oldest = OLDEST_CONSENT.max(age);
                // Distributed by the age of the last read, which is random.
                made.max(at(age + (oldest - age) / 7 * (age % 7 + 1)))
            }
            (Some(_), None) => made.max(at(NEVER_READ)),
            (Some(ExpiryRule::Unused(_)) | None, _) => made,
        }
    }

    fn script(&self, born: Timestamp, at: impl Fn(Age) -> Timestamp) -> Option<ReadScenario> {
        let offline = integration::find(self.key).is_none_or(|it| it.offer == Availability::OnPremises);
        match (self.read_pattern, self.appearance) {
            (ReadPattern::Troubled, _) => Some(ReadScenario::Troubled),
            (ReadPattern::Limited, _) => Some(ReadScenario::Limited(born)),
            (ReadPattern::Revoked, _) => Some(ReadScenario::Revoked),
            (ReadPattern::Busy, _) => Some(ReadScenario::Busy(born)),
            (ReadPattern::Normal, Appearance::Deauthorized(age)) if !offline => {
                Some(ReadScenario::Withdrawn(at(age)))
            }
            (ReadPattern::Normal, _) => None,
        }
    }

    /// The connection does not change before this time. None: it never does.
    pub(crate) fn first_change(&self, born: Timestamp) -> Option<Timestamp> {
        if self.read_pattern != ReadPattern::Normal {
            return Some(Timestamp::MIN);
        }
        if self.appearance.status() != Status::Linked {
            return None;
        }
        let (ExpiryRule::Unused(lasts) | ExpiryRule::Consent(lasts)) = read::expiry_rule(self.key)?;
        let latest = match read::expiry_rule(self.key)? {
            ExpiryRule::Unused(_) => self.read.unwrap_or(NEVER_READ),
            ExpiryRule::Consent(_) => OLDEST_CONSENT.max(self.read.unwrap_or(0)),
        };
        // One minute for the random offset of up to a minute that is added to ages.
        born.checked_add(lasts).ok()?.checked_sub(span(latest + minutes(1))).ok()
    }
}

pub(crate) fn before(instant: Timestamp, span: SignedDuration) -> Timestamp {
    instant.checked_sub(span).unwrap_or(instant)
}

pub(crate) fn span(age: Age) -> SignedDuration {
    SignedDuration::from_mins(i64::from(age))
}

fn after(instant: Timestamp, span: SignedDuration) -> Timestamp {
    instant.checked_add(span).unwrap_or(instant)
}
