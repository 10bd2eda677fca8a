//! The known word nearest to one that was typed.

/// The candidate with the fewest edits; of equals, the first.
pub(super) fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates.into_iter().min_by_key(|candidate| edits(typed, candidate))
}

/// How many characters have to be put in, taken out or exchanged.
fn edits(one: &str, other: &str) -> usize {
    // Only names are compared; what is far longer than any of them is far from all of them.
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (place, c) in one.chars().take(32).enumerate() {
        let mut diagonal = row[0];
        row[0] = place + 1;
        for (column, d) in other.iter().enumerate() {
            let exchanged = diagonal + usize::from(c != *d);
            diagonal = row[column + 1];
            row[column + 1] = exchanged.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}
