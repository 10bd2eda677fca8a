//! Exact amounts of money.

use core::{
    iter::Sum,
    ops::{Add, AddAssign, Neg, Sub, SubAssign},
};

use codat::amount::Amount;
use rust_decimal::Decimal;

/// An amount in hundredths of the currency's unit, up to ±90 quadrillion.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

impl Money {
    /// Zero.
    pub const ZERO: Self = Self(0);

    /// An amount in hundredths.
    pub const fn cents(cents: i64) -> Self {
        Self(cents)
    }

    /// An amount in whole units.
    pub const fn units(units: i64) -> Self {
        Self(units.saturating_mul(100))
    }

    /// The amount in hundredths.
    pub fn as_cents(self) -> i64 {
        self.0
    }

    /// The amount with two decimals.
    pub fn decimal(self) -> Decimal {
        Decimal::new(self.0, 2)
    }

    /// The amount as a JSON number.
    pub fn amount(self) -> Amount {
        Amount::from(self.decimal())
    }

    /// The given number of thousandths, rounded to the nearest hundredth, half away from zero.
    pub fn permille(self, thousandths: i64) -> Self {
        Self(rounded(i128::from(self.0) * i128::from(thousandths), 1_000))
    }

    /// The given percentage, rounded in the same way.
    pub fn percent(self, percent: i64) -> Self {
        self.permille(percent.saturating_mul(10))
    }

    /// The amount multiplied by a count.
    pub fn times(self, count: i64) -> Self {
        Self(self.0.saturating_mul(count))
    }

    /// The amount divided by a count, rounded in the same way.
    pub fn divided_by(self, count: i64) -> Self {
        Self(rounded(i128::from(self.0), i128::from(count.max(1))))
    }

    /// The absolute amount.
    pub fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }

    /// Whether the amount is zero.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }
}

fn rounded(value: i128, by: i128) -> i64 {
    let half = if value < 0 { -by / 2 } else { by / 2 };
    i64::try_from((value + half) / by).unwrap_or(i64::MAX)
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_to_the_nearest_hundredth() {
        assert_eq!(Money::cents(1_005).percent(20), Money::cents(201));
        assert_eq!(Money::cents(-1_003).percent(50), Money::cents(-502));
        assert_eq!(Money::cents(100).divided_by(3), Money::cents(33));
    }

    #[test]
    fn it_is_written_with_two_places() {
        assert_eq!(Money::cents(-5).amount().as_str(), "-0.05");
        assert_eq!(Money::units(12).amount().as_str(), "12.00");
    }
}
