//! Why there is nothing to show, in words, each with its own next step.

use codat::{
    Company, FailureKind,
    data::Category,
    model::{ConnectionStatus, DataStatus, SourceType},
    summary::Absence,
};
use serde::Serialize;
use serde_json::value::RawValue;
use store::Said;
use ts_rs::TS;

use crate::commands::status_words;

/// Why there is nothing to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct AbsenceView {
    /// A few words.
    pub title: String,
    /// A sentence or two: why, and what to do.
    pub text: String,
    /// What helps.
    pub step: NextStep,
}

/// What helps against an absence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum NextStep {
    /// Nothing that can be done here.
    Nothing,
    /// Asking again.
    Ask,
    /// Reading the company's data.
    Refresh,
    /// The customer connects.
    Link,
    /// Waiting: it comes by itself.
    Wait,
    /// Looking at the statement itself.
    Statement,
}

/// What was said of a type's data, or why nothing was.
pub(crate) fn answer<'s>(
    said: Option<&'s Said>,
    standing: Option<&DataStatus>,
    is_linked: bool,
) -> Result<&'s RawValue, Absence> {
    let Some(said) = said else {
        return Err(if is_linked { Absence::NotAsked } else { Absence::NotLinked });
    };
    // What was read before stays readable, also where it is no longer given out.
    match (&said.answer, &said.refusal) {
        (Some((_, raw)), _) => Ok(raw),
        (None, Some((_, refusal))) => Err(Absence::from_failure(refusal, standing, is_linked)),
        (None, None) => Err(Absence::NotAsked),
    }
}

/// Whether a source of this category is linked.
pub(crate) fn is_linked(company: &Company, category: Category) -> bool {
    company
        .data_connections
        .iter()
        .any(|it| it.status == ConnectionStatus::Linked && is_of(&it.source_type, category))
}

/// Whether a source gives data of this category.
pub(crate) fn is_of(source: &SourceType, category: Category) -> bool {
    match source {
        SourceType::Accounting => category == Category::Accounting,
        SourceType::Banking => category == Category::Banking,
        SourceType::Commerce => category == Category::Commerce,
        SourceType::Unknown | SourceType::Unrecognised(_) => true,
        SourceType::BankFeed | SourceType::Expense | SourceType::Other => false,
    }
}

/// The words for an absence; `what` is what is missing, such as *profit and loss*.
pub(crate) fn view(absence: &Absence, what: &str) -> AbsenceView {
    let (title, text, step) = words(absence, what);
    AbsenceView { title, text, step }
}

fn words(absence: &Absence, what: &str) -> (String, String, NextStep) {
    let said = |title: &str, text: String, step| (title.to_owned(), text, step);
    match absence {
        Absence::NotAsked => said(
            "Not loaded yet",
            format!("This computer has not asked Codat for {what} yet."),
            NextStep::Ask,
        ),
        Absence::NotLinked => said(
            "Nothing is linked",
            format!("No source that could have {what} is linked. Send the customer the Link URL."),
            NextStep::Link,
        ),
        Absence::NotRequested => said(
            "Never read",
            format!("Codat has not been asked to read {what} from the source. Refresh data to read it."),
            NextStep::Refresh,
        ),
        Absence::Reading => said(
            "Being read",
            format!("Codat reads {what} for the first time. It appears here by itself."),
            NextStep::Wait,
        ),
        Absence::ReadFailed(status) => said(
            "The read failed",
            format!(
                "Reading {what} ended with “{}”. Data history says why and what helps.",
                status_words(status.as_str())
            ),
            NextStep::Refresh,
        ),
        Absence::Unsupported => said(
            "Not supported",
            format!("The integrations of this company do not have {what}. Another integration may."),
            NextStep::Nothing,
        ),
        Absence::NoData => {
            said("No data", format!("It was read, and the source has no {what} yet."), NextStep::Refresh)
        }
        Absence::NoCompleteMonth => said(
            "No complete month yet",
            "There are figures for the running month alone. They appear when it is over.".to_owned(),
            NextStep::Wait,
        ),
        Absence::SeveralCurrencies(codes) => said(
            "Several currencies",
            format!(
                "The months are in {}, which are not added up. The statement has each.",
                codes.join(" and ")
            ),
            NextStep::Statement,
        ),
        Absence::CompanyGone => said(
            "The company is gone",
            "Codat no longer has this company. It was deleted elsewhere; the list will follow.".to_owned(),
            NextStep::Nothing,
        ),
        Absence::LookFailed(kind) => said("Could not be loaded", look_failed(*kind, what), NextStep::Ask),
    }
}

fn look_failed(kind: FailureKind, what: &str) -> String {
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
