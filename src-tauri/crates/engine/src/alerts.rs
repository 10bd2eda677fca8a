//! Decides which changes become alerts. Each change is decided independently of the others.
//!
//! A second read must confirm a change. The cursor stays before the oldest undecided change. Decisions beyond the
//! cursor are stored one by one, so that a crash neither loses nor repeats an alert. While a connection stays lost,
//! a second alert is sent only if someone else has to act. Losses within 30 minutes of an alert are combined.

mod recording;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use codat::{
    Colour, CompanyId, Connection, ConnectionId, Item, Listed,
    status::{Actor, Trouble, connection_color, trouble},
};
use jiff::{SignedDuration, Timestamp};

use crate::event::{Cause, Change, PastAlert};

use recording::Decided;

/// Above this number of companies the next sweep serves as the second read.
const LOOKS_AT_ONCE: usize = 25;
/// The first retry delay of a second read; doubled each time.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(30);
/// How long to wait for a sweep that serves as the second read.
const SWEEP_AGAIN: SignedDuration = SignedDuration::from_secs(120);
/// The longest delay of the second read for a flapping connection; a sweep may confirm it earlier.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_secs(60);
/// After this time without a second read the alert is sent as unconfirmed.
const GIVES_UP: SignedDuration = SignedDuration::from_mins(10);
/// The minimum time for a second read after a start or after sleep.
const TIME_TO_LOOK: SignedDuration = SignedDuration::from_mins(2);
/// Losses within this time after an alert are combined.
pub(crate) const SETTLES: SignedDuration = SignedDuration::from_mins(30);

/// A change that becomes an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAlert {
    /// Its sequence number in the journal.
    pub seq: i64,
    /// When it was seen.
    pub at: Timestamp,
    /// The company.
    pub company: CompanyId,
    /// Its name.
    pub company_name: String,
    /// The connection that turned.
    pub connection: ConnectionId,
    /// The integration's name.
    pub platform: String,
    /// Red or grey.
    pub colour: Colour,
    /// The cause that the second read found; none if there was no second read.
    pub trouble: Option<Trouble>,
    /// Whether it combines several losses of a connection that healed in between.
    pub repeats: bool,
}

/// A change that waits for its second read.
#[derive(Debug)]
struct Waiting {
    alert: NewAlert,
    /// When to read next.
    look_at: Timestamp,
    /// The number of second reads so far.
    looks: u32,
    /// When it is sent as unconfirmed.
    gives_up_at: Timestamp,
}

/// The recent losses of a connection.
#[derive(Debug)]
struct History {
    /// Losses, each within [`SETTLES`] of the one before, whether they were confirmed or not.
    turns: u32,
    /// When the last loss was seen.
    turned_at: Timestamp,
    told: Option<Told>,
}

/// The alerts that were sent for a connection.
#[derive(Debug)]
struct Told {
    /// The first loss of the series.
    since: Timestamp,
    /// When the last alert was sent.
    at: Timestamp,
    /// Confirmed losses of the series.
    losses: u32,
    /// Who has to act, by the alerts since the loss.
    actors: BTreeSet<Actor>,
    /// Whether it healed since.
    is_healed: bool,
}

/// The number of recent losses of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Series {
    pub(crate) losses: u32,
    pub(crate) since: Timestamp,
    pub(crate) is_healed: bool,
}

/// Undecided changes and recent alerts.
#[derive(Debug, Default)]
pub(crate) struct Alerts {
    /// Changes that wait for their second read.
    waiting: BTreeMap<ConnectionId, Waiting>,
    /// Unlinked from here, since when at the latest: that they turn grey is no news, whoever sees it first.
    unlinked: BTreeMap<ConnectionId, Timestamp>,
    histories: BTreeMap<ConnectionId, History>,
    /// Alerts to record.
    ready: Vec<NewAlert>,
    /// Decided changes beyond the cursor that send no alert.
    passed: BTreeSet<i64>,
    /// The newest place in the journal that was seen.
    newest: i64,
    /// Where the cursor is.
    cursor: i64,
    /// Decisions that the store is saving, in order, with the previous cursor.
    recording: VecDeque<(Decided, i64)>,
    /// When to retry after a store error.
    record_at: Option<Timestamp>,
}

/// How to read changed companies again.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SecondLook {
    /// Company by company.
    At(Vec<CompanyId>),
    /// By another sweep: they are too many.
    BySweep,
}

impl Alerts {
    /// A person unlinks this connection.
    pub(crate) fn unlinks(&mut self, connection: ConnectionId, now: Timestamp) {
        self.unlinked.insert(connection, now);
    }

