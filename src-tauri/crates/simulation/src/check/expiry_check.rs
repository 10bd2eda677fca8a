//! Checks what expires: whether consents were warned of in time, idle clocks were kept from expiring, and
//! forecasts were right.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use store::Alert;

use crate::world::{connections_of, text};

/// Integrations whose consent expires, and those whose access expires when it is idle (§4.1).
const CONSENT: &[&str] = &["suuo", "upvr"];
const IDLE: &[&str] = &["gbol", "qhyg", "ndsk", "jcrp", "tgff", "knfz"];
/// The required time between the warning and the end of a consent.
const MIN_WARNING: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Consents that end within this time of the start were given before the first sweep. The API does not say
/// when.
const UNKNOWN_START: SignedDuration = SignedDuration::from_hours(91 * 24);
/// The range of a forecast.
pub(crate) const FORECAST_RANGE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// An idle clock may expire if the app was away for more than a day of the last five.
const RECENT: SignedDuration = SignedDuration::from_hours(5 * 24);
const MAX_ABSENCE: SignedDuration = SignedDuration::from_hours(24);

/// What the app did about expiries.
#[derive(Debug, Default)]
pub(crate) struct ExpiryCheck {
    /// When a consent was warned of, by connection.
    warned: BTreeMap<String, Vec<Timestamp>>,
    /// Connections that were lost for another reason.
    external_losses: BTreeSet<String>,
    /// Forecasts: when they were made, and the connections.
    forecasts: Vec<(Timestamp, BTreeSet<String>)>,
    /// When the app could do nothing.
    absences: Vec<(Timestamp, Timestamp)>,
}

#[derive(Debug, Default)]
pub(crate) struct ExpiryResult {
    pub(crate) consents: u64,
    /// The shortest valid warning, in days.
    pub(crate) shortest: Option<f64>,
    /// Consents that ended without a warning in time, although the app was running.
    pub(crate) unwarned: Vec<String>,
    /// The same while the app was away.
    pub(crate) unwarned_away: u64,
    /// Idle clocks that expired although the app was running.
    pub(crate) lost: Vec<String>,
    /// The same while the app was away.
    pub(crate) lost_away: u64,
    /// The fraction of forecast consents that ended within a week.
    pub(crate) precision: Option<f64>,
    /// The fraction of consents that ended within a week and were forecast.
    pub(crate) recall: Option<f64>,
}

impl ExpiryCheck {
    pub(crate) fn add_warnings(&mut self, alerts: &[Alert]) {
        for alert in alerts {
            let data: Value = serde_json::from_str(&alert.data).unwrap_or_default();
            if data.get("consentEnds").is_some() {
                self.warned.entry(text(&data, "connection").to_owned()).or_default().push(alert.at);
            }
        }
    }

    pub(crate) fn add_external_loss(&mut self, connection: String) {
        self.external_losses.insert(connection);
    }

    pub(crate) fn add_forecast(&mut self, now: Timestamp, connections: BTreeSet<String>) {
        self.forecasts.push((now, connections));
    }

    pub(crate) fn add_absence(&mut self, from: Timestamp, until: Timestamp) {
        self.absences.push((from, until));
    }

    /// Compares it with the final state of the world.
    pub(crate) fn evaluate(&self, companies: &[Value], start: Timestamp, end: Timestamp) -> ExpiryResult {
        let mut result = ExpiryResult::default();
        let mut consents = vec![];
        let all: Vec<&Value> = companies.iter().flat_map(connections_of).collect();
        for connection in &all {
            let (id, key) = (text(connection, "id"), text(connection, "integrationKey"));
            for at in
                ends(connection).filter(|at| *at > start && *at < end && !self.external_losses.contains(id))
            {
                if CONSENT.contains(&key) {
                    consents.push((at, id));
                    self.evaluate_consent(id, at, start, &mut result);
                } else if IDLE.contains(&key) && at.duration_since(start) > MAX_ABSENCE {
                    self.evaluate_idle(id, at, &mut result);
                }
            }
        }
        let known: BTreeSet<&str> = all.iter().map(|it| text(it, "id")).collect();
        self.score(&consents, &known, end, &mut result);
        result
    }

    fn evaluate_consent(&self, id: &str, at: Timestamp, start: Timestamp, result: &mut ExpiryResult) {
        result.consents += 1;
        if at.duration_since(start) < UNKNOWN_START {
            return;
        }
        let times = self.warned.get(id).into_iter().flatten();
        let ahead = times.map(|told| at.duration_since(*told)).filter(|ahead| !ahead.is_negative());
        // Excludes a warning of an earlier consent of the same connection.
        let ahead = ahead.filter(|ahead| *ahead < MIN_WARNING * 3).max();
        if ahead.is_some_and(|ahead| ahead >= MIN_WARNING) {
            let days = ahead.unwrap_or_default().as_secs_f64() / 86_400.0;
            result.shortest = Some(result.shortest.map_or(days, |known: f64| known.min(days)));
        } else if self.was_away(
            at - MIN_WARNING - MAX_ABSENCE,
            at - ahead.unwrap_or_default(),
            SignedDuration::ZERO,
        ) {
            result.unwarned_away += 1;
        } else {
            let told = ahead.map_or("never".to_owned(), |it| format!("{} hours before", it.as_hours()));
            result.unwarned.push(format!("{id}: its consent ended at {at}, warned of {told}"));
        }
    }

    fn evaluate_idle(&self, id: &str, at: Timestamp, result: &mut ExpiryResult) {
        if self.was_away(at - RECENT, at, MAX_ABSENCE) {
            result.lost_away += 1;
        } else {
            result.lost.push(format!("{id}: its access ended unused at {at}"));
        }
    }

    /// Whether the app was away for longer than `longer` between two instants.
    fn was_away(&self, from: Timestamp, until: Timestamp, longer: SignedDuration) -> bool {
        let within = |(begun, over): &(Timestamp, Timestamp)| {
            (*over).min(until).duration_since((*begun).max(from)).max(SignedDuration::ZERO)
        };
        self.absences.iter().map(within).sum::<SignedDuration>() > longer
    }

    fn score(
        &self,
        consents: &[(Timestamp, &str)],
        known: &BTreeSet<&str>,
        end: Timestamp,
        result: &mut ExpiryResult,
    ) {
        let (mut said, mut happened, mut both) = (0_u32, 0_u32, 0_u32);
        for (at, connections) in self.forecasts.iter().filter(|(at, _)| *at + FORECAST_RANGE < end) {
            let truth: BTreeSet<&str> = consents
                .iter()
                .filter(|(ended, _)| ended > at && *ended <= *at + FORECAST_RANGE)
                .map(|(_, id)| *id)
                .collect();
            let counts = |id: &&str| known.contains(id) && !self.external_losses.contains(*id);
            let foretold: BTreeSet<&str> = connections.iter().map(String::as_str).filter(counts).collect();
            said += count(foretold.len());
            happened += count(truth.len());
            both += count(truth.intersection(&foretold).count());
        }
        let part = |of: u32| (of > 0).then(|| f64::from(both) / f64::from(of));
        (result.precision, result.recall) = (part(said), part(happened));
    }
}

/// When the access to a connection expired.
fn ends(connection: &Value) -> impl Iterator<Item = Timestamp> {
    let errors = connection.get("dataConnectionErrors").and_then(Value::as_array);
    errors
        .into_iter()
        .flatten()
        .filter(|error| text(error, "errorMessage").starts_with("The integration de-authorized"))
        .filter_map(|error| codat::datetime::parse(text(error, "erroredOnUtc")).ok())
}

fn count(many: usize) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}
