//! Refreshing many: what it will cost, the run that does it, and what becomes of each company.

use std::collections::HashSet;

use codat::{CompanyId, data::Group};
use engine::{Event, Why};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use store::{
    ItemRow, ItemState, NewRun, Read, Reads, RunCause, RunCounts, RunState, RunSummary, SafeMode, Store,
    Types,
};
use ts_rs::TS;

use super::{
    company_id,
    history::{Choice, advice, choice, type_name},
};
use crate::{
    app::App,
    clock,
    error::{Code, WireError},
    figures::grouped,
};

/// Requests that runs let go in a minute: the engine's 600, less what it leaves to a person.
const A_MINUTE: u64 = 580;

/// Companies: those named, or all that a search finds.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "CompanySelection")]
pub(crate) struct Selection {
    /// These; meant only where no search is given.
    pub companies: Vec<String>,
    /// All that this search finds.
    pub search: Option<String>,
    /// But not these.
    pub except: Vec<String>,
}

/// What is to be refreshed.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefreshMany {
    /// Of which companies.
    pub selection: Selection,
    /// Which data type; none: all that are fetched on first link.
    pub data_type: Option<String>,
}

/// What a refresh of many will do, and cost.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefreshPreview {
    /// Companies that are selected.
    pub companies: u32,
    /// Companies that are asked for: one request each.
    pub requests: u32,
    /// Left out: nothing of them is linked.
    pub unlinked: u32,
    /// Left out: they are being read already.
    pub running: u32,
    /// How long the requests take at the pace that the app keeps, in seconds.
    pub seconds: u64,
    /// Requests that today’s share leaves to what a person does.
    pub left_today: u64,
    /// Requests a day, as far as it is known.
    pub day: Option<u64>,
    /// The data types that can be chosen instead of all.
    pub data_types: Vec<TypeChoices>,
}

/// Data types under one heading.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct TypeChoices {
    /// The heading.
    pub label: String,
    /// The types.
    pub types: Vec<Choice>,
}

/// A run that has begun.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub(crate) struct RunBegan {
    /// Its number.
    pub run: i64,
}

/// One run.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct ByRun {
    /// Its number.
    pub run: i64,
}

/// A run as a list shows it.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunRow {
    /// Its number.
    pub id: i64,
    /// Who wanted it.
    pub cause: RunCauseName,
    /// What it is.
    pub label: String,
    /// Whether it goes on.
    pub state: RunState,
    /// When it was asked for.
    pub created_at: i64,
    /// When its first request may go.
    pub starts_at: i64,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// How its items stand.
    pub counts: RunCounts,
    /// All items.
    pub total: u32,
    /// Of those that failed, how many may be tried again.
    pub can_retry: u32,
    /// How long the requests that are left take, in seconds.
    pub seconds_left: u64,
    /// Whether it waits for the day to begin anew: today’s share is used up.
    pub is_out_of_quota: bool,
    /// Whether the workspace's safe mode holds what is left of it.
    pub is_held: bool,
}

/// Who wanted a run.
#[derive(Debug, Clone, Copy, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum RunCauseName {
    /// A person.
    Person,
    /// A schedule.
    Schedule,
    /// Keeping idle connections alive.
    KeepAlive,
}

/// A part of a run's items.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunItemsRequest {
    /// The run.
    pub run: i64,
    /// Only those in these states; none given: all.
    pub states: Vec<ItemState>,
    /// Where to begin.
    pub offset: u32,
    /// How many, at most 1,000.
    pub limit: u32,
}

/// A part of a run's items, in their order.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct RunItems {
    /// How many there are, of those asked for.
    pub total: u32,
    /// The part.
    pub rows: Vec<RunItemRow>,
}

/// One company of a run.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunItemRow {
    /// The item's number.
    pub id: i64,
    /// The company.
    #[ts(as = "String")]
    pub company: CompanyId,
    /// Its name; none where it is no longer known here.
    pub name: Option<String>,
    /// The data type’s name; none: all that are fetched on first link.
    pub data_type: Option<String>,
    /// Where it stands.
    pub state: ItemState,
    /// When it came to that.
    pub at: Option<i64>,
    /// Why it failed or was left out, and what to do; or how much is known of how it ended.
    pub reason: Option<String>,
    /// Whether trying again can help.
    pub can_retry: bool,
}

impl App {
    pub(crate) async fn refresh_preview(&self, refresh: RefreshMany) -> Result<RefreshPreview, WireError> {
        let desk = self.desk().await;
        let (store, health) = (desk.store()?, desk.runner()?.shown().health);
        let companies = selected(&store, &refresh.selection, clock::now()).await?;
        let found = store.preview_run(&companies, refresh.data_type.as_deref(), clock::now()).await?;
        let requests = found.companies.saturating_sub(found.unlinked + found.running);
        Ok(RefreshPreview {
            companies: found.companies,
            requests,
            unlinked: found.unlinked,
            running: found.running,
            seconds: seconds(requests),
            left_today: health.left_for_person,
            day: health.quota_limit,
            data_types: type_choices(),
        })
    }

