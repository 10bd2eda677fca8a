//! Deterministic pseudorandom numbers (SplitMix64).

#[derive(Debug, Clone)]
pub(crate) struct Rng(u64);

impl Rng {
    /// The generator of a position below a seed.
    pub(crate) fn new(seed: u64, position: u64) -> Self {
        let mut rng = Self(seed ^ position.wrapping_mul(0xd6e8_feb8_6659_fd93));
        rng.next();
        rng
    }

    /// The generator of a position below this one.
    pub(crate) fn branch(&self, position: u64) -> Self {
        Self::new(self.0, position)
    }

    /// A number from `low` to `high`, inclusive.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = high.abs_diff(low).saturating_add(1).max(1);
        low.saturating_add_unsigned(self.next() % span)
    }

    /// True with a probability of `of_hundred` percent.
    pub(crate) fn percent(&mut self, of_hundred: i64) -> bool {
        self.between(1, 100) <= of_hundred
    }

    /// None if the slice is empty.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let last = i64::try_from(from.len()).ok()?.checked_sub(1).filter(|last| *last >= 0)?;
        from.get(usize::try_from(self.between(0, last)).ok()?)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
