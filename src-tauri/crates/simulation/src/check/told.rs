//! What the person was told.

use std::collections::BTreeSet;

use app::Notification;

/// What the person was told so far.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Notifications shown.
    pub(crate) notifications: u64,
    /// The alerts that they told of.
    pub(crate) alerts: BTreeSet<i64>,
    /// Alerts that were told more than once.
    pub(crate) twice: Vec<String>,
}

impl Told {
    pub(crate) fn take(&mut self, shown: Vec<Notification>) {
        for notification in shown {
            self.notifications += 1;
            for alert in &notification.alerts {
                if !self.alerts.insert(*alert) {
                    self.twice.push(format!("{alert}: {}", notification.title));
                }
            }
        }
    }
}
