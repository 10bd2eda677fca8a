//! The histories of a company: what was read from its sources, and what was written to them (§1.6).

use std::collections::BTreeSet;

use codat::{
    Company, CompanyId, DatasetId, Topic,
    data::DataType,
    model::{DatasetStatus, Phase, PullOperation, PushOperation, PushStatus, ValidationResults},
    page::PageRequest,
};
use engine::Act;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use store::{OperationFilter, OperationKind, RowPhase};
use ts_rs::TS;

use super::{Nothing, acts::act, company_id};
use crate::{
    app::App,
    clock,
    convert::millis,
    desk::Desk,
    error::{Code, WireError},
    fetch::{asked_at, company, fetch},
};

/// How many operations a page of the server has.
const PAGE: u32 = 100;
/// The most rows of one answer.
const MOST_ROWS: u32 = 5_000;
/// Reads that one question can name: a query has less than 2,048 characters (§2.3).
const NAMED: usize = 40;
/// The most reads whose end is asked for by name.
const MOST_NAMED: u32 = 200;
/// Reads that run for longer seldom end.
const LONG: SignedDuration = SignedDuration::from_hours(1);

/// What is asked of a history. Empty words ask for all.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryFilter {
    /// The company.
    pub company: String,
    /// Writes; otherwise reads.
    pub writes: bool,
    /// Only this data type.
    pub data_type: String,
    /// Only this status.
    pub status: String,
    /// Only those requested from then on.
    pub from: Option<i64>,
    /// Only those requested before then.
    pub until: Option<i64>,
}

/// A part of a history.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryRequest {
    /// Of which.
    pub filter: HistoryFilter,
    /// Where to begin.
    pub offset: u32,
    /// How many, at most 5,000.
    pub limit: u32,
}

/// A page of a history to be fetched.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryLoad {
    /// Of which.
    pub filter: HistoryFilter,
    /// From 1; a page has 100.
    pub page: u32,
}

/// What came of fetching a page.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub(crate) struct HistoryLoaded {
    /// Whether there may be more behind it.
    pub more: bool,
    /// When the last of it was asked for; none where it was the last page of all.
    pub to: Option<i64>,
}

/// A part of a history, newest first, as it is kept.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryPage {
    /// How many match.
    pub total: u32,
    /// How many of all reads still run.
    pub running: u32,
    /// The part.
    pub rows: Vec<HistoryRow>,
    /// What can be filtered by.
    pub data_types: Vec<Choice>,
    /// What can be filtered by.
    pub statuses: Vec<Choice>,
    /// When the server was last asked for its newest; none: never.
    pub as_of: Option<i64>,
}

/// Something to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct Choice {
    /// Its key.
    pub key: String,
    /// Its name for people.
    pub name: String,
}

/// A read or a write.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryRow {
    /// Its identifier.
    pub id: String,
    /// The data type's key.
    pub data_type: String,
    /// The data type's name.
    pub name: String,
    /// The connection.
    pub connection: String,
    /// The integration's name; none for a connection that is no longer there.
    pub integration: Option<String>,
    /// When it was asked for.
    pub requested: i64,
    /// How long it took, in milliseconds; none while it runs.
    pub took: Option<i64>,
    /// The status as Codat has it.
    pub status: String,
    /// The status in words.
    pub word: String,
    /// What the status means.
    pub phase: RowPhase,
    /// 0 to 100.
    pub progress: i64,
    /// What was said of it: until when it pauses, or what went wrong.
    pub message: Option<String>,
    /// What happened in plain words, and what to do.
    pub advice: Option<String>,
    /// What helps.
    pub remedy: Remedy,
    /// Whether what its checks found can be asked for.
    pub has_findings: bool,
    /// What checks found of a write, or what became of its records.
    pub notes: Vec<String>,
}

/// What helps against a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Remedy {
    /// Nothing that can be done here.
    Nothing,
    /// Reading the type again.
    RefreshType,
    /// Reading everything again.
    RefreshAll,
    /// The customer connects again.
    Link,
}

/// A type to be read again.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefreshTypeRequest {
    /// The company.
    pub company: String,
    /// The data type's key.
    pub data_type: String,
    /// From this connection; none: wherever Codat finds it.
    pub connection: Option<String>,
}

