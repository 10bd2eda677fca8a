//! What Link is set to, and which one-time passwords were used (§5.1). A password is not kept when it is
//! given: it says when that was, and a seal proves it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::settings::LinkSettings;
use crate::state::{Change, State};

/// How long a one-time password is good for (§5.1).
pub(super) const LIFE: SignedDuration = SignedDuration::from_hours(24);
/// That of a QuickBooks bank feed.
pub(super) const SHORT_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// The name under which the settings are kept.
pub(super) const SETTINGS: &str = "settings";
const SPENT: &str = "spent/";

/// What Link is set to, and which one-time passwords were used.
#[derive(Debug, Default)]
pub(crate) struct LinkState {
    pub(super) settings: LinkSettings,
    /// Used passwords, each with the time at which it would have expired.
    spent: BTreeMap<String, Timestamp>,
}

impl LinkState {
    /// Takes over what is set under a name, where it is Link's.
    pub(crate) fn take(&mut self, name: &str, value: Option<&Value>) {
        if name == SETTINGS {
            let read = value.and_then(|value| serde_json::from_value(value.clone()).ok());
            self.settings = read.unwrap_or_default();
        } else if let Some(otp) = name.strip_prefix(SPENT) {
            match value.and_then(Value::as_str).and_then(|text| text.parse().ok()) {
                Some(expires) => self.spent.insert(otp.to_owned(), expires),
                None => self.spent.remove(otp),
            };
        }
    }

    /// The changes that make this of what Link is set to at first.
    pub(crate) fn all(&self) -> Vec<Change> {
        let Self { settings, spent } = self;
        let settings = Some(settings).filter(|settings| **settings != LinkSettings::default());
        let set = settings.and_then(|settings| serde_json::to_value(settings).ok());
        let set = set.map(|value| Change::Link(SETTINGS.to_owned(), Some(value)));
        let spent = spent.iter().map(|(otp, expires)| {
            Change::Link(format!("{SPENT}{otp}"), Some(Value::from(expires.to_string())))
        });
        set.into_iter().chain(spent).collect()
    }

    /// Whether Link URLs are good for one time.
    pub(crate) fn is_one_time(&self) -> bool {
        self.settings.one_time_urls
    }

    /// A one-time password for `subject`, the identifier of a company or connection; none where they are
    /// switched off.
    pub(crate) fn issue(&self, state: &State, subject: &str, now: Timestamp) -> Option<String> {
        if !self.settings.one_time_urls {
            return None;
        }
        (0_u32..).map(|n| otp(state, subject, now.as_second(), n)).find(|otp| !self.spent.contains_key(otp))
    }

    /// Whether a password is this subject's, not used, and not older than `life`.
    pub(super) fn accepts(
        &self,
        state: &State,
        subject: &str,
        given: &str,
        now: Timestamp,
        life: SignedDuration,
    ) -> bool {
        let mut parts = given.split('-');
        let number = |part: Option<&str>| part.and_then(|it| i64::from_str_radix(it, 16).ok());
        let (Some(issued), Some(n)) = (number(parts.next()), number(parts.next())) else { return false };
        let Ok(n) = u32::try_from(n) else { return false };
        given == otp(state, subject, issued, n)
            && !self.spent.contains_key(given)
            && now.as_second() < issued.saturating_add(life.as_secs())
    }

    /// What changes when a password is used: it is noted, and those that would have expired are forgotten.
    pub(super) fn spend(&self, otp: &str, now: Timestamp) -> Vec<Change> {
        let expires = now.checked_add(LIFE).unwrap_or(Timestamp::MAX);
        let old = self.spent.iter().filter(|(_, expires)| **expires < now);
        let mut changes: Vec<Change> =
            old.map(|(otp, _)| Change::Link(format!("{SPENT}{otp}"), None)).collect();
        changes.push(Change::Link(format!("{SPENT}{otp}"), Some(Value::from(expires.to_string()))));
        changes
    }
}

fn otp(state: &State, subject: &str, issued: i64, n: u32) -> String {
    let seal = state.seal("one-time password", &format!("{subject} {issued} {n}"));
    format!("{issued:x}-{n:x}-{seal}")
}
