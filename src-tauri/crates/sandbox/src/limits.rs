//! Rate limits (§4.2) on the sandbox's clock: requests a day, requests a minute, concurrent requests.

use core::str::FromStr;
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use jiff::{SignedDuration, Timestamp};

use crate::time_format;

/// The enforced limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests a day. Resets at midnight UTC.
    pub day: LimitValue,
    /// Requests a minute.
    pub minute: Option<u32>,
    /// Concurrent requests.
    pub concurrent: LimitValue,
    /// The format of `Retry-After`.
    pub retry_after_format: RetryAfterFormat,
}

/// A limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitValue {
    /// Unlimited.
    Off,
    /// Codat's limit: 1,000 a day plus 1,000 for each active company; 10 concurrent requests for each.
    ByCompanies,
    /// A fixed number.
    Fixed(u32),
}

/// The format of `Retry-After`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfterFormat {
    /// A number of seconds.
    Seconds,
    /// An HTTP date.
    Date,
}

impl Limits {
    /// Codat's limits.
    pub const REAL: Self = Self {
        day: LimitValue::ByCompanies,
        minute: Some(1_000),
        concurrent: LimitValue::ByCompanies,
        retry_after_format: RetryAfterFormat::Seconds,
    };
    /// No limits. The headers still report Codat's.
    pub const OFF: Self = Self {
        day: LimitValue::Off,
        minute: None,
        concurrent: LimitValue::Off,
        retry_after_format: RetryAfterFormat::Seconds,
    };

    /// The daily quota in the headers. `active` is the number of linked companies.
    pub(crate) fn quota(&self, active: u32) -> u64 {
        match self.day {
            LimitValue::Off | LimitValue::ByCompanies => 1_000 * (1 + u64::from(active)),
            LimitValue::Fixed(quota) => u64::from(quota),
        }
    }

    fn max_in_flight(&self, active: u32) -> u32 {
        match self.concurrent {
            LimitValue::Off => u32::MAX,
            LimitValue::ByCompanies => active.max(1).saturating_mul(10),
            LimitValue::Fixed(most) => most,
        }
    }
}

/// The text is not a valid list of limits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "use real, off, or numbers such as day=5000,minute=60,concurrent=4,form=date; each number can also be \
     off"
)]
pub struct ParseLimitsError;

impl FromStr for Limits {
    type Err = ParseLimitsError;

    /// Parses `real`, `off`, or a list of limits. Omitted ones are as in `real`.
    fn from_str(text: &str) -> Result<Self, ParseLimitsError> {
        let mut limits = match text {
            "real" => return Ok(Self::REAL),
            "off" => return Ok(Self::OFF),
            _ => Self::REAL,
        };
        for part in text.split(',') {
            let (name, value) = part.split_once('=').ok_or(ParseLimitsError)?;
            let figure = || match value {
                "off" => Ok(LimitValue::Off),
                "real" => Ok(LimitValue::ByCompanies),
                _ => {
                    value.parse().ok().filter(|most| *most > 0).map(LimitValue::Fixed).ok_or(ParseLimitsError)
                }
            };
            match name.trim() {
                "day" => limits.day = figure()?,
                "concurrent" => limits.concurrent = figure()?,
                "minute" => {
                    limits.minute = match figure()? {
                        LimitValue::Off => None,
                        LimitValue::ByCompanies => Self::REAL.minute,
                        LimitValue::Fixed(most) => Some(most),
                    }
                }
                "form" if value == "seconds" => limits.retry_after_format = RetryAfterFormat::Seconds,
                "form" if value == "date" => limits.retry_after_format = RetryAfterFormat::Date,
                _ => return Err(ParseLimitsError),
            }
        }
        Ok(limits)
    }
}

/// The request exceeds a limit until this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RateLimited {
    until: Timestamp,
}

impl RateLimited {
    /// The `Retry-After` header.
    pub(crate) fn retry_after(self, form: RetryAfterFormat, now: Timestamp) -> String {
        let seconds = (self.until.duration_since(now).as_millis().max(0) + 999) / 1_000;
        match form {
            RetryAfterFormat::Seconds => seconds.max(1).to_string(),
            RetryAfterFormat::Date => {
                let later = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(0).max(1));
                time_format::http_date(now.checked_add(later).unwrap_or(self.until))
            }
        }
    }
}

