//! Schedules: a due run starts once, a hold is shown, and no query is sent in vain.

use codat::{FailureKind, Topic};
use domain::{NewRun, ReadHistory, ReadSelection, RunCause, RunCounts, RunId, SafeMode, ScheduleId};
use engine::{
    Act, ActError, Call, Event, Policy, RunEnded, Settled, Signal, StoreReply, StoreTask, Ticket,
    schedule::{Blackout, ClockTimes, Days, HoldReason, Plan, RecordedDecision, Schedule, Target, Timing},
};
use jiff::{SignedDuration, civil::time, tz::TimeZone};

use crate::bench::{Bench, at, company, failure, id, page, said};

/// The time of the bench starts at ten.
fn plan(timing: Timing) -> Plan {
    Plan {
        target: Target::Matching(String::new()),
        data_types: Vec::new(),
        timing,
        zone: Some("UTC".into()),
        blackouts: Vec::new(),
        spread_mins: 15,
    }
}

fn daily_at(hour: i8) -> Plan {
    plan(Timing::Clock(ClockTimes { times: vec![time(hour, 0, 0, 0)], days: Days::ALL }))
}

fn every(hours: u32) -> Plan {
    plan(Timing::Every { hours })
}

fn standing(n: u128, last_read: Option<&str>) -> ReadHistory {
    ReadHistory {
        company: id(n),
        readable: true,
        last_read: last_read.map(at),
        known_read: None,
        known_at: None,
        attempted: None,
        failures: 0,
    }
}

/// An engine with this new schedule.
fn scheduled(plan: Plan, standings: Vec<ReadHistory>) -> Bench {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    bench.standings = standings;
    tell(&mut bench, true, true, plan);
    bench
}

fn tell(bench: &mut Bench, here: bool, on: bool, plan: Plan) {
    let decided = Some(TimeZone::UTC.to_datetime(bench.now));
    let schedule = Schedule { id: ScheduleId(1), name: "Nightly".into(), on, plan, decided };
    bench.give(Event::Schedules { here, zone: TimeZone::UTC, schedules: vec![schedule] });
}

/// The decisions with their runs, in order.
fn begun(tasks: &[StoreTask]) -> Vec<(&RecordedDecision, Option<&NewRun>)> {
    tasks
        .iter()
        .filter_map(|task| {
            let StoreTask::Schedule(decided, run) = task else { return None };
            Some((decided.as_ref(), run.as_ref()))
        })
        .collect()
}

fn companies_of(run: Option<&NewRun>) -> Vec<codat::CompanyId> {
    let Some(NewRun { reads: ReadSelection::List(reads), .. }) = run else { return Vec::new() };
    reads.iter().map(|read| read.company).collect()
}

/// Advances the time by an hour in steps, answers sweeps, and completes store tasks.
fn hours(bench: &mut Bench, count: i64) -> Vec<StoreTask> {
    let mut tasks = Vec::new();
    for _ in 0..count * 60 {
        bench.pass(60);
        tasks.extend(settle(bench));
    }
    tasks
}

/// Answers sweeps and completes store tasks until none are left.
fn settle(bench: &mut Bench) -> Vec<StoreTask> {
    let mut tasks = Vec::new();
    loop {
        bench.answer_integrations();
        let sweeps = bench.sent.iter().position(|(_, call)| matches!(call, Call::Companies(_)));
        let had_sweep = sweeps.is_some();
        if let Some(index) = sweeps {
            let (request, _) = bench.sent.remove(index);
            bench.answer(request, Ok(page(vec![company(1, "Linked")], 1, 500, 1)));
        }
        let done = bench.store_all(Vec::new());
        if done.is_empty() && !had_sweep {
            return tasks;
        }
        tasks.extend(done);
    }
}

