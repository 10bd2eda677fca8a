//! A company's data (§2.19): which types there are, how their records lie in columns, and one record's cells.
//!
//! A record is kept as the server said it. A column knows where in it to look; a cell is what it finds there,
//! and finds something to show whatever is there. A type of a newer API has its columns guessed.

mod catalogue;
mod cell;
mod column;
mod fields;
mod guess;
mod record;

pub use catalogue::{Category, DataType, Group, Scope, Shape};
pub use cell::Cell;
pub(crate) use cell::day;
pub use column::{Column, Kind, Target};
pub use fields::Fields;
pub use guess::guess;
pub use record::{CompanyInfo, RecordHead};
