//! Keeping idle clocks from ending: which read is the cheapest, when it is tried again, how reads are spread.
//!
//! The store knows which connections are due: long enough before their end that a read may fail several times.
//! Only idle clocks are. A consent ends whatever is read, and is warned of instead.

use codat::{CompanyId, ConnectionId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    effect::{Notification, Place},
    run::{NewRun, Read, Reads, RunCause},
};

/// Connections that are seen to at one look.
pub(crate) const BATCH: u32 = 5_000;
/// Their reads are spread over this time, unless an end is nearer.
const SPREAD: SignedDuration = SignedDuration::from_hours(3);
/// A person is asked so often at most.
const ASK_EVERY: SignedDuration = SignedDuration::from_hours(24);
/// A read whose success was not seen is tried again within this time.
const AGAIN_WITHIN: SignedDuration = SignedDuration::from_hours(24);
/// However near the end, not sooner than this.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(4);
/// A connection that should have ended is tried this seldom.
const AGAIN_OVERDUE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Data types by what it costs to read them, the cheapest first: one record, then a short list, then any.
const CHEAP: [&str; 12] = [
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

/// What the app does about idle clocks of a workspace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum KeepAliveMode {
    /// Nothing.
    #[default]
    Off,
    /// Tells the person, once a day at most.
    Ask,
    /// Queues the cheapest read in time.
    On,
}

/// A connection whose idle clock runs out unless something is read soon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdleConnection {
    /// Whose it is.
    pub company: CompanyId,
    /// That company's name.
    pub company_name: String,
    /// The connection.
    pub connection: ConnectionId,
    /// The integration's name.
    pub platform: String,
    /// When it may expire.
    pub expires: Timestamp,
    /// The data types that can be read from it, where they are known.
    pub readable: Vec<String>,
}

/// A read that is to keep a connection alive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeepAliveRead {
    /// The connection.
    pub idle: IdleConnection,
    /// What is read; nothing where no type is known that it supports.
    pub data_type: Option<String>,
    /// When it is due again, should no read have been seen by then.
    pub again: Timestamp,
}

/// What is read of each of these.
pub(crate) fn plan(idle: Vec<IdleConnection>, now: Timestamp) -> Vec<KeepAliveRead> {
    idle.into_iter()
        .map(|idle| {
            let again = again(idle.expires, now);
            let data_type = cheapest_read(&idle.readable).map(str::to_owned);
            KeepAliveRead { idle, data_type, again }
        })
        .collect()
}

/// The run that asks for what can be read of these; none where nothing can.
pub(crate) fn run(reads: &[KeepAliveRead], now: Timestamp) -> Option<NewRun> {
    let asked: Vec<_> = reads.iter().filter_map(read).collect();
    (!asked.is_empty()).then(|| NewRun {
        cause: RunCause::KeepAlive,
        label: "Keep-alive".to_owned(),
        reads: Reads::Each(asked),
        starts_at: now,
        spread: spread(reads, now),
    })
}

/// What is read of a connection; nothing where no type is known that it supports.
fn read(read: &KeepAliveRead) -> Option<Read> {
    let data_type = Some(read.data_type.clone()?);
    Some(Read { company: read.idle.company, data_type, connection: Some(read.idle.connection) })
}

/// Over which time these reads are spread: some hours, and well before the first of the ends.
fn spread(reads: &[KeepAliveRead], now: Timestamp) -> SignedDuration {
    let first = reads.iter().map(|read| read.idle.expires).min();
    let left = first.map_or(SPREAD, |end| end.duration_since(now)).max(SignedDuration::ZERO);
    SPREAD.min(left / 2)
}

/// Whether it is time to ask again. A clock set back does not keep the app from asking for ever.
pub(crate) fn may_ask(asked: Option<Timestamp>, now: Timestamp) -> bool {
    asked.is_none_or(|asked| now.duration_since(asked).abs() >= ASK_EVERY)
}

/// What a person is asked.
pub(crate) fn question(connections: u32) -> Notification {
    let title = match connections {
        1 => "1 connection may lose access soon".to_owned(),
        many => format!("{many} connections may lose access soon"),
    };
    Notification {
        alerts: Vec::new(),
        title,
        body: "Nothing was read from there for long. Open Expiry to refresh what should stay linked."
            .to_owned(),
        company: None,
        connection: None,
        search: None,
        place: Some(Place::Expiry),
    }
}

/// The cheapest of the data types that can be read; any where none of the cheap ones can.
pub fn cheapest_read(readable: &[String]) -> Option<&str> {
    let cheap = CHEAP.into_iter().find(|cheap| readable.iter().any(|key| key == cheap));
    cheap.or_else(|| readable.iter().map(String::as_str).min())
}

/// When a connection is due again if no read was seen by then: a few times before its end, seldom after it.
fn again(expires: Timestamp, now: Timestamp) -> Timestamp {
    let left = expires.duration_since(now);
    let wait = if left.is_positive() { (left / 3).clamp(AGAIN_AFTER, AGAIN_WITHIN) } else { AGAIN_OVERDUE };
    now.saturating_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use codat::expiry::{Clock, MOST_DAYS};
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
        assert!(may_ask(None, at(0)));
        assert!(!may_ask(Some(at(0)), at(day - 1)));
        assert!(may_ask(Some(at(0)), at(day)));
        assert!(may_ask(Some(at(1_000 * day)), at(day)));
    }

    proptest! {
        /// Reads fail in any pattern; only if all of them do is the connection lost.
        #[test]
        fn an_idle_clock_has_several_chances_before_it_ends(days in 2..=MOST_DAYS, read in 0_i64..1_000_000) {
            let expires = at(read) + SignedDuration::from_hours(24 * i64::from(days));
            let mut now = Clock::Idle(days).due(expires);
            let mut tries = 0;
            while now < expires {
                tries += 1;
                let next = again(expires, now);
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
