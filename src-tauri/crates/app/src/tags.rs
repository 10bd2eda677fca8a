//! Tags that were edited here and elsewhere at the same time.

use std::collections::BTreeMap;

use crate::error::{Code, WireError};
use crate::names::MOST_TAGS;

type Tags = BTreeMap<String, String>;

/// Tags as they once were; whatever is odd about them is not of interest any more.
pub(crate) fn known(tags: Vec<(String, String)>) -> Tags {
    tags.into_iter().collect()
}

/// What was edited here, on top of what is there now.
///
/// # Errors
/// When both changed the same tag to something else, or there are too many together.
pub(crate) fn merged(was: &Tags, edited: Tags, now: &Tags) -> Result<Tags, WireError> {
    let mut merged = now.clone();
    for (key, value) in &edited {
        if was.get(key) == Some(value) {
            continue;
        }
        let theirs = now.get(key);
        if theirs != was.get(key) && theirs != Some(value) {
            return Err(contested(key));
        }
        merged.insert(key.clone(), value.clone());
    }
    for (key, value) in was {
        if edited.contains_key(key) {
            continue;
        }
        if now.get(key).is_some_and(|theirs| theirs != value) {
            return Err(contested(key));
        }
        merged.remove(key);
    }
    if merged.len() > MOST_TAGS {
        return Err(WireError::new(
            Code::TagsInvalid,
            format!(
                "A company can have {MOST_TAGS} tags. With those that were added elsewhere meanwhile these would be \
                 {}. Nothing was saved.",
                merged.len()
            ),
        ));
    }
    Ok(merged)
}

fn contested(key: &str) -> WireError {
    WireError::new(
        Code::Conflict,
        format!(
            "The tag “{key}” was changed elsewhere while you edited it. Nothing was saved, and what you typed is still \
             here: look at both, then save again."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn edits_of_different_tags_go_together() {
        let was = tags(&[("region", "uk"), ("tier", "gold"), ("old", "x")]);
        let mine = tags(&[("region", "eu"), ("tier", "gold"), ("mine", "1")]);
        let theirs = tags(&[("region", "uk"), ("tier", "silver"), ("old", "x"), ("theirs", "2")]);
        let merged = merged(&was, mine, &theirs).unwrap();
        assert_eq!(merged, tags(&[("region", "eu"), ("tier", "silver"), ("mine", "1"), ("theirs", "2")]));
    }

    #[test]
    fn the_same_tag_edited_twice_is_nobodys_to_lose() {
        let was = tags(&[("tier", "gold")]);
        for (mine, theirs) in [
            (tags(&[("tier", "lead")]), tags(&[("tier", "silver")])),
            (tags(&[("tier", "lead")]), tags(&[])),
            (tags(&[]), tags(&[("tier", "silver")])),
            (tags(&[("tier", "gold"), ("new", "1")]), tags(&[("tier", "gold"), ("new", "2")])),
        ] {
            assert_eq!(merged(&was, mine, &theirs).unwrap_err().code, Code::Conflict);
        }
        let same = tags(&[("tier", "silver")]);
        assert_eq!(merged(&was, same.clone(), &same).unwrap(), same, "both meant the same");
    }

    #[test]
    fn together_they_are_no_more_than_codat_takes() {
        let many =
            |from: usize, to: usize| (from..to).map(|n| (n.to_string(), String::new())).collect::<Tags>();
        assert_eq!(merged(&Tags::new(), many(0, 6), &many(6, 12)).unwrap_err().code, Code::TagsInvalid);
    }
}
