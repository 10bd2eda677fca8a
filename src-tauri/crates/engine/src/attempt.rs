//! An act on its way: when a call goes again, with which key, and what is read before.
//!
//! A `POST` or `PATCH` goes again with the same idempotency key only when no answer came, or after 429 or
//! 409, within 90 minutes. After a 5xx the server may have stored that answer under the key and would replay
//! it (§2.1): so what happened is read first, and a new key is used only if nothing did.

use std::collections::BTreeSet;

use codat::{
    Company, CompanyId, ConnectionId, ConnectionStatus, Failure, FailureKind, Item, Page, Topic,
    model::{PullOperation, kept_name},
    page::PageRequest,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{act::Act, backoff::Jitter, effect::Call, event::Reply, run::SentItem};

/// How often a call is made before a person is told that it does not work.
const TRIES: u32 = 5;
/// How long an idempotency key may be used again.
const KEY_LIFE: SignedDuration = SignedDuration::from_mins(90);
/// A key is not used again in its last minutes: the server may have had it for longer than is known here.
const KEY_MARGIN: SignedDuration = SignedDuration::from_mins(5);
/// The longest a person is kept waiting for a rate limit.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);
/// How far the server's clock may be from ours where the server does not tell it.
const CLOCK_MARGIN: SignedDuration = SignedDuration::from_mins(5);

/// The server's `Date` and what it calls created are cut to whole seconds, and may come from two machines.
const DATE_MARGIN: SignedDuration = SignedDuration::from_secs(2);

/// Which call of an act a request makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The act itself.
    Do,
    /// Reading whether it happened.
    Check,
    /// Reading the company that it changed.
    See,
}

/// An act on its way.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub(crate) act: Act,
    key: Uuid,
    first_sent: Timestamp,
    pub(crate) tries: u32,
    /// What the act itself met, told in the end if nothing helps.
    met: Option<Failure>,
    /// The step that waits goes with a new key: done twice it comes to the same.
    pub(crate) renews: bool,
    /// The step that waits, and until when.
    pub(crate) waits: Option<(Step, Timestamp)>,
    /// The company that the answer was about.
    pub(crate) made: Option<CompanyId>,
    /// The connection that the answer was about.
    pub(crate) connected: Option<ConnectionId>,
}

/// What follows a failure.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// A step goes at this time.
    Wait(Step, Timestamp),
    /// It is told that it failed.
    Fail(Failure),
    /// What failed was only the news that it is done.
    Done,
}

/// What a check found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// It happened.
    Happened,
    /// There is something that may be of its making, or have been there before.
    Unclear,
    /// It did not.
    Nothing,
}

/// From when on something may be of an act's making, by the server's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Since {
    pub(crate) at: Timestamp,
    /// The server told its clock: what existed before the act was sent is told apart from what it made.
    is_exact: bool,
}

impl Attempt {
    pub(crate) fn new(act: Act, key: Uuid, now: Timestamp) -> Self {
        Self {
            act,
            key,
            first_sent: now,
            tries: 0,
            met: None,
            renews: false,
            waits: None,
            made: None,
            connected: None,
        }
    }

    /// An item of a run that was written down as sent, and may have been.
    pub(crate) fn of_item(item: &SentItem) -> Self {
        let read = item.read.clone();
        let act = match read.data_type {
            None => Act::Refresh(read.company),
            Some(data_type) => {
                Act::RefreshType { company: read.company, data_type, connection: read.connection }
            }
        };
        Self::new(act, item.key, item.sent_at)
    }

    /// Whether the act may go, or go again, with its key. A clock that was set back says nothing.
    pub(crate) fn may_repeat(&self, now: Timestamp) -> bool {
        now.duration_since(self.first_sent).abs() < KEY_LIFE - KEY_MARGIN
    }

    /// Every time that it has in mind.
    pub(crate) fn times(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        core::iter::once(&mut self.first_sent).chain(self.waits.iter_mut().map(|(_, at)| at))
    }

    /// A step goes then, whatever it met.
    pub(crate) fn wait(&mut self, step: Step, at: Timestamp) {
        self.waits = Some((step, at));
    }

    /// No answer came to the act that says whether it happened; gives how often that `counts` against it.
    pub(crate) fn silence(&mut self, failure: &Failure, counts: bool) -> u32 {
        self.met = Some(failure.clone());
        self.tries += u32::from(counts);
        self.tries
    }

