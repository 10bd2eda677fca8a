//! Formats of timestamps: Codat's times have seven decimals in reads and whole seconds in created records
//! (§2.1).

use jiff::Timestamp;

/// With seven decimals, like `lastSync` and the times of reads.
pub(crate) fn with_fraction(instant: Timestamp) -> String {
    format!("{instant:.7}")
}

/// In whole seconds, like `created`.
pub(crate) fn whole_seconds(instant: Timestamp) -> String {
    Timestamp::from_second(instant.as_second()).unwrap_or(instant).to_string()
}

/// The format of HTTP headers (RFC 9110, §5.6.7).
pub(crate) fn http_date(instant: Timestamp) -> String {
    instant.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The next midnight UTC, when the daily quota resets (§4.2).
pub(crate) fn next_midnight(instant: Timestamp) -> Timestamp {
    const DAY: i64 = 86_400;
    let days = instant.as_second().div_euclid(DAY) + 1;
    Timestamp::from_second(days * DAY).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_as_codat_writes_them() {
        let instant: Timestamp = "2026-11-20T08:15:02.118Z".parse().unwrap();
        assert_eq!(with_fraction(instant), "2026-11-20T08:15:02.1180000Z");
        assert_eq!(whole_seconds(instant), "2026-11-20T08:15:02Z");
        assert_eq!(http_date(instant), "Fri, 20 Nov 2026 08:15:02 GMT");
        assert_eq!(next_midnight(instant).to_string(), "2026-11-21T00:00:00Z");
    }
}
