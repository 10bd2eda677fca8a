//! The daily quota and the limit per minute: who is first, who waits, who is asked.

use codat::{Failure, FailureKind, Topic, client::Meta, error::RateLimit};
use domain::{HealthState, Hold, Priority};
use engine::{
    Act, ActError, Basis, Call, Config, Event, IdleClocks, Planned, ReadAct, RefreshCompany, Reply,
    ScheduleCost, Settled, Usage,
    schedule::{Plan, Target, Timing},
};
use jiff::SignedDuration;
use proptest::prelude::*;

use crate::bench::{Bench, at, company, failure, id, limited, page};

/// An engine after its first sweep, with this daily quota.
fn with_a_day_of(limit: u64) -> Bench {
    let mut bench = Bench::with(Config { page_size: 500, ..Config::default() });
    let (request, _) = bench.take();
    answer_with(&mut bench, request, limit, limit - 1, page(vec![company(1, "Linked")], 1, 500, 1));
    bench.store_all(Vec::new());
    bench.sent.clear();
    bench
}

fn answer_with(bench: &mut Bench, request: engine::RequestId, limit: u64, remaining: u64, reply: Reply) {
    let rate_limit = Some(RateLimit { limit, remaining, reset: None });
    let meta = Meta { status: 200, rate_limit, correlation_id: None, bytes: 1_000, date: None };
    bench.give(Event::Answer(request, Ok((reply, meta))));
}

/// Reads a company and answers it. Returns whether it was sent.
fn look(bench: &mut Bench, limit: u64) -> bool {
    let act = bench.act(ReadAct::Company(id(1)));
    let Some(index) = bench.sent.iter().position(|(_, call)| matches!(call, Call::Company(_))) else {
        assert!(bench.result(act).is_some(), "what does not go is told at once");
        return false;
    };
    let (request, _) = bench.sent.remove(index);
    answer_with(bench, request, limit, limit - 1, Reply::Company(Box::new(company(1, "Linked"))));
    bench.store_all(Vec::new());
    true
}

#[test]
fn at_its_stop_a_persons_act_asks_and_goes_once_more_was_allowed_for_the_day() {
    let mut bench = with_a_day_of(20);
    let mut went = 0;
    while look(&mut bench, 20) {
        went += 1;
        assert!(went < 20, "the stop holds");
    }
    let used = bench.health().used_today;
    assert_eq!(used, 10, "half of the day, sweeps included");
    assert!(bench.health().user_limit_reached);
    let act = bench.act(ReadAct::Company(id(1)));
    let resets = at("2026-11-24T00:00:00Z");
    assert_eq!(bench.result(act), Some(&Err(ActError::UserQuotaReached { resets })));
    bench.give(Event::RaiseUserQuota(75));
    assert!(!bench.health().user_limit_reached);
    assert!(look(&mut bench, 20));
    assert_eq!(bench.engine.quota_report(&Usage::default(), bench.now).user_limit, 15);
    // The next day is normal.
    bench.now = at("2026-11-24T00:00:01Z");
    bench.give(Event::Timeout);
    assert_eq!(bench.engine.quota_report(&Usage::default(), bench.now).user_limit, 10);
    assert_eq!(bench.engine.quota_report(&Usage::default(), bench.now).days[0].usage.total(), used + 1);
}

#[test]
fn when_the_server_says_that_the_day_is_over_nobody_is_asked_and_the_status_says_so() {
    let mut bench = with_a_day_of(10_000);
    let act = bench.act(ReadAct::Company(id(1)));
    let (request, _) = bench.take();
    answer_with(&mut bench, request, 10_000, 0, Reply::Company(Box::new(company(1, "Linked"))));
    bench.store_all(Vec::new());
    assert!(matches!(bench.result(act), Some(Ok(_))));
    let act = bench.act(ReadAct::Company(id(1)));
    let resets = at("2026-11-24T00:00:00Z");
    assert_eq!(bench.result(act), Some(&Err(ActError::QuotaExhausted { resets })));
    let health = bench.health();
    assert_eq!(
        (health.state, health.hold, health.user_limit_reached),
        (HealthState::Limited, Some(Hold::Day), false)
    );
    bench.now = resets;
    bench.give(Event::Timeout);
    assert!(matches!(bench.take().1, Call::Companies(_)), "the new day begins by itself");
}

