//! What a list asks for and what it gets: the values that cross to the interface.

use codat::{
    Color, CompanyId, ConnectionId,
    status::{Actor, Trouble},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a list shows: a search, an order, and which parents are open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct View {
    /// The search box as typed: words and filters.
    pub search: String,
    /// The order.
    pub sort: Sort,
    /// Parents whose subsidiaries are shown beneath them. Meant only while nothing is searched for: then
    /// subsidiaries of a known parent are shown under it alone; a search shows every match, flat.
    #[ts(as = "Vec<String>")]
    pub expanded: Vec<CompanyId>,
    /// A company whose row is looked for, wherever it has gone.
    #[ts(as = "Option<String>", optional)]
    pub locate: Option<CompanyId>,
}

/// An order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Sort {
    /// By what.
    pub column: SortColumn,
    /// Largest first. What is missing is last in both directions; equals go by name, then by ID.
    pub descending: bool,
}

impl Default for Sort {
    fn default() -> Self {
        Self { column: SortColumn::LastRead, descending: true }
    }
}

/// What a list can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "each is the column it names")]
pub enum SortColumn {
    Name,
    Id,
    CreatedBy,
    Created,
    LastRead,
    /// By color, worst first.
    Connections,
    Status,
    Products,
    Tags,
    Expires,
    Description,
}

/// A column of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ColumnChoice {
    /// The column.
    pub key: SortColumn,
    /// The width in CSS pixels. None: the default width.
    pub width: Option<f64>,
    /// Whether it is shown.
    pub shown: bool,
}

/// A search, an order and columns under a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SavedView {
    /// Chosen by the page that creates it.
    pub id: String,
    /// The name.
    pub name: String,
    /// The search as typed.
    pub search: String,
    /// The order.
    pub sort: Sort,
    /// None: the columns of the list.
    pub columns: Option<Vec<ColumnChoice>>,
}

/// A list's answer: everything a first paint needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CompaniesPage {
    /// Of the local database, in memory: grows with every change that a list could show.
    pub version: u64,
    /// All companies of the workspace.
    pub all: u32,
    /// Companies that match the search; equals `all` where nothing is searched for.
    pub matching: u32,
    /// Rows that the view has: `matching`, less the subsidiaries under closed parents.
    pub row_count: u32,
    /// The row of the company that is looked for, where the view has one.
    pub located: Option<u32>,
    /// Companies of each color among those that match the search apart from its `is:` filters.
    pub counts: Counts,
    /// What is wrong with the search, where something is: unknown filters, unbalanced quotes, bad values.
    pub problems: Vec<SearchProblem>,
    /// The first rows.
    pub rows: Vec<CompanyRow>,
}

/// More rows of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Rows {
    /// The version these rows are of; an asker with another one asks `companies` again.
    pub version: u64,
    /// Where they begin.
    pub offset: u32,
    /// The rows.
    pub rows: Vec<CompanyRow>,
}

/// Companies by color; a company has that of its worst connection, so they add up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "each is the color it names")]
pub struct Counts {
    pub red: u32,
    pub grey: u32,
    pub purple: u32,
    pub green: u32,
    pub none: u32,
}

impl Counts {
    /// From the numbers of companies of each color, worst first.
    pub(crate) fn from_array([red, grey, purple, green, none]: [u32; 5]) -> Self {
        Self { red, grey, purple, green, none }
    }

    /// Companies of all colors.
    pub(crate) fn total(self) -> u32 {
        [self.red, self.grey, self.purple, self.green, self.none].into_iter().fold(0, u32::saturating_add)
    }

    /// The count of a color by its number, worst first; see `company_index::color_code`.
    pub(crate) fn count_mut(&mut self, number: u8) -> &mut u32 {
        match number {
            0 => &mut self.red,
            1 => &mut self.grey,
            2 => &mut self.purple,
            3 => &mut self.green,
            _ => &mut self.none,
        }
    }
}

/// Something wrong in a search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SearchProblem {
    /// Where it begins in the search, in UTF-16 units, as the interface counts.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// What is wrong and what would be right, a plain sentence.
    pub message: String,
}

