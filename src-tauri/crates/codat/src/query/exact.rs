//! Exact comparison of numbers with any number of digits.

use core::cmp::Ordering;

/// A decimal number: `0.d₁d₂d₃… × 10^exponent`, without leading or trailing zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Exact {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

impl Exact {
    /// Parses for example `-12.50`, `+3` or `1e-7`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, scientific) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let exponent = i64::try_from(whole.len()).ok()?.saturating_add(scientific);
        Some(Self::normal(negative, &digits, exponent))
    }

    fn normal(negative: bool, digits: &[u8], exponent: i64) -> Self {
        let Some(first) = digits.iter().position(|digit| *digit != b'0') else {
            return Self { negative: false, digits: Vec::new(), exponent: 0 };
        };
        let last = digits.iter().rposition(|digit| *digit != b'0').unwrap_or(first);
        let lead = i64::try_from(first).unwrap_or(i64::MAX);
        Self { negative, digits: digits[first..=last].to_vec(), exponent: exponent.saturating_sub(lead) }
    }

    fn sign(&self) -> i8 {
        match (self.digits.is_empty(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_sign = self.sign().cmp(&other.sign());
        let by_size = self.exponent.cmp(&other.exponent).then_with(|| self.digits.cmp(&other.digits));
        by_sign.then(if self.negative { by_size.reverse() } else { by_size })
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// An exponent. One that exceeds 64 bits is clamped.
fn read_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let largest = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    Some(text.parse().unwrap_or(largest))
}
