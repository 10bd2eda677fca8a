//! The sandbox's clock. It follows the host's clock at a configurable speed, can be moved by request, never
//! goes backwards, and continues after a restart.

use core::{fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The speed of the sandbox's clock as a multiple of real time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeScale {
    thousandths: u32,
}

impl TimeScale {
    /// Real time.
    pub const REAL: Self = Self { thousandths: 1_000 };
    /// Stopped. Only `POST /_sandbox/clock` moves it.
    pub const STEPPED: Self = Self { thousandths: 0 };

    /// The name of the mode in the API.
    pub(crate) fn mode(self) -> &'static str {
        match self {
            Self::REAL => "real",
            Self::STEPPED => "stepped",
            Self { .. } => "scaled",
        }
    }

    pub(crate) fn is_scaled(self) -> bool {
        self != Self::REAL && self != Self::STEPPED
    }

    fn scale_duration(self, real: SignedDuration) -> SignedDuration {
        let nanos = real.as_nanos().max(0).saturating_mul(i128::from(self.thousandths)) / 1_000;
        let whole = i64::try_from(nanos / 1_000_000_000).unwrap_or(i64::MAX);
        SignedDuration::new(whole, i32::try_from(nanos % 1_000_000_000).unwrap_or(0))
    }
}

impl fmt::Display for TimeScale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.thousandths / 1_000, self.thousandths % 1_000);
        if rest == 0 {
            return write!(f, "{whole}");
        }
        write!(f, "{whole}.{}", format!("{rest:03}").trim_end_matches('0'))
    }
}

/// The text is not a valid time scale.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("use a time scale from 0 to 1000000 with at most three decimals, such as 1, 0.5 or 3600")]
pub struct ParseTimeScaleError;

impl FromStr for TimeScale {
    type Err = ParseTimeScaleError;

    fn from_str(text: &str) -> Result<Self, ParseTimeScaleError> {
        let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
        if !digits(whole) || !digits(rest) || rest.len() > 3 {
            return Err(ParseTimeScaleError);
        }
        let whole: u32 = whole.parse().map_err(|_| ParseTimeScaleError)?;
        let rest: u32 = format!("{rest:0<3}").parse().map_err(|_| ParseTimeScaleError)?;
        if whole > 1_000_000 || (whole == 1_000_000 && rest > 0) {
            return Err(ParseTimeScaleError);
        }
        Ok(Self { thousandths: whole * 1_000 + rest })
    }
}

/// A time of the host's clock and the sandbox's time at that moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Anchor")]
pub(crate) struct ClockAnchor {
    pub(crate) host: Timestamp,
    #[serde(rename = "here")]
    pub(crate) sandbox: Timestamp,
}

impl ClockAnchor {
    /// The sandbox's time when the host's clock shows `host`.
    pub(crate) fn at(&self, host: Timestamp, scale: TimeScale) -> Timestamp {
        let gone = scale.scale_duration(host.duration_since(self.host));
        self.sandbox.checked_add(gone).unwrap_or(Timestamp::MAX)
    }

    /// The anchor after a restart at `host`. While the sandbox was not running, its time advanced at real
    /// speed, or not at all for a stepped clock. `requested` can only move it forward.
    pub(crate) fn resume(
        stored: Option<Self>,
        host: Timestamp,
        requested: Option<Timestamp>,
        scale: TimeScale,
    ) -> Self {
        let pace = if scale == TimeScale::STEPPED { scale } else { TimeScale::REAL };
        let sandbox = match (stored.map(|stored| stored.at(host, pace)), requested) {
            (Some(stored), requested) => requested.map_or(stored, |requested| requested.max(stored)),
            (None, requested) => requested.unwrap_or(host),
        };
        Self { host, sandbox }
    }
}

/// The host's time and the clock's speed while a request is handled.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClockReading {
    pub(crate) host: Timestamp,
    pub(crate) scale: TimeScale,
}

