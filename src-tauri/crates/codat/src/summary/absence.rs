//! Why a company has no figures, or no data of a type. Each reason has its own next step.

use serde::{Deserialize, Serialize};

use crate::{
    error::{Failure, FailureKind},
    model::{DataStatus, DatasetStatus, Phase},
};

/// Why there is nothing to show.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Absence {
    /// The app has not requested it yet. Next: request it.
    NotAsked,
    /// No connection that could have it is linked. Next: link one.
    NotLinked,
    /// It was never read from the source (409). Next: refresh.
    NotRequested,
    /// It is being read for the first time (409). Next: wait.
    Reading,
    /// It was never read successfully; this is the status of the newest read. Next: depends on the status.
    ReadFailed(DatasetStatus),
    /// The platform does not have such data (404). Next: none; another platform may have it.
    Unsupported,
    /// It was read, and there is none (404, or no reports). Next: wait until there are records.
    NoData,
    /// There are statements for the current month only. Next: wait for its end.
    NoCompleteMonth,
    /// The months are in several currencies, which are not added up. Next: open the statement.
    SeveralCurrencies(Vec<String>),
    /// The company does not exist any more (404). Next: go back to the list.
    CompanyGone,
    /// The last request failed. Next: depends on the failure.
    LookFailed(FailureKind),
}

impl Absence {
    /// The reason for a failed request for data, given the status of the data type, if known, and whether a
    /// connection that could have it is linked.
    pub fn from_failure(failure: &Failure, standing: Option<&DataStatus>, is_linked: bool) -> Self {
        match failure.kind {
            FailureKind::Conflict => not_there(standing, is_linked),
            FailureKind::NotFound => not_found(&failure.message, standing, is_linked),
            FailureKind::Invalid if says_unsupported(&failure.message) => Self::Unsupported,
            kind @ (FailureKind::Invalid
            | FailureKind::Unauthorized
            | FailureKind::PaymentRequired
            | FailureKind::Forbidden
            | FailureKind::Unprocessable
            | FailureKind::RateLimited
            | FailureKind::Server
            | FailureKind::OtherStatus
            | FailureKind::Unreachable
            | FailureKind::NoAnswer
            | FailureKind::Unreadable
            | FailureKind::Intercepted) => Self::LookFailed(kind),
        }
    }
}

/// 409: never requested, or not read yet.
fn not_there(standing: Option<&DataStatus>, is_linked: bool) -> Absence {
    match of_standing(standing) {
        Some(absence) => absence,
        None if is_linked => Absence::NotRequested,
        None => Absence::NotLinked,
    }
}

/// 404 has several meanings. Codat's message tells them apart.
fn not_found(message: &str, standing: Option<&DataStatus>, is_linked: bool) -> Absence {
    if says_unsupported(message) {
        return Absence::Unsupported;
    }
    if message.contains("No company was found") {
        return Absence::CompanyGone;
    }
    match of_standing(standing) {
        Some(absence) => absence,
        None if is_linked => Absence::NoData,
        None => Absence::NotLinked,
    }
}

fn says_unsupported(message: &str) -> bool {
    message.contains("not supported by platform")
}

/// The reason by the newest read, if no read succeeded.
fn of_standing(standing: Option<&DataStatus>) -> Option<Absence> {
    let standing = standing.filter(|standing| standing.last_successful_sync.is_none())?;
    let status = standing.current_status.clone()?;
    match status.phase() {
        Phase::Running => Some(Absence::Reading),
        Phase::Neutral if status == DatasetStatus::NotSupported => Some(Absence::Unsupported),
        Phase::Neutral => Some(Absence::NotRequested),
        Phase::Failed | Phase::Unrecognized => Some(Absence::ReadFailed(status)),
        Phase::Done => None,
    }
}
