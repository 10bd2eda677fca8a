//! The expiry of connections as the database stores it, calculated here alone.

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

/// The code of a linked connection whose integration has no clock.
pub(crate) const NO_CLOCK: u8 = 2;

/// The code of a clock in the database.
pub(crate) fn clock_code(kind: ClockKind) -> u8 {
    match kind {
        ClockKind::Idle => 0,
        ClockKind::Consent => 1,
    }
}

pub(crate) fn clock_kind(clock: Clock) -> ClockKind {
    match clock {
        Clock::Idle(_) => ClockKind::Idle,
        Clock::Consent(_) => ClockKind::Consent,
    }
}

/// The expiry columns of a connection, in milliseconds since 1970 (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ConnectionExpiry {
    /// `None` unless the connection is linked.
    pub(crate) clock: Option<u8>,
    pub(crate) expires: Option<i64>,
    /// When keep-alive or a warning is due.
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

    /// For a linked connection.
    pub(crate) fn for_linked(clock: Option<Clock>, used: Used) -> Self {
        let estimate = clock.and_then(|clock| estimate(clock, used));
        Self {
            clock: Some(estimate.map_or(NO_CLOCK, |estimate| clock_code(clock_kind(estimate.clock)))),
            expires: estimate.map(|estimate| estimate.expires.as_millisecond()),
            due: estimate.map(|estimate| estimate.clock.due(estimate.expires).as_millisecond()),
        }
    }
}

/// The expiry estimates of connections with a stored history.
#[derive(Debug)]
pub(crate) struct ExpiryEstimates<'a> {
    clocks: &'a Clocks,
    histories: BTreeMap<ConnectionId, ConnectionHistory>,
}

impl<'a> ExpiryEstimates<'a> {
    pub(crate) fn new(clocks: &'a Clocks, histories: BTreeMap<ConnectionId, ConnectionHistory>) -> Self {
        Self { clocks, histories }
    }

    /// The earliest expiry among a company's connections.
    pub(crate) fn earliest_for(&self, company: &Company) -> Option<i64> {
        let expiries = company.data_connections.iter().filter_map(|connection| {
            let linked = self.histories.get(&connection.id).and_then(|history| history.linked);
            ConnectionExpiry::new(connection, linked, self.clocks).expires
        });
        expiries.min()
    }
}

/// The basis of an estimate, as the interface shows it.
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
