//! The only module that reads the system clock.

use jiff::Timestamp;

/// The current time.
#[expect(clippy::disallowed_methods, reason = "the clock is read here, and handed on as a value")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// The system's time zone, or UTC if it is unknown.
pub fn zone() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::system()
}
