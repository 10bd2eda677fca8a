//! Calendar months.

use core::fmt;

use jiff::civil::Date;

/// A month of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month {
    /// Months since January of the year 0.
    index: i32,
}

impl Month {
    /// The month of a day.
    pub fn containing(day: Date) -> Self {
        Self { index: i32::from(day.year()) * 12 + i32::from(day.month()) - 1 }
    }

    /// Adds months. Negative numbers go back.
    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        Self { index: self.index.saturating_add(months) }
    }

    /// The number of months from `other` to this one. Negative if this one is before it.
    pub fn since(self, other: Self) -> i32 {
        self.index.saturating_sub(other.index)
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.index.div_euclid(12)
    }

    /// The month of the year, 1 to 12.
    pub fn number(self) -> i32 {
        self.index.rem_euclid(12) + 1
    }

    /// The first day. It exists for all months of the years −9999 to 9999.
    pub fn first_day(self) -> Option<Date> {
        Date::new(self.year().try_into().ok()?, self.number().try_into().ok()?, 1).ok()
    }

    /// The last day.
    pub fn last_day(self) -> Option<Date> {
        self.first_day().map(Date::last_of_month)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.number())
    }
}
