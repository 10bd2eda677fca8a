//! A set of slots.

/// A set of slots, one bit each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bitmap {
    words: Vec<u64>,
    len: usize,
}

impl Bitmap {
    /// No slot of `len`.
    pub(crate) fn none(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(64)], len }
    }

    /// Every slot of `len`.
    pub(crate) fn all(len: usize) -> Self {
        Self::none(len).complement()
    }

    /// The slots of which `holds` is true.
    pub(crate) fn of(len: usize, holds: impl Fn(usize) -> bool) -> Self {
        let mut set = Self::none(len);
        for slot in (0..len).filter(|slot| holds(*slot)) {
            set.insert(slot);
        }
        set
    }

    /// Adds a slot.
    pub(crate) fn insert(&mut self, slot: usize) {
        self.words[slot / 64] |= 1 << (slot % 64);
    }

    /// Whether a slot is in it.
    pub(crate) fn has(&self, slot: usize) -> bool {
        self.words[slot / 64] & (1 << (slot % 64)) != 0
    }

    /// How many slots are in it.
    pub(crate) fn count(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    /// Its slots, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(place, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
                left &= left - 1;
                Some(place * 64 + bit)
            })
        })
    }

    /// Those in both.
    pub(crate) fn and(mut self, other: &Self) -> Self {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
        self
    }

    /// Those in either.
    pub(crate) fn or(mut self, other: &Self) -> Self {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
        self
    }

    /// Those that are not in it.
    pub(crate) fn complement(mut self) -> Self {
        for word in &mut self.words {
            *word = !*word;
        }
        if let Some(last) = self.words.last_mut().filter(|_| !self.len.is_multiple_of(64)) {
            *last &= (1 << (self.len % 64)) - 1;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_complement_has_no_slot_beyond_the_last() {
        for len in [0, 1, 63, 64, 65, 130] {
            let all = Bitmap::all(len);
            assert_eq!(all.count() as usize, len);
            assert_eq!(all.iter().collect::<Vec<_>>(), (0..len).collect::<Vec<_>>());
            assert_eq!(all.complement().count(), 0);
        }
    }

    #[test]
    fn sets_meet_and_join() {
        let even = Bitmap::of(100, |slot| slot % 2 == 0);
        let three = Bitmap::of(100, |slot| slot % 3 == 0);
        assert_eq!(even.clone().and(&three), Bitmap::of(100, |slot| slot % 6 == 0));
        assert_eq!(even.clone().or(&three), Bitmap::of(100, |slot| slot % 2 == 0 || slot % 3 == 0));
        assert!(even.has(98) && !even.has(99));
    }
}
