//! The summary of a company: key figures of its stored statements (§2.19).

use std::collections::BTreeMap;

use codat::{
    CompanyId, StatementKind, Topic,
    data::{Category, CompanyInfo},
    model::DataStatus,
    statements::{MonthlyReports, Statement},
    summary::{Absence, Change, Measure, Sources, Summary, Undefined},
};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use store::{CachedAnswer, Store};
use ts_rs::TS;

use super::{ById, Nothing, company_id};
use crate::{
    app::App,
    chart::{Chart, chart},
    empty_state::{self, EmptyState, is_linked},
    error::WireError,
    fetch::{checked_at, company, fetch_due, is_reading},
    figures,
    wire::millis,
};

/// Three years: the shown year, the year before for comparison, and one year for missing months.
pub(crate) const MONTHS: u32 = 36;

/// Data of a company to load.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct Load {
    pub id: String,
    /// Whether to load it even if it is fresh.
    pub always: bool,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SummaryView {
    /// Of the latest twelve complete months.
    pub revenue: MeasureView,
    /// Of the same months.
    pub operating_profit: MeasureView,
    /// Of the newest balance sheet.
    pub equity: MeasureView,
    /// The months. None without a profit and loss statement.
    pub chart: Option<Chart>,
    /// The accounting basis, if known: `Accrual` or `Cash`.
    pub basis: Option<String>,
    /// When the statements were last loaded. None: never.
    pub as_of: Option<i64>,
    /// Whether statements are being read from the source.
    pub reading: bool,
}

/// A figure, or why there is none.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MeasureView {
    /// Shortened, such as £1.34m.
    pub short: Option<String>,
    /// With all digits, such as £1,340,123.45.
    pub whole: Option<String>,
    /// Such as Nov 2025 to Oct 2026, or at 31 Oct 2026.
    pub period: Option<String>,
    /// Such as +14.2%, or +£63k if a percentage has no meaning.
    pub change: Option<String>,
    /// The amount and the base of the change, or why there is no comparison.
    pub change_words: Option<String>,
    /// The missing months.
    pub missing: Option<String>,
    /// Why there is no figure.
    pub absence: Option<EmptyState>,
}

impl App {
    /// The summary of the stored statements.
    pub(crate) async fn summary(&self, by: ById) -> Result<SummaryView, WireError> {
        let id = company_id(&by.id)?;
        let workspace = self.command_workspace().await;
        let store = workspace.store()?;
        let linked = is_linked(&company(&store, id).await?, Category::Accounting);
        let statuses = data_statuses(&store, id).await?;
        let profit_and_loss = stored_statement(&store, id, StatementKind::ProfitAndLoss).await?;
        let balance_sheets = stored_statement(&store, id, StatementKind::BalanceSheet).await?;
        let info = info(&store, id).await?;
        let flows =
            merged_statement(StatementKind::ProfitAndLoss, profit_and_loss.as_ref(), &statuses, linked);
        let balances =
            merged_statement(StatementKind::BalanceSheet, balance_sheets.as_ref(), &statuses, linked);
        let summary = Summary::compute(&Sources {
            profit_and_loss: flows.as_ref().map_err(Clone::clone),
            balance_sheets: balances.as_ref().map_err(Clone::clone),
            info: info.as_ref(),
            today: TimeZone::system().to_datetime(workspace.now()).date(),
        });
        let checked = [&profit_and_loss, &balance_sheets].map(|cached| cached.as_ref().and_then(checked_at));
        let keys = [StatementKind::ProfitAndLoss.key(), StatementKind::BalanceSheet.key()];
        Ok(view(
            &summary,
            checked.into_iter().flatten().min().map(millis),
            is_reading(&store, id, &keys).await?,
        ))
    }

    /// Loads the statements if they are stale.
    pub(crate) async fn load_summary(&self, load: Load) -> Result<Nothing, WireError> {
        let company = company_id(&load.id)?;
        let statement = |kind| Topic::Statement { company, kind, months: MONTHS };
        let topics = vec![
            Topic::DataStatus(company),
            statement(StatementKind::ProfitAndLoss),
            statement(StatementKind::BalanceSheet),
            Topic::Info(company),
        ];
        fetch_due(&*self.command_workspace().await, topics, load.always).await?;
        Ok(Nothing {})
    }
}

/// The stored answer for a statement.
pub(crate) async fn stored_statement(
    store: &Store,
    company: CompanyId,
    kind: StatementKind,
) -> Result<Option<CachedAnswer>, WireError> {
    Ok(store.cached_answer(&Topic::Statement { company, kind, months: MONTHS }).await?)
}