#[test]
fn a_429_until_midnight_is_the_day_and_one_of_seconds_is_a_moment() {
    let mut bench = with_a_day_of(100_000);
    bench.pass(61);
    let (request, _) = bench.take();
    bench.answer(request, Err(limited(20)));
    assert_eq!(bench.health().hold, Some(Hold::Quiet));
    bench.pass(21);
    let (request, _) = bench.take();
    let until = bench.now + SignedDuration::from_hours(14);
    let rate_limit = Some(RateLimit { limit: 100_000, remaining: 0, reset: None });
    bench.answer(request, Err(Failure { rate_limit, ..limited(14 * 3_600) }));
    assert_eq!(bench.health().hold, Some(Hold::Day));
    assert_eq!(bench.health().retry_at, Some(until));
}

#[test]
fn a_day_of_which_something_is_left_is_not_called_over_and_the_server_is_asked_again_within_the_hour() {
    for seconds in [14 * 3_600, 3_600_000, 1_000_000_000_000, u64::MAX] {
        let mut bench = with_a_day_of(100_000);
        bench.pass(61);
        let (request, _) = bench.take();
        bench.sent.clear();
        bench.answer(request, Err(limited(seconds)));
        let health = bench.health();
        assert_eq!((health.state, health.hold), (HealthState::Limited, Some(Hold::Quiet)), "{seconds}");
        let most = SignedDuration::from_secs(i64::try_from(seconds.min(86_400)).unwrap());
        assert_eq!(health.asked_until, Some(bench.now + most), "it is told as it was asked, a day at most");
        assert_eq!(health.retry_at, Some(bench.now + SignedDuration::from_hours(1)), "{seconds}");
        bench.pass(3_599);
        assert!(bench.sent.is_empty(), "{seconds}: {:?}", bench.sent);
        bench.pass(1);
        assert!(matches!(bench.take().1, Call::Companies(_)), "{seconds}");
    }
}

#[test]
fn a_click_goes_before_what_waited_longer() {
    let mut bench = Bench::with(Config { concurrency: 1, page_size: 500, ..Config::default() });
    bench.answer_integrations();
    let (request, _) = bench.take();
    let fetch = bench.act(ReadAct::Topic(Topic::Files(id(2))));
    let click = bench.act(ReadAct::Company(id(1)));
    bench.answer(request, Ok(page(vec![company(1, "Linked")], 1, 500, 1)));
    assert!(matches!(bench.take().1, Call::Company(_)), "the click first, though the screen asked before it");
    assert!(bench.result(fetch).is_none() && bench.result(click).is_none());
}

#[test]
fn what_each_request_was_for_is_known_while_it_is_under_way_and_counted() {
    let mut bench = with_a_day_of(10_000);
    bench.act(ReadAct::Company(id(1)));
    bench.act(ReadAct::Topic(Topic::Files(id(2))));
    let classes: Vec<_> = bench
        .sent
        .iter()
        .filter_map(|(request, _)| bench.engine.request_info(*request))
        .map(|asked| asked.priority)
        .collect();
    assert_eq!(classes, [Priority::Click, Priority::Screen]);
    let pass = bench.act(Act::ReserveRequest(domain::SafeMode::Operate));
    assert_eq!(bench.result(pass), Some(&Ok(engine::Settled::Accepted)));
    let report = bench.engine.quota_report(&Usage::default(), bench.now);
    let of = |priority| report.today.get(priority);
    assert_eq!(
        (of(Priority::Click), of(Priority::Screen), of(Priority::Confirmation), of(Priority::Sweep)),
        (2, 1, 1, 1)
    );
    assert_eq!(report.forecast.basis, Basis::Today);
    assert!(report.forecast.rest.get(Priority::Sweep) > 0);
}

