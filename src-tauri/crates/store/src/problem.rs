//! Finds why connections need attention.

use std::collections::BTreeMap;

use codat::{
    CompanyId, Connection, ConnectionId,
    expiry::Estimate,
    status::{Trouble, find_cause},
};
use jiff::Timestamp;

use crate::{
    connection_expiry,
    error::StoreError,
    store::Store,
    view::{AccessEnd, Problem},
};

impl Problem {
    /// Why this connection needs attention, if it does. `access`: when its access was expected to end.
    pub(crate) fn new(connection: &Connection, access: Option<Estimate>) -> Option<Self> {
        let found = find_cause(connection, access)?;
        let error = found.error;
        Some(Self {
            trouble: found.rule.trouble,
            actor: found.rule.actor,
            happened: found.rule.happened,
            meaning: found.rule.meaning,
            to_do: found.rule.to_do,
            code: error.map(|error| error.status_code.trim().to_owned()).filter(|code| !code.is_empty()),
            at: error
                .and_then(|error| error.errored_on_utc)
                .filter(|at| *at != Timestamp::MAX)
                .map(Timestamp::as_millisecond),
            ended: found.ended.map(|ended| AccessEnd {
                clock: connection_expiry::clock_kind(ended.clock),
                days: ended.clock.days(),
                at: ended.expires.as_millisecond(),
            }),
        })
    }
}

impl Store {
    /// Why the connections of these companies need attention, for those that do.
    ///
    /// # Errors
    /// Database errors.
    pub async fn troubles(
        &self,
        companies: &[CompanyId],
    ) -> Result<BTreeMap<ConnectionId, Trouble>, StoreError> {
        if companies.is_empty() {
            return Ok(BTreeMap::new());
        }
        let wanted: Vec<_> = companies.iter().map(|company| (*company, 0)).collect();
        let rows = self.load_rows(&wanted).await?.into_iter().flat_map(|row| row.connections);
        Ok(rows.filter_map(|chip| Some((chip.id, chip.problem?.trouble))).collect())
    }
}