/// A read whose findings are asked for.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct FindingsRequest {
    /// The company.
    pub company: String,
    /// The read.
    pub dataset: String,
}

/// What the checks of a read found (§2.12).
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct Findings {
    /// They block the use of the data.
    pub errors: Vec<FindingRow>,
    /// They do not.
    pub warnings: Vec<FindingRow>,
}

/// One finding.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct FindingRow {
    /// What is wrong.
    pub message: String,
    /// The record.
    pub item: String,
    /// The rule, and who checked it.
    pub rule: String,
}

impl App {
    /// A part of a history as it is kept.
    pub(crate) async fn history(&self, request: HistoryRequest) -> Result<HistoryPage, WireError> {
        let id = company_id(&request.filter.company)?;
        let store = self.desk().await.store()?;
        let record = company(&store, id).await?;
        let kind = request.filter.kind();
        let limit = request.limit.min(MOST_ROWS);
        let found = store.operations(id, kind, &request.filter.of_store(), request.offset, limit).await?;
        let now = clock::now();
        let newest = PageRequest { page: 1, page_size: PAGE, query: None, order_by: None };
        let said = store.said(&topic(kind, id, newest)).await?;
        let rows = found.raw.iter().filter_map(|raw| match kind {
            OperationKind::Read => serde_json::from_str(raw).ok().map(|read| of_read(read, &record, now)),
            OperationKind::Write => serde_json::from_str(raw).ok().map(|write| of_write(write, &record)),
        });
        Ok(HistoryPage {
            total: found.total,
            running: store.operations(id, OperationKind::Read, &running(), 0, 0).await?.total,
            rows: rows.collect(),
            data_types: DataType::all().map(|it| choice(it.key, it.name)).collect(),
            statuses: statuses(kind),
            as_of: said.as_ref().and_then(asked_at).map(millis),
        })
    }

    /// Fetches a page of a history from the server.
    pub(crate) async fn load_history(&self, load: HistoryLoad) -> Result<HistoryLoaded, WireError> {
        let id = company_id(&load.filter.company)?;
        let desk = self.desk().await;
        let page = PageRequest {
            page: load.page.max(1),
            page_size: PAGE,
            query: load.filter.query(),
            order_by: Some(load.filter.order().to_owned()),
        };
        let number = page.page;
        fetch(&desk, topic(load.filter.kind(), id, page)).await?;
        if number == 1 && load.filter.kind() == OperationKind::Read {
            fetch_left_behind(&desk, id).await?;
        }
        let store = desk.store()?;
        let kept = store.operations(id, load.filter.kind(), &load.filter.of_store(), 0, 0).await?.total;
        // Where fewer are kept than so many full pages hold, this one was the last.
        let last = number.saturating_mul(PAGE);
        let found = store.operations(id, load.filter.kind(), &load.filter.of_store(), last - 1, 1).await?;
        let to = found.raw.first().and_then(|raw| requested(load.filter.kind(), raw)).map(millis);
        Ok(HistoryLoaded { more: kept >= last, to })
    }

    /// Has one data type read again.
    pub(crate) async fn refresh_type(&self, request: RefreshTypeRequest) -> Result<Nothing, WireError> {
        let company = company_id(&request.company)?;
        let connection = request.connection.map(|text| text.parse()).transpose();
        let connection = connection
            .map_err(|_| WireError::new(Code::BadArguments, "That is not the ID of a connection."))?;
        let data_type = request.data_type;
        let desk = self.desk().await;
        let refresh = Act::RefreshType { company, data_type: data_type.clone(), connection };
        act(&desk, Some(company), "refreshType", &data_type, refresh).await?;
        Ok(Nothing {})
    }

    /// What the checks of a read found: fetched, or where that cannot be, as it was last said.
    pub(crate) async fn findings(&self, request: FindingsRequest) -> Result<Findings, WireError> {
        let id = company_id(&request.company)?;
        let dataset = request
            .dataset
            .parse()
            .map_err(|_| WireError::new(Code::BadArguments, "That is not the ID of a read."))?;
        let desk = self.desk().await;
        let topic = Topic::Validation(id, dataset);
        let fetched = fetch(&desk, topic.clone()).await;
        let said = desk.store()?.said(&topic).await?;
        match said.map(|said| (said.answer, said.refusal)) {
            Some((Some((_, raw)), _)) => {
                let found: ValidationResults = serde_json::from_str(raw.get()).map_err(unreadable)?;
                Ok(found.into())
            }
            Some((None, Some((_, refusal)))) => Err(refusal.into()),
            Some((None, None)) | None => {
                fetched?;
                Ok(ValidationResults::default().into())
            }
        }
    }
}

