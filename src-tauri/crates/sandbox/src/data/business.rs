//! Derives the business of a company (trade, currency, financial health) from the company record.

use books::{Business, FinancialHealth, Trade};
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};

use crate::{record::CompanyRecord, seed::Rng};

/// The books start this many months before the company was created.
const MONTHS_BEFORE: i64 = 36;
/// How long before the start of the world the books of a stopped company end. Its reads still succeed.
const ABANDONED: SignedDuration = SignedDuration::from_hours(24 * 122);
/// A designed company with falling sales.
const IN_TROUBLE: &str = "Kestrel Roofing";
/// A designed company whose books have ended.
const STOPPED: &str = "Lighthouse Books";
/// A tag that multiplies the number of records, up to 1000.
const SCALE: &str = "sandbox-scale";
const LARGEST: u32 = 1_000;

/// The date of a timestamp in UTC.
pub(super) fn day(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}

/// The business of a company in a world that started at `born`.
pub(super) fn business(company: &CompanyRecord, born: Timestamp) -> Business {
    let mut rng = Rng::from_id(company.id);
    let trade = Trade::from_company_name(&company.name).unwrap_or_else(|| {
        let at = rng.below(u32::try_from(Trade::ALL.len()).unwrap_or(1));
        Trade::ALL.get(at as usize).copied().unwrap_or(Trade::Shop)
    });
    let chance = rng.below(100);
    let is = |name: &str| company.name == name;
    let health = if is(IN_TROUBLE) || (5..9).contains(&chance) {
        FinancialHealth::Distressed
    } else {
        FinancialHealth::Healthy
    };
    let stopped = is(STOPPED) || (90..93).contains(&chance);
    let ended = born.checked_sub(ABANDONED).unwrap_or(born);
    let (_, seed) = company.id.as_u64_pair();
    Business {
        seed,
        name: company.name.clone(),
        trade,
        currency: currency(&company.name, rng.below(10)).to_owned(),
        first: day(company.created).first_of_month().saturating_sub(MONTHS_BEFORE.months()),
        books_end: stopped.then(|| day(ended)),
        health,
        financial_year_start_month: if rng.below(3) == 0 { 4 } else { 1 },
        scale: company.tags.get(SCALE).and_then(|text| text.parse().ok()).unwrap_or(1).clamp(1, LARGEST),
    }
}

/// The currency of the books. Some names determine it.
fn currency(name: &str, chance: u32) -> &'static str {
    let contains_any = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if contains_any(&["Ōsaka", "東京", "日本"]) {
        "JPY"
    } else if contains_any(&["Bäckerei", "Donau", "GmbH", "Łódź", "Café"]) || chance == 1 {
        "EUR"
    } else if contains_any(&["Prairie", "Midtown"]) || chance == 2 {
        "USD"
    } else {
        "GBP"
    }
}
