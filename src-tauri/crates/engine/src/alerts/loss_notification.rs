//! The texts of notifications: who has to act, and how.

use std::collections::BTreeMap;

use codat::{
    Color,
    status::{Actor, Trouble},
};
use jiff::{Timestamp, tz::TimeZone};

use crate::{
    alerts::{NewAlert, SeriesSummary},
    notification::{Notification, names},
};

#[derive(Debug)]
pub(crate) struct Loss {
    pub(crate) number: i64,
    pub(crate) alert: NewAlert,
    pub(crate) series: Option<SeriesSummary>,
}

/// The title and the text of a loss in the inbox.
pub fn loss_texts(alert: &NewAlert, zone: &TimeZone) -> (String, String) {
    let (happened, body) = texts(alert, zone);
    (format!("{} {happened}", alert.platform), body)
}

/// A notification of one loss, or a digest of several. A connection counts once, with its latest alert.
pub(crate) fn notification(items: &[Loss], zone: &TimeZone) -> Option<Notification> {
    let numbers: Vec<i64> = items.iter().map(|item| item.number).collect();
    let last: BTreeMap<_, _> = items.iter().map(|item| (item.alert.connection, item)).collect();
    let mut items: Vec<&Loss> = last.into_values().collect();
    items.sort_by_key(|item| item.number);
    match items.as_slice() {
        [] => None,
        [item] => Some(single(item, numbers, zone)),
        several => Some(digest(several, numbers)),
    }
}

fn single(item: &Loss, numbers: Vec<i64>, zone: &TimeZone) -> Notification {
    let alert = &item.alert;
    let (happened, body) = texts(alert, zone);
    let series = item.series.filter(|_| alert.repeats);
    let (happened, body) = match series {
        None => (happened, body),
        Some(series) => {
            let now = if series.is_healed { "It’s linked now." } else { body.as_str() };
            let since = time_of_day(series.since, zone);
            ("keeps breaking", format!("Flapping, {} times since {since}. {now}", series.losses))
        }
    };
    let needs_customer = alert.trouble.is_none_or(|trouble| trouble.actor() == Actor::Customer);
    Notification {
        alerts: numbers,
        title: format!("{}: {} {happened}", alert.company_name, alert.platform),
        body,
        company: Some(alert.company),
        connection: needs_customer.then_some(alert.connection),
        about: vec![alert.connection],
        ..Notification::default()
    }
}

/// What happened, and why and what to do, from the table of causes.
fn texts(alert: &NewAlert, zone: &TimeZone) -> (&'static str, String) {
    if let Some(rule) = alert.trouble.map(Trouble::rule) {
        return (rule.happened, format!("{} {}", rule.meaning, rule.to_do));
    }
    let happened = if alert.color == Color::Grey { "may be unlinked" } else { "may be broken" };
    let at = time_of_day(alert.at, zone);
    (happened, format!("Not confirmed: seen once, at {at}. Codat didn’t answer a second check."))
}

fn digest(items: &[&Loss], numbers: Vec<i64>) -> Notification {
    let count = items.len();
    let all = |trouble: Option<Trouble>| items.iter().all(|item| item.alert.trouble == trouble);
    let all_need = |actor| items.iter().all(|item| item.alert.trouble.map(Trouble::actor) == Some(actor));
    let platform = items.first().map(|item| item.alert.platform.as_str());
    let platform = platform.filter(|name| items.iter().all(|item| item.alert.platform == *name));
    let names = names(items.iter().map(|item| item.alert.company_name.as_str()));
    let (happened, body) = if all(Some(Trouble::Outage)) {
        let body = format!("Only the platform can fix this. {names}");
        (format!("{count} connections have an outage"), body)
    } else if all(None) {
        let body = format!("Not confirmed: seen once, and Codat didn’t answer a second check. {names}");
        (format!("{count} connections may be broken"), body)
    } else if all_need(Actor::Customer) {
        (format!("{count} connections need the customer"), format!("Send the reconnect links. {names}"))
    } else if all(Some(Trouble::Deleted)) {
        (format!("{count} connections were deleted"), format!("Nobody can restore them. {names}"))
    } else {
        (format!("{count} connections need attention"), format!("{names}{}", exceptions(items)))
    };
    let title = match platform {
        Some(platform) => format!("{platform}: {happened}"),
        None => happened,
    };
    let search = numbers.iter().min().map(|first| format!("alert:{first}"));
    let about = items.iter().map(|item| item.alert.connection).collect();
    Notification { alerts: numbers, title, body, about, search, ..Notification::default() }
}

