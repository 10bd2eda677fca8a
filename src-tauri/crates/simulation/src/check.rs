//! Checks the invariants against what really happened.

mod agreement;
mod expiry_check;
mod keep_alive;
mod recorded_request;
mod schedule_results;
mod shown_alerts;
mod traffic;

pub(crate) use agreement::{Companies, companies, disagreements};
pub(crate) use expiry_check::{ExpiryCheck, FORECAST_RANGE};
pub(crate) use keep_alive::saved;
pub(crate) use recorded_request::{RecordedRequest, name};
pub(crate) use schedule_results::ScheduleResults;
pub(crate) use shown_alerts::ShownAlerts;
pub(crate) use traffic::Traffic;
