//! Desktop notifications.

use std::collections::BTreeSet;

use codat::{CompanyId, ConnectionId};
use domain::Place;

/// The topic of a rejected API key.
pub(crate) const KEY_TOPIC: &str = "key";
/// The topic of the question about idle connections.
pub(crate) const IDLE_TOPIC: &str = "idle";

/// A desktop notification.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notification {
    /// The alerts in it. Each is claimed before it is shown.
    pub alerts: Vec<i64>,
    /// The first line.
    pub title: String,
    /// One or two sentences.
    pub body: String,
    /// The company that a click opens, if there is only one.
    pub company: Option<CompanyId>,
    /// The broken connection whose Link URL the button *Copy Link URL* copies.
    pub connection: Option<ConnectionId>,
    /// The broken connections that it is about. Once all of them are linked again, it is closed.
    pub about: Vec<ConnectionId>,
    /// The search that a click opens, for several companies.
    pub search: Option<String>,
    /// The number under which its alerts are claimed, if that is not its smallest alert.
    pub claim: Option<i64>,
    /// The page that a click opens otherwise.
    pub place: Option<Place>,
    /// What it is about, if that is not certain connections. Notifications of one topic replace each other, on the
    /// desktop and in the inbox.
    pub topic: Option<String>,
    /// Whether its topic ends with it.
    pub is_end: bool,
    /// Whether the inbox has it. It is stored there before it is shown for the first time.
    pub is_recorded: bool,
}

impl Notification {
    /// The number under which its alerts are claimed. The search `alert:NUMBER` finds their companies.
    pub fn claim_number(&self) -> Option<i64> {
        self.claim.or_else(|| self.alerts.iter().min().copied())
    }
}

/// Up to three distinct company names, and the number of others.
pub(crate) fn names<'a>(companies: impl Iterator<Item = &'a str>) -> String {
    let mut seen = BTreeSet::new();
    let names: Vec<&str> = companies.filter(|name| seen.insert(*name)).collect();
    let shown = names.iter().take(3).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(3) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
