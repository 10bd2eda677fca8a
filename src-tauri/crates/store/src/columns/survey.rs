//! Which values there are among some companies, and how often: for completion.

use std::collections::HashMap;

use super::{Bitmap, Columns, texts};
use crate::facts::mark;

/// A kind of value that can be completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    /// The names of integrations.
    Platforms,
    /// Tags, `key=value`.
    Tags,
    /// Who created companies.
    Creators,
    /// Product slugs.
    Products,
}

/// The folded values of a field among these companies, each with the number of companies that have it, most
/// frequent first.
pub(crate) fn tally(columns: &Columns, slots: &Bitmap, field: Field) -> Vec<(String, u32)> {
    let (texts, mark) = match field {
        Field::Platforms => (&columns.text, mark::PLATFORM),
        Field::Tags => (&columns.text, mark::TAG),
        Field::Creators => (&columns.text, mark::CREATOR),
        Field::Products => (&columns.products, mark::PRODUCT),
    };
    let mut companies: HashMap<&str, (u32, usize)> = HashMap::new();
    for slot in slots.iter() {
        for value in texts::fields(texts.get(slot), mark).filter(|value| !value.is_empty()) {
            let (count, last) = companies.entry(value).or_insert((0, usize::MAX));
            // A company that has it twice counts once.
            if *last != slot {
                (*count, *last) = (*count + 1, slot);
            }
        }
    }
    let mut tallied: Vec<(String, u32)> =
        companies.into_iter().map(|(value, (count, _))| (value.to_owned(), count)).collect();
    tallied.sort_by(|(one, often), (other, oftener)| oftener.cmp(often).then_with(|| one.cmp(other)));
    tallied
}