impl HistoryFilter {
    fn kind(&self) -> OperationKind {
        if self.writes { OperationKind::Write } else { OperationKind::Read }
    }

    fn of_store(&self) -> OperationFilter {
        let some = |text: &str| if text.is_empty() { Vec::new() } else { vec![text.to_owned()] };
        let instant = |at: Option<i64>| at.and_then(|at| Timestamp::from_millisecond(at).ok());
        OperationFilter {
            data_types: some(&self.data_type),
            statuses: some(&self.status),
            from: instant(self.from),
            until: instant(self.until),
        }
    }

    fn order(&self) -> &'static str {
        if self.writes { "-requestedOnUtc" } else { "-requested" }
    }

    /// The same in the query language (§2.3).
    fn query(&self) -> Option<String> {
        let requested = self.order().trim_start_matches('-');
        let at = |at: Option<i64>, sign: &str| {
            let at = Timestamp::from_millisecond(at?).ok()?;
            Some(format!("{requested}{sign}{}", at.strftime("%Y-%m-%dT%H:%M:%SZ")))
        };
        let is = |property: &str, text: &str| (!text.is_empty()).then(|| format!("{property}={text}"));
        let parts = [
            is("dataType", &self.data_type),
            is("status", &self.status),
            at(self.from, ">="),
            at(self.until, "<"),
        ];
        let query = parts.into_iter().flatten().collect::<Vec<_>>().join("&&");
        (!query.is_empty()).then_some(query)
    }
}

/// When an operation was asked for.
fn requested(kind: OperationKind, raw: &str) -> Option<Timestamp> {
    match kind {
        OperationKind::Read => Some(serde_json::from_str::<PullOperation>(raw).ok()?.requested),
        OperationKind::Write => Some(serde_json::from_str::<PushOperation>(raw).ok()?.requested_on_utc),
    }
}

fn topic(kind: OperationKind, company: CompanyId, page: PageRequest) -> Topic {
    match kind {
        OperationKind::Read => Topic::Reads(company, page),
        OperationKind::Write => Topic::Writes(company, page),
    }
}

/// Asks by name for reads that ran when they were last heard of and are no longer among the newest: how they
/// ended is not missed.
async fn fetch_left_behind(desk: &Desk, company: CompanyId) -> Result<(), WireError> {
    let store = desk.store()?;
    let ids = async |filter: &OperationFilter, limit: u32| -> Result<BTreeSet<DatasetId>, WireError> {
        let found = store.operations(company, OperationKind::Read, filter, 0, limit).await?;
        let reads = found.raw.iter().filter_map(|raw| serde_json::from_str::<PullOperation>(raw).ok());
        Ok(reads.map(|read| read.id).collect())
    };
    let newest = ids(&OperationFilter::default(), PAGE).await?;
    let running = ids(&running(), MOST_NAMED).await?;
    let left: Vec<String> = running.difference(&newest).map(|id| format!("id={id}")).collect();
    for named in left.chunks(NAMED) {
        let page = PageRequest { page: 1, page_size: PAGE, query: Some(named.join("||")), order_by: None };
        fetch(desk, Topic::Reads(company, page)).await?;
    }
    Ok(())
}

/// Reads that have yet to end.
fn running() -> OperationFilter {
    let running = DatasetStatus::KNOWN.iter().filter(|status| status.phase() == Phase::Running);
    OperationFilter {
        statuses: running.map(|status| status.as_str().to_owned()).collect(),
        ..OperationFilter::default()
    }
}

fn statuses(kind: OperationKind) -> Vec<Choice> {
    match kind {
        OperationKind::Read => {
            DatasetStatus::KNOWN.iter().map(|it| choice(it.as_str(), &words(it.as_str()))).collect()
        }
        OperationKind::Write => {
            PushStatus::KNOWN.iter().map(|it| choice(it.as_str(), &words(it.as_str()))).collect()
        }
    }
}

