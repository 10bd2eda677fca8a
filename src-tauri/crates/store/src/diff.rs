//! Compares a company's stored state with its new state. Pure functions.

use codat::{
    Color, Company, Connection, ConnectionId, ConnectionStatus,
    status::{active_error, connection_color},
};
use jiff::{SignedDuration, Timestamp};

use crate::change::ChangeKind;

/// A connection of an offline connector that ends within this time after its first reads counts as a one-time
/// connection.
const ONE_TIME_WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// A change of a connection, or of the company itself.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Difference<'a> {
    pub(crate) connection: Option<&'a Connection>,
    pub(crate) kind: ChangeKind,
}

/// The changes from `old` to `new`; `old` is `None` for a new company. Connections that `new` lacks are ignored,
/// because they are not confirmed as gone.
pub(crate) fn differences<'a>(old: Option<&Company>, new: &'a Company) -> Vec<Difference<'a>> {
    let mut differences = Vec::new();
    match old {
        None => differences.push(Difference { connection: None, kind: ChangeKind::CompanyAppeared }),
        Some(old) if is_edited(old, new) => {
            differences.push(Difference { connection: None, kind: ChangeKind::CompanyChanged });
        }
        Some(_) => {}
    }
    let known = old.map(|old| old.data_connections.as_slice()).unwrap_or_default();
    for connection in &new.data_connections {
        let previous = known.iter().find(|known| known.id == connection.id);
        differences.extend(connection_changes(previous, connection));
    }
    differences
}

fn is_edited(old: &Company, new: &Company) -> bool {
    let parent = |company: &Company| company.reference_parent_company.as_ref().map(|parent| parent.id);
    old.name != new.name
        || old.description != new.description
        || old.tags != new.tags
        || old.products != new.products
        || parent(old) != parent(new)
}

fn connection_changes<'a>(
    previous: Option<&Connection>,
    now: &'a Connection,
) -> impl Iterator<Item = Difference<'a>> + use<'a> {
    let color = connection_color(now);
    let kinds = match previous {
        None => [Some(ChangeKind::ConnectionAppeared { status: now.status.clone(), color }), None],
        Some(previous) => [
            (previous.status != now.status)
                .then(|| ChangeKind::StatusChanged { from: previous.status.clone(), to: now.status.clone() }),
            color_change(connection_color(previous), color),
        ],
    };
    kinds.into_iter().flatten().map(|kind| Difference { connection: Some(now), kind })
}

fn color_change(from: Color, to: Color) -> Option<ChangeKind> {
    (from != to).then_some(ChangeKind::ColorChanged { from, to })
}

/// Connections of `old` that `new` lacks.
pub(crate) fn missing_connections<'a>(
    old: &'a Company,
    new: &Company,
) -> impl Iterator<Item = &'a Connection> {
    let listed: Vec<ConnectionId> = new.data_connections.iter().map(|connection| connection.id).collect();
    old.data_connections.iter().filter(move |connection| !listed.contains(&connection.id))
}

/// The period in which a change can have happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ObservationWindow {
    /// When the stored state was last confirmed.
    earliest: Timestamp,
    /// When the new state was received.
    pub(crate) now: Timestamp,
}

impl ObservationWindow {
    /// If it is not known when the stored state was last confirmed, the change counts as of now.
    pub(crate) fn new(known: Option<Timestamp>, now: Timestamp) -> Self {
        Self { earliest: known.map_or(now, |known| known.min(now)), now }
    }
}

/// What the database stores of a connection beyond the server's record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ConnectionHistory {
    /// When its first reads were complete.
    pub(crate) first_read: Option<Timestamp>,
    /// When it was deauthorized, as long as it is.
    pub(crate) deauthorized: Option<Timestamp>,
    /// When it last became linked again; the earliest possible time if the API does not say.
    pub(crate) linked: Option<Timestamp>,
    pub(crate) is_linked: bool,
}

impl ConnectionHistory {
    /// The history after a new observation.
    pub(crate) fn updated(
        previous: Option<Self>,
        connection: &Connection,
        window: ObservationWindow,
    ) -> Self {
        let first_read = match previous {
            Some(Self { first_read: Some(first), .. }) => Some(first),
            // It was seen without a read before, so this is the first one.
            Some(Self { first_read: None, .. }) => connection.last_sync,
            None => connection.last_sync.map(|last| assumed_first_read(connection.created, last)),
        };
        let deauthorized = (connection.status == ConnectionStatus::Deauthorized).then(|| {
            previous
                .and_then(|previous| previous.deauthorized)
                .unwrap_or_else(|| deauthorized_at(connection, window.now))
        });
        let is_linked = connection.status == ConnectionStatus::Linked;
        let linked = match previous {
            Some(previous) if is_linked && !previous.is_linked => {
                Some(relinked_at(connection, previous, window))
            }
            previous => previous.and_then(|previous| previous.linked),
        };
        Self { first_read, deauthorized, linked, is_linked }
    }

    /// Whether it ended within a day of its first reads. It is a one-time connection only if its connector is
    /// offline.
    pub(crate) fn ended_within_one_day(self, created: Timestamp) -> bool {
        let from = self.first_read.unwrap_or(created);
        self.deauthorized.is_some_and(|ended| ended.duration_since(from) <= ONE_TIME_WINDOW)
    }
}

/// The first read of a connection that is new to the app. Its last read counts as the first only if it was soon after
/// the creation; otherwise the first one was long ago.
fn assumed_first_read(created: Timestamp, last: Timestamp) -> Timestamp {
    if last.duration_since(created) <= ONE_TIME_WINDOW { last } else { created }
}

/// When a connection became linked again. The API says so only if an error was resolved then. Otherwise this is the
/// earliest possible time, so that expiry is estimated too early rather than too late.
fn relinked_at(connection: &Connection, previous: ConnectionHistory, window: ObservationWindow) -> Timestamp {
    let ended = previous.deauthorized.map_or(connection.created, |ended| ended.max(connection.created));
    let earliest = window.earliest.max(ended).min(window.now);
    let resolved = connection.data_connection_errors.iter().filter_map(|error| error.resolved_on_utc);
    resolved.filter(|at| (earliest..=window.now).contains(at)).min().unwrap_or(earliest)
}

/// When it was deauthorized: from its error if that has a time, since the app may not have run then.
fn deauthorized_at(connection: &Connection, now: Timestamp) -> Timestamp {
    active_error(connection).and_then(|error| error.errored_on_utc).map_or(now, |errored| errored.min(now))
}
