//! On-premises connectors read only while the customer's computer is on (§3.2, §4). Hours are in UTC.

use jiff::{
    SignedDuration, Timestamp,
    civil::{Weekday, time},
    tz::TimeZone,
};

use crate::integration::{Availability, Platform};

/// Hours on working days. If the end is before the start, they end on the next day.
struct WorkingHours {
    from: i8,
    until: i8,
}

/// QuickBooks Desktop: nights that start on a working day (§4).
const NIGHT: WorkingHours = WorkingHours { from: 19, until: 7 };
/// Other connectors: office hours.
const OFFICE: WorkingHours = WorkingHours { from: 8, until: 18 };

/// From when a read can run, and until when others could.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) opens: Timestamp,
    pub(super) closes: Timestamp,
}

/// The window for a read that is ready at `ready`: the current one or the next.
pub(super) fn next_window(platform: &Platform, ready: Timestamp) -> Window {
    let always = Window { opens: ready, closes: Timestamp::MAX };
    if platform.offer != Availability::OnPremises {
        return always;
    }
    let hours = if platform.key == "pqsw" { NIGHT } else { OFFICE };
    hours.next(ready).unwrap_or(always)
}

impl WorkingHours {
    fn next(&self, ready: Timestamp) -> Option<Window> {
        let today = TimeZone::UTC.to_datetime(ready).date();
        // Yesterday's window may still be open. The next one starts within four days.
        let days = (-1..=4).filter_map(|n| today.checked_add(jiff::Span::new().days(n)).ok());
        let mut working = days.filter(|day| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday));
        let lasts = i64::from(self.until - self.from).rem_euclid(24);
        working.find_map(|day| {
            let from = TimeZone::UTC.to_timestamp(day.to_datetime(time(self.from, 0, 0, 0))).ok()?;
            let closes = from.checked_add(SignedDuration::from_hours(lasts)).ok()?;
            (ready < closes).then(|| Window { opens: from.max(ready), closes })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integration;

    fn opening(key: &str, ready: &str) -> String {
        next_window(integration::find(key).unwrap(), ready.parse().unwrap()).opens.to_string()
    }

    #[test]
    fn quickbooks_desktop_reads_in_the_nights_of_working_days() {
        assert_eq!(opening("pqsw", "2026-11-23T09:00:00Z"), "2026-11-23T19:00:00Z", "Monday morning");
        assert_eq!(opening("pqsw", "2026-11-23T22:00:00Z"), "2026-11-23T22:00:00Z", "Monday night");
        assert_eq!(opening("pqsw", "2026-11-24T06:59:59Z"), "2026-11-24T06:59:59Z", "before Tuesday's dawn");
        assert_eq!(opening("pqsw", "2026-11-28T06:00:00Z"), "2026-11-28T06:00:00Z", "Friday's night");
        assert_eq!(opening("pqsw", "2026-11-28T07:00:00Z"), "2026-11-30T19:00:00Z", "over the weekend");
        assert_eq!(opening("pqsw", "2026-11-30T03:00:00Z"), "2026-11-30T19:00:00Z", "no night of Sunday");
    }

    #[test]
    fn an_office_computer_is_on_in_office_hours() {
        assert_eq!(opening("hbql", "2026-11-23T09:00:00Z"), "2026-11-23T09:00:00Z");
        assert_eq!(opening("hbql", "2026-11-23T18:00:00Z"), "2026-11-24T08:00:00Z");
        assert_eq!(opening("hbql", "2026-11-27T20:00:00Z"), "2026-11-30T08:00:00Z");
    }

    #[test]
    fn others_read_at_once() {
        assert_eq!(opening("gbol", "2026-11-28T03:00:00Z"), "2026-11-28T03:00:00Z");
    }
}