    /// It is not known to have been unlinked from here: should it turn out to be, that is news.
    pub(crate) fn unlinks_not(&mut self, connection: ConnectionId) {
        self.unlinked.remove(&connection);
    }

    /// All companies were seen as they have been since then: what is grey by what was done here was seen too.
    pub(crate) fn all_seen(&mut self, since: Timestamp) {
        self.unlinked.retain(|_, at| *at >= since);
        self.histories.retain(|_, history| {
            let told = history.told.as_ref();
            let settled = told.is_none_or(|told| told.is_healed && is_over(told.at, SETTLES, since));
            !(settled && is_over(history.turned_at, SETTLES, since))
        });
    }

    /// What was told of before this start, oldest first.
    pub(crate) fn remember(&mut self, past: Vec<PastAlert>) {
        // What healed before it was shown was told to nobody.
        for alert in past.into_iter().filter(|alert| alert.is_shown || !alert.is_healed) {
            let history = self.histories.entry(alert.connection).or_insert(History {
                turns: 0,
                turned_at: alert.at,
                told: None,
            });
            history.turned_at = alert.at;
            let mut told = match history.told.take() {
                Some(told) if !told.is_healed || !is_over(told.at, SETTLES, alert.at) => told,
                Some(_) | None => Told::first(alert.at, alert.at),
            };
            if alert.is_shown {
                told.at = alert.at;
            }
            told.losses += 1;
            if told.is_healed {
                told.actors.clear();
            }
            told.actors.extend(alert.trouble.map(Trouble::actor));
            told.is_healed = alert.is_healed;
            history.told = Some(told);
        }
    }

    /// Takes changes in. Before the baseline, and for acts of this app, they only move the end of the journal.
    /// Gives the connections that are no longer lost, or are so by what was done here.
    pub(crate) fn note(
        &mut self,
        changes: Vec<Change>,
        told: bool,
        wait: SignedDuration,
        now: Timestamp,
    ) -> Vec<ConnectionId> {
        let mut healed = Vec::new();
        for change in changes {
            self.newest = self.newest.max(change.seq);
            let Some((connection, colour)) = change.turned else { continue };
            // Whatever it turned to, what was done here is over with it.
            let was_unlinked = self.unlinked.remove(&connection).is_some();
            let is_own = change.cause == Cause::Own || was_unlinked && colour == Colour::Grey;
            if is_own || !colour.needs_attention() {
                self.passed.extend(is_own.then_some(change.seq));
                self.heal(connection);
                healed.push(connection);
            } else if told && (change.one_time || self.is_known(connection, &change, colour)) {
                self.passed.insert(change.seq);
            } else if told {
                self.wait_for_look(change, connection, colour, wait, now);
            }
        }
        healed
    }

    /// Whether the customer was asked already to link it again, which is all that it needs.
    fn is_known(&self, connection: ConnectionId, change: &Change, colour: Colour) -> bool {
        let told = self.histories.get(&connection).and_then(|history| history.told.as_ref());
        let is_told = told.is_some_and(|told| !told.is_healed && told.actors.contains(&Actor::Customer));
        change.was_broken && colour == Colour::Grey && is_told
    }

    fn wait_for_look(
        &mut self,
        change: Change,
        connection: ConnectionId,
        colour: Colour,
        wait: SignedDuration,
        now: Timestamp,
    ) {
        let turns = self.turned(connection, change.at);
        let doubled = wait.saturating_mul(1 << turns.saturating_sub(1).min(8));
        let look_at = after(change.at, doubled.min(LONGEST_WAIT.max(wait)));
        let mut gives_up_at = after(change.at, GIVES_UP).max(after(now, TIME_TO_LOOK));
        // It turned to another colour before the second look.
        if let Some(before) = self.waiting.remove(&connection) {
            self.passed.insert(before.alert.seq);
            gives_up_at = before.gives_up_at;
        }
        let alert = NewAlert {
            seq: change.seq,
            at: change.at,
            company: change.company,
            company_name: change.company_name,
            connection,
            platform: change.platform,
            colour,
            trouble: None,
            repeats: false,
        };
        self.waiting.insert(connection, Waiting { alert, look_at, looks: 0, gives_up_at });
    }

