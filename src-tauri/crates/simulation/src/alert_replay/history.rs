//! What really happened to each connection, with a label that says whether it must be told.

use std::collections::BTreeMap;

use codat::{ConnectionId, status::Trouble};
use jiff::{SignedDuration, Timestamp};

/// A change of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    /// It is lost, by this cause. Must be told if it lasts.
    Lost(Trouble),
    /// It is lost by design or by an act of this app. Must not be told.
    Expected,
    /// It is linked again.
    Healed,
}

/// A time in which a connection is lost.
#[derive(Debug, Clone)]
pub(super) struct Loss {
    pub(super) from: Timestamp,
    /// [`Timestamp::MAX`] if it does not end.
    pub(super) until: Timestamp,
    /// The causes in turn, and since when.
    pub(super) causes: Vec<(Timestamp, Trouble)>,
    pub(super) is_expected: bool,
}

/// The changes of all connections, in order.
#[derive(Debug, Default)]
pub(super) struct History(BTreeMap<ConnectionId, Vec<(Timestamp, Label)>>);

impl History {
    pub(super) fn add(&mut self, connection: ConnectionId, at: Timestamp, label: Label) {
        self.0.entry(connection).or_default().push((at, label));
    }

    pub(super) fn transitions(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// The last change of a connection.
    pub(super) fn last(&self, connection: ConnectionId) -> Option<(Timestamp, Label)> {
        self.0.get(&connection)?.last().copied()
    }

    pub(super) fn losses(&self) -> BTreeMap<ConnectionId, Vec<Loss>> {
        self.0.iter().map(|(connection, changes)| (*connection, losses(changes))).collect()
    }
}

fn losses(changes: &[(Timestamp, Label)]) -> Vec<Loss> {
    let mut all: Vec<Loss> = Vec::new();
    for (at, label) in changes {
        let open = all.last_mut().filter(|loss| loss.until == Timestamp::MAX);
        let is_expected = *label == Label::Expected;
        match (label, open) {
            (Label::Healed, Some(loss)) => loss.until = *at,
            (Label::Healed, None) => {}
            (Label::Lost(cause), Some(loss)) => loss.causes.push((*at, *cause)),
            (Label::Expected, Some(_)) => {}
            (Label::Lost(_) | Label::Expected, None) => {
                let causes = if let Label::Lost(cause) = label { vec![(*at, *cause)] } else { Vec::new() };
                all.push(Loss { from: *at, until: Timestamp::MAX, causes, is_expected });
            }
        }
    }
    all
}

impl Loss {
    /// The cause at this time.
    pub(super) fn cause_at(&self, at: Timestamp) -> Option<Trouble> {
        self.causes.iter().rev().find(|(since, _)| *since <= at).map(|(_, cause)| *cause)
    }

    /// How long it lasted while the app was running, until `end`.
    pub(super) fn visible_time(&self, absences: &[(Timestamp, Timestamp)], end: Timestamp) -> SignedDuration {
        running_time(self.from, self.until.min(end), absences)
    }
}

/// How long the app was running between two times.
pub(super) fn running_time(
    from: Timestamp,
    until: Timestamp,
    absences: &[(Timestamp, Timestamp)],
) -> SignedDuration {
    let away = absences.iter().map(|(begin, end)| {
        let (begin, end) = ((*begin).max(from), (*end).min(until));
        end.duration_since(begin).max(SignedDuration::ZERO)
    });
    away.fold(until.duration_since(from), |left, away| left.saturating_sub(away))
}
