//! Decides which changes become alerts. Each change is decided independently of the others.
//!
//! A second read must confirm a change. The cursor stays before the oldest undecided change. Decisions beyond the
//! cursor are stored one by one, so that a crash neither loses nor repeats an alert. While a connection stays lost,
//! a second alert is sent only if someone else has to act. Losses within 30 minutes of an alert are combined.

mod alert_batch;
pub(crate) mod alert_delivery;
pub(crate) mod alert_times;
pub(crate) mod incidents;
pub(crate) mod loss_notification;
mod new_alert;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use codat::{
    Color, CompanyId, Connection, ConnectionId, Item, Listed,
    status::{Actor, Trouble, connection_color, trouble},
};
use domain::Cause;
use jiff::{SignedDuration, Timestamp};

use crate::{change::Change, time::after};

pub use new_alert::NewAlert;

use alert_batch::AlertBatch;

/// Above this number of companies the next sweep serves as the second read.
const MAX_DIRECT_READS: usize = 25;
/// The first retry delay of a second read; doubled each time.
const FIRST_RETRY: SignedDuration = SignedDuration::from_secs(30);
/// How long to wait for a sweep that serves as the second read.
const SWEEP_TIMEOUT: SignedDuration = SignedDuration::from_secs(120);
/// The longest delay of the second read for a flapping connection; a sweep may confirm it earlier.
const MAX_FLAPPING_DELAY: SignedDuration = SignedDuration::from_secs(60);
/// After this time without a second read the alert is sent as unconfirmed.
const GIVE_UP: SignedDuration = SignedDuration::from_mins(10);
/// The minimum time for a second read after a start or after sleep.
const MIN_READ_TIME: SignedDuration = SignedDuration::from_mins(2);
/// Losses within this time after an alert are combined.
pub(crate) const SERIES_WINDOW: SignedDuration = SignedDuration::from_mins(30);

/// An alert that was recorded before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastAlert {
    /// The connection that was lost.
    pub connection: ConnectionId,
    /// When it was recorded.
    pub at: Timestamp,
    /// The cause of the loss, if it is known.
    pub trouble: Option<Trouble>,
    /// Whether it was shown.
    pub is_shown: bool,
    /// Whether the connection recovered later.
    pub is_healed: bool,
}

/// A change that waits for its second read.
#[derive(Debug)]
struct PendingChange {
    alert: NewAlert,
    read_at: Timestamp,
    reads: u32,
    /// When the alert is sent as unconfirmed.
    give_up_at: Timestamp,
}

/// The recent losses of a connection.
#[derive(Debug)]
struct LossHistory {
    /// Losses, each within [`SERIES_WINDOW`] of the one before, whether they were confirmed or not.
    losses_in_series: u32,
    last_loss_at: Timestamp,
    series: Option<AlertSeries>,
}

/// The alerts that were sent for a connection.
#[derive(Debug)]
struct AlertSeries {
    /// The first loss of the series.
    since: Timestamp,
    /// When the last alert was sent.
    at: Timestamp,
    /// Confirmed losses of the series.
    losses: u32,
    /// Who has to act, by the alerts since the loss.
    actors: BTreeSet<Actor>,
    /// Whether the connection recovered since.
    is_healed: bool,
}

/// The number of recent losses of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SeriesSummary {
    pub(crate) losses: u32,
    pub(crate) since: Timestamp,
    pub(crate) is_healed: bool,
}

/// Undecided changes and recent alerts.
#[derive(Debug, Default)]
pub(crate) struct Alerts {
    waiting: BTreeMap<ConnectionId, PendingChange>,
    /// Connections that the user unlinked here, and when. Turning grey is expected and sends no alert.
    unlinking: BTreeMap<ConnectionId, Timestamp>,
    /// Connections that turned grey by an unlink here, and when. A list from before that time may still come.
    unlinked: BTreeMap<ConnectionId, Timestamp>,
    histories: BTreeMap<ConnectionId, LossHistory>,
    /// Alerts to record.
    ready: Vec<NewAlert>,
    /// Decided changes beyond the cursor that send no alert.
    skipped: BTreeSet<i64>,
    /// The newest sequence number seen.
    newest: i64,
    /// The cursor in the store.
    cursor: i64,
    /// Decisions that the store is saving, in order, with the previous cursor.
    recording: VecDeque<(AlertBatch, i64)>,
    /// When to retry after a store error.
    record_at: Option<Timestamp>,
}

