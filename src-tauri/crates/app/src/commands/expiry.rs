//! When connections may expire: the skyline, the list beneath it, the table of clocks, and keep-alive.

use std::collections::{BTreeMap, BTreeSet};

use codat::{
    ConnectionId,
    expiry::{Clock, Clocks, Rule},
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use store::{
    ClockKind, ExpiryFilter, ExpiryRow, KeepAliveEntry, NewRun, Read, Reads, RunCause, SafeMode, Skyline,
};
use ts_rs::TS;

use super::{
    ById, Nothing, RunBegan,
    connections::connection_id,
    links::{Stale, carries_one_time_password, is_link},
    runs::words_of,
};
use crate::{
    app::App,
    clock, csv,
    desk::Desk,
    error::{Code, WireError},
    wire::{Copied, Event, KeepAliveMode},
};

/// Days of a skyline at most.
const MOST_DAYS: usize = 400;
/// The most rows of one answer.
const MOST_ROWS: u32 = 1_000;
/// The most connections that something is done with at once.
const MOST_AT_ONCE: u32 = 10_000;
/// Lines of the ledger in one answer.
const LEDGER_LINES: u32 = 100;

/// Which days.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SkylineRequest {
    /// The beginnings of the days, in order, and the end of the last; milliseconds since 1970, UTC.
    pub edges: Vec<i64>,
}

/// A part of the list of connections that may expire.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct ExpiringRequest {
    /// Which of them.
    pub filter: ExpiryFilter,
    /// Where to begin.
    pub offset: u32,
    /// How many, at most 1,000.
    pub limit: u32,
}

/// A part of the list, soonest first.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct ExpiringPage {
    /// How many pass the filter.
    pub total: u32,
    /// The rows.
    pub rows: Vec<ExpiryRow>,
}

/// What something is done with.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct ExpirySelection {
    /// These connections; none given: all that pass the filter.
    pub connections: Option<Vec<String>>,
    /// The filter.
    pub filter: ExpiryFilter,
}

/// Link URLs to be copied.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct ExpiryLinks {
    /// Whose.
    pub selection: ExpirySelection,
    /// As what.
    pub form: LinksForm,
}

/// What Link URLs are copied as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum LinksForm {
    /// A line each.
    Text,
    /// A table.
    Csv,
}

/// Link URLs on the clipboard.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LinksCopied {
    /// What was copied.
    pub copied: Copied,
    /// How many are in it.
    pub links: u32,
    /// How many have no Link URL, or one that works only once.
    pub left_out: u32,
}

/// What a refresh of a selection would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub(crate) struct ExpiryRefreshPreview {
    /// Connections that are read once: a request each.
    pub reads: u32,
    /// Left out: a consent is not prolonged by a read.
    pub consents: u32,
    /// Left out: nothing is known that could be read from there by itself.
    pub unreadable: u32,
}

/// One integration in the table of clocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClockRow {
    /// The integration, four letters.
    pub key: String,
    /// Its name, or its key.
    pub name: String,
    /// The kind of its clock; none: not counted.
    pub kind: Option<ClockKind>,
    /// How many days it runs.
    pub days: Option<u16>,
    /// Where that is from.
    pub source: String,
    /// Whether it is an estimate.
    pub estimate: bool,
    /// Whether a person changed it.
    pub changed: bool,
    /// Whether there is a rule of ours to go back to.
    pub standard: bool,
    /// Its linked connections.
    pub connections: u32,
}

/// A rule for an integration.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SetClock {
    /// The integration, four letters.
    pub key: String,
    /// The kind of clock; none: not counted.
    pub kind: Option<ClockKind>,
    /// How many days it runs, 1 to 1,830.
    pub days: Option<u16>,
    /// Where that is from.
    pub source: String,
    /// Whether it is an estimate.
    pub estimate: bool,
}

/// A part of the ledger of keep-alive.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct KeepAliveRequest {
    /// Before this entry; none: from the newest on.
    pub before: Option<i64>,
}

/// What is done about idle clocks.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct SetKeepAlive {
    /// What.
    pub mode: KeepAliveMode,
}