    /// What the act itself met.
    pub(crate) fn met(&self) -> Option<&Failure> {
        self.met.as_ref()
    }

    /// The call that a step makes; nothing for acts that make none.
    pub(crate) fn call(&self, step: Step) -> Option<Call> {
        match step {
            Step::Do => self.doing(),
            Step::Check => self.checking(),
            Step::See => self.changed().map(Call::Company),
        }
    }

    /// What follows this failure of a step.
    pub(crate) fn failed(
        &mut self,
        step: Step,
        failure: Failure,
        jitter: &mut Jitter,
        now: Timestamp,
    ) -> Then {
        self.tries += 1;
        if failure.kind == FailureKind::NotFound && self.is_gone_by(step) {
            return Then::Done;
        }
        let wait = now.saturating_add(jitter.wait(self.tries)).unwrap_or(Timestamp::MAX);
        let too_late = step == Step::Do && now.duration_since(self.first_sent) >= KEY_LIFE;
        let tired = self.tries >= TRIES || too_late;
        let next = match (step, failure.kind) {
            // Whoever copies a Link URL is better served by the last known one than by waiting.
            _ if matches!(self.act, Act::Look(_) | Act::LookAtConnection(..) | Act::Fetch(_)) => None,
            (_, FailureKind::RateLimited) => {
                let asked = failure.retry_after.map_or(wait, |after| after.instant(now).max(now));
                (asked.duration_since(now) <= PATIENCE).then_some((step, asked))
            }
            (Step::Do, FailureKind::NoAnswer) => Some((Step::Do, wait)),
            (Step::Do, FailureKind::Conflict) if self.is_keyed() => Some((Step::Do, wait)),
            (Step::Do, FailureKind::Server) if matches!(self.act, Act::SetSyncSettings(..)) => {
                self.renews = true;
                Some((Step::Do, wait))
            }
            (Step::Do, FailureKind::Server) => Some((Step::Check, wait)),
            (
                Step::Check | Step::See,
                FailureKind::NoAnswer
                | FailureKind::Server
                | FailureKind::Unreadable
                | FailureKind::Intercepted,
            ) => Some((step, wait)),
            _ => None,
        };
        if step == Step::Do {
            self.met = Some(failure.clone());
        }
        match next {
            Some((step, at)) if !tired => {
                self.waits = Some((step, at));
                Then::Wait(step, at)
            }
            _ => Then::Fail(self.met.clone().unwrap_or(failure)),
        }
    }

    /// Nothing happened: the act goes again, with a new key.
    pub(crate) fn renew(&mut self, key: Uuid, now: Timestamp) {
        self.key = key;
        self.first_sent = now;
        self.waits = Some((Step::Do, now));
    }

    /// Whether this company is what the act was to make of it. `made`: what other acts are known to have made.
    pub(crate) fn check_company(&self, company: &Company, since: Since, made: &BTreeSet<Uuid>) -> Found {
        let is_new = match &self.act {
            Act::Create(new) => {
                company.name == kept_name(&new.name)
                    && company.description == new.description
                    && company.tags == new.tags
                    && company.created >= since.at
                    && !made.contains(&company.id.0)
            }
            Act::AddConnection(_, platform) => self.made_since(company, platform, since, made).is_some(),
            Act::Update(..)
            | Act::Unlink(..)
            | Act::DeleteConnection(..)
            | Act::Delete { .. }
            | Act::Undo(_)
            | Act::Refresh(_)
            | Act::RefreshType { .. }
            | Act::SetSyncSettings(..)
            | Act::Fetch(_)
            | Act::Look(_)
            | Act::LookAtConnection(..)
            | Act::RunSchedule(_)
            | Act::Pass(_)
            | Act::Sweep => false,
        };
        match (is_new, since.is_exact) {
            (true, true) => Found::Happened,
            (true, false) => Found::Unclear,
            (false, _) if self.is_so(company) => Found::Happened,
            (false, _) => Found::Nothing,
        }
    }

