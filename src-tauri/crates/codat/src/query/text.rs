//! Comparison of text in queries: without regard to case, and as dates if both sides are dates.

use jiff::Timestamp;

use crate::datetime;

/// Lower case, character by character. By words, the lower case of Σ would depend on its position.
pub(super) fn fold(text: &str) -> String {
    folded(text).collect()
}

/// Whether two texts are equal except for case.
pub(super) fn equal_folded(a: &str, b: &str) -> bool {
    folded(a).eq(folded(b))
}

fn folded(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().flat_map(char::to_lowercase)
}

/// The time of a text that starts with `YYYY-MM-DD`. The form is checked first, because date parsers accept more.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    let date = text.as_bytes().get(..10)?;
    let has_form = date.iter().enumerate().all(|(at, byte)| match at {
        4 | 7 => *byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if has_form { datetime::parse(text).ok() } else { None }
}
