//! Finds the known word nearest to a typed one.

/// The candidate with the smallest edit distance; the first of equal ones.
pub(super) fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates.into_iter().min_by_key(|candidate| edit_distance(typed, candidate))
}

/// The Levenshtein distance.
fn edit_distance(left: &str, right: &str) -> usize {
    // Only names are compared. A much longer text is far from all of them.
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (row_index, c) in left.chars().take(32).enumerate() {
        let mut diagonal = row[0];
        row[0] = row_index + 1;
        for (column, d) in right.iter().enumerate() {
            let substituted = diagonal + usize::from(c != *d);
            diagonal = row[column + 1];
            row[column + 1] = substituted.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}
