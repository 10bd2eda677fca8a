//! The texts of all slots in one piece of memory, and the scan over it.

use memchr::memmem::Finder;

use super::bitmap::Bitmap;

/// Marks are below this, folded text is not.
const FIRST_OF_TEXT: u8 = b' ';

/// One text a slot, one after another.
#[derive(Debug, Default, Clone)]
pub(crate) struct Texts {
    all: String,
    ends: Vec<usize>,
}

/// Where in a text a hit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Within {
    /// Anywhere.
    Anywhere,
    /// In a field behind this mark.
    Field(u8),
    /// Where it ends with its field; the needle begins with the field's mark.
    WholeField,
}

impl Texts {
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

    /// The same with other texts in some slots; `other` says which.
    pub(super) fn with<'a>(&self, other: impl Fn(usize) -> Option<&'a str>) -> Self {
        let mut with =
            Self { all: String::with_capacity(self.all.len()), ends: Vec::with_capacity(self.ends.len()) };
        for slot in 0..self.ends.len() {
            with.push(other(slot).unwrap_or_else(|| self.get(slot)));
        }
        with
    }

    /// The same without one slot; those behind it move up.
    pub(super) fn without(&self, gone: usize) -> Self {
        let mut without = Self::default();
        for slot in (0..self.ends.len()).filter(|slot| *slot != gone) {
            without.push(self.get(slot));
        }
        without
    }

    /// The slots in which the needle, which is folded and not empty, is found where it counts.
    pub(crate) fn find(&self, needle: &str, within: Within) -> Bitmap {
        let mut found = Bitmap::none(self.ends.len());
        let bytes = self.all.as_bytes();
        let finder = Finder::new(needle.as_bytes());
        let (mut at, mut slot) = (0, 0);
        while let Some(hit) = bytes.get(at..).and_then(|rest| finder.find(rest)).map(|hit| at + hit) {
            slot += self.ends[slot..].partition_point(|end| *end <= hit);
            let text = &bytes[self.start(slot)..self.ends[slot]];
            let here = hit - self.start(slot);
            at = hit + 1;
            if counts(text, here, needle.len(), within) {
                found.insert(slot);
                at = self.ends[slot];
            }
        }
        found
    }
}

fn counts(text: &[u8], hit: usize, len: usize, within: Within) -> bool {
    match within {
        Within::Anywhere => hit + len <= text.len(),
        Within::Field(mark) => text[..hit].iter().rev().find(|byte| **byte < FIRST_OF_TEXT) == Some(&mark),
        Within::WholeField => {
            text.get(hit + len).is_none_or(|next| *next < FIRST_OF_TEXT) && hit + len <= text.len()
        }
    }
}

/// The fields of a text behind a mark.
pub(crate) fn fields(text: &str, mark: u8) -> impl Iterator<Item = &str> {
    text.split_inclusive(|c: char| u32::from(c) < u32::from(FIRST_OF_TEXT))
        .zip(text.split(|c: char| u32::from(c) < u32::from(FIRST_OF_TEXT)).skip(1))
        .filter_map(move |(before, field)| (before.as_bytes().last() == Some(&mark)).then_some(field))
}

/// What stands behind the first mark of a text.
pub(super) fn first_field(text: &str) -> &str {
    let field = text.get(1..).unwrap_or_default();
    let end = field.bytes().position(|byte| byte < FIRST_OF_TEXT).unwrap_or(field.len());
    &field[..end]
}

/// All of a text from the first field behind a mark on, if there is one.
pub(super) fn from_mark(text: &str, mark: u8) -> Option<&str> {
    text.find(char::from(mark)).map(|at| &text[at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> Texts {
        let mut texts = Texts::default();
        for text in ["\u{1}ab\u{2}xero", "", "\u{1}xero ltd\u{5}k=v", "\u{1}b\u{5}k=vv\u{5}k=v\u{5}l=w"] {
            texts.push(text);
        }
        texts
    }

    fn found(needle: &str, within: Within) -> Vec<usize> {
        texts().find(needle, within).iter().collect()
    }

    #[test]
    fn a_hit_is_in_its_slot_and_field() {
        assert_eq!(found("xero", Within::Anywhere), [0, 2]);
        assert_eq!(found("xero", Within::Field(2)), [0]);
        assert_eq!(found("xero", Within::Field(1)), [2]);
        assert_eq!(found("b", Within::Field(1)), [0, 3]);
        assert_eq!(found("\u{5}k=v", Within::WholeField), [2, 3]);
        assert_eq!(found("\u{5}k=w", Within::WholeField), Vec::<usize>::new());
    }

    #[test]
    fn fields_come_by_their_mark() {
        assert_eq!(fields(texts().get(3), 5).collect::<Vec<_>>(), ["k=vv", "k=v", "l=w"]);
        assert_eq!(fields(texts().get(0), 1).collect::<Vec<_>>(), ["ab"]);
        assert_eq!(from_mark(texts().get(2), 5), Some("\u{5}k=v"));
    }

    #[test]
    fn texts_change_and_go() {
        let changed = texts().with(|slot| (slot == 1).then_some("new"));
        assert_eq!((changed.get(0), changed.get(1)), ("\u{1}ab\u{2}xero", "new"));
        assert_eq!(changed.without(0).get(0), "new");
    }
}
