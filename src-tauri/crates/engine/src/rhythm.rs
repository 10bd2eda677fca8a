//! How often sweeps go and how large their pages are: by the size of the portfolio, the quota, who looks on,
//! and what the computer lives on.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::{
    config::Config,
    quota::{Part, Quota},
};

/// Whether somebody looks on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// It has the keyboard.
    Focused,
    /// It is on screen, and something else has the keyboard.
    Shown,
    /// Nobody sees it.
    Hidden,
}

/// What the computer lives on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    /// The mains.
    Mains,
    /// A battery.
    Battery,
    /// A battery that will not last long.
    LowBattery,
}

/// What is known of the surroundings. What the system does not tell is unknown, and changes nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Whether somebody looks on.
    pub window: Option<Window>,
    /// What the computer lives on.
    pub power: Option<Power>,
    /// Whether the network is paid for by what goes over it.
    pub metered: Option<bool>,
}

/// What a sweep takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cost {
    pub(crate) requests: u64,
    pub(crate) bytes: u64,
}

/// From the start of one sweep to the start of the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rhythm {
    /// Of full sweeps.
    pub(crate) full: SignedDuration,
    /// Of status sweeps between them, where they are worth it.
    pub(crate) status: Option<SignedDuration>,
}

/// A full sweep that comes at least this often needs no status sweeps beside it.
const OFTEN_ENOUGH_SECS: i64 = 180;
/// However little looks on and however low the battery: so often at least, as far as the quota allows.
const SELDOM_SECS: i64 = 1_800;
/// A paid byte counts as so many.
const METERED: u64 = 10;
/// Pages a sweep at most, before they are made larger.
const PAGES: u64 = 20;
/// However many companies: a page has no more (§2.2: a strict reader refuses more).
const LARGEST_PAGE: u32 = 2_000;

impl Surroundings {
    /// How many times as long as usual one may wait for news.
    fn slowness(self) -> i64 {
        let window = match self.window {
            None | Some(Window::Focused) => 1,
            Some(Window::Shown) => 2,
            Some(Window::Hidden) => 3,
        };
        let power = match self.power {
            None | Some(Power::Mains) => 1,
            Some(Power::Battery) => 2,
            Some(Power::LowBattery) => 4,
        };
        let network = if self.metered == Some(true) { 4 } else { 1 };
        window * power * network
    }

    fn at_least(self, floor_secs: i64) -> SignedDuration {
        let slow = (floor_secs * self.slowness()).min(SELDOM_SECS.max(floor_secs));
        SignedDuration::from_secs(slow)
    }

    fn weigh(self, cost: Cost) -> Cost {
        let weight = if self.metered == Some(true) { METERED } else { 1 };
        Cost { bytes: cost.bytes.saturating_mul(weight), ..cost }
    }
}

impl Rhythm {
    /// The rhythm for sweeps of these costs; `status` is none where the server takes no such query.
    pub(crate) fn new(
        config: &Config,
        quota: &Quota,
        surroundings: Surroundings,
        full: Cost,
        status: Option<Cost>,
    ) -> Self {
        let interval = |cost: Cost, part, floor| {
            let cost = surroundings.weigh(cost);
            quota
                .sweep_interval(config, cost.requests, cost.bytes, part, floor)
                .max(surroundings.at_least(floor))
        };
        let alone = interval(full, Part::Whole, config.sweep_floor_secs);
        let Some(status) = status.filter(|_| alone.as_secs() > OFTEN_ENOUGH_SECS) else {
            return Self { full: alone, status: None };
        };
        let shared = interval(full, Part::Half, config.sweep_floor_secs);
        let status = interval(status, Part::Half, config.status_floor_secs);
        if status >= alone {
            return Self { full: alone, status: None };
        }
        Self { full: shared, status: Some(status) }
    }
}

/// Companies a page, for so many companies as there were last time: small pages show news sooner and repeat
/// less after a failure, and large ones cost fewer requests. `most` is what got through lately.
pub(crate) fn page_size(config: &Config, quota: &Quota, companies: Option<u64>, most: Option<u32>) -> u32 {
    let largest = LARGEST_PAGE.max(config.page_size);
    let mut size = config.page_size;
    if let Some(companies) = companies {
        let floor = SignedDuration::from_secs(config.sweep_floor_secs);
        let is_enough = |size: u32| {
            let requests = companies.div_ceil(u64::from(size.max(1)));
            let interval = quota.sweep_interval(config, requests, 0, Part::Whole, config.sweep_floor_secs);
            requests <= 1 || (requests <= PAGES && interval <= floor)
        };
        while size < largest && !is_enough(size) {
            size = size.saturating_mul(2).min(largest);
        }
    }
    most.map_or(size, |most| size.min(most)).max(1)
}

