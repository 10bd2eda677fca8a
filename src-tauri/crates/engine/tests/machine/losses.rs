//! Losses, heals, flaps, companies that cannot be read, second looks that fail, no notification daemon, restarts
//! between any two steps and clocks that are set back: what is told, when, and how often.

use std::collections::{BTreeMap, BTreeSet};

use codat::{
    Colour, Company, CompanyId, ConnectionId, FailureKind, Item, Listed, Page, client::Meta, error::RateLimit,
};
use engine::{
    Applied, Call, Cause, Change, Config, Effect, Engine, Event, Notification, PastAlert, Reply, RequestId,
    StoreTask, Stored, Ticket, Unfinished,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

use crate::bench::{at, connection_id, failure, id};

/// How a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Linked,
    Deauthorized,
    Unlinked,
    /// Linked, with an active error of this status.
    Error(u16),
}

/// How the server answers a look at one company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Looks {
    Agree,
    /// Something else than the list says.
    Say(State),
    Fail,
}

#[derive(Debug, Clone)]
struct Row {
    state: State,
    looks: Looks,
    /// Whether the list has it in a form that can be read.
    readable: bool,
}

/// An alert as it is recorded.
#[derive(Debug, Clone)]
struct Recorded {
    alert: engine::NewAlert,
    at: Timestamp,
    shown: Vec<Timestamp>,
}

/// A server, a store and a desktop as simple as can be, and the engine between them.
struct World {
    engine: Engine,
    now: Timestamp,
    rows: BTreeMap<u128, Row>,
    kept: BTreeMap<u128, State>,
    journal: Vec<Change>,
    cursor: i64,
    decisions: BTreeSet<i64>,
    alerts: Vec<Recorded>,
    notifications: Vec<(Timestamp, Notification)>,
    requests: Vec<(RequestId, Call, Timestamp)>,
    saved: Option<String>,
    has_daemon: bool,
    /// Effects until the engine is gone from one moment to the next.
    crash_in: Option<u32>,
    looks: u32,
    /// When each company was seen lost, by requests sent then.
    seen_lost: BTreeMap<u128, Vec<Timestamp>>,
}

const LATENCY: SignedDuration = SignedDuration::from_millis(300);

fn config() -> Config {
    Config { page_size: 500, ..Config::default() }
}

fn said(n: u128, state: State) -> Item<Company> {
    let (status, errors) = match state {
        State::Linked => ("Linked", serde_json::json!([])),
        State::Deauthorized => ("Deauthorized", serde_json::json!([])),
        State::Unlinked => ("Unlinked", serde_json::json!([])),
        State::Error(code) => (
            "Linked",
            serde_json::json!([{ "statusCode": code.to_string(), "statusText": "", "errorMessage": "said the source",
                                 "erroredOnUtc": "2026-11-20T00:00:00Z", "status": "Active" }]),
        ),
    };
    let json = serde_json::json!({
        "id": id(n), "name": format!("Company {n}"), "redirect": "http://127.0.0.1:1/company",
        "created": "2026-11-01T00:00:00Z",
        "dataConnections": [{
            "id": connection_id(n), "platformName": "Xero", "integrationKey": "gbol", "status": status,
            "created": "2026-11-01T00:00:00Z", "linkUrl": "http://127.0.0.1:1/link", "dataConnectionErrors": errors
        }]
    });
    let raw = serde_json::value::to_raw_value(&json).unwrap();
    Item { value: serde_json::from_str(raw.get()).unwrap(), raw }
}

fn colour(state: State) -> Colour {
    match state {
        State::Linked => Colour::Green,
        State::Deauthorized | State::Error(_) => Colour::Red,
        State::Unlinked => Colour::Grey,
    }
}

fn is_lost(state: State) -> bool {
    colour(state).needs_attention()
}

fn number(company: CompanyId) -> u128 {
    company.0.as_u128()
}

