//! Retries of acts: which calls are retried, with which idempotency key, and which error the user gets.

use codat::{
    FailureKind, Topic,
    error::RetryAfter,
    model::{CompanyPatch, NewCompany},
};
use domain::HealthState;
use engine::{
    Act, ActError, Call, CreateCompany, DeleteCompany, Event, ReadAct, RefreshCompany, RefreshDataType,
    Reply, Settled, Signal, StoreTask, UpdateCompany, WriteAct,
};
use jiff::SignedDuration;

use crate::bench::{Bench, at, company, connection_id, failure, id, limited, made, named, page, reads};

fn create() -> Act {
    Act::from(CreateCompany(NewCompany {
        name: "Bakery".into(),
        description: None,
        tags: Default::default(),
    }))
}

fn rename(name: &str) -> Act {
    Act::from(UpdateCompany {
        company: id(1),
        patch: CompanyPatch { name: Some(name.into()), ..CompanyPatch::default() },
    })
}

fn key(call: &Call) -> uuid::Uuid {
    let Call::Write(_, key) = call else { panic!("{call:?} carries no key") };
    *key
}

fn bench() -> Bench {
    Bench::swept(vec![company(1, "Linked")])
}

#[test]
fn what_is_answered_is_in_the_store_before_it_is_told() {
    let mut bench = bench();
    let act = bench.act(rename("Bakery"));
    bench.answer_next(Ok(Reply::Company(Box::new(named(1, "Bakery", "Linked")))));
    assert!(bench.result(act).is_none(), "not before it is kept");
    bench.store_all(Vec::new());
    assert_eq!(bench.result(act), Some(&Ok(Settled::Company(id(1)))));
}

#[test]
fn without_an_answer_it_goes_again_with_the_same_key() {
    let mut bench = bench();
    let act = bench.act(create());
    let first = key(&bench.answer_next(Err(failure(FailureKind::NoAnswer))));
    assert!(bench.sent.is_empty(), "not at once");
    bench.pass(3);
    let second = key(&bench.answer_next(Ok(Reply::Company(Box::new(named(7, "Bakery", "Linked"))))));
    assert_eq!(first, second);
    bench.store_all(Vec::new());
    assert_eq!(bench.result(act), Some(&Ok(Settled::Company(id(7)))));
}

#[test]
fn after_409_and_429_it_goes_again_with_the_same_key_and_as_late_as_asked() {
    let mut bench = bench();
    bench.act(create());
    let first = key(&bench.answer_next(Err(failure(FailureKind::Conflict))));
    bench.pass(3);
    let second = key(&bench.answer_next(Err(limited(30))));
    bench.pass(29);
    assert!(bench.sent.is_empty(), "as late as asked");
    bench.pass(2);
    assert_eq!((first, second), (second, key(&bench.take().1)));
}

#[test]
fn after_a_5xx_it_is_read_first_and_goes_again_with_a_new_key_only_if_nothing_happened() {
    let mut bench = bench();
    let act = bench.act(create());
    let first = key(&bench.answer_next(Err(failure(FailureKind::Server))));
    bench.pass(3);
    let check = bench.answer_next(Ok(page(vec![named(3, "Another", "Linked")], 1, 500, 1)));
    assert!(matches!(check, Call::Companies(page) if page.order_by.as_deref() == Some("-created")));
    let second = key(&bench.answer_next(Err(failure(FailureKind::Server))));
    assert_ne!(first, second, "a stored 500 would be replayed");
    bench.pass(5);
    bench.answer_next(Ok(page(vec![made(8, "Bakery", "Linked", bench.now)], 1, 500, 1)));
    bench.store_all(Vec::new());
    assert_eq!(bench.result(act), Some(&Ok(Settled::Company(id(8)))), "it had happened after all");
    assert!(bench.sent.is_empty(), "and is not done twice");
}

