//! What stops and delays requests: a rejected API key, a proxy, no network, `Retry-After`, a pause.

use codat::{Failure, FailureKind, error::RetryAfter};
use domain::HealthState;
use engine::{Act, ActError, Call, Event, Settled};
use jiff::SignedDuration;

use crate::bench::{Bench, at, company, failure, limited, page};

#[test]
fn a_refused_key_stops_background_work_is_told_once_and_a_new_one_resumes_it() {
    let mut bench = refused();
    assert_eq!(bench.health().state, HealthState::Refused);
    assert_eq!(bench.notified.len(), 1);
    bench.pass(59);
    assert!(bench.sent.is_empty(), "nothing goes");
    bench.give(Event::KeyReplaced);
    assert!(matches!(bench.take().1, Call::Companies(page) if page.page_size > 1));
    assert_eq!(bench.notified.len(), 1, "told once");
}

/// An engine whose first request was rejected because of the key.
fn refused() -> Bench {
    let mut bench = Bench::new();
    bench.answer_integrations();
    bench.answer_next(Err(failure(FailureKind::Unauthorized)));
    bench.answer_integrations();
    bench
}

#[test]
fn a_refused_key_is_looked_at_again_ever_more_seldom_with_one_small_request_each_time() {
    for kind in [FailureKind::Unauthorized, FailureKind::Forbidden] {
        let mut bench = refused();
        for minutes in [1, 5, 15, 60, 60, 60] {
            bench.pass(minutes * 60 - 1);
            assert!(bench.sent.is_empty(), "not before {minutes} minutes are over");
            bench.pass(1);
            let asked = std::mem::take(&mut bench.sent);
            let [(request, Call::Companies(wanted))] = asked.as_slice() else { panic!("{asked:?}") };
            assert_eq!((wanted.page, wanted.page_size), (1, 1), "it costs next to nothing");
            bench.answer(*request, Err(failure(kind)));
            assert_eq!(bench.health().state, HealthState::Refused);
        }
        assert_eq!(bench.notified.len(), 1, "told once");
    }
}

#[test]
fn where_a_refused_key_is_let_in_again_work_goes_on_by_itself() {
    let mut bench = refused();
    bench.pass(60);
    bench.answer_next(Ok(page(vec![company(1, "Linked")], 1, 1, 1)));
    assert_ne!(bench.health().state, HealthState::Refused);
    assert_eq!(bench.health().message, None);
    let call = bench.answer_next(Ok(page(vec![company(1, "Linked")], 1, 2, 1)));
    assert!(matches!(call, Call::Companies(page) if page.page_size == 2), "a sweep");
    bench.store_all(Vec::new());
    assert_eq!(bench.health().state, HealthState::Current);
    bench.pass(61);
    bench.answer_next(Err(failure(FailureKind::Unauthorized)));
    assert_eq!(bench.notified.len(), 2, "after a whole sweep it is news again");
}

#[test]
fn refresh_now_asks_at_once_whether_the_key_is_still_refused() {
    let mut bench = refused();
    let act = bench.act(Act::Sweep);
    assert_eq!(bench.result(act), None, "what the person wants to know is what the server says now");
    bench.answer_next(Err(failure(FailureKind::Unauthorized)));
    let told = bench.result(act);
    assert!(
        matches!(told, Some(Err(ActError::Failed(f))) if f.kind == FailureKind::Unauthorized),
        "{told:?}"
    );
    assert_eq!((bench.health().state, bench.notified.len()), (HealthState::Refused, 1));
    bench.pass(59);
    assert!(bench.sent.is_empty(), "what a person asks does not bring the next look nearer");
    let act = bench.act(Act::Sweep);
    bench.answer_next(Ok(page(vec![company(1, "Linked")], 1, 2, 1)));
    assert_eq!(bench.result(act), Some(&Ok(Settled::Accepted)));
    bench.store_all(Vec::new());
    assert_eq!(bench.health().state, HealthState::Current);
}

#[test]
fn paused_a_refused_key_is_not_looked_at() {
    let mut bench = refused();
    bench.give(Event::Policy(engine::Policy { paused: true, ..engine::Policy::default() }));
    bench.pass(86_400);
    assert!(bench.sent.is_empty());
    bench.give(Event::Policy(engine::Policy { paused: false, ..engine::Policy::default() }));
    assert!(matches!(bench.take().1, Call::Companies(page) if page.page_size == 1));
}