    /// Whether a company that was there before is what the act was to make of it.
    fn is_so(&self, company: &Company) -> bool {
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
            | Act::Look(_)
            | Act::LookAtConnection(..)
            | Act::RunSchedule(_)
            | Act::Pass(_)
            | Act::Sweep => false,
        }
    }

    /// The newest connection of this integration that was made since the act was first sent.
    pub(crate) fn made_since(
        &self,
        company: &Company,
        platform: &str,
        since: Since,
        made: &BTreeSet<Uuid>,
    ) -> Option<ConnectionId> {
        let all = company.data_connections.iter();
        let mine = all.filter(|it| {
            it.integration_key == platform && it.created >= since.at && !made.contains(&it.id.0)
        });
        mine.max_by_key(|it| it.created).map(|it| it.id)
    }

    /// The company that an act changes whose own answer does not show it.
    pub(crate) fn changed(&self) -> Option<CompanyId> {
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
            | Act::Look(_)
            | Act::LookAtConnection(..)
            | Act::RunSchedule(_)
            | Act::Pass(_)
            | Act::Sweep => None,
        }
    }

    /// Whether a page of the history has a read that was asked for since the act was first sent.
    pub(crate) fn found_read(&self, reply: &Reply, since: Since) -> bool {
        let Reply::Said(said) = reply else { return false };
        let connection = if let Act::RefreshType { connection, .. } = &self.act { *connection } else { None };
        reads_of(said).iter().any(|read| {
            read.value.requested >= since.at
                && connection.is_none_or(|connection| read.value.connection_id == connection)
        })
    }

    /// From when on something may be of this act's making. `date`: the server's clock, as it answered now.
    pub(crate) fn since(&self, date: Option<Timestamp>, now: Timestamp) -> Since {
        let Some(date) = date else {
            return Since { at: Self::since_sent(self.first_sent), is_exact: false };
        };
        let ago = now.duration_since(self.first_sent).saturating_add(DATE_MARGIN);
        Since { at: date.saturating_sub(ago).unwrap_or(Timestamp::MIN), is_exact: true }
    }

    /// From when on something may be of the making of what was sent then, by the server's clock.
    pub(crate) fn since_sent(sent: Timestamp) -> Timestamp {
        sent.saturating_sub(CLOCK_MARGIN).unwrap_or(Timestamp::MIN)
    }

    /// Whether 404 says that what was to go is gone.
    fn is_gone_by(&self, step: Step) -> bool {
        match self.act {
            Act::Delete { .. } => true,
            Act::DeleteConnection(..) => step == Step::Do,
            Act::Create(_)
            | Act::Update(..)
            | Act::Undo(_)
            | Act::Refresh(_)
            | Act::RefreshType { .. }
            | Act::AddConnection(..)
            | Act::Unlink(..)
            | Act::SetSyncSettings(..)
            | Act::Fetch(_)
            | Act::Look(_)
            | Act::LookAtConnection(..)
            | Act::RunSchedule(_)
            | Act::Pass(_)
            | Act::Sweep => false,
        }
    }

    fn is_keyed(&self) -> bool {
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
            | Act::Look(_)
            | Act::LookAtConnection(..)
            | Act::RunSchedule(_)
            | Act::Pass(_)
            | Act::Sweep => false,
        }
    }

    fn doing(&self) -> Option<Call> {
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
            Act::Look(company) => Some(Call::Company(*company)),
            Act::LookAtConnection(company, connection) => Some(Call::Connection(*company, *connection)),
            Act::Undo(_) | Act::RunSchedule(_) | Act::Pass(_) | Act::Sweep => None,
        }
    }

    fn checking(&self) -> Option<Call> {
        match &self.act {
            Act::Create(_) => {
                // The newest: no clock but the server's has to be right for it.
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
            | Act::Look(company) => Some(Call::Company(*company)),
            Act::Refresh(company) => Some(newest_reads(*company, None)),
            Act::RefreshType { company, data_type, .. } => Some(newest_reads(*company, Some(data_type))),
            Act::Undo(_)
            | Act::SetSyncSettings(..)
            | Act::Fetch(_)
            | Act::LookAtConnection(..)
            | Act::RunSchedule(_)
            | Act::Pass(_)
            | Act::Sweep => None,
        }
    }
}

/// The reads of a page of the history; none where it is no page.
pub(crate) fn reads_of(said: &RawValue) -> Vec<Item<PullOperation>> {
    let asked = PageRequest { page: 1, page_size: 100, query: None, order_by: None };
    Page::from_raw(said, &asked).map(|page| page.results).unwrap_or_default()
}

/// The newest reads of a company.
fn newest_reads(company: CompanyId, data_type: Option<&str>) -> Call {
    let query = data_type.map(|data_type| format!("dataType={data_type}"));
    let order_by = Some("-requested".to_owned());
    Call::Topic(Topic::Reads(company, PageRequest { page: 1, page_size: 20, query, order_by }))
}
