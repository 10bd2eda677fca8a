//! Safe mode: forbidden work is held at any stage, and continues once it is permitted.

use codat::{
    FailureKind,
    model::{CompanyPatch, NewCompany},
};
use domain::SafeMode;
use engine::{
    Act, ActError, AddConnection, Call, CreateCompany, DeleteCompany, DeleteConnection, Event, Policy,
    ReadAct, RefreshCompany, RefreshDataType, SetSyncSettings, Settled, Signal, UnlinkConnection,
    UpdateCompany, WriteAct,
};

use crate::bench::{Bench, company, connection_id, failure, id, limited};

fn bench() -> Bench {
    Bench::swept(vec![company(1, "Linked")])
}

fn set(bench: &mut Bench, safe_mode: SafeMode) {
    bench.give(Event::Policy(Policy { safe_mode, paused: false }));
}

fn delete() -> Act {
    Act::from(DeleteCompany { company: id(1), name: "Company 1".into() })
}

fn is_delete(call: &Call) -> bool {
    matches!(call, Call::Write(WriteAct::DeleteCompany(_), _))
}

fn is_a_read(call: &Call) -> bool {
    matches!(
        call,
        Call::Companies(_) | Call::Company(_) | Call::Connection(..) | Call::Topic(_) | Call::Integrations(_)
    )
}

/// Every act that changes something at the server, with the required mode.
fn acts() -> Vec<(Act, SafeMode)> {
    let (operate, administer) = (SafeMode::Operate, SafeMode::Administer);
    let new = NewCompany { name: "Bakery".into(), description: None, tags: Default::default() };
    let patch = CompanyPatch { name: Some("Bakery".into()), ..CompanyPatch::default() };
    vec![
        (Act::from(CreateCompany(new)), operate),
        (Act::from(UpdateCompany { company: id(1), patch }), operate),
        (Act::from(RefreshCompany { company: id(1) }), operate),
        (
            Act::from(RefreshDataType { company: id(1), data_type: "invoices".into(), connection: None }),
            operate,
        ),
        (Act::from(AddConnection { company: id(1), integration: "gbol".into() }), operate),
        (Act::from(UnlinkConnection { company: id(1), connection: connection_id(1) }), administer),
        (Act::from(DeleteConnection { company: id(1), connection: connection_id(1) }), administer),
        (Act::from(SetSyncSettings { company: None, settings: serde_json::json!({}) }), administer),
    ]
}

#[test]
fn nothing_goes_that_the_mode_does_not_allow_whatever_asked_for_it() {
    for mode in [SafeMode::View, SafeMode::Operate, SafeMode::Administer] {
        for (act, needs) in acts() {
            let mut bench = bench();
            set(&mut bench, mode);
            let id = bench.act(act.clone());
            let went = bench.sent.iter().any(|(_, call)| !is_a_read(call));
            assert_eq!(went, needs <= mode, "{act:?} in {mode:?}");
            assert_eq!(
                bench.result(id) == Some(&Err(ActError::SafeMode)),
                needs > mode,
                "{act:?} in {mode:?}"
            );
        }
    }
}

#[test]
fn what_goes_past_the_machine_asks_for_the_same_leave() {
    let mut bench = bench();
    set(&mut bench, SafeMode::View);
    let upload = bench.act(Act::ReserveRequest(SafeMode::Operate));
    assert_eq!(bench.result(upload), Some(&Err(ActError::SafeMode)));
    let download = bench.act(Act::ReserveRequest(SafeMode::View));
    assert_eq!(bench.result(download), Some(&Ok(Settled::Accepted)));
}

#[test]
fn a_delete_that_waits_is_held_and_can_be_undone() {
    let mut bench = bench();
    bench.act(delete());
    set(&mut bench, SafeMode::View);
    bench.pass(3_600);
    assert!(bench.sent.iter().all(|(_, call)| is_a_read(call)), "{:?}", bench.sent);
    let pending = bench.engine.pending_deletes();
    assert!(pending.len() == 1 && pending[0].is_held, "{pending:?}");
    assert!(bench.signals.contains(&Signal::PendingDeletes), "that is told");
    let undo = bench.act(Act::Undo(id(1)));
    assert_eq!(bench.result(undo), Some(&Ok(Settled::Undone(true))));
    assert_eq!(bench.engine.pending_deletes(), []);
}

