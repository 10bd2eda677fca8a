//! An act in progress: when a call is retried, with which idempotency key, and what is checked first.
//!
//! A `POST` or `PATCH` is sent again with the same key only without a response, or after 429 or 409, within
//! 90 minutes. After a 5xx the server may have stored that response under the key and would replay it (§2.1).
//! So the result is checked first, and a new key is used only if the act was not done.

use std::collections::BTreeSet;

use codat::{
    Company, CompanyId, ConnectionId, ConnectionStatus, Failure, FailureKind, Item, Page, Topic,
    model::{PullOperation, kept_name},
    page::PageRequest,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{
    act::Act,
    backoff::Jitter,
    call::{Call, Reply},
    time::{after, before},
};

/// Attempts before the act fails.
const MAX_TRIES: u32 = 5;
/// How long an idempotency key is valid.
const KEY_LIFETIME: SignedDuration = SignedDuration::from_mins(90);
/// A key is not used in its last minutes, because the server may have received it earlier than we know.
const KEY_MARGIN: SignedDuration = SignedDuration::from_mins(5);
/// The longest wait of the user for a rate limit.
const MAX_RATE_LIMIT_WAIT: SignedDuration = SignedDuration::from_secs(60);
/// The tolerance for the server's clock if the response has no `Date`.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// The tolerance for times of the server: they are truncated to seconds and may come from two machines.
const DATE_TOLERANCE: SignedDuration = SignedDuration::from_secs(2);

/// Which call of an act a request makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The act itself.
    Send,
    /// A check whether the act was done.
    Check,
    /// A read of the changed company.
    ReadBack,
}

#[derive(Debug, Clone)]
pub(crate) struct PendingAct {
    pub(crate) act: Act,
    key: Uuid,
    first_sent: Timestamp,
    pub(crate) tries: u32,
    /// The failure of the act itself, reported if no retry succeeds.
    failure: Option<Failure>,
    /// The next attempt uses a new key, because repeating it is harmless.
    pub(crate) needs_new_key: bool,
    /// The next step, and when it is due.
    pub(crate) scheduled: Option<(Step, Timestamp)>,
    /// The company in the response.
    pub(crate) company: Option<CompanyId>,
    /// The connection in the response.
    pub(crate) connection: Option<ConnectionId>,
}

/// What follows a failure.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NextStep {
    /// The step is scheduled for this time.
    Wait(Step, Timestamp),
    /// The act fails.
    Fail(Failure),
    /// The act was done; only its confirmation failed.
    Done,
}

/// The result of a check.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum CheckResult {
    /// The act was done.
    Happened,
    /// Something matches, but it may have existed before.
    Unclear,
    /// The act was not done.
    NotHappened,
}

/// Since when something may have been created by the act, in the server's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CreatedSince {
    pub(crate) at: Timestamp,
    /// Whether the server's clock is known. Only then can something older than the act be excluded.
    is_exact: bool,
}

impl PendingAct {
    pub(crate) fn new(act: Act, key: Uuid, now: Timestamp) -> Self {
        Self {
            act,
            key,
            first_sent: now,
            tries: 0,
            failure: None,
            needs_new_key: false,
            scheduled: None,
            company: None,
            connection: None,
        }
    }

    /// Whether the key may be used again. The absolute difference is used because the clock may have been set
    /// back.
    pub(crate) fn key_is_valid(&self, now: Timestamp) -> bool {
        now.duration_since(self.first_sent).abs() < KEY_LIFETIME - KEY_MARGIN
    }

    /// All times, for the clock rollback.
    pub(crate) fn deadlines_mut(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        core::iter::once(&mut self.first_sent).chain(self.scheduled.iter_mut().map(|(_, at)| at))
    }

    pub(crate) fn schedule(&mut self, step: Step, at: Timestamp) {
        self.scheduled = Some((step, at));
    }

    /// No response says whether the act was done. Returns the number of failures; this one is included if it
    /// `counts`.
    pub(crate) fn record_no_answer(&mut self, failure: &Failure, counts: bool) -> u32 {
        self.failure = Some(failure.clone());
        self.tries += u32::from(counts);
        self.tries
    }

