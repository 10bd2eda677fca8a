//! Counts the values of a field, for completion.

use std::collections::HashMap;

use super::{Columns, SlotSet, text_column};
use crate::company_index::field_marker;

/// A field whose values can be completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    /// Integration names.
    Platforms,
    /// Tags, `key=value`.
    Tags,
    /// Names of the users who created companies.
    Creators,
    /// Product slugs.
    Products,
}

/// The folded values of a field among these companies, each with its number of companies, most frequent first.
pub(crate) fn count_values(columns: &Columns, slots: &SlotSet, field: Field) -> Vec<(String, u32)> {
    let (texts, field_marker) = match field {
        Field::Platforms => (&columns.text, field_marker::PLATFORM),
        Field::Tags => (&columns.text, field_marker::TAG),
        Field::Creators => (&columns.text, field_marker::CREATOR),
        Field::Products => (&columns.products, field_marker::PRODUCT),
    };
    let mut companies: HashMap<&str, (u32, usize)> = HashMap::new();
    for slot in slots.ones() {
        for value in text_column::fields(texts.get(slot), field_marker).filter(|value| !value.is_empty()) {
            let (count, last) = companies.entry(value).or_insert((0, usize::MAX));
            // A company with the same value twice counts once.
            if *last != slot {
                (*count, *last) = (*count + 1, slot);
            }
        }
    }
    let mut counts: Vec<(String, u32)> =
        companies.into_iter().map(|(value, (count, _))| (value.to_owned(), count)).collect();
    counts.sort_by(|(left, left_count), (right, right_count)| {
        right_count.cmp(left_count).then_with(|| left.cmp(right))
    });
    counts
}
