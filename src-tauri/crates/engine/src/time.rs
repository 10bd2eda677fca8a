//! Arithmetic with times that does not overflow.

use jiff::{SignedDuration, Timestamp};

/// `time` plus `duration`; the last representable time on overflow.
pub(crate) fn after(time: Timestamp, duration: SignedDuration) -> Timestamp {
    time.saturating_add(duration).unwrap_or(Timestamp::MAX)
}

/// `time` minus `duration`; the first representable time on overflow.
pub(crate) fn before(time: Timestamp, duration: SignedDuration) -> Timestamp {
    time.saturating_sub(duration).unwrap_or(Timestamp::MIN)
}
