//! Runs: stored lists of companies with what to request for each from the server. Each step is one transaction.
//!
//! *Invariant*: an item is stored as sent, with its idempotency key, before its request goes. After a crash the same
//! key is used again.

mod actions;
mod advance;
mod begin;
mod changes;
mod codes;
mod company_items;
mod counts;
mod follow_up;
mod item;
mod list;
mod origin_updates;
mod pending_reads;
mod preview;

pub(crate) use self::begin::begin_optional_run;
pub use self::{
    changes::{DeletePreview, TagPreview},
    company_items::CompanyItem,
    follow_up::{HistoryCheckLimits, QueuedItemsUpdate},
    item::{ItemResult, ItemState},
    list::{DataTypeCheck, ItemRow, ItemsPage, RunSummary},
    preview::RunPreview,
};