#[test]
fn what_is_due_begins_once_at_its_time_with_all_its_companies_in_one_step() {
    let many: Vec<_> = (1..=10_000).map(|n| standing(n, None)).collect();
    let mut bench = scheduled(daily_at(12), many);
    assert!(begun(&hours(&mut bench, 1)).is_empty(), "eleven");
    let noon = hours(&mut bench, 2);
    let all = begun(&noon);
    assert_eq!(all.len(), 1, "one transaction");
    let (decided, run) = all[0];
    assert_eq!((decided.queued, decided.held), (10_000, None));
    assert_eq!(decided.due.map(|due| due.at), Some(at("2026-11-23T12:00:00Z")));
    assert_eq!(companies_of(run).len(), 10_000);
    let run = run.expect("a run");
    assert_eq!((run.cause, run.spread), (RunCause::Schedule(ScheduleId(1)), SignedDuration::from_mins(15)));
}

#[test]
fn a_month_asleep_is_caught_up_once_after_a_look_at_what_others_read() {
    let mut bench =
        scheduled(daily_at(12), vec![standing(1, None), standing(2, Some("2026-12-23T12:30:00Z"))]);
    bench.now = at("2026-12-23T13:00:00Z");
    bench.give(Event::Timeout);
    assert_eq!(bench.engine.held_schedules(), [(ScheduleId(1), HoldReason::CheckingReads)]);
    assert!(
        bench.stored.iter().all(|(_, task)| !matches!(task, StoreTask::ReadHistories(..))),
        "not before a sweep"
    );
    let mut tasks = settle(&mut bench);
    let (request, call) = bench.take();
    assert_eq!(call, Call::Topic(Topic::DataStatus(id(2))), "the one that somebody read is asked about");
    let read = serde_json::json!({ "invoices": { "dataType": "invoices", "currentStatus": "Complete",
        "lastSuccessfulSync": "2026-12-23T12:30:00Z", "latestSyncId": uuid::Uuid::nil() } });
    bench.answer(request, Ok(said(&read)));
    tasks.extend(settle(&mut bench));
    let all = begun(&tasks);
    let (decided, run) = all[0];
    assert_eq!((all.len(), decided.held), (1, Some(HoldReason::Asleep)));
    assert_eq!(decided.due.map(|due| due.earlier), Some(30), "thirty before it");
    assert_eq!((companies_of(run), decided.already_read), (vec![id(1)], 1));
    assert!(begun(&hours(&mut bench, 3)).is_empty(), "and no more that day");
}

#[test]
fn offline_at_its_time_it_is_caught_up_when_the_server_is_back_and_says_why_it_was_late() {
    let mut bench = scheduled(daily_at(12), vec![standing(1, None)]);
    hours(&mut bench, 1);
    while bench.now < at("2026-11-23T12:10:00Z") {
        bench.pass(60);
        while let Some(index) = bench.sent.iter().position(|(_, call)| matches!(call, Call::Companies(_))) {
            let (request, _) = bench.sent.remove(index);
            bench.answer(request, Err(failure(FailureKind::Unreachable)));
        }
    }
    assert_eq!(bench.engine.held_schedules(), [(ScheduleId(1), HoldReason::Offline)]);
    assert!(bench.signals.contains(&Signal::Schedules));
    let tasks = hours(&mut bench, 1);
    let all = begun(&tasks);
    assert_eq!((all.len(), all[0].0.held), (1, Some(HoldReason::Offline)));
    assert_eq!(bench.engine.held_schedules(), []);
}

#[test]
fn paused_off_or_not_here_nothing_begins() {
    let mut bench = scheduled(daily_at(12), vec![standing(1, None)]);
    bench.give(Event::Policy(engine::Policy { paused: true, ..engine::Policy::default() }));
    assert!(begun(&hours(&mut bench, 3)).is_empty());
    assert_eq!(bench.engine.held_schedules(), [(ScheduleId(1), HoldReason::Paused)]);
    bench.give(Event::Policy(engine::Policy { paused: false, ..engine::Policy::default() }));
    let tasks = hours(&mut bench, 1);
    assert_eq!(begun(&tasks)[0].0.held, Some(HoldReason::Paused));

    let mut bench = scheduled(daily_at(12), vec![standing(1, None)]);
    tell(&mut bench, true, false, daily_at(12));
    assert!(begun(&hours(&mut bench, 3)).is_empty(), "switched off");
    tell(&mut bench, false, true, daily_at(12));
    assert!(begun(&hours(&mut bench, 24)).is_empty(), "on another computer");
}

