//! Texts of all slots in one allocation, with a scan over all of them.

use memchr::memmem::Finder;

use super::slot_set::SlotSet;

/// Field markers are below this byte; folded text is not.
const FIRST_TEXT_BYTE: u8 = b' ';

/// One text for each slot, concatenated.
#[derive(Debug, Default, Clone)]
pub(crate) struct TextColumn {
    all: String,
    ends: Vec<usize>,
}

/// Where in a text a match counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MatchScope {
    /// Anywhere.
    Anywhere,
    /// In a field with this marker.
    Field(u8),
    /// At the end of a field. The needle begins with the field's marker.
    WholeField,
}

impl TextColumn {
    pub(crate) fn push(&mut self, text: &str) {
        self.all.push_str(text);
        self.ends.push(self.all.len());
    }

    pub(super) fn get(&self, slot: usize) -> &str {
        &self.all[self.start(slot)..self.ends[slot]]
    }

    fn start(&self, slot: usize) -> usize {
        slot.checked_sub(1).map_or(0, |before| self.ends[before])
    }

    /// A copy with the texts that `replacement` returns for some slots.
    pub(super) fn with<'a>(&self, replacement: impl Fn(usize) -> Option<&'a str>) -> Self {
        let mut result =
            Self { all: String::with_capacity(self.all.len()), ends: Vec::with_capacity(self.ends.len()) };
        for slot in 0..self.ends.len() {
            result.push(replacement(slot).unwrap_or_else(|| self.get(slot)));
        }
        result
    }

    /// A copy without one slot. Higher slots move down by one.
    pub(super) fn without(&self, removed: usize) -> Self {
        let mut result = Self::default();
        for slot in (0..self.ends.len()).filter(|slot| *slot != removed) {
            result.push(self.get(slot));
        }
        result
    }

    /// The slots whose text has the needle within the scope. The needle is folded and not empty.
    pub(crate) fn find(&self, needle: &str, within: MatchScope) -> SlotSet {
        let mut found = SlotSet::with_capacity(self.ends.len());
        let bytes = self.all.as_bytes();
        let finder = Finder::new(needle.as_bytes());
        let (mut at, mut slot) = (0, 0);
        while let Some(position) =
            bytes.get(at..).and_then(|rest| finder.find(rest)).map(|position| at + position)
        {
            slot += self.ends[slot..].partition_point(|end| *end <= position);
            let text = &bytes[self.start(slot)..self.ends[slot]];
            let offset = position - self.start(slot);
            at = position + 1;
            if is_in_scope(text, offset, needle.len(), within) {
                found.insert(slot);
                at = self.ends[slot];
            }
        }
        found
    }
}

fn is_in_scope(text: &[u8], position: usize, len: usize, within: MatchScope) -> bool {
    match within {
        MatchScope::Anywhere => position + len <= text.len(),
        MatchScope::Field(marker) => {
            text[..position].iter().rev().find(|byte| **byte < FIRST_TEXT_BYTE) == Some(&marker)
        }
        MatchScope::WholeField => {
            text.get(position + len).is_none_or(|next| *next < FIRST_TEXT_BYTE)
                && position + len <= text.len()
        }
    }
}

/// The fields of a text with a marker.
pub(crate) fn fields(text: &str, marker: u8) -> impl Iterator<Item = &str> {
    text.split_inclusive(|c: char| u32::from(c) < u32::from(FIRST_TEXT_BYTE))
        .zip(text.split(|c: char| u32::from(c) < u32::from(FIRST_TEXT_BYTE)).skip(1))
        .filter_map(move |(before, field)| (before.as_bytes().last() == Some(&marker)).then_some(field))
}

/// The first field of a text.
pub(super) fn first_field(text: &str) -> &str {
    let field = text.get(1..).unwrap_or_default();
    let end = field.bytes().position(|byte| byte < FIRST_TEXT_BYTE).unwrap_or(field.len());
    &field[..end]
}

/// The text from the first field with a marker to its end.
pub(super) fn from_marker(text: &str, marker: u8) -> Option<&str> {
    text.find(char::from(marker)).map(|at| &text[at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> TextColumn {
        let mut texts = TextColumn::default();
        for text in ["\u{1}ab\u{2}xero", "", "\u{1}xero ltd\u{5}k=v", "\u{1}b\u{5}k=vv\u{5}k=v\u{5}l=w"] {
            texts.push(text);
        }
        texts
    }

    fn found(needle: &str, within: MatchScope) -> Vec<usize> {
        texts().find(needle, within).ones().collect()
    }

    #[test]
    fn a_hit_is_in_its_slot_and_field() {
        assert_eq!(found("xero", MatchScope::Anywhere), [0, 2]);
        assert_eq!(found("xero", MatchScope::Field(2)), [0]);
        assert_eq!(found("xero", MatchScope::Field(1)), [2]);
        assert_eq!(found("b", MatchScope::Field(1)), [0, 3]);
        assert_eq!(found("\u{5}k=v", MatchScope::WholeField), [2, 3]);
        assert_eq!(found("\u{5}k=w", MatchScope::WholeField), Vec::<usize>::new());
    }

    #[test]
    fn fields_come_by_their_mark() {
        assert_eq!(fields(texts().get(3), 5).collect::<Vec<_>>(), ["k=vv", "k=v", "l=w"]);
        assert_eq!(fields(texts().get(0), 1).collect::<Vec<_>>(), ["ab"]);
        assert_eq!(from_marker(texts().get(2), 5), Some("\u{5}k=v"));
    }

    #[test]
    fn texts_change_and_go() {
        let changed = texts().with(|slot| (slot == 1).then_some("new"));
        assert_eq!((changed.get(0), changed.get(1)), ("\u{1}ab\u{2}xero", "new"));
        assert_eq!(changed.without(0).get(0), "new");
    }
}
