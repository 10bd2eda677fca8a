//! Refreshing many companies: the preview. Runs of every kind and their items.

use codat::{CompanyId, data::Group};
use domain::{
    MAX_TAGS, NewRun, ReadRequest, ReadSelection, RunAct, RunCause, RunCounts, RunId, RunState, SafeMode,
};
use engine::{Event, FailureReason};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use store::{DataTypeCheck, ItemRow, ItemState, RunSummary, Store};
use ts_rs::TS;

use super::{
    history::{Choice, advice, choice, type_name},
    selection::Selection,
};
use crate::{
    app::App,
    error::{Code, WireError},
    figures::grouped,
};

/// The requests per minute of runs: the engine's limit of 600 without the part for clicks.
const REQUESTS_PER_MINUTE: u64 = 580;

/// What to refresh.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefreshMany {
    pub selection: Selection,
    /// The key of the data type. None: all types that are fetched on first link.
    pub data_type: Option<String>,
}

/// The effect and the cost of a refresh.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefreshPreview {
    /// The number of selected companies.
    pub companies: u32,
    /// The number of companies with a request, one each.
    pub requests: u32,
    /// Companies that are left out because they have no linked connection.
    pub unlinked: u32,
    /// Companies that are left out because they are already being read.
    pub running: u32,
    /// How long the requests take, in seconds.
    pub seconds: u64,
    /// Today's remaining requests for acts.
    pub left_today: u64,
    /// Requests per day, if known.
    pub day: Option<u64>,
    /// The data types to choose from.
    pub data_types: Vec<TypeChoices>,
}

#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct TypeChoices {
    /// The heading.
    pub label: String,
    pub types: Vec<Choice>,
}

/// A started run.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub(crate) struct RunBegan {
    pub run: i64,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct ByRun {
    pub run: i64,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunRow {
    pub id: i64,
    pub cause: RunCauseName,
    pub act: RunActName,
    /// A description.
    pub label: String,
    pub state: RunState,
    /// When it was requested.
    pub created_at: i64,
    /// When its first request may be sent.
    pub starts_at: i64,
    pub ended_at: Option<i64>,
    /// The number of items by state.
    pub counts: RunCounts,
    /// The number of all items.
    pub total: u32,
    /// How many failed items can be retried.
    pub can_retry: u32,
    /// How long the remaining requests take, in seconds.
    pub seconds_left: u64,
    /// Whether it waits for the next day because today's share of the quota is used up.
    pub is_out_of_quota: bool,
    /// Whether the safe mode holds its remaining items.
    pub is_held: bool,
    /// Whether nothing was sent yet of a delete, so that it can be undone as a whole.
    pub can_undo: bool,
}

/// What a run does with each company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum RunActName {
    Refresh,
    ChangeTags,
    Delete,
}

/// The cause of a run.
#[derive(Debug, Clone, Copy, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum RunCauseName {
    /// The user.
    Person,
    Schedule,
    KeepAlive,
}

/// A part of a run's items.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunItemsRequest {
    pub run: i64,
    /// The states of the items. Empty: all.
    pub states: Vec<ItemState>,
    /// The index of the first item.
    pub offset: u32,
    /// The number of items, at most 1,000.
    pub limit: u32,
}

/// A part of a run's items in their order.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct RunItems {
    /// The number of all matching items.
    pub total: u32,
    pub rows: Vec<RunItemRow>,
}

/// A company in a run.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunItemRow {
    pub id: i64,
    #[ts(as = "String")]
    pub company: CompanyId,
    /// The name of the company. None if nothing is stored.
    pub name: Option<String>,
    /// Whether the company is in the list.
    pub is_known: bool,
    /// The name of the data type. None: all types that are fetched on first link.
    pub data_type: Option<String>,
    pub state: ItemState,
    /// When it reached this state.
    pub at: Option<i64>,
    /// Why it failed or was skipped and what to do, or what is unknown about its result.
    pub reason: Option<String>,
    /// Whether a retry can help.
    pub can_retry: bool,
}

