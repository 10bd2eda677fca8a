//! Sweeps: which pages are read, what a sweep says about missing companies, and what holds it.

use codat::{FailureKind, client::Meta};
use domain::HealthState;
use engine::{
    Act, Applied, Call, Config, Effect, Event, Reply, Signal, StoreReply, StoreTask, Surroundings, Ticket,
    Window,
};
use jiff::SignedDuration;

use crate::bench::{Bench, company, failure, id, limited, page};

fn missing(tasks: &[StoreTask]) -> Option<usize> {
    tasks
        .iter()
        .find_map(|task| if let StoreTask::FindMissing(seen) = task { Some(seen.len()) } else { None })
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
fn the_next_page_is_asked_for_before_the_last_one_is_kept() {
    let mut bench = Bench::new();
    let (request, _) = bench.take();
    let first = page(vec![company(1, "Linked"), company(2, "Linked")], 1, 2, 3);
    let meta = Meta { status: 200, rate_limit: None, correlation_id: None, bytes: 1_000, date: None };
    let effects = bench.engine.handle(bench.now, Event::Answer(request, Ok((first, meta))));
    let place = |is: &dyn Fn(&Effect) -> bool| effects.iter().position(is);
    let asked = place(&|effect| matches!(effect, Effect::Send(_, Call::Companies(_))));
    let kept = place(&|effect| matches!(effect, Effect::Store(Ticket::SweepPage, StoreTask::Apply { .. })));
    assert!(asked.is_some() && asked < kept, "{effects:?}");
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
        bench.give(Event::StoreResult(Ticket::Missing, Ok(StoreReply::Missing(vec![id(9)]))));
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
fn a_sweep_of_more_than_ten_minutes_goes_on_as_long_as_its_pages_come() {
    let mut bench = Bench::new();
    bench.answer_integrations();
    let began = bench.now;
    for number in 1..=20 {
        bench.answer_next(Err(limited(70)));
        bench.pass(71);
        let n = u128::from(number) * 2;
        let items = vec![company(n, "Linked"), company(n + 1, "Linked")];
        let call = bench.answer_next(Ok(page(items, number, 2, 40)));
        assert!(matches!(call, Call::Companies(page) if page.page == number), "it is never begun anew");
    }
    let tasks = bench.store_all(Vec::new());
    assert_eq!(missing(&tasks), Some(40));
    bench.act(Act::Sweep);
    bench.answer_next(Ok(page(vec![company(2, "Linked"), company(3, "Linked")], 1, 2, 40)));
    let tasks = bench.store_all(Vec::new());
    let known = tasks
        .iter()
        .find_map(|task| if let StoreTask::Apply { known, .. } = task { Some(*known) } else { None });
    assert_eq!(known, Some(Some(began)), "what its first page said was so when it began");
}

#[test]
fn a_sweep_that_the_server_held_up_goes_on_where_it_was() {
    let mut bench = Bench::new();
    bench.answer_integrations();
    bench.answer_next(Ok(page(vec![company(1, "Linked"), company(2, "Linked")], 1, 2, 3)));
    bench.answer_next(Err(limited(1_200)));
    bench.pass(1_201);
    let call = bench.answer_next(Ok(page(vec![company(3, "Linked")], 2, 2, 3)));
    assert!(matches!(call, Call::Companies(page) if page.page == 2));
    assert_eq!(missing(&bench.store_all(Vec::new())), Some(3));
}

#[test]
fn a_sweep_whose_pages_stopped_coming_begins_anew() {
    let mut bench = Bench::new();
    bench.answer_integrations();
    bench.answer_next(Ok(page(vec![company(1, "Linked"), company(2, "Linked")], 1, 2, 3)));
    for _ in 0..40 {
        let (request, call, _) = next_call(&mut bench);
        if matches!(&call, Call::Companies(page) if page.page == 1) {
            return;
        }
        bench.answer(request, Err(failure(FailureKind::Unreachable)));
    }
    panic!("its first page is long no longer the truth");
}

/// A page of these companies with a next page.
fn followed(items: Vec<codat::Item<codat::Company>>, number: u32, total: u64) -> Reply {
    let Reply::Companies(page) = page(items, number, 2, total) else { panic!("a page") };
    Reply::Companies(codat::Page { has_next: true, ..page })
}

/// Answers every page of companies for an hour. Returns their number and the checked companies.
fn asked_in_an_hour(bench: &mut Bench, answer: impl Fn(u32) -> Reply) -> usize {
    let mut asked = 0;
    let end = bench.now + SignedDuration::from_hours(1);
    while bench.now < end && asked < 1_000 {
        bench.answer_integrations();
        match bench.sent.pop() {
            Some((request, Call::Companies(wanted))) => {
                asked += 1;
                bench.answer(request, Ok(answer(wanted.page)));
                bench.store_all(Vec::new());
            }
            Some(other) => panic!("{other:?}"),
            None => bench.pass(1),
        }
    }
    asked
}

#[test]
fn page_links_in_a_circle_end_the_sweep_and_it_comes_back_ever_more_seldom() {
    let mut bench = Bench::new();
    bench.act(Act::Sweep);
    let asked = asked_in_an_hour(&mut bench, |number| {
        followed(vec![company(1, "Linked"), company(2, "Linked")], number, 6)
    });
    assert!((4..40).contains(&asked), "{asked} requests in an hour");
    let health = bench.health();
    assert_eq!(health.state, HealthState::Failing);
    assert!(health.message.is_some_and(|message| message.contains("repeats itself")));
    assert!(!health.first_sweep_done);
    while bench.sent.is_empty() {
        bench.pass(30);
    }
    bench.answer_next(Ok(page(vec![company(1, "Linked"), company(2, "Linked")], 1, 2, 2)));
    assert_eq!(missing(&bench.store_all(Vec::new())), Some(2));
    assert_eq!(bench.health().state, HealthState::Current, "and it heals");
}

#[test]
fn a_total_that_grows_for_ever_ends_the_sweep() {
    let mut bench = Bench::new();
    bench.act(Act::Sweep);
    let asked = asked_in_an_hour(&mut bench, |number| {
        let n = u128::from(number) * 2;
        page(vec![company(n, "Linked"), company(n + 1, "Linked")], number, 2, u64::from(number) * 2 + 2)
    });
    assert!((4..200).contains(&asked), "{asked} requests in an hour");
    assert!(!bench.health().first_sweep_done, "nothing vanishes by it");
}

#[test]
fn the_second_sweep_is_the_baseline_though_companies_come_and_go_while_each_is_read() {
    let mut bench = Bench::new();
    bench.answer_integrations();
    for newest in [2, 4] {
        assert!(!bench.health().first_sweep_done);
        while bench.sent.is_empty() {
            bench.pass(1);
        }
        bench.answer_next(Ok(page(vec![company(1, "Linked"), company(2, "Linked")], 1, 2, 3)));
        bench.answer_next(Ok(page(vec![company(3, "Deauthorized")], 2, 2, newest)));
        assert_eq!(missing(&bench.store_all(Vec::new())), None, "what it lacks is not looked for");
    }
    let health = bench.health();
    assert!(health.first_sweep_done && health.state == HealthState::Current, "{health:?}");
}

#[test]
fn lists_that_end_early_are_no_baseline_however_many_there_are() {
    for newest in [9, 0] {
        let mut bench = Bench::new();
        bench.answer_integrations();
        for _ in 0..3 {
            while bench.sent.is_empty() {
                bench.pass(1);
            }
            bench.answer_next(Ok(page(vec![company(1, "Linked"), company(2, "Linked")], 1, 2, 9)));
            bench.answer_next(Ok(page(vec![company(3, "Linked")], 2, 500, newest)));
            bench.store_all(Vec::new());
        }
        assert!(!bench.health().first_sweep_done);
    }
}

#[test]
fn a_last_page_that_names_another_is_no_circle() {
    let mut bench = Bench::new();
    bench.answer_integrations();
    let both = || vec![company(1, "Linked"), company(2, "Linked")];
    bench.answer_next(Ok(followed(both(), 1, 2)));
    bench.answer_next(Ok(followed(both(), 2, 2)));
    assert_eq!(missing(&bench.store_all(Vec::new())), None, "it is unsure");
    assert_eq!(bench.health().message, None);
}

#[test]
fn a_page_that_could_not_be_kept_is_read_again() {
    let mut bench = Bench::new();
    bench.answer_next(Ok(page(vec![company(1, "Linked"), company(2, "Linked")], 1, 2, 3)));
    bench.stored.clear();
    bench.sent.retain(|(_, call)| matches!(call, Call::Integrations(_)));
    bench.give(Event::StoreResult(Ticket::SweepPage, Err("The disk is full.".into())));
    assert!(!bench.health().first_sweep_done);
    bench.pass(60);
    assert!(matches!(bench.take().1, Call::Companies(page) if page.page == 1), "from the beginning");
}

#[test]
fn a_sweep_whose_last_page_could_not_be_kept_is_none() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    let last = bench.health().last_sweep;
    for turn in 0..3 {
        while bench.sent.is_empty() {
            bench.pass(1);
        }
        bench.answer_next(Ok(page(vec![company(1, "Deauthorized")], 1, 500, 1)));
        bench.stored.clear();
        bench.give(Event::StoreResult(Ticket::LastPage, Err("The disk is full.".into())));
        let health = bench.health();
        assert_eq!(health.state, HealthState::NotSaved, "it is not current");
        assert_eq!(health.last_sweep, last, "what is shown is as old as it was");
        assert_eq!(health.message.as_deref(), Some("The disk is full."));
        assert!(health.retry_at.is_some_and(|at| at > bench.now));
        assert!(bench.stored.is_empty(), "nothing is concluded from it");
        let said = bench.signals.iter().filter(|signal| matches!(signal, Signal::Notice { .. })).count();
        assert_eq!(said, 1, "said once, not {turn} times");
    }
    while bench.sent.is_empty() {
        bench.pass(1);
    }
    bench.answer_next(Ok(page(vec![company(1, "Deauthorized")], 1, 500, 1)));
    bench.store_all(Vec::new());
    assert_eq!(bench.health().state, HealthState::Current);
    assert_eq!(bench.health().last_sweep, Some(bench.now));
}

#[test]
fn a_first_sweep_whose_last_page_could_not_be_kept_is_no_baseline() {
    let mut bench = Bench::new();
    bench.answer_next(Ok(page(vec![company(1, "Linked")], 1, 2, 1)));
    bench.stored.clear();
    bench.give(Event::StoreResult(Ticket::LastPage, Err("The disk is full.".into())));
    assert!(!bench.health().first_sweep_done);
    assert_eq!(bench.health().last_sweep, None);
}

#[test]
fn what_a_list_shows_is_signaled_when_it_differs_and_not_when_it_does_not() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    for (version, signaled) in [(3, true), (3, false), (4, true), (4, false)] {
        bench.signals.clear();
        let applied = Applied { version, ..Applied::default() };
        bench.give(Event::StoreResult(Ticket::SweepPage, Ok(StoreReply::Applied(applied))));
        let changed = bench.signals.contains(&Signal::Changed { version });
        assert_eq!(changed, signaled, "reads alone are no change of the journal, and are shown: {version}");
    }
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

/// An engine with a small quota after its first sweep of this many pages: sweeps are far apart.
fn far_apart() -> Bench {
    let mut bench = Bench::with(Config { page_size: 2, ..Config::default() });
    bench.answer_integrations();
    for number in 1..=40 {
        let items =
            vec![company(u128::from(number) * 2, "Linked"), company(u128::from(number) * 2 + 1, "Linked")];
        bench.answer_next(Ok(page(items, number, 2, 80)));
    }
    bench.store_all(Vec::new());
    assert!(bench.health().first_sweep_done);
    bench
}

/// Advances the time until a request is sent. Returns it and the time in seconds.
fn next_call(bench: &mut Bench) -> (engine::RequestId, Call, i64) {
    let began = bench.now;
    for _ in 0..200 {
        if !bench.sent.is_empty() {
            let (request, call) = bench.take();
            return (request, call, bench.now.duration_since(began).as_secs());
        }
        bench.pass(30);
    }
    panic!("nothing was asked for")
}

fn query_of(call: &Call) -> Option<&str> {
    if let Call::Companies(page) = call { page.query.as_deref() } else { None }
}

#[test]
fn between_sweeps_that_are_far_apart_only_the_troubled_are_asked_for_and_nothing_vanishes_by_that() {
    let mut bench = far_apart();
    let (request, call, _) = next_call(&mut bench);
    let query = "dataConnections.status=Deauthorized||dataConnections.status=Unlinked";
    assert_eq!(query_of(&call), Some(query));
    assert_eq!(bench.health().state, HealthState::Current, "a full sweep is something else");
    let last = bench.health().last_sweep;
    bench.answer(request, Ok(page(vec![company(4, "Deauthorized")], 1, 500, 1)));
    let tasks = bench.store_all(Vec::new());
    assert!(
        tasks.iter().any(|task| matches!(task, StoreTask::Apply { companies, .. } if companies.len() == 1))
    );
    assert_eq!(missing(&tasks), None, "it concludes nothing from what it lacks");
    assert_eq!(bench.health().last_sweep, last, "and is no full sweep");
}

#[test]
fn a_server_that_does_not_take_the_query_is_not_asked_so_again_that_day() {
    let mut bench = far_apart();
    let (request, call, _) = next_call(&mut bench);
    assert!(query_of(&call).is_some());
    bench.answer(request, Err(failure(FailureKind::Invalid)));
    assert_eq!(bench.health().state, HealthState::Current, "no trouble: it is a question of taste");
    let (_, call, _) = next_call(&mut bench);
    assert_eq!(query_of(&call), None, "the next one is a full sweep");
}

#[test]
fn nobody_looks_on_and_it_sweeps_more_seldom_and_at_once_when_somebody_does() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    let window =
        |window| Event::Surroundings(Surroundings { window: Some(window), ..Surroundings::default() });
    bench.give(window(Window::Hidden));
    let (request, ..) = next_call(&mut bench);
    bench.answer(request, Ok(page(vec![company(1, "Linked")], 1, 500, 1)));
    bench.store_all(Vec::new());
    bench.pass(150);
    assert!(bench.sent.is_empty(), "three minutes while nobody looks on");
    bench.give(window(Window::Focused));
    assert!(matches!(bench.take().1, Call::Companies(_)), "it was due for somebody who looks");
}

