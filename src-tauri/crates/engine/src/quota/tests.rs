//! The day and the minute, whatever is asked of them.

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
    quota.heard(rate(61_000, 61_000), morning());
    let now = at("2026-11-23T10:00:00Z");
    quota.leave(Class::Sweep, &config, now);
    quota.heard(rate(61_000, 50_000), morning());
    quota.today.add(Class::Sweep, 61_000 * 5 / 100 / 2);
    assert_eq!(quota.leave(Class::Sweep, &config, now), Leave::Spent(at("2026-11-24T00:00:00Z")));
    assert_eq!(quota.leave(Class::Look, &config, now), Leave::Now, "looks have the other half");
    quota.today.add(Class::Look, 61_000 * 5 / 100);
    assert_eq!(quota.leave(Class::Look, &config, now), Leave::Spent(at("2026-11-24T00:00:00Z")));
    assert_eq!(quota.leave(Class::Click, &config, now), Leave::Now);
    quota.today.add(Class::Click, 61_000 / 2);
    assert_eq!(quota.leave(Class::Click, &config, now), Leave::Asks(at("2026-11-24T00:00:00Z")));
    assert_eq!(quota.leave(Class::Click, &config, at("2026-11-24T00:00:00Z")), Leave::Now, "a new day");
}

#[test]
fn what_is_spent_of_a_day_is_what_the_server_says_and_never_less_than_what_this_app_spent() {
    let mut quota = Quota::default();
    assert_eq!(quota.spent_by_all(morning()), 0);
    for _ in 0..500 {
        quota.sent(Class::Click, morning());
    }
    assert_eq!(quota.spent_by_all(morning()), 500, "nothing was heard yet");
    quota.heard(rate(49_000, 48_855), morning());
    assert_eq!(quota.spent_by_all(morning()), 500, "a server that counts anew does not take it back");
    quota.heard(rate(49_000, 40_000), morning());
    assert_eq!(quota.spent_by_all(morning()), 9_000, "others spend of it, too");
    assert_eq!(quota.spent_by_all(at("2026-11-24T10:00:00Z")), 0, "another day");
}