/// A request in flight. Dropping it ends the request.
#[derive(Debug)]
pub(crate) struct InFlightRequest(Arc<AtomicU32>);

impl Drop for InFlightRequest {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[derive(Debug, Default)]
pub(crate) struct RequestCounter {
    /// The next midnight.
    resets: Option<Timestamp>,
    today: u64,
    /// Minutes since 1970.
    minute: i64,
    in_minute: u32,
    /// Whether the daily quota is used up, and the changes of that which were not reported yet.
    is_reached: bool,
    take_quota_changes: Vec<(bool, Timestamp)>,
    in_flight: Arc<AtomicU32>,
}

impl RequestCounter {
    /// The number of accepted requests today.
    pub(crate) fn today(&mut self, now: Timestamp) -> u64 {
        self.roll_over(now);
        self.today
    }

    /// Returns and clears the changes: whether the daily quota was reached (or reset), and the time of the
    /// next reset.
    pub(crate) fn take_quota_changes(&mut self, now: Timestamp) -> Vec<(bool, Timestamp)> {
        self.roll_over(now);
        core::mem::take(&mut self.take_quota_changes)
    }

    /// Counts a request. `active` is the number of linked companies.
    ///
    /// # Errors
    /// If a limit is exceeded. The request is not counted then.
    pub(crate) fn admit(
        &mut self,
        limits: &Limits,
        active: u32,
        now: Timestamp,
    ) -> Result<InFlightRequest, RateLimited> {
        self.roll_over(now);
        if limits.minute.is_some_and(|most| self.in_minute >= most) {
            let until = Timestamp::from_second((self.minute + 1).saturating_mul(60)).unwrap_or(now);
            return Err(RateLimited { until });
        }
        if limits.day != LimitValue::Off && self.today >= limits.quota(active) {
            let until = time_format::next_midnight(now);
            if !self.is_reached {
                self.is_reached = true;
                self.take_quota_changes.push((true, until));
            }
            return Err(RateLimited { until });
        }
        let most = limits.max_in_flight(active);
        let one_more = |count: u32| (count < most).then_some(count + 1);
        if self.in_flight.fetch_update(Ordering::AcqRel, Ordering::Acquire, one_more).is_err() {
            return Err(RateLimited { until: now });
        }
        self.today += 1;
        self.in_minute = self.in_minute.saturating_add(1);
        Ok(InFlightRequest(Arc::clone(&self.in_flight)))
    }

    /// Starts a new day or a new minute.
    fn roll_over(&mut self, now: Timestamp) {
        let resets = time_format::next_midnight(now);
        if self.resets != Some(resets) {
            self.resets = Some(resets);
            self.today = 0;
            if core::mem::take(&mut self.is_reached) {
                self.take_quota_changes.push((false, resets));
            }
        }
        let minute = now.as_second().div_euclid(60);
        if self.minute != minute {
            self.minute = minute;
            self.in_minute = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read() {
        assert_eq!("real".parse(), Ok(Limits::REAL));
        assert_eq!("off".parse(), Ok(Limits::OFF));
        let all = Limits {
            day: LimitValue::Fixed(5_000),
            minute: Some(60),
            concurrent: LimitValue::Fixed(4),
            retry_after_format: RetryAfterFormat::Date,
        };
        assert_eq!("day=5000,minute=60,concurrent=4,form=date".parse(), Ok(all));
        assert_eq!("minute=off".parse(), Ok(Limits { minute: None, ..Limits::REAL }));
        for bad in ["", "day", "day=", "day=0", "day=-1", "hour=5", "form=words", "day=5;minute=6"] {
            assert_eq!(bad.parse::<Limits>(), Err(ParseLimitsError), "{bad}");
        }
    }

    #[test]
    fn a_request_is_under_way_until_it_is_dropped() {
        let now = Timestamp::from_second(1_000).unwrap();
        let limits = Limits { concurrent: LimitValue::Fixed(2), ..Limits::OFF };
        let mut meter = RequestCounter::default();
        let first = meter.admit(&limits, 0, now).unwrap();
        let _second = meter.admit(&limits, 0, now).unwrap();
        assert!(meter.admit(&limits, 0, now).is_err());
        drop(first);
        assert!(meter.admit(&limits, 0, now).is_ok());
    }
}
