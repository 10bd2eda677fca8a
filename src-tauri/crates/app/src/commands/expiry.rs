//! The *Expiry* screen: the skyline, the list of connections, the table of clocks, and keep-alive.

use std::collections::{BTreeMap, BTreeSet};

use codat::{
    ConnectionId,
    expiry::{Clock, Clocks, Rule},
};
use domain::{KeepAliveMode, NewRun, ReadRequest, ReadSelection, RunAct, RunCause, SafeMode};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use store::{ClockKind, ExpiryFilter, ExpiryRow, KeepAliveEntry, Skyline};
use ts_rs::TS;

use super::{
    ById, Nothing, RunBegan,
    connections::connection_id,
    links::{LinksCopied, LinksForm, is_lasting_link},
    runs::failure_text,
};
use crate::{
    app::App,
    csv,
    error::{Code, WireError},
    keep_alive,
    open_workspace::OpenWorkspace,
    wire::Event,
};

/// The maximum number of days in a skyline.
const MAX_DAYS: usize = 400;
/// The maximum number of rows in one answer.
const MAX_ROWS: u32 = 1_000;
/// The maximum number of connections in one action.
const MAX_SELECTION: u32 = 10_000;
/// The number of keep-alive entries in one answer.
const LEDGER_PAGE_SIZE: u32 = 100;

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SkylineRequest {
    /// The starts of the days in order, and the end of the last day; milliseconds since 1970, UTC.
    pub edges: Vec<i64>,
}

/// A part of the list of connections that may expire.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct ExpiringRequest {
    pub filter: ExpiryFilter,
    /// The index of the first row.
    pub offset: u32,
    /// The number of rows, at most 1,000.
    pub limit: u32,
}

/// A part of the list, soonest first.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct ExpiringPage {
    /// The number of rows that match the filter.
    pub total: u32,
    pub rows: Vec<ExpiryRow>,
}

/// The selected connections.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct ExpirySelection {
    /// Their IDs. None: all that match the filter.
    pub connections: Option<Vec<String>>,
    pub filter: ExpiryFilter,
}

/// Link URLs to copy.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct ExpiryLinks {
    pub selection: ExpirySelection,
    pub form: LinksForm,
}

/// The effect of refreshing a selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub(crate) struct ExpiryRefreshPreview {
    /// Connections that are read, with one request each.
    pub reads: u32,
    /// Connections that are left out because a read does not extend a consent.
    pub consents: u32,
    /// Connections that are left out because they have no data type that can be read separately.
    pub unreadable: u32,
}

/// An integration in the table of clocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClockRow {
    /// The key of the integration, four letters.
    pub key: String,
    /// Its name, or its key if the name is unknown.
    pub name: String,
    /// The kind of its clock. None: it does not expire.
    pub kind: Option<ClockKind>,
    /// The days until it expires.
    pub days: Option<u16>,
    /// Where this number comes from.
    pub source: String,
    /// Whether it is an estimate.
    pub estimate: bool,
    /// Whether the user changed it.
    pub changed: bool,
    /// Whether there is a built-in rule to reset to.
    pub standard: bool,
    /// The number of linked connections.
    pub connections: u32,
}

/// A rule for an integration.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SetClock {
    /// The key of the integration, four letters.
    pub key: String,
    /// The kind of its clock. None: it does not expire.
    pub kind: Option<ClockKind>,
    /// The days until it expires, 1 to 1,830.
    pub days: Option<u16>,
    /// Where this number comes from.
    pub source: String,
    /// Whether it is an estimate.
    pub estimate: bool,
}

/// A part of the keep-alive ledger.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct KeepAliveRequest {
    /// The entry before which the part starts. None: start with the newest.
    pub before: Option<i64>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct SetKeepAlive {
    pub mode: KeepAliveMode,
}

