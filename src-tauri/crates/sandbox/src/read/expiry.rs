//! Expiry of access (§4.1): unused tokens, consents that are not renewed, and withdrawals that a read
//! detects. The expiry is computed from earlier events; nothing runs at that moment.

use jiff::{SignedDuration, Timestamp};

use super::{
    dataset::{Dataset, after},
    series::{LinkedSpan, Series},
};
use crate::read_outcome::ReadOutcome;

const fn days(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n * 24)
}

/// When the access to a platform expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExpiryRule {
    /// This long after the last use.
    Unused(SignedDuration),
    /// This long after the customer's consent.
    Consent(SignedDuration),
}

/// The rule of the platform with this key (§4.1). None: no expiry.
pub(crate) fn expiry_rule(key: &str) -> Option<ExpiryRule> {
    match key {
        "gbol" => Some(ExpiryRule::Unused(days(60))),
        "qhyg" | "ndsk" => Some(ExpiryRule::Unused(days(100))),
        "jcrp" => Some(ExpiryRule::Unused(days(90))),
        "tgff" | "knfz" => Some(ExpiryRule::Unused(days(30))),
        "suuo" | "upvr" => Some(ExpiryRule::Consent(days(90))),
        _ => None,
    }
}

/// Whether the access has expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expiry {
    /// At this time.
    At(Timestamp),
    /// Not before this time.
    NotBefore(Timestamp),
    /// No expiry.
    Never,
}

impl Expiry {
    /// Adds another end of the access.
    pub(super) fn or_ends_at(self, end: Timestamp, now: Timestamp) -> Self {
        match self {
            Self::At(at) => Self::At(at.min(end)),
            Self::NotBefore(_) | Self::Never if end <= now => Self::At(end),
            Self::NotBefore(at) => Self::NotBefore(at.min(end)),
            Self::Never => Self::NotBefore(end),
        }
    }
}

/// Whether the access expires in a span that has not ended otherwise. `series` has the reads of all types.
/// Before `known_from` the use of the token is unknown.
pub(super) fn expiry(
    key: &str,
    stay: &LinkedSpan,
    series: &[Series],
    known_from: Option<Timestamp>,
    now: Timestamp,
) -> Expiry {
    let refused = access_denied_at(stay, series, now);
    let expiry = match expiry_rule(key) {
        None => Expiry::Never,
        Some(ExpiryRule::Consent(lifetime)) => {
            let spans = stay.authorized.iter().map(|at| (*at, *at));
            first_gap(spans.collect(), stay.from, lifetime, now)
        }
        Some(ExpiryRule::Unused(lifetime)) => {
            let pieces = series.iter().flat_map(|it| &it.segments);
            let reads_used = pieces.flat_map(|piece| piece.activity_spans(lifetime));
            let authorized = stay.authorized.iter().map(|at| (*at, *at));
            let from = stay.from.max(known_from.unwrap_or(stay.from));
            first_gap(authorized.chain(reads_used).collect(), from, lifetime, now)
        }
    };
    match (refused, expiry) {
        (Some(refused), Expiry::At(at)) => Expiry::At(refused.min(at)),
        (Some(refused), Expiry::NotBefore(_) | Expiry::Never) => Expiry::At(refused),
        (None, expiry) => expiry,
    }
}

/// When a read first found that the access was withdrawn.
fn access_denied_at(stay: &LinkedSpan, series: &[Series], now: Timestamp) -> Option<Timestamp> {
    let refused = |it: &Dataset| it.outcome == ReadOutcome::AuthError && it.requested >= stay.from;
    let pieces = series.iter().flat_map(|it| &it.segments);
    let found = pieces.flat_map(|piece| piece.access_denied_at(refused));
    found.filter(|at| *at <= now).min()
}

/// Whether two uses between `from` and `now` are more than `lifetime` apart.
fn first_gap(
    mut spans: Vec<(Timestamp, Timestamp)>,
    from: Timestamp,
    lifetime: SignedDuration,
    now: Timestamp,
) -> Expiry {
    spans.sort_unstable();
    let mut used_until = from;
    for (begins, ends) in spans {
        // A use exactly at the expiry still renews the access.
        if begins > after(used_until, lifetime) {
            break;
        }
        used_until = used_until.max(ends);
    }
    let end = after(used_until, lifetime);
    if end <= now { Expiry::At(end) } else { Expiry::NotBefore(end) }
}
