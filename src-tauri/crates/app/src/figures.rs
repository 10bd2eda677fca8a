//! Formats amounts, months and days. Amounts are exact. A shortened amount is rounded for display only, and
//! its full text is shown with it.

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
/// The minus sign U+2212, as wide as a plus sign.
const MINUS: &str = "\u{2212}";

/// One cell of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct FigureView {
    pub kind: FigureKind,
    /// The amount without a currency. Empty if there is none.
    pub text: String,
}

/// The kind of a figure; see [`Figure`].
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

/// The amount with its currency and all digits.
pub(crate) fn full_text(figure: &Figure, currency: Option<&str>) -> String {
    match figure {
        Figure::Exact(decimal) => money(*decimal, currency),
        Figure::Said(amount) => format!("{}{}", currency_symbol(currency), amount.as_str()),
        Figure::Unknown => "Can’t be calculated".to_owned(),
        Figure::Blank | Figure::Missing => "Not provided".to_owned(),
    }
}

/// The shortened amount: £1.34m, £189k, −£52.
pub(crate) fn short_text(figure: &Figure, currency: Option<&str>) -> String {
    figure.decimal().map_or_else(|| full_text(figure, currency), |decimal| shortened(decimal, currency))
}

/// Three digits and a unit.
pub(crate) fn shortened(decimal: Decimal, currency: Option<&str>) -> String {
    let magnitude = decimal.abs();
    let units = [
        (Decimal::ONE, ""),
        (power_of_ten(3), "k"),
        (power_of_ten(6), "m"),
        (power_of_ten(9), "bn"),
        (power_of_ten(12), "tn"),
    ];
    // 999.6 would round to 1000, so it takes the next unit.
    let is_below_next_unit = |unit: &Decimal| three_digits(magnitude / *unit) < power_of_ten(3);
    let (unit, name) =
        units.into_iter().find(|(unit, _)| is_below_next_unit(unit)).unwrap_or((power_of_ten(12), "tn"));
    let text = without_trailing_zeros(three_digits(magnitude / unit));
    format!("{}{}{text}{name}", minus_sign(decimal), currency_symbol(currency))
}

/// All digits with the currency and thousands separators.
pub(crate) fn money(decimal: Decimal, currency: Option<&str>) -> String {
    format!("{}{}{}", minus_sign(decimal), currency_symbol(currency), grouped(decimal.abs()))
}

/// As [`shortened`], with a plus sign for positive amounts.
pub(crate) fn signed_money(decimal: Decimal, currency: Option<&str>) -> String {
    let plus = if decimal > Decimal::ZERO { "+" } else { "" };
    format!("{plus}{}", shortened(decimal, currency))
}

/// 1,234.50 with all digits and thousands separators.
pub(crate) fn grouped(decimal: Decimal) -> String {
    format!("{}{}", minus_sign(decimal), group(&decimal.abs().to_string()))
}

/// All digits with thousands separators. A number in exponent notation beyond the decimal range stays as the
/// server sent it.
pub(crate) fn amount(amount: &Amount) -> String {
    if let Some(decimal) = amount.decimal() {
        return grouped(decimal);
    }
    let text = amount.as_str();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("\u{2212}", rest));
    if digits.contains(['e', 'E']) { text.to_owned() } else { format!("{sign}{}", group(digits)) }
}

/// The symbol of a currency, or its code and a space. Empty if the currency is unknown.
pub(crate) fn currency_symbol(currency: Option<&str>) -> String {
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

fn minus_sign(decimal: Decimal) -> &'static str {
    if decimal < Decimal::ZERO { MINUS } else { "" }
}

/// Rounds to three significant digits, or to an integer if it has more.
fn three_digits(magnitude: Decimal) -> Decimal {
    let places = if magnitude < Decimal::TEN {
        2
    } else if magnitude < Decimal::ONE_HUNDRED {
        1
    } else {
        0
    };
    magnitude.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

fn without_trailing_zeros(decimal: Decimal) -> String {
    group(&decimal.normalize().to_string())
}

fn power_of_ten(zeros: u32) -> Decimal {
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
