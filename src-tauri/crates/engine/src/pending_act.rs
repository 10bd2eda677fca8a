//! An act in progress: when a call is retried, with which idempotency key, and what is checked first.
//!
//! A `POST` or `PATCH` is sent again with the same key only without a response, or after 429 or 409, within
//! 90 minutes. After a 5xx the server may have stored that response under the key and would replay it (§2.1).
//! So the result is checked first, and a new key is used only if the act was not done.

use std::collections::BTreeSet;

use codat::{
    Company, CompanyId, ConnectionId, Failure, FailureKind, Item, Page, model::PullOperation,
    page::PageRequest,
};
use domain::Priority;
use jiff::{SignedDuration, Timestamp};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{
    acts::{CreatedSince, Definition, DeleteCompany, ReadAct, WriteAct},
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

/// An act that sends requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SentAct {
    Write(WriteAct),
    Read(ReadAct),
}

impl SentAct {
    /// The priority of its requests.
    pub(crate) fn priority(&self) -> Priority {
        match self {
            Self::Write(_) => Priority::Click,
            Self::Read(act) => act.priority(),
        }
    }

    /// What an act that changes something defines.
    pub(crate) fn write(&self) -> Option<&dyn Definition> {
        match self {
            Self::Write(act) => Some(act.definition()),
            Self::Read(_) => None,
        }
    }

    /// The delete of a company. Its caller was answered when it was scheduled, so its result is a signal.
    pub(crate) fn delete(&self) -> Option<&DeleteCompany> {
        match self {
            Self::Write(WriteAct::DeleteCompany(delete)) => Some(delete),
            Self::Write(_) | Self::Read(_) => None,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct PendingAct {
    pub(crate) act: SentAct,
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

impl PendingAct {
    pub(crate) fn new(act: SentAct, key: Uuid, now: Timestamp) -> Self {
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

    /// The call of a step, if the act has one.
    pub(crate) fn call(&self, step: Step) -> Option<Call> {
        match (&self.act, step) {
            (SentAct::Write(act), Step::Send) => Some(Call::Write(act.clone(), self.key)),
            (SentAct::Write(act), Step::Check) => act.definition().check(),
            (SentAct::Write(act), Step::ReadBack) => act.definition().company().map(Call::Company),
            (SentAct::Read(act), _) => Some(act.call()),
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
            // The stored data is more useful than a wait.
            _ if matches!(self.act, SentAct::Read(_)) => None,
            (_, FailureKind::RateLimited) => {
                let requested = failure.retry_after.map_or(wait, |after| after.instant(now).max(now));
                (requested.duration_since(now) <= MAX_RATE_LIMIT_WAIT).then_some((step, requested))
            }
            (Step::Send, FailureKind::NoAnswer) => Some((Step::Send, wait)),
            (Step::Send, FailureKind::Conflict) if self.uses_idempotency_key() => Some((Step::Send, wait)),
            (Step::Send, FailureKind::Server) if self.call(Step::Check).is_none() => {
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

    /// Whether this company shows that the act was done.
    pub(crate) fn check_company(&self, company: &Company, since: &CreatedSince<'_>) -> CheckResult {
        let Some(act) = self.act.write() else { return CheckResult::NotHappened };
        match (act.is_created_in(company, since), since.is_exact) {
            (true, true) => CheckResult::Happened,
            (true, false) => CheckResult::Unclear,
            (false, _) if act.is_done_in(company) => CheckResult::Happened,
            (false, _) => CheckResult::NotHappened,
        }
    }

    /// Whether a page of the history has a read since the act was first sent.
    pub(crate) fn history_contains(&self, reply: &Reply, since: Timestamp) -> bool {
        let (Reply::Topic(raw), Some(act)) = (reply, self.act.write()) else { return false };
        parse_history(raw).iter().any(|read| read.value.requested >= since && act.is_shown_by(&read.value))
    }

    /// `date`: the server's time in the response received at `now`. `by_others`: what other acts created.
    pub(crate) fn created_since<'a>(
        &self,
        date: Option<Timestamp>,
        now: Timestamp,
        by_others: &'a BTreeSet<Uuid>,
    ) -> CreatedSince<'a> {
        CreatedSince { at: self.sent_since(date, now), is_exact: date.is_some(), by_others }
    }

    /// When the act was first sent, in the server's time, with a tolerance.
    pub(crate) fn sent_since(&self, date: Option<Timestamp>, now: Timestamp) -> Timestamp {
        let Some(date) = date else { return Self::since_sent(self.first_sent) };
        before(date, now.duration_since(self.first_sent).saturating_add(DATE_TOLERANCE))
    }

    /// Since when a read may belong to a request sent at `sent`, in the server's time.
    pub(crate) fn since_sent(sent: Timestamp) -> Timestamp {
        before(sent, CLOCK_TOLERANCE)
    }

    /// Whether a 404 means that the act was done.
    fn is_done_by_not_found(&self, step: Step) -> bool {
        self.act.write().is_some_and(|act| act.is_done_by_not_found(step))
    }

    fn uses_idempotency_key(&self) -> bool {
        self.act.write().is_some_and(|act| act.request(self.key).has_key())
    }
}

/// The reads in a page of the history; none if it is unreadable.
pub(crate) fn parse_history(raw: &RawValue) -> Vec<Item<PullOperation>> {
    let page_request = PageRequest { page: 1, page_size: 100, query: None, order_by: None };
    Page::from_raw(raw, &page_request).map(|page| page.results).unwrap_or_default()
}