/// The stored states of a company's data types.
pub(crate) async fn data_statuses(
    store: &Store,
    company: CompanyId,
) -> Result<BTreeMap<String, DataStatus>, WireError> {
    let cached = store.cached_answer(&Topic::DataStatus(company)).await?;
    let answer = cached.and_then(|cached| cached.answer);
    Ok(answer.and_then(|(_, raw)| DataStatus::all_from_raw(&raw).ok()).unwrap_or_default())
}

/// The stored company information.
pub(crate) async fn info(store: &Store, company: CompanyId) -> Result<Option<CompanyInfo>, WireError> {
    let cached = store.cached_answer(&Topic::Info(company)).await?;
    Ok(cached.and_then(|cached| cached.answer).map(|(_, raw)| CompanyInfo::from_raw(&raw)))
}

/// The stored statement by month, or why there is none.
pub(crate) fn merged_statement(
    kind: StatementKind,
    cached: Option<&CachedAnswer>,
    statuses: &BTreeMap<String, DataStatus>,
    is_linked: bool,
) -> Result<MonthlyReports, Absence> {
    let raw = empty_state::stored_answer(cached, statuses.get(kind.key()), is_linked)?;
    let statement = Statement::from_raw(kind, raw).map_err(|why| {
        tracing::warn!(why, "a kept statement cannot be read");
        Absence::LookFailed(codat::FailureKind::Unreadable)
    })?;
    let merged = MonthlyReports::merge(kind, [statement]);
    if merged.newest().is_none() { Err(Absence::NoData) } else { Ok(merged) }
}

fn view(summary: &Summary, as_of: Option<i64>, reading: bool) -> SummaryView {
    let currency = summary.revenue.as_ref().ok().and_then(|measure| measure.currency.as_deref());
    SummaryView {
        revenue: measure(&summary.revenue, "profit and loss", Covers::Months),
        operating_profit: measure(&summary.operating_profit, "profit and loss", Covers::Months),
        equity: measure(&summary.equity, "balance sheets", Covers::Day),
        chart: (!summary.months.is_empty()).then(|| chart(&summary.months, currency)),
        basis: summary.basis.as_ref().map(|basis| basis.as_str().to_owned()),
        as_of,
        reading,
    }
}

/// The period of a figure.
#[derive(Clone, Copy)]
enum Covers {
    Months,
    Day,
}

fn measure(measure: &Result<Measure, Absence>, what: &str, covers: Covers) -> MeasureView {
    let measure = match measure {
        Ok(measure) => measure,
        Err(absence) => return empty_measure(empty_state::empty_state(absence, what)),
    };
    let currency = measure.currency.as_deref();
    let (period, before) = match covers {
        Covers::Months => {
            let to = figures::month(codat::statements::Month::containing(measure.as_of));
            (format!("{} to {to}", figures::month(measure.from)), "the year before")
        }
        Covers::Day => (format!("at {}", figures::day(measure.as_of)), "a year before"),
    };
    let (change, change_words) = change(&measure.change, currency, before);
    MeasureView {
        short: Some(figures::short_text(&measure.figure, currency)),
        whole: Some(figures::full_text(&measure.figure, currency)),
        period: Some(period),
        change,
        change_words: Some(change_words),
        missing: missing(measure),
        absence: None,
    }
}

fn empty_measure(absence: EmptyState) -> MeasureView {
    MeasureView {
        short: None,
        whole: None,
        period: None,
        change: None,
        change_words: None,
        missing: None,
        absence: Some(absence),
    }
}

fn missing(measure: &Measure) -> Option<String> {
    match measure.missing.as_slice() {
        [] => None,
        [one] => Some(format!("without {}, which is missing", figures::month(*one))),
        several => Some(format!("without {} months that are missing", several.len())),
    }
}

fn change(change: &Change, currency: Option<&str>, before: &str) -> (Option<String>, String) {
    match change {
        Change::Percent { percent, difference } => {
            let plus = if percent.is_sign_positive() && !percent.is_zero() { "+" } else { "" };
            let share = format!("{plus}{}%", figures::grouped(percent.normalize()));
            let words = format!("{} on {before}", figures::signed_money(*difference, currency));
            (Some(share), words)
        }
        Change::Difference { difference, before: was } => {
            let words = format!("on {before}, which had {}", figures::shortened(*was, currency));
            (Some(figures::signed_money(*difference, currency)), words)
        }
        Change::Undefined(why) => {
            let words = match why {
                Undefined::NothingBefore => "no earlier figure to compare with",
                Undefined::MonthsMissing => "not compared: months are missing",
                Undefined::OtherCurrency => "not compared: another currency before",
                Undefined::NotReckonable => "not compared: a figure is missing",
            };
            (None, words.to_owned())
        }
    }
}