    pub(crate) async fn refresh_many(&self, refresh: RefreshMany) -> Result<RunBegan, WireError> {
        let desk = self.desk().await;
        let (store, runner, now) = (desk.store()?, desk.runner()?, clock::now());
        let companies = selected(&store, &refresh.selection, now).await?;
        if companies.is_empty() {
            return Err(WireError::new(Code::NotFound, "No company is selected. Nothing was sent."));
        }
        let run = NewRun {
            cause: RunCause::Person,
            label: label(&store, &companies, refresh.data_type.as_deref()).await?,
            reads: Reads::Each(reads(companies, refresh.data_type.as_deref())),
            starts_at: now,
            spread: SignedDuration::ZERO,
        };
        let began = store.begin_run(&run, now).await?;
        runner.tell(Event::RunsChanged);
        Ok(RunBegan { run: began.id })
    }

    pub(crate) async fn runs(&self, _: super::Nothing) -> Result<Vec<RunRow>, WireError> {
        let desk = self.desk().await;
        let runs = desk.store()?.runs().await?;
        let left = desk.runner().map_or(u64::MAX, |runner| runner.shown().health.left_for_person);
        let may_refresh = desk.workspace().safe_mode >= SafeMode::Operate;
        let now = clock::now().as_millisecond();
        Ok(runs.into_iter().map(|run| RunRow::new(run, left, may_refresh, now)).collect())
    }

    pub(crate) async fn run_items(&self, request: RunItemsRequest) -> Result<RunItems, WireError> {
        let store = self.desk().await.store()?;
        let page = store.run_items(request.run, &request.states, request.offset, request.limit).await?;
        Ok(RunItems { total: page.total, rows: page.rows.into_iter().map(RunItemRow::from).collect() })
    }

    pub(crate) async fn pause_run(&self, by: ByRun) -> Result<super::Nothing, WireError> {
        let desk = self.desk().await;
        let changed = desk.store()?.pause_run(by.run, true).await?;
        self.run_changed(&desk, by.run, changed)
    }

    pub(crate) async fn resume_run(&self, by: ByRun) -> Result<super::Nothing, WireError> {
        let desk = self.desk().await;
        let changed = desk.store()?.pause_run(by.run, false).await?;
        self.run_changed(&desk, by.run, changed)
    }

    pub(crate) async fn cancel_run(&self, by: ByRun) -> Result<super::Nothing, WireError> {
        let desk = self.desk().await;
        let changed = desk.store()?.cancel_run(by.run, clock::now()).await?;
        self.run_changed(&desk, by.run, changed)
    }

    pub(crate) async fn retry_failed(&self, by: ByRun) -> Result<super::Nothing, WireError> {
        let desk = self.desk().await;
        let changed = desk.store()?.retry_run(by.run).await? > 0;
        self.run_changed(&desk, by.run, changed)
    }

    fn run_changed(
        &self,
        desk: &crate::desk::Desk,
        run: i64,
        changed: bool,
    ) -> Result<super::Nothing, WireError> {
        if !changed {
            return Err(WireError::new(
                Code::NotFound,
                "This refresh has ended already. Nothing was changed.",
            ));
        }
        self.announce(crate::wire::Event::Run { id: run });
        if let Ok(runner) = desk.runner() {
            runner.tell(Event::RunsChanged);
        }
        Ok(super::Nothing {})
    }
}

impl RunRow {
    /// `left`: requests that today's share leaves to a person.
    fn new(run: RunSummary, left: u64, may_refresh: bool, now: i64) -> Self {
        let counts = run.counts;
        let has_more = run.state == RunState::Running && counts.waiting + counts.sent > 0;
        let seconds_left = seconds_left(&run, now);
        Self {
            id: run.id,
            cause: match run.cause {
                RunCause::Person => RunCauseName::Person,
                RunCause::Schedule(_) => RunCauseName::Schedule,
                RunCause::KeepAlive => RunCauseName::KeepAlive,
            },
            label: run.label,
            state: run.state,
            created_at: run.created_at,
            starts_at: run.starts_at,
            ended_at: run.ended_at,
            counts,
            total: counts.total(),
            can_retry: run.can_retry,
            seconds_left,
            is_held: has_more && !may_refresh,
            is_out_of_quota: left == 0 && counts.waiting > 0 && run.cause == RunCause::Person,
        }
    }
}

