//! Financial statements (§2.19): months side by side, lines aligned across months, quarters and financial years, and
//! differences.
//!
//! *Invariant:* all arithmetic is exact, and nothing is rounded. An amount with too many digits for decimal
//! arithmetic is kept as text, and figures computed from it are [`Figure::Unknown`]. Figures are shown as the source
//! reports them. Where a figure differs from the sum of its lines, a row of its own shows the difference.

mod align;
mod figure;
mod month;
mod monthly_reports;
mod part;
mod regroup;
mod report;
mod table;

pub use figure::{Figure, add};
pub use month::Month;
pub use monthly_reports::{LONGEST, MonthlyReports};
pub use part::Part;
pub use regroup::Span;
pub use report::{Basis, CashFlowInput, DEEPEST, Line, MOST_LINES, Report, Statement};
pub use table::{Column, Discrepancy, Row, RowKind, Table};
