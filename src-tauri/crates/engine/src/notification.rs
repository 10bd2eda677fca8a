//! Desktop notifications.

use std::collections::BTreeSet;

use codat::{CompanyId, ConnectionId};
use domain::Place;

/// A desktop notification.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// The page that a click opens otherwise.
    pub place: Option<Place>,
    /// A notification that is still open with the same text here is replaced by this one.
    pub replaces: Option<String>,
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
