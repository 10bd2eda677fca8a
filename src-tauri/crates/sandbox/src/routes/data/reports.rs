//! Reports without a data type: aged debtors and creditors, and categorized statements (§2.19).

use jiff::civil::Date;

use super::{
    records::{day, figure},
    source::read,
};
use crate::{
    context::{Context, HandlerResult, ok},
    response::ApiError,
};

/// The default number of periods of the aging reports.
const PERIODS: u32 = 4;
/// The default length of their periods in days.
const DAYS: u32 = 30;
/// The default number of months of a categorized statement.
const MONTHS: u32 = 12;

pub(super) fn answer(cx: &Context<'_>, method: &str, rest: &[&str]) -> HandlerResult {
    let report = Report::parse(rest).ok_or_else(ApiError::path_not_found)?;
    if method != "GET" {
        return Err(ApiError::method_not_allowed("GET"));
    }
    let (slot, company) = cx.company()?;
    let books = read(cx, slot, &company, None, report.data_type());
    if let Report::Available(_) = report {
        return ok(&books.is_ok());
    }
    let books = books?;
    let on = || report_date(cx).map(|day| day.unwrap_or_else(|| books.last_day()));
    match report {
        Report::Debtors | Report::Available(true) => ok(&books.aged_debtors(
            on()?,
            or(cx, "numberOfPeriods", PERIODS)?,
            or(cx, "periodLengthDays", DAYS)?,
        )),
        Report::Creditors | Report::Available(false) => ok(&books.aged_creditors(
            on()?,
            or(cx, "numberOfPeriods", PERIODS)?,
            or(cx, "periodLengthDays", DAYS)?,
        )),
        Report::ProfitAndLoss => {
            ok(&books.enhanced_profit_and_loss(on()?, or(cx, "numberOfPeriods", MONTHS)?))
        }
        Report::BalanceSheet => {
            let on = report_date(cx)?.ok_or_else(|| invalid_report_date("The report date is required."))?;
            ok(&books.enhanced_balance_sheet(on, or(cx, "numberOfPeriods", MONTHS)?))
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Report {
    Debtors,
    Creditors,
    /// Whether the report is available: debtors (true) or creditors.
    Available(bool),
    ProfitAndLoss,
    BalanceSheet,
}

impl Report {
    fn parse(rest: &[&str]) -> Option<Self> {
        match rest {
            ["ageddebtor"] => Some(Self::Debtors),
            ["agedcreditor"] => Some(Self::Creditors),
            ["ageddebtor", "available"] => Some(Self::Available(true)),
            ["agedcreditor", "available"] => Some(Self::Available(false)),
            ["enhancedprofitandloss", "accounts"] => Some(Self::ProfitAndLoss),
            ["enhancedbalancesheet", "accounts"] => Some(Self::BalanceSheet),
            _ => None,
        }
    }

    /// The type that must have been read.
    fn data_type(self) -> &'static str {
        match self {
            Self::Debtors | Self::Available(true) => "invoices",
            Self::Creditors | Self::Available(false) => "bills",
            Self::ProfitAndLoss => "profitAndLoss",
            Self::BalanceSheet => "balanceSheet",
        }
    }
}

fn or(cx: &Context<'_>, name: &str, otherwise: u32) -> Result<u32, ApiError> {
    if cx.request.parameter(name).is_none() { Ok(otherwise) } else { figure(cx, name, 366) }
}

/// The report date, if given: `dd-mm-yyyy` or any other date format of the API.
fn report_date(cx: &Context<'_>) -> Result<Option<Date>, ApiError> {
    let Some(text) = cx.request.parameter("reportDate").map(str::trim) else { return Ok(None) };
    let reversed = || {
        let mut parts = text.splitn(3, '-');
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
    };
    let found = reversed().or_else(|| day(text));
    found.map(Some).ok_or_else(|| invalid_report_date(&format!("'{text}' is not a date.")))
}

fn invalid_report_date(message: &str) -> ApiError {
    ApiError::bad_request("Error processing request - not valid.").with_item("reportDate", message, "Query")
}
