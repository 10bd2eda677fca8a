//! The order of the changes that a page sends.

use serde::Deserialize;
use ts_rs::TS;

/// The position of a change in the changes of a page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(rename = "Turn")]
pub(crate) struct Revision {
    /// A random ID of the page.
    pub page: String,
    /// Increases with each change.
    pub at: u32,
}

impl Revision {
    /// Whether this revision is newer. Revisions of different pages have no order.
    pub(crate) fn is_newer_than(&self, other: &Self) -> bool {
        self.page == other.page && self.at > other.at
    }
}