fn of_read(read: PullOperation, company: &Company, now: Timestamp) -> HistoryRow {
    let phase = read.status.phase();
    let (advice, remedy) = match advice(&read.status) {
        (None, remedy) if phase == Phase::Running && now.duration_since(read.requested) > LONG => {
            (Some(lasting(&read.status)), remedy)
        }
        known => known,
    };
    HistoryRow {
        id: read.id.to_string(),
        name: type_name(&read.data_type),
        data_type: read.data_type,
        connection: read.connection_id.to_string(),
        integration: integration(company, &read.connection_id),
        requested: millis(read.requested),
        took: read.completed.map(|end| millis(end).saturating_sub(millis(read.requested)).max(0)),
        status: read.status.as_str().to_owned(),
        word: words(read.status.as_str()),
        phase: phase.into(),
        progress: read.progress.clamp(0, 100),
        message: read.error_message.or(read.status_description).filter(|text| !text.is_empty()),
        advice: advice.map(str::to_owned),
        remedy,
        // Checks come before the data are stored: they found what they found once that is over.
        has_findings: matches!(read.status, DatasetStatus::Complete | DatasetStatus::ValidationError),
        notes: Vec::new(),
    }
}

fn of_write(write: PushOperation, company: &Company) -> HistoryRow {
    let (phase, advice) = match &write.status {
        PushStatus::Pending => (RowPhase::Running, None),
        PushStatus::Success => (RowPhase::Done, None),
        PushStatus::Failed => {
            (RowPhase::Failed, Some("The source did not take it. What was said of it is below."))
        }
        PushStatus::TimedOut => {
            let text = "The source gave no answer in time, and it is not known whether it was done. Read the \
                        type again to see.";
            (RowPhase::Failed, Some(text))
        }
        PushStatus::Unrecognised(_) => (RowPhase::Unrecognised, None),
    };
    let remedy = if write.status == PushStatus::TimedOut { Remedy::RefreshType } else { Remedy::Nothing };
    HistoryRow {
        id: write.push_operation_key.to_string(),
        name: type_name(&write.data_type),
        connection: write.data_connection_key.to_string(),
        integration: integration(company, &write.data_connection_key),
        requested: millis(write.requested_on_utc),
        took: write
            .completed_on_utc
            .map(|end| millis(end).saturating_sub(millis(write.requested_on_utc)).max(0)),
        status: write.status.as_str().to_owned(),
        word: words(write.status.as_str()),
        phase,
        progress: 0,
        message: write.error_message.clone().filter(|text| !text.is_empty()),
        advice: advice.map(str::to_owned),
        remedy,
        has_findings: false,
        notes: notes(&write),
        data_type: write.data_type,
    }
}

/// What became of a write's records, and what checks found.
fn notes(write: &PushOperation) -> Vec<String> {
    let changed = write.changes.iter().filter_map(|change| {
        let record = change.record_ref.as_ref()?;
        let what = change.change.as_str().to_lowercase();
        Some(format!("Record {} {what}", record.id))
    });
    let found = write.validation.iter().flat_map(|found| found.errors.iter().chain(&found.warnings));
    let found = found.filter_map(|item| {
        let message = item.message.clone()?;
        Some(item.item_id.as_ref().map_or(message.clone(), |id| format!("{id}: {message}")))
    });
    changed.chain(found).collect()
}

fn integration(company: &Company, connection: &codat::ConnectionId) -> Option<String> {
    let known = company.data_connections.iter().find(|known| known.id == *connection)?;
    Some(known.platform_name.clone()).filter(|name| !name.is_empty())
}

/// What to do about a read that does not end.
fn lasting(status: &DatasetStatus) -> &'static str {
    if *status == DatasetStatus::Queued {
        return "It has waited for more than an hour. Through an offline connector it waits until the customer’s \
                computer is on; otherwise quote the ID to Codat.";
    }
    "It has run for more than an hour, which is seldom. Nothing is lost: what was read before stays. If it does not \
     move, quote the ID to Codat."
}