/// One row of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CompanyRow {
    /// Its identifier.
    #[ts(as = "String")]
    pub id: CompanyId,
    /// Its name.
    pub name: String,
    /// Free text.
    pub description: Option<String>,
    /// Who created it.
    pub created_by: Option<String>,
    /// Milliseconds since 1970, UTC.
    pub created: i64,
    /// The newest successful read; milliseconds since 1970, UTC.
    pub last_read: Option<i64>,
    /// Since when what the server says of it cannot be read: the row is older. Milliseconds since 1970, UTC.
    pub unreadable_since: Option<i64>,
    /// That of the worst connection.
    #[ts(as = "ColorName")]
    pub color: Color,
    /// Worst first, then by name.
    pub connections: Vec<ConnectionChip>,
    /// Product slugs.
    pub products: Vec<String>,
    /// Key and value, by key.
    pub tags: Vec<(String, String)>,
    /// When the first of its connections may expire; milliseconds since 1970, UTC.
    pub expires: Option<i64>,
    /// The parent, where it is a subsidiary.
    pub parent: Option<ParentRef>,
    /// How many subsidiaries it has.
    pub subsidiaries: u32,
    /// The subsidiaries by color.
    pub subsidiary_counts: Counts,
    /// 1 where it is shown under its parent, else 0.
    pub depth: u8,
}

/// The company that another is a subsidiary of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ParentRef {
    /// Its identifier.
    #[ts(as = "String")]
    pub id: CompanyId,
    /// Its name.
    pub name: String,
}

/// A connection as a list, a drawer and the tray show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionChip {
    /// Its identifier.
    #[ts(as = "String")]
    pub id: ConnectionId,
    /// Four letters.
    pub integration_key: String,
    /// The integration's name.
    pub name: String,
    /// `Accounting` and its like.
    pub source_type: String,
    /// The status as Codat says it.
    pub status: String,
    /// Its color.
    #[ts(as = "ColorName")]
    pub color: Color,
    /// The word shown beside the shape: Linked, Deauthorized, Error, Pending, Unlinked, or a newer status.
    pub word: String,
    /// The error that stands, in the API's words.
    pub error: Option<String>,
    /// Red by a failure of the platform itself: no Link URL mends that.
    pub is_outage: bool,
    /// Why it needs attention, if it does.
    pub problem: Option<Problem>,
    /// Milliseconds since 1970, UTC.
    pub created: i64,
    /// Milliseconds since 1970, UTC.
    pub last_read: Option<i64>,
    /// When it may expire; milliseconds since 1970, UTC.
    pub expires: Option<i64>,
    /// What that rests on.
    pub rests_on: Option<RestsOn>,
    /// Deauthorized within 24 hours of completing its first reads through an offline connector: it was
    /// meant for one time, is marked so, and raises no alert.
    pub one_time: bool,
}

/// Why a connection needs attention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// The cause.
    #[serde(skip)]
    #[ts(skip)]
    pub trouble: Trouble,
    /// Who has to act.
    #[ts(as = "ActorName")]
    pub actor: Actor,
    /// What happened, to follow the name of the platform.
    pub happened: &'static str,
    /// The cause, in one sentence.
    pub meaning: &'static str,
    /// What to do, in one sentence.
    pub to_do: &'static str,
    /// The code of the active error, usually an HTTP status. None without an error or its code.
    pub code: Option<String>,
    /// When Codat recorded that error; milliseconds since 1970, UTC.
    pub at: Option<i64>,
    /// When the access ended, if that is the cause.
    pub ended: Option<AccessEnd>,
}

/// The end of a connection's access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccessEnd {
    /// What ended it.
    pub clock: ClockKind,
    /// The length of the clock, in days.
    pub days: u16,
    /// When it ended; milliseconds since 1970, UTC.
    pub at: i64,
}

/// The names of those who act, on the wire.
#[derive(Debug, Clone, Copy, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "each is the actor it names")]
pub enum ActorName {
    Customer,
    Platform,
    We,
}

/// What ends a connection's access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ClockKind {
    /// Days without a read.
    Idle,
    /// Days since consent, whatever is read.
    Consent,
}

/// From what a clock is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CountedFrom {
    /// The newest successful read.
    LastRead,
    /// When it was last seen to become linked.
    Linked,
    /// Its creation: nothing later is known.
    Created,
}

/// What an estimate of a connection's end rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RestsOn {
    /// Which clock.
    pub clock: ClockKind,
    /// How many days it runs.
    pub days: u16,
    /// From when; milliseconds since 1970, UTC.
    pub since: i64,
    /// What happened then.
    pub counted_from: CountedFrom,
    /// Whether the number of days is an estimate itself.
    pub estimate: bool,
}

/// The names of the colors on the wire.
#[derive(Debug, Clone, Copy, Serialize, TS)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each is the color it names")]
pub enum ColorName {
    Red,
    Grey,
    Purple,
    Green,
    None,
}

/// A way to go on in the search box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Suggestion {
    /// The whole search box, were it taken.
    pub search: String,
    /// Where the cursor would be, in UTF-16 units.
    pub cursor: u32,
    /// What is shown, such as `platform:xero`.
    pub label: String,
    /// What it means, a few words.
    pub hint: String,
    /// How many companies it would leave; none where it is not yet a whole filter.
    pub count: Option<u32>,
}