/// How to read changed companies again.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SecondRead {
    /// Each company is decided independently of the others.
    Companies(Vec<CompanyId>),
    /// The next sweep, since there are too many companies.
    Sweep,
}

impl Alerts {
    /// The user unlinks this connection.
    pub(crate) fn unlink_started(&mut self, connection: ConnectionId, now: Timestamp) {
        self.unlinking.insert(connection, now);
    }

    /// The unlink failed, so a later loss of the connection sends an alert.
    pub(crate) fn unlink_failed(&mut self, connection: ConnectionId) {
        self.unlinking.remove(&connection);
    }

    /// A full sweep that started at `since` is stored. Unlinks and loss series from before it are over.
    pub(crate) fn on_full_sweep(&mut self, since: Timestamp) {
        self.unlinking.retain(|_, at| *at >= since);
        self.unlinked.retain(|_, at| *at >= since);
        self.histories.retain(|_, history| {
            let series = history.series.as_ref();
            let is_settled =
                series.is_none_or(|series| series.is_healed && has_elapsed(series.at, SERIES_WINDOW, since));
            !(is_settled && has_elapsed(history.last_loss_at, SERIES_WINDOW, since))
        });
    }

    /// Restores the alerts of earlier starts, oldest first.
    pub(crate) fn restore(&mut self, past: Vec<PastAlert>) {
        // An alert whose connection recovered before it was shown was never shown.
        for alert in past.into_iter().filter(|alert| alert.is_shown || !alert.is_healed) {
            let history = self.histories.entry(alert.connection).or_insert(LossHistory {
                losses_in_series: 0,
                last_loss_at: alert.at,
                series: None,
            });
            history.last_loss_at = alert.at;
            let mut series = match history.series.take() {
                Some(series) if !series.is_healed || !has_elapsed(series.at, SERIES_WINDOW, alert.at) => {
                    series
                }
                Some(_) | None => AlertSeries::first(alert.at, alert.at),
            };
            if alert.is_shown {
                series.at = alert.at;
            }
            series.losses += 1;
            if series.is_healed {
                series.actors.clear();
            }
            series.actors.extend(alert.trouble.map(Trouble::actor));
            series.is_healed = alert.is_healed;
            history.series = Some(series);
        }
    }

    /// Adds changes. Before the baseline, and for acts of this app, they only move the end of the journal.
    /// `sweep_started`: when the running sweep started. Returns the connections that recovered, are gone, or were
    /// unlinked here.
    pub(crate) fn add_changes(
        &mut self,
        changes: Vec<Change>,
        notify: bool,
        wait: SignedDuration,
        sweep_started: Option<Timestamp>,
        now: Timestamp,
    ) -> Vec<ConnectionId> {
        let mut healed = Vec::new();
        for change in changes {
            self.newest = self.newest.max(change.seq);
            if let Some(connection) = change.removed {
                self.mark_healed(connection);
                healed.push(connection);
                let is_news = notify && change.cause != Cause::Own;
                self.ready.extend(is_news.then(|| NewAlert::deleted(change, connection)));
                continue;
            }
            let Some((connection, color)) = change.turned else { continue };
            // Any change of color ends an unlink.
            let was_unlinking = self.unlinking.remove(&connection).is_some();
            let is_own = change.cause == Cause::Own || was_unlinking && color == Color::Grey;
            if is_own && color == Color::Grey {
                self.unlinked.insert(connection, now);
            } else if change.cause == Cause::Sweep && self.is_older_than_unlink(connection, sweep_started) {
                self.unlinking.insert(connection, now);
            }
            if is_own || !color.needs_attention() {
                self.skipped.extend(is_own.then_some(change.seq));
                self.mark_healed(connection);
                healed.push(connection);
            } else if notify && (change.one_time || self.is_already_reported(connection, &change, color)) {
                self.skipped.insert(change.seq);
            } else if notify {
                self.await_second_read(change, connection, color, wait, now);
            }
        }
        healed
    }