#[test]
fn a_company_that_was_there_before_is_not_the_one_that_a_failed_create_made() {
    let mut bench = bench();
    let act = bench.act(create());
    let first = key(&bench.answer_next(Err(failure(FailureKind::Server))));
    bench.pass(3);
    let older = made(8, "Bakery", "Linked", at("2026-11-23T09:59:50Z"));
    bench.answer_next(Ok(page(vec![older], 1, 500, 1)));
    assert_eq!(bench.result(act), None);
    let second = key(&bench.answer_next(Ok(Reply::Company(Box::new(named(9, "Bakery", "Linked"))))));
    assert_ne!(first, second, "it goes again");
    bench.store_all(Vec::new());
    assert_eq!(bench.result(act), Some(&Ok(Settled::Company(id(9)))));
}

#[test]
fn a_company_that_another_create_made_is_not_the_one_that_a_failed_create_made() {
    let mut bench = bench();
    let first = bench.act(create());
    let second = bench.act(create());
    let now = bench.now;
    bench.answer_next(Ok(Reply::Company(Box::new(made(8, "Bakery", "Linked", now)))));
    bench.store_all(Vec::new());
    assert_eq!(bench.result(first), Some(&Ok(Settled::Company(id(8)))));
    bench.answer_next(Err(failure(FailureKind::Server)));
    bench.pass(3);
    bench.answer_next(Ok(page(vec![made(8, "Bakery", "Linked", now)], 1, 500, 1)));
    assert_eq!(bench.result(second), None);
    assert!(matches!(bench.take().1, Call::Write(WriteAct::CreateCompany(_), _)), "it goes again");
}

#[test]
fn where_only_the_servers_clock_could_tell_a_namesake_apart_it_is_told_that_nothing_is_known() {
    let mut bench = bench();
    let act = bench.act(create());
    bench.answer_next(Err(failure(FailureKind::Server)));
    bench.pass(3);
    let (request, _) = bench.take();
    let reply = page(vec![made(8, "Bakery", "Linked", bench.now)], 1, 500, 1);
    bench.answer_without_date(request, reply);
    let told = bench.result(act);
    assert!(matches!(told, Some(Err(ActError::Failed(f))) if f.kind == FailureKind::Server), "{told:?}");
}

#[test]
fn a_refresh_that_somebody_else_asked_for_before_is_not_the_one_that_failed() {
    let mut bench = bench();
    bench.pass(20);
    let act = bench.act(RefreshCompany { company: id(1) });
    bench.answer_next(Err(failure(FailureKind::Server)));
    bench.pass(3);
    bench.answer_next(Ok(reads(&["Complete"])));
    assert_eq!(bench.result(act), None);
    assert!(matches!(bench.take().1, Call::Write(WriteAct::RefreshCompany(_), _)), "it goes again");
}

#[test]
fn what_the_server_did_and_the_store_did_not_keep_is_told_as_done_and_looked_for_at_once() {
    let mut bench = bench();
    let act = bench.act(create());
    bench.answer_next(Ok(Reply::Company(Box::new(named(9, "Bakery", "Linked")))));
    let (ticket, _) = bench.stored.remove(0);
    bench.give(Event::StoreResult(ticket, Err("The disk is full.".into())));
    assert_eq!(bench.result(act), Some(&Ok(Settled::Unrecorded("The disk is full.".into()))));
    assert!(matches!(bench.take().1, Call::Companies(_)), "a sweep shows it");
}

#[test]
fn a_delete_that_the_store_did_not_keep_is_not_told_as_failed() {
    let mut bench = bench();
    bench.act(DeleteCompany { company: id(1), name: "Company 1".into() });
    bench.pass(11);
    bench.answer_next(Ok(Reply::Done));
    let at = bench.stored.iter().position(|(_, task)| matches!(task, StoreTask::RemoveCompany(..)));
    let (ticket, _) = bench.stored.remove(at.unwrap());
    bench.give(Event::StoreResult(ticket, Err("The disk is full.".into())));
    let says = |signal: &Signal| matches!(signal, Signal::Notice { message, .. } if message.contains("Codat deleted Company 1"));
    assert!(bench.signals.iter().any(says));
    assert!(!bench.signals.iter().any(|signal| matches!(signal, Signal::DeleteFailed { .. })));
}

