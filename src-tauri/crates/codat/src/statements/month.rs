//! Months of the calendar.

use core::fmt;

use jiff::civil::Date;

/// A month of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month {
    /// Months since January of the year 0.
    index: i32,
}

impl Month {
    /// The month that a day lies in.
    pub fn of(day: Date) -> Self {
        Self { index: i32::from(day.year()) * 12 + i32::from(day.month()) - 1 }
    }

    /// So many months on, or back.
    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        Self { index: self.index.saturating_add(months) }
    }

    /// How many months from the other one to this one; less than none where this one is before it.
    pub fn since(self, other: Self) -> i32 {
        self.index.saturating_sub(other.index)
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.index.div_euclid(12)
    }

    /// 1 to 12.
    pub fn number(self) -> i32 {
        self.index.rem_euclid(12) + 1
    }

    /// Its first day, for every month in the years that a calendar holds (−9999 to 9999).
    pub fn first_day(self) -> Option<Date> {
        Date::new(self.year().try_into().ok()?, self.number().try_into().ok()?, 1).ok()
    }

    /// Its last day.
    pub fn last_day(self) -> Option<Date> {
        self.first_day().map(Date::last_of_month)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.number())
    }
}
