//! Merges tags that were edited here and elsewhere at the same time.

use std::collections::BTreeMap;

use domain::MAX_TAGS;

use crate::error::{Code, WireError};

type Tags = BTreeMap<String, String>;

/// Tags as a map.
pub(crate) fn to_map(tags: Vec<(String, String)>) -> Tags {
    tags.into_iter().collect()
}

/// Applies the changes between `original` and `edited` to the current tags.
///
/// # Errors
/// If both sides changed the same tag differently, or the result has too many tags.
pub(crate) fn merge(original: &Tags, edited: Tags, now: &Tags) -> Result<Tags, WireError> {
    let mut merged = now.clone();
    for (key, value) in &edited {
        if original.get(key) == Some(value) {
            continue;
        }
        let current = now.get(key);
        if current != original.get(key) && current != Some(value) {
            return Err(conflict(key));
        }
        merged.insert(key.clone(), value.clone());
    }
    for (key, value) in original {
        if edited.contains_key(key) {
            continue;
        }
        if now.get(key).is_some_and(|current| current != value) {
            return Err(conflict(key));
        }
        merged.remove(key);
    }
    if merged.len() > MAX_TAGS {
        return Err(WireError::new(
            Code::TagsInvalid,
            format!(
                "A company can have {MAX_TAGS} tags. With tags added elsewhere meanwhile, there would be \
                 {}. Nothing was saved.",
                merged.len()
            ),
        ));
    }
    Ok(merged)
}

fn conflict(key: &str) -> WireError {
    WireError::new(
        Code::Conflict,
        format!(
            "The tag “{key}” changed elsewhere while you edited it. Nothing was saved, and your text is \
             still here. Compare both, then save again."
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
        let original = tags(&[("region", "uk"), ("tier", "gold"), ("old", "x")]);
        let mine = tags(&[("region", "eu"), ("tier", "gold"), ("mine", "1")]);
        let current = tags(&[("region", "uk"), ("tier", "silver"), ("old", "x"), ("theirs", "2")]);
        let merged = merge(&original, mine, &current).unwrap();
        assert_eq!(merged, tags(&[("region", "eu"), ("tier", "silver"), ("mine", "1"), ("theirs", "2")]));
    }

    #[test]
    fn the_same_tag_edited_twice_is_nobodys_to_lose() {
        let original = tags(&[("tier", "gold")]);
        for (mine, current) in [
            (tags(&[("tier", "lead")]), tags(&[("tier", "silver")])),
            (tags(&[("tier", "lead")]), tags(&[])),
            (tags(&[]), tags(&[("tier", "silver")])),
            (tags(&[("tier", "gold"), ("new", "1")]), tags(&[("tier", "gold"), ("new", "2")])),
        ] {
            assert_eq!(merge(&original, mine, &current).unwrap_err().code, Code::Conflict);
        }
        let same = tags(&[("tier", "silver")]);
        assert_eq!(merge(&original, same.clone(), &same).unwrap(), same, "both meant the same");
    }

    #[test]
    fn together_they_are_no_more_than_codat_takes() {
        let many =
            |from: usize, to: usize| (from..to).map(|n| (n.to_string(), String::new())).collect::<Tags>();
        assert_eq!(merge(&Tags::new(), many(0, 6), &many(6, 12)).unwrap_err().code, Code::TagsInvalid);
    }
}