    /// Counts a loss; how many there were lately.
    fn turned(&mut self, connection: ConnectionId, at: Timestamp) -> u32 {
        let history =
            self.histories.entry(connection).or_insert(History { turns: 0, turned_at: at, told: None });
        let is_new = is_over(history.turned_at, SETTLES, at);
        history.turns = if is_new { 1 } else { history.turns.saturating_add(1) };
        history.turned_at = at;
        history.turns
    }

    /// It is not lost, or nobody has to be told that it is.
    pub(crate) fn heal(&mut self, connection: ConnectionId) {
        if let Some(waiting) = self.waiting.remove(&connection) {
            self.passed.insert(waiting.alert.seq);
        }
        let Some(told) = self.histories.get_mut(&connection).and_then(|history| history.told.as_mut()) else {
            return;
        };
        told.is_healed = true;
        let (healed, ready): (Vec<_>, Vec<_>) = core::mem::take(&mut self.ready)
            .into_iter()
            .partition(|alert| alert.connection == connection && !alert.repeats);
        self.ready = ready;
        for alert in healed {
            self.passed.insert(alert.seq);
            self.never_told(connection);
        }
    }

    /// It healed before anybody was told.
    pub(crate) fn never_told(&mut self, connection: ConnectionId) {
        if let Some(history) = self.histories.get_mut(&connection) {
            history.told = None;
        }
    }

    /// Every time that is in mind.
    pub(crate) fn times(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        let waiting = self.waiting.values_mut();
        let waiting = waiting.flat_map(|it| [&mut it.alert.at, &mut it.look_at, &mut it.gives_up_at]);
        let histories = self.histories.values_mut().flat_map(|history| {
            let told = history.told.iter_mut().flat_map(|told| [&mut told.since, &mut told.at]);
            core::iter::once(&mut history.turned_at).chain(told)
        });
        let recording = self.recording.iter_mut().flat_map(|(decided, _)| &mut decided.alerts);
        let decided = self.ready.iter_mut().chain(recording).map(|alert| &mut alert.at);
        waiting.chain(histories).chain(decided).chain(self.unlinked.values_mut()).chain(&mut self.record_at)
    }

    /// When a second look is due, if one is.
    pub(crate) fn next_look(&self) -> Option<Timestamp> {
        self.waiting.values().map(|waiting| waiting.look_at).min()
    }

    /// When one that had no second look is told.
    pub(crate) fn next_given_up(&self) -> Option<Timestamp> {
        self.waiting.values().map(|waiting| waiting.gives_up_at).min()
    }

    /// How to look again at what is due. Each is due again later, should nothing come of it.
    pub(crate) fn second_look(&mut self, now: Timestamp) -> Option<SecondLook> {
        let mut due: BTreeMap<CompanyId, (u32, i64)> = BTreeMap::new();
        for waiting in self.waiting.values().filter(|waiting| waiting.look_at <= now) {
            let first = due.entry(waiting.alert.company).or_insert((waiting.looks, waiting.alert.seq));
            *first = (waiting.looks.max(first.0), waiting.alert.seq.min(first.1));
        }
        if due.is_empty() {
            return None;
        }
        let mut companies: Vec<_> = due.iter().map(|(company, (_, seq))| (*seq, *company)).collect();
        companies.sort_unstable();
        let by_sweep = companies.len() > LOOKS_AT_ONCE && due.values().all(|(looks, _)| *looks == 0);
        if !by_sweep {
            companies.truncate(LOOKS_AT_ONCE);
        }
        let companies: Vec<_> = companies.into_iter().map(|(_, company)| company).collect();
        let asked: BTreeSet<_> = companies.iter().collect();
        for waiting in self.waiting.values_mut().filter(|waiting| waiting.look_at <= now) {
            if asked.contains(&waiting.alert.company) {
                let again = LOOK_AGAIN.saturating_mul(1 << waiting.looks.min(8));
                waiting.look_at = after(now, if by_sweep { SWEEP_AGAIN } else { again });
                waiting.looks += 1;
            }
        }
        Some(if by_sweep { SecondLook::BySweep } else { SecondLook::At(companies) })
    }

    /// The computer slept: what could not be looked at meanwhile is looked at now.
    pub(crate) fn woke(&mut self, now: Timestamp) {
        for waiting in self.waiting.values_mut() {
            waiting.look_at = waiting.look_at.min(now);
            waiting.gives_up_at = waiting.gives_up_at.max(after(now, TIME_TO_LOOK));
        }
    }

