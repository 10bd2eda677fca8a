//! Sweeps: what is read, what a sweep says about what it lacks, and what holds it.

use codat::FailureKind;
use engine::{Call, Event, HealthState, Reply, StoreTask, Stored, Ticket};
use jiff::SignedDuration;

use crate::bench::{Bench, company, failure, id, limited, page};

fn missing(tasks: &[StoreTask]) -> Option<usize> {
    tasks.iter().find_map(|task| if let StoreTask::Missing(seen) = task { Some(seen.len()) } else { None })
}

#[test]
fn every_page_is_read_and_what_a_complete_sweep_lacks_is_looked_for() {
    let mut bench = Bench::new();
    bench.answer_next(Ok(page(vec![company(1, "Linked"), company(2, "Linked")], 1, 2, 3)));
    assert_eq!(missing(&bench.store_all(Vec::new())), None, "not before the end");
    bench.answer_next(Ok(page(vec![company(3, "Linked")], 2, 2, 3)));
    assert_eq!(missing(&bench.store_all(Vec::new())), Some(3));
    assert_eq!(bench.health().state, HealthState::Current);
    assert!(bench.health().first_sweep_done);
}

#[test]
fn a_sweep_whose_total_moved_says_nothing_about_what_it_lacks() {
    let mut bench = Bench::new();
    bench.answer_next(Ok(page(vec![company(1, "Linked"), company(2, "Linked")], 1, 2, 4)));
    bench.answer_next(Ok(page(vec![company(4, "Linked")], 2, 2, 3)));
    assert_eq!(missing(&bench.store_all(Vec::new())), None);
    assert!(!bench.health().first_sweep_done, "it is no baseline either");
}

#[test]
fn a_sweep_that_saw_fewer_than_there_are_says_nothing_about_the_rest() {
    let mut bench = Bench::new();
    bench.answer_next(Ok(page(vec![company(1, "Linked"), company(2, "Linked")], 1, 2, 4)));
    bench.answer_next(Ok(page(vec![company(2, "Linked"), company(3, "Linked")], 2, 2, 4)));
    assert_eq!(missing(&bench.store_all(Vec::new())), None, "one was seen twice, so another was not");
}

#[test]
fn a_company_is_removed_only_when_the_server_says_404() {
    for (answer, removed) in [(Err(failure(FailureKind::NotFound)), true), (Ok(()), false)] {
        let mut bench = Bench::swept(vec![company(1, "Linked")]);
        bench.give(Event::Stored(Ticket::Missing, Ok(Stored::Missing(vec![id(9)]))));
        let (request, call) = bench.take();
        assert_eq!(call, Call::Company(id(9)));
        bench.answer(request, answer.map(|()| Reply::Company(Box::new(company(9, "Linked")))));
        let tasks = bench.store_all(Vec::new());
        let gone = tasks
            .iter()
            .any(|task| matches!(task, StoreTask::RemoveCompany(company, _) if *company == id(9)));
        assert_eq!(gone, removed);
    }
}

#[test]
fn the_next_sweep_begins_a_minute_after_the_last_began_and_never_sooner() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    let began = bench.now;
    bench.pass(59);
    assert!(bench.sent.is_empty(), "not before a minute");
    bench.pass(2);
    assert!(matches!(bench.take().1, Call::Companies(_)));
    assert!(bench.now.duration_since(began) >= SignedDuration::from_secs(60));
}

#[test]
fn a_refused_key_stops_background_work_is_told_once_and_a_new_one_resumes_it() {
    let mut bench = Bench::new();
    bench.answer_next(Err(failure(FailureKind::Unauthorized)));
    assert_eq!(bench.health().state, HealthState::Refused);
    assert_eq!(bench.notified.len(), 1);
    bench.pass(86_400);
    assert!(bench.sent.iter().all(|(_, call)| matches!(call, Call::Integrations(_))), "nothing goes");
    assert_eq!(bench.notified.len(), 1, "told once");
    bench.give(Event::KeyReplaced);
    assert!(matches!(bench.take().1, Call::Companies(_)));
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
    bench.give(Event::Paused(true));
    bench.pass(600);
    assert!(bench.sent.is_empty());
    assert_eq!(bench.health().state, HealthState::Paused);
    bench.give(Event::Paused(false));
    assert!(matches!(bench.take().1, Call::Companies(_)));
}

#[test]
fn a_page_that_could_not_be_kept_is_read_again() {
    let mut bench = Bench::new();
    bench.answer_next(Ok(page(vec![company(1, "Linked"), company(2, "Linked")], 1, 2, 3)));
    bench.stored.clear();
    bench.sent.retain(|(_, call)| matches!(call, Call::Integrations(_)));
    bench.give(Event::Stored(Ticket::SweepPage, Err("The disk is full.".into())));
    assert!(!bench.health().first_sweep_done);
    bench.pass(60);
    assert!(matches!(bench.take().1, Call::Companies(page) if page.page == 1), "from the beginning");
}

#[test]
fn the_same_events_give_the_same_effects() {
    let run = || {
        let mut bench = Bench::new();
        for _ in 0..3 {
            bench.answer_next(Err(failure(FailureKind::NoAnswer)));
            bench.pass(20);
        }
        (bench.now, format!("{:?} {:?}", bench.sent, bench.health()))
    };
    assert_eq!(run(), run());
}
