//! Exponential backoff with jitter, so that many computers do not retry at the same time.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// The longest delay between two attempts, in seconds.
const MAX_WAIT_SECS: u64 = 300;

/// How long to wait before a store task that failed is tried again.
pub(crate) const STORE_RETRY: SignedDuration = SignedDuration::from_secs(10);

/// A small random number generator. Its state is data, so that a run can be repeated.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Jitter(u64);

impl Jitter {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The delay before attempt `failures + 1`: doubles from two seconds up to the maximum; random within its
    /// upper half.
    pub(crate) fn wait(&mut self, failures: u32) -> SignedDuration {
        let whole = 2_u64.saturating_pow(failures.clamp(1, 16)).min(MAX_WAIT_SECS) * 1_000;
        let half = whole / 2;
        let millis = half + self.next() % (half + 1);
        SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
    }

    /// 128 bits for an idempotency key, unique by the seed and the position in the sequence.
    pub(crate) fn key(&mut self) -> uuid::Uuid {
        let bits = (u128::from(self.next()) << 64) | u128::from(self.next());
        uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid()
    }

    // SplitMix64: sufficient for jitter, with a state of one number.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_wait_is_in_the_upper_half_of_a_doubling_capped_span(seed: u64, failures in 1_u32..40) {
            let whole = SignedDuration::from_secs(i64::try_from(2_u64.saturating_pow(failures.min(16)).min(MAX_WAIT_SECS)).unwrap());
            let wait = Jitter::new(seed).wait(failures);
            prop_assert!(wait * 2 >= whole && wait <= whole, "{wait} of {whole}");
        }
    }

    #[test]
    fn the_same_seed_draws_the_same_keys_and_none_twice() {
        let draw = |seed| {
            let mut jitter = Jitter::new(seed);
            std::iter::repeat_with(move || jitter.key()).take(1_000).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        let distinct: std::collections::BTreeSet<_> = draw(7).into_iter().chain(draw(8)).collect();
        assert_eq!(distinct.len(), 2_000, "two computers, two thousand keys");
    }
}
