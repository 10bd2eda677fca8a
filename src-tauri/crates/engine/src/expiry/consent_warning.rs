//! Warnings of consents that end.

use codat::expiry::{CONSENT_WARNINGS_DAYS, next_warning};
use domain::{EndingConsent, Place};
use jiff::Timestamp;

use crate::notification::{Notification, names};

/// The maximum number of consents per check.
pub(crate) const BATCH: u32 = 10_000;

/// The decision about a consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentWarning {
    /// The consent.
    pub consent: EndingConsent,
    /// When the next warning is due, if there is one.
    pub next: Option<Timestamp>,
    /// Whether to notify. An expired consent that is still linked was renewed, so no.
    pub notify: bool,
}

pub(crate) fn decide(due: Vec<EndingConsent>, now: Timestamp) -> Vec<ConsentWarning> {
    due.into_iter()
        .map(|consent| ConsentWarning {
            next: next_warning(consent.expires, now),
            notify: consent.expires > now,
            consent,
        })
        .collect()
}

/// A notification of one warning, or a digest of several.
pub(crate) fn notification(
    numbers: Vec<i64>,
    consents: &[EndingConsent],
    now: Timestamp,
) -> Option<Notification> {
    let (first, rest) = consents.split_first()?;
    if rest.is_empty() {
        return Some(Notification {
            alerts: numbers,
            title: format!(
                "{}: the {} consent ends {}",
                first.company_name,
                first.platform,
                ends_in(first.expires, now)
            ),
            body: "Copy its Link URL and send it to the customer to renew it. A refresh doesn’t extend it."
                .to_owned(),
            company: Some(first.company),
            connection: Some(first.connection),
            ..Notification::default()
        });
    }
    let days = consents.iter().map(|consent| days(consent.expires, now)).max().unwrap_or_default();
    let within = CONSENT_WARNINGS_DAYS.into_iter().rev().find(|warned| days <= *warned).unwrap_or(days);
    Some(Notification {
        alerts: numbers,
        title: format!("{} consents end within {within} days", consents.len()),
        body: names(consents.iter().map(|consent| consent.company_name.as_str())),
        place: Some(Place::Expiry),
        ..Notification::default()
    })
}

fn days(expires: Timestamp, now: Timestamp) -> i64 {
    expires.duration_since(now).as_hours() / 24
}

fn ends_in(expires: Timestamp, now: Timestamp) -> String {
    match days(expires, now) {
        0 => "within a day".to_owned(),
        1 => "in 1 day".to_owned(),
        days => format!("in {days} days"),
    }
}