    /// Companies were seen by a request sent at `asked`, after which whatever turned before is certain.
    pub(crate) fn seen_again<'a>(
        &mut self,
        companies: impl IntoIterator<Item = &'a Item<Listed>>,
        asked: Timestamp,
        now: Timestamp,
    ) {
        let waiting = self.waiting.values().map(|waiting| &waiting.alert).filter(|alert| alert.at < asked);
        let mut waits: BTreeMap<CompanyId, Vec<ConnectionId>> = BTreeMap::new();
        waiting.for_each(|alert| waits.entry(alert.company).or_default().push(alert.connection));
        if waits.is_empty() {
            return;
        }
        for item in companies {
            if !waits.contains_key(&item.value.id) {
                continue;
            }
            // One that cannot be read waits for the next look.
            let Ok(company) = item.company() else { continue };
            for id in waits.remove(&company.id).unwrap_or_default() {
                let Some(Waiting { alert, .. }) = self.waiting.remove(&id) else { continue };
                self.decide(alert, company.data_connections.iter().find(|it| it.id == id), now);
            }
        }
    }

    fn decide(&mut self, alert: NewAlert, seen: Option<&Connection>, now: Timestamp) {
        match seen.and_then(|seen| Some((connection_color(seen), trouble(seen)?))) {
            Some((colour, trouble)) => {
                self.confirm(NewAlert { colour, trouble: Some(trouble), ..alert }, now);
            }
            None => {
                self.passed.insert(alert.seq);
            }
        }
    }

    /// What could not be looked at again for too long is told as seen once.
    pub(crate) fn give_up(&mut self, now: Timestamp) {
        let over: Vec<_> =
            self.waiting.iter().filter(|(_, it)| it.gives_up_at <= now).map(|(id, _)| *id).collect();
        for id in over {
            if let Some(Waiting { alert, .. }) = self.waiting.remove(&id) {
                self.confirm(alert, now);
            }
        }
    }

    /// It is lost: whether and how that is told.
    fn confirm(&mut self, mut alert: NewAlert, now: Timestamp) {
        let actor = alert.trouble.map(Trouble::actor);
        let history = self.histories.entry(alert.connection).or_insert(History {
            turns: 1,
            turned_at: alert.at,
            told: None,
        });
        match &mut history.told {
            Some(told) if !told.is_healed => {
                if !actor.is_some_and(|actor| told.actors.insert(actor)) {
                    self.passed.insert(alert.seq);
                    return;
                }
            }
            Some(told) if !is_over(told.at, SETTLES, now) => {
                alert.repeats = true;
                told.losses = told.losses.saturating_add(1);
                told.actors = actor.into_iter().collect();
                told.is_healed = false;
            }
            Some(_) | None => {
                let mut told = Told::first(alert.at, now);
                told.losses = 1;
                told.actors.extend(actor);
                history.told = Some(told);
            }
        }
        self.ready.push(alert);
    }

    /// A company is gone, and with it what was to be told of it.
    pub(crate) fn forget(&mut self, company: CompanyId) {
        let passed = &mut self.passed;
        self.waiting.retain(|_, waiting| {
            let stays = waiting.alert.company != company;
            passed.extend((!stays).then_some(waiting.alert.seq));
            stays
        });
        self.ready.retain(|alert| {
            let stays = alert.company != company;
            passed.extend((!stays).then_some(alert.seq));
            stays
        });
    }

    /// How often a connection was lost lately.
    pub(crate) fn series(&self, connection: ConnectionId) -> Option<Series> {
        let told = self.histories.get(&connection)?.told.as_ref()?;
        Some(Series { losses: told.losses, since: told.since, is_healed: told.is_healed })
    }

    /// When what repeats of a connection is summed up.
    pub(crate) fn sums_up_at(&self, connection: ConnectionId) -> Option<Timestamp> {
        let told = self.histories.get(&connection)?.told.as_ref()?;
        Some(after(told.at, SETTLES))
    }

    /// It was told of now.
    pub(crate) fn told(&mut self, connection: ConnectionId, now: Timestamp) {
        if let Some(told) = self.histories.get_mut(&connection).and_then(|history| history.told.as_mut()) {
            told.at = now;
        }
    }
}

impl Told {
    fn first(since: Timestamp, at: Timestamp) -> Self {
        Self { since, at, losses: 0, actors: BTreeSet::new(), is_healed: false }
    }
}

fn after(at: Timestamp, wait: SignedDuration) -> Timestamp {
    at.saturating_add(wait).unwrap_or(Timestamp::MAX)
}

/// Whether at `now` this time has passed since `at`.
fn is_over(at: Timestamp, time: SignedDuration, now: Timestamp) -> bool {
    now.duration_since(at) >= time
}
