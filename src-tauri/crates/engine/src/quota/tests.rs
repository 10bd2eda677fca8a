//! The invariants of the daily quota and the limit per minute.

use super::*;
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn morning() -> Timestamp {
    at("2026-11-23T10:00:00Z")
}

fn rate(limit: u64, remaining: u64) -> Option<RateLimit> {
    Some(RateLimit { limit, remaining, reset: None })
}

#[test]
fn background_work_stops_at_its_share_and_a_person_goes_on() {
    let config = Config::default();
    let mut quota = Quota::default();
    quota.on_rate_limit_headers(rate(61_000, 61_000), morning());
    let now = at("2026-11-23T10:00:00Z");
    quota.admit(Priority::Sweep, &config, now);
    quota.on_rate_limit_headers(rate(61_000, 50_000), morning());
    quota.today.add(Priority::Sweep, 61_000 * 5 / 100 / 2);
    assert_eq!(quota.admit(Priority::Sweep, &config, now), Admission::Exhausted(at("2026-11-24T00:00:00Z")));
    assert_eq!(
        quota.admit(Priority::Confirmation, &config, now),
        Admission::Now,
        "looks have the other half"
    );
    quota.today.add(Priority::Confirmation, 61_000 * 5 / 100);
    assert_eq!(
        quota.admit(Priority::Confirmation, &config, now),
        Admission::Exhausted(at("2026-11-24T00:00:00Z"))
    );
    assert_eq!(quota.admit(Priority::Click, &config, now), Admission::Now);
    quota.today.add(Priority::Click, 61_000 / 2);
    assert_eq!(quota.admit(Priority::Click, &config, now), Admission::AskUser(at("2026-11-24T00:00:00Z")));
    assert_eq!(
        quota.admit(Priority::Click, &config, at("2026-11-24T00:00:00Z")),
        Admission::Now,
        "a new day"
    );
}

#[test]
fn what_is_spent_of_a_day_is_what_the_server_says_and_never_less_than_what_this_app_spent() {
    let mut quota = Quota::default();
    assert_eq!(quota.spent_by_all(morning()), 0);
    for _ in 0..500 {
        quota.record_sent(Priority::Click, morning());
    }
    assert_eq!(quota.spent_by_all(morning()), 500, "nothing was heard yet");
    quota.on_rate_limit_headers(rate(49_000, 48_855), morning());
    assert_eq!(quota.spent_by_all(morning()), 500, "a server that counts anew does not take it back");
    quota.on_rate_limit_headers(rate(49_000, 40_000), morning());
    assert_eq!(quota.spent_by_all(morning()), 9_000, "others spend of it, too");
    assert_eq!(quota.spent_by_all(at("2026-11-24T10:00:00Z")), 0, "another day");
}

#[test]
fn the_sweep_interval_grows_with_the_portfolio_and_never_falls_below_the_floor() {
    let config = Config::default();
    let mut quota = Quota::default();
    quota.on_rate_limit_headers(rate(61_000, 61_000), morning());
    assert_eq!(
        quota.sweep_interval(&config, 1, 100_000, SweepShare::Whole, config.sweep_floor_secs),
        SignedDuration::from_secs(60)
    );
    quota.on_rate_limit_headers(rate(595_000, 595_000), morning());
    assert_eq!(
        quota.sweep_interval(&config, 200, 1_000, SweepShare::Whole, config.sweep_floor_secs),
        SignedDuration::from_secs(86_400 * 200 / 14_875)
    );
    assert_eq!(
        quota.sweep_interval(&config, 1, 500_000_000, SweepShare::Whole, config.sweep_floor_secs),
        SignedDuration::from_secs(8_640),
        "5 GB a day"
    );
}

#[test]
fn each_half_of_the_share_is_its_own_and_schedules_leave_some_of_theirs() {
    let config = Config::default();
    let now = at("2026-11-23T10:00:00Z");
    let midnight = at("2026-11-24T00:00:00Z");
    let mut quota = Quota::default();
    quota.admit(Priority::Sweep, &config, now);
    quota.on_rate_limit_headers(rate(20_000, 20_000), morning());
    quota.today.add(Priority::Schedule, 400);
    assert_eq!(quota.admit(Priority::Schedule, &config, now), Admission::Exhausted(midnight));
    assert_eq!(quota.admit(Priority::KeepAlive, &config, now), Admission::Now, "a fifth is left to it");
    quota.today.add(Priority::KeepAlive, 100);
    assert_eq!(quota.admit(Priority::KeepAlive, &config, now), Admission::Exhausted(midnight));
    assert_eq!(quota.admit(Priority::Confirmation, &config, now), Admission::Exhausted(midnight));
    assert_eq!(quota.admit(Priority::Sweep, &config, now), Admission::Now, "schedules do not make it blind");
}

