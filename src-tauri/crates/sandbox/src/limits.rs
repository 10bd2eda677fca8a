//! Rate limits (§4.2) on the sandbox's clock: requests a day, requests a minute, concurrent requests.

use core::str::FromStr;
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use jiff::{SignedDuration, Timestamp};

use crate::stamp;

/// The enforced limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests a day. Resets at midnight UTC.
    pub day: Figure,
    /// Requests a minute.
    pub minute: Option<u32>,
    /// Concurrent requests.
    pub concurrent: Figure,
    /// The format of `Retry-After`.
    pub form: RetryForm,
}

/// A limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// Unlimited.
    Off,
    /// Codat's limit: 1,000 a day plus 1,000 for each active company; 10 concurrent requests for each.
    ByCompanies,
    /// A fixed number.
    Fixed(u32),
}

/// The format of `Retry-After`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryForm {
    /// A number of seconds.
    Seconds,
    /// An HTTP date.
    Date,
}

impl Limits {
    /// Codat's limits.
    pub const REAL: Self = Self {
        day: Figure::ByCompanies,
        minute: Some(1_000),
        concurrent: Figure::ByCompanies,
        form: RetryForm::Seconds,
    };
    /// No limits. The headers still report Codat's.
    pub const OFF: Self =
        Self { day: Figure::Off, minute: None, concurrent: Figure::Off, form: RetryForm::Seconds };

    /// The daily quota in the headers. `active` is the number of linked companies.
    pub(crate) fn quota(&self, active: u32) -> u64 {
        match self.day {
            Figure::Off | Figure::ByCompanies => 1_000 * (1 + u64::from(active)),
            Figure::Fixed(quota) => u64::from(quota),
        }
    }

    fn under_way(&self, active: u32) -> u32 {
        match self.concurrent {
            Figure::Off => u32::MAX,
            Figure::ByCompanies => active.max(1).saturating_mul(10),
            Figure::Fixed(most) => most,
        }
    }
}

/// The text is not a valid list of limits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "limits are real, off, or figures such as day=5000,minute=60,concurrent=4,form=date; off is a figure too"
)]
pub struct NoLimits;

impl FromStr for Limits {
    type Err = NoLimits;

    /// Parses `real`, `off`, or a list of limits. Omitted ones are as in `real`.
    fn from_str(text: &str) -> Result<Self, NoLimits> {
        let mut limits = match text {
            "real" => return Ok(Self::REAL),
            "off" => return Ok(Self::OFF),
            _ => Self::REAL,
        };
        for part in text.split(',') {
            let (name, value) = part.split_once('=').ok_or(NoLimits)?;
            let figure = || match value {
                "off" => Ok(Figure::Off),
                "real" => Ok(Figure::ByCompanies),
                _ => value.parse().ok().filter(|most| *most > 0).map(Figure::Fixed).ok_or(NoLimits),
            };
            match name.trim() {
                "day" => limits.day = figure()?,
                "concurrent" => limits.concurrent = figure()?,
                "minute" => {
                    limits.minute = match figure()? {
                        Figure::Off => None,
                        Figure::ByCompanies => Self::REAL.minute,
                        Figure::Fixed(most) => Some(most),
                    }
                }
                "form" if value == "seconds" => limits.form = RetryForm::Seconds,
                "form" if value == "date" => limits.form = RetryForm::Date,
                _ => return Err(NoLimits),
            }
        }
        Ok(limits)
    }
}

/// The request exceeds a limit until this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany {
    until: Timestamp,
}

impl TooMany {
    /// The `Retry-After` header.
    pub(crate) fn retry_after(self, form: RetryForm, now: Timestamp) -> String {
        let seconds = (self.until.duration_since(now).as_millis().max(0) + 999) / 1_000;
        match form {
            RetryForm::Seconds => seconds.max(1).to_string(),
            RetryForm::Date => {
                let later = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(0).max(1));
                stamp::http_date(now.checked_add(later).unwrap_or(self.until))
            }
        }
    }
}

/// A request in flight. Dropping it ends the request.
#[derive(Debug)]
pub(crate) struct UnderWay(Arc<AtomicU32>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[derive(Debug, Default)]
pub(crate) struct Meter {
    /// The next midnight.
    resets: Option<Timestamp>,
    today: u64,
    /// Minutes since 1970.
    minute: i64,
    in_minute: u32,
    /// Whether the daily quota is used up, and the changes of that which were not reported yet.
    is_reached: bool,
    news: Vec<(bool, Timestamp)>,
    under_way: Arc<AtomicU32>,
}

impl Meter {
    /// The number of accepted requests today.
    pub(crate) fn today(&mut self, now: Timestamp) -> u64 {
        self.turn(now);
        self.today
    }

    /// Returns and clears the changes: whether the daily quota was reached (or reset), and the time of the
    /// next reset.
    pub(crate) fn news(&mut self, now: Timestamp) -> Vec<(bool, Timestamp)> {
        self.turn(now);
        core::mem::take(&mut self.news)
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
    ) -> Result<UnderWay, TooMany> {
        self.turn(now);
        if limits.minute.is_some_and(|most| self.in_minute >= most) {
            let until = Timestamp::from_second((self.minute + 1).saturating_mul(60)).unwrap_or(now);
            return Err(TooMany { until });
        }
        if limits.day != Figure::Off && self.today >= limits.quota(active) {
            let until = stamp::next_midnight(now);
            if !self.is_reached {
                self.is_reached = true;
                self.news.push((true, until));
            }
            return Err(TooMany { until });
        }
        let most = limits.under_way(active);
        let one_more = |count: u32| (count < most).then_some(count + 1);
        if self.under_way.fetch_update(Ordering::AcqRel, Ordering::Acquire, one_more).is_err() {
            return Err(TooMany { until: now });
        }
        self.today += 1;
        self.in_minute = self.in_minute.saturating_add(1);
        Ok(UnderWay(Arc::clone(&self.under_way)))
    }

    /// Starts a new day or a new minute.
    fn turn(&mut self, now: Timestamp) {
        let resets = stamp::next_midnight(now);
        if self.resets != Some(resets) {
            self.resets = Some(resets);
            self.today = 0;
            if core::mem::take(&mut self.is_reached) {
                self.news.push((false, resets));
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
            day: Figure::Fixed(5_000),
            minute: Some(60),
            concurrent: Figure::Fixed(4),
            form: RetryForm::Date,
        };
        assert_eq!("day=5000,minute=60,concurrent=4,form=date".parse(), Ok(all));
        assert_eq!("minute=off".parse(), Ok(Limits { minute: None, ..Limits::REAL }));
        for bad in ["", "day", "day=", "day=0", "day=-1", "hour=5", "form=words", "day=5;minute=6"] {
            assert_eq!(bad.parse::<Limits>(), Err(NoLimits), "{bad}");
        }
    }

    #[test]
    fn a_request_is_under_way_until_it_is_dropped() {
        let now = Timestamp::from_second(1_000).unwrap();
        let limits = Limits { concurrent: Figure::Fixed(2), ..Limits::OFF };
        let mut meter = Meter::default();
        let first = meter.admit(&limits, 0, now).unwrap();
        let _second = meter.admit(&limits, 0, now).unwrap();
        assert!(meter.admit(&limits, 0, now).is_err());
        drop(first);
        assert!(meter.admit(&limits, 0, now).is_ok());
    }
}
