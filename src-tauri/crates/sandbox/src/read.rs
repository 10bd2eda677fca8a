//! Reads of company data (§2.11, §3.2). Only requested refreshes are stored. All reads, including scheduled
//! ones, with their stages and times are computed from them and the current time, so nothing runs in the
//! background.

mod born;
mod dataset;
mod expiry;
mod happening;
mod history;
mod reads;
mod refresh;
mod series;
mod validation;
mod window;

pub(crate) use dataset::{Dataset, PullOperationWire};
pub(crate) use expiry::{Expiry, Lapse, expiry};
pub(crate) use happening::{Happening, What, happenings, reads_between};
pub(crate) use history::{History, Standing};
pub(crate) use reads::{Reads, datasets};
pub(crate) use refresh::{Refresh, Target, Types};
pub(crate) use validation::validation;

#[cfg(test)]
mod tests;