/// The keep-alive mode and its ledger.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct KeepAliveView {
    /// The mode of this workspace on this computer.
    pub mode: KeepAliveMode,
    /// The number of connections that are due for a read.
    pub due: u32,
    /// Newest first.
    pub entries: Vec<KeepAliveEntry>,
}

impl App {
    pub(crate) async fn skyline(&self, request: SkylineRequest) -> Result<Skyline, WireError> {
        let in_order = request.edges.windows(2).all(|pair| pair[0] < pair[1]);
        if !in_order || request.edges.len() < 2 || request.edges.len() > MAX_DAYS + 1 {
            return Err(WireError::new(
                Code::BadArguments,
                format!("Choose 1 to {MAX_DAYS} consecutive days."),
            ));
        }
        Ok(self.command_workspace().await.store()?.skyline(&request.edges).await?)
    }

    pub(crate) async fn expiring(&self, request: ExpiringRequest) -> Result<ExpiringPage, WireError> {
        let store = self.command_workspace().await.store()?;
        let total = store.expiring_count(&request.filter).await?;
        let rows = store.expiring(&request.filter, request.offset, request.limit.min(MAX_ROWS)).await?;
        Ok(ExpiringPage { total, rows })
    }

    pub(crate) async fn copy_expiry_links(&self, request: ExpiryLinks) -> Result<LinksCopied, WireError> {
        let workspace = self.command_workspace().await;
        let all = selected_rows(&workspace, &request.selection).await?;
        let selected = all.len();
        let usable: Vec<_> = all.into_iter().filter(|row| is_lasting_link(&row.link_url)).collect();
        if usable.is_empty() {
            return Err(WireError::new(
                Code::LinkUrlUnknown,
                "None of these has a Link URL to copy here. Open the connection and copy its own.",
            ));
        }
        let text = match request.form {
            LinksForm::Text => usable.iter().map(link_line).collect(),
            LinksForm::Csv => link_table(&usable),
        };
        self.put_links_on_clipboard(&workspace, text, usable.len(), selected)
    }

    pub(crate) async fn preview_expiry_refresh(
        &self,
        selection: ExpirySelection,
    ) -> Result<ExpiryRefreshPreview, WireError> {
        let workspace = self.command_workspace().await;
        Ok(ExpiryRefresh::plan(&workspace, &selection).await?.preview())
    }

    pub(crate) async fn refresh_expiring(&self, selection: ExpirySelection) -> Result<RunBegan, WireError> {
        let workspace = self.command_workspace().await;
        let (store, runner, now) = (workspace.store()?, workspace.runner()?, workspace.now());
        let found = ExpiryRefresh::plan(&workspace, &selection).await?;
        if found.reads.is_empty() {
            return Err(WireError::new(
                Code::NotFound,
                "A refresh doesn’t extend any of these, so nothing was sent. Only the customer can renew a \
                 consent.",
            ));
        }
        let run = NewRun {
            cause: RunCause::Person,
            act: RunAct::Read,
            label: match found.reads.as_slice() {
                [(row, _)] => format!("{}: {}", row.company_name, row.connection.name),
                many => format!("{} connections that may expire", many.len()),
            },
            reads: ReadSelection::List(found.reads.into_iter().map(read).collect()),
            starts_at: now,
            spread: SignedDuration::ZERO,
        };
        let began = store.begin_run(&run, now).await?;
        runner.send_event(engine::Event::RunsChanged);
        Ok(RunBegan { run: began.id.0 })
    }

    pub(crate) async fn clocks(&self, _: Nothing) -> Result<Vec<ClockRow>, WireError> {
        let workspace = self.command_workspace().await;
        clock_table(&workspace).await
    }

    pub(crate) async fn set_clock(&self, set: SetClock) -> Result<Vec<ClockRow>, WireError> {
        let refused = |message: String| WireError::new(Code::BadArguments, message);
        let clock = match (set.kind, set.days) {
            (None, _) => None,
            (Some(_), None) => return Err(refused("An expiry rule needs a number of days.".to_owned())),
            (Some(ClockKind::Idle), Some(days)) => Some(Clock::Idle(days)),
            (Some(ClockKind::Consent), Some(days)) => Some(Clock::Consent(days)),
        };
        let rule = Rule { clock, source: set.source.trim().to_owned(), estimate: set.estimate };
        rule.check(&set.key).map_err(|error| refused(error.to_string()))?;
        self.put_clock(&set.key, Some(rule)).await
    }