    /// Whether a list of the running sweep may be older than an unlink here. Then it says that the connection is still
    /// linked, and the next list that it is not.
    fn is_older_than_unlink(&self, connection: ConnectionId, sweep_started: Option<Timestamp>) -> bool {
        let unlinked = self.unlinked.get(&connection);
        unlinked.zip(sweep_started).is_some_and(|(unlinked, started)| *unlinked >= started)
    }

    /// Whether an alert already asked the customer to link the connection again, which is all that it needs.
    fn is_already_reported(&self, connection: ConnectionId, change: &Change, color: Color) -> bool {
        let series = self.histories.get(&connection).and_then(|history| history.series.as_ref());
        let is_told =
            series.is_some_and(|series| !series.is_healed && series.actors.contains(&Actor::Customer));
        change.was_broken && color == Color::Grey && is_told
    }

    fn await_second_read(
        &mut self,
        change: Change,
        connection: ConnectionId,
        color: Color,
        wait: SignedDuration,
        now: Timestamp,
    ) {
        let losses_in_series = self.count_loss(connection, change.at);
        let doubled = wait.saturating_mul(1 << losses_in_series.saturating_sub(1).min(8));
        let read_at = after(change.at, doubled.min(MAX_FLAPPING_DELAY.max(wait)));
        let mut give_up_at = after(change.at, GIVE_UP).max(after(now, MIN_READ_TIME));
        // The color changed again before the second read.
        if let Some(before) = self.waiting.remove(&connection) {
            self.skipped.insert(before.alert.seq);
            give_up_at = before.give_up_at;
        }
        let alert = NewAlert {
            seq: change.seq,
            at: change.at,
            company: change.company,
            company_name: change.company_name,
            connection,
            platform: change.platform,
            color,
            trouble: None,
            repeats: false,
        };
        self.waiting.insert(connection, PendingChange { alert, read_at, reads: 0, give_up_at });
    }

    /// Counts a loss, and returns the number of losses in the series.
    fn count_loss(&mut self, connection: ConnectionId, at: Timestamp) -> u32 {
        let history = self.histories.entry(connection).or_insert(LossHistory {
            losses_in_series: 0,
            last_loss_at: at,
            series: None,
        });
        let is_new = has_elapsed(history.last_loss_at, SERIES_WINDOW, at);
        history.losses_in_series = if is_new { 1 } else { history.losses_in_series.saturating_add(1) };
        history.last_loss_at = at;
        history.losses_in_series
    }

    /// The connection recovered, or its loss needs no alert.
    pub(crate) fn mark_healed(&mut self, connection: ConnectionId) {
        if let Some(waiting) = self.waiting.remove(&connection) {
            self.skipped.insert(waiting.alert.seq);
        }
        let Some(series) = self.histories.get_mut(&connection).and_then(|history| history.series.as_mut())
        else {
            return;
        };
        series.is_healed = true;
        let (healed, ready): (Vec<_>, Vec<_>) = core::mem::take(&mut self.ready)
            .into_iter()
            .partition(|alert| alert.connection == connection && !alert.repeats);
        self.ready = ready;
        for alert in healed {
            self.skipped.insert(alert.seq);
            self.clear_series(connection);
        }
    }

    /// The alert was dropped before it was shown.
    pub(crate) fn clear_series(&mut self, connection: ConnectionId) {
        if let Some(history) = self.histories.get_mut(&connection) {
            history.series = None;
        }
    }

