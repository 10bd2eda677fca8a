//! The only module that reads the system clock.

use core::fmt;

use jiff::Timestamp;
use sandbox::Endpoint;

use crate::error::{Code, WireError};

/// The current time.
#[expect(clippy::disallowed_methods, reason = "the clock is read here, and handed on as a value")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// The clock of a workspace. Everything that its engine and its database record or compare uses this clock.
#[derive(Clone)]
pub(crate) enum Clock {
    /// The computer's clock.
    Computer,
    /// The clock of the embedded sandbox. Whoever uses the sandbox can move it, and a restored snapshot sets it
    /// back.
    Sandbox(Endpoint),
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Computer => "Computer",
            Self::Sandbox(_) => "Sandbox",
        })
    }
}

impl Clock {
    /// The current time of the workspace.
    pub(crate) fn now(&self) -> Timestamp {
        match self {
            Self::Computer => now(),
            Self::Sandbox(sandbox) => sandbox.now(),
        }
    }

    /// How far this clock is ahead of the computer's, in milliseconds; 0 for a difference below a second, which
    /// only comes from reading two clocks.
    pub(crate) fn offset_ms(&self) -> i64 {
        match self {
            Self::Computer => 0,
            Self::Sandbox(sandbox) => {
                let ahead = sandbox.now().duration_since(now());
                ahead.round(jiff::Unit::Second).unwrap_or(ahead).as_secs().saturating_mul(1_000)
            }
        }
    }
}

/// Tomorrow at nine on this computer.
///
/// # Errors
/// If `now` is the last day of the calendar.
pub(crate) fn tomorrow_morning(now: Timestamp) -> Result<Timestamp, WireError> {
    let zone = zone();
    let tomorrow = zone.to_datetime(now).date().tomorrow();
    let morning =
        tomorrow.and_then(|date| zone.to_ambiguous_zoned_datetime(date.at(9, 0, 0, 0)).compatible());
    let morning = morning.map_err(|error| {
        WireError::new(Code::Internal, "The clock has no tomorrow. Nothing was changed.")
            .with_detail(error.to_string())
    })?;
    Ok(morning.timestamp())
}

/// The system's time zone, or UTC if it is unknown.
pub fn zone() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::system()
}
