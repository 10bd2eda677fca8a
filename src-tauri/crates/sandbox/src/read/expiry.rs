//! Expiry of access (§4.1): unused tokens, consents that are not renewed, and withdrawals that a read
//! detects. The expiry is computed from earlier events; nothing runs at that moment.

use jiff::{SignedDuration, Timestamp};

use super::{
    dataset::{Dataset, after},
    series::{Series, Stay},
};
use crate::read_outcome::Ending;

const fn days(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n * 24)
}

/// When the access to a platform expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expiry {
    /// This long after the last use.
    Unused(SignedDuration),
    /// This long after the customer's consent.
    Consent(SignedDuration),
}

/// The rule of the platform with this key (§4.1). None: no expiry.
pub(crate) fn expiry(key: &str) -> Option<Expiry> {
    match key {
        "gbol" => Some(Expiry::Unused(days(60))),
        "qhyg" | "ndsk" => Some(Expiry::Unused(days(100))),
        "jcrp" => Some(Expiry::Unused(days(90))),
        "tgff" | "knfz" => Some(Expiry::Unused(days(30))),
        "suuo" | "upvr" => Some(Expiry::Consent(days(90))),
        _ => None,
    }
}

/// Whether the access has expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lapse {
    /// At this time.
    At(Timestamp),
    /// Not before this time.
    NotBefore(Timestamp),
    /// No expiry.
    Never,
}

impl Lapse {
    /// Adds another end of the access.
    pub(super) fn or_at(self, end: Timestamp, now: Timestamp) -> Self {
        match self {
            Self::At(at) => Self::At(at.min(end)),
            Self::NotBefore(_) | Self::Never if end <= now => Self::At(end),
            Self::NotBefore(at) => Self::NotBefore(at.min(end)),
            Self::Never => Self::NotBefore(end),
        }
    }
}

/// Whether the access expires in a span that has not ended otherwise. `series` has the reads of all types.
/// Before `read` the use of the token is unknown.
pub(super) fn lapse(
    key: &str,
    stay: &Stay,
    series: &[Series],
    read: Option<Timestamp>,
    now: Timestamp,
) -> Lapse {
    let refused = refusal(stay, series, now);
    let ran_out = match expiry(key) {
        None => Lapse::Never,
        Some(Expiry::Consent(lasts)) => {
            let spans = stay.authorized.iter().map(|at| (*at, *at));
            gap(spans.collect(), stay.from, lasts, now)
        }
        Some(Expiry::Unused(lasts)) => {
            let pieces = series.iter().flat_map(|it| &it.pieces);
            let used = pieces.flat_map(|piece| piece.activity(lasts));
            let authorized = stay.authorized.iter().map(|at| (*at, *at));
            let from = stay.from.max(read.unwrap_or(stay.from));
            gap(authorized.chain(used).collect(), from, lasts, now)
        }
    };
    match (refused, ran_out) {
        (Some(refused), Lapse::At(at)) => Lapse::At(refused.min(at)),
        (Some(refused), Lapse::NotBefore(_) | Lapse::Never) => Lapse::At(refused),
        (None, ran_out) => ran_out,
    }
}

/// When a read first found that the access was withdrawn.
fn refusal(stay: &Stay, series: &[Series], now: Timestamp) -> Option<Timestamp> {
    let refused = |it: &Dataset| it.ending == Ending::AuthError && it.requested >= stay.from;
    let pieces = series.iter().flat_map(|it| &it.pieces);
    let found = pieces.flat_map(|piece| piece.refusal(refused));
    found.filter(|at| *at <= now).min()
}

/// Whether two uses between `from` and `now` are more than `lasts` apart.
fn gap(
    mut spans: Vec<(Timestamp, Timestamp)>,
    from: Timestamp,
    lasts: SignedDuration,
    now: Timestamp,
) -> Lapse {
    spans.sort_unstable();
    let mut used = from;
    for (begins, ends) in spans {
        // A use exactly at the expiry still renews the access.
        if begins > after(used, lasts) {
            break;
        }
        used = used.max(ends);
    }
    let end = after(used, lasts);
    if end <= now { Lapse::At(end) } else { Lapse::NotBefore(end) }
}