    pub(crate) fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// The call of a step; none for acts without a call.
    pub(crate) fn call(&self, step: Step) -> Option<Call> {
        match step {
            Step::Send => self.act_call(),
            Step::Check => self.check_call(),
            Step::ReadBack => self.affected_company().map(Call::Company),
        }
    }

    pub(crate) fn on_failure(
        &mut self,
        step: Step,
        failure: Failure,
        jitter: &mut Jitter,
        now: Timestamp,
    ) -> NextStep {
        self.tries += 1;
        if failure.kind == FailureKind::NotFound && self.is_done_by_not_found(step) {
            return NextStep::Done;
        }
        let wait = after(now, jitter.wait(self.tries));
        let key_expired = step == Step::Send && now.duration_since(self.first_sent) >= KEY_LIFETIME;
        let gives_up = self.tries >= MAX_TRIES || key_expired;
        let next = match (step, failure.kind) {
            // The last known Link URL is more useful than a wait.
            _ if matches!(self.act, Act::ReadCompany(_) | Act::ReadConnection(..) | Act::Fetch(_)) => None,
            (_, FailureKind::RateLimited) => {
                let requested = failure.retry_after.map_or(wait, |after| after.instant(now).max(now));
                (requested.duration_since(now) <= MAX_RATE_LIMIT_WAIT).then_some((step, requested))
            }
            (Step::Send, FailureKind::NoAnswer) => Some((Step::Send, wait)),
            (Step::Send, FailureKind::Conflict) if self.uses_idempotency_key() => Some((Step::Send, wait)),
            (Step::Send, FailureKind::Server) if matches!(self.act, Act::SetSyncSettings(..)) => {
                self.needs_new_key = true;
                Some((Step::Send, wait))
            }
            (Step::Send, FailureKind::Server) => Some((Step::Check, wait)),
            (
                Step::Check | Step::ReadBack,
                FailureKind::NoAnswer
                | FailureKind::Server
                | FailureKind::Unreadable
                | FailureKind::Intercepted,
            ) => Some((step, wait)),
            _ => None,
        };
        if step == Step::Send {
            self.failure = Some(failure.clone());
        }
        match next {
            Some((step, at)) if !gives_up => {
                self.scheduled = Some((step, at));
                NextStep::Wait(step, at)
            }
            _ => NextStep::Fail(self.failure.clone().unwrap_or(failure)),
        }
    }

    pub(crate) fn retry_with_new_key(&mut self, key: Uuid, now: Timestamp) {
        self.key = key;
        self.first_sent = now;
        self.scheduled = Some((Step::Send, now));
    }

    /// Whether this company shows that the act was done. `made`: what other acts created.
    pub(crate) fn check_company(
        &self,
        company: &Company,
        since: CreatedSince,
        made: &BTreeSet<Uuid>,
    ) -> CheckResult {
        let is_new = match &self.act {
            Act::Create(new) => {
                company.name == kept_name(&new.name)
                    && company.description == new.description
                    && company.tags == new.tags
                    && company.created >= since.at
                    && !made.contains(&company.id.0)
            }
            Act::AddConnection(_, platform) => self.new_connection(company, platform, since, made).is_some(),
            Act::Update(..)
            | Act::Unlink(..)
            | Act::DeleteConnection(..)
            | Act::Delete { .. }
            | Act::Undo(_)
            | Act::Refresh(_)
            | Act::RefreshType { .. }
            | Act::SetSyncSettings(..)
            | Act::Fetch(_)
            | Act::ReadCompany(_)
            | Act::ReadConnection(..)
            | Act::RunSchedule(_)
            | Act::ReserveRequest(_)
            | Act::Sweep => false,
        };
        match (is_new, since.is_exact) {
            (true, true) => CheckResult::Happened,
            (true, false) => CheckResult::Unclear,
            (false, _) if self.matches_intent(company) => CheckResult::Happened,
            (false, _) => CheckResult::NotHappened,
        }
    }

