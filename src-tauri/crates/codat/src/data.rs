//! A company's data (§2.19): the data types, the columns of their records, and the cells of a record.
//!
//! A record is stored as raw JSON. A column knows the path of its value, and a cell is the value found there,
//! whatever its type. Columns for data types of a newer API are guessed.

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
