//! Counts idle clocks that keep-alive kept from expiring: compares the ledger with the recorded requests.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use store::Store;

use crate::error::SimulationError;

/// The number of idle clocks that would have expired by `end` without a keep-alive read. `reads`: when the
/// server accepted such reads, by connection.
pub(crate) async fn saved(
    store: &Store,
    reads: &BTreeMap<String, BTreeSet<Timestamp>>,
    end: Timestamp,
) -> Result<u64, SimulationError> {
    let mut saved = BTreeSet::new();
    for line in store.keep_alive_ledger(None, u32::MAX).await? {
        let connection = line.connection.to_string();
        let (noted, expires) = (instant(line.at)?, instant(line.expires)?);
        let was_read = noted <= expires
            && reads.get(&connection).is_some_and(|at| at.range(noted..=expires).next().is_some());
        if expires <= end && was_read {
            saved.insert((connection, expires));
        }
    }
    Ok(saved.len() as u64)
}

fn instant(millis: i64) -> Result<Timestamp, SimulationError> {
    Timestamp::from_millisecond(millis).map_err(|error| SimulationError::unexpected("the ledger", error))
}