impl From<ItemRow> for RunItemRow {
    fn from(item: ItemRow) -> Self {
        let failed = item.why.as_deref().map(words_of);
        let skipped = item.skipped.as_deref().map(|why| left_out(why).to_owned());
        let known = seen_of(item.state, item.types).map(str::to_owned);
        Self {
            id: item.id,
            company: item.company,
            name: item.name,
            data_type: item.data_type.as_deref().map(type_name),
            state: item.state,
            at: item.at,
            reason: failed.or(skipped).or(known),
            can_retry: item.can_retry,
        }
    }
}

/// The companies of a selection, each once.
async fn selected(store: &Store, selection: &Selection, now: Timestamp) -> Result<Vec<CompanyId>, WireError> {
    let ids = |texts: &[String]| texts.iter().map(|text| company_id(text)).collect::<Result<Vec<_>, _>>();
    let except: HashSet<_> = ids(&selection.except)?.into_iter().collect();
    let found = match &selection.search {
        Some(search) => store.matching(search, now).await?,
        None => ids(&selection.companies)?,
    };
    let mut seen = except;
    Ok(found.into_iter().filter(|id| seen.insert(*id)).collect())
}

fn reads(companies: Vec<CompanyId>, data_type: Option<&str>) -> Vec<Read> {
    let read = |company| Read { company, data_type: data_type.map(str::to_owned), connection: None };
    companies.into_iter().map(read).collect()
}

async fn label(store: &Store, companies: &[CompanyId], data_type: Option<&str>) -> Result<String, WireError> {
    let whom = match companies {
        [one] => store.company(*one).await?.map_or_else(|| "1 company".to_owned(), |row| row.name),
        many => format!("{} companies", grouped(many.len().into())),
    };
    Ok(match data_type {
        Some(key) => format!("{} of {whom}", type_name(key)),
        None => whom,
    })
}

/// About how many seconds pass until the last request of a run is sent.
fn seconds_left(run: &RunSummary, now: i64) -> u64 {
    let (counts, total) = (run.counts, i64::from(run.counts.total()));
    let last_is_due = if counts.waiting > 0 && total > 0 {
        run.starts_at.saturating_add(run.spread / total * (total - 1))
    } else {
        now
    };
    let spread = u64::try_from(last_is_due.saturating_sub(now) / 1_000).unwrap_or(0);
    seconds(counts.waiting + counts.sent).max(spread)
}

fn seconds(requests: u32) -> u64 {
    (u64::from(requests) * 60).div_ceil(A_MINUTE)
}

fn type_choices() -> Vec<TypeChoices> {
    let of = |group: Group| TypeChoices {
        label: group.label().to_owned(),
        types: group.types().map(|known| choice(known.key, known.name)).collect(),
    };
    Group::ALL.into_iter().map(of).collect()
}

/// Why an item failed and what to do, of what is kept of it.
pub(super) fn words_of(why: &str) -> String {
    serde_json::from_str(why).map_or_else(|_| why.to_owned(), words)
}

/// Why an item failed, and what to do.
fn words(why: Why) -> String {
    match why {
        Why::Refused(failure) => WireError::from(*failure).message,
        Why::Read { data_type, status, message, failed, of } => {
            let name = type_name(&data_type);
            let said = advice(&status).0.map(str::to_owned).or(message).unwrap_or_default();
            if failed > 1 {
                format!("{failed} of {of} data types failed. {name}: {said}")
            } else {
                format!("{name}: {said}")
            }
        }
    }
}

/// How much is known of how an item ended, where that is not all.
fn seen_of(state: ItemState, types: Option<Types>) -> Option<&'static str> {
    match (state, types) {
        (ItemState::Unseen, _) => Some(
            "Codat took it, and its end was not seen within an hour. Should a sweep still show it, it will say so \
             here.",
        ),
        (ItemState::Read, Some(Types::Looking)) => {
            Some("The company was read. What became of its single data types is being looked at.")
        }
        (ItemState::Read, Some(Types::Unseen)) => {
            Some("The company was read. What became of its single data types was not looked at.")
        }
        (ItemState::Read, Some(Types::Seen) | None) => None,
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

fn left_out(why: &str) -> &'static str {
    match why {
        "gone" => "The company was deleted.",
        "kept" => "It was read meanwhile, so its clock runs anew.",
        _ => {
            "Nothing of this company is linked, so there is nothing to read. Send the Link URL to the customer."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(waiting: u32, read: u32, spread: i64) -> RunSummary {
        RunSummary {
            id: 1,
            cause: RunCause::KeepAlive,
            label: String::new(),
            state: RunState::Running,
            created_at: 0,
            starts_at: 10_000,
            spread,
            ended_at: None,
            counts: store::RunCounts { waiting, read, ..store::RunCounts::default() },
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