    /// Whether an existing company has the state that the act requests.
    fn matches_intent(&self, company: &Company) -> bool {
        match &self.act {
            Act::Update(_, patch) => {
                patch.name.as_ref().is_none_or(|name| company.name == kept_name(name))
                    && patch
                        .description
                        .as_ref()
                        .is_none_or(|text| company.description.as_ref() == Some(text))
                    && patch.tags.as_ref().is_none_or(|tags| company.tags == *tags)
            }
            Act::Unlink(_, connection) => company
                .data_connections
                .iter()
                .any(|it| it.id == *connection && it.status == ConnectionStatus::Unlinked),
            Act::DeleteConnection(_, connection) => {
                company.data_connections.iter().all(|it| it.id != *connection)
            }
            Act::Create(_)
            | Act::AddConnection(..)
            | Act::Delete { .. }
            | Act::Undo(_)
            | Act::Refresh(_)
            | Act::RefreshType { .. }
            | Act::SetSyncSettings(..)
            | Act::Fetch(_)
            | Act::ReadCompany(_)
            | Act::ReadConnection(..)
            | Act::RunSchedule(_)
            | Act::ReserveRequest(_)
            | Act::Sweep => false,
        }
    }

    /// The newest connection of this integration since the act was first sent.
    pub(crate) fn new_connection(
        &self,
        company: &Company,
        platform: &str,
        since: CreatedSince,
        made: &BTreeSet<Uuid>,
    ) -> Option<ConnectionId> {
        let all = company.data_connections.iter();
        let mine = all.filter(|it| {
            it.integration_key == platform && it.created >= since.at && !made.contains(&it.id.0)
        });
        mine.max_by_key(|it| it.created).map(|it| it.id)
    }

    /// The company that the act changes without returning it.
    pub(crate) fn affected_company(&self) -> Option<CompanyId> {
        match &self.act {
            Act::AddConnection(company, _)
            | Act::Unlink(company, _)
            | Act::DeleteConnection(company, _)
            | Act::Refresh(company)
            | Act::RefreshType { company, .. } => Some(*company),
            Act::Create(_)
            | Act::Update(..)
            | Act::Delete { .. }
            | Act::Undo(_)
            | Act::SetSyncSettings(..)
            | Act::Fetch(_)
            | Act::ReadCompany(_)
            | Act::ReadConnection(..)
            | Act::RunSchedule(_)
            | Act::ReserveRequest(_)
            | Act::Sweep => None,
        }
    }

    /// Whether a page of the history has a read since the act was first sent.
    pub(crate) fn history_contains(&self, reply: &Reply, since: CreatedSince) -> bool {
        let Reply::Topic(raw) = reply else { return false };
        let connection = if let Act::RefreshType { connection, .. } = &self.act { *connection } else { None };
        parse_history(raw).iter().any(|read| {
            read.value.requested >= since.at
                && connection.is_none_or(|connection| read.value.connection_id == connection)
        })
    }

    /// `date`: the server's time in the response received at `now`.
    pub(crate) fn created_since(&self, date: Option<Timestamp>, now: Timestamp) -> CreatedSince {
        let Some(date) = date else {
            return CreatedSince { at: Self::since_sent(self.first_sent), is_exact: false };
        };
        let ago = now.duration_since(self.first_sent).saturating_add(DATE_TOLERANCE);
        CreatedSince { at: before(date, ago), is_exact: true }
    }

    /// Since when a read may belong to a request sent at `sent`, in the server's time.
    pub(crate) fn since_sent(sent: Timestamp) -> Timestamp {
        before(sent, CLOCK_TOLERANCE)
    }

    /// Whether a 404 means that the act was done.
    fn is_done_by_not_found(&self, step: Step) -> bool {
        match self.act {
            Act::Delete { .. } => true,
            Act::DeleteConnection(..) => step == Step::Send,
            Act::Create(_)
            | Act::Update(..)
            | Act::Undo(_)
            | Act::Refresh(_)
            | Act::RefreshType { .. }
            | Act::AddConnection(..)
            | Act::Unlink(..)
            | Act::SetSyncSettings(..)
            | Act::Fetch(_)
            | Act::ReadCompany(_)
            | Act::ReadConnection(..)
            | Act::RunSchedule(_)
            | Act::ReserveRequest(_)
            | Act::Sweep => false,
        }
    }

