//! What the person was told.

use std::collections::BTreeSet;

use app::Notification;
use serde_json::Value;
use store::Alert;

use crate::world::text;

/// What the person was told so far.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Notifications shown.
    pub(crate) notifications: u64,
    /// The alerts that they told of.
    pub(crate) alerts: BTreeSet<i64>,
    /// Alerts that were told more than once.
    pub(crate) twice: Vec<String>,
    /// The companies and connections that they were about.
    pub(crate) about: BTreeSet<String>,
}

impl Told {
    /// Takes down what alerts are about.
    pub(crate) fn hear(&mut self, alerts: &[Alert]) {
        for alert in alerts {
            let data: Value = serde_json::from_str(&alert.data).unwrap_or_default();
            let ids = ["company", "connection"].map(|field| text(&data, field).to_owned());
            self.about.extend(ids.into_iter().filter(|id| !id.is_empty()));
        }
    }

    pub(crate) fn take(&mut self, shown: Vec<Notification>) {
        for notification in shown {
            self.notifications += 1;
            self.about.extend(notification.company.map(|it| it.to_string()));
            self.about.extend(notification.connection.map(|it| it.to_string()));
            for alert in &notification.alerts {
                if !self.alerts.insert(*alert) {
                    self.twice.push(format!("{alert}: {}", notification.title));
                }
            }
        }
    }
}
