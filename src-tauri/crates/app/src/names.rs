//! Validates names and tags before they are sent.

use std::collections::BTreeMap;

use codat::model::{kept_name, name_characters};
use domain::MAX_TAGS;
use serde::Serialize;
use ts_rs::TS;
use unicode_normalization::UnicodeNormalization;

use crate::error::{Code, WireError};

/// The maximum length of a name. Codat documents no limit; this one rejects a document that was pasted by
/// mistake.
const MAX_NAME_LENGTH: usize = 1_000;
/// The maximum length of a tag's value, in characters (§2.7).
const MAX_TAG_LENGTH: usize = 100;

/// A name, with marks for the characters that Codat removes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NamePreview {
    /// The name as Codat will save it.
    pub kept: String,
    /// The entered name in runs of kept and removed characters.
    pub pieces: Vec<NamePiece>,
    /// Why it cannot be sent.
    pub problem: Option<String>,
    /// The name with plain quotes, apostrophes and dashes, if Codat would then keep more of it.
    pub plain: Option<String>,
}

/// A run of characters that are all kept or all removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NamePiece {
    /// The characters.
    pub text: String,
    /// Whether Codat keeps them.
    pub kept: bool,
}

/// The name as it is sent.
///
/// # Errors
/// If Codat would keep nothing of it, or it is too long.
pub(crate) fn name(input: &str) -> Result<String, WireError> {
    let name = composed(input.trim());
    let name = name.as_str();
    if kept_name(name).trim().is_empty() {
        let message = if name.is_empty() {
            "A company needs a name."
        } else {
            "Codat would remove every character in this name. Use letters, digits, spaces and - ' & @ . , ? \
             !"
        };
        return Err(WireError::new(Code::NameEmpty, message));
    }
    if name.chars().count() > MAX_NAME_LENGTH {
        let message = format!("This name has more than {MAX_NAME_LENGTH} characters. Shorten it.");
        return Err(WireError::new(Code::NameTooLong, message));
    }
    Ok(name.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect())
}

/// Previews a name while the user types. Only the first [`MAX_NAME_LENGTH`] characters are marked.
pub(crate) fn preview(input: &str) -> NamePreview {
    let mut pieces: Vec<NamePiece> = Vec::new();
    let input = composed(input);
    let input = input.as_str();
    for (character, kept) in name_characters(input).take(MAX_NAME_LENGTH) {
        match pieces.last_mut() {
            Some(piece) if piece.kept == kept => piece.text.push(character),
            _ => pieces.push(NamePiece { text: character.into(), kept }),
        }
    }
    let problem = name(input).err().map(|error| error.message);
    let kept: String = kept_name(input.trim()).chars().take(MAX_NAME_LENGTH).collect();
    let plain = problem.is_none().then(|| plain(input)).filter(|plain| *plain != kept.trim());
    NamePreview { kept, pieces, problem, plain }
}

/// Unicode normalization form C: Codat removes combining accents, but keeps composed letters.
fn composed(name: &str) -> String {
    // One character over the limit is enough to detect a name that is too long.
    name.nfc().take(MAX_NAME_LENGTH + 1).collect()
}

/// The name as Codat would save it after typographic quotes and dashes were replaced by plain ones.
fn plain(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for c in name.chars() {
        match plain_character(c) {
            Some(text) => plain.push_str(text),
            None => plain.push(c),
        }
    }
    kept_name(&plain).trim().to_owned()
}

/// The plain character for a typographic one. Quotes, which Codat removes, are left out.
fn plain_character(c: char) -> Option<&'static str> {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' | '\u{2032}' | '\u{02bc}' | '\u{00b4}' | '`' => {
            Some("'")
        }
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some("-"),
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{00ab}' | '\u{00bb}' => Some(""),
        '\u{2026}' => Some("..."),
        _ => None,
    }
}