#[cfg(test)]
mod tests {

    use super::*;

    fn quota(limit: u64) -> Quota {
        Quota::unspent(limit)
    }

    fn secs(rhythm: Rhythm) -> (i64, Option<i64>) {
        (rhythm.full.as_secs(), rhythm.status.map(|status| status.as_secs()))
    }

    const SMALL: Cost = Cost { requests: 1, bytes: 100_000 };
    /// 100,000 companies of a kilobyte.
    const LARGE: Cost = Cost { requests: 50, bytes: 100_000_000 };
    const BROKEN: Cost = Cost { requests: 3, bytes: 5_000_000 };

    fn rhythm(limit: u64, surroundings: Surroundings, full: Cost) -> (i64, Option<i64>) {
        secs(Rhythm::new(&Config::default(), &quota(limit), surroundings, full, Some(BROKEN)))
    }

    #[test]
    fn a_small_portfolio_is_swept_each_minute_while_somebody_looks_on_and_more_seldom_otherwise() {
        let with =
            |window, power, metered| rhythm(1_000_000, Surroundings { window, power, metered }, SMALL).0;
        assert_eq!(with(None, None, None), 60, "what is not known changes nothing");
        assert_eq!(with(Some(Window::Focused), Some(Power::Mains), Some(false)), 60);
        assert_eq!(with(Some(Window::Shown), None, None), 120);
        assert_eq!(with(Some(Window::Hidden), None, None), 180);
        assert_eq!(with(Some(Window::Focused), Some(Power::Battery), None), 120);
        assert_eq!(with(Some(Window::Hidden), Some(Power::LowBattery), Some(true)), 1_800);
    }

    #[test]
    fn where_full_sweeps_are_seldom_by_choice_status_sweeps_keep_their_own_floor() {
        let config = Config { sweep_floor_secs: 86_400, status_floor_secs: 21_600, ..Config::default() };
        let around = Surroundings::default();
        let rhythm = Rhythm::new(&config, &quota(1_000_000), around, SMALL, Some(BROKEN));
        assert_eq!(secs(rhythm), (86_400, Some(21_600)));
    }

    #[test]
    fn a_large_one_is_swept_as_often_as_its_bytes_allow_with_status_sweeps_between() {
        let (full, status) = rhythm(100_000_000, Surroundings::default(), LARGE);
        assert_eq!((full, status), (86_400 / 25, Some(172)), "each has half of 5 GB a day");
        let metered = Surroundings { metered: Some(true), ..Surroundings::default() };
        let (full, status) = rhythm(100_000_000, metered, LARGE);
        assert_eq!((full, status), (34_560, Some(1_728)));
    }

    #[test]
    fn status_sweeps_that_are_no_cheaper_are_left_out() {
        assert_eq!(rhythm(61_000, Surroundings::default(), SMALL), (60, None));
        let rhythm =
            Rhythm::new(&Config::default(), &quota(11_000), Surroundings::default(), BROKEN, Some(BROKEN));
        assert_eq!(secs(rhythm), (86_400 * 3 / 275, None));
        let refused = Rhythm::new(&Config::default(), &quota(61_000), Surroundings::default(), LARGE, None);
        assert_eq!(refused.status, None);
    }

    #[test]
    fn pages_grow_with_the_portfolio_and_where_requests_are_few() {
        let config = Config::default();
        let of = |limit, companies| page_size(&config, &quota(limit), companies, None);
        assert_eq!(of(100_000_000, None), 500);
        assert_eq!(of(100_000_000, Some(60)), 500);
        assert_eq!(of(100_000_000, Some(10_000)), 500);
        assert_eq!(of(100_000_000, Some(20_000)), 1_000);
        assert_eq!(of(100_000_000, Some(100_000)), 2_000);
        assert_eq!(of(11_000, Some(1_500)), 2_000, "275 requests a day are few");
        assert_eq!(page_size(&config, &quota(61_000), Some(100_000), Some(250)), 250, "what gets through");
    }
}
