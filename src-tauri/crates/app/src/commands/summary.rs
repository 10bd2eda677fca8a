//! The summary of a company: its figures as kept statements have them (§2.19).

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
use store::{Said, Store};
use ts_rs::TS;

use super::{ById, Nothing, company_id};
use crate::{
    absence::{self, AbsenceView, is_linked},
    app::App,
    chart::{Chart, chart},
    clock,
    convert::millis,
    error::WireError,
    fetch::{asked_at, company, fetch_due, is_reading},
    figures,
};

/// Three years: a year to show, the one before to compare with, and one for months that are missing.
pub(crate) const MONTHS: u32 = 36;

/// Something of a company to be asked for.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct Load {
    /// The company.
    pub id: String,
    /// Also what was asked for lately.
    pub always: bool,
}

/// The summary of a company.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SummaryView {
    /// The income of the latest twelve complete months.
    pub revenue: MeasureView,
    /// The operating profit of the same months.
    pub operating_profit: MeasureView,
    /// The equity of the newest balance sheet.
    pub equity: MeasureView,
    /// The months; none where there is no profit and loss.
    pub chart: Option<Chart>,
    /// When income and expenses count, where it is said: `Accrual` or `Cash`.
    pub basis: Option<String>,
    /// When statements were last asked for; none: never.
    pub as_of: Option<i64>,
    /// Whether statements are being read from the source.
    pub reading: bool,
}

/// A figure, or why there is none.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MeasureView {
    /// £1.34m
    pub short: Option<String>,
    /// £1,340,123.45
    pub whole: Option<String>,
    /// Nov 2025 to Oct 2026, or at 31 Oct 2026.
    pub period: Option<String>,
    /// +14.2%, or +£63k where a share says nothing.
    pub change: Option<String>,
    /// What it is compared with and by how much, or why it is not.
    pub change_words: Option<String>,
    /// Which months are missing from it.
    pub missing: Option<String>,
    /// Why there is none.
    pub absence: Option<AbsenceView>,
}

impl App {
    /// The summary from what is kept.
    pub(crate) async fn summary(&self, by: ById) -> Result<SummaryView, WireError> {
        let id = company_id(&by.id)?;
        let store = self.desk().await.store()?;
        let linked = is_linked(&company(&store, id).await?, Category::Accounting);
        let standings = standings(&store, id).await?;
        let profit_and_loss = said(&store, id, StatementKind::ProfitAndLoss).await?;
        let balance_sheets = said(&store, id, StatementKind::BalanceSheet).await?;
        let info = info(&store, id).await?;
        let flows = merged(StatementKind::ProfitAndLoss, profit_and_loss.as_ref(), &standings, linked);
        let balances = merged(StatementKind::BalanceSheet, balance_sheets.as_ref(), &standings, linked);
        let summary = Summary::compute(&Sources {
            profit_and_loss: flows.as_ref().map_err(Clone::clone),
            balance_sheets: balances.as_ref().map_err(Clone::clone),
            info: info.as_ref(),
            today: TimeZone::system().to_datetime(clock::now()).date(),
        });
        let asked = [&profit_and_loss, &balance_sheets].map(|said| said.as_ref().and_then(asked_at));
        let keys = [StatementKind::ProfitAndLoss.key(), StatementKind::BalanceSheet.key()];
        Ok(view(
            &summary,
            asked.into_iter().flatten().min().map(millis),
            is_reading(&store, id, &keys).await?,
        ))
    }

    /// Asks for what the summary is made from, where that was not done lately.
    pub(crate) async fn load_summary(&self, load: Load) -> Result<Nothing, WireError> {
        let company = company_id(&load.id)?;
        let statement = |kind| Topic::Statement { company, kind, months: MONTHS };
        let topics = vec![
            Topic::DataStatus(company),
            statement(StatementKind::ProfitAndLoss),
            statement(StatementKind::BalanceSheet),
            Topic::Info(company),
        ];
        fetch_due(&*self.desk().await, topics, load.always).await?;
        Ok(Nothing {})
    }
}

/// What was said of a statement.
pub(crate) async fn said(
    store: &Store,
    company: CompanyId,
    kind: StatementKind,
) -> Result<Option<Said>, WireError> {
    Ok(store.said(&Topic::Statement { company, kind, months: MONTHS }).await?)
}

/// How the types of a company stand, as far as it is known.
pub(crate) async fn standings(
    store: &Store,
    company: CompanyId,
) -> Result<BTreeMap<String, DataStatus>, WireError> {
    let said = store.said(&Topic::DataStatus(company)).await?;
    let answer = said.and_then(|said| said.answer);
    Ok(answer.and_then(|(_, raw)| DataStatus::all_from_raw(&raw).ok()).unwrap_or_default())
}

/// Company information, as far as it is known.
pub(crate) async fn info(store: &Store, company: CompanyId) -> Result<Option<CompanyInfo>, WireError> {
    let said = store.said(&Topic::Info(company)).await?;
    Ok(said.and_then(|said| said.answer).map(|(_, raw)| CompanyInfo::from_raw(&raw)))
}

/// A kept statement month by month, or why there is none.
pub(crate) fn merged(
    kind: StatementKind,
    said: Option<&Said>,
    standings: &BTreeMap<String, DataStatus>,
    is_linked: bool,
) -> Result<MonthlyReports, Absence> {
    let raw = absence::answer(said, standings.get(kind.key()), is_linked)?;
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

/// What a figure is of.
#[derive(Clone, Copy)]
enum Covers {
    Months,
    Day,
}

fn measure(measure: &Result<Measure, Absence>, what: &str, covers: Covers) -> MeasureView {
    let measure = match measure {
        Ok(measure) => measure,
        Err(absence) => return nothing(absence::view(absence, what)),
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
        short: Some(figures::short(&measure.figure, currency)),
        whole: Some(figures::whole(&measure.figure, currency)),
        period: Some(period),
        change,
        change_words: Some(change_words),
        missing: missing(measure),
        absence: None,
    }
}

fn nothing(absence: AbsenceView) -> MeasureView {
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
                Undefined::NothingBefore => "nothing before to compare with",
                Undefined::MonthsMissing => "not compared: months are missing",
                Undefined::OtherCurrency => "not compared: another currency before",
                Undefined::NotReckonable => "not compared: a figure was not said",
            };
            (None, words.to_owned())
        }
    }
}
