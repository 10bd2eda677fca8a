//! Reads of company data (§2.11, §3.2). Only requested refreshes are stored. All reads, including scheduled
//! ones, with their stages and times are computed from them and the current time, so nothing runs in the
//! background.

mod dataset;
mod expiry;
mod history;
mod initial;
mod reads;
mod refresh;
mod series;
mod timeline;
mod validation;
mod window;

pub(crate) use dataset::{Dataset, PullOperationWire};
pub(crate) use expiry::{Expiry, ExpiryRule, expiry_rule};
pub(crate) use history::{DataTypeStatus, History};
pub(crate) use reads::{Reads, initial_datasets};
pub(crate) use refresh::{Refresh, Target, TypeSelection};
pub(crate) use timeline::{EventKind, TimelineEvent, count_reads_between, timeline};
pub(crate) use validation::validation;

#[cfg(test)]
mod tests;
