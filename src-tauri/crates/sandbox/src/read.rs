//! Reads of a company's data (§2.11, §3.2). A refresh is one kept row, and a schedule is none; the reads they
//! make, their stages and their times follow from them and from the time, so that nothing has to run.

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
