//! Platform outages. When many connections of one integration report errors of the platform close together, their
//! losses become one incident: one notification that is updated in place, and one when the platform responds again.
//!
//! Losses that only the customer can mend are never part of an incident. The state is saved with every change, before
//! the notification is shown, so a restart continues the incident.

use std::collections::{BTreeMap, BTreeSet};

use codat::{ConnectionId, status::Actor};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::notification::Notification;

/// The fewest connections of an outage. Fewer are as likely the customers' own systems, and few notifications.
const MIN_CONNECTIONS: usize = 5;
/// The smallest share of the integration's connections, in percent. Of a large portfolio, some connections always
/// report errors while the platform works. Codat reads most connections once a day, so two hours of an outage show in
/// about a twelfth of them.
const MIN_PERCENT: usize = 5;
/// The failures of an outage begin within this time of each other.
const WINDOW: SignedDuration = SignedDuration::from_hours(2);
/// An outage is over when no more than this share of its connections still fails, in percent. The last ones are read
/// late, or have another problem.
const MAX_FAILING_PERCENT: usize = 10;
/// An incident without a new failure for this time is dropped. Alerts have the same maximum age.
const MAX_AGE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The outages, by the integration's name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Incidents(BTreeMap<String, Incident>);

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Incident {
    /// The connections that fail, and since when.
    failing: BTreeMap<ConnectionId, Timestamp>,
    healed: BTreeSet<ConnectionId>,
    /// Connections whose error became one that only the customer can mend.
    need_customer: BTreeSet<ConnectionId>,
    /// The time of the last failure.
    last_failure_at: Timestamp,
    /// Whether the failures are many enough for an outage.
    is_open: bool,
    /// The first alert in its notifications. All its later alerts are claimed under this number, so that the list
    /// that a click opens grows with the notification.
    #[serde(default)]
    first_alert: Option<i64>,
    /// The connections in its notifications. Others failed before there were enough for an outage, and had
    /// notifications of their own.
    #[serde(default)]
    in_list: BTreeSet<ConnectionId>,
}

impl Incidents {
    /// A loss was confirmed: `actor` has to act. `connections`: how many the integration has, if that is known.
    /// Returns whether the state changed.
    pub(crate) fn on_loss(
        &mut self,
        platform: &str,
        connection: ConnectionId,
        actor: Option<Actor>,
        connections: Option<u32>,
        at: Timestamp,
    ) -> bool {
        match actor {
            Some(Actor::Platform) => {}
            Some(Actor::Customer) => return self.resolve(connection, |it| &mut it.need_customer),
            Some(Actor::We) | None => return false,
        }
        let incident = self.0.entry(platform.to_owned()).or_insert_with(|| Incident {
            failing: BTreeMap::new(),
            healed: BTreeSet::new(),
            need_customer: BTreeSet::new(),
            last_failure_at: at,
            is_open: false,
            first_alert: None,
            in_list: BTreeSet::new(),
        });
        incident.healed.remove(&connection);
        incident.need_customer.remove(&connection);
        incident.failing.insert(connection, at);
        incident.last_failure_at = incident.last_failure_at.max(at);
        if !incident.is_open {
            let newest = incident.last_failure_at;
            incident.failing.retain(|_, since| newest.duration_since(*since) < WINDOW);
            let failing = incident.failing.len();
            let is_share = connections.is_some_and(|all| failing * 100 >= all as usize * MIN_PERCENT);
            incident.is_open = failing >= MIN_CONNECTIONS && is_share;
        }
        true
    }

    /// The connection recovered. Returns whether the state changed.
    pub(crate) fn on_healed(&mut self, connection: ConnectionId) -> bool {
        self.resolve(connection, |it| &mut it.healed)
    }

    fn resolve(
        &mut self,
        connection: ConnectionId,
        list: impl Fn(&mut Incident) -> &mut BTreeSet<ConnectionId>,
    ) -> bool {
        let mut is_changed = false;
        for incident in self.0.values_mut() {
            let was_failing = incident.failing.remove(&connection).is_some();
            let is_member = incident.is_open
                && (incident.healed.remove(&connection) || incident.need_customer.remove(&connection));
            if incident.is_open && (was_failing || is_member) {
                list(incident).insert(connection);
            }
            is_changed |= was_failing || is_member;
        }
        self.0.retain(|_, incident| incident.is_open || !incident.failing.is_empty());
        is_changed
    }