#[test]
fn a_connection_that_is_gone_goes_from_the_store_before_that_is_told() {
    let mut bench = bench();
    let act = bench.act(ReadAct::Connection(id(1), connection_id(1)));
    let call = bench.answer_next(Err(failure(FailureKind::NotFound)));
    assert_eq!(call, Call::Connection(id(1), connection_id(1)));
    let told = bench.result(act);
    assert!(matches!(told, Some(Err(ActError::Failed(f))) if f.kind == FailureKind::NotFound), "{told:?}");
    let removes =
        |task: &StoreTask| matches!(task, StoreTask::RemoveConnection(_, it, _) if *it == connection_id(1));
    assert!(bench.stored.iter().any(|(_, task)| removes(task)));
}

#[test]
fn a_rename_that_happened_behind_a_5xx_is_not_repeated() {
    let mut bench = bench();
    let act = bench.act(rename("Bakery (new)"));
    bench.answer_next(Err(failure(FailureKind::Server)));
    bench.pass(3);
    let check = bench.answer_next(Ok(Reply::Company(Box::new(named(1, "Bakery new", "Linked")))));
    assert_eq!(check, Call::Company(id(1)));
    bench.store_all(Vec::new());
    assert_eq!(
        bench.result(act),
        Some(&Ok(Settled::Company(id(1)))),
        "stripped characters are no difference"
    );
}

#[test]
fn refusals_are_told_at_once_and_not_repeated() {
    for kind in [
        FailureKind::Invalid,
        FailureKind::PaymentRequired,
        FailureKind::Forbidden,
        FailureKind::NotFound,
        FailureKind::Unprocessable,
        FailureKind::Unreadable,
        FailureKind::Unreachable,
    ] {
        let mut bench = bench();
        let act = bench.act(create());
        bench.answer_next(Err(failure(kind)));
        let told = bench.result(act);
        assert!(matches!(told, Some(Err(ActError::Failed(f))) if f.kind == kind), "{kind:?}: {told:?}");
        bench.pass(50);
        assert!(bench.sent.is_empty(), "{kind:?}");
    }
}

#[test]
fn it_gives_up_in_the_end_and_tells_what_it_met() {
    let mut bench = bench();
    let act = bench.act(create());
    let mut tries = 0;
    while bench.result(act).is_none() {
        bench.answer_next(Err(failure(FailureKind::NoAnswer)));
        tries += 1;
        for _ in 0..40 {
            if bench.sent.is_empty() && bench.result(act).is_none() {
                bench.pass(1);
            }
        }
    }
    assert_eq!(tries, 5);
    assert!(matches!(bench.result(act), Some(Err(ActError::Failed(f))) if f.kind == FailureKind::NoAnswer));
}

#[test]
fn a_delete_is_sent_only_when_it_can_no_longer_be_undone() {
    let mut bench = bench();
    let act = bench.act(DeleteCompany { company: id(1), name: "Company 1".into() });
    assert!(matches!(bench.result(act), Some(Ok(Settled::Pending(_)))));
    bench.pass(9);
    assert!(bench.sent.is_empty());
    assert_eq!(bench.engine.pending_deletes().len(), 1);
    bench.pass(2);
    assert_eq!(bench.engine.pending_deletes().len(), 0);
    let call = bench.answer_next(Ok(Reply::Done));
    assert!(matches!(call, Call::Write(WriteAct::DeleteCompany(delete), _) if delete.company == id(1)));
    let tasks = bench.store_all(Vec::new());
    assert!(
        tasks.iter().any(|task| matches!(task, StoreTask::RemoveCompany(company, _) if *company == id(1)))
    );
    assert!(bench.signals.iter().any(|signal| matches!(signal, Signal::Deleted { .. })));
}

