//! Deterministic IDs and random numbers. The same seed always gives the same world.

use uuid::Uuid;

/// The namespace of all derived IDs.
const SANDBOX: Uuid = Uuid::from_u128(0x5a0d_b0c5_9c1e_4f0e_8a51_6f72_7461_6c00);

/// The namespace of a seed's IDs.
pub(crate) fn namespace(seed: u64) -> Uuid {
    derive_id(SANDBOX, "seed", seed)
}

/// An ID that does not depend on the seed, such as an integration's.
pub(crate) fn fixed_id(what: &str) -> Uuid {
    Uuid::new_v5(&SANDBOX, what.as_bytes())
}

/// The ID of the `n`th object of a kind in a namespace.
pub(crate) fn derive_id(space: Uuid, kind: &str, n: u64) -> Uuid {
    Uuid::new_v5(&space, format!("{kind}:{n}").as_bytes())
}

/// A pseudorandom number generator (SplitMix64). Every seed gives a good sequence.
#[derive(Debug, Clone)]
pub(crate) struct Rng(u64);

impl Rng {
    /// The generator of a position in the world of `seed`.
    pub(crate) fn new(seed: u64, position: u64) -> Self {
        let mut rng = Self(seed ^ position.wrapping_mul(0xd6e8_feb8_6659_fd93));
        rng.next();
        rng
    }

    /// The generator of an ID.
    pub(crate) fn from_id(id: Uuid) -> Self {
        let (high, low) = id.as_u64_pair();
        Self::new(high, low)
    }

    /// The generator of a position below this one.
    pub(crate) fn branch(&self, position: u64) -> Self {
        Self::new(self.0, position)
    }

    pub(crate) fn uuid(mut self) -> Uuid {
        let bytes = (u128::from(self.next()) << 64 | u128::from(self.next())).to_be_bytes();
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `bound` − 1; 0 if `bound` is 0.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        let wide = u64::from(bound) * (self.next() >> 32);
        u32::try_from(wide >> 32).unwrap_or(0)
    }

    /// A number from `low` to `high`, inclusive.
    pub(crate) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low).saturating_add(1))
    }

    /// True with a probability of `n` in 10,000.
    pub(crate) fn chance_in_ten_thousand(&mut self, n: u32) -> bool {
        self.below(10_000) < n
    }

    /// None only if `choices` is empty.
    pub(crate) fn choose<T: Copy>(&mut self, choices: &[T]) -> Option<T> {
        let count = u32::try_from(choices.len()).unwrap_or(u32::MAX);
        choices.get(self.below(count) as usize).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_always_gives_the_same_choices() {
        let draw = |mut rng: Rng| (0..8).map(|_| rng.below(1_000)).collect::<Vec<_>>();
        assert_eq!(draw(Rng::new(7, 3)), draw(Rng::new(7, 3)));
        assert_ne!(draw(Rng::new(7, 3)), draw(Rng::new(7, 4)), "positions differ");
        assert_ne!(draw(Rng::new(7, 3)), draw(Rng::new(8, 3)), "seeds differ");
    }

    #[test]
    fn choices_stay_within_their_bounds() {
        let mut rng = Rng::new(1, 1);
        for _ in 0..1_000 {
            assert!(rng.below(6) < 6);
            assert!((3..=5).contains(&rng.between(3, 5)));
        }
        assert_eq!(rng.below(0), 0);
        assert_eq!(rng.choose::<u8>(&[]), None);
    }
}
