//! How amounts, months and days read. Amounts are exact; where one is shortened, it is rounded for the eye
//! alone, and the whole of it goes along.

use codat::{
    amount::Amount,
    statements::{Figure, Month},
};
use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;
use ts_rs::TS;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// A true minus sign: as wide as a plus.
const MINUS: &str = "\u{2212}";

/// What stands in one place of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct FigureView {
    /// What it is.
    pub kind: FigureKind,
    /// As it reads, without a currency; empty where there is nothing.
    pub text: String,
}

/// What a figure is; see [`Figure`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum FigureKind {
    Exact,
    Said,
    Unknown,
    Blank,
    Missing,
}

impl From<&Figure> for FigureView {
    fn from(figure: &Figure) -> Self {
        match figure {
            Figure::Exact(decimal) => Self { kind: FigureKind::Exact, text: grouped(*decimal) },
            Figure::Said(amount) => Self { kind: FigureKind::Said, text: amount.as_str().to_owned() },
            Figure::Unknown => Self { kind: FigureKind::Unknown, text: String::new() },
            Figure::Blank => Self { kind: FigureKind::Blank, text: String::new() },
            Figure::Missing => Self { kind: FigureKind::Missing, text: String::new() },
        }
    }
}

/// A figure with its currency: every digit.
pub(crate) fn whole(figure: &Figure, currency: Option<&str>) -> String {
    match figure {
        Figure::Exact(decimal) => money(*decimal, currency),
        Figure::Said(amount) => format!("{}{}", sign_of(currency), amount.as_str()),
        Figure::Unknown => "Cannot be reckoned".to_owned(),
        Figure::Blank | Figure::Missing => "Not said".to_owned(),
    }
}

/// A figure as one reads it at a glance: £1.34m, £189k, −£52.
pub(crate) fn short(figure: &Figure, currency: Option<&str>) -> String {
    figure.decimal().map_or_else(|| whole(figure, currency), |decimal| shortened(decimal, currency))
}

/// Three digits and a unit.
pub(crate) fn shortened(decimal: Decimal, currency: Option<&str>) -> String {
    let size = decimal.abs();
    let units = [(Decimal::ONE, ""), (scale(3), "k"), (scale(6), "m"), (scale(9), "bn"), (scale(12), "tn")];
    // What rounds up to the next unit is said in that.
    let fits = |unit: &Decimal| three(size / *unit) < scale(3);
    let (unit, name) = units.into_iter().find(|(unit, _)| fits(unit)).unwrap_or((scale(12), "tn"));
    let text = plain(three(size / unit));
    format!("{}{}{text}{name}", minus(decimal), sign_of(currency))
}

/// With its currency: every digit, in groups.
pub(crate) fn money(decimal: Decimal, currency: Option<&str>) -> String {
    format!("{}{}{}", minus(decimal), sign_of(currency), grouped(decimal.abs()))
}

/// As [`money`], with a plus where it is more than nothing.
pub(crate) fn signed_money(decimal: Decimal, currency: Option<&str>) -> String {
    let plus = if decimal > Decimal::ZERO { "+" } else { "" };
    format!("{plus}{}", shortened(decimal, currency))
}

/// 1,234.50, with all its digits; below nothing with a minus.
pub(crate) fn grouped(decimal: Decimal) -> String {
    format!("{}{}", minus(decimal), group(&decimal.abs().to_string()))
}

/// An amount with all its digits, in groups; one that is said by a power of ten and cannot be reckoned with, as it
/// was said.
pub(crate) fn amount(amount: &Amount) -> String {
    if let Some(decimal) = amount.decimal() {
        return grouped(decimal);
    }
    let said = amount.as_str();
    let (minus, digits) = said.strip_prefix('-').map_or(("", said), |rest| ("\u{2212}", rest));
    if digits.contains(['e', 'E']) { said.to_owned() } else { format!("{minus}{}", group(digits)) }
}

/// The sign of a currency, or its code and a space; nothing where none is known.
pub(crate) fn sign_of(currency: Option<&str>) -> String {
    match currency {
        None => String::new(),
        Some("GBP") => "£".to_owned(),
        Some("EUR") => "€".to_owned(),
        Some("USD") => "$".to_owned(),
        Some(code) => format!("{code}\u{a0}"),
    }
}

/// Nov 2025
pub(crate) fn month(month: Month) -> String {
    let index = usize::try_from(month.number() - 1).unwrap_or_default();
    format!("{} {}", MONTHS.get(index).copied().unwrap_or_default(), month.year())
}

/// N
pub(crate) fn month_letter(of: Month) -> String {
    month(of).chars().take(1).collect()
}

/// 31 Oct 2026
pub(crate) fn day(date: Date) -> String {
    format!("{} {}", date.day(), month(Month::containing(date)))
}

fn minus(decimal: Decimal) -> &'static str {
    if decimal < Decimal::ZERO { MINUS } else { "" }
}

/// Rounded to three digits, or to the whole where there are more before the point.
fn three(size: Decimal) -> Decimal {
    let places = if size < Decimal::TEN {
        2
    } else if size < Decimal::ONE_HUNDRED {
        1
    } else {
        0
    };
    size.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

fn plain(decimal: Decimal) -> String {
    group(&decimal.normalize().to_string())
}

fn scale(zeros: u32) -> Decimal {
    Decimal::from(10_i64.pow(zeros))
}

fn group(text: &str) -> String {
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::with_capacity(text.len() + text.len() / 3);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn an_amount_of_more_digits_than_can_be_reckoned_with_is_grouped_all_the_same() {
        let said = |text: &str| amount(&serde_json::from_str(text).unwrap());
        let digits = "123456789012345678901234567890.12";
        assert_eq!(said(digits), "123,456,789,012,345,678,901,234,567,890.12");
        assert_eq!(said(&format!("-{digits}")), "\u{2212}123,456,789,012,345,678,901,234,567,890.12");
        assert_eq!(said("-1234.50"), "\u{2212}1,234.50");
        assert_eq!(said("1e400"), "1e400", "as it was said");
    }

    #[test]
    fn short_amounts_have_three_digits_and_turn_over_to_the_next_unit() {
        for (said, read) in [
            ("1340123.45", "£1.34m"),
            ("188600", "£189k"),
            ("-51.5", "−£51.5"),
            ("999.6", "£1k"),
            ("999499", "£999k"),
            ("999500", "£1m"),
            ("0", "£0"),
            ("79228162514264337593543950335", "£79,228,162,514,264,338tn"),
        ] {
            assert_eq!(shortened(decimal(said), Some("GBP")), read, "{said}");
        }
    }

    #[test]
    fn whole_amounts_keep_every_digit() {
        assert_eq!(money(decimal("-1234567.80"), Some("EUR")), "−€1,234,567.80");
        assert_eq!(money(decimal("12.5"), Some("SEK")), "SEK\u{a0}12.5");
        assert_eq!(signed_money(decimal("63000"), Some("GBP")), "+£63k");
        assert_eq!(signed_money(decimal("-63000"), None), "−63k");
    }
}
