//! Runs: stored lists of reads to request from the server. Each step is one transaction.
//!
//! *Invariant*: an item is stored as sent, with its idempotency key, before its request goes. After a crash the same
//! key is used again.

mod actions;
mod advance;
mod begin;
mod counts;
mod follow_up;
mod item;
mod list;
mod origin_updates;
mod pending_reads;
mod preview;
mod types;

pub(crate) use self::begin::begin_optional_run;
pub use self::{
    advance::RunProgress,
    follow_up::{HistoryCheckLimits, QueuedItem, QueuedItemsUpdate},
    item::{ItemResult, ItemState, ReadRequest, SentItem, TakeRequest},
    list::{DataTypeCheck, ItemRow, ItemsPage, RunSummary},
    preview::RunPreview,
    types::{NewRun, OpenRun, ReadSelection, RunCause, RunCounts, RunState},
};
