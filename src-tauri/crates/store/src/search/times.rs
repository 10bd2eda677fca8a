//! Values of filters about time: `>7d`, `<2026-01-01`, `2026-10`.

use jiff::{ZonedDateTime, civil, tz::TimeZone};

use super::{Test, TimeColumn};

const MINUTE: i64 = 60_000;
const BEFORE_ALL: i64 = i64::MIN + 1;
const AFTER_ALL: i64 = i64::MAX;

/// How the value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// `stale:`: how long ago the last read is; longer includes never.
pub(super) fn stale(value: &str, now: &ZonedDateTime) -> Result<Test, String> {
    let (comparison, length) = compared(value);
    let Some(length) = duration(length) else {
        return Err(format!(
            "stale: wants a length of time, such as stale:>7d or stale:>12h, not “{value}”."
        ));
    };
    let then = millis(now).saturating_sub(length);
    let (from, until, missing) = match comparison.unwrap_or(Comparison::Greater) {
        Comparison::Greater => (BEFORE_ALL, then, true),
        Comparison::AtLeast => (BEFORE_ALL, then.saturating_add(1), true),
        Comparison::Less => (then.saturating_add(1), AFTER_ALL, false),
        Comparison::AtMost => (then, AFTER_ALL, false),
    };
    Ok(Test::Time { column: TimeColumn::LastRead, from, until, missing })
}

/// `created:` and `expires:`: a day, month or year of where the person is, as the list shows it, or a length of time back or ahead.
pub(super) fn span(column: TimeColumn, value: &str, now: &ZonedDateTime) -> Result<Test, String> {
    let (comparison, rest) = compared(value);
    let span = match (duration(rest), period(rest, now.time_zone())) {
        (Some(length), _) => relative(column, comparison, length, millis(now)),
        (None, Some((start, end))) => absolute(comparison, start, end),
        (None, None) => return Err(not_a_time(column, value)),
    };
    let (from, until) = span;
    Ok(Test::Time { column, from: from.max(BEFORE_ALL), until, missing: false })
}

fn not_a_time(column: TimeColumn, value: &str) -> String {
    match column {
        TimeColumn::Created | TimeColumn::LastRead => format!(
            "created: wants a day, a month or a length of time, such as created:<2026-01-01, created:2026-10 or created:<30d, not “{value}”."
        ),
        TimeColumn::Expires => format!(
            "expires: wants a length of time or a day, such as expires:<14d or expires:<2026-12-01, not “{value}”."
        ),
    }
}

/// A length of time is an age for what was created, and a distance for what may expire. Without a
/// comparison it means within.
fn relative(column: TimeColumn, comparison: Option<Comparison>, length: i64, now: i64) -> (i64, i64) {
    let comparison = comparison.unwrap_or(Comparison::Less);
    match column {
        TimeColumn::Created | TimeColumn::LastRead => {
            let then = now.saturating_sub(length);
            match comparison {
                Comparison::Less => (then.saturating_add(1), AFTER_ALL),
                Comparison::AtMost => (then, AFTER_ALL),
                Comparison::Greater => (BEFORE_ALL, then),
                Comparison::AtLeast => (BEFORE_ALL, then.saturating_add(1)),
            }
        }
        TimeColumn::Expires => {
            let then = now.saturating_add(length);
            match comparison {
                Comparison::Less => (BEFORE_ALL, then),
                Comparison::AtMost => (BEFORE_ALL, then.saturating_add(1)),
                Comparison::Greater => (then.saturating_add(1), AFTER_ALL),
                Comparison::AtLeast => (then, AFTER_ALL),
            }
        }
    }
}

fn absolute(comparison: Option<Comparison>, start: i64, end: i64) -> (i64, i64) {
    match comparison {
        None => (start, end),
        Some(Comparison::Less) => (BEFORE_ALL, start),
        Some(Comparison::AtMost) => (BEFORE_ALL, end),
        Some(Comparison::Greater) => (end, AFTER_ALL),
        Some(Comparison::AtLeast) => (start, AFTER_ALL),
    }
}

fn compared(value: &str) -> (Option<Comparison>, &str) {
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

/// Milliseconds of `7d` and its like; none where it is no length, or longer than a hundred years or so.
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

/// From when until when a year, a month or a day is.
fn period(value: &str, zone: &TimeZone) -> Option<(i64, i64)> {
    let mut parts = value.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = parts.next().map(|month| digits(month, 2));
    let day = parts.next().map(|day| digits(day, 2));
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
    Some((beginning(start, zone)?, beginning(end, zone)?))
}

fn digits(part: &str, len: usize) -> Option<i16> {
    let right = part.len() <= len && !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if right && (len != 4 || part.len() == 4) { part.parse().ok() } else { None }
}

/// When a day begins: at midnight, or at the first time that it has.
fn beginning(date: civil::Date, zone: &TimeZone) -> Option<i64> {
    date.to_zoned_datetime(zone.clone()).ok().map(|begins| millis(&begins))
}

fn millis(at: &ZonedDateTime) -> i64 {
    at.timestamp().as_millisecond()
}
