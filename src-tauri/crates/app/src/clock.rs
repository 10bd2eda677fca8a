//! The one place that reads the clock.

use jiff::Timestamp;

/// The time by this computer's clock.
#[expect(clippy::disallowed_methods, reason = "the clock is read here, and handed on as a value")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// The time zone of this computer now; UTC where it is not known.
pub fn zone() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::system()
}
