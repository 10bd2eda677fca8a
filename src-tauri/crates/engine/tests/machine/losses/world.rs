//! A server, a store and a notification service for the tests of alerts, in memory and without a clock.

use std::collections::{BTreeMap, BTreeSet};

use codat::{
    Color, Company, CompanyId, ConnectionId, FailureKind, Item, Listed, Page, client::Meta, error::RateLimit,
};
use domain::Cause;
use engine::{
    Applied, Call, Change, Config, Effect, Engine, Event, Notification, PastAlert, RecoveryState, Reply,
    RequestId, StoreReply, StoreTask, Ticket,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::bench::{at, connection_id, failure, id};

/// The state of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Linked,
    Deauthorized,
    Unlinked,
    /// Linked, with an active error of this status.
    Error(u16),
}

/// How the server answers a read of a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looks {
    Agree,
    /// Differently from the list.
    Say(State),
    Fail,
}

#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) state: State,
    pub(super) looks: Looks,
    /// Whether the list has it in a readable form.
    pub(super) readable: bool,
}

/// A recorded alert.
#[derive(Debug, Clone)]
pub(super) struct Recorded {
    pub(super) alert: engine::NewAlert,
    pub(super) at: Timestamp,
    pub(super) shown: Vec<Timestamp>,
}

/// A simple server, store and desktop, with the engine between them.
pub(super) struct World {
    pub(super) engine: Engine,
    pub(super) now: Timestamp,
    pub(super) rows: BTreeMap<u128, Row>,
    pub(super) kept: BTreeMap<u128, State>,
    pub(super) journal: Vec<Change>,
    pub(super) cursor: i64,
    pub(super) decisions: BTreeSet<i64>,
    pub(super) alerts: Vec<Recorded>,
    pub(super) notifications: Vec<(Timestamp, Notification)>,
    pub(super) requests: Vec<(RequestId, Call, Timestamp)>,
    pub(super) saved: Option<String>,
    pub(super) snoozed: engine::EndedSnoozes,
    pub(super) open_alerts: engine::OpenAlerts,
    pub(super) has_daemon: bool,
    /// The number of effects until the engine crashes.
    pub(super) crash_in: Option<u32>,
    pub(super) looks: u32,
    /// The times of the requests that showed a loss, by company.
    pub(super) seen_lost: BTreeMap<u128, Vec<Timestamp>>,
}

pub(super) const LATENCY: SignedDuration = SignedDuration::from_millis(300);

pub(super) fn config() -> Config {
    Config { page_size: 500, ..Config::default() }
}

