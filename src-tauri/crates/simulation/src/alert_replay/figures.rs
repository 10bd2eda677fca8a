//! How well the alerts of a replay match its labels.

use std::collections::{BTreeMap, BTreeSet};

use codat::ConnectionId;
use jiff::{SignedDuration, Timestamp};

use super::{
    app_run::{Record, Told},
    history::{History, Loss, running_time},
};

/// A loss that lasts this long while the app runs must be told.
const LASTING: SignedDuration = SignedDuration::from_mins(15);
/// The time between being seen and being told.
const MAX_DELAY: SignedDuration = SignedDuration::from_secs(120);
/// An alert may be told this long after the connection healed, because the app cannot know it yet.
const UNSEEN: SignedDuration = SignedDuration::from_secs(150);
/// Alerts are remembered this long, as in the app.
const MEMORY: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Losses within this time of an earlier loss of the same connection are combined into one later alert.
const SERIES: SignedDuration = SignedDuration::from_mins(60);

/// The figures of one replay.
#[derive(Debug, Clone, Default)]
pub struct AlertFigures {
    /// Labeled changes of connections.
    pub transitions: usize,
    /// Desktop notifications.
    pub notifications: usize,
    /// Alerts in notifications.
    pub told: usize,
    /// Alerts about a connection that was lost and that had to be told or could be.
    pub right: usize,
    /// Lasting losses.
    pub lasting: usize,
    /// Lasting losses that were told.
    pub lasting_told: usize,
    /// Alerts that told the same loss again although the same people have to act.
    pub repeats: usize,
    /// Losses whose time between being seen and being told is measured.
    pub timed: usize,
    /// Those that were told within two minutes.
    pub in_time: usize,
    /// Confirmed alerts by the labeled and the told cause.
    pub causes: BTreeMap<(String, String), usize>,
    /// Alerts that were told without a second read.
    pub unconfirmed: usize,
    /// What was wrong.
    pub faults: Vec<String>,
}

impl AlertFigures {
    pub(super) fn new(history: &History, record: &Record, end: Timestamp) -> Self {
        let mut figures = Self {
            transitions: history.transitions(),
            notifications: record.notifications.len(),
            told: record.told.len(),
            ..Self::default()
        };
        let losses = history.losses();
        let mut told: BTreeMap<ConnectionId, Vec<&Told>> = BTreeMap::new();
        record.told.iter().for_each(|it| told.entry(it.connection).or_default().push(it));
        let mut shown = BTreeSet::new();
        for it in &record.told {
            let all = losses.get(&it.connection).map_or(&[][..], Vec::as_slice);
            figures.judge(it, all, shown.insert(it.alert));
        }
        for (connection, losses) in &losses {
            let told = told.get(connection).map_or(&[][..], Vec::as_slice);
            let seen = record.seen.get(connection).map_or(&[][..], Vec::as_slice);
            for (place, loss) in losses.iter().enumerate() {
                let before = place.checked_sub(1).and_then(|before| losses.get(before));
                figures.judge_loss(*connection, loss, before, (told, seen), record, end);
            }
        }
        figures
    }

    /// Judges an alert.
    fn judge(&mut self, told: &Told, losses: &[Loss], is_first: bool) {
        if !is_first {
            self.repeats += 1;
        }
        let patience = if told.repeats { SERIES } else { UNSEEN };
        let about = losses
            .iter()
            .rev()
            .find(|loss| loss.from <= told.at && told.at.duration_since(loss.until) <= patience)
            .filter(|loss| !loss.is_expected);
        let Some(loss) = about else {
            self.faults
                .push(format!("{} at {}: told for nothing {:?}", told.connection, told.at, told.cause));
            return;
        };
        self.right += 1;
        match (&told.cause, loss.cause_at(told.at)) {
            (Some(cause), Some(label)) => {
                let label = serde_json::to_value(label).unwrap_or_default();
                let label = label.as_str().unwrap_or_default().to_owned();
                *self.causes.entry((label, cause.clone())).or_default() += 1;
            }
            (None, _) => self.unconfirmed += 1,
            (Some(_), None) => {}
        }
    }