    pub(crate) async fn reset_clock(&self, by: ById) -> Result<Vec<ClockRow>, WireError> {
        self.put_clock(&by.id, None).await
    }

    async fn put_clock(&self, key: &str, rule: Option<Rule>) -> Result<Vec<ClockRow>, WireError> {
        let workspace = self.command_workspace().await;
        let version = workspace.store()?.set_clock(key, rule.as_ref()).await?;
        self.emit(Event::Changed { version });
        clock_table(&workspace).await
    }

    pub(crate) async fn keep_alive(&self, request: KeepAliveRequest) -> Result<KeepAliveView, WireError> {
        let workspace = self.command_workspace().await;
        let (store, now) = (workspace.store()?, workspace.now());
        if request.before.is_none() {
            store.update_keep_alive_outcomes(now).await?;
        }
        let (_, due) = store.due_idle_connections(now, 0).await?;
        let mut entries = store.keep_alive_ledger(request.before, LEDGER_PAGE_SIZE).await?;
        for entry in &mut entries {
            entry.detail = entry.detail.as_deref().map(failure_text);
        }
        Ok(KeepAliveView { mode: keep_alive::load(&store).await?, due, entries })
    }

    pub(crate) async fn set_keep_alive(&self, set: SetKeepAlive) -> Result<KeepAliveView, WireError> {
        let workspace = self.command_workspace().await;
        if set.mode == KeepAliveMode::On && workspace.record().safe_mode < SafeMode::Operate {
            return Err(WireError::new(
                Code::SafeMode,
                "This workspace’s safe mode doesn’t allow refreshes. Nothing was changed. You can change it \
                 in Settings.",
            ));
        }
        keep_alive::save(workspace.store()?.as_ref(), set.mode).await?;
        workspace.update_keep_alive().await;
        self.emit(Event::Session);
        self.keep_alive(KeepAliveRequest { before: None }).await
    }
}

/// The reads of a selection, and the number of connections that are left out.
struct ExpiryRefresh {
    reads: Vec<(ExpiryRow, String)>,
    consents: usize,
    unreadable: usize,
}

impl ExpiryRefresh {
    /// Chooses the cheapest data type of each connection with an idle clock. Offline connectors are left out,
    /// because the customer's computer must start their reads.
    async fn plan(workspace: &OpenWorkspace, selection: &ExpirySelection) -> Result<Self, WireError> {
        let readable: BTreeMap<String, Vec<String>> = workspace
            .store()?
            .integrations()
            .await?
            .into_iter()
            .filter(|it| !it.is_offline_connector)
            .map(|it| (it.key.clone(), it.readable().map(str::to_owned).collect()))
            .collect();
        let mut found = Self { reads: Vec::new(), consents: 0, unreadable: 0 };
        for row in selected_rows(workspace, selection).await? {
            let rests_on = row.connection.rests_on.map(|rests_on| rests_on.clock);
            let types = readable.get(&row.connection.integration_key);
            match (rests_on, types.and_then(|types| engine::cheapest_read(types))) {
                (Some(ClockKind::Consent) | None, _) => found.consents += 1,
                (Some(ClockKind::Idle), None) => found.unreadable += 1,
                (Some(ClockKind::Idle), Some(key)) => found.reads.push((row, key.to_owned())),
            }
        }
        Ok(found)
    }

    fn preview(&self) -> ExpiryRefreshPreview {
        ExpiryRefreshPreview {
            reads: count_u32(self.reads.len()),
            consents: count_u32(self.consents),
            unreadable: count_u32(self.unreadable),
        }
    }
}