    /// Whether the integration has an outage.
    pub(crate) fn is_open(&self, platform: &str) -> bool {
        self.0.get(platform).is_some_and(|incident| incident.is_open)
    }

    /// The notification of an outage, for these alerts and their connections. The state changes.
    pub(crate) fn notification(
        &mut self,
        platform: &str,
        alerts: &[(i64, ConnectionId)],
    ) -> Option<Notification> {
        let incident = self.0.get_mut(platform)?;
        let alerts_in_it = alerts.iter().map(|(number, _)| *number);
        incident.first_alert = incident.first_alert.or_else(|| alerts_in_it.clone().min());
        incident.in_list.extend(alerts.iter().map(|(_, connection)| *connection));
        let failing = incident.failing.len();
        let others = incident.failing.keys().filter(|it| !incident.in_list.contains(*it)).count();
        let others = match others {
            0 => String::new(),
            count => format!(" {count} of them had an earlier notification."),
        };
        Some(Notification {
            alerts: alerts_in_it.collect(),
            title: format!("{platform} doesn’t respond: {failing} connections"),
            body: format!(
                "Only the platform can fix this, so there’s nothing to send. You’ll get a notification when \
                 {platform} responds again.{others}"
            ),
            search: incident.first_alert.map(|first| format!("alert:{first}")),
            claim: incident.first_alert,
            topic: Some(topic(platform)),
            ..Notification::default()
        })
    }

    /// Removes the outages that are over, and returns their last notifications.
    pub(crate) fn take_ended(&mut self, now: Timestamp) -> Vec<Notification> {
        self.0.retain(|_, incident| now.duration_since(incident.last_failure_at) < MAX_AGE);
        let is_over = |it: &Incident| it.is_open && it.failing.len() * 100 <= it.len() * MAX_FAILING_PERCENT;
        let over: Vec<_> =
            self.0.iter().filter(|(_, it)| is_over(it)).map(|(platform, _)| platform.clone()).collect();
        over.into_iter().filter_map(|it| self.0.remove(&it).map(|incident| incident.end(&it))).collect()
    }

    /// All times, for the clock rollback.
    pub(crate) fn deadlines_mut(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        self.0.values_mut().flat_map(|it| it.failing.values_mut().chain([&mut it.last_failure_at]))
    }
}

impl Incident {
    fn len(&self) -> usize {
        self.failing.len() + self.healed.len() + self.need_customer.len()
    }

    fn end(&self, platform: &str) -> Notification {
        let customer = match self.need_customer.len() {
            0 => String::new(),
            1 => ", 1 still needs the customer".to_owned(),
            many => format!(", {many} still need the customer"),
        };
        let failing = match self.failing.len() {
            0 => String::new(),
            1 => ", 1 still reports the error".to_owned(),
            many => format!(", {many} still report the error"),
        };
        Notification {
            title: format!("{platform} responds again"),
            body: format!("{} of {} connections healed{customer}{failing}.", self.healed.len(), self.len()),
            topic: Some(topic(platform)),
            is_end: true,
            ..Notification::default()
        }
    }
}