#[test]
fn what_goes_past_the_engine_waits_like_everything_and_what_it_hears_counts() {
    let mut bench = with_a_day_of(10_000);
    let first = bench.act(Act::ReserveRequest(domain::SafeMode::Operate));
    assert_eq!(bench.result(first), Some(&Ok(Settled::Accepted)));
    let rate_limit = Some(RateLimit { limit: 10_000, remaining: 7_000, reset: None });
    bench.give(Event::DirectAnswer(Ok(Meta {
        status: 200,
        rate_limit,
        correlation_id: None,
        bytes: 0,
        date: None,
    })));
    assert_eq!(bench.health().quota_remaining, Some(7_000));

    bench.give(Event::DirectAnswer(Err(Box::new(limited(20)))));
    let (second, third) = (
        bench.act(Act::ReserveRequest(domain::SafeMode::Operate)),
        bench.act(Act::ReserveRequest(domain::SafeMode::Operate)),
    );
    assert_eq!((bench.result(second), bench.result(third)), (None, None), "the server asked for quiet");
    bench.pass(21);
    let done = Some(&Ok(Settled::Accepted));
    assert_eq!((bench.result(second), bench.result(third)), (done, done));

    bench.give(Event::DirectAnswer(Err(Box::new(limited(3_600)))));
    let (fourth, fifth) = (
        bench.act(Act::ReserveRequest(domain::SafeMode::Operate)),
        bench.act(Act::ReserveRequest(domain::SafeMode::Operate)),
    );
    assert_eq!(bench.result(fourth), done, "a person may try once");
    assert!(matches!(bench.result(fifth), Some(Err(ActError::Failed(_)))), "nobody waits for an hour");
}

#[test]
fn what_goes_past_the_engine_stops_where_a_persons_acts_stop() {
    let mut bench = with_a_day_of(40);
    let passes: Vec<_> = (0..40).map(|_| bench.act(Act::ReserveRequest(domain::SafeMode::Operate))).collect();
    let went = passes.iter().filter(|pass| matches!(bench.result(**pass), Some(Ok(_)))).count();
    let asks = passes
        .iter()
        .filter(|pass| matches!(bench.result(**pass), Some(Err(ActError::UserQuotaReached { .. }))));
    assert_eq!((went, asks.count()), (18, 22), "two of the half of 40 were the first sweep's");
    assert!(
        matches!(bench.engine.user_quota_error(bench.now), Some(ActError::UserQuotaReached { .. })),
        "said beforehand"
    );
    bench.give(Event::RaiseUserQuota(100));
    assert_eq!(bench.engine.user_quota_error(bench.now), None);
}

#[test]
fn a_retry_says_how_often_it_was_tried() {
    let mut bench = with_a_day_of(10_000);
    bench.act(RefreshCompany { company: id(1) });
    let (request, _) = bench.take();
    assert_eq!(bench.engine.request_info(request).map(|asked| asked.retry), Some(0));
    bench.answer(request, Err(failure(FailureKind::NoAnswer)));
    bench.pass(3);
    let (request, _) = bench.take();
    assert_eq!(bench.engine.request_info(request).map(|asked| asked.retry), Some(1));
}

#[test]
fn a_minute_is_not_given_twice_by_a_restart() {
    let mut bench = with_a_day_of(10_000_000);
    for _ in 0..700 {
        bench.act(ReadAct::Company(id(1)));
        if bench.sent.is_empty() {
            break;
        }
        bench.answer_next(Ok(Reply::Company(Box::new(company(1, "Linked")))));
        bench.store_all(Vec::new());
    }
    assert_eq!(bench.health().used_today, 600);
    let saved = serde_json::to_string(bench.engine.saved()).unwrap();
    let mut engine =
        engine::Engine::new(Config::default(), Some(serde_json::from_str(&saved).unwrap()), bench.now);
    let effects = engine.handle(bench.now, Event::Started(engine::RecoveryState::default()));
    assert!(!effects.iter().any(|effect| matches!(effect, engine::Effect::Send(..))), "{effects:?}");
}