    fn uses_idempotency_key(&self) -> bool {
        match self.act {
            Act::Create(_)
            | Act::Update(..)
            | Act::Refresh(_)
            | Act::RefreshType { .. }
            | Act::AddConnection(..)
            | Act::Unlink(..)
            | Act::SetSyncSettings(..) => true,
            Act::Delete { .. }
            | Act::DeleteConnection(..)
            | Act::Undo(_)
            | Act::Fetch(_)
            | Act::ReadCompany(_)
            | Act::ReadConnection(..)
            | Act::RunSchedule(_)
            | Act::ReserveRequest(_)
            | Act::Sweep => false,
        }
    }

    fn act_call(&self) -> Option<Call> {
        let key = self.key;
        match &self.act {
            Act::Create(body) => Some(Call::Create { body: body.clone(), key }),
            Act::Update(company, patch) => {
                Some(Call::Update { company: *company, patch: patch.clone(), key })
            }
            Act::Delete { company, .. } => Some(Call::Delete(*company)),
            Act::Refresh(company) => Some(Call::Refresh { company: *company, key }),
            Act::RefreshType { company, data_type, connection } => Some(Call::RefreshType {
                company: *company,
                data_type: data_type.clone(),
                connection: *connection,
                key,
            }),
            Act::AddConnection(company, platform) => {
                Some(Call::AddConnection { company: *company, platform: platform.clone(), key })
            }
            Act::Unlink(company, connection) => {
                Some(Call::Unlink { company: *company, connection: *connection, key })
            }
            Act::DeleteConnection(company, connection) => Some(Call::DeleteConnection(*company, *connection)),
            Act::SetSyncSettings(company, settings) => {
                Some(Call::SetSyncSettings { company: *company, settings: settings.clone(), key })
            }
            Act::Fetch(topic) => Some(Call::Topic(topic.clone())),
            Act::ReadCompany(company) => Some(Call::Company(*company)),
            Act::ReadConnection(company, connection) => Some(Call::Connection(*company, *connection)),
            Act::Undo(_) | Act::RunSchedule(_) | Act::ReserveRequest(_) | Act::Sweep => None,
        }
    }

    fn check_call(&self) -> Option<Call> {
        match &self.act {
            Act::Create(_) => {
                // The newest first: only the server's clock has to be right.
                Some(Call::Companies(PageRequest {
                    page: 1,
                    page_size: 500,
                    query: None,
                    order_by: Some("-created".to_owned()),
                }))
            }
            Act::Update(company, _)
            | Act::Delete { company, .. }
            | Act::AddConnection(company, _)
            | Act::Unlink(company, _)
            | Act::DeleteConnection(company, _)
            | Act::ReadCompany(company) => Some(Call::Company(*company)),
            Act::Refresh(company) => Some(newest_reads(*company, None)),
            Act::RefreshType { company, data_type, .. } => Some(newest_reads(*company, Some(data_type))),
            Act::Undo(_)
            | Act::SetSyncSettings(..)
            | Act::Fetch(_)
            | Act::ReadConnection(..)
            | Act::RunSchedule(_)
            | Act::ReserveRequest(_)
            | Act::Sweep => None,
        }
    }
}

/// The reads in a page of the history; none if it is unreadable.
pub(crate) fn parse_history(raw: &RawValue) -> Vec<Item<PullOperation>> {
    let page_request = PageRequest { page: 1, page_size: 100, query: None, order_by: None };
    Page::from_raw(raw, &page_request).map(|page| page.results).unwrap_or_default()
}

fn newest_reads(company: CompanyId, data_type: Option<&str>) -> Call {
    let query = data_type.map(|data_type| format!("dataType={data_type}"));
    let order_by = Some("-requested".to_owned());
    Call::Topic(Topic::Reads(company, PageRequest { page: 1, page_size: 20, query, order_by }))
}
