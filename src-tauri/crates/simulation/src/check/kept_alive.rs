//! Idle clocks that keep-alive kept from ending: what the ledger says, held against what went over the line.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use store::Store;

use crate::trouble::Trouble;

/// How many idle clocks would have ended by `end` had nothing been read since they were seen to, and did not
/// because the server took a read before that. `reads`: when it took those of keep-alive, by connection.
pub(crate) async fn saved(
    store: &Store,
    reads: &BTreeMap<String, BTreeSet<Timestamp>>,
    end: Timestamp,
) -> Result<u64, Trouble> {
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

fn instant(millis: i64) -> Result<Timestamp, Trouble> {
    Timestamp::from_millisecond(millis).map_err(|error| Trouble::odd("the ledger", error))
}
