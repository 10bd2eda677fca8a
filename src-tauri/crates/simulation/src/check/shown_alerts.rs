//! The alerts that were shown.

use std::collections::BTreeSet;

use app::Notification;
use serde_json::Value;
use store::Alert;

use crate::world::text;

#[derive(Debug, Default)]
pub(crate) struct ShownAlerts {
    pub(crate) notifications: u64,
    pub(crate) alerts: BTreeSet<i64>,
    /// Alerts that were shown more than once.
    pub(crate) twice: Vec<String>,
    /// The companies and connections in them.
    pub(crate) about: BTreeSet<String>,
}

impl ShownAlerts {
    pub(crate) fn add_alerts(&mut self, alerts: &[Alert]) {
        for alert in alerts {
            let data: Value = serde_json::from_str(&alert.data).unwrap_or_default();
            let ids = ["company", "connection"].map(|field| text(&data, field).to_owned());
            self.about.extend(ids.into_iter().filter(|id| !id.is_empty()));
        }
    }

    pub(crate) fn add_notifications(&mut self, shown: Vec<Notification>) {
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