impl App {
    pub(crate) async fn refresh_preview(&self, refresh: RefreshMany) -> Result<RefreshPreview, WireError> {
        let workspace = self.command_workspace().await;
        let (store, health) = (workspace.store()?, workspace.runner()?.snapshot().health);
        let companies = refresh.selection.companies(&store, workspace.now()).await?;
        let preview = store.preview_run(&companies, refresh.data_type.as_deref(), workspace.now()).await?;
        let requests = preview.companies.saturating_sub(preview.unlinked + preview.running);
        Ok(RefreshPreview {
            companies: preview.companies,
            requests,
            unlinked: preview.unlinked,
            running: preview.running,
            seconds: seconds(requests),
            left_today: health.left_for_user,
            day: health.quota_limit,
            data_types: type_choices(),
        })
    }

    pub(crate) async fn refresh_many(&self, refresh: RefreshMany) -> Result<RunBegan, WireError> {
        let workspace = self.command_workspace().await;
        let (store, runner, now) = (workspace.store()?, workspace.runner()?, workspace.now());
        let companies = refresh.selection.companies(&store, now).await?;
        if companies.is_empty() {
            return Err(WireError::new(Code::NotFound, "No company is selected. Nothing was sent."));
        }
        let run = NewRun {
            cause: RunCause::Person,
            act: RunAct::Read,
            label: label(&store, &companies, refresh.data_type.as_deref()).await?,
            reads: ReadSelection::List(reads(companies, refresh.data_type.as_deref())),
            starts_at: now,
            spread: SignedDuration::ZERO,
        };
        let began = store.begin_run(&run, now).await?;
        runner.send_event(Event::RunsChanged);
        Ok(RunBegan { run: began.id.0 })
    }

    pub(crate) async fn runs(&self, _: super::Nothing) -> Result<Vec<RunRow>, WireError> {
        let workspace = self.command_workspace().await;
        let runs = workspace.store()?.runs().await?;
        let left = workspace.runner().map_or(u64::MAX, |runner| runner.snapshot().health.left_for_user);
        let safe_mode = workspace.record().safe_mode;
        let now = workspace.now().as_millisecond();
        Ok(runs.into_iter().map(|run| RunRow::new(run, left, safe_mode, now)).collect())
    }

    pub(crate) async fn run_items(&self, request: RunItemsRequest) -> Result<RunItems, WireError> {
        let store = self.command_workspace().await.store()?;
        let page =
            store.run_items(RunId(request.run), &request.states, request.offset, request.limit).await?;
        Ok(RunItems { total: page.total, rows: page.rows.into_iter().map(RunItemRow::from).collect() })
    }

    pub(crate) async fn pause_run(&self, by: ByRun) -> Result<super::Nothing, WireError> {
        let workspace = self.command_workspace().await;
        let changed = workspace.store()?.pause_run(RunId(by.run), true).await?;
        self.run_changed(&workspace, by.run, changed)
    }

    pub(crate) async fn resume_run(&self, by: ByRun) -> Result<super::Nothing, WireError> {
        let workspace = self.command_workspace().await;
        let changed = workspace.store()?.pause_run(RunId(by.run), false).await?;
        self.run_changed(&workspace, by.run, changed)
    }

    pub(crate) async fn cancel_run(&self, by: ByRun) -> Result<super::Nothing, WireError> {
        let workspace = self.command_workspace().await;
        let changed = workspace.store()?.cancel_run(RunId(by.run), workspace.now()).await?;
        self.run_changed(&workspace, by.run, changed)
    }

    pub(crate) async fn retry_failed(&self, by: ByRun) -> Result<super::Nothing, WireError> {
        let workspace = self.command_workspace().await;
        let changed = workspace.store()?.retry_run(RunId(by.run)).await? > 0;
        self.run_changed(&workspace, by.run, changed)
    }