/// Keep-alive, as it is set and what it did.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct KeepAliveView {
    /// What is done about idle clocks in this workspace, on this computer.
    pub mode: KeepAliveMode,
    /// How many are due for a read by now.
    pub due: u32,
    /// Newest first.
    pub entries: Vec<KeepAliveEntry>,
}

impl App {
    pub(crate) async fn skyline(&self, request: SkylineRequest) -> Result<Skyline, WireError> {
        let in_order = request.edges.windows(2).all(|pair| pair[0] < pair[1]);
        if !in_order || request.edges.len() < 2 || request.edges.len() > MOST_DAYS + 1 {
            return Err(WireError::new(
                Code::BadArguments,
                format!("A skyline has 1 to {MOST_DAYS} days, one after the other."),
            ));
        }
        Ok(self.desk().await.store()?.skyline(&request.edges).await?)
    }

    pub(crate) async fn expiring(&self, request: ExpiringRequest) -> Result<ExpiringPage, WireError> {
        let store = self.desk().await.store()?;
        let total = store.expiring_count(&request.filter).await?;
        let rows = store.expiring(&request.filter, request.offset, request.limit.min(MOST_ROWS)).await?;
        Ok(ExpiringPage { total, rows })
    }

    pub(crate) async fn copy_expiry_links(&self, request: ExpiryLinks) -> Result<LinksCopied, WireError> {
        let desk = self.desk().await;
        let all = selected(&desk, &request.selection).await?;
        let found = all.len();
        let usable: Vec<_> = all
            .into_iter()
            .filter(|row| is_link(&row.link_url) && !carries_one_time_password(&row.link_url))
            .collect();
        if usable.is_empty() {
            return Err(WireError::new(
                Code::LinkUrlUnknown,
                "None of these has a Link URL that can be copied from here. Open the connection and copy its own.",
            ));
        }
        let text = match request.form {
            LinksForm::Text => usable.iter().map(line_of).collect(),
            LinksForm::Csv => table_of(&usable),
        };
        let links = amount(usable.len());
        let as_of = desk.runner().ok().and_then(|runner| runner.shown().health.last_sweep);
        let label = if links == 1 { "1 Link URL".to_owned() } else { format!("{links} Link URLs") };
        let stale = as_of.map(|since| Stale { since, reason: None });
        let copied = self.put_on_clipboard(text, label, stale)?;
        Ok(LinksCopied { copied, links, left_out: amount(found - usable.len()) })
    }

    pub(crate) async fn preview_expiry_refresh(
        &self,
        selection: ExpirySelection,
    ) -> Result<ExpiryRefreshPreview, WireError> {
        let desk = self.desk().await;
        Ok(ExpiryRefresh::of(&desk, &selection).await?.preview())
    }

    pub(crate) async fn refresh_expiring(&self, selection: ExpirySelection) -> Result<RunBegan, WireError> {
        let desk = self.desk().await;
        let (store, runner, now) = (desk.store()?, desk.runner()?, clock::now());
        let found = ExpiryRefresh::of(&desk, &selection).await?;
        if found.reads.is_empty() {
            return Err(WireError::new(
                Code::NotFound,
                "None of these is kept alive by a read, so nothing was sent. Consents are renewed by the customer.",
            ));
        }
        let run = NewRun {
            cause: RunCause::Person,
            label: match found.reads.as_slice() {
                [(row, _)] => format!("{}: {}", row.company_name, row.connection.name),
                many => format!("{} connections that may expire", many.len()),
            },
            reads: Reads::Each(found.reads.into_iter().map(read).collect()),
            starts_at: now,
            spread: SignedDuration::ZERO,
        };
        let began = store.begin_run(&run, now).await?;
        runner.tell(engine::Event::RunsChanged);
        Ok(RunBegan { run: began.id })
    }

    pub(crate) async fn clocks(&self, _: Nothing) -> Result<Vec<ClockRow>, WireError> {
        let desk = self.desk().await;
        clock_table(&desk).await
    }

