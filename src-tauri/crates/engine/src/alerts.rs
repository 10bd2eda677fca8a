//! Which changes are told, when, and in which words.
//!
//! A change is told only after a second look found it still so, and only together with everything else that
//! turned in the same sweep. The cursor says up to where the journal is decided; it moves only when nothing
//! waits for its second look, so that a crash loses no change and repeats none.

use std::collections::{BTreeMap, BTreeSet};

use codat::{Colour, CompanyId, ConnectionId, Item, Listed, status::connection_colour};
use jiff::{SignedDuration, Timestamp};

use crate::{
    effect::Notification,
    event::{Cause, Change},
    runs::STORE_AGAIN,
};

/// More companies than this are not looked at one by one: the next sweep is their second look.
const LOOKS_AT_ONCE: usize = 25;

/// A change that is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAlert {
    /// Its place in the journal.
    pub seq: i64,
    /// When it was seen.
    pub at: Timestamp,
    /// The company.
    pub company: CompanyId,
    /// Its name.
    pub company_name: String,
    /// The connection that turned.
    pub connection: ConnectionId,
    /// The integration's name.
    pub platform: String,
    /// Red or grey.
    pub colour: Colour,
}

/// Changes on their way to being told.
#[derive(Debug, Default)]
pub(crate) struct Alerts {
    /// Waiting for a second look.
    unconfirmed: BTreeMap<ConnectionId, NewAlert>,
    /// Unlinked from here, since when at the latest: that they turn grey is no news, whoever sees it first.
    unlinked: BTreeMap<ConnectionId, Timestamp>,
    /// Looked at again and still so.
    confirmed: Vec<NewAlert>,
    /// The newest place in the journal that was seen.
    newest: i64,
    /// Where the cursor is.
    cursor: i64,
    /// Being recorded at this moment.
    recording: Vec<NewAlert>,
    /// When to look again.
    pub(crate) look_at: Option<Timestamp>,
    /// The store refused; it is asked again then.
    pub(crate) record_at: Option<Timestamp>,
}

/// How to look again at what turned.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SecondLook {
    /// Company by company.
    At(Vec<CompanyId>),
    /// By another sweep: they are too many.
    BySweep,
}

impl Alerts {
    /// A person unlinks this connection.
    pub(crate) fn unlinks(&mut self, connection: ConnectionId, now: Timestamp) {
        self.unlinked.insert(connection, now);
    }

    /// It is not known to have been unlinked from here: should it turn out to be, that is news.
    pub(crate) fn unlinks_not(&mut self, connection: ConnectionId) {
        self.unlinked.remove(&connection);
    }

    /// All companies were seen as they have been since then: what is grey by what was done here was seen too.
    pub(crate) fn all_seen(&mut self, since: Timestamp) {
        self.unlinked.retain(|_, at| *at >= since);
    }

    /// Takes changes in. Before the baseline, and for acts of this app, they only move the end of the journal.
    pub(crate) fn note(&mut self, changes: Vec<Change>, told: bool, wait: SignedDuration) {
        for change in changes {
            self.newest = self.newest.max(change.seq);
            let Some((connection, colour)) = change.turned else { continue };
            // Whatever it turned to, what was done here is over with it.
            let was_unlinked = self.unlinked.remove(&connection).is_some();
            if !colour.needs_attention() {
                self.unconfirmed.remove(&connection);
                continue;
            }
            let is_own = change.cause == Cause::Own || was_unlinked && colour == Colour::Grey;
            if is_own {
                self.unconfirmed.remove(&connection);
            }
            if !told || change.one_time || is_own {
                continue;
            }
            let look_at = change.at.saturating_add(wait).unwrap_or(Timestamp::MAX);
            self.look_at = Some(self.look_at.map_or(look_at, |known| known.max(look_at)));
            let alert = NewAlert {
                seq: change.seq,
                at: change.at,
                company: change.company,
                company_name: change.company_name,
                connection,
                platform: change.platform,
                colour,
            };
            self.unconfirmed.insert(connection, alert);
        }
    }

    /// Every time that is in mind.
    pub(crate) fn times(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        let turned = self.unconfirmed.values_mut().map(|alert| &mut alert.at);
        turned.chain(self.unlinked.values_mut()).chain(&mut self.look_at).chain(&mut self.record_at)
    }

    /// How to look again, when it is time to.
    pub(crate) fn second_look(&mut self) -> Option<SecondLook> {
        self.look_at = None;
        let mut companies: Vec<_> = self.unconfirmed.values().map(|alert| alert.company).collect();
        companies.sort_unstable();
        companies.dedup();
        match companies.len() {
            0 => None,
            1..=LOOKS_AT_ONCE => Some(SecondLook::At(companies)),
            _ => Some(SecondLook::BySweep),
        }
    }

