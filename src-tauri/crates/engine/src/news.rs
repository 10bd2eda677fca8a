//! The texts of notifications: who has to act, and how.

use std::collections::{BTreeMap, BTreeSet};

use codat::{Colour, status::Trouble};
use jiff::{Timestamp, tz::TimeZone};

use crate::{
    alerts::{NewAlert, Series},
    effect::Notification,
};

/// A loss in a notification.
#[derive(Debug)]
pub(crate) struct Loss {
    pub(crate) number: i64,
    pub(crate) alert: NewAlert,
    pub(crate) series: Option<Series>,
}

/// The notification for one loss, or a digest of several. A connection counts once, with its latest alert.
pub(crate) fn notification(items: &[Loss], zone: &TimeZone) -> Option<Notification> {
    let numbers: Vec<i64> = items.iter().map(|item| item.number).collect();
    let last: BTreeMap<_, _> = items.iter().map(|item| (item.alert.connection, item)).collect();
    let mut items: Vec<&Loss> = last.into_values().collect();
    items.sort_by_key(|item| item.number);
    match items.as_slice() {
        [] => None,
        [item] => Some(one(item, numbers, zone)),
        several => Some(digest(several, numbers)),
    }
}

fn one(item: &Loss, numbers: Vec<i64>, zone: &TimeZone) -> Notification {
    let alert = &item.alert;
    let (happened, body) = words(alert, zone);
    let series = item.series.filter(|_| alert.repeats);
    let (happened, body) = match series {
        None => (happened, body),
        Some(series) => {
            let now = if series.is_healed { "It is linked now." } else { body.as_str() };
            let since = clock(series.since, zone);
            ("keeps breaking", format!("Lost {} times since {since}. {now}", series.losses))
        }
    };
    let is_outage = alert.trouble == Some(Trouble::Outage);
    Notification {
        alerts: numbers,
        title: format!("{}: {} {happened}", alert.company_name, alert.platform),
        body,
        company: Some(alert.company),
        connection: (!is_outage).then_some(alert.connection),
        search: None,
        place: None,
    }
}

/// The table of texts by cause.
fn words(alert: &NewAlert, zone: &TimeZone) -> (&'static str, String) {
    let (happened, body) = match (alert.trouble, alert.colour) {
        (Some(Trouble::Access), _) => {
            ("needs the customer", "Copy its Link URL and send it to the customer to connect again.")
        }
        (Some(Trouble::Unlinked), _) => {
            ("was unlinked", "Nothing more is read from it until the customer links it again.")
        }
        (Some(Trouble::Outage), _) => {
            ("does not answer", "The platform has an outage of its own. There is nothing to send.")
        }
        (Some(Trouble::Error), _) => {
            ("reports an error", "Open the company to read it. A new link may not help.")
        }
        (None, colour) => {
            let happened = if colour == Colour::Grey { "may be unlinked" } else { "may be broken" };
            let at = clock(alert.at, zone);
            return (
                happened,
                format!("Not confirmed: seen once, at {at}. Codat did not answer a second check."),
            );
        }
    };
    (happened, body.to_owned())
}

fn digest(items: &[&Loss], numbers: Vec<i64>) -> Notification {
    let count = items.len();
    let all = |trouble: Option<Trouble>| items.iter().all(|item| item.alert.trouble == trouble);
    let platform = items.first().map(|item| item.alert.platform.as_str());
    let platform = platform.filter(|name| items.iter().all(|item| item.alert.platform == *name));
    let names = names(items.iter().map(|item| item.alert.company_name.as_str()));
    let (happened, body) = if all(Some(Trouble::Outage)) {
        let body = format!("Nothing to send: only the platform can fix this. {names}");
        (format!("{count} connections have an outage"), body)
    } else if all(None) {
        let body = format!("Not confirmed: seen once, and Codat did not answer a second check. {names}");
        (format!("{count} connections may be broken"), body)
    } else {
        (format!("{count} connections need attention"), format!("{names}{}", apart(items)))
    };
    let title = match platform {
        Some(platform) => format!("{platform}: {happened}"),
        None => happened,
    };
    let search = numbers.iter().min().map(|first| format!("alert:{first}"));
    Notification { alerts: numbers, title, body, company: None, connection: None, search, place: None }
}

/// A part of a digest that differs from the rest.
fn apart(items: &[&Loss]) -> String {
    let count = |trouble: Option<Trouble>| items.iter().filter(|it| it.alert.trouble == trouble).count();
    let outage = match count(Some(Trouble::Outage)) {
        0 => String::new(),
        outage => format!(". Nothing to send for {outage}: the platform has an outage"),
    };
    let unconfirmed = match count(None) {
        0 => String::new(),
        unconfirmed => format!(". Not confirmed: {unconfirmed}"),
    };
    format!("{outage}{unconfirmed}")
}

/// The local time of day.
fn clock(at: Timestamp, zone: &TimeZone) -> String {
    zone.to_datetime(at).strftime("%H:%M").to_string()
}

/// Up to three distinct company names, and the number of others.
pub(crate) fn names<'a>(companies: impl Iterator<Item = &'a str>) -> String {
    let mut seen = BTreeSet::new();
    let names: Vec<&str> = companies.filter(|name| seen.insert(*name)).collect();
    let shown = names.iter().take(3).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(3) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