#[test]
fn in_view_what_is_due_is_held_and_its_outcome_says_why_it_was_late() {
    let mut bench = scheduled(daily_at(12), vec![standing(1, None)]);
    bench.give(Event::Policy(Policy { safe_mode: SafeMode::View, paused: false }));
    assert!(begun(&hours(&mut bench, 3)).is_empty());
    assert_eq!(bench.engine.held_schedules(), [(ScheduleId(1), HoldReason::SafeMode)]);
    let act = bench.act(Act::RunSchedule(ScheduleId(1)));
    assert_eq!(bench.result(act), Some(&Err(ActError::SafeMode)), "nor for a person");
    bench.give(Event::Policy(Policy::default()));
    let tasks = hours(&mut bench, 1);
    let (decided, run) = begun(&tasks)[0];
    assert_eq!((decided.held, run.is_some()), (Some(HoldReason::SafeMode), true));
}

#[test]
fn what_is_being_found_out_for_a_schedule_when_it_is_forbidden_is_given_up_and_still_due() {
    let mut bench = scheduled(daily_at(12), vec![standing(1, Some("2026-11-23T12:00:01Z"))]);
    hours(&mut bench, 1);
    while bench.sent.iter().all(|(_, call)| !matches!(call, Call::Topic(_))) {
        bench.pass(60);
        settle(&mut bench);
    }
    bench.give(Event::Policy(Policy { safe_mode: SafeMode::View, paused: false }));
    let (request, call) = bench.take();
    assert!(matches!(call, Call::Topic(Topic::DataStatus(_))));
    bench.answer(request, Ok(said(&serde_json::json!({}))));
    assert!(begun(&hours(&mut bench, 3)).is_empty(), "its run does not begin");
    assert_eq!(bench.engine.held_schedules(), [(ScheduleId(1), HoldReason::SafeMode)]);
}

#[test]
fn what_falls_into_a_blackout_begins_when_it_ends() {
    let lunch = Blackout { days: Days::ALL, from: time(11, 30, 0, 0), until: time(13, 30, 0, 0) };
    let mut bench = scheduled(Plan { blackouts: vec![lunch], ..daily_at(12) }, vec![standing(1, None)]);
    assert!(begun(&hours(&mut bench, 3)).is_empty());
    assert_eq!(bench.engine.held_schedules(), [(ScheduleId(1), HoldReason::Blackout)]);
    let tasks = hours(&mut bench, 1);
    let (decided, _) = begun(&tasks)[0];
    assert_eq!(decided.held, Some(HoldReason::Blackout));
    assert!(decided.at >= at("2026-11-23T13:30:00Z") && decided.at < at("2026-11-23T13:35:00Z"));
}

#[test]
fn by_the_hour_only_what_is_old_enough_is_read_and_only_what_may_be_is_asked_about() {
    let old = standing(1, Some("2026-11-22T09:00:00Z"));
    let recent = standing(2, Some("2026-11-23T09:30:00Z"));
    let young = ReadHistory {
        known_read: Some(at("2026-11-23T09:30:00Z")),
        known_at: Some(at("2026-11-23T09:30:00Z")),
        ..standing(3, Some("2026-11-23T09:30:00Z"))
    };
    let unlinked = ReadHistory { readable: false, ..standing(4, None) };
    let plan = Plan { data_types: vec!["invoices".into()], ..every(24) };
    let mut bench = scheduled(plan, vec![old, recent, young, unlinked]);
    let mut tasks = settle(&mut bench);
    let (request, call) = bench.take();
    assert_eq!(call, Call::Topic(Topic::DataStatus(id(2))));
    let read = serde_json::json!({ "invoices": { "dataType": "invoices", "currentStatus": "FetchError",
        "lastSuccessfulSync": "2026-11-20T12:30:00Z", "latestSyncId": uuid::Uuid::nil() } });
    bench.answer(request, Ok(said(&read)));
    tasks.extend(settle(&mut bench));
    let all = begun(&tasks);
    let (decided, run) = all[0];
    assert_eq!(companies_of(run), [id(1), id(2)]);
    assert_eq!(decided.requested, [id(1), id(2)], "so that a read that fails is not asked for at once again");
    assert_eq!((decided.unreadable, decided.known.len()), (1, 1));
    let Some(NewRun { reads: ReadSelection::List(reads), .. }) = run else { panic!("{run:?}") };
    assert!(reads.iter().all(|read| read.data_type.as_deref() == Some("invoices")));
}

