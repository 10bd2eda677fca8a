//! Names and tags as a person types them, before anything is sent.

use std::collections::BTreeMap;

use codat::model::{kept_name, name_characters};
use serde::Serialize;
use ts_rs::TS;
use unicode_normalization::UnicodeNormalization;

use crate::error::{Code, WireError};

/// The longest name that is sent. Codat publishes no bound; this one keeps a pasted document out.
const LONGEST_NAME: usize = 1_000;
/// Tags a company may have (§2.7).
pub(crate) const MOST_TAGS: usize = 10;
/// Characters a tag's value may have (§2.7).
const LONGEST_TAG: usize = 100;

/// A name with what Codat will strip marked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NamePreview {
    /// The name as it will be kept.
    pub kept: String,
    /// The name as typed, in runs of what stays and what goes.
    pub pieces: Vec<NamePiece>,
    /// Why it cannot be sent, where it cannot.
    pub problem: Option<String>,
    /// The same with plain quotes, apostrophes and dashes, where Codat would keep more of it so.
    pub plain: Option<String>,
}

/// A run of characters that share a fate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NamePiece {
    /// The characters.
    pub text: String,
    /// Whether they stay.
    pub kept: bool,
}

/// The name as it is sent.
///
/// # Errors
/// When nothing of it would be kept, or it is too long.
pub(crate) fn name(typed: &str) -> Result<String, WireError> {
    let name = composed(typed.trim());
    let name = name.as_str();
    if kept_name(name).trim().is_empty() {
        let message = if name.is_empty() {
            "A company needs a name."
        } else {
            "Codat keeps nothing of this name. Use letters, digits, spaces and - ' & @ . , ? !"
        };
        return Err(WireError::new(Code::NameEmpty, message));
    }
    if name.chars().count() > LONGEST_NAME {
        let message = format!("This name has more than {LONGEST_NAME} characters. Shorten it.");
        return Err(WireError::new(Code::NameTooLong, message));
    }
    Ok(name.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect())
}

/// What becomes of a name, while it is typed. Only so much of it is marked as anybody would read.
pub(crate) fn preview(typed: &str) -> NamePreview {
    let mut pieces: Vec<NamePiece> = Vec::new();
    let typed = composed(typed);
    let typed = typed.as_str();
    for (character, kept) in name_characters(typed).take(LONGEST_NAME) {
        match pieces.last_mut() {
            Some(piece) if piece.kept == kept => piece.text.push(character),
            _ => pieces.push(NamePiece { text: character.into(), kept }),
        }
    }
    let problem = name(typed).err().map(|error| error.message);
    let kept: String = kept_name(typed.trim()).chars().take(LONGEST_NAME).collect();
    let plain = problem.is_none().then(|| plain(typed)).filter(|plain| *plain != kept.trim());
    NamePreview { kept, pieces, problem, plain }
}

/// A letter and its accent as one character: Codat strips an accent that stands alone.
fn composed(name: &str) -> String {
    // Of a document that was pasted no more is needed than shows that it is too long.
    name.nfc().take(LONGEST_NAME + 1).collect()
}

/// The name as Codat will keep it, once what a word processor made of its quotes and dashes is undone.
fn plain(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for c in name.chars() {
        match straight(c) {
            Some(text) => plain.push_str(text),
            None => plain.push(c),
        }
    }
    kept_name(&plain).trim().to_owned()
}

/// What was typed before a word processor made this of it; quotes that Codat would strip are left out.
fn straight(c: char) -> Option<&'static str> {
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

/// Tags as they are sent.
///
/// # Errors
/// When there are too many, one has no key, a key occurs twice, or a value is too long.
pub(crate) fn tags(typed: Vec<(String, String)>) -> Result<BTreeMap<String, String>, WireError> {
    let invalid = |message: String| WireError::new(Code::TagsInvalid, message);
    let mut tags = BTreeMap::new();
    for (key, value) in typed {
        let (key, value) = (key.trim().to_owned(), value.trim().to_owned());
        if key.is_empty() && value.is_empty() {
            continue;
        }
        if key.is_empty() {
            return Err(invalid(format!("The tag with the value “{value}” needs a key.")));
        }
        if value.chars().count() > LONGEST_TAG {
            return Err(invalid(format!(
                "The value of the tag “{key}” has more than {LONGEST_TAG} characters."
            )));
        }
        if tags.insert(key.clone(), value).is_some() {
            return Err(invalid(format!("The tag “{key}” is there twice.")));
        }
    }
    if tags.len() > MOST_TAGS {
        return Err(invalid(format!("A company can have {MOST_TAGS} tags; these are {}.", tags.len())));
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
        let offered = |typed: &str| preview(typed).plain;
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
