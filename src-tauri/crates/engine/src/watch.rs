//! Polls the reads of a company until all have ended.

use codat::{
    CompanyId, DatasetId, Item,
    model::{DatasetStatus, Phase, PullOperation},
    page::PageRequest,
};
use jiff::{SignedDuration, Timestamp};

use crate::time::after;

/// After this time the polling ends. A sweep shows the results.
const GIVE_UP: SignedDuration = SignedDuration::from_mins(30);
/// Reads without progress for this time are polled less often, in two steps.
const SLOW_AFTER: SignedDuration = SignedDuration::from_mins(5);
const STUCK_AFTER: SignedDuration = SignedDuration::from_mins(30);
/// The page size. It grows while the oldest read on the page still runs, because older ones may run, too.
const PAGE_SIZE: u32 = 100;
const MAX_PAGE_SIZE: u32 = 1_600;

#[derive(Debug, Clone)]
pub(crate) struct Watch {
    pub(crate) company: CompanyId,
    pub(crate) running: u32,
    pub(crate) next_poll: Timestamp,
    since: Timestamp,
    polls: u32,
    /// Whether a refresh of all data was requested here.
    whole: bool,
    page_size: u32,
    /// With their status and progress in the last response.
    running_reads: Vec<(DatasetId, DatasetStatus, i64)>,
    last_progress: Timestamp,
}

impl Watch {
    /// A read was just requested, so at least one runs. `whole`: of all data.
    pub(crate) fn for_refresh(company: CompanyId, whole: bool, now: Timestamp) -> Self {
        Self { running: 1, whole, ..Self::for_screen(company, now) }
    }

    /// The company is on screen. Whether anything is being read is not known yet.
    pub(crate) fn for_screen(company: CompanyId, now: Timestamp) -> Self {
        Self {
            company,
            running: 0,
            next_poll: after_secs(now, 2),
            since: now,
            polls: 0,
            whole: false,
            page_size: PAGE_SIZE,
            running_reads: Vec::new(),
            last_progress: now,
        }
    }

    /// Whether a refresh of all data runs that was requested here.
    pub(crate) fn is_reading(&self) -> bool {
        self.whole && self.running > 0
    }

    pub(crate) fn request(&self) -> PageRequest {
        PageRequest {
            page: 1,
            page_size: self.page_size,
            query: None,
            order_by: Some("-requested".to_owned()),
        }
    }

    /// Handles a response. Returns whether reads still run.
    pub(crate) fn on_history(
        &mut self,
        reads: &[Item<PullOperation>],
        now: Timestamp,
        on_screen: bool,
    ) -> bool {
        let running = reads.iter().map(|item| &item.value).filter(|read| is_running(read));
        let running_reads: Vec<_> =
            running.map(|read| (read.id, read.status.clone(), read.progress)).collect();
        self.running = u32::try_from(running_reads.len()).unwrap_or(u32::MAX);
        if running_reads != self.running_reads {
            self.running_reads = running_reads;
            self.last_progress = now;
        }
        let is_full = u32::try_from(reads.len()).is_ok_and(|read| read >= self.page_size);
        if is_full && reads.last().is_some_and(|oldest| is_running(&oldest.value)) {
            self.page_size = (self.page_size * 2).min(MAX_PAGE_SIZE);
        }
        self.schedule_next_poll(now, on_screen);
        self.running > 0 && now.duration_since(self.since) < GIVE_UP
    }

    /// Schedules the next poll: soon at first, then less often. On screen: every second during progress,
    /// rarely otherwise.
    pub(crate) fn schedule_next_poll(&mut self, now: Timestamp, on_screen: bool) {
        self.polls += 1;
        let idle_time = now.duration_since(self.last_progress);
        let wait = match (on_screen, self.running) {
            (true, 0) => 20,
            (true, _) if idle_time >= STUCK_AFTER => 15,
            (true, _) if idle_time >= SLOW_AFTER => 2,
            (true, _) => 1,
            (false, _) => i64::from(self.polls + 1).min(15),
        };
        self.next_poll = after_secs(now, wait);
    }

    /// All times, for the clock rollback.
    pub(crate) fn deadlines_mut(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        [&mut self.next_poll, &mut self.since, &mut self.last_progress].into_iter()
    }

    pub(crate) fn hold_until(&mut self, until: Timestamp) {
        self.next_poll = self.next_poll.max(until);
    }

    pub(crate) fn has_expired(&self, now: Timestamp) -> bool {
        now.duration_since(self.since) >= GIVE_UP
    }
}

/// Whether a read has not ended (§3.2). An unknown status of a newer API counts as running, unless the read
/// says that it has ended.
fn is_running(read: &PullOperation) -> bool {
    match read.status.phase() {
        Phase::Running => true,
        Phase::Unrecognized => read.completed.is_none() && !read.is_completed && !read.is_errored,
        Phase::Done | Phase::Neutral | Phase::Failed => false,
    }
}

fn after_secs(now: Timestamp, secs: i64) -> Timestamp {
    after(now, SignedDuration::from_secs(secs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(number: u32, status: &str, progress: i64) -> Item<PullOperation> {
        let text = format!(
            r#"{{"id":"e0000000-0000-0000-0000-{number:012}","companyId":"e0000000-0000-0000-0000-000000000000",
                "connectionId":"e0000000-0000-0000-0000-000000000000","dataType":"invoices","status":"{status}",
                "requested":"2026-11-23T10:00:00Z","progress":{progress}}}"#
        );
        let raw = serde_json::value::RawValue::from_string(text).unwrap();
        Item { value: serde_json::from_str(raw.get()).unwrap(), raw }
    }

    fn watch() -> (Watch, Timestamp) {
        let now = Timestamp::UNIX_EPOCH;
        (Watch::for_refresh("e0000000-0000-0000-0000-000000000000".parse().unwrap(), true, now), now)
    }

    fn wait(watch: &Watch, now: Timestamp) -> i64 {
        watch.next_poll.duration_since(now).as_secs()
    }

    #[test]
    fn more_reads_than_a_page_holds_are_all_followed() {
        let (mut watch, now) = watch();
        let all: Vec<_> = (0..140).map(|number| read(number, "Fetching", 10)).collect();
        watch.on_history(&all[..100], now, true);
        assert_eq!(watch.request().page_size, 200);
        watch.on_history(&all, now, true);
        assert_eq!((watch.running, watch.request().page_size), (140, 200), "they fit");
    }

    #[test]
    fn a_read_that_never_ends_is_asked_about_ever_less_often_until_it_moves() {
        let (mut watch, start) = watch();
        watch.on_history(&[read(1, "Fetching", 10)], start, true);
        assert_eq!(wait(&watch, start), 1);
        let later = after_secs(start, 6 * 60);
        watch.on_history(&[read(1, "Fetching", 10)], later, true);
        assert_eq!(wait(&watch, later), 2);
        let much_later = after_secs(start, 60 * 60);
        watch.on_history(&[read(1, "Fetching", 10)], much_later, true);
        assert_eq!(wait(&watch, much_later), 15);
        watch.on_history(&[read(1, "Fetching", 20)], much_later, true);
        assert_eq!(wait(&watch, much_later), 1);
    }

    #[test]
    fn a_stage_of_a_newer_api_is_waited_for() {
        let (mut watch, now) = watch();
        assert!(watch.on_history(&[read(1, "Enriching", 60)], now, true));
        assert!(!watch.on_history(&[read(1, "Complete", 100)], now, true));
    }
}
