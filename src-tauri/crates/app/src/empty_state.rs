//! Empty states: why a screen has no data, as text with a next step.

use codat::{
    Company, FailureKind,
    data::Category,
    model::{ConnectionStatus, DataStatus, SourceType},
    summary::Absence,
};
use serde::Serialize;
use serde_json::value::RawValue;
use store::CachedAnswer;
use ts_rs::TS;

use crate::commands::status_words;

/// Why there is no data to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "AbsenceView")]
pub(crate) struct EmptyState {
    /// A few words.
    pub title: String,
    /// One or two sentences: the reason and what to do.
    pub text: String,
    pub step: NextStep,
}

/// What the user can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum NextStep {
    /// Nothing.
    Nothing,
    /// Load the data again.
    Ask,
    /// Refresh the company's data.
    Refresh,
    /// Send the Link URL to the customer.
    Link,
    /// Wait; the data arrives without further action.
    Wait,
    /// Open the statement.
    Statement,
}

/// The stored answer about a data type, or why there is none.
pub(crate) fn stored_answer<'s>(
    cached: Option<&'s CachedAnswer>,
    data_status: Option<&DataStatus>,
    is_linked: bool,
) -> Result<&'s RawValue, Absence> {
    let Some(cached) = cached else {
        return Err(if is_linked { Absence::NotAsked } else { Absence::NotLinked });
    };
    // An earlier answer stays readable after a refusal.
    match (&cached.answer, &cached.refusal) {
        (Some((_, raw)), _) => Ok(raw),
        (None, Some((_, refusal))) => Err(Absence::from_failure(refusal, data_status, is_linked)),
        (None, None) => Err(Absence::NotAsked),
    }
}

/// Whether a linked connection provides data of this category.
pub(crate) fn is_linked(company: &Company, category: Category) -> bool {
    company
        .data_connections
        .iter()
        .any(|it| it.status == ConnectionStatus::Linked && provides_category(&it.source_type, category))
}

/// Whether a source provides data of this category.
pub(crate) fn provides_category(source: &SourceType, category: Category) -> bool {
    match source {
        SourceType::Accounting => category == Category::Accounting,
        SourceType::Banking => category == Category::Banking,
        SourceType::Commerce => category == Category::Commerce,
        SourceType::Unknown | SourceType::Unrecognized(_) => true,
        SourceType::BankFeed | SourceType::Expense | SourceType::Other => false,
    }
}

/// The empty state for an absence. `what` names the missing data, such as *profit and loss*.
pub(crate) fn empty_state(absence: &Absence, what: &str) -> EmptyState {
    let (title, text, step) = texts(absence, what);
    EmptyState { title, text, step }
}

fn texts(absence: &Absence, what: &str) -> (String, String, NextStep) {
    let text = |title: &str, text: String, step| (title.to_owned(), text, step);
    match absence {
        Absence::NotAsked => {
            text("Not loaded yet", format!("We haven’t loaded {what} from Codat yet."), NextStep::Ask)
        }
        Absence::NotLinked => text(
            "No connections",
            format!("No connected platform provides {what}. Send the customer the Link URL."),
            NextStep::Link,
        ),
        Absence::NotRequested => text(
            "Never read",
            format!("Codat hasn’t synced {what} from the source yet. Refresh data to get it."),
            NextStep::Refresh,
        ),
        Absence::Reading => text(
            "Syncing",
            format!("Codat is syncing {what} for the first time. It appears here automatically."),
            NextStep::Wait,
        ),
        Absence::ReadFailed(status) => text(
            "The refresh failed",
            format!(
                "Syncing {what} ended with “{}”. Data history shows why and what helps.",
                status_words(status.as_str())
            ),
            NextStep::Refresh,
        ),
        Absence::Unsupported => text(
            "Not supported",
            format!("This company’s integrations don’t provide {what}. Another integration may."),
            NextStep::Nothing,
        ),
        Absence::NoData => text(
            "No data",
            format!("The last refresh succeeded, but the source has no {what} yet."),
            NextStep::Refresh,
        ),
        Absence::NoCompleteMonth => text(
            "No complete month yet",
            "There are figures only for the current month. They appear when it ends.".to_owned(),
            NextStep::Wait,
        ),
        Absence::SeveralCurrencies(codes) => text(
            "Several currencies",
            format!(
                "The months are in {}, so we don’t add them up. The statement shows each.",
                codes.join(" and ")
            ),
            NextStep::Statement,
        ),
        Absence::CompanyGone => text(
            "The company no longer exists",
            "Codat no longer has this company; it was deleted elsewhere. The list updates at the next check."
                .to_owned(),
            NextStep::Nothing,
        ),
        Absence::LookFailed(kind) => text("Couldn’t load this", request_failed(*kind, what), NextStep::Ask),
    }
}

fn request_failed(kind: FailureKind, what: &str) -> String {
    let why = match kind {
        FailureKind::Invalid | FailureKind::Unprocessable => "Codat rejected the request",
        FailureKind::Unauthorized => "Codat rejected the API key",
        FailureKind::PaymentRequired => "your Codat plan doesn’t allow it",
        FailureKind::Forbidden => "the API key isn’t for this company",
        FailureKind::NotFound => "Codat doesn’t have it",
        FailureKind::Conflict => "Codat is busy with it",
        FailureKind::RateLimited => "Codat is limiting our requests",
        FailureKind::Server => "Codat returned an error",
        FailureKind::OtherStatus | FailureKind::Unreadable => "we couldn’t read Codat’s answer",
        FailureKind::Unreachable => "we can’t reach Codat",
        FailureKind::Intercepted => "a proxy or firewall answered, not Codat",
        FailureKind::NoAnswer => "Codat didn’t answer",
    };
    format!("We couldn’t load {what}: {why}. Try again.")
}