fn state_of(company: &Company) -> State {
    let connection = &company.data_connections[0];
    match connection.status.as_str() {
        "Deauthorized" => State::Deauthorized,
        "Unlinked" => State::Unlinked,
        _ => connection
            .data_connection_errors
            .first()
            .map_or(State::Linked, |error| State::Error(error.status_code.parse().unwrap())),
    }
}

impl World {
    /// So many companies, all linked, and the first sweep over.
    fn new(companies: u128) -> Self {
        let now = at("2026-11-23T10:00:00Z");
        let row = Row { state: State::Linked, looks: Looks::Agree, readable: true };
        let mut world = Self {
            engine: Engine::new(config(), None, now),
            now,
            rows: (1..=companies).map(|n| (n, row.clone())).collect(),
            kept: BTreeMap::new(),
            journal: Vec::new(),
            cursor: 0,
            decisions: BTreeSet::new(),
            alerts: Vec::new(),
            notifications: Vec::new(),
            requests: Vec::new(),
            saved: None,
            has_daemon: true,
            crash_in: None,
            looks: 0,
            seen_lost: BTreeMap::new(),
        };
        world.give(Event::Started(Unfinished::default()));
        world.pass(10);
        world
    }

    fn give(&mut self, event: Event) {
        let mut events = std::collections::VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            for effect in self.engine.handle(self.now, event) {
                if self.crashes() {
                    return self.restart();
                }
                match effect {
                    Effect::Send(request, call) => self.requests.push((request, call, self.now)),
                    Effect::Store(ticket, task) => events.push_back(self.store(ticket, task)),
                    Effect::Notify(notification) => events.push_back(self.notify(notification)),
                    Effect::Settle(..) | Effect::Tray(_) | Effect::Signal(_) => {}
                }
            }
        }
    }

    fn crashes(&mut self) -> bool {
        let Some(left) = &mut self.crash_in else { return false };
        *left = left.saturating_sub(1);
        *left == 0
    }

    fn restart(&mut self) {
        self.crash_in = None;
        self.requests.clear();
        let saved = self.saved.as_deref().map(|text| serde_json::from_str(text).unwrap());
        self.engine = Engine::new(config(), saved, self.now);
        let over: BTreeMap<_, _> = self
            .journal
            .iter()
            .filter(|change| self.decisions.contains(&change.seq))
            .filter_map(|change| Some((change.turned?.0, change.seq)))
            .collect();
        let open = self.journal.iter().filter(|change| change.seq > self.cursor).filter(|change| {
            change.turned.is_some_and(|(it, _)| over.get(&it).is_none_or(|seq| change.seq > *seq))
        });
        let mut undecided: Vec<_> = open.cloned().collect();
        if let Some(last) =
            self.journal.last().filter(|last| undecided.last().is_none_or(|it| it.seq < last.seq))
        {
            undecided.push(Change { turned: None, ..last.clone() });
        }
        let heals = |alert: &engine::NewAlert| {
            self.journal.iter().any(|later| {
                later.seq > alert.seq
                    && later
                        .turned
                        .is_some_and(|(it, colour)| it == alert.connection && !colour.needs_attention())
            })
        };
        let told = self.alerts.iter().map(|it| PastAlert {
            connection: it.alert.connection,
            at: it.at,
            trouble: it.alert.trouble,
            is_shown: !it.shown.is_empty(),
            is_healed: heals(&it.alert),
        });
        let told = told.collect();
        let untold = (1..).zip(&self.alerts).filter(|(_, it)| it.shown.is_empty());
        let untold = untold.filter(|(_, it)| it.alert.repeats || !heals(&it.alert));
        let untold = untold.map(|(number, it)| (number, it.alert.clone())).collect();
        self.give(Event::Started(Unfinished { undecided, told, untold, ..Unfinished::default() }));
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the rest ends well, whatever it is")]
    fn store(&mut self, ticket: Ticket, task: StoreTask) -> Event {
        let stored = match task {
            StoreTask::Apply { companies, cause, .. } => Stored::Applied(self.apply(&companies, cause)),
            StoreTask::Missing(_) => Stored::Missing(Vec::new()),
            StoreTask::Alerts { cursor, passed, alerts } => {
                Stored::Alerts(self.record(cursor, passed, alerts))
            }
            StoreTask::PassOverAlerts(numbers) => {
                // Never to be shown: as if claimed.
                for number in numbers {
                    let alert = &self.alerts[usize::try_from(number - 1).unwrap()];
                    assert!(alert.shown.is_empty(), "passed over and shown");
                }
                Stored::Done
            }
            StoreTask::OpenRuns => Stored::Runs(Vec::new()),
            StoreTask::ConsentsDue { .. } => Stored::Consents(Vec::new()),
            StoreTask::IdleDue { .. } => Stored::Idle { idle: Vec::new(), total: 0 },
            StoreTask::Save => {
                self.saved = serde_json::to_string(self.engine.saved()).ok();
                Stored::Done
            }
            _ => Stored::Done,
        };
        Event::Stored(ticket, Ok(stored))
    }

    fn apply(&mut self, companies: &[Item<Listed>], cause: Cause) -> Applied {
        let mut changes = Vec::new();
        for company in companies.iter().filter_map(|item| item.company().ok()) {
            let (n, state) = (number(company.id), state_of(&company));
            let before = self.kept.insert(n, state);
            let turned = before.is_none_or(|before| {
                colour(before) != colour(state) || before != state && state == State::Deauthorized
            });
            if !turned {
                continue;
            }
            let change = Change {
                seq: self.journal.len() as i64 + 1,
                at: self.now,
                cause,
                company: company.id,
                company_name: company.name.clone(),
                turned: Some((connection_id(n), colour(state))),
                was_broken: before.is_some_and(is_lost),
                platform: "Xero".to_owned(),
                one_time: false,
            };
            self.journal.push(change.clone());
            changes.push(change);
        }
        Applied { version: self.journal.len() as u64, changes, missing_connections: Vec::new() }
    }

    fn record(&mut self, cursor: i64, passed: Vec<i64>, alerts: Vec<engine::NewAlert>) -> BTreeMap<i64, i64> {
        let mut numbers = BTreeMap::new();
        let before = self.cursor;
        for alert in alerts {
            assert!(
                !self.alerts.iter().any(|it| it.alert.seq == alert.seq),
                "{} is recorded twice",
                alert.seq
            );
            assert!(alert.seq > before && !self.decisions.contains(&alert.seq), "{} was decided", alert.seq);
            if alert.trouble.is_some() {
                let n = number(alert.company);
                let seen = self.seen_lost.get(&n).into_iter().flatten().any(|asked| *asked > alert.at);
                assert!(seen, "{n} is told without a second look that found it lost");
            }
            self.decisions.insert(alert.seq);
            self.alerts.push(Recorded { alert: alert.clone(), at: self.now, shown: Vec::new() });
            numbers.insert(alert.seq, self.alerts.len() as i64);
        }
        self.decisions.extend(passed);
        self.cursor = self.cursor.max(cursor);
        self.decisions.retain(|seq| *seq > self.cursor);
        numbers
    }

    fn notify(&mut self, notification: Notification) -> Event {
        if !self.has_daemon {
            return Event::NotShown(notification);
        }
        for number in &notification.alerts {
            self.alerts[usize::try_from(number - 1).unwrap()].shown.push(self.now);
        }
        let numbers = notification.alerts.clone();
        self.notifications.push((self.now, notification));
        Event::Shown(numbers)
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the rest ends well, whatever it is")]
    fn answer(&mut self, request: RequestId, call: &Call, asked: Timestamp) {
        let reply = match call {
            Call::Companies(query) => {
                let wanted = query.query.is_some();
                let listed = self.rows.iter().filter(|(_, row)| !wanted || is_lost(row.state));
                let items: Vec<Item<Listed>> = listed
                    .map(|(n, row)| {
                        let good: Item<Listed> = said(*n, row.state).into();
                        let bad = format!("{{\"id\":\"{}\"}}", id(*n));
                        let raw = serde_json::value::RawValue::from_string(bad).unwrap();
                        if row.readable { good } else { Item { value: good.value, raw } }
                    })
                    .collect();
                for (n, row) in self.rows.iter().filter(|(_, row)| row.readable && is_lost(row.state)) {
                    let _ = row;
                    self.seen_lost.entry(*n).or_default().push(asked);
                }
                let total = items.len() as u64;
                Ok(Reply::Companies(Page {
                    results: items,
                    unreadable: Vec::new(),
                    page_number: 1,
                    page_size: 5_000,
                    total_results: total,
                    has_next: false,
                }))
            }
            Call::Company(company) => {
                self.looks += 1;
                let n = number(*company);
                let row = &self.rows[&n];
                let state = match row.looks {
                    Looks::Agree => Some(row.state),
                    Looks::Say(state) => Some(state),
                    Looks::Fail => None,
                };
                if state.is_some_and(is_lost) {
                    self.seen_lost.entry(n).or_default().push(asked);
                }
                state
                    .map(|state| Reply::Company(Box::new(said(n, state))))
                    .ok_or_else(|| failure(FailureKind::Server))
            }
            _ => Ok(Reply::Done),
        };
        let rate_limit = Some(RateLimit { limit: 61_000, remaining: 60_000, reset: None });
        let meta = Meta { status: 200, rate_limit, correlation_id: None, bytes: 100, date: Some(self.now) };
        self.give(Event::Answer(request, reply.map(|reply| (reply, meta))));
    }

    /// Lets time pass: answers come, and the engine is woken when it asks for it.
    fn pass(&mut self, seconds: i64) {
        let end = self.now + SignedDuration::from_secs(seconds);
        loop {
            let answer = self.requests.iter().map(|(_, _, asked)| *asked + LATENCY).min();
            let wake =
                self.engine.next_wake(self.now).map(|at| at.max(self.now + SignedDuration::from_millis(50)));
            let Some(next) = [answer, wake].into_iter().flatten().min().filter(|next| *next <= end) else {
                break;
            };
            self.now = self.now.max(next);
            if answer == Some(next) {
                let place = self.requests.iter().position(|(_, _, asked)| *asked + LATENCY == next).unwrap();
                let (request, call, asked) = self.requests.remove(place);
                self.answer(request, &call, asked);
            } else {
                self.give(Event::Due);
            }
        }
        self.now = end;
    }

    fn set(&mut self, n: u128, state: State) {
        self.rows.get_mut(&n).unwrap().state = state;
    }

    fn lose(&mut self, companies: impl Iterator<Item = u128>) {
        companies.for_each(|n| self.set(n, State::Deauthorized));
    }

    /// Since when a connection is lost, as the journal has it: the place of the change.
    fn lost_since(&self, n: u128) -> Option<&Change> {
        let of = |change: &&Change| change.turned.is_some_and(|(it, _)| it == connection_id(n));
        let mut all = self.journal.iter().filter(of).rev();
        let lost: Vec<_> = all
            .by_ref()
            .take_while(|it| it.turned.is_some_and(|(_, colour)| colour.needs_attention()))
            .collect();
        lost.last().copied()
    }

    /// What was shown of a connection since this place of the journal.
    fn shown_since(&self, connection: ConnectionId, seq: i64) -> Vec<Timestamp> {
        let of = |it: &&Recorded| it.alert.connection == connection && it.alert.seq >= seq;
        self.alerts.iter().filter(of).flat_map(|it| it.shown.iter().copied()).collect()
    }
}

fn uuid_of(n: u128) -> Uuid {
    connection_id(n).0
}

#[test]
fn in_a_rolling_outage_everything_is_told_within_two_minutes_and_nothing_a_sweep_at_a_time() {
    for batch in [14_u128, 26] {
        let mut world = World::new(400);
        let begun = world.now;
        for round in 0..12_u128 {
            world.lose(round * batch + 1..=(round + 1) * batch);
            world.pass(61);
        }
        world.pass(120);
        for n in 1..=batch * 12 {
            let lost = world.lost_since(n).unwrap().clone();
            let shown = world.shown_since(connection_id(n), lost.seq);
            assert_eq!(shown.len(), 1, "{batch}: {n} once");
            assert!(shown[0].duration_since(lost.at) <= SignedDuration::from_secs(120), "{batch}: {n}");
        }
        let minutes = world.now.duration_since(begun).as_secs() / 60;
        assert!(world.notifications.len() as i64 <= minutes, "{}", world.notifications.len());
    }
}

#[test]
fn one_company_that_cannot_be_read_holds_up_nobody_and_is_told_as_seen_once() {
    let mut world = World::new(20);
    world.set(2, State::Deauthorized);
    world.rows.get_mut(&2).unwrap().looks = Looks::Fail;
    world.pass(62);
    world.rows.get_mut(&2).unwrap().readable = false;
    world.pass(60);
    world.lose(10..18);
    world.pass(120);
    for n in 10..18 {
        assert_eq!(world.shown_since(connection_id(n), 0).len(), 1, "{n}");
    }
    assert!(world.shown_since(connection_id(2), 0).is_empty());
    assert!(world.looks < 30, "it is asked for less and less often: {}", world.looks);
    world.pass(600);
    assert_eq!(world.shown_since(connection_id(2), 0).len(), 1);
    let (_, told) = world.notifications.last().unwrap();
    assert_eq!(told.title, "Company 2: Xero may be broken");
    assert!(told.body.starts_with("Not confirmed: seen once, at 10:01."), "{}", told.body);
    let row = world.rows.get_mut(&2).unwrap();
    (row.readable, row.looks) = (true, Looks::Agree);
    world.pass(600);
    assert_eq!(world.shown_since(connection_id(2), 0).len(), 1, "not again when it is confirmed");
}

#[test]
fn what_list_and_look_say_differently_is_told_once() {
    for (list, look) in [
        (State::Deauthorized, State::Unlinked),
        (State::Unlinked, State::Deauthorized),
        (State::Error(401), State::Deauthorized),
    ] {
        let mut world = World::new(3);
        world.set(1, list);
        world.rows.get_mut(&1).unwrap().looks = Looks::Say(look);
        world.pass(3 * 3_600);
        assert_eq!(world.notifications.len(), 1, "{list:?} and {look:?}");
        assert!(world.looks < 400, "{}", world.looks);
    }
}

#[test]
fn thirty_flaps_are_a_few_notifications_that_say_how_often() {
    let mut world = World::new(3);
    for _ in 0..30 {
        world.set(1, State::Deauthorized);
        world.pass(130);
        world.set(1, State::Linked);
        world.pass(70);
    }
    world.set(1, State::Deauthorized);
    world.pass(3_700);
    let titles: Vec<_> = world.notifications.iter().map(|(_, it)| it.title.as_str()).collect();
    assert!((2..=6).contains(&titles.len()), "{titles:?}");
    assert_eq!(titles[0], "Company 1: Xero needs the customer");
    assert_eq!(titles[1], "Company 1: Xero keeps breaking");
    let body = &world.notifications[1].1.body;
    assert!(body.starts_with("Lost ") && body.contains(" times since 10:0"), "{body}");
}

#[test]
fn red_by_an_error_of_the_platform_that_becomes_deauthorized_is_told_as_what_must_be_done_changed() {
    let mut world = World::new(3);
    world.set(1, State::Error(503));
    world.pass(120);
    let told = &world.notifications[0].1;
    assert_eq!(told.title, "Company 1: Xero does not answer");
    assert_eq!(told.body, "The platform has an outage of its own. There is nothing to send.");
    assert_eq!(told.connection, None, "no Link URL is offered");
    world.set(1, State::Deauthorized);
    world.pass(120);
    assert_eq!(world.notifications.len(), 2);
    assert_eq!(world.notifications[1].1.title, "Company 1: Xero needs the customer");
    world.pass(7_200);
    assert_eq!(world.notifications.len(), 2);
}

#[test]
fn what_was_red_by_an_error_before_the_first_sweep_and_is_deauthorized_later_is_told() {
    let mut world = World::new(3);
    world.kept.insert(1, State::Error(503));
    world.set(1, State::Deauthorized);
    world.pass(120);
    assert_eq!(world.notifications.len(), 1);
}

#[test]
fn an_outage_of_a_platform_says_that_there_is_nothing_to_send() {
    let mut world = World::new(20);
    (1..=12).for_each(|n| world.set(n, State::Error(503)));
    world.pass(120);
    assert_eq!(world.notifications.len(), 1);
    let told = &world.notifications[0].1;
    assert_eq!(told.title, "Xero: 12 connections have an outage");
    assert!(told.body.starts_with("There is nothing to send"), "{}", told.body);
    assert_eq!(told.search.as_deref(), Some("alert:1"));
}

#[test]
fn without_a_notification_daemon_it_is_told_when_one_is_there_also_after_a_restart() {
    let mut world = World::new(5);
    world.has_daemon = false;
    world.lose(1..3);
    world.pass(400);
    world.restart();
    world.lose(3..4);
    world.pass(400);
    world.set(2, State::Linked);
    world.pass(70);
    assert!(world.notifications.is_empty());
    world.has_daemon = true;
    world.pass(360);
    let shown = |n| world.shown_since(connection_id(n), 0).len();
    assert_eq!((shown(1), shown(2), shown(3)), (1, 0, 1), "what healed meanwhile is not told");
    assert_eq!(world.notifications.len(), 1);
    world.restart();
    world.pass(400);
    assert_eq!(world.notifications.len(), 1);
}

#[test]
fn five_hundred_at_once_are_one_notification() {
    let mut world = World::new(600);
    world.lose(1..=500);
    world.pass(180);
    assert_eq!(world.notifications.len(), 1);
    assert_eq!(world.notifications[0].1.title, "Xero: 500 connections need attention");
    assert!(world.looks == 0, "by a sweep");
}

/// What may happen.
#[derive(Debug, Clone)]
enum Step {
    Set(u128, State),
    Lose(u128, u128),
    Looks(u128, Looks),
    Readable(u128, bool),
    Daemon(bool),
    Pass(i64),
    CrashIn(u32),
    Restart,
    SetBack(i64),
}

const COMPANIES: u128 = 40;

fn state() -> impl Strategy<Value = State> {
    prop_oneof![
        4 => Just(State::Linked),
        4 => Just(State::Deauthorized),
        1 => Just(State::Unlinked),
        1 => Just(State::Error(503)),
        1 => Just(State::Error(401)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let few = 1..=4_u128;
    prop_oneof![
        8 => (few.clone(), state()).prop_map(|(n, state)| Step::Set(n, state)),
        1 => (5..=20_u128, 0..=20_u128).prop_map(|(from, more)| Step::Lose(from, from + more)),
        2 => (few.clone(), prop_oneof![Just(Looks::Agree), Just(Looks::Fail), state().prop_map(Looks::Say)])
            .prop_map(|(n, looks)| Step::Looks(n, looks)),
        1 => (few, any::<bool>()).prop_map(|(n, readable)| Step::Readable(n, readable)),
        1 => any::<bool>().prop_map(Step::Daemon),
        8 => prop_oneof![1..10_i64, 50..130_i64, 600..2_400_i64].prop_map(Step::Pass),
        2 => (1..40_u32).prop_map(Step::CrashIn),
        1 => Just(Step::Restart),
        1 => (1..30_i64).prop_map(Step::SetBack),
    ]
}

impl World {
    fn take(&mut self, step: &Step) {
        match *step {
            Step::Set(n, state) => self.set(n, state),
            Step::Lose(from, to) => self.lose(from..=to),
            Step::Looks(n, looks) => self.rows.get_mut(&n).unwrap().looks = looks,
            Step::Readable(n, readable) => self.rows.get_mut(&n).unwrap().readable = readable,
            Step::Daemon(has_daemon) => self.has_daemon = has_daemon,
            Step::Pass(seconds) => self.pass(seconds),
            Step::CrashIn(effects) => self.crash_in = Some(effects),
            Step::Restart => self.restart(),
            Step::SetBack(hours) => {
                self.give(Event::Due);
                self.now -= SignedDuration::from_hours(hours);
                self.requests
                    .iter_mut()
                    .for_each(|(_, _, asked)| *asked -= SignedDuration::from_hours(hours));
                let _ = self
                    .seen_lost
                    .values_mut()
                    .flatten()
                    .map(|at| *at -= SignedDuration::from_hours(hours))
                    .count();
                self.give(Event::Due);
            }
        }
    }

    /// Everything is well from now on, but what is lost stays so.
    fn calm(&mut self) {
        self.crash_in = None;
        self.has_daemon = true;
        for row in self.rows.values_mut() {
            (row.looks, row.readable) = (Looks::Agree, true);
        }
        self.pass(3_600);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_each_lasting_loss_is_told_and_nothing_twice(steps in prop::collection::vec(step(), 1..40)) {
        let mut world = World::new(COMPANIES);
        steps.iter().for_each(|step| world.take(step));
        world.calm();
        for (number, it) in world.alerts.iter().enumerate() {
            prop_assert!(it.shown.len() <= 1, "{number} was shown twice: {it:?}");
        }
        for n in 1..=COMPANIES {
            prop_assert_eq!(world.kept[&n], world.rows[&n].state);
            let Some(lost) = world.lost_since(n) else { continue };
            let shown = world.shown_since(connection_id(n), lost.seq);
            prop_assert!(!shown.is_empty(), "{} is lost since {:?} and was not told: {:?}", n, lost, uuid_of(n));
            // Once, and once more for each other who had to act.
            prop_assert!(shown.len() <= 4, "{}: {:?}", n, shown);
        }
        let wakes = world.engine.next_wake(world.now);
        let is_asking = !world.requests.is_empty();
        prop_assert!(is_asking || wakes.is_some_and(|wake| wake > world.now), "not for nothing: {:?}", wakes);
    }

    #[test]
    fn what_only_breaks_is_told_once_within_two_minutes_wherever_the_app_is_ended(
        losses in prop::collection::vec((1..=COMPANIES, 1..100_i64), 1..30),
        crashes in prop::collection::vec(1..60_u32, 0..6),
    ) {
        let mut world = World::new(COMPANIES);
        let mut crashes = crashes.into_iter();
        for (n, wait) in losses {
            world.set(n, State::Deauthorized);
            world.crash_in = world.crash_in.or_else(|| crashes.next());
            world.pass(wait);
        }
        world.crash_in = None;
        world.pass(300);
        for n in (1..=COMPANIES).filter(|n| is_lost(world.rows[n].state)) {
            let lost = world.lost_since(n).unwrap();
            let shown = world.shown_since(connection_id(n), lost.seq);
            prop_assert_eq!(shown.len(), 1, "{}", n);
            let took = shown[0].duration_since(lost.at);
            prop_assert!(took <= SignedDuration::from_secs(120), "{} after {}", n, took);
        }
    }
}