#[test]
fn the_sweep_interval_grows_with_the_portfolio_and_never_falls_below_the_floor() {
    let config = Config::default();
    let mut quota = Quota::default();
    quota.heard(rate(61_000, 61_000), morning());
    assert_eq!(
        quota.sweep_interval(&config, 1, 100_000, Part::Whole, config.sweep_floor_secs),
        SignedDuration::from_secs(60)
    );
    quota.heard(rate(595_000, 595_000), morning());
    assert_eq!(
        quota.sweep_interval(&config, 200, 1_000, Part::Whole, config.sweep_floor_secs),
        SignedDuration::from_secs(86_400 * 200 / 14_875)
    );
    assert_eq!(
        quota.sweep_interval(&config, 1, 500_000_000, Part::Whole, config.sweep_floor_secs),
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
    quota.leave(Class::Sweep, &config, now);
    quota.heard(rate(20_000, 20_000), morning());
    quota.today.add(Class::Schedule, 400);
    assert_eq!(quota.leave(Class::Schedule, &config, now), Leave::Spent(midnight));
    assert_eq!(quota.leave(Class::KeepAlive, &config, now), Leave::Now, "a fifth is left to it");
    quota.today.add(Class::KeepAlive, 100);
    assert_eq!(quota.leave(Class::KeepAlive, &config, now), Leave::Spent(midnight));
    assert_eq!(quota.leave(Class::Look, &config, now), Leave::Spent(midnight));
    assert_eq!(quota.leave(Class::Sweep, &config, now), Leave::Now, "schedules do not make it blind");
}

#[test]
fn the_stop_is_raised_for_the_day_that_it_is() {
    let config = Config::default();
    let now = at("2026-11-23T10:00:00Z");
    let mut quota = Quota::default();
    quota.leave(Class::Click, &config, now);
    quota.heard(rate(10_000, 9_000), morning());
    quota.today.add(Class::Run, 5_000);
    assert_eq!(quota.leave(Class::Run, &config, now), Leave::Asks(at("2026-11-24T00:00:00Z")));
    quota.raise(75, now);
    assert_eq!((quota.stop(&config), quota.leave(Class::Run, &config, now)), (7_500, Leave::Now));
    quota.today.add(Class::Run, 2_500);
    assert_eq!(quota.leave(Class::Click, &config, now), Leave::Asks(at("2026-11-24T00:00:00Z")));
    let next = at("2026-11-24T08:00:00Z");
    assert_eq!(quota.leave(Class::Click, &config, next), Leave::Now);
    assert_eq!(quota.stop(&config), 5_000, "tomorrow is as always");
    let before: Vec<_> = quota.days().map(|day| (day.day.to_string(), day.usage.total())).collect();
    assert_eq!(before, [("2026-11-23".to_owned(), 7_500)]);
}

#[test]
fn nothing_goes_when_the_server_says_that_the_day_is_used_up() {
    let config = Config::default();
    let now = at("2026-11-23T10:00:00Z");
    for class in Class::ALL {
        let mut quota = Quota::default();
        quota.leave(class, &config, now);
        quota.heard(rate(10_000, 0), morning());
        assert_eq!(quota.leave(class, &config, now), Leave::Spent(at("2026-11-24T00:00:00Z")), "{class:?}");
        assert!(quota.is_exhausted(now));
        assert_eq!(quota.leave(class, &config, at("2026-11-24T00:00:00Z")), Leave::Now, "{class:?}");
    }
}

#[test]
fn a_day_that_is_spent_when_it_has_hardly_begun_is_doubted() {
    let config = Config::default();
    let mut quota = Quota::default();
    let begun = at("2026-11-24T00:00:02Z");
    quota.leave(Class::Click, &config, begun);
    quota.heard(rate(10_000, 0), begun);
    let again = at("2026-11-24T00:10:02Z");
    assert_eq!(
        quota.leave(Class::Click, &config, begun),
        Leave::Spent(again),
        "at the server it may be yesterday"
    );
    assert_eq!(quota.leave(Class::Click, &config, again), Leave::Now, "it is asked");
    quota.heard(rate(10_000, 9_999), again);
    assert_eq!(quota.leave(Class::Click, &config, again), Leave::Now);
}

#[test]
fn a_quiet_from_before_the_clock_was_set_back_holds_nothing() {
    let config = Config::default();
    let mut quota = Quota::default();
    quota.leave(Class::Click, &config, morning());
    quota.refused(morning() + SignedDuration::from_mins(5), &config, morning());
    assert!(matches!(quota.leave(Class::Screen, &config, morning()), Leave::At(_)));
    let before = morning() - SignedDuration::from_hours(24 * 30);
    assert_eq!(quota.leave(Class::Screen, &config, before), Leave::Now);
}

#[test]
fn a_short_quiet_slows_it_and_a_long_one_is_the_days() {
    let config = Config::default();
    let now = at("2026-11-23T10:00:00Z");
    let mut quota = Quota::default();
    quota.leave(Class::Click, &config, now);
    for _ in 0..400 {
        quota.sent(Class::Click, now);
    }
    quota.refused(at("2026-11-23T10:00:20Z"), &config, now);
    assert_eq!(quota.per_minute(&config, now), 300);
    assert!(!quota.is_exhausted(now));
    quota.refused(at("2026-11-24T00:00:00Z"), &config, now);
    assert_eq!(quota.leave(Class::Screen, &config, now), Leave::At(at("2026-11-24T00:00:00Z")));
    assert!(quota.is_exhausted(now));
}

#[test]
fn a_server_that_says_nonsense_is_no_reason_to_fall_over() {
    let config = Config::default();
    let now = at("2026-11-23T10:00:00Z");
    for (limit, remaining) in [(0, 0), (0, 5), (1, 1), (u64::MAX, 0), (u64::MAX, u64::MAX)] {
        let mut quota = Quota::default();
        quota.leave(Class::Sweep, &config, now);
        quota.heard(rate(limit, remaining), now);
        for class in Class::ALL {
            quota.leave(class, &config, now);
        }
        let interval = quota.sweep_interval(&config, u64::MAX, u64::MAX, Part::Half, config.sweep_floor_secs);
        assert!(interval >= SignedDuration::from_secs(60), "{limit}");
        quota.refused(Timestamp::MAX, &config, now);
        assert!(quota.blocked_until(now).unwrap() <= at("2026-11-24T10:00:00Z"), "a day is the most");
    }
}

/// What happens to a quota: a request of a class is tried after a while, or the clock is set back.
fn tries() -> impl Strategy<Value = Vec<(usize, i64, i64)>> {
    prop::collection::vec(
        (0..Class::ALL.len(), 0_i64..400, prop_oneof![9 => Just(0_i64), 1 => 0_i64..90_000]),
        1..2_000,
    )
}

proptest! {
    #[test]
    fn no_minute_has_more_requests_than_allowed_whatever_the_classes(tries in tries()) {
        let config = Config { per_minute: 60, ..Config::default() };
        let mut quota = Quota::default();
        quota.heard(rate(100_000_000, 100_000_000), morning());
        // What really passes, and what the clock shows, in milliseconds.
        let (mut real, mut clock) = (0_i64, at("2026-11-23T10:00:00Z"));
        let mut sent: Vec<i64> = Vec::new();
        for (class, gap, back) in tries {
            let class = Class::ALL[class];
            (real, clock) = (real + gap, clock + SignedDuration::from_millis(gap) - SignedDuration::from_secs(back));
            if let Leave::At(later) = quota.leave(class, &config, clock) {
                prop_assert!(later > clock);
                let wait = later.duration_since(clock);
                prop_assert!(wait <= SignedDuration::from_mins(1));
                real += i64::try_from(wait.as_millis()).unwrap();
                clock = later;
            }
            prop_assert_eq!(quota.leave(class, &config, clock), Leave::Now);
            quota.sent(class, clock);
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
        quota.leave(Class::Click, &config, clock);
        quota.heard(rate(limit, limit), clock);
        let mut spent = Usage::default();
        for (class, gap, back) in tries {
            // Within one day, whatever is done to the clock.
            clock = (clock + SignedDuration::from_millis(gap) - SignedDuration::from_secs(back)).max(start - SignedDuration::from_hours(9));
            let class = Class::ALL[class];
            if quota.leave(class, &config, clock) == Leave::Now {
                quota.sent(class, clock);
                spent.count(class);
            }
        }
        let share = (limit * u64::from(percent) / 100).max(1);
        prop_assert!(spent.background() <= share, "{} of {share}", spent.background());
        prop_assert!(spent.of(Class::Sweep) <= (share / 2).max(1));
        prop_assert!(spent.total() <= limit / 2 + share, "{} of {limit}", spent.total());
        prop_assert_eq!(quota.today(clock), spent);
    }
}
