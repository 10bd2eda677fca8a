//! A test bench for the engine: collects its effects, and answers like the server.

use std::collections::BTreeMap;

use codat::{
    Company, CompanyId, ConnectionId, Failure, FailureKind, Item, Page,
    client::Meta,
    error::{RateLimit, RetryAfter},
};
use domain::{Attention, Cause, Health, NewRun, OpenRun, ReadHistory, RunCounts, RunId, RunState};
use engine::{
    Act, ActId, Applied, Call, Change, Config, Effect, Engine, Event, RecoveryState, Reply, RequestId,
    Settled, Signal, StoreReply, StoreTask, Ticket,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn id(n: u128) -> CompanyId {
    CompanyId(Uuid::from_u128(n))
}

pub(crate) fn connection_id(n: u128) -> ConnectionId {
    ConnectionId(Uuid::from_u128(1_000_000 + n))
}

pub(crate) fn company(n: u128, status: &str) -> Item<Company> {
    named(n, &format!("Company {n}"), status)
}

pub(crate) fn named(n: u128, name: &str, status: &str) -> Item<Company> {
    made(n, name, status, at("2026-11-23T09:59:00Z"))
}

/// A company that was created at this time.
/// A company with these tags.
pub(crate) fn tagged(n: u128, tags: &BTreeMap<String, String>) -> Item<Company> {
    let company = named(n, &format!("Company {n}"), "Linked");
    let mut json: serde_json::Value = serde_json::from_str(company.raw.get()).unwrap();
    json["tags"] = serde_json::json!(tags);
    let raw = serde_json::value::to_raw_value(&json).unwrap();
    Item { value: serde_json::from_str(raw.get()).unwrap(), raw }
}

pub(crate) fn made(n: u128, name: &str, status: &str, created: Timestamp) -> Item<Company> {
    let json = serde_json::json!({
        "id": id(n), "name": name, "redirect": "http://127.0.0.1:1/company", "created": created,
        "dataConnections": [{
            "id": connection_id(n), "platformName": "Xero", "integrationKey": "gbol", "status": status,
            "created": "2026-11-01T00:00:00Z", "linkUrl": "http://127.0.0.1:1/link"
        }]
    });
    let raw = serde_json::value::to_raw_value(&json).unwrap();
    Item { value: serde_json::from_str(raw.get()).unwrap(), raw }
}

pub(crate) fn page(items: Vec<Item<Company>>, number: u32, size: u32, total: u64) -> Reply {
    let has_next = u64::from(number) * u64::from(size) < total;
    Reply::Companies(Page {
        results: items.into_iter().map(Item::from).collect(),
        unreadable: Vec::new(),
        page_number: number,
        page_size: size,
        total_results: total,
        has_next,
    })
}

pub(crate) fn failure(kind: FailureKind) -> Failure {
    Failure::without_answer(kind, "said the server")
}

pub(crate) fn limited(seconds: u64) -> Failure {
    Failure { retry_after: Some(RetryAfter::Seconds(seconds)), ..failure(FailureKind::RateLimited) }
}

/// An engine, its clock, and its effects.
pub(crate) struct Bench {
    pub(crate) engine: Engine,
    pub(crate) now: Timestamp,
    pub(crate) sent: Vec<(RequestId, Call)>,
    pub(crate) stored: Vec<(Ticket, StoreTask)>,
    pub(crate) settled: Vec<(ActId, Result<Settled, engine::ActError>)>,
    pub(crate) notified: Vec<engine::Notification>,
    pub(crate) closed_notifications: Vec<codat::ConnectionId>,
    pub(crate) closed_topics: Vec<String>,
    pub(crate) signals: Vec<Signal>,
    pub(crate) trays: Vec<engine::TrayState>,
    /// The read history of each company, for any schedule.
    pub(crate) standings: Vec<ReadHistory>,
    /// Whether the runs of schedules never advance.
    pub(crate) runs_stay: bool,
    /// The last saved state of the engine, as stored.
    kept: Option<String>,
    /// Requests since the first start.
    pub(crate) went: u64,
    config: Config,
    acts: u64,
    /// The number of recorded alerts.
    alerts: i64,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(Config { page_size: 2, ..Config::default() })
    }

    pub(crate) fn with(config: Config) -> Self {
        let now = at("2026-11-23T10:00:00Z");
        let mut bench = Self {
            engine: Engine::new(config.clone(), None, now),
            now,
            sent: Vec::new(),
            stored: Vec::new(),
            settled: Vec::new(),
            notified: Vec::new(),
            closed_notifications: Vec::new(),
            closed_topics: Vec::new(),
            signals: Vec::new(),
            trays: Vec::new(),
            standings: Vec::new(),
            runs_stay: false,
            kept: None,
            went: 0,
            config,
            acts: 0,
            alerts: 0,
        };
        bench.give(Event::Started(RecoveryState::default()));
        bench
    }

    /// An engine after its first sweep, with these companies.
    pub(crate) fn swept(companies: Vec<Item<Company>>) -> Self {
        let total = companies.len() as u64;
        let mut bench = Self::with(Config { page_size: 500, ..Config::default() });
        bench.answer_integrations();
        bench.answer_next(Ok(page(companies, 1, 500, total)));
        bench.store_all(Vec::new());
        bench
    }

    pub(crate) fn give(&mut self, event: Event) {
        for effect in self.engine.handle(self.now, event) {
            match effect {
                Effect::Send(id, call) => {
                    self.went += 1;
                    self.sent.push((id, call));
                }
                Effect::Store(ticket, task) => {
                    if matches!(task, StoreTask::SaveState) {
                        self.kept = serde_json::to_string(self.engine.saved()).ok();
                    }
                    self.stored.push((ticket, task));
                }
                Effect::Settle(id, result) => self.settled.push((id, result)),
                Effect::Notify(notification) => self.notified.push(notification),
                Effect::CloseNotice(topic) => self.closed_topics.push(topic),
                Effect::CloseNotification(connection) => self.closed_notifications.push(connection),
                Effect::Tray(state) => self.trays.push(state),
                Effect::Signal(signal) => self.signals.push(signal),
            }
        }
    }

    /// Drops the engine, and starts another one with the last saved state.
    pub(crate) fn crash(&mut self) {
        let kept = self.kept.as_deref().map(|text| serde_json::from_str(text).unwrap());
        self.engine = Engine::new(self.config.clone(), kept, self.now);
        self.sent.clear();
        self.stored.clear();
        self.give(Event::Started(RecoveryState::default()));
    }

    pub(crate) fn act(&mut self, act: impl Into<Act>) -> ActId {
        self.acts += 1;
        let id = ActId(self.acts);
        self.give(Event::Act(id, act.into()));
        id
    }

    /// Advances the time, and handles each timeout.
    pub(crate) fn pass(&mut self, seconds: i64) {
        let end = self.now + SignedDuration::from_secs(seconds);
        let mut wakes = 0;
        while let Some(wake) = self.engine.poll_timeout(self.now).filter(|wake| *wake <= end) {
            wakes += 1;
            assert!(wakes < 10_000, "it wakes for nothing at {wake}: {:?}", self.engine);
            self.now = wake.max(self.now + SignedDuration::from_millis(50));
            self.give(Event::Timeout);
        }
        self.now = self.now.max(end);
        self.give(Event::Timeout);
    }

    /// Takes the oldest request, except that for the integrations.
    pub(crate) fn take(&mut self) -> (RequestId, Call) {
        let index = self.sent.iter().position(|(_, call)| !matches!(call, Call::Integrations(_)));
        self.sent.remove(index.expect("a request was sent"))
    }

    pub(crate) fn answer(&mut self, id: RequestId, outcome: Result<Reply, Failure>) {
        let rate_limit = Some(RateLimit { limit: 61_000, remaining: 60_000, reset: None });
        let meta = Meta { status: 200, rate_limit, correlation_id: None, bytes: 1_000, date: Some(self.now) };
        self.give(Event::Answer(id, outcome.map(|reply| (reply, meta))));
    }

    /// A response without a `Date`.
    pub(crate) fn answer_without_date(&mut self, id: RequestId, reply: Reply) {
        let meta = Meta { status: 200, rate_limit: None, correlation_id: None, bytes: 1_000, date: None };
        self.give(Event::Answer(id, Ok((reply, meta))));
    }

    pub(crate) fn answer_next(&mut self, outcome: Result<Reply, Failure>) -> Call {
        let (id, call) = self.take();
        self.answer(id, outcome);
        call
    }

    pub(crate) fn answer_integrations(&mut self) {
        if let Some(index) = self.sent.iter().position(|(_, call)| matches!(call, Call::Integrations(_))) {
            let (id, _) = self.sent.remove(index);
            let none = Page {
                results: Vec::new(),
                unreadable: Vec::new(),
                page_number: 1,
                page_size: 500,
                total_results: 0,
                has_next: false,
            };
            self.answer(id, Ok(Reply::Integrations(none)));
        }
    }

    /// Completes all store tasks: an applied response has these changes, nothing is missing, alerts get IDs.
    pub(crate) fn store_all(&mut self, mut changes: Vec<Change>) -> Vec<StoreTask> {
        let mut done = Vec::new();
        while !self.stored.is_empty() {
            let (ticket, task) = self.stored.remove(0);
            let outcome = match &task {
                StoreTask::Apply { .. } | StoreTask::RemoveCompany(..) | StoreTask::RemoveConnection(..) => {
                    StoreReply::Applied(Applied {
                        version: 2,
                        changes: std::mem::take(&mut changes),
                        ..Applied::default()
                    })
                }
                StoreTask::FindMissing(_) => StoreReply::Missing(Vec::new()),
                StoreTask::RecordAlerts { alerts, .. } => {
                    let first = self.alerts + 1;
                    self.alerts += alerts.len() as i64;
                    StoreReply::Alerts {
                        numbers: alerts.iter().map(|alert| alert.seq).zip(first..).collect(),
                        integration_sizes: BTreeMap::new(),
                        troubles: BTreeMap::new(),
                    }
                }
                StoreTask::OpenRuns => StoreReply::Runs(Vec::new()),
                StoreTask::ReadHistories(..) => StoreReply::ReadHistories(self.standings.clone()),
                StoreTask::Schedule(_, None) => StoreReply::Done,
                StoreTask::Schedule(_, Some(run)) => StoreReply::Run(self.begun(run)),
                StoreTask::AdvanceRun { .. } | StoreTask::CheckQueued { .. } | StoreTask::EndRun { .. } => {
                    panic!("runs have a bench of their own")
                }
                StoreTask::EndSnoozes => StoreReply::SnoozesEnded(engine::EndedSnoozes::default()),
                StoreTask::OpenAlerts => StoreReply::OpenAlerts(engine::OpenAlerts::default()),
                StoreTask::ConsentsDue { .. } => StoreReply::Consents(Vec::new()),
                StoreTask::IdleDue { .. } => StoreReply::Idle { idle: Vec::new(), total: 0 },
                StoreTask::Warn(warnings) => StoreReply::Warned((1..).take(warnings.len()).collect()),
                StoreTask::Integrations(_)
                | StoreTask::SaveTopic(..)
                | StoreTask::SkipConsentWarnings
                | StoreTask::SkipAlerts(_)
                | StoreTask::KeepAlive(..)
                | StoreTask::SaveState => StoreReply::Done,
            };
            done.push(task);
            self.give(Event::StoreResult(ticket, Ok(outcome)));
        }
        done
    }

    /// A started run without requests. Runs have their own bench.
    fn begun(&self, run: &NewRun) -> OpenRun {
        OpenRun {
            id: RunId(1),
            cause: run.cause,
            act: run.act.clone(),
            state: RunState::Paused,
            starts_at: run.starts_at,
            spread: run.spread,
            counts: RunCounts { waiting: u32::from(self.runs_stay), ..RunCounts::default() },
            pending_reads: 0,
            sent: Vec::new(),
        }
    }

    pub(crate) fn result(&self, act: ActId) -> Option<&Result<Settled, engine::ActError>> {
        self.settled.iter().find(|(id, _)| *id == act).map(|(_, result)| result)
    }

    pub(crate) fn health(&self) -> Health {
        self.engine.health(self.now)
    }

    pub(crate) fn attention(&mut self, attention: Attention) {
        self.give(Event::Attention(attention));
    }
}

/// A connection that changes to this color now.
pub(crate) fn turned(bench: &Bench, seq: i64, n: u128, color: codat::Color) -> Change {
    Change {
        seq,
        at: bench.now,
        cause: Cause::Sweep,
        company: id(n),
        company_name: format!("Company {n}"),
        turned: Some((connection_id(n), color)),
        removed: None,
        was_broken: false,
        platform: "Xero".to_owned(),
        one_time: false,
    }
}

/// A page of the read history with these statuses.
pub(crate) fn reads(statuses: &[&str]) -> Reply {
    let results: Vec<_> = statuses
        .iter()
        .map(|status| {
            serde_json::json!({
                "id": uuid::Uuid::nil(), "companyId": id(1), "connectionId": uuid::Uuid::nil(),
                "dataType": "invoices", "status": status, "requested": "2026-11-23T10:00:00Z", "progress": 10
            })
        })
        .collect();
    said(&serde_json::json!({ "results": results, "pageNumber": 1, "pageSize": 100 }))
}

/// The body of a response for a topic.
pub(crate) fn said(json: &serde_json::Value) -> Reply {
    Reply::Topic(serde_json::value::to_raw_value(json).unwrap())
}
