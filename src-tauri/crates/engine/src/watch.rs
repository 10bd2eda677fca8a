//! Following the reads of a refresh until all have ended.

use codat::{
    CompanyId, DatasetId, Item,
    model::{DatasetStatus, Phase, PullOperation},
    page::PageRequest,
};
use jiff::{SignedDuration, Timestamp};

/// Reads that are asked about this seldom are given up on; a sweep will see what came of them.
const GIVE_UP: SignedDuration = SignedDuration::from_mins(30);
/// Reads that do not move for so long are asked about less often, and again less often.
const SLOW: SignedDuration = SignedDuration::from_mins(5);
const STUCK: SignedDuration = SignedDuration::from_mins(30);
/// Reads a page; where the oldest of them still runs, there may be more behind it that do.
const PAGE: u32 = 100;
const LARGEST_PAGE: u32 = 1_600;

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
    page_size: u32,
    /// The reads that run, as they were last said, and since when they stand so.
    standing: Vec<(DatasetId, DatasetStatus, i64)>,
    moved_at: Timestamp,
}

impl Watch {
    /// A read was asked for just now, so at least one runs. `whole`: all of the company's data was.
    pub(crate) fn of_refresh(company: CompanyId, whole: bool, now: Timestamp) -> Self {
        Self { running: 1, whole, ..Self::of_screen(company, now) }
    }

    /// Somebody opened the company; whether anything is being read there is not known yet.
    pub(crate) fn of_screen(company: CompanyId, now: Timestamp) -> Self {
        Self {
            company,
            running: 0,
            look_at: after(now, 2),
            since: now,
            looks: 0,
            whole: false,
            page_size: PAGE,
            standing: Vec::new(),
            moved_at: now,
        }
    }

    /// Whether all of the company's data was asked for here and has yet to end.
    pub(crate) fn is_reading(&self) -> bool {
        self.whole && self.running > 0
    }

    /// The newest reads of the company.
    pub(crate) fn request(&self) -> PageRequest {
        PageRequest {
            page: 1,
            page_size: self.page_size,
            query: None,
            order_by: Some("-requested".to_owned()),
        }
    }

    /// Takes an answer in; returns whether there is more to wait for.
    pub(crate) fn read(&mut self, reads: &[Item<PullOperation>], now: Timestamp, on_screen: bool) -> bool {
        let running = reads.iter().map(|item| &item.value).filter(|read| is_running(read));
        let standing: Vec<_> = running.map(|read| (read.id, read.status.clone(), read.progress)).collect();
        self.running = u32::try_from(standing.len()).unwrap_or(u32::MAX);
        if standing != self.standing {
            self.standing = standing;
            self.moved_at = now;
        }
        let is_full = u32::try_from(reads.len()).is_ok_and(|read| read >= self.page_size);
        if is_full && reads.last().is_some_and(|oldest| is_running(&oldest.value)) {
            self.page_size = (self.page_size * 2).min(LARGEST_PAGE);
        }
        self.put_off(now, on_screen);
        self.running > 0 && now.duration_since(self.since) < GIVE_UP
    }

    /// The next look: soon at first, then ever more seldom; while somebody looks on, each second that
    /// something moves, and now and then where nothing does.
    pub(crate) fn put_off(&mut self, now: Timestamp, on_screen: bool) {
        self.looks += 1;
        let still = now.duration_since(self.moved_at);
        let wait = match (on_screen, self.running) {
            (true, 0) => 20,
            (true, _) if still >= STUCK => 15,
            (true, _) if still >= SLOW => 2,
            (true, _) => 1,
            (false, _) => i64::from(self.looks + 1).min(15),
        };
        self.look_at = after(now, wait);
    }

    /// Every time that it has in mind.
    pub(crate) fn times(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        [&mut self.look_at, &mut self.since, &mut self.moved_at].into_iter()
    }

    /// Nothing can be asked before then.
    pub(crate) fn hold(&mut self, until: Timestamp) {
        self.look_at = self.look_at.max(until);
    }

    /// Whether it is time to stop asking.
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        now.duration_since(self.since) >= GIVE_UP
    }
}

/// Whether a read has yet to end (§3.2). A stage of a newer API has not, as long as nothing says that it has.
fn is_running(read: &PullOperation) -> bool {
    match read.status.phase() {
        Phase::Running => true,
        Phase::Unrecognised => read.completed.is_none() && !read.is_completed && !read.is_errored,
        Phase::Done | Phase::Neutral | Phase::Failed => false,
    }
}

fn after(now: Timestamp, secs: i64) -> Timestamp {
    now.saturating_add(SignedDuration::from_secs(secs)).unwrap_or(Timestamp::MAX)
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
        (Watch::of_refresh("e0000000-0000-0000-0000-000000000000".parse().unwrap(), true, now), now)
    }

    fn wait(watch: &Watch, now: Timestamp) -> i64 {
        watch.look_at.duration_since(now).as_secs()
    }

    #[test]
    fn more_reads_than_a_page_holds_are_all_followed() {
        let (mut watch, now) = watch();
        let all: Vec<_> = (0..140).map(|number| read(number, "Fetching", 10)).collect();
        watch.read(&all[..100], now, true);
        assert_eq!(watch.request().page_size, 200);
        watch.read(&all, now, true);
        assert_eq!((watch.running, watch.request().page_size), (140, 200), "they fit");
    }

    #[test]
    fn a_read_that_never_ends_is_asked_about_ever_less_often_until_it_moves() {
        let (mut watch, start) = watch();
        watch.read(&[read(1, "Fetching", 10)], start, true);
        assert_eq!(wait(&watch, start), 1);
        let later = after(start, 6 * 60);
        watch.read(&[read(1, "Fetching", 10)], later, true);
        assert_eq!(wait(&watch, later), 2);
        let much_later = after(start, 60 * 60);
        watch.read(&[read(1, "Fetching", 10)], much_later, true);
        assert_eq!(wait(&watch, much_later), 15);
        watch.read(&[read(1, "Fetching", 20)], much_later, true);
        assert_eq!(wait(&watch, much_later), 1);
    }

    #[test]
    fn a_stage_of_a_newer_api_is_waited_for() {
        let (mut watch, now) = watch();
        assert!(watch.read(&[read(1, "Enriching", 60)], now, true));
        assert!(!watch.read(&[read(1, "Complete", 100)], now, true));
    }
}
