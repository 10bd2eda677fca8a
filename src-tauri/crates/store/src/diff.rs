//! What is different between a company as it was kept and as it is said now. Pure.

use codat::{
    Colour, Company, Connection, ConnectionId, ConnectionStatus,
    status::{active_error, connection_color},
};
use jiff::{SignedDuration, Timestamp};

use crate::change::ChangeKind;

/// How long after its first reads a connection through an offline connector may end and still count as
/// meant for one time.
const ONE_TIME_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// Something that changed, about a connection or about the company itself.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Difference<'a> {
    pub(crate) connection: Option<&'a Connection>,
    pub(crate) kind: ChangeKind,
}

/// What changed from `old`, none of which was kept before, to `new`. Connections that `new` lacks are not
/// looked at: whether they are gone is not known yet.
pub(crate) fn differences<'a>(old: Option<&Company>, new: &'a Company) -> Vec<Difference<'a>> {
    let mut found = Vec::new();
    match old {
        None => found.push(Difference { connection: None, kind: ChangeKind::CompanyAppeared }),
        Some(old) if edited(old, new) => {
            found.push(Difference { connection: None, kind: ChangeKind::CompanyChanged });
        }
        Some(_) => {}
    }
    let known = old.map(|old| old.data_connections.as_slice()).unwrap_or_default();
    for connection in &new.data_connections {
        let before = known.iter().find(|known| known.id == connection.id);
        found.extend(connection_changes(before, connection));
    }
    found
}

fn edited(old: &Company, new: &Company) -> bool {
    let parent = |company: &Company| company.reference_parent_company.as_ref().map(|parent| parent.id);
    old.name != new.name
        || old.description != new.description
        || old.tags != new.tags
        || old.products != new.products
        || parent(old) != parent(new)
}

fn connection_changes<'a>(
    before: Option<&Connection>,
    now: &'a Connection,
) -> impl Iterator<Item = Difference<'a>> + use<'a> {
    let colour = connection_color(now);
    let kinds = match before {
        None => [Some(ChangeKind::ConnectionAppeared { status: now.status.clone(), colour }), None],
        Some(before) => [
            (before.status != now.status)
                .then(|| ChangeKind::StatusChanged { from: before.status.clone(), to: now.status.clone() }),
            turned(connection_color(before), colour),
        ],
    };
    kinds.into_iter().flatten().map(|kind| Difference { connection: Some(now), kind })
}

fn turned(from: Colour, to: Colour) -> Option<ChangeKind> {
    (from != to).then_some(ChangeKind::ColourChanged { from, to })
}

/// Connections that were kept and that `new` does not have.
pub(crate) fn missing<'a>(old: &'a Company, new: &Company) -> impl Iterator<Item = &'a Connection> {
    let here: Vec<ConnectionId> = new.data_connections.iter().map(|connection| connection.id).collect();
    old.data_connections.iter().filter(move |connection| !here.contains(&connection.id))
}

/// Between when what changes can have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// When it was last known to be as it is kept.
    known: Timestamp,
    /// When it was said to be as it is now.
    pub(crate) now: Timestamp,
}

impl Span {
    /// Where it is not known how old what is kept is, it changed now.
    pub(crate) fn new(known: Option<Timestamp>, now: Timestamp) -> Self {
        Self { known: known.map_or(now, |known| known.min(now)), now }
    }
}

/// What is remembered of a connection beyond what the server says of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Past {
    /// When its first reads were complete.
    pub(crate) first_read: Option<Timestamp>,
    /// When it was deauthorized, while it is.
    pub(crate) deauthorized: Option<Timestamp>,
    /// When it last became linked after it had not been; where that is not said, the earliest it can have been.
    pub(crate) linked: Option<Timestamp>,
    /// Whether it is linked.
    pub(crate) is_linked: bool,
}

impl Past {
    /// Goes on from what was remembered, if anything was, with what is said now.
    pub(crate) fn go_on(before: Option<Self>, connection: &Connection, span: Span) -> Self {
        let first_read = match before {
            Some(Self { first_read: Some(first), .. }) => Some(first),
            // It was seen without a read before: this is the first.
            Some(Self { first_read: None, .. }) => connection.last_sync,
            None => connection.last_sync.map(|last| first_of_an_unknown_past(connection.created, last)),
        };
        let deauthorized = (connection.status == ConnectionStatus::Deauthorized).then(|| {
            before.and_then(|before| before.deauthorized).unwrap_or_else(|| since(connection, span.now))
        });
        let is_linked = connection.status == ConnectionStatus::Linked;
        let linked = match before {
            Some(before) if is_linked && !before.is_linked => Some(linked_again(connection, before, span)),
            before => before.and_then(|before| before.linked),
        };
        Self { first_read, deauthorized, linked, is_linked }
    }

    /// Whether it ended within a day of its first reads; only through an offline connector does that mean
    /// that it was a one-time connection.
    pub(crate) fn ended_within_a_day(self, created: Timestamp) -> bool {
        let from = self.first_read.unwrap_or(created);
        self.deauthorized.is_some_and(|ended| ended.duration_since(from) <= ONE_TIME_WITHIN)
    }
}

/// The last read of a connection first seen now may be its hundredth. Only one made just before is taken
/// for the first; otherwise the first was long ago, and the connection is no one-time connection.
fn first_of_an_unknown_past(created: Timestamp, last: Timestamp) -> Timestamp {
    if last.duration_since(created) <= ONE_TIME_WITHIN { last } else { created }
}

/// When a connection was linked again, some time within the span. The API does not say it, but for an error that
/// was resolved with it. Else it is taken for as early as it can have been: what ends so long after is then
/// seen to too soon rather than too late.
fn linked_again(connection: &Connection, before: Past, span: Span) -> Timestamp {
    let ended = before.deauthorized.map_or(connection.created, |ended| ended.max(connection.created));
    let earliest = span.known.max(ended).min(span.now);
    let resolved = connection.data_connection_errors.iter().filter_map(|error| error.resolved_on_utc);
    resolved.filter(|at| (earliest..=span.now).contains(at)).min().unwrap_or(earliest)
}

/// When it was deauthorized: the error that says so knows, if the app was not running then.
fn since(connection: &Connection, now: Timestamp) -> Timestamp {
    active_error(connection).and_then(|error| error.errored_on_utc).map_or(now, |errored| errored.min(now))
}
