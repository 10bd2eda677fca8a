//! Results of the validation of a read (§2.12).

use jiff::Timestamp;
use serde::Serialize;

use super::dataset::Dataset;
use crate::{read_outcome::ReadOutcome, seed::Rng};

/// The results as the API sends them.
#[derive(Debug, Serialize)]
pub(crate) struct ValidationWire {
    errors: Vec<ItemWire>,
    warnings: Vec<ItemWire>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemWire {
    rule_id: String,
    item_id: String,
    message: String,
    validator_name: String,
}

/// The results of a read at `now`. Errors prevent the use of its data, warnings do not.
pub(crate) fn validation(dataset: &Dataset, now: Timestamp) -> ValidationWire {
    if dataset.is_running(now) {
        return ValidationWire { errors: Vec::new(), warnings: Vec::new() };
    }
    let mut rng = Rng::from_id(dataset.id);
    let mut items = |rule: &str, count: u32| (0..count).map(|_| item(dataset, rule, &mut rng)).collect();
    match dataset.outcome {
        ReadOutcome::ValidationError => ValidationWire { errors: items("030", 2), warnings: items("012", 1) },
        ReadOutcome::Warned => ValidationWire { errors: Vec::new(), warnings: items("012", 3) },
        ReadOutcome::Complete
        | ReadOutcome::NotSupported
        | ReadOutcome::Cancelled
        | ReadOutcome::FetchError
        | ReadOutcome::MapError
        | ReadOutcome::ProcessingError
        | ReadOutcome::InternalError
        | ReadOutcome::AuthError
        | ReadOutcome::RateLimitError
        | ReadOutcome::PermissionsError
        | ReadOutcome::PrerequisiteNotMet => ValidationWire { errors: Vec::new(), warnings: Vec::new() },
    }
}

fn item(dataset: &Dataset, rule: &str, rng: &mut Rng) -> ItemWire {
    let kind = singular(dataset.data_type);
    let cents = rng.between(1_000, 99_999);
    let off = rng.between(1, 5);
    let (lines, total) = (money(cents), money(cents + off));
    let message = if rule == "030" {
        format!("The lines add up to {lines}, but the total is {total}")
    } else {
        format!("The due date is before the date of issue by {off} days")
    };
    ItemWire {
        rule_id: format!("accounting-{}-{rule}", kind.to_lowercase()),
        item_id: rng.between(100, 9_999).to_string(),
        message,
        validator_name: format!("{kind}Validator"),
    }
}

fn money(cents: u32) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// The singular of a data type, capitalized: `Bill` for `bills`.
fn singular(data_type: &str) -> String {
    let one = data_type.strip_suffix('s').unwrap_or(data_type);
    let mut letters = one.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