#[test]
fn after_a_sleep_it_sweeps_at_once_and_a_late_answer_of_before_means_nothing() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    bench.pass(61);
    let (before, _) = bench.take();
    bench.now += SignedDuration::from_hours(8);
    bench.give(Event::Resumed);
    let (after, call) = bench.take();
    assert!(matches!(call, Call::Companies(ref page) if page.page == 1 && page.query.is_none()));
    bench.answer(before, Ok(page(vec![company(1, "Linked"), company(2, "Linked")], 1, 500, 2)));
    assert_eq!(bench.store_all(Vec::new()).len(), 0, "it was asked before the sleep");
    bench.answer(after, Ok(page(vec![company(1, "Linked")], 1, 500, 1)));
    assert_eq!(missing(&bench.store_all(Vec::new())), Some(1));
}

#[test]
fn a_sleep_of_seconds_does_not_sweep_oftener_than_each_minute() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    bench.now += SignedDuration::from_secs(25);
    bench.give(Event::Resumed);
    assert!(bench.sent.is_empty());
    bench.pass(36);
    assert!(matches!(bench.take().1, Call::Companies(_)));
}

#[test]
fn pages_that_do_not_come_through_are_halved_where_they_were() {
    let mut bench = Bench::with(Config { page_size: 400, ..Config::default() });
    bench.answer_integrations();
    let items = (1..=400).map(|n| company(n, "Linked")).collect();
    bench.answer_next(Ok(page(items, 1, 400, 600)));
    let mut asked = Vec::new();
    for _ in 0..5 {
        let (request, call, _) = next_call(&mut bench);
        let Call::Companies(wanted) = call else { panic!("a page") };
        asked.push((wanted.page, wanted.page_size));
        bench.answer(request, Err(failure(FailureKind::NoAnswer)));
    }
    assert_eq!(
        asked,
        [(2, 400), (2, 400), (3, 200), (5, 100), (5, 100)],
        "the same place, in smaller pieces"
    );
}
