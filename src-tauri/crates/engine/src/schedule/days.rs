//! Days of the week.

use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};

/// A set of days of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Days(u8);

impl Days {
    /// Every day.
    pub const ALL: Self = Self(0b111_1111);

    /// Creates a set from bits; Monday is the lowest. Higher bits are ignored.
    pub fn from_bits(bits: u8) -> Self {
        Self(bits & Self::ALL.0)
    }

    /// The bits; Monday is the lowest.
    pub fn bits(self) -> u8 {
        self.0 & Self::ALL.0
    }

    /// Whether the set contains this day.
    pub fn has(self, day: Weekday) -> bool {
        self.0 & (1 << day.to_monday_zero_offset()) != 0
    }

    /// The number of days.
    pub fn count(self) -> usize {
        self.bits().count_ones() as usize
    }
}