/// The topic of an outage.
fn topic(platform: &str) -> String {
    format!("outage:{platform}")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const ALL: Option<u32> = Some(40);

    fn id(number: u128) -> ConnectionId {
        ConnectionId(Uuid::from_u128(number))
    }

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    fn fail(incidents: &mut Incidents, number: u128, minutes: i64, all: Option<u32>) {
        incidents.on_loss("Xero", id(number), Some(Actor::Platform), all, at(minutes));
    }

    fn outage(connections: u128) -> Incidents {
        let mut incidents = Incidents::default();
        (0..connections).for_each(|number| fail(&mut incidents, number, 0, ALL));
        incidents
    }

    #[test]
    fn five_connections_within_two_hours_and_one_in_twenty_are_an_outage() {
        assert!(!outage(4).is_open("Xero"), "too few");
        assert!(outage(5).is_open("Xero"));
        assert!(!outage(5).is_open("Sage"), "another integration");
        let mut rare = Incidents::default();
        (0..20).for_each(|number| fail(&mut rare, number, 0, Some(500)));
        assert!(!rare.is_open("Xero"), "4 of 100");
        fail(&mut rare, 20, 0, Some(420));
        assert!(rare.is_open("Xero"), "5 of 100");
        let mut slow = Incidents::default();
        (0..20).for_each(|number| fail(&mut slow, number, 40 * i64::try_from(number).unwrap(), ALL));
        assert!(!slow.is_open("Xero"), "never five within two hours");
        let mut customers = Incidents::default();
        for number in 0..20 {
            customers.on_loss("Xero", id(number), Some(Actor::Customer), ALL, at(0));
        }
        assert!(!customers.is_open("Xero"), "customers who withdraw are no outage");
    }

    #[test]
    fn the_end_says_how_many_healed_and_who_still_needs_the_customer() {
        let mut incidents = outage(20);
        assert!(incidents.take_ended(at(1)).is_empty());
        (0..17).for_each(|number| assert!(incidents.on_healed(id(number))));
        assert!(incidents.take_ended(at(2)).is_empty(), "3 of 20 still fail");
        incidents.on_loss("Xero", id(17), Some(Actor::Customer), None, at(3));
        let ended = incidents.take_ended(at(4));
        let [end] = ended.as_slice() else { panic!("{ended:?}") };
        assert_eq!(end.title, "Xero responds again");
        let expected = "17 of 20 connections healed, 1 still needs the customer, 2 still report the error.";
        assert_eq!(end.body, expected);
        assert_eq!(end.topic, outage(5).notification("Xero", &[(1, id(1))]).unwrap().topic);
        assert!(end.is_end);
        assert!(incidents.take_ended(at(5)).is_empty(), "once");
    }

    #[test]
    fn a_connection_that_fails_again_counts_once_and_a_saved_incident_goes_on() {
        let mut incidents = outage(10);
        (0..8).for_each(|number| assert!(incidents.on_healed(id(number))));
        fail(&mut incidents, 0, 5, None);
        let text = serde_json::to_string(&incidents).unwrap();
        let mut restored: Incidents = serde_json::from_str(&text).unwrap();
        let shown = restored.notification("Xero", &[(7, id(8)), (3, id(9))]).unwrap();
        assert_eq!((shown.title.as_str(), shown.alerts), ("Xero doesn’t respond: 3 connections", vec![7, 3]));
        [0, 8, 9].into_iter().for_each(|number| assert!(restored.on_healed(id(number))));
        assert_eq!(restored.take_ended(at(6))[0].body, "10 of 10 connections healed.");
    }

    #[test]
    fn all_alerts_of_an_outage_are_in_one_list_across_a_restart_and_earlier_ones_are_counted() {
        let mut incidents = outage(7);
        let shown = incidents.notification("Xero", &[(6, id(6)), (5, id(5)), (4, id(4))]).unwrap();
        assert_eq!(shown.title, "Xero doesn’t respond: 7 connections");
        assert!(shown.body.ends_with("again. 4 of them had an earlier notification."), "{}", shown.body);
        let text = serde_json::to_string(&incidents).unwrap();
        let mut restored: Incidents = serde_json::from_str(&text).unwrap();
        fail(&mut restored, 7, 1, None);
        let later = restored.notification("Xero", &[(9, id(7))]).unwrap();
        for (shown, alerts) in [(shown, vec![6, 5, 4]), (later, vec![9])] {
            assert_eq!((shown.search.as_deref(), shown.alerts), (Some("alert:4"), alerts));
            assert_eq!(shown.claim, Some(4));
        }
    }

    #[test]
    fn an_outage_that_nobody_sees_end_is_dropped_after_a_week() {
        let mut incidents = outage(5);
        assert!(incidents.take_ended(at(7 * 24 * 60)).is_empty());
        assert!(!incidents.is_open("Xero"));
    }
}