/// What happened and what to do, where something failed (§3.2).
pub(crate) fn advice(status: &DatasetStatus) -> (Option<&'static str>, Remedy) {
    let (text, remedy) = match status {
        DatasetStatus::AuthError => (
            "The source refused the credentials. The customer has to connect again: send them the Link URL.",
            Remedy::Link,
        ),
        DatasetStatus::PermissionsError => (
            "The account that the customer connected with may not read this. They can connect again with one that may.",
            Remedy::Link,
        ),
        DatasetStatus::RateLimitError => {
            ("The source limits how often it is asked. Read it again in a while.", Remedy::RefreshType)
        }
        DatasetStatus::PrerequisiteNotMet => {
            ("Another data type has to be read first. Refresh all data.", Remedy::RefreshAll)
        }
        DatasetStatus::FetchError => (
            "Reading from the source failed. This often passes by itself: read it again.",
            Remedy::RefreshType,
        ),
        DatasetStatus::ValidationError => (
            "The data came but failed Codat’s checks. See what they found, mend it in the source, and read it again.",
            Remedy::RefreshType,
        ),
        DatasetStatus::MapError | DatasetStatus::ProcessingError | DatasetStatus::InternalError => (
            "The data came but Codat could not take it in. Read it again; if it fails again, quote the ID to Codat.",
            Remedy::RefreshType,
        ),
        DatasetStatus::Cancelled => ("It was cancelled before its end.", Remedy::RefreshType),
        DatasetStatus::NotSupported => ("The integration has no such data.", Remedy::Nothing),
        DatasetStatus::Initial
        | DatasetStatus::Queued
        | DatasetStatus::Fetching
        | DatasetStatus::MapQueued
        | DatasetStatus::Mapping
        | DatasetStatus::ValidationQueued
        | DatasetStatus::Validating
        | DatasetStatus::ProcessingQueued
        | DatasetStatus::Processing
        | DatasetStatus::Complete
        | DatasetStatus::Unrecognised(_) => return (None, Remedy::Nothing),
    };
    (Some(text), remedy)
}

/// A type's name; of one that this version does not know, its key.
pub(crate) fn type_name(key: &str) -> String {
    DataType::name_of(key).to_owned()
}

/// `FetchError` as *Fetch error*.
pub(crate) fn words(status: &str) -> String {
    let mut words = String::with_capacity(status.len() + 4);
    for c in status.chars() {
        if c.is_uppercase() && !words.is_empty() {
            words.push(' ');
            words.extend(c.to_lowercase());
        } else {
            words.push(c);
        }
    }
    words
}

pub(crate) fn choice(key: &str, name: &str) -> Choice {
    Choice { key: key.to_owned(), name: name.to_owned() }
}

pub(crate) fn unreadable(why: impl std::fmt::Display) -> WireError {
    WireError::new(Code::Unreadable, "What Codat said of this cannot be read. It was kept as it is.")
        .with_detail(why.to_string())
}

impl From<ValidationResults> for Findings {
    fn from(found: ValidationResults) -> Self {
        let rows = |found: Vec<codat::model::Finding>| {
            found
                .into_iter()
                .map(|it| FindingRow {
                    message: it.message,
                    item: it.item_id,
                    rule: [it.rule_id, it.validator_name]
                        .into_iter()
                        .filter(|text| !text.is_empty())
                        .collect::<Vec<_>>()
                        .join(", "),
                })
                .collect()
        };
        Self { errors: rows(found.errors), warnings: rows(found.warnings) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_that_failed_explains_itself_and_says_what_helps() {
        for status in DatasetStatus::KNOWN {
            let (text, remedy) = advice(status);
            assert_eq!(text.is_some(), !matches!(status.phase(), Phase::Running | Phase::Done), "{status}");
            assert_eq!(
                status.phase() == Phase::Failed,
                status.phase() == Phase::Failed && remedy != Remedy::Nothing
            );
        }
        assert_eq!(words("PrerequisiteNotMet"), "Prerequisite not met");
    }

    #[test]
    fn a_filter_is_said_in_the_query_language() {
        let mut filter = HistoryFilter {
            company: String::new(),
            writes: false,
            data_type: String::new(),
            status: String::new(),
            from: None,
            until: None,
        };
        assert_eq!(filter.query(), None);
        filter.data_type = "invoices".into();
        filter.status = "FetchError".into();
        filter.from = Some(0);
        let query = filter.query().unwrap();
        assert_eq!(query, "dataType=invoices&&status=FetchError&&requested>=1970-01-01T00:00:00Z");
    }
}
