//! How a figure moved, where that can be said.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::statements::{Figure, add};

/// How a figure moved against the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// By a share of what was before, which was more than nothing.
    Percent {
        /// In hundredths of what was before, with one decimal, halves away from zero.
        percent: Decimal,
        /// Exactly.
        difference: Decimal,
    },
    /// What was before was nothing, or less than nothing: a share of it says nothing, the difference does.
    Difference {
        /// Exactly.
        difference: Decimal,
        /// What was before: zero or negative.
        before: Decimal,
    },
    /// It cannot be said.
    Undefined(Undefined),
}

/// Why a change cannot be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Undefined {
    /// There are no statements from before.
    NothingBefore,
    /// Months are missing, now or before: unlike times are not compared.
    MonthsMissing,
    /// What was before is in another currency.
    OtherCurrency,
    /// A figure was not said, or has more digits than can be reckoned with.
    NotReckonable,
}

impl Change {
    /// From one figure to the next.
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