#[test]
fn undone_nothing_is_sent_and_undone_too_late_is_said() {
    let mut bench = bench();
    bench.act(DeleteCompany { company: id(1), name: "Company 1".into() });
    let undo = bench.act(Act::Undo(id(1)));
    assert_eq!(bench.result(undo), Some(&Ok(Settled::Undone(true))));
    bench.pass(30);
    assert!(bench.sent.is_empty());
    let late = bench.act(Act::Undo(id(1)));
    assert_eq!(bench.result(late), Some(&Ok(Settled::Undone(false))));
}

#[test]
fn a_delete_of_what_is_gone_is_done_and_one_that_fails_is_told() {
    let mut bench = bench();
    bench.act(DeleteCompany { company: id(1), name: "Company 1".into() });
    bench.pass(11);
    bench.answer_next(Err(failure(FailureKind::NotFound)));
    bench.store_all(Vec::new());
    assert!(bench.signals.iter().any(|signal| matches!(signal, Signal::Deleted { .. })));

    bench.act(DeleteCompany { company: id(2), name: "Company 2".into() });
    bench.pass(11);
    bench.answer_next(Err(failure(FailureKind::Forbidden)));
    assert!(bench.signals.iter().any(|signal| matches!(signal, Signal::DeleteFailed { .. })));
}

#[test]
fn a_person_goes_before_background_work() {
    let mut bench = Bench::with(engine::Config { concurrency: 1, page_size: 1, ..engine::Config::default() });
    bench.act(rename("Bakery"));
    bench.act(create());
    bench.answer_integrations();
    if matches!(bench.sent.first(), Some((_, Call::Companies(_)))) {
        bench.answer_next(Ok(page(vec![company(1, "Linked")], 1, 1, 5)));
    }
    let order: Vec<bool> = (0..2)
        .map(|_| {
            let (request, call) = bench.take();
            bench.answer(request, Err(failure(FailureKind::Invalid)));
            matches!(call, Call::Write(WriteAct::UpdateCompany(_) | WriteAct::CreateCompany(_), _))
        })
        .collect();
    assert_eq!(order, [true, true]);
}

#[test]
fn where_the_server_asks_for_a_long_quiet_a_person_tries_once_and_is_then_told_at_once() {
    let mut bench = bench();
    bench.pass(61);
    bench.answer_next(Err(limited(7_200)));
    let until = bench.now + SignedDuration::from_hours(2);
    let act = bench.act(create());
    bench.answer_next(Err(limited(7_200)));
    let first = bench.result(act).cloned();
    let act = bench.act(create());
    for told in [first.as_ref(), bench.result(act)] {
        let Some(Err(ActError::Failed(failure))) = told else { panic!("{told:?}") };
        assert_eq!(failure.kind, FailureKind::RateLimited);
        assert_eq!(failure.retry_after, Some(RetryAfter::At(until)), "as the server said it");
    }
    assert!(bench.sent.is_empty(), "and nothing more is sent into the quiet");
}

#[test]
fn a_try_that_the_server_takes_ends_the_quiet() {
    let mut bench = bench();
    bench.pass(61);
    bench.answer_next(Err(limited(7_200)));
    bench.pass(5);
    bench.act(create());
    bench.answer_next(Ok(Reply::Company(Box::new(named(7, "Bakery", "Linked")))));
    bench.store_all(Vec::new());
    assert_eq!(bench.health().asked_until, None);
    assert!(matches!(bench.take().1, Call::Companies(_)), "the sweep goes on");
}

#[test]
fn of_a_refused_key_the_server_is_asked_by_every_act_and_one_that_it_takes_heals_it() {
    let mut bench = Bench::new();
    bench.answer_next(Err(failure(FailureKind::Unauthorized)));
    bench.sent.clear();
    let act = bench.act(create());
    bench.answer_next(Err(failure(FailureKind::Unauthorized)));
    let told = bench.result(act);
    assert!(
        matches!(told, Some(Err(ActError::Failed(f))) if f.kind == FailureKind::Unauthorized),
        "{told:?}"
    );
    let act = bench.act(create());
    bench.answer_next(Ok(Reply::Company(Box::new(named(7, "Bakery", "Linked")))));
    bench.store_all(Vec::new());
    assert_eq!(bench.result(act), Some(&Ok(Settled::Company(id(7)))));
    assert_ne!(bench.health().state, HealthState::Refused);
    assert!(matches!(bench.take().1, Call::Companies(_)), "and background work goes on");
    let pass = bench.act(Act::ReserveRequest(domain::SafeMode::Operate));
    assert_eq!(bench.result(pass), Some(&Ok(Settled::Accepted)));
}

