//! Figures of statements, and exact sums.

use rust_decimal::Decimal;

use crate::amount::Amount;

/// A cell of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Figure {
    /// An amount.
    Exact(Decimal),
    /// An amount with too many digits for decimal arithmetic, as text.
    Said(Amount),
    /// It would be computed from an amount with too many digits, or from several currencies.
    Unknown,
    /// The statement has no such line. It counts as zero in sums.
    Blank,
    /// There is no statement for this period.
    Missing,
}

impl Figure {
    /// The figure of a reported amount.
    pub fn from_amount(amount: Option<&Amount>) -> Self {
        match amount {
            None => Self::Blank,
            Some(amount) => amount.decimal().map_or_else(|| Self::Said(amount.clone()), Self::Exact),
        }
    }

    /// The amount, if decimal arithmetic is possible.
    pub fn decimal(&self) -> Option<Decimal> {
        match self {
            Self::Exact(decimal) => Some(*decimal),
            Self::Said(_) | Self::Unknown | Self::Blank | Self::Missing => None,
        }
    }

    /// The sum. Blank and missing figures add nothing. The sum of none is blank, or missing if all are.
    pub fn sum<'f>(figures: impl IntoIterator<Item = &'f Self>) -> Self {
        figures.into_iter().fold(Self::Missing, |sum, figure| sum.and(figure, Decimal::ONE))
    }

    /// The sum of two figures, or their difference if `sign` is negative.
    pub(super) fn and(self, other: &Self, sign: Decimal) -> Self {
        match (self, other) {
            (sum, Self::Missing) => sum,
            (Self::Missing, Self::Blank) => Self::Blank,
            (sum, Self::Blank) => sum,
            (Self::Exact(a), Self::Exact(b)) => add(a, *b * sign).map_or(Self::Unknown, Self::Exact),
            (Self::Missing | Self::Blank, Self::Exact(b)) => Self::Exact(*b * sign),
            (Self::Missing | Self::Blank, Self::Said(amount)) if sign == Decimal::ONE => {
                Self::Said(amount.clone())
            }
            (_, Self::Said(_) | Self::Unknown) | (Self::Said(_) | Self::Unknown, Self::Exact(_)) => {
                Self::Unknown
            }
        }
    }

    /// The difference of two figures. Blank if there is nothing to compare.
    pub(super) fn less(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Missing | Self::Blank, _) => Self::Blank,
            // Equal amounts have no difference, even with too many digits for decimal arithmetic.
            (Self::Said(a), Self::Said(b)) if a == b => Self::Exact(Decimal::ZERO),
            (figure, other) => figure.clone().and(other, Decimal::NEGATIVE_ONE),
        }
    }
}

/// The exact sum. None if it has more digits than a [`Decimal`] holds, whose own addition would round.
pub fn add(a: Decimal, b: Decimal) -> Option<Decimal> {
    // Keep the scale of the amounts where possible: 12.50 plus 0.50 is 13.00.
    add_in(a, b).or_else(|| add_in(a.normalize(), b.normalize()))
}

fn add_in(a: Decimal, b: Decimal) -> Option<Decimal> {
    let scale = a.scale().max(b.scale());
    let sum = widened(a, scale)?.checked_add(widened(b, scale)?)?;
    Decimal::try_from_i128_with_scale(sum, scale).ok()
}

fn widened(decimal: Decimal, scale: u32) -> Option<i128> {
    decimal.mantissa().checked_mul(10_i128.checked_pow(scale - decimal.scale())?)
}
