//! Sets of slots, one bit for each slot.

pub(crate) use fixedbitset::FixedBitSet as SlotSet;

/// Every slot below `len`.
pub(crate) fn all_slots(len: usize) -> SlotSet {
    complement(SlotSet::with_capacity(len))
}

/// The slots below `len` for which `predicate` holds.
pub(crate) fn slots_where(len: usize, predicate: impl Fn(usize) -> bool) -> SlotSet {
    let mut set = SlotSet::with_capacity(len);
    for slot in (0..len).filter(|slot| predicate(*slot)) {
        set.insert(slot);
    }
    set
}

/// The slots that are not in the set.
pub(crate) fn complement(mut set: SlotSet) -> SlotSet {
    set.toggle_range(..);
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_complement_has_no_slot_beyond_the_last() {
        for len in [0, 1, 63, 64, 65, 130] {
            let all = all_slots(len);
            assert_eq!(all.count_ones(..), len);
            assert_eq!(all.ones().collect::<Vec<_>>(), (0..len).collect::<Vec<_>>());
            assert_eq!(complement(all).count_ones(..), 0);
        }
    }

    #[test]
    fn sets_meet_and_join() {
        let even = slots_where(100, |slot| slot % 2 == 0);
        let three = slots_where(100, |slot| slot % 3 == 0);
        assert_eq!(&even & &three, slots_where(100, |slot| slot % 6 == 0));
        assert_eq!(&even | &three, slots_where(100, |slot| slot % 2 == 0 || slot % 3 == 0));
        assert!(even.contains(98) && !even.contains(99));
    }
}
