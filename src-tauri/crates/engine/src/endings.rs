//! Consents that end: the words of the warnings.

use codat::{
    CompanyId, ConnectionId,
    expiry::{CONSENT_WARNINGS_DAYS, next_warning},
};
use jiff::Timestamp;

use crate::{
    effect::{Notification, Place},
    news::names,
};

/// Consents that are seen to at one look.
pub(crate) const BATCH: u32 = 10_000;

/// A consent whose end is to be warned of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndingConsent {
    /// Whose it is.
    pub company: CompanyId,
    /// That company's name.
    pub company_name: String,
    /// The connection.
    pub connection: ConnectionId,
    /// The integration's name.
    pub platform: String,
    /// When it ends.
    pub expires: Timestamp,
}

/// What is decided about one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentWarning {
    /// Which.
    pub consent: EndingConsent,
    /// When the next warning is due, if there is to be one.
    pub next: Option<Timestamp>,
    /// Whether it is told. One that should have ended and is linked still was renewed, or never ended.
    pub told: bool,
}

/// What is decided about each of these.
pub(crate) fn decide(due: Vec<EndingConsent>, now: Timestamp) -> Vec<ConsentWarning> {
    due.into_iter()
        .map(|consent| ConsentWarning {
            next: next_warning(consent.expires, now),
            told: consent.expires > now,
            consent,
        })
        .collect()
}

/// The words for one warning, or one digest for several.
pub(crate) fn notification(
    numbers: Vec<i64>,
    told: &[EndingConsent],
    now: Timestamp,
) -> Option<Notification> {
    let (first, rest) = told.split_first()?;
    if rest.is_empty() {
        return Some(Notification {
            alerts: numbers,
            title: format!(
                "{}: the consent at {} ends {}",
                first.company_name,
                first.platform,
                ends(first.expires, now)
            ),
            body: "Copy its Link URL and send it to the customer to renew it. A refresh does not prolong it."
                .to_owned(),
            company: Some(first.company),
            connection: Some(first.connection),
            search: None,
            place: None,
        });
    }
    let days = told.iter().map(|consent| days(consent.expires, now)).max().unwrap_or_default();
    let within = CONSENT_WARNINGS_DAYS.into_iter().rev().find(|warned| days <= *warned).unwrap_or(days);
    Some(Notification {
        alerts: numbers,
        title: format!("{} consents end within {within} days", told.len()),
        body: names(told.iter().map(|consent| consent.company_name.as_str())),
        company: None,
        connection: None,
        search: None,
        place: Some(Place::Expiry),
    })
}

fn days(expires: Timestamp, now: Timestamp) -> i64 {
    expires.duration_since(now).as_hours() / 24
}

fn ends(expires: Timestamp, now: Timestamp) -> String {
    match days(expires, now) {
        0 => "within a day".to_owned(),
        1 => "in 1 day".to_owned(),
        days => format!("in {days} days"),
    }
}
