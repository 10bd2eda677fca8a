//! The summary of a company: revenue, operating profit and equity (§2.19). No endpoint returns them, so they are
//! computed from the statements.

mod absence;
mod change;

use jiff::civil::Date;

pub use absence::Absence;
pub use change::{Change, Undefined};

use crate::{
    data::CompanyInfo,
    statements::{Basis, Figure, Month, MonthlyReports, Part, Report},
};

/// The number of months of a year's figures.
const YEAR: i32 = 12;

/// The input of a summary.
#[derive(Debug, Clone)]
pub struct Sources<'s> {
    /// Profit and loss by month, or why there is none.
    pub profit_and_loss: Result<&'s MonthlyReports, Absence>,
    /// Balance sheets by month, or why there are none.
    pub balance_sheets: Result<&'s MonthlyReports, Absence>,
    /// Company information. Its base currency is used if statements have none.
    pub info: Option<&'s CompanyInfo>,
    /// Today's date where the user is. The month of this date is not complete.
    pub today: Date,
}

/// The summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The income of the latest twelve complete months.
    pub revenue: Result<Measure, Absence>,
    /// The operating profit of the same months.
    pub operating_profit: Result<Measure, Absence>,
    /// The equity of the newest balance sheet.
    pub equity: Result<Measure, Absence>,
    /// The twelve months, oldest first, including missing ones. Empty if there is no profit and loss.
    pub months: Vec<Point>,
    /// The accounting basis: when income and expenses count.
    pub basis: Option<Basis>,
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// The amount. If months are missing, the sum of the others.
    pub figure: Figure,
    /// The currency code.
    pub currency: Option<String>,
    /// The first month. For equity, the month of the balance sheet.
    pub from: Month,
    /// The last day.
    pub as_of: Date,
    /// The missing months.
    pub missing: Vec<Month>,
    /// The change from the twelve months before, or from the balance sheet of twelve months before.
    pub change: Change,
}

/// A month of the chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// The month.
    pub month: Month,
    /// The income.
    pub revenue: Figure,
    /// The operating profit.
    pub operating_profit: Figure,
}

impl Summary {
    /// Computes the summary.
    pub fn compute(sources: &Sources<'_>) -> Self {
        let base = sources.info.and_then(|info| info.base_currency.as_deref());
        let year = sources.profit_and_loss.clone().and_then(|merged| Year::latest(merged, sources.today));
        let flow = |part| year.clone().and_then(|year| year.measure(part, base));
        let points = |year: &Year<'_>| year.months().map(|month| year.point(month)).collect();
        Self {
            revenue: flow(Part::Income),
            operating_profit: flow(Part::NetOperatingProfit),
            equity: sources.balance_sheets.clone().and_then(|merged| equity(merged, base)),
            months: year.as_ref().map_or_else(|_| Vec::new(), points),
            basis: sources.profit_and_loss.as_ref().ok().and_then(|merged| merged.basis.clone()),
        }
    }
}

/// Twelve months of profit and loss.
#[derive(Clone)]
struct Year<'s> {
    merged: &'s MonthlyReports,
    first: Month,
    last: Month,
}

impl<'s> Year<'s> {
    /// The latest twelve months up to the newest complete one.
    fn latest(merged: &'s MonthlyReports, today: Date) -> Result<Self, Absence> {
        if merged.newest().is_none() {
            return Err(Absence::NoData);
        }
        let complete = Month::containing(today).plus(-1);
        let last = merged.newest_until(complete).ok_or(Absence::NoCompleteMonth)?;
        Ok(Self { merged, first: last.plus(1 - YEAR), last })
    }

    fn before(&self) -> Self {
        Self { merged: self.merged, first: self.first.plus(-YEAR), last: self.last.plus(-YEAR) }
    }

    fn months(&self) -> impl Iterator<Item = Month> + use<> {
        let first = self.first;
        (0..YEAR).map(move |index| first.plus(index))
    }

    fn missing(&self) -> Vec<Month> {
        self.months().filter(|month| self.merged.report(*month).is_none()).collect()
    }

    fn point(&self, month: Month) -> Point {
        let figure =
            |part| self.merged.report(month).map_or(Figure::Missing, |report| reported(report, part));
        Point { month, revenue: figure(Part::Income), operating_profit: figure(Part::NetOperatingProfit) }
    }

    /// The currencies of the months, each once.
    fn currencies(&self) -> Vec<String> {
        let mut codes: Vec<String> =
            self.months().filter_map(|month| self.merged.currency(month).map(str::to_owned)).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    fn sum(&self, part: Part) -> Figure {
        let reports = self.months().filter_map(|month| self.merged.report(month));
        let figures: Vec<Figure> = reports.map(|report| reported(report, part)).collect();
        Figure::sum(&figures)
    }

    fn measure(&self, part: Part, base: Option<&str>) -> Result<Measure, Absence> {
        let codes = self.currencies();
        if codes.len() > 1 {
            return Err(Absence::SeveralCurrencies(codes));
        }
        let as_of = self.merged.report(self.last).ok_or(Absence::NoData)?.to;
        let figure = self.sum(part);
        Ok(Measure {
            change: self.change(part, &figure, &codes),
            figure,
            currency: codes.into_iter().next().or_else(|| base.map(str::to_owned)),
            from: self.first,
            as_of,
            missing: self.missing(),
        })
    }

    fn change(&self, part: Part, figure: &Figure, codes: &[String]) -> Change {
        let before = self.before();
        let missing_before = before.missing();
        if missing_before.len() == self.months().count() {
            return Change::Undefined(Undefined::NothingBefore);
        }
        if !missing_before.is_empty() || !self.missing().is_empty() {
            return Change::Undefined(Undefined::MonthsMissing);
        }
        if before.currencies() != codes {
            return Change::Undefined(Undefined::OtherCurrency);
        }
        Change::between(&before.sum(part), figure)
    }
}

fn equity(merged: &MonthlyReports, base: Option<&str>) -> Result<Measure, Absence> {
    let month = merged.newest().ok_or(Absence::NoData)?;
    let report = merged.report(month).ok_or(Absence::NoData)?;
    let figure = owned(report);
    let earlier = month.plus(-YEAR);
    let change = match merged.report(earlier) {
        None => Change::Undefined(Undefined::NothingBefore),
        Some(_) if merged.currency(earlier) != merged.currency(month) => {
            Change::Undefined(Undefined::OtherCurrency)
        }
        Some(before) => Change::between(&owned(before), &figure),
    };
    Ok(Measure {
        figure,
        currency: merged.currency(month).or(base).map(str::to_owned),
        from: month,
        as_of: report.to,
        missing: Vec::new(),
        change,
    })
}

/// Equity, or else net assets, which are the same amount.
fn owned(report: &Report) -> Figure {
    match reported(report, Part::Equity) {
        Figure::Blank => reported(report, Part::NetAssets),
        figure @ (Figure::Exact(_) | Figure::Said(_) | Figure::Unknown | Figure::Missing) => figure,
    }
}

fn reported(report: &Report, part: Part) -> Figure {
    Figure::from_amount(report.part(part).and_then(|line| line.value.as_ref()))
}
