//! When access runs out by itself (§4.1): tokens that nobody uses, consents that nobody renews, and a
//! withdrawal that a read finds out. Nothing happens at that instant; it follows from what happened before.

use jiff::{SignedDuration, Timestamp};

use super::{
    dataset::{Dataset, after},
    series::{Series, Stay},
};
use crate::read_outcome::Ending;

const fn days(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n * 24)
}

/// How the access to a platform runs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expiry {
    /// So long after it was last used.
    Unused(SignedDuration),
    /// So long after the customer consented, whatever one does.
    Consent(SignedDuration),
}

/// How the access to the platform with this key runs out, if it does (§4.1).
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

/// Whether the access ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lapse {
    /// At that instant.
    At(Timestamp),
    /// Not before that instant.
    NotBefore(Timestamp),
    /// It does not run out.
    Never,
}

impl Lapse {
    /// The same, where the access also ends at `end`.
    pub(super) fn or_at(self, end: Timestamp, now: Timestamp) -> Self {
        match self {
            Self::At(at) => Self::At(at.min(end)),
            Self::NotBefore(_) | Self::Never if end <= now => Self::At(end),
            Self::NotBefore(at) => Self::NotBefore(at.min(end)),
            Self::Never => Self::NotBefore(end),
        }
    }
}

/// Whether the access to a platform ran out by `now`, in a stay that nothing else ended. `series` are the
/// reads of all types; before `read` the use of the token is not known.
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

/// Whether there is a gap longer than `lasts` between spans of use, from `from` to `now`.
fn gap(
    mut spans: Vec<(Timestamp, Timestamp)>,
    from: Timestamp,
    lasts: SignedDuration,
    now: Timestamp,
) -> Lapse {
    spans.sort_unstable();
    let mut used = from;
    for (begins, ends) in spans {
        // A use at the very instant keeps the access alive.
        if begins > after(used, lasts) {
            break;
        }
        used = used.max(ends);
    }
    let end = after(used, lasts);
    if end <= now { Lapse::At(end) } else { Lapse::NotBefore(end) }
}