    pub(crate) async fn set_clock(&self, set: SetClock) -> Result<Vec<ClockRow>, WireError> {
        let refused = |message: String| WireError::new(Code::BadArguments, message);
        let clock = match (set.kind, set.days) {
            (None, _) => None,
            (Some(_), None) => return Err(refused("A clock needs its number of days.".to_owned())),
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
        let desk = self.desk().await;
        let version = desk.store()?.set_clock(key, rule.as_ref()).await?;
        self.announce(Event::Changed { version });
        clock_table(&desk).await
    }

    pub(crate) async fn keep_alive(&self, request: KeepAliveRequest) -> Result<KeepAliveView, WireError> {
        let store = self.desk().await.store()?;
        let now = clock::now();
        if request.before.is_none() {
            store.settle_keep_alive(now).await?;
        }
        let (_, due) = store.idle_due(now, 0).await?;
        let mut entries = store.keep_alive_ledger(request.before, LEDGER_LINES).await?;
        for entry in &mut entries {
            entry.detail = entry.detail.as_deref().map(words_of);
        }
        Ok(KeepAliveView { mode: KeepAliveMode::kept(&store).await?, due, entries })
    }

    pub(crate) async fn set_keep_alive(&self, set: SetKeepAlive) -> Result<KeepAliveView, WireError> {
        let desk = self.desk().await;
        if set.mode == KeepAliveMode::On && desk.workspace().safe_mode < SafeMode::Operate {
            return Err(WireError::new(
                Code::SafeMode,
                "This workspace's safe mode does not let the app queue reads. Nothing was changed. It can be changed \
                 in Settings.",
            ));
        }
        set.mode.keep(desk.store()?.as_ref()).await?;
        desk.tell_keep_alive().await;
        self.announce(Event::Session);
        self.keep_alive(KeepAliveRequest { before: None }).await
    }
}

/// What is read of a selection, and what is left out.
struct ExpiryRefresh {
    reads: Vec<(ExpiryRow, String)>,
    consents: usize,
    unreadable: usize,
}

impl ExpiryRefresh {
    /// Of each connection with an idle clock the cheapest data type; offline connectors are read by the
    /// customer's own computer, and left out.
    async fn of(desk: &Desk, selection: &ExpirySelection) -> Result<Self, WireError> {
        let readable: BTreeMap<String, Vec<String>> = desk
            .store()?
            .integrations()
            .await?
            .into_iter()
            .filter(|it| !it.is_offline_connector)
            .map(|it| (it.key.clone(), it.readable().map(str::to_owned).collect()))
            .collect();
        let mut found = Self { reads: Vec::new(), consents: 0, unreadable: 0 };
        for row in selected(desk, selection).await? {
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
            reads: amount(self.reads.len()),
            consents: amount(self.consents),
            unreadable: amount(self.unreadable),
        }
    }
}

/// The connections of a selection, soonest first.
async fn selected(desk: &Desk, selection: &ExpirySelection) -> Result<Vec<ExpiryRow>, WireError> {
    let store = desk.store()?;
    let too_many = || {
        WireError::new(
            Code::BadArguments,
            format!("At most {MOST_AT_ONCE} connections at once. Choose fewer days, or one kind."),
        )
    };
    let Some(chosen) = &selection.connections else {
        let rows = store.expiring(&selection.filter, 0, MOST_AT_ONCE + 1).await?;
        return if amount(rows.len()) > MOST_AT_ONCE { Err(too_many()) } else { Ok(rows) };
    };
    if amount(chosen.len()) > MOST_AT_ONCE {
        return Err(too_many());
    }
    let ids: Vec<ConnectionId> = chosen.iter().map(|id| connection_id(id)).collect::<Result<_, _>>()?;
    let mut rows = store.expiry_rows(&ids).await?;
    rows.sort_by_key(|row| row.connection.expires);
    Ok(rows)
}

/// Every integration that is in the table, or has linked connections.
async fn clock_table(desk: &Desk) -> Result<Vec<ClockRow>, WireError> {
    let store = desk.store()?;
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

fn read((row, data_type): (ExpiryRow, String)) -> Read {
    Read { company: row.company, data_type: Some(data_type), connection: Some(row.connection.id) }
}

fn line_of(row: &ExpiryRow) -> String {
    format!("{} ({}): {}\n", row.company_name, row.connection.name, row.link_url)
}

fn table_of(rows: &[ExpiryRow]) -> String {
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
            Some(ClockKind::Idle) => "no read",
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

fn amount(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