    fn run_changed(
        &self,
        workspace: &crate::open_workspace::OpenWorkspace,
        run: i64,
        changed: bool,
    ) -> Result<super::Nothing, WireError> {
        if !changed {
            return Err(WireError::new(Code::NotFound, "This has already ended. Nothing was changed."));
        }
        self.emit(crate::wire::Event::Run { id: run });
        if let Ok(runner) = workspace.runner() {
            runner.send_event(Event::RunsChanged);
        }
        Ok(super::Nothing {})
    }
}

impl RunRow {
    /// `left`: today's remaining requests for acts.
    fn new(run: RunSummary, left: u64, safe_mode: SafeMode, now: i64) -> Self {
        let counts = run.counts;
        let has_more = run.state == RunState::Running && counts.waiting + counts.sent > 0;
        let seconds_left = seconds_left(&run, now);
        let (required_mode, is_delete) = (run.act.required_mode(), run.act == RunAct::DeleteCompany);
        Self {
            id: run.id.0,
            cause: match run.cause {
                RunCause::Person => RunCauseName::Person,
                RunCause::Schedule(_) => RunCauseName::Schedule,
                RunCause::KeepAlive => RunCauseName::KeepAlive,
            },
            act: RunActName::from(&run.act),
            label: run.label,
            state: run.state,
            created_at: run.created_at,
            starts_at: run.starts_at,
            ended_at: run.ended_at,
            counts,
            total: counts.total(),
            can_retry: run.can_retry,
            seconds_left,
            is_held: has_more && safe_mode < required_mode,
            can_undo: is_delete
                && run.ended_at.is_none()
                && run.state != RunState::Cancelled
                && counts.processed() == 0,
            is_out_of_quota: left == 0 && counts.waiting > 0 && run.cause == RunCause::Person,
        }
    }
}

impl From<&RunAct> for RunActName {
    fn from(act: &RunAct) -> Self {
        match act {
            RunAct::Read => Self::Refresh,
            RunAct::ChangeTags(_) => Self::ChangeTags,
            RunAct::DeleteCompany => Self::Delete,
        }
    }
}

impl From<ItemRow> for RunItemRow {
    fn from(item: ItemRow) -> Self {
        let reason = item_reason(item.state, item.why.as_deref(), item.skipped.as_deref(), item.types);
        Self {
            id: item.id,
            company: item.company,
            name: item.name,
            is_known: item.is_known,
            data_type: item.data_type.as_deref().map(type_name),
            state: item.state,
            at: item.at,
            reason,
            can_retry: item.can_retry,
        }
    }
}

/// Why an item failed or was skipped and what to do, or what is unknown about its result.
pub(super) fn item_reason(
    state: ItemState,
    why: Option<&str>,
    skipped: Option<&str>,
    types: Option<DataTypeCheck>,
) -> Option<String> {
    let skipped = || skipped.map(|why| skip_text(why).to_owned());
    why.map(failure_text).or_else(skipped).or_else(|| status_text(state, types).map(str::to_owned))
}

/// The selected companies without duplicates.
fn reads(companies: Vec<CompanyId>, data_type: Option<&str>) -> Vec<ReadRequest> {
    let read = |company| ReadRequest { company, data_type: data_type.map(str::to_owned), connection: None };
    companies.into_iter().map(read).collect()
}

async fn label(store: &Store, companies: &[CompanyId], data_type: Option<&str>) -> Result<String, WireError> {
    let companies_text = match companies {
        [one] => store.company(*one).await?.map_or_else(|| "1 company".to_owned(), |row| row.name),
        many => format!("{} companies", grouped(many.len().into())),
    };
    Ok(match data_type {
        Some(key) => format!("{} of {companies_text}", type_name(key)),
        None => companies_text,
    })
}

/// The approximate time until the last request of a run, in seconds.
fn seconds_left(run: &RunSummary, now: i64) -> u64 {
    let (counts, total) = (run.counts, i64::from(run.counts.total()));
    let last_is_due = if counts.waiting > 0 && total > 0 {
        run.starts_at.saturating_add(run.spread / total * (total - 1))
    } else {
        now
    };
    let spread = u64::try_from(last_is_due.saturating_sub(now) / 1_000).unwrap_or(0);
    let requests = (counts.waiting + counts.sent).saturating_mul(run.act.requests_per_item());
    seconds(requests).max(spread)
}

