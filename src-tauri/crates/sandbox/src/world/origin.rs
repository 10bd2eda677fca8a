//! The parameters of a world.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{record::Slot, seed};

/// The parameters of a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Origin {
    /// Determines IDs, names and times.
    pub(crate) seed: u64,
    /// The initial number of companies.
    pub(crate) companies: u32,
    /// All ages count back from this time.
    pub(crate) born: Timestamp,
}

impl Origin {
    pub(crate) fn company_id(&self, slot: Slot) -> Uuid {
        seed::derive_id(seed::namespace(self.seed), "company", u64::from(slot))
    }
}
