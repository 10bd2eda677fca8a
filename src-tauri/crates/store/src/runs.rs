//! Runs: kept lists of reads to queue. Each step is one transaction, its rows one JSON parameter.

mod causes;
mod ended;
mod item;
mod list;
mod new;
mod preview;
mod rest;
mod settle;
mod step;

pub use item::{ItemEnd, ItemState, Read, SentItem, Take};
pub use list::{ItemRow, ItemsPage, RunCounts, RunState, RunSummary, Types};
pub(crate) use new::begin_if_any;
pub use new::{NewRun, Reads, RunCause};
pub use preview::Preview;
pub use settle::{Looks, QueuedItem, Settled};
pub use step::{OpenRun, RunMoved};
