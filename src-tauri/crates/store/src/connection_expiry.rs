//! When connections may expire, as the database keeps it: derived from what is known of each, in one place.

use std::collections::BTreeMap;

use codat::{
    Company, Connection, ConnectionId, ConnectionStatus,
    expiry::{Basis, Clock, Clocks, Estimate, Used, estimate},
};
use jiff::Timestamp;

use crate::{
    diff::ConnectionHistory,
    view::{ClockKind, CountedFrom, RestsOn},
};

/// A linked connection whose integration has no clock that is counted.
pub(crate) const NO_CLOCK: u8 = 2;

/// A kind of clock as the database keeps it.
pub(crate) fn clock_code(kind: ClockKind) -> u8 {
    match kind {
        ClockKind::Idle => 0,
        ClockKind::Consent => 1,
    }
}

/// The kind of a clock.
pub(crate) fn clock_kind(clock: Clock) -> ClockKind {
    match clock {
        Clock::Idle(_) => ClockKind::Idle,
        Clock::Consent(_) => ClockKind::Consent,
    }
}

/// What is kept of a connection's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ConnectionExpiry {
    /// Nothing unless it is linked.
    pub(crate) clock: Option<u8>,
    pub(crate) expires: Option<i64>,
    /// When something is to be done about it.
    pub(crate) due: Option<i64>,
}

impl ConnectionExpiry {
    pub(crate) fn new(connection: &Connection, linked: Option<Timestamp>, clocks: &Clocks) -> Self {
        if connection.status != ConnectionStatus::Linked {
            return Self { clock: None, expires: None, due: None };
        }
        let used = Used { created: connection.created, last_read: connection.last_sync, linked };
        Self::for_linked(clocks.clock(&connection.integration_key), used)
    }

    /// Of a connection that is linked.
    pub(crate) fn for_linked(clock: Option<Clock>, used: Used) -> Self {
        let estimate = clock.and_then(|clock| estimate(clock, used));
        Self {
            clock: Some(estimate.map_or(NO_CLOCK, |estimate| clock_code(clock_kind(estimate.clock)))),
            expires: estimate.map(|estimate| estimate.expires.as_millisecond()),
            due: estimate.map(|estimate| estimate.clock.due(estimate.expires).as_millisecond()),
        }
    }
}

/// The estimates of the connections that something is remembered of.
#[derive(Debug)]
pub(crate) struct ExpiryEstimates<'a> {
    clocks: &'a Clocks,
    histories: BTreeMap<ConnectionId, ConnectionHistory>,
}

impl<'a> ExpiryEstimates<'a> {
    pub(crate) fn new(clocks: &'a Clocks, histories: BTreeMap<ConnectionId, ConnectionHistory>) -> Self {
        Self { clocks, histories }
    }

    /// When the first of a company's connections may expire.
    pub(crate) fn earliest_for(&self, company: &Company) -> Option<i64> {
        let expiries = company.data_connections.iter().filter_map(|connection| {
            let linked = self.histories.get(&connection.id).and_then(|history| history.linked);
            ConnectionExpiry::new(connection, linked, self.clocks).expires
        });
        expiries.min()
    }
}

/// What an estimate rests on, as it is shown.
pub(crate) fn estimate_basis(estimate: &Estimate, is_estimate: bool) -> RestsOn {
    RestsOn {
        clock: clock_kind(estimate.clock),
        days: estimate.clock.days(),
        since: estimate.since.as_millisecond(),
        counted_from: match estimate.basis {
            Basis::LastRead => CountedFrom::LastRead,
            Basis::Linked => CountedFrom::Linked,
            Basis::Created => CountedFrom::Created,
        },
        estimate: is_estimate,
    }
}
