//! What expires: consents are warned of once and in time, idle clocks are kept from expiring, consents are
//! never read for.

use std::collections::BTreeMap;

use codat::{
    ConnectionId,
    expiry::{Clock, Used, estimate, next_warning},
};
use domain::{EndingConsent, IdleConnection, KeepAliveMode, Place, ReadSelection};
use engine::{Applied, Config, Engine, Event, Notification, SavedState, StoreReply, StoreTask};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::bench::*;

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

fn consent(n: u128, expires: Timestamp) -> EndingConsent {
    EndingConsent {
        company: id(n),
        company_name: format!("Company {n}"),
        connection: connection_id(n),
        platform: "Plaid".to_owned(),
        expires,
    }
}

fn idle(n: u128, expires: Timestamp) -> IdleConnection {
    IdleConnection {
        company: id(n),
        company_name: format!("Company {n}"),
        connection: connection_id(n),
        platform: "Xero".to_owned(),
        expires,
        readable: vec!["invoices".to_owned(), "company".to_owned()],
    }
}

/// Completes the store tasks, with this as due.
fn store(bench: &mut Bench, consents: &[EndingConsent], idle: &[IdleConnection]) -> Vec<StoreTask> {
    store_as(bench, |task| Ok(answer(task, consents, idle)))
}

/// The same, with a store that may fail.
fn store_as(
    bench: &mut Bench,
    mut carry: impl FnMut(&StoreTask) -> Result<StoreReply, String>,
) -> Vec<StoreTask> {
    let mut done = Vec::new();
    while !bench.stored.is_empty() {
        let (ticket, task) = bench.stored.remove(0);
        let outcome = carry(&task);
        done.push(task);
        bench.give(Event::StoreResult(ticket, outcome));
    }
    done
}

fn answer(task: &StoreTask, consents: &[EndingConsent], idle: &[IdleConnection]) -> StoreReply {
    if let StoreTask::ConsentsDue { .. } = task {
        StoreReply::Consents(consents.to_vec())
    } else if let StoreTask::IdleDue { .. } = task {
        StoreReply::Idle { idle: idle.to_vec(), total: u32::try_from(idle.len()).unwrap() }
    } else if let StoreTask::Warn(warnings) = task {
        StoreReply::Warned((1..).take(warnings.iter().filter(|it| it.notify).count()).collect())
    } else if let StoreTask::FindMissing(_) = task {
        StoreReply::Missing(Vec::new())
    } else if let StoreTask::Apply { .. } = task {
        StoreReply::Applied(Applied::default())
    } else {
        StoreReply::Done
    }
}

/// An engine after its first sweep, before the response to its first expiry check.
fn begun() -> Bench {
    let mut bench = Bench::with(Config {
        page_size: 500,
        sweep_floor_secs: 3_600,
        status_floor_secs: 3_600,
        ..Config::default()
    });
    bench.answer_integrations();
    bench.answer_next(Ok(page(vec![company(1, "Linked")], 1, 500, 1)));
    bench
}

fn hear(bench: &mut Bench) -> Vec<Notification> {
    std::mem::take(&mut bench.notified)
}

#[test]
fn what_was_so_before_the_first_sweep_is_passed_over_and_later_looks_tell() {
    let mut bench = begun();
    let done = store(&mut bench, &[], &[]);
    let passed = done.iter().position(|task| matches!(task, StoreTask::SkipConsentWarnings));
    let looked = done.iter().position(|task| matches!(task, StoreTask::ConsentsDue { .. }));
    assert!(passed.is_some() && passed < looked, "{done:?}");
    assert!(!done.iter().any(|task| matches!(task, StoreTask::IdleDue { .. })), "keep-alive is off");
}

#[test]
fn one_consent_is_named_and_several_are_one_notification() {
    let mut bench = begun();
    let end = bench.now + days(14) + SignedDuration::from_hours(5);
    store(&mut bench, &[consent(1, end)], &[]);
    let told = hear(&mut bench);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].title, "Company 1: the Plaid consent ends in 14 days");
    assert_eq!(told[0].connection, Some(connection_id(1)), "its Link URL can be copied");
    assert_eq!(told[0].alerts, [1], "it is claimed before it is shown");

    let mut bench = begun();
    let near = bench.now + days(3);
    store(&mut bench, &[consent(1, near), consent(2, end), consent(3, bench_past(&near))], &[]);
    let told = hear(&mut bench);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].title, "2 consents end within 14 days", "one that is past was renewed");
    assert_eq!(told[0].body, "Company 1, Company 2");
    assert_eq!(told[0].place, Some(Place::Expiry));
}