pub(super) fn seconds(requests: u32) -> u64 {
    (u64::from(requests) * 60).div_ceil(REQUESTS_PER_MINUTE)
}

fn type_choices() -> Vec<TypeChoices> {
    let of = |group: Group| TypeChoices {
        label: group.label().to_owned(),
        types: group.types().map(|known| choice(known.key, known.name)).collect(),
    };
    Group::ALL.into_iter().map(of).collect()
}

/// The stored reason of a failed item as text, with advice.
pub(super) fn failure_text(why: &str) -> String {
    serde_json::from_str(why).map_or_else(|_| why.to_owned(), reason_text)
}

/// The reason of a failed item as text, with advice.
fn reason_text(reason: FailureReason) -> String {
    match reason {
        FailureReason::Refused(failure) => WireError::from(*failure).message,
        FailureReason::Unconfirmed(failure) => format!(
            "We don’t know if this company was deleted, and didn’t send the request again. If it was, it leaves \
             the list at the next check. {}",
            WireError::from(*failure).message
        ),
        FailureReason::TooManyTags => {
            format!("The company would have more than {MAX_TAGS} tags. Nothing was changed.")
        }
        FailureReason::Read { data_type, status, message, failed, of } => {
            let name = type_name(&data_type);
            let detail = advice(&status).0.map(str::to_owned).or(message).unwrap_or_default();
            if failed > 1 {
                format!("{failed} of {of} data types failed. {name}: {detail}")
            } else {
                format!("{name}: {detail}")
            }
        }
    }
}

/// What is unknown about the result of an item. None if all is known.
fn status_text(state: ItemState, types: Option<DataTypeCheck>) -> Option<&'static str> {
    match (state, types) {
        (ItemState::Unseen, _) => Some(
            "Codat accepted the refresh, but we didn’t see it end within an hour. If a later check shows \
             it, it appears here.",
        ),
        (ItemState::Read, Some(DataTypeCheck::Pending)) => {
            Some("Company refreshed. Checking each data type…")
        }
        (ItemState::Read, Some(DataTypeCheck::NotChecked)) => {
            Some("Company refreshed. We didn’t check each data type.")
        }
        (ItemState::Read, Some(DataTypeCheck::Checked) | None) => None,
        (
            ItemState::Waiting
            | ItemState::Sent
            | ItemState::Queued
            | ItemState::Running
            | ItemState::Failed
            | ItemState::Skipped
            | ItemState::Cancelled,
            _,
        ) => None,
    }
}

fn skip_text(reason: &str) -> &'static str {
    match reason {
        "gone" => "The company no longer exists.",
        "tagged" => "It already had these tags.",
        "kept" => "Refreshed in the meantime, so the inactivity period already restarted.",
        _ => "No connections to refresh. Send the customer the Link URL.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(waiting: u32, read: u32, spread: i64) -> RunSummary {
        RunSummary {
            id: RunId(1),
            cause: RunCause::KeepAlive,
            act: RunAct::Read,
            label: String::new(),
            state: RunState::Running,
            created_at: 0,
            starts_at: 10_000,
            spread,
            ended_at: None,
            counts: RunCounts { waiting, read, ..RunCounts::default() },
            can_retry: 0,
        }
    }

    #[test]
    fn a_run_that_is_spread_over_hours_takes_hours() {
        assert_eq!(
            seconds_left(&run(1, 1, 7_200_000), 10_000),
            3_600,
            "the second of two is due after half the time"
        );
        assert_eq!(seconds_left(&run(1, 1, 7_200_000), 3_600_000), 10);
        assert_eq!(seconds_left(&run(1, 1, 7_200_000), 9_000_000), 1, "it is late, and sent at once");
        assert_eq!(seconds_left(&run(0, 2, 7_200_000), 10_000), 0, "nothing waits");
        assert_eq!(seconds_left(&run(580, 0, 0), 10_000), 60);
    }
}
