//! The invariants of schedules, whatever happens to the clock.

mod clock_times;
mod decisions;

use jiff::{Timestamp, civil, tz::TimeZone};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn label(text: &str) -> civil::DateTime {
    text.parse().unwrap()
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn time(text: &str) -> civil::Time {
    text.parse().unwrap()
}