    /// All times, for the clock rollback.
    pub(crate) fn deadlines_mut(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        let waiting = self.waiting.values_mut();
        let waiting = waiting.flat_map(|it| [&mut it.alert.at, &mut it.read_at, &mut it.give_up_at]);
        let histories = self.histories.values_mut().flat_map(|history| {
            let series = history.series.iter_mut().flat_map(|series| [&mut series.since, &mut series.at]);
            core::iter::once(&mut history.last_loss_at).chain(series)
        });
        let recording = self.recording.iter_mut().flat_map(|(batch, _)| &mut batch.alerts);
        let batch = self.ready.iter_mut().chain(recording).map(|alert| &mut alert.at);
        waiting
            .chain(histories)
            .chain(batch)
            .chain(self.unlinking.values_mut())
            .chain(self.unlinked.values_mut())
            .chain(&mut self.record_at)
    }

    pub(crate) fn next_second_read(&self) -> Option<Timestamp> {
        self.waiting.values().map(|waiting| waiting.read_at).min()
    }

    pub(crate) fn next_give_up(&self) -> Option<Timestamp> {
        self.waiting.values().map(|waiting| waiting.give_up_at).min()
    }

    /// The second reads that are due. Each is scheduled again, in case it fails.
    pub(crate) fn take_due_second_reads(&mut self, now: Timestamp) -> Option<SecondRead> {
        let mut due: BTreeMap<CompanyId, (u32, i64)> = BTreeMap::new();
        for waiting in self.waiting.values().filter(|waiting| waiting.read_at <= now) {
            let first = due.entry(waiting.alert.company).or_insert((waiting.reads, waiting.alert.seq));
            *first = (waiting.reads.max(first.0), waiting.alert.seq.min(first.1));
        }
        if due.is_empty() {
            return None;
        }
        let mut companies: Vec<_> = due.iter().map(|(company, (_, seq))| (*seq, *company)).collect();
        companies.sort_unstable();
        let uses_sweep = companies.len() > MAX_DIRECT_READS && due.values().all(|(reads, _)| *reads == 0);
        if !uses_sweep {
            companies.truncate(MAX_DIRECT_READS);
        }
        let companies: Vec<_> = companies.into_iter().map(|(_, company)| company).collect();
        let selected: BTreeSet<_> = companies.iter().collect();
        for waiting in self.waiting.values_mut().filter(|waiting| waiting.read_at <= now) {
            if selected.contains(&waiting.alert.company) {
                let again = FIRST_RETRY.saturating_mul(1 << waiting.reads.min(8));
                waiting.read_at = after(now, if uses_sweep { SWEEP_TIMEOUT } else { again });
                waiting.reads += 1;
            }
        }
        Some(if uses_sweep { SecondRead::Sweep } else { SecondRead::Companies(companies) })
    }

    /// The computer resumed from sleep: delayed second reads are due now.
    pub(crate) fn on_resumed(&mut self, now: Timestamp) {
        for waiting in self.waiting.values_mut() {
            waiting.read_at = waiting.read_at.min(now);
            waiting.give_up_at = waiting.give_up_at.max(after(now, MIN_READ_TIME));
        }
    }