#[test]
fn two_data_types_are_two_reads_of_a_company_and_only_the_old_one_where_the_other_is_fresh() {
    let old = standing(1, Some("2026-11-22T09:00:00Z"));
    let recent = standing(2, Some("2026-11-23T09:30:00Z"));
    let plan = Plan { data_types: vec!["invoices".into(), "bills".into()], ..every(24) };
    let mut bench = scheduled(plan, vec![old, recent]);
    let mut tasks = settle(&mut bench);
    let (request, call) = bench.take();
    assert_eq!(call, Call::Topic(Topic::DataStatus(id(2))), "one query, whatever number of types");
    let read = serde_json::json!({
        "invoices": { "dataType": "invoices", "currentStatus": "Complete",
            "lastSuccessfulSync": "2026-11-23T09:30:00Z", "latestSyncId": uuid::Uuid::nil() },
        "bills": { "dataType": "bills", "currentStatus": "Complete",
            "lastSuccessfulSync": "2026-11-20T09:30:00Z", "latestSyncId": uuid::Uuid::nil() },
    });
    bench.answer(request, Ok(said(&read)));
    tasks.extend(settle(&mut bench));
    let all = begun(&tasks);
    let (decided, run) = all[0];
    assert_eq!((decided.queued, &decided.requested), (3, &vec![id(1), id(2)]));
    let Some(NewRun { reads: ReadSelection::List(reads), .. }) = run else { panic!("{run:?}") };
    let reads: Vec<_> = reads.iter().map(|read| (read.company, read.data_type.as_deref())).collect();
    assert_eq!(reads, [(id(1), Some("invoices")), (id(1), Some("bills")), (id(2), Some("bills"))]);
}

#[test]
fn by_the_hour_nothing_is_written_where_nothing_is_due() {
    let attempted = ReadHistory { attempted: Some(at("2026-11-23T09:59:00Z")), ..standing(1, None) };
    let mut bench = scheduled(every(24), vec![attempted]);
    let tasks = hours(&mut bench, 4);
    assert!(begun(&tasks).is_empty());
    let looks = tasks.iter().filter(|task| matches!(task, StoreTask::ReadHistories(..))).count();
    assert!((1..=6).contains(&looks), "about one an hour, not {looks}");
}

#[test]
fn a_time_that_comes_while_the_last_run_has_not_ended_is_left_out_and_said() {
    let plan = plan(Timing::Clock(ClockTimes {
        times: vec![time(11, 0, 0, 0), time(12, 0, 0, 0)],
        days: Days::ALL,
    }));
    let mut bench = scheduled(plan, vec![standing(1, None)]);
    bench.runs_stay = true;
    let tasks = hours(&mut bench, 3);
    let all = begun(&tasks);
    assert_eq!(all.len(), 2);
    assert_eq!((all[0].0.queued, all[0].0.held), (1, None));
    assert_eq!((all[1].0.queued, all[1].0.held), (0, Some(HoldReason::StillRunning)));
    assert!(all[1].1.is_none());
}

#[test]
fn a_clock_that_was_years_ahead_leaves_no_gap_and_says_so() {
    let mut bench = scheduled(daily_at(12), vec![standing(1, None)]);
    bench.now = at("2031-01-01T13:00:00Z");
    bench.give(Event::Timeout);
    settle(&mut bench);
    bench.now = at("2026-11-23T11:00:00Z");
    let mut tasks = hours(&mut bench, 2);
    tasks.extend(hours(&mut bench, 24));
    let all = begun(&tasks);
    let held: Vec<_> = all.iter().map(|(decided, _)| decided.held).collect();
    assert!(held.contains(&Some(HoldReason::ClockSetBack)), "{held:?}");
    let at_noon = |day: i8| {
        let noon = time(12, 0, 0, 0).to_datetime(jiff::civil::date(2026, 11, day));
        all.iter().filter(|(decided, run)| decided.label == Some(noon) && run.is_some()).count()
    };
    assert_eq!((at_noon(23), at_noon(24)), (1, 1), "each day's noon, once");
}