#[test]
fn a_day_is_planned_at_another_number_of_companies() {
    let bench = with_a_day_of(2_000);
    let invoices = Plan {
        target: Target::Matching(String::new()),
        data_types: vec!["invoices".to_owned()],
        timing: Timing::Every { hours: 2 },
        zone: None,
        blackouts: Vec::new(),
        spread_mins: 0,
    };
    let idle = vec![IdleClocks { days: 60, connections: 1, chosen: 0 }];
    let planned =
        Planned { companies: 1, schedules: vec![ScheduleCost::new(&invoices, 1)], idle, confirmations: 0 };
    let plan = bench.engine.day_plan(&planned, 1_000, bench.now);
    assert_eq!((plan.limit, plan.keep_alive, plan.schedule_requests()), (1_001_000, 20, 12_000));
    assert_eq!(bench.engine.day_plan(&planned, 1, bench.now).schedule_requests(), 12);
}

#[test]
fn a_failure_without_a_word_about_quiet_is_waited_out_as_well() {
    let mut bench = with_a_day_of(100_000);
    bench.pass(61);
    let (request, _) = bench.take();
    bench.answer(request, Err(Failure { retry_after: None, ..limited(0) }));
    assert_eq!(bench.health().state, HealthState::Limited);
    assert!(bench.health().retry_at.is_some_and(|at| at > bench.now));
    bench.pass(30);
    assert!(matches!(bench.take().1, Call::Companies(_)));
}

#[test]
fn when_sweeps_have_spent_their_part_none_is_begun_until_midnight_and_the_status_says_so() {
    // A share of two requests a day: one for sweeps, one for the rest.
    let mut bench = with_a_day_of(40);
    bench.pass(7_200);
    assert!(bench.sent.is_empty(), "{:?}", bench.sent);
    let health = bench.health();
    assert_eq!((health.state, health.hold), (HealthState::Limited, Some(Hold::Share)));
    let midnight = at("2026-11-24T00:00:00Z");
    assert_eq!(health.retry_at, Some(midnight));
    assert!(health.next_sweep >= Some(midnight));
    assert!(look(&mut bench, 40), "a click goes all the same");
    bench.give(Event::BackgroundShare(50));
    bench.pass(7_200);
    assert!(
        bench.sent.iter().any(|(_, call)| matches!(call, Call::Companies(_))),
        "with a larger share it goes on"
    );
}

/// The sweep page in flight, if there is one, and its priority.
fn page_under_way(bench: &mut Bench) -> Option<(engine::RequestId, Priority)> {
    let at = bench.sent.iter().position(|(_, call)| matches!(call, Call::Companies(_)))?;
    let (request, _) = bench.sent.remove(at);
    bench.engine.request_info(request).map(|asked| (request, asked.priority))
}

#[test]
fn refresh_now_goes_at_once_though_sweeps_have_spent_their_part_and_work_is_paused() {
    let mut bench = with_a_day_of(40);
    bench.pass(7_200);
    bench.give(Event::Policy(engine::Policy { paused: true, ..engine::Policy::default() }));
    assert!(bench.sent.is_empty(), "{:?}", bench.sent);
    let act = bench.act(Act::Sweep);
    assert_eq!(bench.result(act), Some(&Ok(Settled::Accepted)));
    let (request, priority) = page_under_way(&mut bench).expect("at once");
    assert_eq!(priority, Priority::Click, "it is the person's");
    let before = bench.health().last_sweep;
    bench.pass(5);
    answer_with(&mut bench, request, 40, 39, page(vec![company(1, "Linked")], 1, 500, 1));
    bench.store_all(Vec::new());
    assert!(bench.health().last_sweep > before);
    bench.give(Event::Policy(engine::Policy { paused: false, ..engine::Policy::default() }));
    bench.pass(7_200);
    assert_eq!(page_under_way(&mut bench), None, "the background's has not become more by that");
}