fn bench_past(near: &Timestamp) -> Timestamp {
    *near - days(4)
}

#[test]
fn a_warning_that_was_kept_before_is_not_told_again() {
    let mut bench = begun();
    let end = bench.now + days(14);
    store_as(&mut bench, |task| {
        let was_kept = matches!(task, StoreTask::Warn(_));
        Ok(if was_kept { StoreReply::Warned(Vec::new()) } else { answer(task, &[consent(1, end)], &[]) })
    });
    assert!(bench.notified.is_empty());
}

#[test]
fn a_warning_that_cannot_be_kept_is_not_told_and_comes_again() {
    let mut bench = begun();
    let end = bench.now + days(14);
    let mut refused = 0;
    store_as(&mut bench, |task| {
        if matches!(task, StoreTask::Warn(_)) {
            refused += 1;
            return Err("the disk is full".to_owned());
        }
        Ok(answer(task, &[consent(1, end)], &[]))
    });
    assert_eq!((refused, bench.notified.len()), (1, 0));
    bench.give(Event::Policy(engine::Policy { paused: false, ..engine::Policy::default() }));
    store(&mut bench, &[consent(1, end)], &[]);
    assert_eq!(bench.notified.len(), 1);
}

#[test]
fn a_person_is_asked_once_a_day_also_across_restarts() {
    let mut bench = begun();
    store(&mut bench, &[], &[]);
    bench.give(Event::KeepAlive(KeepAliveMode::Ask));
    let due = [idle(1, bench.now + days(9)), idle(2, bench.now + days(9))];
    let done = store(&mut bench, &[], &due);
    assert!(done.iter().any(|task| matches!(task, StoreTask::SaveState)), "it is kept that one was asked");
    let told = hear(&mut bench);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].title, "2 connections may lose access soon");
    assert_eq!(told[0].place, Some(Place::Expiry));
    bench.give(Event::KeepAlive(KeepAliveMode::Ask));
    store(&mut bench, &[], &due);
    assert!(hear(&mut bench).is_empty());

    let kept = serde_json::to_string(bench.engine.saved()).unwrap();
    let saved: SavedState = serde_json::from_str(&kept).unwrap();
    bench.engine = Engine::new(Config::default(), Some(saved), bench.now);
    bench.give(Event::KeepAlive(KeepAliveMode::Ask));
    store(&mut bench, &[], &due);
    assert!(hear(&mut bench).is_empty());
}

#[test]
fn paused_it_reads_nothing_and_goes_on_when_resumed() {
    let mut bench = begun();
    store(&mut bench, &[], &[]);
    bench.give(Event::Policy(engine::Policy { paused: true, ..engine::Policy::default() }));
    bench.give(Event::KeepAlive(KeepAliveMode::On));
    let due = [idle(1, bench.now + days(9))];
    let done = store(&mut bench, &[], &due);
    assert!(!done.iter().any(|task| matches!(task, StoreTask::IdleDue { .. })), "{done:?}");
    bench.give(Event::Policy(engine::Policy { paused: false, ..engine::Policy::default() }));
    let done = store(&mut bench, &[], &due);
    assert!(done.iter().any(|task| matches!(task, StoreTask::KeepAlive(_, Some(_)))), "{done:?}");
}

#[test]
fn what_is_read_is_written_down_with_the_run_that_asks_for_it() {
    let mut bench = begun();
    store(&mut bench, &[], &[]);
    bench.give(Event::KeepAlive(KeepAliveMode::On));
    let soon = bench.now + SignedDuration::from_hours(2);
    let unknown = IdleConnection { readable: Vec::new(), ..idle(3, bench.now + days(5)) };
    let due = [idle(1, soon), idle(2, bench.now + days(9)), unknown];
    let done = store(&mut bench, &[], &due);
    let kept = done.iter().find_map(|task| {
        if let StoreTask::KeepAlive(noted, run) = task { Some((noted, run.as_ref())) } else { None }
    });
    let (noted, run) = kept.expect("kept");
    assert_eq!(noted.len(), 3, "the ledger tells of all");
    let run = run.expect("a run");
    let ReadSelection::List(reads) = &run.reads else { panic!("{run:?}") };
    let read: Vec<_> = reads.iter().map(|read| (read.connection, read.data_type.as_deref())).collect();
    assert_eq!(
        read,
        [(Some(connection_id(1)), Some("company")), (Some(connection_id(2)), Some("company"))],
        "the cheapest of each, soonest first; nothing of one of which no type is known"
    );
    assert!(run.cause.is_background(), "it spends of the background’s share");
    assert!(bench.now + run.spread < soon, "spread, and all of it before the first end");
}

