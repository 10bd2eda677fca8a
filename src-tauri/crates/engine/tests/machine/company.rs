//! A company: the data of its screens, its connections, and its reads while it is visible.

use codat::{FailureKind, Topic};
use engine::{
    ActError, Call, DeleteConnection, Event, ReadAct, Reply, Settled, StoreTask, Surroundings,
    UnlinkConnection, Window, WriteAct,
};
use serde_json::json;

use crate::bench::{Bench, company, connection_id, failure, id, reads, said};

fn bench() -> Bench {
    Bench::swept(vec![company(1, "Linked")])
}

fn kept(tasks: &[StoreTask]) -> Vec<bool> {
    tasks
        .iter()
        .filter_map(|task| if let StoreTask::SaveTopic(_, said) = task { Some(said.is_ok()) } else { None })
        .collect()
}

#[test]
fn what_is_fetched_is_kept_before_whoever_asked_is_told() {
    let mut bench = bench();
    let act = bench.act(ReadAct::Topic(Topic::Files(id(1))));
    let call = bench.answer_next(Ok(said(&json!([]))));
    assert_eq!(call, Call::Topic(Topic::Files(id(1))));
    assert_eq!(bench.result(act), None, "not before it is kept");
    assert_eq!(kept(&bench.store_all(Vec::new())), [true]);
    assert_eq!(bench.result(act), Some(&Ok(Settled::Accepted)));
}

#[test]
fn a_refusal_that_says_something_is_kept_and_trouble_is_not() {
    for (kind, keeps) in [
        (FailureKind::Conflict, true),
        (FailureKind::NotFound, true),
        (FailureKind::Server, false),
        (FailureKind::NoAnswer, false),
    ] {
        let mut bench = bench();
        let act = bench.act(ReadAct::Topic(Topic::Info(id(1))));
        bench.answer_next(Err(failure(kind)));
        assert_eq!(bench.result(act), Some(&Err(ActError::Failed(failure(kind)))), "told at once");
        assert_eq!(kept(&bench.store_all(Vec::new())).contains(&false), keeps, "{kind:?}");
    }
}

#[test]
fn after_an_unlink_the_company_is_read_and_settles_the_act() {
    let mut bench = bench();
    let act = bench.act(UnlinkConnection { company: id(1), connection: connection_id(1) });
    let call = bench.answer_next(Ok(Reply::Done));
    assert!(matches!(call, Call::Write(WriteAct::UnlinkConnection(_), _)), "{call:?}");
    assert_eq!(bench.result(act), None);
    let see = bench.answer_next(Ok(Reply::Company(Box::new(company(1, "Unlinked")))));
    assert_eq!(see, Call::Company(id(1)));
    bench.store_all(Vec::new());
    assert_eq!(bench.result(act), Some(&Ok(Settled::Company(id(1)))));
}

#[test]
fn an_act_that_was_done_is_not_told_as_failed_because_its_company_could_not_be_read_after_it() {
    for kind in [FailureKind::Unreachable, FailureKind::Forbidden] {
        let mut bench = bench();
        let act = bench.act(UnlinkConnection { company: id(1), connection: connection_id(1) });
        bench.answer_next(Ok(Reply::Done));
        bench.answer_next(Err(failure(kind)));
        assert_eq!(bench.result(act), Some(&Ok(Settled::Accepted)), "{kind:?}");
    }
}

#[test]
fn an_unlink_that_a_server_error_hid_is_found_and_not_repeated() {
    let mut bench = bench();
    let act = bench.act(UnlinkConnection { company: id(1), connection: connection_id(1) });
    bench.answer_next(Err(failure(FailureKind::Server)));
    bench.pass(60);
    let check = bench.answer_next(Ok(Reply::Company(Box::new(company(1, "Unlinked")))));
    assert_eq!(check, Call::Company(id(1)));
    bench.store_all(Vec::new());
    assert_eq!(bench.result(act), Some(&Ok(Settled::Company(id(1)))));
}

#[test]
fn a_connection_that_is_gone_already_counts_as_deleted() {
    let mut bench = bench();
    let act = bench.act(DeleteConnection { company: id(1), connection: connection_id(1) });
    bench.answer_next(Err(failure(FailureKind::NotFound)));
    bench.answer_next(Ok(Reply::Company(Box::new(company(1, "Linked")))));
    bench.store_all(Vec::new());
    assert_eq!(bench.result(act), Some(&Ok(Settled::Company(id(1)))));
}

#[test]
fn reads_on_screen_are_followed_every_second_and_seldom_once_they_ended() {
    let mut bench = bench();
    bench.give(Event::OnScreen(Some(id(1))));
    bench.pass(3);
    bench.answer_next(Ok(reads(&["Fetching"])));
    bench.store_all(Vec::new());
    for _ in 0..5 {
        bench.pass(1);
        bench.answer_next(Ok(reads(&["Mapping"])));
        bench.store_all(Vec::new());
    }
    bench.pass(1);
    bench.answer_next(Ok(reads(&["Complete"])));
    assert_eq!(kept(&bench.store_all(Vec::new())), [true], "the final state is kept");
    bench.answer_next(Ok(Reply::Company(Box::new(company(1, "Linked")))));
    bench.store_all(Vec::new());
    bench.pass(10);
    assert!(bench.sent.is_empty(), "nothing runs: nothing is asked");
    bench.give(Event::OnScreen(None));
    bench.pass(50);
    assert!(!bench.sent.iter().any(|(_, call)| matches!(call, Call::Topic(_))), "nobody looks any more");
}

fn seen(window: Window) -> Event {
    Event::Surroundings(Surroundings { window: Some(window), ..Surroundings::default() })
}

fn asks_for_reads(bench: &Bench) -> bool {
    bench.sent.iter().any(|(_, call)| matches!(call, Call::Topic(Topic::Reads(..))))
}

#[test]
fn a_company_in_a_window_that_nobody_sees_is_not_asked_about_until_somebody_does() {
    let mut bench = bench();
    bench.give(Event::OnScreen(Some(id(1))));
    bench.pass(3);
    bench.answer_next(Ok(reads(&["Complete"])));
    bench.store_all(Vec::new());
    bench.give(seen(Window::Hidden));
    assert_eq!(bench.engine.on_screen(), None);
    bench.pass(30);
    assert!(!asks_for_reads(&bench), "{:?}", bench.sent);
    bench.give(seen(Window::Focused));
    assert_eq!(bench.engine.on_screen(), Some(id(1)));
    bench.pass(3);
    assert!(asks_for_reads(&bench), "whoever comes back sees how it stands");
}

#[test]
fn a_window_that_loses_the_keyboard_or_says_again_what_it_shows_asks_for_nothing_more() {
    let mut bench = bench();
    bench.give(Event::OnScreen(Some(id(1))));
    bench.pass(3);
    bench.answer_next(Ok(reads(&["Complete"])));
    bench.store_all(Vec::new());
    bench.give(seen(Window::Shown));
    bench.give(seen(Window::Focused));
    bench.give(Event::OnScreen(Some(id(1))));
    bench.pass(3);
    assert!(!asks_for_reads(&bench), "{:?}", bench.sent);
}

#[test]
fn a_company_that_is_opened_is_not_counted_as_being_read_before_codat_says_so() {
    let mut bench = bench();
    bench.give(Event::OnScreen(Some(id(1))));
    assert_eq!(bench.engine.health(bench.now).reads_running, 0);
}