    /// A response to a request sent at `sent_at` has these companies. It decides the changes from before that
    /// time.
    pub(crate) fn on_second_read<'a>(
        &mut self,
        companies: impl IntoIterator<Item = &'a Item<Listed>>,
        sent_at: Timestamp,
        now: Timestamp,
    ) {
        let waiting = self.waiting.values().map(|waiting| &waiting.alert).filter(|alert| alert.at < sent_at);
        let mut waits: BTreeMap<CompanyId, Vec<ConnectionId>> = BTreeMap::new();
        waiting.for_each(|alert| waits.entry(alert.company).or_default().push(alert.connection));
        if waits.is_empty() {
            return;
        }
        for item in companies {
            if !waits.contains_key(&item.value.id) {
                continue;
            }
            // An unreadable company waits for the next read.
            let Ok(company) = item.company() else { continue };
            for id in waits.remove(&company.id).unwrap_or_default() {
                let Some(PendingChange { alert, .. }) = self.waiting.remove(&id) else { continue };
                self.decide(alert, company.data_connections.iter().find(|it| it.id == id), now);
            }
        }
    }

    fn decide(&mut self, alert: NewAlert, seen: Option<&Connection>, now: Timestamp) {
        match seen.and_then(|seen| Some((connection_color(seen), trouble(seen)?))) {
            Some((color, trouble)) => {
                self.confirm(NewAlert { color, trouble: Some(trouble), ..alert }, now);
            }
            None => {
                self.skipped.insert(alert.seq);
            }
        }
    }

    /// Sends the alerts of changes without a second read as unconfirmed.
    pub(crate) fn give_up(&mut self, now: Timestamp) {
        let over: Vec<_> =
            self.waiting.iter().filter(|(_, it)| it.give_up_at <= now).map(|(id, _)| *id).collect();
        for id in over {
            if let Some(PendingChange { alert, .. }) = self.waiting.remove(&id) {
                self.confirm(alert, now);
            }
        }
    }

    /// The connection is lost: decides whether and how to send the alert.
    fn confirm(&mut self, mut alert: NewAlert, now: Timestamp) {
        let actor = alert.trouble.map(Trouble::actor);
        let history = self.histories.entry(alert.connection).or_insert(LossHistory {
            losses_in_series: 1,
            last_loss_at: alert.at,
            series: None,
        });
        match &mut history.series {
            Some(series) if !series.is_healed => {
                if !actor.is_some_and(|actor| series.actors.insert(actor)) {
                    self.skipped.insert(alert.seq);
                    return;
                }
            }
            Some(series) if !has_elapsed(series.at, SERIES_WINDOW, now) => {
                alert.repeats = true;
                series.losses = series.losses.saturating_add(1);
                series.actors = actor.into_iter().collect();
                series.is_healed = false;
            }
            Some(_) | None => {
                let mut series = AlertSeries::first(alert.at, now);
                series.losses = 1;
                series.actors.extend(actor);
                history.series = Some(series);
            }
        }
        self.ready.push(alert);
    }

    /// Drops the alerts of a removed company.
    pub(crate) fn remove_company(&mut self, company: CompanyId) {
        let skipped = &mut self.skipped;
        self.waiting.retain(|_, waiting| {
            let stays = waiting.alert.company != company;
            skipped.extend((!stays).then_some(waiting.alert.seq));
            stays
        });
        self.ready.retain(|alert| {
            let stays = alert.company != company;
            skipped.extend((!stays).then_some(alert.seq));
            stays
        });
    }

    pub(crate) fn series_summary(&self, connection: ConnectionId) -> Option<SeriesSummary> {
        let series = self.histories.get(&connection)?.series.as_ref()?;
        Some(SeriesSummary { losses: series.losses, since: series.since, is_healed: series.is_healed })
    }

    /// When the losses of a connection are combined into one alert.
    pub(crate) fn combine_at(&self, connection: ConnectionId) -> Option<Timestamp> {
        let series = self.histories.get(&connection)?.series.as_ref()?;
        Some(after(series.at, SERIES_WINDOW))
    }

    /// A notification of this connection is being shown.
    pub(crate) fn mark_notified(&mut self, connection: ConnectionId, now: Timestamp) {
        if let Some(series) = self.histories.get_mut(&connection).and_then(|history| history.series.as_mut())
        {
            series.at = now;
        }
    }
}

impl AlertSeries {
    fn first(since: Timestamp, at: Timestamp) -> Self {
        Self { since, at, losses: 0, actors: BTreeSet::new(), is_healed: false }
    }
}

fn has_elapsed(at: Timestamp, time: SignedDuration, now: Timestamp) -> bool {
    now.duration_since(at) >= time
}