#[test]
fn what_cannot_be_written_down_is_not_read() {
    let mut bench = begun();
    store(&mut bench, &[], &[]);
    bench.give(Event::KeepAlive(KeepAliveMode::On));
    let due = [idle(1, bench.now + days(9))];
    let done = store_as(&mut bench, |task| {
        if matches!(task, StoreTask::KeepAlive(..)) {
            return Err("the disk is full".to_owned());
        }
        Ok(answer(task, &[], &due))
    });
    let tries = |done: &[StoreTask]| done.iter().filter(|it| matches!(it, StoreTask::KeepAlive(..))).count();
    assert_eq!(tries(&done), 1, "{done:?}");
    bench.give(Event::KeepAlive(KeepAliveMode::On));
    let done = store(&mut bench, &[], &due);
    assert_eq!(tries(&done), 1, "the next look finds it again: {done:?}");
}

/// A connection in a simulated year.
#[derive(Debug, Clone)]
struct Known {
    clock: Clock,
    used: Used,
    /// When the app first saw it.
    from: Timestamp,
    due: Option<Timestamp>,
    warned: Vec<Timestamp>,
    read_for: u32,
    is_lost: bool,
}

impl Known {
    fn expires(&self) -> Timestamp {
        estimate(self.clock, self.used).unwrap().expires
    }
}

/// The store and the server: reads end after the spread of their run, and some fail.
struct World {
    connections: BTreeMap<ConnectionId, Known>,
    reading: Vec<(Timestamp, ConnectionId)>,
    /// Which reads of a connection fail, repeatedly: at most two in a row.
    fails: Vec<bool>,
}

impl World {
    fn pass(&mut self, now: Timestamp) {
        let (ended, reading) = self.reading.drain(..).partition(|(at, _)| *at <= now);
        self.reading = reading;
        let ended: Vec<(Timestamp, ConnectionId)> = ended;
        for (at, id) in ended {
            let turn = self.known(id).read_for as usize % self.fails.len();
            let fails = self.fails[turn];
            let known = self.known(id);
            if !fails && at < known.expires() {
                known.used.last_read = Some(at);
                known.due = Some(known.clock.due(known.expires()));
            }
        }
        for known in self.connections.values_mut() {
            known.is_lost |= known.expires() <= now;
        }
    }

    fn due(&self, now: Timestamp, consents: bool) -> Vec<(ConnectionId, Timestamp)> {
        let mut due: Vec<_> = self
            .connections
            .iter()
            .filter(|(_, known)| matches!(known.clock, Clock::Consent(_)) == consents)
            .filter(|(_, known)| known.from <= now && known.due.is_some_and(|due| due <= now))
            .map(|(id, known)| (*id, known.expires()))
            .collect();
        due.sort_by_key(|(_, expires)| *expires);
        due
    }

    fn carry(&mut self, task: &StoreTask, now: Timestamp) -> StoreReply {
        if let StoreTask::Warn(warnings) = task {
            for warning in warnings {
                let known = self.known(warning.consent.connection);
                known.due = warning.next;
                if warning.notify {
                    known.warned.push(now);
                }
            }
        } else if let StoreTask::KeepAlive(reads, run) = task {
            for read in reads {
                self.known(read.idle.connection).due = Some(read.next_due);
            }
            if let Some(run) = run {
                let ReadSelection::List(reads) = &run.reads else { panic!("{run:?}") };
                for id in reads.iter().map(|read| read.connection.unwrap()) {
                    self.known(id).read_for += 1;
                    self.reading.push((now + run.spread, id));
                }
            }
        } else if let StoreTask::SkipConsentWarnings = task {
            for (id, expires) in self.due(now, true) {
                self.known(id).due = next_warning(expires, now);
            }
        }
        let consents = self.due(now, true).into_iter();
        let consents: Vec<_> =
            consents.map(|(connection, end)| EndingConsent { connection, ..consent(0, end) }).collect();
        let idles = self.due(now, false).into_iter();
        let idles: Vec<_> =
            idles.map(|(connection, end)| IdleConnection { connection, ..idle(0, end) }).collect();
        answer(task, &consents, &idles)
    }

