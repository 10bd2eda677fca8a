//! The books of invented businesses.
//!
//! A [`Business`] is a few facts and a seed. From them [`Books::through`] a day follow all documents of the
//! business, day by day from its first month: what it sold, bought, paid and was paid. Each document is
//! posted by double entry, and everything that can be read of the business is made from these postings and
//! documents alone: records of every data type (Appendix A of the API reference) and statements (§2.19). So
//! statements are the sums of their ledgers, and receivables the sum of open invoices.
//!
//! A document depends on the seed and its own month, never on the day up to which the books go: books that go
//! a week further have the same documents and a week of new ones.

#![forbid(unsafe_code)]

mod aged;
mod bank;
mod business;
mod chart;
mod closing;
mod dice;
mod document;
mod json;
mod ledger;
mod model;
mod money;
mod month;
mod names;
mod record;
mod statement;
mod trade;

pub use business::{Business, Fortune};
pub use chart::{Account, Class};
pub use json::Json;
pub use ledger::Entry;
pub use model::Books;
pub use money::Money;
pub use statement::{Statement, StatementAsk};
pub use trade::Trade;