/// Parses a duration of weeks, days, hours, minutes and seconds: `95d`, `1w2d`, `12h30m`, `90s`.
pub(crate) fn parse_duration(text: &str) -> Option<SignedDuration> {
    let mut seconds = 0_i64;
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let count: i64 = rest.get(..digits)?.parse().ok()?;
        let after = rest.get(digits..)?;
        let unit = match after.chars().next()?.to_ascii_lowercase() {
            'w' => 7 * 86_400,
            'd' => 86_400,
            'h' => 3_600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(count.checked_mul(unit)?)?;
        rest = after.get(1..)?.trim_start();
    }
    Some(SignedDuration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_scale_is_read_and_written() {
        for text in ["0", "1", "3600", "0.5", "2.125"] {
            assert_eq!(text.parse::<TimeScale>().unwrap().to_string(), text);
        }
        for text in ["", "-1", "1e3", ".5", "1.", "1.2345", "1000001", "x"] {
            assert_eq!(text.parse::<TimeScale>(), Err(ParseTimeScaleError), "{text}");
        }
    }

    #[test]
    fn a_span_may_combine_units() {
        assert_eq!(parse_duration("95d"), Some(SignedDuration::from_hours(95 * 24)));
        assert_eq!(
            parse_duration("1w 2d3h4m5s"),
            Some(SignedDuration::from_secs(9 * 86_400 + 3 * 3_600 + 245))
        );
        assert_eq!(parse_duration(" 90S "), Some(SignedDuration::from_secs(90)));
        for bad in
            ["", " ", "d", "5", "5y", "-3d", "1.5h", "99999999999999999999d", "9223372036854775807w", "5é"]
        {
            assert_eq!(parse_duration(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_scaled_clock_runs_faster_and_a_stepped_one_stands() {
        let anchor = ClockAnchor { host: at("2026-01-01T00:00:00Z"), sandbox: at("2026-11-23T09:00:00Z") };
        let later = at("2026-01-01T00:00:02.5Z");
        assert_eq!(anchor.at(later, "3600".parse().unwrap()), at("2026-11-23T11:30:00Z"));
        assert_eq!(anchor.at(later, TimeScale::REAL), at("2026-11-23T09:00:02.5Z"));
        assert_eq!(anchor.at(later, TimeScale::STEPPED), anchor.sandbox);
    }

    #[test]
    fn after_a_restart_the_offset_is_kept_and_a_stepped_clock_stands_where_it_stood() {
        let stored =
            Some(ClockAnchor { host: at("2026-01-01T00:00:00Z"), sandbox: at("2026-06-01T00:00:00Z") });
        let host = at("2026-01-02T00:00:00Z");
        let here = |requested, scale| ClockAnchor::resume(stored, host, requested, scale).sandbox;
        assert_eq!(here(None, TimeScale::REAL), at("2026-06-02T00:00:00Z"));
        assert_eq!(here(None, TimeScale::STEPPED), at("2026-06-01T00:00:00Z"));
        assert_eq!(here(Some(at("2025-01-01T00:00:00Z")), TimeScale::STEPPED), at("2026-06-01T00:00:00Z"));
        assert_eq!(here(Some(at("2027-01-01T00:00:00Z")), TimeScale::REAL), at("2027-01-01T00:00:00Z"));
        assert_eq!(ClockAnchor::resume(None, host, None, TimeScale::REAL).sandbox, host);
    }

    proptest! {
        #[test]
        fn time_never_goes_backwards(
            scale in 0_u32..=1_000_000_000, from in 0_i64..2_000_000_000, steps in proptest::collection::vec(-5_000_i64..5_000, 1..20),
        ) {
            let scale = TimeScale { thousandths: scale };
            let host = Timestamp::from_second(from).unwrap();
            let anchor = ClockAnchor { host, sandbox: host };
            let mut last = anchor.sandbox;
            for step in steps {
                let then = host + SignedDuration::from_millis(step);
                let now = anchor.at(then, scale);
                prop_assert!(now >= anchor.sandbox, "a host whose clock is set back stops ours, no more");
                last = last.max(now);
            }
            prop_assert!(last >= anchor.sandbox);
        }

        #[test]
        fn a_span_is_never_negative_and_never_a_panic(text in "\\PC{0,12}|[0-9wdhms ]{0,14}") {
            if let Some(parse_duration) = parse_duration(&text) {
                prop_assert!(!parse_duration.is_negative());
            }
        }
    }
}
