//! What a run does with each of its companies.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::SafeMode;

/// The maximum number of tags of a company (§2.7).
pub const MAX_TAGS: usize = 10;

/// What a run does with each of its companies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum RunAct {
    /// Requests the reads of its items.
    #[default]
    Read,
    /// Changes the tags.
    ChangeTags(TagChange),
    /// Deletes the company.
    DeleteCompany,
}

impl RunAct {
    /// The minimum safe mode that permits it.
    pub fn required_mode(&self) -> SafeMode {
        match self {
            Self::Read | Self::ChangeTags(_) => SafeMode::Operate,
            Self::DeleteCompany => SafeMode::Administer,
        }
    }

    /// The number of requests for one item. Tags are read before they are changed.
    pub fn requests_per_item(&self) -> u32 {
        match self {
            Self::Read | Self::DeleteCompany => 1,
            Self::ChangeTags(_) => 2,
        }
    }
}

/// A change of tags that is the same for many companies. Tags that it does not name stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagChange {
    /// The tags to add. A tag with the same key gets the new value.
    pub add: BTreeMap<String, String>,
    /// The keys of the tags to remove, whatever their value.
    pub remove: BTreeSet<String>,
}

/// A company's tags after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangedTags {
    /// They are as the change requires already.
    Unchanged,
    /// They would be more than a company can have.
    TooMany,
    /// All its tags afterwards.
    Changed(BTreeMap<String, String>),
}

impl TagChange {
    /// Applies the change to the present tags of a company.
    pub fn apply(&self, present: &BTreeMap<String, String>) -> ChangedTags {
        let mut tags = present.clone();
        tags.retain(|key, _| !self.remove.contains(key));
        tags.extend(self.add.clone());
        if tags == *present {
            ChangedTags::Unchanged
        } else if tags.len() > MAX_TAGS && tags.len() > present.len() {
            ChangedTags::TooMany
        } else {
            ChangedTags::Changed(tags)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn change(add: &[(&str, &str)], remove: &[&str]) -> TagChange {
        TagChange { add: tags(add), remove: remove.iter().map(|key| (*key).to_owned()).collect() }
    }

    #[test]
    fn tags_that_a_change_does_not_name_stay() {
        let present = tags(&[("region", "eu"), ("tier", "gold"), ("old", "x")]);
        let changed = change(&[("region", "uk")], &["old", "absent"]).apply(&present);
        assert_eq!(changed, ChangedTags::Changed(tags(&[("region", "uk"), ("tier", "gold")])));
    }

    #[test]
    fn a_company_that_has_the_tags_already_needs_no_request() {
        let present = tags(&[("region", "uk")]);
        assert_eq!(change(&[("region", "uk")], &["tier"]).apply(&present), ChangedTags::Unchanged);
    }

    #[test]
    fn a_company_gets_no_more_tags_than_it_can_have() {
        let full: BTreeMap<_, _> = (0..MAX_TAGS).map(|n| (n.to_string(), String::new())).collect();
        assert_eq!(change(&[("one", "more")], &[]).apply(&full), ChangedTags::TooMany);
        assert!(matches!(change(&[("0", "new value")], &[]).apply(&full), ChangedTags::Changed(_)));
        assert!(matches!(change(&[("one", "more")], &["0"]).apply(&full), ChangedTags::Changed(_)));
    }
}