#[test]
fn the_stop_is_raised_for_the_day_that_it_is() {
    let config = Config::default();
    let now = at("2026-11-23T10:00:00Z");
    let mut quota = Quota::default();
    quota.admit(Priority::Click, &config, now);
    quota.on_rate_limit_headers(rate(10_000, 9_000), morning());
    quota.today.add(Priority::Run, 5_000);
    assert_eq!(quota.admit(Priority::Run, &config, now), Admission::AskUser(at("2026-11-24T00:00:00Z")));
    quota.raise_user_limit(75, now);
    assert_eq!(
        (quota.user_limit(&config), quota.admit(Priority::Run, &config, now)),
        (7_500, Admission::Now)
    );
    quota.today.add(Priority::Run, 2_500);
    assert_eq!(quota.admit(Priority::Click, &config, now), Admission::AskUser(at("2026-11-24T00:00:00Z")));
    let next = at("2026-11-24T08:00:00Z");
    assert_eq!(quota.admit(Priority::Click, &config, next), Admission::Now);
    assert_eq!(quota.user_limit(&config), 5_000, "tomorrow is as always");
    let before: Vec<_> = quota.days().map(|day| (day.day.to_string(), day.usage.total())).collect();
    assert_eq!(before, [("2026-11-23".to_owned(), 7_500)]);
}

#[test]
fn nothing_goes_when_the_server_says_that_the_day_is_used_up() {
    let config = Config::default();
    let now = at("2026-11-23T10:00:00Z");
    for priority in Priority::ALL {
        let mut quota = Quota::default();
        quota.admit(priority, &config, now);
        quota.on_rate_limit_headers(rate(10_000, 0), morning());
        assert_eq!(
            quota.admit(priority, &config, now),
            Admission::Exhausted(at("2026-11-24T00:00:00Z")),
            "{priority:?}"
        );
        assert!(quota.is_exhausted(now));
        assert_eq!(
            quota.admit(priority, &config, at("2026-11-24T00:00:00Z")),
            Admission::Now,
            "{priority:?}"
        );
    }
}

#[test]
fn a_day_that_is_spent_when_it_has_hardly_begun_is_doubted() {
    let config = Config::default();
    let mut quota = Quota::default();
    let begun = at("2026-11-24T00:00:02Z");
    quota.admit(Priority::Click, &config, begun);
    quota.on_rate_limit_headers(rate(10_000, 0), begun);
    let again = at("2026-11-24T00:10:02Z");
    assert_eq!(
        quota.admit(Priority::Click, &config, begun),
        Admission::Exhausted(again),
        "at the server it may be yesterday"
    );
    assert_eq!(quota.admit(Priority::Click, &config, again), Admission::Now, "it is asked");
    quota.on_rate_limit_headers(rate(10_000, 9_999), again);
    assert_eq!(quota.admit(Priority::Click, &config, again), Admission::Now);
}

#[test]
fn a_quiet_from_before_the_clock_was_set_back_holds_nothing() {
    let config = Config::default();
    let mut quota = Quota::default();
    quota.admit(Priority::Click, &config, morning());
    quota.on_rate_limited(morning() + SignedDuration::from_mins(5), &config, morning());
    assert!(matches!(quota.admit(Priority::Screen, &config, morning()), Admission::At(_)));
    let before = morning() - SignedDuration::from_hours(24 * 30);
    assert_eq!(quota.admit(Priority::Screen, &config, before), Admission::Now);
}

#[test]
fn a_short_quiet_slows_it_and_a_long_one_is_the_days() {
    let config = Config::default();
    let now = at("2026-11-23T10:00:00Z");
    let mut quota = Quota::default();
    quota.admit(Priority::Click, &config, now);
    for _ in 0..400 {
        quota.record_sent(Priority::Click, now);
    }
    quota.on_rate_limited(at("2026-11-23T10:00:20Z"), &config, now);
    assert_eq!(quota.per_minute(&config, now), 300);
    assert!(!quota.is_exhausted(now));
    quota.on_rate_limited(at("2026-11-24T00:00:00Z"), &config, now);
    assert_eq!(quota.admit(Priority::Screen, &config, now), Admission::At(at("2026-11-24T00:00:00Z")));
    assert!(quota.is_exhausted(now));
}