/// The selected connections, soonest first.
async fn selected_rows(
    workspace: &OpenWorkspace,
    selection: &ExpirySelection,
) -> Result<Vec<ExpiryRow>, WireError> {
    let store = workspace.store()?;
    let too_many = || {
        WireError::new(
            Code::BadArguments,
            format!(
                "You can choose at most {MAX_SELECTION} connections at once. Choose fewer days, or one kind."
            ),
        )
    };
    let Some(ids_given) = &selection.connections else {
        let rows = store.expiring(&selection.filter, 0, MAX_SELECTION + 1).await?;
        return if count_u32(rows.len()) > MAX_SELECTION { Err(too_many()) } else { Ok(rows) };
    };
    if count_u32(ids_given.len()) > MAX_SELECTION {
        return Err(too_many());
    }
    let ids: Vec<ConnectionId> = ids_given.iter().map(|id| connection_id(id)).collect::<Result<_, _>>()?;
    let mut rows = store.expiry_rows(&ids).await?;
    rows.sort_by_key(|row| row.connection.expires);
    Ok(rows)
}

/// All integrations that have a rule or linked connections.
async fn clock_table(workspace: &OpenWorkspace) -> Result<Vec<ClockRow>, WireError> {
    let store = workspace.store()?;
    let (clocks, changed) = (store.clocks(), store.changed_clocks().await?);
    let names: BTreeMap<_, _> = store.integrations().await?.into_iter().map(|it| (it.key, it.name)).collect();
    let linked: BTreeMap<_, _> = store.linked_by_integration().await?.into_iter().collect();
    let standard = Clocks::standard();
    let keys: BTreeSet<&str> =
        clocks.iter().map(|(key, _)| key).chain(linked.keys().map(String::as_str)).collect();
    let row = |key: &str| {
        let rule = clocks.rule(key);
        let clock = rule.and_then(|rule| rule.clock);
        ClockRow {
            key: key.to_owned(),
            name: names.get(key).cloned().unwrap_or_else(|| key.to_owned()),
            kind: clock.map(|clock| match clock {
                Clock::Idle(_) => ClockKind::Idle,
                Clock::Consent(_) => ClockKind::Consent,
            }),
            days: clock.map(Clock::days),
            source: rule.map(|rule| rule.source.clone()).unwrap_or_default(),
            estimate: rule.is_some_and(|rule| rule.estimate),
            changed: changed.iter().any(|changed| changed == key),
            standard: standard.rule(key).is_some(),
            connections: linked.get(key).copied().unwrap_or_default(),
        }
    };
    let mut rows: Vec<_> = keys.into_iter().map(row).collect();
    rows.sort_by(|one, other| {
        let first = |row: &ClockRow| (row.kind.is_none(), row.name.to_lowercase());
        first(one).cmp(&first(other))
    });
    Ok(rows)
}

fn read((row, data_type): (ExpiryRow, String)) -> ReadRequest {
    ReadRequest { company: row.company, data_type: Some(data_type), connection: Some(row.connection.id) }
}

fn link_line(row: &ExpiryRow) -> String {
    format!("{} ({}): {}\n", row.company_name, row.connection.name, row.link_url)
}

fn link_table(rows: &[ExpiryRow]) -> String {
    let mut table = csv::line([
        "Company",
        "Company ID",
        "Integration",
        "Connection ID",
        "May expire",
        "By",
        "Last read",
        "Link URL",
    ]);
    for row in rows {
        let connection = &row.connection;
        let by = match connection.rests_on.map(|rests_on| rests_on.clock) {
            Some(ClockKind::Consent) => "consent",
            Some(ClockKind::Idle) => "inactivity",
            None => "",
        };
        table.push_str(&csv::line([
            row.company_name.as_str(),
            &row.company.to_string(),
            &connection.name,
            &connection.id.to_string(),
            &csv::instant(connection.expires),
            by,
            &csv::instant(connection.last_read),
            &row.link_url,
        ]));
    }
    table
}

fn count_u32(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
