//! Values of filters about time: `>7d`, `<2026-01-01`, `2026-10`.

use jiff::{ZonedDateTime, civil, tz::TimeZone};

use super::{Condition, TimeColumn};

const MINUTE: i64 = 60_000;
const EARLIEST: i64 = i64::MIN + 1;
const LATEST: i64 = i64::MAX;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// `stale:` the age of the last read. A longer age includes companies that were never read.
pub(super) fn parse_stale(value: &str, now: &ZonedDateTime) -> Result<Condition, String> {
    let (comparison, length) = split_comparison(value);
    let Some(length) = duration(length) else {
        return Err(format!(
            "stale: needs a length of time, such as stale:>7d or stale:>12h, not “{value}”."
        ));
    };
    let then = millis(now).saturating_sub(length);
    let (from, until, missing) = match comparison.unwrap_or(Comparison::Greater) {
        Comparison::Greater => (EARLIEST, then, true),
        Comparison::AtLeast => (EARLIEST, then.saturating_add(1), true),
        Comparison::Less => (then.saturating_add(1), LATEST, false),
        Comparison::AtMost => (then, LATEST, false),
    };
    Ok(Condition::Time { column: TimeColumn::LastRead, from, until, missing })
}

/// `created:` and `expires:` a day, month or year in the user's time zone, or a duration back or ahead.
pub(super) fn parse_range(column: TimeColumn, value: &str, now: &ZonedDateTime) -> Result<Condition, String> {
    let (comparison, rest) = split_comparison(value);
    let range = match (duration(rest), period(rest, now.time_zone())) {
        (Some(length), _) => relative_range(column, comparison, length, millis(now)),
        (None, Some((start, end))) => absolute_range(comparison, start, end),
        (None, None) => return Err(invalid_time(column, value)),
    };
    let (from, until) = range;
    Ok(Condition::Time { column, from: from.max(EARLIEST), until, missing: false })
}

fn invalid_time(column: TimeColumn, value: &str) -> String {
    match column {
        TimeColumn::Created | TimeColumn::LastRead => format!(
            "created: needs a day, a month or a length of time, such as created:<2026-01-01, \
             created:2026-10 or created:<30d, not “{value}”."
        ),
        TimeColumn::Expires => format!(
            "expires: needs a length of time or a day, such as expires:<14d or expires:<2026-12-01, not \
             “{value}”."
        ),
    }
}

/// A duration is an age for `created:` and a distance for `expires:`. Without a comparison it means within.
fn relative_range(column: TimeColumn, comparison: Option<Comparison>, length: i64, now: i64) -> (i64, i64) {
    let comparison = comparison.unwrap_or(Comparison::Less);
    match column {
        TimeColumn::Created | TimeColumn::LastRead => {
            let then = now.saturating_sub(length);
            match comparison {
                Comparison::Less => (then.saturating_add(1), LATEST),
                Comparison::AtMost => (then, LATEST),
                Comparison::Greater => (EARLIEST, then),
                Comparison::AtLeast => (EARLIEST, then.saturating_add(1)),
            }
        }
        TimeColumn::Expires => {
            let then = now.saturating_add(length);
            match comparison {
                Comparison::Less => (EARLIEST, then),
                Comparison::AtMost => (EARLIEST, then.saturating_add(1)),
                Comparison::Greater => (then.saturating_add(1), LATEST),
                Comparison::AtLeast => (then, LATEST),
            }
        }
    }
}

fn absolute_range(comparison: Option<Comparison>, start: i64, end: i64) -> (i64, i64) {
    match comparison {
        None => (start, end),
        Some(Comparison::Less) => (EARLIEST, start),
        Some(Comparison::AtMost) => (EARLIEST, end),
        Some(Comparison::Greater) => (end, LATEST),
        Some(Comparison::AtLeast) => (start, LATEST),
    }
}

fn split_comparison(value: &str) -> (Option<Comparison>, &str) {
    let signs = [
        (">=", Comparison::AtLeast),
        ("<=", Comparison::AtMost),
        (">", Comparison::Greater),
        ("<", Comparison::Less),
    ];
    signs
        .into_iter()
        .find_map(|(sign, comparison)| Some((Some(comparison), value.strip_prefix(sign)?)))
        .unwrap_or((None, value))
}

/// The milliseconds of a duration such as `7d`. `None` if it is not one or is longer than about a hundred years.
fn duration(value: &str) -> Option<i64> {
    let unit = match value.chars().next_back()? {
        'm' => MINUTE,
        'h' => 60 * MINUTE,
        'd' => 24 * 60 * MINUTE,
        'w' => 7 * 24 * 60 * MINUTE,
        _ => return None,
    };
    let count = &value[..value.len() - 1];
    if count.is_empty() || !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    count.parse::<i64>().ok()?.checked_mul(unit).filter(|length| *length <= 36_525 * 24 * 60 * MINUTE)
}

/// The start and the end of a year, a month or a day.
fn period(value: &str, zone: &TimeZone) -> Option<(i64, i64)> {
    let mut parts = value.split('-');
    let year = parse_digits(parts.next()?, 4)?;
    let month = parts.next().map(|month| parse_digits(month, 2));
    let day = parts.next().map(|day| parse_digits(day, 2));
    if parts.next().is_some() {
        return None;
    }
    let (start, end) = match (month, day) {
        (None, _) => (civil::Date::new(year, 1, 1).ok()?, civil::Date::new(year.checked_add(1)?, 1, 1).ok()?),
        (Some(month), None) => {
            let start = civil::Date::new(year, i8::try_from(month?).ok()?, 1).ok()?;
            (start, start.last_of_month().tomorrow().ok()?)
        }
        (Some(month), Some(day)) => {
            let start = civil::Date::new(year, i8::try_from(month?).ok()?, i8::try_from(day?).ok()?).ok()?;
            (start, start.tomorrow().ok()?)
        }
    };
    Some((start_of_day(start, zone)?, start_of_day(end, zone)?))
}

fn parse_digits(part: &str, len: usize) -> Option<i16> {
    let is_valid = part.len() <= len && !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if is_valid && (len != 4 || part.len() == 4) { part.parse().ok() } else { None }
}

/// The start of a day: midnight, or the first existing time.
fn start_of_day(date: civil::Date, zone: &TimeZone) -> Option<i64> {
    date.to_zoned_datetime(zone.clone()).ok().map(|begins| millis(&begins))
}

fn millis(at: &ZonedDateTime) -> i64 {
    at.timestamp().as_millisecond()
}
