//! The one place that reads the clock.

use jiff::Timestamp;

/// The time by this computer's clock.
#[expect(clippy::disallowed_methods, reason = "the clock is read here, and handed on as a value")]
pub fn now() -> Timestamp {
    Timestamp::now()
}
