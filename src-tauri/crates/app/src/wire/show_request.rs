//! What the window is asked to show.

use domain::Place;
use serde::Serialize;
use ts_rs::TS;

/// What to show. It is stored until a window takes it, because the window may still be opening.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "Wanted")]
pub(crate) struct ShowRequest {
    /// The workspace to switch to, if the window shows another one.
    pub workspace: Option<String>,
    pub company: Option<String>,
    /// The tab of the company.
    pub part: Option<String>,
    /// The path within the tab, outermost first.
    pub within: Vec<String>,
    /// A search in the list of companies.
    pub search: Option<String>,
    /// The ID of a saved view of the list.
    pub view: Option<String>,
    pub place: Option<Place>,
    /// A message for the user.
    pub message: Option<String>,
    /// Another workspace that has the company. The user must confirm the switch.
    pub elsewhere: Option<Elsewhere>,
}

/// A workspace that has a company, while the window shows another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct Elsewhere {
    pub workspace: String,
    pub name: String,
}