#[test]
fn a_person_may_run_it_at_any_time_and_is_told_what_is_in_the_way() {
    let spread = Plan { spread_mins: 15, ..daily_at(12) };
    let mut bench = scheduled(spread, vec![standing(1, Some("2026-11-23T09:59:00Z"))]);
    let act = bench.act(Act::RunSchedule(ScheduleId(1)));
    let tasks = settle(&mut bench);
    let all = begun(&tasks);
    let (decided, run) = all[0];
    assert_eq!((decided.due, decided.queued), (None, 1));
    assert_eq!(run.map(|run| run.cause), Some(RunCause::Person), "it is the person's, and goes first");
    assert!(run.is_some_and(|run| run.spread.is_zero()), "now is not within a quarter of an hour");
    assert_eq!(bench.result(act), Some(&Ok(Settled::Accepted)));
    let noon = hours(&mut bench, 3);
    let spreads: Vec<_> = begun(&noon).iter().filter_map(|(_, run)| run.map(|run| run.spread)).collect();
    assert_eq!(spreads, [SignedDuration::from_mins(15)], "noon comes all the same, and is spread");

    let unknown = bench.act(Act::RunSchedule(ScheduleId(9)));
    assert_eq!(bench.result(unknown), Some(&Err(ActError::NoSchedule)));
}

#[test]
fn a_question_that_fails_puts_the_schedule_off_and_nothing_is_lost() {
    let plan = Plan { data_types: vec!["invoices".into()], ..every(24) };
    let mut bench = scheduled(plan, vec![standing(2, Some("2026-11-23T09:30:00Z"))]);
    settle(&mut bench);
    let (request, _) = bench.take();
    bench.answer(request, Err(failure(FailureKind::Server)));
    let mut tasks = Vec::new();
    for _ in 0..20 {
        bench.pass(30);
        tasks.extend(settle(&mut bench));
        if let Some(index) =
            bench.sent.iter().position(|(_, call)| matches!(call, Call::Topic(Topic::DataStatus(_))))
        {
            let (request, _) = bench.sent.remove(index);
            bench.answer(request, Ok(said(&serde_json::json!({}))));
        }
    }
    tasks.extend(settle(&mut bench));
    let all = begun(&tasks);
    assert_eq!((all.len(), companies_of(all[0].1)), (1, vec![id(2)]), "asked again, and then read");
}

#[test]
fn a_schedule_that_failed_three_times_in_a_row_is_told_once_and_a_good_run_ends_it() {
    let mut bench = scheduled(daily_at(12), vec![standing(1, None)]);
    let ended = |bench: &mut Bench, failed: u32, read: u32| {
        let counts = RunCounts { failed, read, ..RunCounts::default() };
        let ended = RunEnded { id: RunId(9), cause: RunCause::Schedule(ScheduleId(1)), counts };
        bench.give(Event::StoreResult(Ticket::Run(RunId(9)), Ok(StoreReply::RunEnded(ended))));
    };
    let told = |bench: &Bench| bench.notified.iter().map(|it| it.title.clone()).collect::<Vec<_>>();
    ended(&mut bench, 2, 0);
    ended(&mut bench, 2, 0);
    ended(&mut bench, 1, 5);
    ended(&mut bench, 4, 1);
    ended(&mut bench, 4, 1);
    assert!(told(&bench).is_empty(), "a good run came between");
    ended(&mut bench, 4, 1);
    ended(&mut bench, 4, 1);
    assert_eq!(told(&bench), ["Nightly failed 3 times in a row"]);
    let notice = &bench.notified[0];
    assert_eq!(notice.body, "In the last run, 4 of 5 refreshes failed. Open Schedules to see why.");
    assert!(bench.closed_topics.is_empty());
    ended(&mut bench, 0, 5);
    assert_eq!(bench.closed_topics, ["schedule:1"]);
}
