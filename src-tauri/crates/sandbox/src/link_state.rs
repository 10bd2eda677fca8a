//! The Link settings (§1.9) and the used one-time passwords (§5.1). An issued password is not stored: it
//! contains its time of issue and a seal.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::change::Change;

/// Creates a seal from a purpose and a text.
pub(crate) type Seal<'a> = &'a dyn Fn(&str, &str) -> String;

/// The Link settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct LinkSettings {
    /// Whether Link starts with a landing page.
    pub(crate) landing_page: bool,
    /// Whether sandbox integrations are offered. The Link URL can override it.
    pub(crate) show_sandbox_integrations: bool,
    /// Whether Link URLs require a one-time password.
    pub(crate) one_time_urls: bool,
    /// The URL at the end, with placeholders (§5.5). None: the profile's, or the built-in page if that is
    /// unchanged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) redirect_url: Option<String>,
    /// The hosts that a placeholder in the redirect's host may result in.
    pub(crate) allowed_redirect_hosts: Vec<String>,
    pub(crate) categories: Categories,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Categories {
    pub(crate) accounting: CategorySettings,
    pub(crate) banking: CategorySettings,
    pub(crate) commerce: CategorySettings,
    pub(crate) business_documents: CategorySettings,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct CategorySettings {
    /// Whether it is offered.
    pub(crate) enabled: bool,
    /// Whether the customer can finish without it.
    pub(crate) optional: bool,
}

impl Default for CategorySettings {
    fn default() -> Self {
        Self { enabled: true, optional: true }
    }
}

impl Default for LinkSettings {
    fn default() -> Self {
        Self {
            landing_page: false,
            show_sandbox_integrations: true,
            one_time_urls: false,
            redirect_url: None,
            allowed_redirect_hosts: Vec::new(),
            categories: Categories::default(),
        }
    }
}

/// How long a one-time password is valid (§5.1).
pub(crate) const OTP_LIFETIME: SignedDuration = SignedDuration::from_hours(24);
/// The same for a QuickBooks bank feed.
pub(crate) const BANK_FEED_OTP_LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// The name of the settings in the database.
pub(crate) const SETTINGS_NAME: &str = "settings";
const USED_PREFIX: &str = "spent/";

#[derive(Debug, Default)]
pub(crate) struct LinkState {
    pub(crate) settings: LinkSettings,
    /// Used passwords with their expiry time.
    used: BTreeMap<String, Timestamp>,
}

impl LinkState {
    /// Applies a stored value. Unknown names are ignored.
    pub(crate) fn apply(&mut self, name: &str, value: Option<&Value>) {
        if name == SETTINGS_NAME {
            let read = value.and_then(|value| serde_json::from_value(value.clone()).ok());
            self.settings = read.unwrap_or_default();
        } else if let Some(otp) = name.strip_prefix(USED_PREFIX) {
            match value.and_then(Value::as_str).and_then(|text| text.parse().ok()) {
                Some(expires) => self.used.insert(otp.to_owned(), expires),
                None => self.used.remove(otp),
            };
        }
    }

    /// The changes that lead from the default state to this one.
    pub(crate) fn changes(&self) -> Vec<Change> {
        let Self { settings, used: spent } = self;
        let settings = Some(settings).filter(|settings| **settings != LinkSettings::default());
        let set = settings.and_then(|settings| serde_json::to_value(settings).ok());
        let set = set.map(|value| Change::Link(SETTINGS_NAME.to_owned(), Some(value)));
        let used = spent.iter().map(|(otp, expires)| {
            Change::Link(format!("{USED_PREFIX}{otp}"), Some(Value::from(expires.to_string())))
        });
        set.into_iter().chain(used).collect()
    }

    /// Whether Link URLs require a one-time password.
    pub(crate) fn is_one_time(&self) -> bool {
        self.settings.one_time_urls
    }

    /// A one-time password for the ID of a company or connection. None if they are disabled.
    pub(crate) fn issue(&self, seal: Seal<'_>, subject: &str, now: Timestamp) -> Option<String> {
        if !self.settings.one_time_urls {
            return None;
        }
        (0_u32..).map(|n| otp(seal, subject, now.as_second(), n)).find(|otp| !self.used.contains_key(otp))
    }

    /// Whether a password belongs to the subject, is unused and not older than `life`.
    pub(crate) fn accepts(
        &self,
        seal: Seal<'_>,
        subject: &str,
        given: &str,
        now: Timestamp,
        life: SignedDuration,
    ) -> bool {
        let mut parts = given.split('-');
        let number = |part: Option<&str>| part.and_then(|it| i64::from_str_radix(it, 16).ok());
        let (Some(issued), Some(n)) = (number(parts.next()), number(parts.next())) else { return false };
        let Ok(n) = u32::try_from(n) else { return false };
        given == otp(seal, subject, issued, n)
            && !self.used.contains_key(given)
            && now.as_second() < issued.saturating_add(life.as_secs())
    }

    /// The changes that mark a password as used and remove expired ones.
    pub(crate) fn mark_used(&self, otp: &str, now: Timestamp) -> Vec<Change> {
        let expires = now.checked_add(OTP_LIFETIME).unwrap_or(Timestamp::MAX);
        let old = self.used.iter().filter(|(_, expires)| **expires < now);
        let mut changes: Vec<Change> =
            old.map(|(otp, _)| Change::Link(format!("{USED_PREFIX}{otp}"), None)).collect();
        changes.push(Change::Link(format!("{USED_PREFIX}{otp}"), Some(Value::from(expires.to_string()))));
        changes
    }
}

fn otp(seal: Seal<'_>, subject: &str, issued: i64, n: u32) -> String {
    let seal = seal("one-time password", &format!("{subject} {issued} {n}"));
    format!("{issued:x}-{n:x}-{seal}")
}