#[test]
fn a_server_that_says_nonsense_is_no_reason_to_fall_over() {
    let config = Config::default();
    let now = at("2026-11-23T10:00:00Z");
    for (limit, remaining) in [(0, 0), (0, 5), (1, 1), (u64::MAX, 0), (u64::MAX, u64::MAX)] {
        let mut quota = Quota::default();
        quota.admit(Priority::Sweep, &config, now);
        quota.on_rate_limit_headers(rate(limit, remaining), now);
        for priority in Priority::ALL {
            quota.admit(priority, &config, now);
        }
        let interval =
            quota.sweep_interval(&config, u64::MAX, u64::MAX, SweepShare::Half, config.sweep_floor_secs);
        assert!(interval >= SignedDuration::from_secs(60), "{limit}");
        quota.on_rate_limited(Timestamp::MAX, &config, now);
        assert!(quota.blocked_until(now).unwrap() <= at("2026-11-24T10:00:00Z"), "a day is the most");
    }
}

/// Requests with a priority after a delay, and changes of the clock.
fn tries() -> impl Strategy<Value = Vec<(usize, i64, i64)>> {
    prop::collection::vec(
        (0..Priority::ALL.len(), 0_i64..400, prop_oneof![9 => Just(0_i64), 1 => 0_i64..90_000]),
        1..2_000,
    )
}

proptest! {
    #[test]
    fn no_minute_has_more_requests_than_allowed_whatever_the_classes(tries in tries()) {
        let config = Config { per_minute: 60, ..Config::default() };
        let mut quota = Quota::default();
        quota.on_rate_limit_headers(rate(100_000_000, 100_000_000), morning());
        // The real time and the time of the clock, in milliseconds.
        let (mut real, mut clock) = (0_i64, at("2026-11-23T10:00:00Z"));
        let mut sent: Vec<i64> = Vec::new();
        for (priority, gap, back) in tries {
            let priority = Priority::ALL[priority];
            (real, clock) = (real + gap, clock + SignedDuration::from_millis(gap) - SignedDuration::from_secs(back));
            if let Admission::At(later) = quota.admit(priority, &config, clock) {
                prop_assert!(later > clock);
                let wait = later.duration_since(clock);
                prop_assert!(wait <= SignedDuration::from_mins(1));
                real += i64::try_from(wait.as_millis()).unwrap();
                clock = later;
            }
            prop_assert_eq!(quota.admit(priority, &config, clock), Admission::Now);
            quota.record_sent(priority, clock);
            sent.push(real);
        }
        for window in sent.windows(61) {
            prop_assert!(window[60] - window[0] >= 60_000);
        }
    }

    #[test]
    fn background_work_never_spends_beyond_its_share_nor_a_person_beyond_the_stop(
        tries in tries(), limit in 100_u64..4_000, percent in 1_u8..=50,
    ) {
        let config = Config { background_percent: percent, ..Config::default() };
        let mut quota = Quota::default();
        let start = at("2026-11-23T10:00:00Z");
        let mut clock = start;
        quota.admit(Priority::Click, &config, clock);
        quota.on_rate_limit_headers(rate(limit, limit), clock);
        let mut spent = Usage::default();
        for (priority, gap, back) in tries {
            // Within one day, whatever happens to the clock.
            clock = (clock + SignedDuration::from_millis(gap) - SignedDuration::from_secs(back)).max(start - SignedDuration::from_hours(9));
            let priority = Priority::ALL[priority];
            if quota.admit(priority, &config, clock) == Admission::Now {
                quota.record_sent(priority, clock);
                spent.increment(priority);
            }
        }
        let share = (limit * u64::from(percent) / 100).max(1);
        prop_assert!(spent.background() <= share, "{} of {share}", spent.background());
        prop_assert!(spent.get(Priority::Sweep) <= (share / 2).max(1));
        prop_assert!(spent.total() <= limit / 2 + share, "{} of {limit}", spent.total());
        prop_assert_eq!(quota.today(clock), spent);
    }
}
