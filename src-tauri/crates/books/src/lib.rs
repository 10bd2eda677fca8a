//! Accounting data of fictitious businesses.
//!
//! A [`Business`] has a few parameters and a seed. [`Books::through`] derives all documents up to a date from
//! them, month by month: sales, purchases and payments. Each document is posted by double entry. All readable
//! data is built from these entries and documents: the records of each data type (Appendix A of the API
//! reference) and the statements (§2.19). So statements equal the sums of the ledger, and receivables equal
//! the open invoices.
//!
//! A document depends only on the seed and its month, not on the date up to which the books are generated.
//! Books for a later date contain the same documents and additional ones.

#![forbid(unsafe_code)]

mod aged;
mod bank;
mod business;
mod chart;
mod closing;
mod document;
mod json;
mod ledger;
mod model;
mod money;
mod month;
mod names;
mod record;
mod rng;
mod statement;
mod trade;

pub use business::{Business, FinancialHealth};
pub use chart::{Account, Class};
pub use json::Json;
pub use ledger::Entry;
pub use model::Books;
pub use money::Money;
pub use statement::{Statement, StatementRequest};
pub use trade::Trade;