    fn known(&mut self, id: ConnectionId) -> &mut Known {
        self.connections.get_mut(&id).unwrap()
    }
}

/// Advances the time, answers sweeps, and completes store tasks.
fn live(bench: &mut Bench, world: &mut World, until: Timestamp) {
    serve(bench, world);
    while bench.now < until {
        let wake = bench.engine.poll_timeout(bench.now).unwrap_or(until).min(until);
        bench.now = wake.max(bench.now + SignedDuration::from_secs(1));
        world.pass(bench.now);
        bench.give(Event::Timeout);
        serve(bench, world);
    }
}

/// Answers all requests.
fn serve(bench: &mut Bench, world: &mut World) {
    loop {
        bench.answer_integrations();
        while !bench.sent.is_empty() {
            bench.answer_next(Ok(page(vec![company(1, "Linked")], 1, 500, 1)));
        }
        if bench.stored.is_empty() {
            return;
        }
        let (ticket, task) = bench.stored.remove(0);
        let outcome = world.carry(&task, bench.now);
        bench.give(Event::StoreResult(ticket, Ok(outcome)));
    }
}

fn a_connection() -> impl Strategy<Value = (bool, u16, i64, i64)> {
    (any::<bool>(), prop::sample::select(vec![7_u16, 30, 60, 90, 100]), 0_i64..2_000, 0_i64..4_000)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_year_loses_no_idle_clock_reads_for_no_consent_and_warns_in_time(
        connections in prop::collection::vec(a_connection(), 1..40),
        fails in prop::collection::vec(prop::bool::weighted(0.4), 1..30),
    ) {
        let config = Config {
            page_size: 500,
            sweep_floor_secs: 6 * 3_600,
            status_floor_secs: 6 * 3_600,
            ..Config::default()
        };
        let mut bench = Bench::with(config);
        let start = bench.now;
        let mut fails = fails;
        fails.push(false);
        let mut row = 0;
        for fail in &mut fails {
            row = if *fail { row + 1 } else { 0 };
            *fail = row > 0 && row <= 2;
        }
        let mut world = World { connections: BTreeMap::new(), reading: Vec::new(), fails };
        for (n, (is_consent, lasts, age, from)) in connections.into_iter().enumerate() {
            let clock = if is_consent { Clock::Consent(lasts) } else { Clock::Idle(lasts) };
            let from = start + SignedDuration::from_hours(from);
            // An idle connection is first seen some days before its expiry, so that it can be kept.
            let age = SignedDuration::from_hours(age % (24 * i64::from(lasts) - 72).max(1));
            let used = Used { created: from - age, last_read: None, linked: None };
            let mut known =
                Known { clock, used, from, due: None, warned: Vec::new(), read_for: 0, is_lost: false };
            known.due = Some(clock.due(known.expires()));
            world.connections.insert(connection_id(n as u128), known);
        }
        bench.give(Event::KeepAlive(KeepAliveMode::On));
        live(&mut bench, &mut world, start + days(365));
        for known in world.connections.values() {
            match known.clock {
                Clock::Idle(days_long) => {
                    prop_assert!(!known.is_lost, "{known:?}");
                    let most = 366 * 8 / u32::from(days_long).min(8) + 20;
                    prop_assert!(known.read_for <= most, "no storm of reads: {known:?}");
                }
                Clock::Consent(_) => {
                    prop_assert_eq!(known.read_for, 0, "a consent is never read for");
                    prop_assert!(known.warned.len() <= 2, "twice at most: {:?}", known);
                    let ahead = |at: &Timestamp| known.expires().duration_since(*at);
                    let ends_within = known.expires() < start + days(365);
                    let known_ahead = known.expires().duration_since(known.from.max(start));
                    let passed_over = known.clock.due(known.expires()) <= start;
                    if ends_within && !passed_over {
                        prop_assert!(!known.warned.is_empty(), "{known:?}");
                        if known_ahead >= days(15) {
                            prop_assert!(ahead(&known.warned[0]) >= days(14), "{known:?}");
                            prop_assert!(ahead(&known.warned[1]) >= days(3), "{known:?}");
                        }
                    }
                }
            }
        }
    }
}