pub(super) fn said(n: u128, state: State) -> Item<Company> {
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

pub(super) fn color(state: State) -> Color {
    match state {
        State::Linked => Color::Green,
        State::Deauthorized | State::Error(_) => Color::Red,
        State::Unlinked => Color::Grey,
    }
}

pub(super) fn is_lost(state: State) -> bool {
    color(state).needs_attention()
}

pub(super) fn number(company: CompanyId) -> u128 {
    company.0.as_u128()
}

pub(super) fn state_of(company: &Company) -> State {
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
    /// An engine after its first sweep, with this many linked companies.
    pub(super) fn new(companies: u128) -> Self {
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
            snoozed: engine::EndedSnoozes::default(),
            open_alerts: engine::OpenAlerts::default(),
            has_daemon: true,
            crash_in: None,
            looks: 0,
            seen_lost: BTreeMap::new(),
        };
        world.give(Event::Started(RecoveryState::default()));
        world.pass(10);
        world
    }

    pub(super) fn give(&mut self, event: Event) {
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
                    Effect::Settle(..)
                    | Effect::CloseNotification(_)
                    | Effect::CloseNotice(_)
                    | Effect::Tray(_)
                    | Effect::Signal(_) => {}
                }
            }
        }
    }

    pub(super) fn crashes(&mut self) -> bool {
        let Some(left) = &mut self.crash_in else { return false };
        *left = left.saturating_sub(1);
        *left == 0
    }

    pub(super) fn restart(&mut self) {
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
                        .is_some_and(|(it, color)| it == alert.connection && !color.needs_attention())
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
        self.give(Event::Started(RecoveryState {
            undecided,
            recent_alerts: told,
            undelivered: untold,
            ..RecoveryState::default()
        }));
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the rest ends well, whatever it is")]
    pub(super) fn store(&mut self, ticket: Ticket, task: StoreTask) -> Event {
        let stored = match task {
            StoreTask::Apply { companies, cause, .. } => StoreReply::Applied(self.apply(&companies, cause)),
            StoreTask::FindMissing(_) => StoreReply::Missing(Vec::new()),
            StoreTask::RecordAlerts { cursor, skipped, alerts } => {
                let sizes = alerts.iter().map(|alert| (alert.connection, self.rows.len() as u32)).collect();
                StoreReply::Alerts {
                    numbers: self.record(cursor, skipped, alerts),
                    integration_sizes: sizes,
                    troubles: BTreeMap::new(),
                }
            }
            StoreTask::SkipAlerts(numbers) => {
                // Must not have been shown.
                for number in numbers {
                    let alert = &self.alerts[usize::try_from(number - 1).unwrap()];
                    assert!(alert.shown.is_empty(), "passed over and shown");
                }
                StoreReply::Done
            }
            StoreTask::EndSnoozes => StoreReply::SnoozesEnded(core::mem::take(&mut self.snoozed)),
            StoreTask::OpenAlerts => StoreReply::OpenAlerts(self.open_alerts.clone()),
            StoreTask::OpenRuns => StoreReply::Runs(Vec::new()),
            StoreTask::ConsentsDue { .. } => StoreReply::Consents(Vec::new()),
            StoreTask::IdleDue { .. } => StoreReply::Idle { idle: Vec::new(), total: 0 },
            StoreTask::SaveState => {
                self.saved = serde_json::to_string(self.engine.saved()).ok();
                StoreReply::Done
            }
            _ => StoreReply::Done,
        };
        Event::StoreResult(ticket, Ok(stored))
    }

    pub(super) fn apply(&mut self, companies: &[Item<Listed>], cause: Cause) -> Applied {
        let mut changes = Vec::new();
        for company in companies.iter().filter_map(|item| item.company().ok()) {
            let (n, state) = (number(company.id), state_of(&company));
            let before = self.kept.insert(n, state);
            let turned = before.is_none_or(|before| {
                color(before) != color(state) || before != state && state == State::Deauthorized
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
                turned: Some((connection_id(n), color(state))),
                removed: None,
                was_broken: before.is_some_and(is_lost),
                platform: "Xero".to_owned(),
                one_time: false,
            };
            self.journal.push(change.clone());
            changes.push(change);
        }
        Applied { version: self.journal.len() as u64, changes, missing_connections: Vec::new() }
    }

    pub(super) fn record(
        &mut self,
        cursor: i64,
        passed: Vec<i64>,
        alerts: Vec<engine::NewAlert>,
    ) -> BTreeMap<i64, i64> {
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

    pub(super) fn notify(&mut self, notification: Notification) -> Event {
        if !self.has_daemon {
            return Event::NotificationFailed(notification);
        }
        for number in &notification.alerts {
            self.alerts[usize::try_from(number - 1).unwrap()].shown.push(self.now);
        }
        let numbers = notification.alerts.clone();
        self.notifications.push((self.now, notification));
        Event::NotificationShown(numbers)
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the rest ends well, whatever it is")]
    pub(super) fn answer(&mut self, request: RequestId, call: &Call, asked: Timestamp) {
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

    /// Advances the time, delivers responses, and handles each timeout.
    pub(super) fn pass(&mut self, seconds: i64) {
        let end = self.now + SignedDuration::from_secs(seconds);
        loop {
            let answer = self.requests.iter().map(|(_, _, asked)| *asked + LATENCY).min();
            let wake = self
                .engine
                .poll_timeout(self.now)
                .map(|at| at.max(self.now + SignedDuration::from_millis(50)));
            let Some(next) = [answer, wake].into_iter().flatten().min().filter(|next| *next <= end) else {
                break;
            };
            self.now = self.now.max(next);
            if answer == Some(next) {
                let place = self.requests.iter().position(|(_, _, asked)| *asked + LATENCY == next).unwrap();
                let (request, call, asked) = self.requests.remove(place);
                self.answer(request, &call, asked);
            } else {
                self.give(Event::Timeout);
            }
        }
        self.now = end;
    }

    pub(super) fn set(&mut self, n: u128, state: State) {
        self.rows.get_mut(&n).unwrap().state = state;
    }

    pub(super) fn lose(&mut self, companies: impl Iterator<Item = u128>) {
        companies.for_each(|n| self.set(n, State::Deauthorized));
    }

    /// The sequence number of the present loss of a connection.
    pub(super) fn lost_since(&self, n: u128) -> Option<&Change> {
        let of = |change: &&Change| change.turned.is_some_and(|(it, _)| it == connection_id(n));
        let mut all = self.journal.iter().filter(of).rev();
        let lost: Vec<_> = all
            .by_ref()
            .take_while(|it| it.turned.is_some_and(|(_, color)| color.needs_attention()))
            .collect();
        lost.last().copied()
    }

    /// The notifications of a connection since this sequence number.
    pub(super) fn shown_since(&self, connection: ConnectionId, seq: i64) -> Vec<Timestamp> {
        let of = |it: &&Recorded| it.alert.connection == connection && it.alert.seq >= seq;
        self.alerts.iter().filter(of).flat_map(|it| it.shown.iter().copied()).collect()
    }
}

pub(super) fn uuid_of(n: u128) -> Uuid {
    connection_id(n).0
}