/// The tags as they are sent.
///
/// # Errors
/// If there are too many, one has no key, a key occurs twice, or a value is too long.
pub(crate) fn tags(input: Vec<(String, String)>) -> Result<BTreeMap<String, String>, WireError> {
    let invalid = |message: String| WireError::new(Code::TagsInvalid, message);
    let mut tags = BTreeMap::new();
    for (key, value) in input {
        let (key, value) = (key.trim().to_owned(), value.trim().to_owned());
        if key.is_empty() && value.is_empty() {
            continue;
        }
        if key.is_empty() {
            return Err(invalid(format!("The tag with the value “{value}” needs a key.")));
        }
        if value.chars().count() > MAX_TAG_LENGTH {
            return Err(invalid(format!(
                "The value of the tag “{key}” has more than {MAX_TAG_LENGTH} characters."
            )));
        }
        if tags.insert(key.clone(), value).is_some() {
            return Err(invalid(format!("The tag “{key}” appears twice.")));
        }
    }
    if tags.len() > MAX_TAGS {
        return Err(invalid(format!("A company can have {MAX_TAGS} tags, and you entered {}.", tags.len())));
    }
    Ok(tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_codat_strips_is_marked_and_what_it_keeps_is_sent() {
        let preview = preview("Example (Codat[1])");
        assert_eq!(preview.kept, "Example Codat1");
        let gone: String = preview.pieces.iter().filter(|p| !p.kept).map(|p| p.text.as_str()).collect();
        assert_eq!(gone, "([])");
        assert_eq!(preview.problem, None);
    }

    #[test]
    fn what_a_word_processor_made_of_a_name_is_offered_in_plain_characters() {
        let offered = |input: &str| preview(input).plain;
        assert_eq!(offered("Baker’s Yard – Café “Noir”").as_deref(), Some("Baker's Yard - Café Noir"));
        assert_eq!(offered("Baker's Yard - Café"), None, "nothing would be lost");
        assert_eq!(offered("Example (Codat[1])"), None, "brackets have no plain form");
        assert_eq!(offered("A “B”"), None, "only the quotes go, with or without");
        assert_eq!(offered(""), None);
    }

    #[test]
    fn an_accent_that_stands_alone_is_made_one_with_its_letter_and_not_stripped() {
        let apart = "Cafe\u{301} Nin\u{303}o";
        assert_eq!(name(apart).unwrap(), "Café Niño");
        assert_eq!(name(&"e\u{301}".repeat(900)).unwrap(), "é".repeat(900), "and nothing is cut");
        let preview = preview(apart);
        assert_eq!((preview.kept.as_str(), preview.plain), ("Café Niño", None));
        assert!(preview.pieces.iter().all(|piece| piece.kept));
    }

    #[test]
    fn hostile_names_are_refused_in_plain_words_or_sent_as_they_are() {
        assert_eq!(name("").unwrap_err().code, Code::NameEmpty);
        assert_eq!(name("  \u{0} ()[]{} ").unwrap_err().code, Code::NameEmpty);
        assert_eq!(name(&"a".repeat(10_000)).unwrap_err().code, Code::NameTooLong);
        assert_eq!(name(" حلويات البحر ").unwrap(), "حلويات البحر");
        assert_eq!(name("a\tb\nc").unwrap(), "a b c");
        assert!(super::preview(&"🙂".repeat(10_000)).pieces.len() == 1);
    }

    #[test]
    fn tags_are_checked_before_anything_is_sent() {
        let pair = |k: &str, v: &str| (k.to_owned(), v.to_owned());
        assert_eq!(tags(vec![pair("region", "uk"), pair("", "")]).unwrap().len(), 1);
        assert!(tags(vec![pair("", "uk")]).is_err());
        assert!(tags(vec![pair("a", "1"), pair("a", "2")]).is_err());
        assert!(tags(vec![pair("a", &"x".repeat(101))]).is_err());
        assert!(tags((0..11).map(|n| pair(&n.to_string(), "x")).collect()).is_err());
    }
}