#[test]
fn at_the_persons_stop_refresh_now_asks_like_every_act() {
    let mut bench = with_a_day_of(20);
    while look(&mut bench, 20) {}
    let act = bench.act(Act::Sweep);
    let resets = at("2026-11-24T00:00:00Z");
    assert_eq!(bench.result(act), Some(&Err(ActError::UserQuotaReached { resets })));
    assert_eq!(page_under_way(&mut bench), None);
    bench.give(Event::RaiseUserQuota(100));
    let act = bench.act(Act::Sweep);
    assert_eq!(bench.result(act), Some(&Ok(Settled::Accepted)));
    assert!(page_under_way(&mut bench).is_some());
}

#[test]
fn what_of_a_persons_sweep_is_beyond_the_stop_is_the_backgrounds() {
    let mut bench = with_a_day_of(100);
    while bench.health().used_today < 47 {
        assert!(look(&mut bench, 100));
    }
    bench.act(Act::Sweep);
    let two = |n| vec![company(n, "Linked"), company(n + 1, "Linked")];
    for number in [1, 2] {
        let (request, priority) = page_under_way(&mut bench).expect("within the stop");
        assert_eq!(priority, Priority::Click);
        answer_with(&mut bench, request, 100, 50, page(two(u128::from(number) * 2), number, 2, 6));
    }
    let (_, priority) = page_under_way(&mut bench).expect("the background has something left");
    assert_eq!(priority, Priority::Sweep);
}

#[test]
fn a_sweep_that_waits_for_its_share_goes_on_when_a_person_asks_for_one_and_another_follows() {
    let mut bench = Bench::with(Config { page_size: 2, ..Config::default() });
    bench.answer_integrations();
    let two = || vec![company(1, "Linked"), company(2, "Linked")];
    let (request, priority) = page_under_way(&mut bench).expect("the first sweep");
    assert_eq!(priority, Priority::Sweep);
    answer_with(&mut bench, request, 40, 39, page(two(), 1, 2, 4));
    bench.store_all(Vec::new());
    assert_eq!(page_under_way(&mut bench), None, "its part of 40 is one request");
    bench.act(Act::Sweep);
    let (request, priority) = page_under_way(&mut bench).expect("the second page, at once");
    assert_eq!(priority, Priority::Click);
    let others = vec![company(3, "Linked"), company(4, "Linked")];
    answer_with(&mut bench, request, 40, 38, page(others, 2, 2, 4));
    bench.store_all(Vec::new());
    assert!(
        matches!(page_under_way(&mut bench), Some((_, Priority::Click))),
        "what was read before may differ"
    );
}

/// Events in the course of a day.
#[derive(Debug, Clone)]
enum Happening {
    Click,
    /// A request that the caller sends itself.
    File,
    Minutes(i64),
    Crash,
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        6 => Just(Happening::Click),
        1 => Just(Happening::File),
        3 => (1_i64..5).prop_map(Happening::Minutes),
        1 => Just(Happening::Crash),
    ]
}

