//! Following the reads of a refresh until all have ended.

use codat::{
    CompanyId, Item,
    model::{DatasetStatus, PullOperation},
    page::PageRequest,
};
use jiff::{SignedDuration, Timestamp};

/// Reads that are asked about this seldom are given up on; a sweep will see what came of them.
const GIVE_UP: SignedDuration = SignedDuration::from_mins(30);

/// The reads of one company that a refresh asked for.
#[derive(Debug, Clone)]
pub(crate) struct Watch {
    pub(crate) company: CompanyId,
    pub(crate) running: u32,
    pub(crate) look_at: Timestamp,
    since: Timestamp,
    looks: u32,
    /// Whether all of the company's data was asked for here.
    whole: bool,
}

impl Watch {
    /// `whole`: whether all of the company's data was asked for just now.
    pub(crate) fn new(company: CompanyId, whole: bool, now: Timestamp) -> Self {
        Self { company, running: 1, look_at: after(now, 2), since: now, looks: 0, whole }
    }

    /// Whether all of the company's data was asked for here and has yet to end.
    pub(crate) fn is_reading(&self) -> bool {
        self.whole && self.running > 0
    }

    /// The newest reads of the company.
    pub(crate) fn request(&self) -> PageRequest {
        PageRequest { page: 1, page_size: 100, query: None, order_by: Some("-requested".to_owned()) }
    }

    /// Takes an answer in; returns whether there is more to wait for.
    pub(crate) fn read(&mut self, reads: &[Item<PullOperation>], now: Timestamp, on_screen: bool) -> bool {
        let running = reads.iter().filter(|item| is_running(&item.value.status)).count();
        self.running = u32::try_from(running).unwrap_or(u32::MAX);
        self.put_off(now, on_screen);
        self.running > 0 && now.duration_since(self.since) < GIVE_UP
    }

    /// The next look: soon at first, then ever more seldom; while somebody looks on, each second that
    /// something runs, and now and then where nothing does.
    pub(crate) fn put_off(&mut self, now: Timestamp, on_screen: bool) {
        self.looks += 1;
        let wait = match (on_screen, self.running) {
            (true, 0) => 20,
            (true, _) => 1,
            (false, _) => i64::from(self.looks + 1).min(15),
        };
        self.look_at = after(now, wait);
    }

    /// Whether it is time to stop asking.
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        now.duration_since(self.since) >= GIVE_UP
    }
}

/// Whether a read has yet to end (§3.2). A stage of a newer API counts as ended: it is not waited for.
fn is_running(status: &DatasetStatus) -> bool {
    match status {
        DatasetStatus::Initial
        | DatasetStatus::Queued
        | DatasetStatus::Fetching
        | DatasetStatus::MapQueued
        | DatasetStatus::Mapping
        | DatasetStatus::ValidationQueued
        | DatasetStatus::Validating
        | DatasetStatus::ProcessingQueued
        | DatasetStatus::Processing => true,
        DatasetStatus::Complete
        | DatasetStatus::NotSupported
        | DatasetStatus::Cancelled
        | DatasetStatus::FetchError
        | DatasetStatus::MapError
        | DatasetStatus::ValidationError
        | DatasetStatus::ProcessingError
        | DatasetStatus::InternalError
        | DatasetStatus::AuthError
        | DatasetStatus::RateLimitError
        | DatasetStatus::PermissionsError
        | DatasetStatus::PrerequisiteNotMet
        | DatasetStatus::Unrecognised(_) => false,
    }
}

fn after(now: Timestamp, secs: i64) -> Timestamp {
    now.saturating_add(SignedDuration::from_secs(secs)).unwrap_or(Timestamp::MAX)
}