    /// Determines whether an alert was sent for a loss, and how long after it was seen.
    fn judge_loss(
        &mut self,
        connection: ConnectionId,
        loss: &Loss,
        before: Option<&Loss>,
        (told, seen): (&[&Told], &[Timestamp]),
        record: &Record,
        end: Timestamp,
    ) {
        if loss.is_expected {
            return;
        }
        let until = loss.until.saturating_add(UNSEEN).unwrap_or(Timestamp::MAX);
        let mine: Vec<_> = told.iter().filter(|it| (loss.from..=until).contains(&it.at)).collect();
        let actors: BTreeSet<_> = loss.causes.iter().map(|(_, cause)| cause.actor()).collect();
        // An alert of an earlier loss of the series may come after this one began.
        let is_repeated = before.is_some_and(|before| loss.from.duration_since(before.until) < SERIES);
        let told_again = mine.windows(2).filter(|pair| match pair {
            [one, next] => next.at.duration_since(one.at) < MEMORY,
            _ => false,
        });
        let told_again = told_again.count();
        if !is_repeated && told_again >= actors.len() {
            self.repeats += told_again + 1 - actors.len();
            self.faults.push(format!("{connection} from {}: told {} times", loss.from, mine.len()));
        }
        if loss.visible_time(&record.absences, end) >= LASTING {
            self.lasting += 1;
            if mine.is_empty() && !is_told_by_series(told, loss) {
                self.faults.push(format!("{connection} from {}: never told {:?}", loss.from, loss.causes));
            } else {
                self.lasting_told += 1;
            }
        }
        let first_seen = seen.iter().find(|at| (loss.from..until).contains(*at));
        if let (Some(seen), Some(first)) = (first_seen, mine.first())
            && !is_repeated
        {
            self.timed += 1;
            let delay = running_time(*seen, first.at, &record.absences);
            if delay <= MAX_DELAY {
                self.in_time += 1;
            } else {
                self.faults.push(format!(
                    "{connection} from {}: told after {} s",
                    loss.from,
                    delay.as_secs()
                ));
            }
        }
    }

    /// The limits that the figures miss.
    pub fn misses(&self) -> Vec<String> {
        let limits = [
            (self.transitions < 2_000, "fewer than 2,000 transitions"),
            (self.precision() < 0.95, "the precision is below 0.95"),
            (self.recall() < 1.0, "a lasting loss was not told"),
            (self.repeats > 0, "two alerts were sent for one loss"),
            (self.told_in_time() < 0.99, "fewer than 0.99 were told within two minutes"),
            (self.causes_right() < 0.95, "fewer than 0.95 of the causes are right"),
        ];
        let missed = limits.iter().filter(|(is_missed, _)| *is_missed);
        missed.map(|(_, limit)| (*limit).to_owned()).collect()
    }

    /// The share of alerts that are right.
    pub fn precision(&self) -> f64 {
        share(self.right, self.told)
    }

    /// The share of lasting losses that were told.
    pub fn recall(&self) -> f64 {
        share(self.lasting_told, self.lasting)
    }

    /// The share of losses that were told within two minutes of being seen.
    pub fn told_in_time(&self) -> f64 {
        share(self.in_time, self.timed)
    }

    /// The share of confirmed alerts with the labeled cause.
    pub fn causes_right(&self) -> f64 {
        let right = self.causes.iter().filter(|((label, told), _)| label == told).map(|(_, count)| count);
        share(right.sum(), self.causes.values().sum())
    }
}

/// An alert about a series covers a loss if it was sent after the loss began.
fn is_told_by_series(told: &[&Told], loss: &Loss) -> bool {
    told.iter().any(|it| it.repeats && it.at >= loss.from)
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

impl core::fmt::Display for AlertFigures {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        writeln!(f, "transitions              {:>7}", self.transitions)?;
        writeln!(f, "notifications            {:>7}", self.notifications)?;
        writeln!(f, "alerts told              {:>7}", self.told)?;
        writeln!(f, "  without a second read  {:>7}", self.unconfirmed)?;
        writeln!(f, "lasting losses           {:>7}", self.lasting)?;
        writeln!(f, "precision                {:>7.4}  (at least 0.95)", self.precision())?;
        writeln!(f, "recall, lasting losses   {:>7.4}  (1.00)", self.recall())?;
        writeln!(f, "repeats                  {:>7}  (0)", self.repeats)?;
        writeln!(f, "told within two minutes  {:>7.4}  (at least 0.99)", self.told_in_time())?;
        writeln!(f, "causes right             {:>7.4}  (at least 0.95)", self.causes_right())?;
        let names: BTreeSet<&str> =
            self.causes.keys().flat_map(|(label, told)| [label.as_str(), told.as_str()]).collect();
        write!(f, "\n{:<14}", "really \\ told")?;
        for name in &names {
            write!(f, "{name:>14}")?;
        }
        for label in &names {
            write!(f, "\n{label:<14}")?;
            for told in &names {
                let count = self.causes.get(&((*label).to_owned(), (*told).to_owned()));
                write!(f, "{:>14}", count.copied().unwrap_or(0))?;
            }
        }
        writeln!(f)
    }
}
