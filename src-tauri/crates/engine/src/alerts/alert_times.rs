//! When notifications may be shown, and when the user is reminded.

use jiff::{Timestamp, civil, tz::TimeZone};

use crate::schedule::{Blackout, free_from, instant_of};

/// When notifications may be shown, and when the user is reminded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlertTimes {
    /// Weekly times without notifications. What happens within one is shown when it ends.
    pub quiet_hours: Vec<Blackout>,
    /// Whether no notification is shown until the user changes it.
    pub do_not_disturb: bool,
    /// The local time of a daily reminder of what is still open.
    pub reminder: Option<civil::Time>,
}

impl AlertTimes {
    /// The first instant from `at` on at which notifications may be shown; none while the user is not to be disturbed.
    pub(crate) fn free_from(&self, zone: &TimeZone, at: Timestamp) -> Option<Timestamp> {
        if self.do_not_disturb { None } else { free_from(&self.quiet_hours, zone, at) }
    }

    /// When the next reminder is due, if the last one was on `last`. It may be in the past.
    pub(crate) fn next_reminder(
        &self,
        last: Option<civil::Date>,
        zone: &TimeZone,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let today = zone.to_datetime(now).date();
        let date = if last == Some(today) { today.tomorrow().ok()? } else { today };
        instant_of(date.to_datetime(self.reminder?), zone)
    }
}
