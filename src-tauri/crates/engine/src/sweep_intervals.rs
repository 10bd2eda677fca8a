//! The intervals between sweeps and the size of their pages, from the portfolio, the quota and the
//! surroundings.

use jiff::SignedDuration;

use crate::{
    config::Config,
    quota::{Quota, SweepShare},
    surroundings::Surroundings,
    sweep::SweepCost,
};

/// The time between the starts of two sweeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SweepIntervals {
    pub(crate) full: SignedDuration,
    /// None if status sweeps would not be cheaper.
    pub(crate) status: Option<SignedDuration>,
}

/// Up to this interval full sweeps need no status sweeps in between.
const MAX_INTERVAL_WITHOUT_STATUS_SECS: i64 = 180;
/// The maximum number of pages before they are enlarged.
const MAX_PAGES: u64 = 20;
/// The maximum page size (§2.2: a strict server rejects more).
const MAX_PAGE_SIZE: u32 = 2_000;

impl SweepIntervals {
    /// The intervals for sweeps of this cost. `status`: none if the server does not support the query.
    pub(crate) fn new(
        config: &Config,
        quota: &Quota,
        surroundings: Surroundings,
        full: SweepCost,
        status: Option<SweepCost>,
    ) -> Self {
        let interval = |cost: SweepCost, part, floor| {
            let cost = surroundings.weighted(cost);
            quota
                .sweep_interval(config, cost.requests, cost.bytes, part, floor)
                .max(surroundings.min_interval(floor))
        };
        let alone = interval(full, SweepShare::Whole, config.sweep_floor_secs);
        let Some(status) = status.filter(|_| alone.as_secs() > MAX_INTERVAL_WITHOUT_STATUS_SECS) else {
            return Self { full: alone, status: None };
        };
        let shared = interval(full, SweepShare::Half, config.sweep_floor_secs);
        let status = interval(status, SweepShare::Half, config.status_floor_secs);
        if status >= alone {
            return Self { full: alone, status: None };
        }
        Self { full: shared, status: Some(status) }
    }
}

/// The page size for the number of companies of the last sweep. Small pages show changes sooner and repeat
/// less after a failure; large ones need fewer requests. `most`: the largest size that worked recently.
pub(crate) fn page_size(config: &Config, quota: &Quota, companies: Option<u64>, most: Option<u32>) -> u32 {
    let largest = MAX_PAGE_SIZE.max(config.page_size);
    let mut size = config.page_size;
    if let Some(companies) = companies {
        let floor = SignedDuration::from_secs(config.sweep_floor_secs);
        let is_enough = |size: u32| {
            let requests = companies.div_ceil(u64::from(size.max(1)));
            let interval =
                quota.sweep_interval(config, requests, 0, SweepShare::Whole, config.sweep_floor_secs);
            requests <= 1 || (requests <= MAX_PAGES && interval <= floor)
        };
        while size < largest && !is_enough(size) {
            size = size.saturating_mul(2).min(largest);
        }
    }
    most.map_or(size, |most| size.min(most)).max(1)
}

#[cfg(test)]
mod tests {
    use domain::PowerSource;

    use super::*;
    use crate::surroundings::Window;

    fn quota(limit: u64) -> Quota {
        Quota::unspent(limit)
    }

    fn secs(intervals: SweepIntervals) -> (i64, Option<i64>) {
        (intervals.full.as_secs(), intervals.status.map(|status| status.as_secs()))
    }

    const SMALL: SweepCost = SweepCost { requests: 1, bytes: 100_000 };
    /// 100,000 companies of 1 kB.
    const LARGE: SweepCost = SweepCost { requests: 50, bytes: 100_000_000 };
    const BROKEN: SweepCost = SweepCost { requests: 3, bytes: 5_000_000 };

    fn intervals(limit: u64, surroundings: Surroundings, full: SweepCost) -> (i64, Option<i64>) {
        secs(SweepIntervals::new(&Config::default(), &quota(limit), surroundings, full, Some(BROKEN)))
    }

    #[test]
    fn a_small_portfolio_is_swept_each_minute_while_somebody_looks_on_and_more_seldom_otherwise() {
        let with =
            |window, power, metered| intervals(1_000_000, Surroundings { window, power, metered }, SMALL).0;
        assert_eq!(with(None, None, None), 60, "what is not known changes nothing");
        assert_eq!(with(Some(Window::Focused), Some(PowerSource::Mains), Some(false)), 60);
        assert_eq!(with(Some(Window::Shown), None, None), 120);
        assert_eq!(with(Some(Window::Hidden), None, None), 180);
        assert_eq!(with(Some(Window::Focused), Some(PowerSource::Battery), None), 120);
        assert_eq!(with(Some(Window::Hidden), Some(PowerSource::LowBattery), Some(true)), 1_800);
    }

    #[test]
    fn where_full_sweeps_are_seldom_by_choice_status_sweeps_keep_their_own_floor() {
        let config = Config { sweep_floor_secs: 86_400, status_floor_secs: 21_600, ..Config::default() };
        let around = Surroundings::default();
        let intervals = SweepIntervals::new(&config, &quota(1_000_000), around, SMALL, Some(BROKEN));
        assert_eq!(secs(intervals), (86_400, Some(21_600)));
    }

    #[test]
    fn a_large_one_is_swept_as_often_as_its_bytes_allow_with_status_sweeps_between() {
        let (full, status) = intervals(100_000_000, Surroundings::default(), LARGE);
        assert_eq!((full, status), (86_400 / 25, Some(172)), "each has half of 5 GB a day");
        let metered = Surroundings { metered: Some(true), ..Surroundings::default() };
        let (full, status) = intervals(100_000_000, metered, LARGE);
        assert_eq!((full, status), (34_560, Some(1_728)));
    }

    #[test]
    fn status_sweeps_that_are_no_cheaper_are_left_out() {
        assert_eq!(intervals(61_000, Surroundings::default(), SMALL), (60, None));
        let intervals = SweepIntervals::new(
            &Config::default(),
            &quota(11_000),
            Surroundings::default(),
            BROKEN,
            Some(BROKEN),
        );
        assert_eq!(secs(intervals), (86_400 * 3 / 275, None));
        let refused =
            SweepIntervals::new(&Config::default(), &quota(61_000), Surroundings::default(), LARGE, None);
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
