//! Weekly times in the interface's types: blackouts of schedules, and quiet times of notifications.

use engine::schedule::{Blackout, Days};
use jiff::civil;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::{Code, WireError};

/// A weekly time in which a schedule does not start, or nothing notifies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub(crate) struct ScheduleBlackout {
    /// A bit for each day on which it begins; the lowest is Monday.
    pub days: u8,
    /// `HH:MM`.
    pub from: String,
    /// `HH:MM`. It is on the next day unless it is later than `from`.
    pub until: String,
}

pub(crate) fn blackout(blackout: &ScheduleBlackout) -> Result<Blackout, WireError> {
    Ok(Blackout {
        days: Days::from_bits(blackout.days),
        from: time(&blackout.from)?,
        until: time(&blackout.until)?,
    })
}

pub(crate) fn time(text: &str) -> Result<civil::Time, WireError> {
    let parsed = text
        .split_once(':')
        .and_then(|(hours, minutes)| civil::Time::new(hours.parse().ok()?, minutes.parse().ok()?, 0, 0).ok());
    parsed.ok_or_else(|| {
        let message = format!("“{text}” isn’t a time of day. Write it like 09:30.");
        WireError::new(Code::BadArguments, message)
    })
}

pub(crate) fn hours_and_minutes(time: civil::Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}
