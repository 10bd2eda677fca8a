//! What an entry of the inbox says.

use codat::{CompanyId, ConnectionId, status::Trouble};
use domain::Place;
use engine::{Notification, OpenAlerts, loss_texts};
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use store::{InboxEntry, InboxFilter, Snooze, Store, StoreError};
use ts_rs::TS;

use crate::{alert_data::UndeliveredAlerts, wire::millis};

/// The number of companies that a reminder names.
const REMINDED_COMPANIES: u32 = 3;

/// What an entry of the inbox is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum EntryKind {
    /// A connection that turned red or gray.
    Loss,
    /// A consent that ends.
    Consent,
    /// An outage, a rejected key, a question.
    Notice,
    /// Stored by a newer version, or damaged.
    Unreadable,
}

/// An entry of the inbox. Times are milliseconds since 1970, UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InboxRow {
    pub id: i64,
    pub at: i64,
    pub kind: EntryKind,
    /// The name of the company, or the title of the notice.
    pub title: String,
    /// What happened. Empty for a notice.
    pub event: String,
    /// Who has to do what.
    pub advice: String,
    /// Why the connection was lost, if that is known.
    #[ts(as = "Option<String>")]
    pub trouble: Option<Trouble>,
    #[ts(as = "Option<String>")]
    pub company: Option<CompanyId>,
    #[ts(as = "Option<String>")]
    pub connection: Option<ConnectionId>,
    /// The name of the integration.
    pub platform: String,
    /// A search in the list of companies that finds those of the notice.
    pub search: Option<String>,
    /// The page that the notice opens otherwise.
    pub place: Option<Place>,
    pub is_read: bool,
    /// Whether a rule held its notification back.
    pub is_muted: bool,
    pub is_over: bool,
    /// When it was over, if that is known.
    pub closed_at: Option<i64>,
    /// Hidden until this time.
    pub snoozed_until: Option<i64>,
    /// Hidden until the connection changes.
    pub snoozed_until_change: bool,
}

/// The JSON data of a notice in the store.
#[derive(Serialize, Deserialize)]
struct NoticeData {
    title: String,
    body: String,
    search: Option<String>,
    place: Option<Place>,
}

pub(crate) fn notice_data(notification: &Notification) -> String {
    let data = NoticeData {
        title: notification.title.clone(),
        body: notification.body.clone(),
        search: notification.search.clone(),
        place: notification.place,
    };
    serde_json::to_string(&data).unwrap_or_default()
}

/// The open alerts for a reminder.
pub(crate) async fn open_alerts(store: &Store, now: Timestamp) -> Result<OpenAlerts, StoreError> {
    let count = store.inbox_counts(now).await?.open;
    let newest = store.inbox(InboxFilter::Open, 0, REMINDED_COMPANIES, now).await?;
    let mut companies: Vec<_> = newest.into_iter().map(|entry| row(entry, &TimeZone::UTC).title).collect();
    companies.dedup();
    Ok(OpenAlerts { count, companies })
}

/// An entry as it is shown, with times of day in this zone.
pub(crate) fn row(entry: InboxEntry, zone: &TimeZone) -> InboxRow {
    let InboxEntry { alert, company, connection, is_read, is_muted, is_over, closed_at, snooze } = entry;
    let mut row = InboxRow {
        id: alert.id,
        at: millis(alert.at),
        kind: EntryKind::Unreadable,
        title: "This alert can’t be read".to_owned(),
        event: String::new(),
        advice: "A newer version of the app may have stored it.".to_owned(),
        trouble: None,
        company,
        connection,
        platform: String::new(),
        search: None,
        place: None,
        is_read,
        is_muted,
        is_over,
        closed_at: closed_at.map(millis),
        snoozed_until: match snooze {
            Some(Snooze::Until(at)) => Some(millis(at)),
            Some(Snooze::UntilChange) | None => None,
        },
        snoozed_until_change: snooze == Some(Snooze::UntilChange),
    };
    if let Ok(notice) = serde_json::from_str::<NoticeData>(&alert.data) {
        row.kind = EntryKind::Notice;
        (row.title, row.advice) = (notice.title, notice.body);
        (row.search, row.place) = (notice.search, notice.place);
        return row;
    }
    let parsed = UndeliveredAlerts::parse([alert]);
    if let Some((_, loss)) = parsed.status_changes.into_iter().next() {
        row.kind = EntryKind::Loss;
        (row.event, row.advice) = loss_texts(&loss, zone);
        row.trouble = loss.trouble;
        (row.title, row.platform) = (loss.company_name, loss.platform);
    } else if let Some((_, ending)) = parsed.ending_consents.into_iter().next() {
        row.kind = EntryKind::Consent;
        let date = zone.to_datetime(ending.expires).strftime("%-d %B");
        row.event = format!("{} consent ends on {date}", ending.platform);
        row.advice = "Send the customer the Link URL to renew it. A refresh doesn’t extend it.".to_owned();
        (row.title, row.platform) = (ending.company_name, ending.platform);
    }
    row
}
