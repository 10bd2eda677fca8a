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
        Absence::NotAsked => text(
            "Not loaded yet",
            format!("This computer has not asked Codat for {what} yet."),
            NextStep::Ask,
        ),
        Absence::NotLinked => text(
            "Nothing is linked",
            format!("No source that could have {what} is linked. Send the customer the Link URL."),
            NextStep::Link,
        ),
        Absence::NotRequested => text(
            "Never read",
            format!("Codat has not been asked to read {what} from the source. Refresh data to read it."),
            NextStep::Refresh,
        ),
        Absence::Reading => text(
            "Being read",
            format!("Codat reads {what} for the first time. It appears here by itself."),
            NextStep::Wait,
        ),
        Absence::ReadFailed(status) => text(
            "The read failed",
            format!(
                "Reading {what} ended with “{}”. Data history says why and what helps.",
                status_words(status.as_str())
            ),
            NextStep::Refresh,
        ),
        Absence::Unsupported => text(
            "Not supported",
            format!("The integrations of this company do not have {what}. Another integration may."),
            NextStep::Nothing,
        ),
        Absence::NoData => {
            text("No data", format!("It was read, and the source has no {what} yet."), NextStep::Refresh)
        }
        Absence::NoCompleteMonth => text(
            "No complete month yet",
            "There are figures for the running month alone. They appear when it is over.".to_owned(),
            NextStep::Wait,
        ),
        Absence::SeveralCurrencies(codes) => text(
            "Several currencies",
            format!(
                "The months are in {}, which are not added up. The statement has each.",
                codes.join(" and ")
            ),
            NextStep::Statement,
        ),
        Absence::CompanyGone => text(
            "The company is gone",
            "Codat no longer has this company. It was deleted elsewhere; the list will follow.".to_owned(),
            NextStep::Nothing,
        ),
        Absence::LookFailed(kind) => text("Could not be loaded", request_failed(*kind, what), NextStep::Ask),
    }
}

fn request_failed(kind: FailureKind, what: &str) -> String {
    let why = match kind {
        FailureKind::Invalid | FailureKind::Unprocessable => "Codat did not accept the question",
        FailureKind::Unauthorized => "Codat refuses the API key",
        FailureKind::PaymentRequired => "the Codat plan does not allow it",
        FailureKind::Forbidden => "the API key is not for this company",
        FailureKind::NotFound => "Codat does not have it",
        FailureKind::Conflict => "Codat is busy with it",
        FailureKind::RateLimited => "Codat asks for fewer requests",
        FailureKind::Server => "Codat has a problem of its own",
        FailureKind::OtherStatus | FailureKind::Unreadable => "the answer could not be read",
        FailureKind::Unreachable => "Codat cannot be reached",
        FailureKind::Intercepted => "a proxy or firewall answered, not Codat",
        FailureKind::NoAnswer => "no answer came",
    };
    format!("Nothing is known of {what}: {why}. Try again.")
}