#[test]
fn what_goes_past_the_engine_says_that_the_key_is_refused_and_that_it_is_not() {
    let mut bench = bench();
    bench.give(Event::DirectAnswer(Err(Box::new(failure(FailureKind::Unauthorized)))));
    assert_eq!((bench.health().state, bench.notified.len()), (HealthState::Refused, 1));
    let pass = bench.act(Act::ReserveRequest(domain::SafeMode::Operate));
    assert_eq!(bench.result(pass), Some(&Ok(Settled::Accepted)));
    bench.give(Event::DirectAnswer(Ok(codat::client::Meta::default())));
    assert_ne!(bench.health().state, HealthState::Refused);
}

#[test]
fn a_refresh_is_followed_until_its_reads_have_ended() {
    let mut bench = bench();
    let act = bench.act(RefreshCompany { company: id(1) });
    bench.answer_next(Ok(Reply::Done));
    assert_eq!(bench.result(act), Some(&Ok(Settled::Accepted)));
    assert_eq!(bench.health().reads_running, 1);
    bench.pass(3);
    let call = bench.answer_next(Ok(reads(&["Fetching", "Complete"])));
    assert!(matches!(call, Call::Topic(Topic::Reads(..))));
    assert_eq!(bench.health().reads_running, 1);
    bench.pass(5);
    bench.answer_next(Ok(reads(&["Complete", "NotSupported", "FetchError"])));
    assert_eq!(bench.health().reads_running, 0);
    assert_eq!(bench.take().1, Call::Company(id(1)), "what they brought is looked at");
}

#[test]
fn an_answer_to_a_question_nobody_asked_changes_nothing() {
    let mut bench = bench();
    let before = bench.health();
    bench.give(Event::Answer(engine::RequestId(999), Err(failure(FailureKind::Unauthorized))));
    assert_eq!(bench.health(), before);
}

#[test]
fn what_is_being_read_is_not_asked_for_twice() {
    let mut bench = bench();
    bench.act(RefreshCompany { company: id(1) });
    let second = bench.act(RefreshCompany { company: id(1) });
    assert_eq!(bench.result(second), Some(&Ok(Settled::Running)), "the first is on its way");
    bench.answer_next(Ok(Reply::Done));
    let third = bench.act(RefreshCompany { company: id(1) });
    assert_eq!(bench.result(third), Some(&Ok(Settled::Running)), "its reads run");
    let other = bench.act(RefreshCompany { company: id(2) });
    assert_eq!(bench.result(other), None, "another company is another matter");
    bench.pass(3);
    let (request, _) = bench
        .sent
        .iter()
        .position(|(_, call)| matches!(call, Call::Topic(_)))
        .map(|at| bench.sent.remove(at))
        .expect("a look");
    bench.answer(request, Ok(reads(&["Complete"])));
    let last = bench.act(RefreshCompany { company: id(1) });
    assert_eq!(bench.result(last), None, "its reads have ended: it goes");
}

#[test]
fn a_type_that_codat_says_is_being_read_is_no_failure() {
    let mut bench = bench();
    let act = bench.act(RefreshDataType { company: id(1), data_type: "invoices".into(), connection: None });
    let refused = codat::Failure {
        message: "DatasetAlreadyInProgressException: Cannot queue invoices sync".into(),
        ..failure(FailureKind::Invalid)
    };
    bench.answer_next(Err(refused));
    assert_eq!(bench.result(act), Some(&Ok(Settled::Running)));
}
