//! Random numbers from the seed.

/// A stream of random numbers. Streams of different names are independent.
#[derive(Debug, Clone)]
pub(crate) struct RandomStream(u64);

impl RandomStream {
    pub(crate) fn new(seed: u64, name: &str) -> Self {
        let named = name.bytes().fold(seed, |state, letter| mix(state ^ u64::from(letter)));
        Self(named)
    }

    /// A number below `end`; 0 if `end` is 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next().checked_rem(end).unwrap_or(0)
    }

    /// A number from `first` to `last`.
    pub(crate) fn between(&mut self, first: u64, last: u64) -> u64 {
        first + self.below(last.saturating_sub(first) + 1)
    }

    /// True with a probability of `chance` percent.
    pub(crate) fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    /// One of the elements.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let at = usize::try_from(self.below(of.len() as u64)).unwrap_or(0);
        of.get(at)
    }

    /// An exponentially distributed time with this mean.
    pub(crate) fn exponential_wait(&mut self, mean: u64) -> u64 {
        // -ln(u) times the mean, u from 2^-32 to 1.
        let u = (self.below(1 << 32) + 1) as f64 / (1_u64 << 32) as f64;
        (-u.ln() * mean as f64) as u64 + 1
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }
}

/// The finalizer of SplitMix64.
fn mix(state: u64) -> u64 {
    let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(seed: u64, name: &str) -> Vec<u64> {
        let mut random = RandomStream::new(seed, name);
        std::iter::repeat_with(move || random.below(1_000_000)).take(100).collect()
    }

    #[test]
    fn the_same_seed_and_name_draw_the_same_and_others_do_not() {
        assert_eq!(draw(7, "weather"), draw(7, "weather"));
        assert_ne!(draw(7, "weather"), draw(8, "weather"));
        assert_ne!(draw(7, "weather"), draw(7, "person"));
    }

    #[test]
    fn waits_are_as_long_as_their_mean_on_the_whole() {
        let mut random = RandomStream::new(7, "waits");
        let all: u64 = (0..10_000).map(|_| random.exponential_wait(1_000)).sum();
        assert!((9_500_000..10_500_000).contains(&all), "{all}");
    }
}
