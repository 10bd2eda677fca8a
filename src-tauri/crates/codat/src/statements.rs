//! Financial statements (§2.19), read and put together: months side by side, lines under lines, quarters and
//! financial years, and what does not add up.
//!
//! Everything is exact. An amount with more digits than can be reckoned with is kept as it was said, and what
//! would follow from it is [`Figure::Unknown`]; nothing is ever rounded. What was said is shown as it was
//! said: where the lines under a figure come to something else, a row of its own says by how much.

mod align;
mod figure;
mod merge;
mod month;
mod part;
mod regroup;
mod report;
mod table;

pub use figure::{Figure, add};
pub use merge::{LONGEST, Merged};
pub use month::Month;
pub use part::Part;
pub use regroup::Span;
pub use report::{Basis, CashFlowInput, DEEPEST, Line, MOST_LINES, Report, Statement};
pub use table::{Column, Discrepancy, Row, RowKind, Table};
