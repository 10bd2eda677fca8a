//! Figures of statements, and sums that are exact or none.

use rust_decimal::Decimal;

use crate::amount::Amount;

/// What a statement has in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Figure {
    /// An amount.
    Exact(Decimal),
    /// An amount with more digits than can be reckoned with, as it was said.
    Said(Amount),
    /// It would follow from an amount that cannot be reckoned with, or from several currencies.
    Unknown,
    /// Nothing was said: the statement has no such line. It counts as nothing in sums.
    Blank,
    /// There is no statement for this time.
    Missing,
}

impl Figure {
    /// What was said, where something was.
    pub fn of(amount: Option<&Amount>) -> Self {
        match amount {
            None => Self::Blank,
            Some(amount) => amount.decimal().map_or_else(|| Self::Said(amount.clone()), Self::Exact),
        }
    }

    /// The amount, where it can be reckoned with.
    pub fn decimal(&self) -> Option<Decimal> {
        match self {
            Self::Exact(decimal) => Some(*decimal),
            Self::Said(_) | Self::Unknown | Self::Blank | Self::Missing => None,
        }
    }

    /// The sum. What is blank or missing adds nothing; a sum of nothing is blank, or missing where all is.
    pub fn sum<'f>(figures: impl IntoIterator<Item = &'f Self>) -> Self {
        figures.into_iter().fold(Self::Missing, |sum, figure| sum.and(figure, Decimal::ONE))
    }

    /// This and the other, or less the other where `sign` is negative.
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

    /// This less the other: what is not accounted for. Nothing where there is nothing to compare.
    pub(super) fn less(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Missing | Self::Blank, _) => Self::Blank,
            // The same amount on both sides leaves nothing, however many digits it has.
            (Self::Said(a), Self::Said(b)) if a == b => Self::Exact(Decimal::ZERO),
            (figure, other) => figure.clone().and(other, Decimal::NEGATIVE_ONE),
        }
    }
}

/// The exact sum; nothing where it has more digits than a [`Decimal`] holds. (Its own addition would round.)
pub fn add(a: Decimal, b: Decimal) -> Option<Decimal> {
    // The scale of the amounts is kept where there is room for it: 12.50 and 0.50 are 13.00.
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