/// Answers all requests in flight.
fn answer_all(bench: &mut Bench, limit: u64) {
    while let Some((request, call)) = bench.sent.pop() {
        let reply = if matches!(call, Call::Companies(_)) {
            page(vec![company(1, "Linked")], 1, 500, 1)
        } else {
            Reply::Company(Box::new(company(1, "Linked")))
        };
        answer_with(bench, request, limit, limit - 1, reply);
        bench.store_all(Vec::new());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// After crashes at any time the engine never counts less than was spent, so no part of the day is spent
    /// twice. A crash costs at most the reserve.
    #[test]
    fn a_crash_forgets_nothing_that_was_spent(
        happenings in prop::collection::vec(happening(), 1..120),
        limit in 40_u64..300_000,
    ) {
        let mut bench = with_a_day_of(limit);
        let mut crashes = 0;
        for happening in happenings {
            match happening {
                Happening::Click => drop(bench.act(ReadAct::Company(id(1)))),
                Happening::File => drop(bench.act(Act::ReserveRequest(domain::SafeMode::Operate))),
                Happening::Minutes(minutes) => bench.pass(minutes * 60),
                Happening::Crash => {
                    crashes += 1;
                    bench.crash();
                }
            }
            let let_go = |(_, result): &&(_, _)| *result == Ok(Settled::Accepted);
            let files = bench.settled.iter().filter(let_go).count() as u64;
            let (known, spent) = (bench.health().used_today, bench.went + files);
            prop_assert!(known >= spent, "{spent} went, {known} are known");
            prop_assert!(known <= spent + crashes * 100, "{spent} went, {known} are known");
            answer_all(&mut bench, limit);
        }
        // A crash does not increase the share of background work.
        let share = (limit * 5 / 100).max(1);
        let today = bench.engine.quota_report(&Usage::default(), bench.now).today;
        prop_assert!(today.background() <= share, "{today:?}");
    }
}

#[test]
fn a_stop_in_good_order_gives_the_reserve_back() {
    let mut bench = with_a_day_of(100_000);
    assert!(look(&mut bench, 100_000));
    let saved = serde_json::to_string(bench.engine.final_state()).unwrap();
    let engine = engine::Engine::new(Config::default(), serde_json::from_str(&saved).ok(), bench.now);
    assert_eq!(engine.health(bench.now).used_today, bench.went);
    bench.crash();
    let told = bench.engine.quota_report(&Usage::default(), bench.now);
    assert!(told.unaccounted > 0, "otherwise what of it was used is not known");
    assert!(told.unaccounted + told.today.total() >= bench.went);
}

#[test]
fn what_a_crash_may_have_spent_is_nobodys_twice_in_a_minute() {
    let mut bench = with_a_day_of(10_000_000);
    for _ in 0..700 {
        bench.act(ReadAct::Company(id(1)));
        answer_all(&mut bench, 10_000_000);
    }
    assert_eq!(bench.went, 600, "of a minute");
    bench.crash();
    bench.act(ReadAct::Company(id(1)));
    assert_eq!(bench.went, 600, "and it is the same minute");
}

#[test]
fn a_quota_that_will_not_last_the_day_is_told_once_and_its_notice_ends_with_the_day() {
    let mut bench = with_a_day_of(1_000);
    let used = |bench: &mut Bench, time: &str, remaining: u64| {
        bench.now = at(time);
        bench.act(ReadAct::Company(id(1)));
        let index = bench.sent.iter().position(|(_, call)| matches!(call, Call::Company(_))).unwrap();
        let (request, _) = bench.sent.remove(index);
        answer_with(bench, request, 1_000, remaining, Reply::Company(Box::new(company(1, "Linked"))));
        bench.store_all(Vec::new());
    };
    let titles = |bench: &Bench| bench.notified.iter().map(|it| it.title.clone()).collect::<Vec<_>>();
    used(&mut bench, "2026-11-23T12:00:00Z", 510);
    assert!(titles(&bench).is_empty(), "less than half is used");
    used(&mut bench, "2026-11-23T12:01:00Z", 400);
    used(&mut bench, "2026-11-23T13:00:00Z", 300);
    assert_eq!(titles(&bench), ["Today’s requests may run out at about 20:01"]);
    let told = &bench.notified[0];
    let body = "600 of 1000 requests are used. After the last one, nothing is checked until 00:00.";
    assert_eq!((told.body.as_str(), told.topic.as_deref()), (body, Some("quota")));
    assert!(bench.closed_topics.is_empty());
    used(&mut bench, "2026-11-24T00:05:00Z", 990);
    assert_eq!(bench.closed_topics, ["quota"]);
}
