//! Keeps idle clocks from expiring: selects the cheapest read, schedules retries, and spreads the reads.
//!
//! The store finds the connections that are due, early enough for several failed reads. This covers only idle
//! clocks. A read does not extend a consent; the user is warned of it instead.

use domain::{IdleConnection, KeepAliveRead, NewRun, Place, ReadRequest, ReadSelection, RunAct, RunCause};
use jiff::{SignedDuration, Timestamp};

use crate::{
    notification::{IDLE_TOPIC, Notification},
    time::after,
};

/// The maximum number of connections per check.
pub(crate) const BATCH: u32 = 5_000;
/// The reads of a check are spread over this time, unless a connection expires sooner.
const SPREAD: SignedDuration = SignedDuration::from_hours(3);
/// The minimum time between two questions to the user.
const ASK_INTERVAL: SignedDuration = SignedDuration::from_hours(24);
/// The longest retry delay of a read without a known success.
const MAX_RETRY: SignedDuration = SignedDuration::from_hours(24);
/// The shortest retry delay, even just before the expiry.
const MIN_RETRY: SignedDuration = SignedDuration::from_hours(4);
/// The retry delay of a connection that is past its expiry.
const OVERDUE_RETRY: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Data types by the cost of a read: single records, then short lists. All others cost more.
const CHEAPEST_FIRST: [&str; 12] = [
    "company",
    "commerce-companyInfo",
    "commerce-locations",
    "banking-accounts",
    "taxRates",
    "paymentMethods",
    "commerce-taxComponents",
    "commerce-paymentMethods",
    "banking-accountBalances",
    "trackingCategories",
    "bankAccounts",
    "chartOfAccounts",
];

pub(crate) fn plan(idle: Vec<IdleConnection>, now: Timestamp) -> Vec<KeepAliveRead> {
    idle.into_iter()
        .map(|idle| {
            let next_due = next_due(idle.expires, now);
            let data_type = cheapest_read(&idle.readable).map(str::to_owned);
            KeepAliveRead { idle, data_type, next_due }
        })
        .collect()
}

/// The run of these reads; none if nothing can be read.
pub(crate) fn run(reads: &[KeepAliveRead], now: Timestamp) -> Option<NewRun> {
    let readable: Vec<_> = reads.iter().filter_map(read).collect();
    (!readable.is_empty()).then(|| NewRun {
        cause: RunCause::KeepAlive,
        act: RunAct::Read,
        label: "Keep-alive".to_owned(),
        reads: ReadSelection::List(readable),
        starts_at: now,
        spread: spread(reads, now),
    })
}

/// None if no supported data type is known.
fn read(read: &KeepAliveRead) -> Option<ReadRequest> {
    let data_type = Some(read.data_type.clone()?);
    Some(ReadRequest { company: read.idle.company, data_type, connection: Some(read.idle.connection) })
}

/// The time over which the reads are spread: some hours, but ending well before the first expiry.
fn spread(reads: &[KeepAliveRead], now: Timestamp) -> SignedDuration {
    let first = reads.iter().map(|read| read.idle.expires).min();
    let left = first.map_or(SPREAD, |end| end.duration_since(now)).max(SignedDuration::ZERO);
    SPREAD.min(left / 2)
}

/// Whether the user may be asked again. The absolute difference is used, so that a clock rollback cannot
/// block the question.
pub(crate) fn may_ask_user(last_asked: Option<Timestamp>, now: Timestamp) -> bool {
    last_asked.is_none_or(|last_asked| now.duration_since(last_asked).abs() >= ASK_INTERVAL)
}

pub(crate) fn question(connections: u32) -> Notification {
    let title = match connections {
        1 => "1 connection may lose access soon".to_owned(),
        many => format!("{many} connections may lose access soon"),
    };
    Notification {
        title,
        body: "These haven’t synced in a while. Open Expiry to keep them connected.".to_owned(),
        place: Some(Place::Expiry),
        topic: Some(IDLE_TOPIC.to_owned()),
        ..Notification::default()
    }
}

/// The cheapest of the data types that can be read.
pub fn cheapest_read(readable: &[String]) -> Option<&str> {
    let cheap = CHEAPEST_FIRST.into_iter().find(|cheap| readable.iter().any(|key| key == cheap));
    cheap.or_else(|| readable.iter().map(String::as_str).min())
}

/// When a connection is due again: a few times before its expiry, rarely after it.
fn next_due(expires: Timestamp, now: Timestamp) -> Timestamp {
    let left = expires.duration_since(now);
    let wait = if left.is_positive() { (left / 3).clamp(MIN_RETRY, MAX_RETRY) } else { OVERDUE_RETRY };
    after(now, wait)
}

#[cfg(test)]
mod tests {
    use codat::{
        CompanyId, ConnectionId,
        expiry::{Clock, MOST_DAYS},
    };
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn idle(expires: Timestamp, readable: &[&str]) -> IdleConnection {
        IdleConnection {
            company: CompanyId(Uuid::nil()),
            company_name: "One".into(),
            connection: ConnectionId(Uuid::nil()),
            platform: "Xero".into(),
            expires,
            readable: readable.iter().map(|key| (*key).to_owned()).collect(),
        }
    }

    #[test]
    fn the_cheapest_read_is_the_smallest_that_the_integration_supports() {
        let cheapest = |readable: &[&str]| plan(vec![idle(at(0), readable)], at(0)).remove(0).data_type;
        assert_eq!(cheapest(&["invoices", "company", "taxRates"]).as_deref(), Some("company"));
        assert_eq!(cheapest(&["journalEntries", "taxRates"]).as_deref(), Some("taxRates"));
        assert_eq!(cheapest(&["invoices", "bills"]).as_deref(), Some("bills"), "any, and always the same");
        assert_eq!(cheapest(&[]), None);
    }

    #[test]
    fn a_person_is_asked_once_a_day_and_not_never_after_the_clock_was_set_back() {
        let day = 24 * 3_600;
        assert!(may_ask_user(None, at(0)));
        assert!(!may_ask_user(Some(at(0)), at(day - 1)));
        assert!(may_ask_user(Some(at(0)), at(day)));
        assert!(may_ask_user(Some(at(1_000 * day)), at(day)));
    }

    proptest! {
        /// Reads may fail in any pattern; only if all fail is the connection lost.
        #[test]
        fn an_idle_clock_has_several_chances_before_it_ends(days in 2..=MOST_DAYS, read in 0_i64..1_000_000) {
            let expires = at(read) + SignedDuration::from_hours(24 * i64::from(days));
            let mut now = Clock::Idle(days).due(expires);
            let mut tries = 0;
            while now < expires {
                tries += 1;
                let next = next_due(expires, now);
                prop_assert!(next > now);
                now = next;
            }
            prop_assert!(tries >= 3, "{tries} tries");
            prop_assert!(tries <= 20, "{tries} tries are a storm");
        }

        #[test]
        fn reads_are_asked_for_before_the_first_end(left in -1_000_i64..1_000_000, more in 0_i64..1_000_000) {
            let reads = plan(vec![idle(at(left + more), &[]), idle(at(left), &[])], at(0));
            let spread = spread(&reads, at(0));
            prop_assert!(spread <= SPREAD && !spread.is_negative());
            prop_assert!(left <= 0 || spread < SignedDuration::from_secs(left));
        }
    }
}
