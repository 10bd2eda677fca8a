//! Days of the week.

use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};

/// Days of the week; the lowest bit is Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Days(u8);

impl Days {
    /// Every day.
    pub const ALL: Self = Self(0b111_1111);

    /// Those whose bits are set; what is above Sunday does not count.
    pub fn of_bits(bits: u8) -> Self {
        Self(bits & Self::ALL.0)
    }

    /// One bit a day, Monday's the lowest.
    pub fn bits(self) -> u8 {
        self.0 & Self::ALL.0
    }

    /// Whether this day is one of them.
    pub fn has(self, day: Weekday) -> bool {
        self.0 & (1 << day.to_monday_zero_offset()) != 0
    }

    /// How many they are.
    pub fn count(self) -> usize {
        self.bits().count_ones() as usize
    }
}
