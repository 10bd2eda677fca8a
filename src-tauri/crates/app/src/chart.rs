//! The geometry of a chart: positions of amounts between the lowest and the highest mark.

use codat::{statements::Figure, summary::Point};
use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use serde::Serialize;
use ts_rs::TS;

use crate::figures::{FigureView, full_text, month, month_letter, shortened};

/// The highest position; the lowest is 0.
const TOP_POSITION: i64 = 10_000;
/// The approximate number of marks.
const MARK_COUNT: i64 = 4;

/// Months side by side. Positions range from 0 at the bottom to 10,000 at the top.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct Chart {
    /// Oldest first.
    pub months: Vec<ChartMonth>,
    /// From the lowest to the highest.
    pub marks: Vec<Mark>,
    /// The position of zero.
    pub zero: i32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChartMonth {
    /// The first letter of the month, such as N.
    pub letter: String,
    /// The month, such as Nov 2025.
    pub label: String,
    /// The revenue with the currency.
    pub revenue: FigureView,
    /// The operating profit with the currency.
    pub operating_profit: FigureView,
    /// The position of the revenue. None if it is missing.
    pub revenue_at: Option<i32>,
    /// The position of the operating profit. None if it is missing.
    pub profit_at: Option<i32>,
}

/// A horizontal line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct Mark {
    /// Its position.
    pub at: i32,
    /// Its shortened amount.
    pub label: String,
}

/// Computes the chart.
pub(crate) fn chart(points: &[Point], currency: Option<&str>) -> Chart {
    let amounts = points.iter().flat_map(|point| [&point.revenue, &point.operating_profit]);
    let amounts: Vec<Decimal> = amounts.filter_map(Figure::decimal).collect();
    let scale = Scale::covering(&amounts);
    let view = |figure: &Figure| {
        let text = match figure {
            Figure::Missing => "No statement".to_owned(),
            Figure::Exact(_) | Figure::Said(_) | Figure::Unknown | Figure::Blank => {
                full_text(figure, currency)
            }
        };
        FigureView { text, ..FigureView::from(figure) }
    };
    let at = |figure: &Figure| figure.decimal().and_then(|amount| scale.position(amount));
    Chart {
        months: points
            .iter()
            .map(|point| ChartMonth {
                letter: month_letter(point.month),
                label: month(point.month),
                revenue: view(&point.revenue),
                operating_profit: view(&point.operating_profit),
                revenue_at: at(&point.revenue),
                profit_at: at(&point.operating_profit),
            })
            .collect(),
        marks: scale
            .marks()
            .filter_map(|amount| {
                Some(Mark { at: scale.position(amount)?, label: shortened(amount, currency) })
            })
            .collect(),
        zero: scale.position(Decimal::ZERO).unwrap_or_default(),
    }
}

/// Evenly spaced marks from the lowest to the highest. Zero is always in range.
struct Scale {
    low: Decimal,
    high: Decimal,
    step: Decimal,
}

impl Scale {
    fn covering(amounts: &[Decimal]) -> Self {
        let high = amounts.iter().copied().fold(Decimal::ZERO, Decimal::max);
        let low = amounts.iter().copied().fold(Decimal::ZERO, Decimal::min);
        let step =
            high.checked_sub(low).map_or(Decimal::ONE, |range| step(range / Decimal::from(MARK_COUNT)));
        let round = |amount: Decimal, strategy| {
            let steps = (amount / step).round_dp_with_strategy(0, strategy);
            steps.checked_mul(step).unwrap_or(amount)
        };
        let high = round(high, RoundingStrategy::ToPositiveInfinity);
        let low = round(low, RoundingStrategy::ToNegativeInfinity);
        let high = if high == low { step } else { high };
        Self { low, high, step }
    }

    fn position(&self, amount: Decimal) -> Option<i32> {
        let range = self.high.checked_sub(self.low)?;
        let share = amount.checked_sub(self.low)?.checked_div(range)?;
        share.checked_mul(Decimal::from(TOP_POSITION))?.round().to_i32()
    }

    fn marks(&self) -> impl Iterator<Item = Decimal> {
        let (step, high) = (self.step, self.high);
        core::iter::successors(Some(self.low), move |mark| {
            mark.checked_add(step).filter(|next| *next <= high)
        })
        .take(12)
    }
}

/// The smallest of 1, 2, 5, 10, 20, 50 and so on that is at least this amount.
fn step(least: Decimal) -> Decimal {
    let mut power = Decimal::ONE;
    while power < least {
        for factor in [1, 2, 5] {
            let Some(step) = power.checked_mul(Decimal::from(factor)) else { return least };
            if step >= least {
                return step;
            }
        }
        let Some(next) = power.checked_mul(Decimal::TEN) else { return least };
        power = next;
    }
    power
}

#[cfg(test)]
mod tests {
    use codat::statements::Month;
    use jiff::civil::date;

    use super::*;

    fn point(revenue: Figure, operating_profit: Figure) -> Point {
        Point { month: Month::containing(date(2026, 10, 1)), revenue, operating_profit }
    }

    fn exact(amount: i64) -> Figure {
        Figure::Exact(amount.into())
    }

    #[test]
    fn marks_are_even_and_nothing_is_among_them() {
        let chart = chart(
            &[point(exact(142_000), exact(-30_000)), point(Figure::Missing, Figure::Missing)],
            Some("GBP"),
        );
        let labels: Vec<_> = chart.marks.iter().map(|mark| mark.label.as_str()).collect();
        assert_eq!(labels, ["−£50k", "£0", "£50k", "£100k", "£150k"]);
        assert_eq!(chart.zero, 2_500);
        assert_eq!(chart.months[0].revenue_at, Some(9_600));
        assert_eq!(chart.months[0].profit_at, Some(1_000));
        assert_eq!(chart.months[1].revenue_at, None, "what is missing lies nowhere");
    }

    #[test]
    fn amounts_of_any_size_have_a_place_or_none() {
        for amounts in
            [[Decimal::MAX, Decimal::MIN], [Decimal::ZERO, Decimal::ZERO], [Decimal::MAX, Decimal::MAX]]
        {
            let [a, b] = amounts;
            let chart = chart(&[point(Figure::Exact(a), Figure::Exact(b))], None);
            assert!(chart.marks.iter().all(|mark| (0..=10_000).contains(&mark.at)), "{chart:?}");
        }
    }
}
