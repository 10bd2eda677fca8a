//! What a world is made of.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{record::Slot, seed};

/// What a world is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Origin {
    /// Another seed gives other identifiers, names and times.
    pub(crate) seed: u64,
    /// How many companies it begins with.
    pub(crate) companies: u32,
    /// When it was made: its ages count from here.
    pub(crate) born: Timestamp,
}

impl Origin {
    /// The identifier of the company at `slot`.
    pub(crate) fn company_id(&self, slot: Slot) -> Uuid {
        seed::named(seed::namespace(self.seed), "company", u64::from(slot))
    }
}