#[test]
fn a_delete_that_was_held_is_sent_once_allowed_with_time_to_undo_before() {
    let mut bench = bench();
    bench.act(delete());
    set(&mut bench, SafeMode::Operate);
    bench.pass(3_600);
    set(&mut bench, SafeMode::Administer);
    let pending = bench.engine.pending_deletes();
    assert!(!pending[0].is_held && pending[0].sends_at > bench.now, "{pending:?}");
    let sent = |bench: &Bench| bench.sent.iter().any(|(_, call)| is_delete(call));
    assert!(!sent(&bench), "not at once");
    bench.pass(11);
    assert!(sent(&bench));
}

#[test]
fn a_delete_that_waits_for_leave_when_it_is_forbidden_can_be_undone_again() {
    let mut bench = bench();
    bench.act(delete());
    bench.act(acts().remove(0).0);
    bench.answer_next(Err(limited(30)));
    bench.pass(15);
    assert_eq!(bench.engine.pending_deletes(), [], "it is about to go");
    set(&mut bench, SafeMode::View);
    bench.pass(60);
    assert!(bench.sent.iter().all(|(_, call)| is_a_read(call)), "{:?}", bench.sent);
    assert_eq!(bench.engine.pending_deletes().len(), 1);
}

#[test]
fn a_delete_that_got_no_answer_does_not_go_again_and_that_is_told() {
    let mut bench = bench();
    bench.act(delete());
    bench.pass(11);
    let at = bench.sent.iter().position(|(_, call)| is_delete(call)).unwrap();
    let (request, _) = bench.sent.remove(at);
    set(&mut bench, SafeMode::View);
    bench.answer(request, Err(failure(FailureKind::NoAnswer)));
    bench.pass(60);
    assert!(bench.sent.iter().all(|(_, call)| is_a_read(call)), "not again");
    assert!(
        bench.signals.iter().any(|signal| matches!(signal, Signal::DeleteFailed { .. })),
        "it may have happened, and that is told"
    );
}

#[test]
fn an_act_that_would_go_again_does_not_and_what_it_met_is_told() {
    let mut bench = bench();
    let act = bench.act(acts().remove(0).0);
    bench.answer_next(Err(failure(FailureKind::NoAnswer)));
    set(&mut bench, SafeMode::View);
    bench.pass(60);
    assert!(bench.sent.iter().all(|(_, call)| is_a_read(call)), "{:?}", bench.sent);
    let told = bench.result(act);
    assert!(matches!(told, Some(Err(ActError::Failed(f))) if f.kind == FailureKind::NoAnswer), "{told:?}");
}

#[test]
fn a_state_that_could_not_be_kept_is_told_once_and_kept_before_the_next_request() {
    let mut bench = bench();
    let saves = |bench: &mut Bench| {
        bench
            .stored
            .extract_if(.., |(_, task)| matches!(task, engine::StoreTask::SaveState))
            .collect::<Vec<_>>()
    };
    let notices =
        |bench: &Bench| bench.signals.iter().filter(|signal| matches!(signal, Signal::Notice { .. })).count();
    bench.pass(400);
    bench.stored.clear();
    while saves(&mut bench).is_empty() {
        bench.act(Act::Read(ReadAct::Company(id(1))));
        if let Some((request, _)) = bench.sent.pop() {
            bench.answer(request, Err(failure(FailureKind::NotFound)));
        }
    }
    for _ in 0..3 {
        bench.give(Event::StoreResult(engine::Ticket::State, Err("The disk is full.".into())));
        bench.act(Act::Read(ReadAct::Company(id(1))));
        assert_eq!(saves(&mut bench).len(), 1, "before the next request");
    }
    assert_eq!(notices(&bench), 1, "told once");
}
