//! Text as queries compare it: without regard to case, and as dates where both sides are dates.

use jiff::Timestamp;

use crate::datetime;

/// Lower case, letter by letter. Word by word would make Σ two letters, by its place in the word.
pub(super) fn fold(text: &str) -> String {
    folded(text).collect()
}

/// Whether two texts are the same but for case.
pub(super) fn equal_folded(a: &str, b: &str) -> bool {
    folded(a).eq(folded(b))
}

fn folded(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().flat_map(char::to_lowercase)
}

/// The instant that a text names, if it starts with `YYYY-MM-DD`. The form is asked for first: readers of
/// dates take more for a date than people do.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    let date = text.as_bytes().get(..10)?;
    let has_form = date.iter().enumerate().all(|(at, byte)| match at {
        4 | 7 => *byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if has_form { datetime::parse(text).ok() } else { None }
}
