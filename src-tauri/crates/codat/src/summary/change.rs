//! The change of a figure.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::statements::{Figure, add};

/// The change of a figure from an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A percentage. The earlier figure was positive.
    Percent {
        /// In percent, with one decimal, rounded half away from zero.
        percent: Decimal,
        /// The exact difference.
        difference: Decimal,
    },
    /// A difference only. The earlier figure was zero or negative, so a percentage says nothing.
    Difference {
        /// The exact difference.
        difference: Decimal,
        /// The earlier figure: zero or negative.
        before: Decimal,
    },
    /// There is none, for this reason.
    Undefined(Undefined),
}

/// Why there is no change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Undefined {
    /// There are no earlier statements.
    NothingBefore,
    /// Months are missing, now or earlier. Periods of different lengths are not compared.
    MonthsMissing,
    /// The earlier figure is in another currency.
    OtherCurrency,
    /// A figure is missing, or has too many digits for decimal arithmetic.
    NotReckonable,
}

impl Change {
    /// Compares two figures.
    pub fn between(before: &Figure, now: &Figure) -> Self {
        let undefined = Self::Undefined(Undefined::NotReckonable);
        let (Some(before), Some(now)) = (before.decimal(), now.decimal()) else {
            return undefined;
        };
        let Some(difference) = add(now, -before) else {
            return undefined;
        };
        if before <= Decimal::ZERO {
            return Self::Difference { difference, before };
        }
        match difference.checked_div(before).and_then(|share| share.checked_mul(Decimal::ONE_HUNDRED)) {
            Some(percent) => {
                let percent = percent.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero);
                Self::Percent { percent, difference }
            }
            None => undefined,
        }
    }
}
