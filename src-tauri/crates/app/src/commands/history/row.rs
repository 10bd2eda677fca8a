//! A row of the history: the status as text, the error, and advice (§3.2).

use codat::{
    Company,
    data::DataType,
    model::{DatasetStatus, Phase, PullOperation, PushOperation, PushStatus},
};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use store::RowPhase;
use ts_rs::TS;

use crate::wire::millis;

/// Reads that run longer than this rarely end.
const LONG_RUNNING: SignedDuration = SignedDuration::from_hours(1);

/// A read or a write.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryRow {
    pub id: String,
    pub data_type: String,
    /// The displayed name of the data type.
    pub name: String,
    /// The ID of the connection.
    pub connection: String,
    /// The name of the integration. None if the connection no longer exists.
    pub integration: Option<String>,
    /// When it was requested.
    pub requested: i64,
    /// The duration in milliseconds. None while it runs.
    pub took: Option<i64>,
    /// Codat's status.
    pub status: String,
    /// The status as text.
    pub word: String,
    /// The phase of the status.
    pub phase: RowPhase,
    /// In percent, 0 to 100.
    pub progress: i64,
    /// The message of Codat or the source, such as an error or the end of a pause.
    pub message: Option<String>,
    /// What happened and what to do.
    pub advice: Option<String>,
    pub remedy: Remedy,
    /// Whether validation findings can be loaded.
    pub has_findings: bool,
    /// The findings of a write, and the changes of its records.
    pub notes: Vec<String>,
}

/// The action that helps against a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Remedy {
    /// None.
    Nothing,
    /// Read the type again.
    RefreshType,
    /// Read all types again.
    RefreshAll,
    /// The customer must connect again.
    Link,
}

pub(super) fn read_row(read: PullOperation, company: &Company, now: Timestamp) -> HistoryRow {
    let phase = read.status.phase();
    let (advice, remedy) = match advice(&read.status) {
        (None, remedy) if phase == Phase::Running && now.duration_since(read.requested) > LONG_RUNNING => {
            (Some(long_running_advice(&read.status)), remedy)
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
        word: status_words(read.status.as_str()),
        phase: phase.into(),
        progress: read.progress.clamp(0, 100),
        message: read.error_message.or(read.status_description).filter(|text| !text.is_empty()),
        advice: advice.map(str::to_owned),
        remedy,
        // Validation runs before the data is stored, so its findings exist in these states.
        has_findings: matches!(read.status, DatasetStatus::Complete | DatasetStatus::ValidationError),
        notes: Vec::new(),
    }
}

pub(super) fn write_row(write: PushOperation, company: &Company) -> HistoryRow {
    let (phase, advice) = match &write.status {
        PushStatus::Pending => (RowPhase::Running, None),
        PushStatus::Success => (RowPhase::Done, None),
        PushStatus::Failed => {
            (RowPhase::Failed, Some("The platform rejected this record. See the details below."))
        }
        PushStatus::TimedOut => {
            let text = "The source didn’t answer in time, so we can’t tell if it saved the record. Refresh \
                        this data type to see.";
            (RowPhase::Failed, Some(text))
        }
        PushStatus::Unrecognized(_) => (RowPhase::Unrecognized, None),
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
        word: status_words(write.status.as_str()),
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

/// The changes of a write's records, and its findings.
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

/// Advice for a read that does not end.
fn long_running_advice(status: &DatasetStatus) -> &'static str {
    if *status == DatasetStatus::Queued {
        return "This has waited for more than an hour. An offline connector waits until the customer’s \
                computer is on; otherwise send the ID to Codat support.";
    }
    "This has run for more than an hour, which is rare. Your earlier data is safe. If it doesn’t progress, \
     send the ID to Codat support."
}

/// What happened and what to do, for a failed status (§3.2).
pub(crate) fn advice(status: &DatasetStatus) -> (Option<&'static str>, Remedy) {
    let (text, remedy) = match status {
        DatasetStatus::AuthError => (
            "The source rejected the credentials. The customer must reconnect: send them the Link URL.",
            Remedy::Link,
        ),
        DatasetStatus::PermissionsError => (
            "The customer’s account doesn’t have access to this data. They can reconnect with an account \
             that does.",
            Remedy::Link,
        ),
        DatasetStatus::RateLimitError => {
            ("The source limits how often Codat can sync. Refresh again in a while.", Remedy::RefreshType)
        }
        DatasetStatus::PrerequisiteNotMet => {
            ("Codat must sync another data type first. Refresh all data.", Remedy::RefreshAll)
        }
        DatasetStatus::FetchError => (
            "Codat couldn’t get the data from the source. This is often temporary: refresh again.",
            Remedy::RefreshType,
        ),
        DatasetStatus::ValidationError => (
            "The data failed Codat’s validation. See the findings, fix them in the source, and refresh \
             again.",
            Remedy::RefreshType,
        ),
        DatasetStatus::MapError | DatasetStatus::ProcessingError | DatasetStatus::InternalError => (
            "Codat received the data but couldn’t process it. Refresh again; if it fails again, send the ID \
             to Codat support.",
            Remedy::RefreshType,
        ),
        DatasetStatus::Cancelled => ("This was cancelled before it finished.", Remedy::RefreshType),
        DatasetStatus::NotSupported => ("The integration doesn’t provide this data.", Remedy::Nothing),
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
        | DatasetStatus::Unrecognized(_) => return (None, Remedy::Nothing),
    };
    (Some(text), remedy)
}

/// The name of a data type, or its key if it is unknown.
pub(crate) fn type_name(key: &str) -> String {
    DataType::name_of(key).to_owned()
}

/// `FetchError` as *Fetch error*.
pub(crate) fn status_words(status: &str) -> String {
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
        assert_eq!(status_words("PrerequisiteNotMet"), "Prerequisite not met");
    }
}