/// The exceptions among the losses of a digest.
fn exceptions(items: &[&Loss]) -> String {
    let count = |trouble: Option<Trouble>| items.iter().filter(|it| it.alert.trouble == trouble).count();
    let is_ours = |it: &&&Loss| matches!(it.alert.trouble, Some(Trouble::Request | Trouble::Error));
    let errors = match items.iter().filter(is_ours).count() {
        0 => String::new(),
        errors => format!(". Errors for you to read: {errors}"),
    };
    let deleted = match count(Some(Trouble::Deleted)) {
        0 => String::new(),
        deleted => format!(". Deleted: {deleted}"),
    };
    let outage = match count(Some(Trouble::Outage)) {
        0 => String::new(),
        outage => format!(". Platform outage, nothing to send: {outage}"),
    };
    let unconfirmed = match count(None) {
        0 => String::new(),
        unconfirmed => format!(". Not confirmed: {unconfirmed}"),
    };
    format!("{errors}{deleted}{outage}{unconfirmed}")
}

/// The local time of day.
fn time_of_day(at: Timestamp, zone: &TimeZone) -> String {
    zone.to_datetime(at).strftime("%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use codat::{CompanyId, ConnectionId, status::CAUSES};
    use jiff::tz;
    use uuid::Uuid;

    use super::*;

    fn loss(number: i64, platform: &str, trouble: Option<Trouble>) -> Loss {
        let id = Uuid::from_u128(number.unsigned_abs().into());
        let alert = NewAlert {
            seq: number,
            at: "2026-11-30T09:10:00Z".parse().unwrap(),
            company: CompanyId(id),
            company_name: format!("Company {number}"),
            connection: ConnectionId(id),
            platform: platform.to_owned(),
            color: if trouble == Some(Trouble::Unlinked) { Color::Grey } else { Color::Red },
            trouble,
            repeats: false,
        };
        Loss { number, alert, series: None }
    }

    fn text(losses: &[Loss]) -> String {
        let shown = notification(losses, &TimeZone::fixed(tz::offset(1))).unwrap();
        format!("{}\n  {}\n", shown.title, shown.body)
    }

    #[test]
    fn every_cause_says_who_acts() {
        let causes = CAUSES.each_ref().map(|rule| rule.trouble);
        let causes = || causes.map(Some).into_iter().chain([None]);
        let one = causes().map(|cause| text(&[loss(1, "Xero", cause)]));
        let two = causes().map(|cause| text(&[loss(1, "Xero", cause), loss(2, "Xero", cause)]));
        let mixed: Vec<_> = (1..).zip(causes()).map(|(number, cause)| loss(number, "Xero", cause)).collect();
        let of_two_platforms =
            [loss(1, "Xero", Some(Trouble::Withdrawn)), loss(2, "Sage", Some(Trouble::Withdrawn))];
        let flapping = |is_healed| {
            let mut flapping = loss(1, "Xero", Some(Trouble::Withdrawn));
            flapping.alert.repeats = true;
            flapping.series = Some(SeriesSummary { losses: 6, since: flapping.alert.at, is_healed });
            text(&[flapping])
        };
        let others = [text(&mixed), text(&of_two_platforms), flapping(false), flapping(true)];
        insta::assert_snapshot!(one.chain(two).chain(others).collect::<String>());
    }
}