    /// Companies were seen by a request sent at `asked`, after which whatever turned before is certain.
    pub(crate) fn seen_again<'a>(
        &mut self,
        companies: impl IntoIterator<Item = &'a Item<Listed>>,
        asked: Timestamp,
    ) {
        let waiting = self.unconfirmed.values().filter(|alert| alert.at < asked);
        let mut waits: BTreeMap<CompanyId, Vec<ConnectionId>> = BTreeMap::new();
        waiting.for_each(|alert| waits.entry(alert.company).or_default().push(alert.connection));
        if waits.is_empty() {
            return;
        }
        for item in companies {
            if !waits.contains_key(&item.value.id) {
                continue;
            }
            // One that cannot be read waits for the next look.
            let Ok(company) = item.company() else { continue };
            for id in waits.remove(&company.id).unwrap_or_default() {
                let Some(mut alert) = self.unconfirmed.remove(&id) else { continue };
                let colour = company.data_connections.iter().find(|c| c.id == id).map(connection_colour);
                if let Some(colour) = colour.filter(|colour| colour.needs_attention()) {
                    alert.colour = colour;
                    self.confirmed.push(alert);
                }
            }
        }
    }

    /// A company is gone, and with it what was to be told of it.
    pub(crate) fn forget(&mut self, company: CompanyId) {
        self.unconfirmed.retain(|_, alert| alert.company != company);
        self.confirmed.retain(|alert| alert.company != company);
    }

    /// A second look came to nothing; another is due then.
    pub(crate) fn look_again(&mut self, at: Timestamp) {
        if !self.unconfirmed.is_empty() {
            self.look_at = Some(at);
        }
    }

    /// What to record now: the cursor and the alerts. Nothing while anything waits for its second look.
    pub(crate) fn take_decided(&mut self, now: Timestamp) -> Option<(i64, Vec<NewAlert>)> {
        if self.record_at.is_some_and(|at| at > now)
            || !self.unconfirmed.is_empty()
            || !self.recording.is_empty()
            || self.newest <= self.cursor
        {
            return None;
        }
        self.record_at = None;
        self.cursor = self.newest;
        self.confirmed.sort_by_key(|alert| alert.seq);
        self.recording = core::mem::take(&mut self.confirmed);
        Some((self.cursor, self.recording.clone()))
    }

    /// They were recorded under these numbers; none if they had been before.
    pub(crate) fn recorded(&mut self, numbers: Vec<i64>) -> Option<Notification> {
        let alerts = core::mem::take(&mut self.recording);
        (!numbers.is_empty()).then(|| notification(numbers, &alerts)).flatten()
    }

    /// They could not be recorded: that is tried again in a while.
    pub(crate) fn not_recorded(&mut self, now: Timestamp) {
        self.confirmed.append(&mut self.recording);
        self.cursor = 0;
        self.record_at = now.checked_add(STORE_AGAIN).ok();
    }
}

/// The words for one alert, or one digest for several.
pub fn notification(numbers: Vec<i64>, alerts: &[NewAlert]) -> Option<Notification> {
    let (first, rest) = alerts.split_first()?;
    if rest.is_empty() {
        let (happened, body) = if first.colour == Colour::Grey {
            ("was unlinked", "Nothing more is read from it until the customer links it again.")
        } else {
            ("needs the customer", "Copy its Link URL and send it to the customer to connect again.")
        };
        return Some(Notification {
            alerts: numbers,
            title: format!("{}: {} {happened}", first.company_name, first.platform),
            body: body.to_owned(),
            company: Some(first.company),
            connection: Some(first.connection),
            search: None,
            place: None,
        });
    }
    let same = rest.iter().all(|alert| alert.platform == first.platform);
    let count = alerts.len();
    let (title, search) = if same {
        (
            format!("{}: {count} connections need attention", first.platform),
            format!("is:attention platform:\"{}\"", first.platform),
        )
    } else {
        (format!("{count} connections need attention"), "is:attention".to_owned())
    };
    Some(Notification {
        alerts: numbers,
        title,
        body: names(alerts.iter().map(|alert| alert.company_name.as_str())),
        company: None,
        connection: None,
        search: Some(search),
        place: None,
    })
}

/// Up to three names of companies, each once, and how many more.
pub(crate) fn names<'a>(companies: impl Iterator<Item = &'a str>) -> String {
    let mut seen = BTreeSet::new();
    let names: Vec<&str> = companies.filter(|name| seen.insert(*name)).collect();
    let shown = names.iter().take(3).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(3) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