#[test]
fn what_a_proxy_answers_is_told_as_that_and_waited_out_like_a_network_that_is_gone() {
    let mut bench = Bench::new();
    bench.answer_integrations();
    let proxy = Failure { status: Some(403), ..failure(FailureKind::Intercepted) };
    bench.answer_next(Err(proxy));
    let health = bench.health();
    assert_eq!((health.state, health.message.as_deref()), (HealthState::Offline, Some("said the server")));
    assert!(bench.notified.is_empty(), "the key is not blamed");
    bench.pass(10);
    let call = bench.answer_next(Ok(page(vec![company(1, "Linked")], 1, 2, 1)));
    assert!(matches!(call, Call::Companies(page) if page.page_size == 2), "no smaller pages either");
    assert_eq!(bench.health().message, None);
}

#[test]
fn a_server_in_trouble_that_asks_for_a_long_wait_is_asked_again_within_the_hour() {
    let far = RetryAfter::At(at("2100-01-01T00:00:00Z"));
    for asked in [far, RetryAfter::Seconds(3_600_000), RetryAfter::Seconds(u64::MAX)] {
        let mut bench = Bench::swept(vec![company(1, "Linked")]);
        bench.pass(61);
        bench.answer_next(Err(Failure { retry_after: Some(asked), ..failure(FailureKind::Server) }));
        assert_eq!(bench.health().state, HealthState::Failing);
        assert_eq!(bench.health().asked_until, Some(bench.now + SignedDuration::from_hours(24)), "{asked:?}");
        bench.pass(3_599);
        assert!(bench.sent.is_empty(), "{asked:?}");
        bench.pass(1);
        bench.answer_next(Ok(page(vec![company(1, "Linked")], 1, 500, 1)));
        bench.store_all(Vec::new());
        assert_eq!((bench.health().state, bench.health().asked_until), (HealthState::Current, None));
    }
}

#[test]
fn offline_it_tries_again_ever_more_seldom_and_goes_on_where_it_was() {
    let mut bench = Bench::new();
    bench.answer_next(Ok(page(vec![company(1, "Linked"), company(2, "Linked")], 1, 2, 3)));
    let since = bench.now;
    for _ in 0..4 {
        bench.answer_next(Err(failure(FailureKind::Unreachable)));
        assert_eq!(bench.health().state, HealthState::Offline);
        assert_eq!(bench.health().offline_since, Some(since), "since the first failure");
        let retry = bench.health().retry_at.expect("it says when it tries again");
        assert!(retry > bench.now);
        while bench.sent.iter().all(|(_, call)| matches!(call, Call::Integrations(_))) {
            bench.pass(1);
        }
    }
    let call = bench.answer_next(Ok(page(vec![company(3, "Linked")], 2, 2, 3)));
    assert!(matches!(call, Call::Companies(page) if page.page == 2));
    assert_eq!(bench.health().offline_since, None);
}

#[test]
fn a_429_is_waited_out_as_the_server_asks() {
    let mut bench = Bench::new();
    bench.answer_integrations();
    bench.answer_next(Err(limited(120)));
    assert_eq!(bench.health().state, HealthState::Limited);
    bench.pass(119);
    assert!(bench.sent.is_empty());
    bench.pass(2);
    assert!(matches!(bench.take().1, Call::Companies(_)));
}

#[test]
fn a_server_in_trouble_is_told_and_tried_again() {
    for kind in [FailureKind::Server, FailureKind::Unreadable, FailureKind::PaymentRequired] {
        let mut bench = Bench::new();
        bench.answer_next(Err(failure(kind)));
        assert_eq!(bench.health().state, HealthState::Failing, "{kind:?}");
        assert_eq!(bench.health().message.as_deref(), Some("said the server"));
        bench.pass(10);
        assert!(matches!(bench.take().1, Call::Companies(_)));
    }
}

#[test]
fn paused_nothing_goes_and_resumed_it_does() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    bench.give(Event::Policy(engine::Policy { paused: true, ..engine::Policy::default() }));
    bench.pass(600);
    assert!(bench.sent.is_empty());
    assert_eq!(bench.health().state, HealthState::Paused);
    bench.give(Event::Policy(engine::Policy { paused: false, ..engine::Policy::default() }));
    assert!(matches!(bench.take().1, Call::Companies(_)));
}

#[test]
fn a_pause_that_ends_at_a_time_ends_alone() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    let end = bench.now + SignedDuration::from_hours(1);
    bench.give(Event::Policy(engine::Policy { paused: true, ..engine::Policy::default() }));
    bench.give(Event::PauseEnd(Some(end)));
    bench.pass(3_590);
    assert_eq!((bench.health().state, bench.health().retry_at), (HealthState::Paused, Some(end)));
    assert!(bench.sent.is_empty());
    assert!(bench.engine.poll_timeout(bench.now).is_some_and(|at| at <= end));
    bench.pass(20);
    assert_ne!(bench.health().state, HealthState::Paused);
    assert!(!bench.sent.is_empty(), "the overdue check starts at once");
}
