//! What expires: whether consents were warned of in time, idle clocks were kept from ending, and what was
//! foretold came true.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use store::Alert;

use crate::world::{connections_of, text};

/// Integrations whose consent ends whatever is read, and those whose access ends when nothing is (§4.1).
const CONSENT: &[&str] = &["suuo", "upvr"];
const IDLE: &[&str] = &["gbol", "qhyg", "ndsk", "jcrp", "tgff", "knfz"];
/// A consent's end is warned of at least so long before.
const AHEAD: SignedDuration = SignedDuration::from_hours(14 * 24);
/// A consent that was given before the app looked for the first time: when, nobody can know, because the API
/// does not say it.
const GIVEN_BEFORE: SignedDuration = SignedDuration::from_hours(91 * 24);
/// How far a forecast looks.
pub(crate) const FORETOLD: SignedDuration = SignedDuration::from_hours(7 * 24);
/// A computer that was away for a day of the last five could not help it.
const LAST: SignedDuration = SignedDuration::from_hours(5 * 24);
const AWAY: SignedDuration = SignedDuration::from_hours(24);

/// What was done and said about what expires.
#[derive(Debug, Default)]
pub(crate) struct Endings {
    /// When the end of a consent was warned of, by connection.
    warned: BTreeMap<String, Vec<Timestamp>>,
    /// Connections that ended by another hand.
    killed: BTreeSet<String>,
    /// What was foretold for the days after an instant.
    foretold: Vec<(Timestamp, BTreeSet<String>)>,
    /// When the app could do nothing.
    away: Vec<(Timestamp, Timestamp)>,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// Consents that ended.
    pub(crate) consents: u64,
    /// The shortest warning of those that count, in days.
    pub(crate) shortest: Option<f64>,
    /// Consents that ended without a warning in time, though the app was there.
    pub(crate) unwarned: Vec<String>,
    /// The same, while the app was away.
    pub(crate) excused: u64,
    /// Idle clocks that ended, though the app was there.
    pub(crate) lost: Vec<String>,
    /// The same, while the app was away.
    pub(crate) lost_away: u64,
    /// Of the consents foretold to end in a week, the part that did.
    pub(crate) precision: Option<f64>,
    /// Of the consents that ended in a week, the part that was foretold.
    pub(crate) recall: Option<f64>,
}

impl Endings {
    pub(crate) fn told(&mut self, alerts: &[Alert]) {
        for alert in alerts {
            let data: Value = serde_json::from_str(&alert.data).unwrap_or_default();
            if data.get("consentEnds").is_some() {
                self.warned.entry(text(&data, "connection").to_owned()).or_default().push(alert.at);
            }
        }
    }

    pub(crate) fn killed(&mut self, connection: String) {
        self.killed.insert(connection);
    }

    pub(crate) fn foretold(&mut self, now: Timestamp, connections: BTreeSet<String>) {
        self.foretold.push((now, connections));
    }

    pub(crate) fn away(&mut self, from: Timestamp, until: Timestamp) {
        self.away.push((from, until));
    }

    /// Holds it against what happened, by what the world says of its companies in the end.
    pub(crate) fn judge(&self, companies: &[Value], start: Timestamp, end: Timestamp) -> Verdict {
        let mut verdict = Verdict::default();
        let mut consents = vec![];
        let all: Vec<&Value> = companies.iter().flat_map(connections_of).collect();
        for connection in &all {
            let (id, key) = (text(connection, "id"), text(connection, "integrationKey"));
            for at in ends(connection).filter(|at| *at > start && *at < end && !self.killed.contains(id)) {
                if CONSENT.contains(&key) {
                    consents.push((at, id));
                    self.judge_consent(id, at, start, &mut verdict);
                } else if IDLE.contains(&key) && at.duration_since(start) > AWAY {
                    self.judge_idle(id, at, &mut verdict);
                }
            }
        }
        let known: BTreeSet<&str> = all.iter().map(|it| text(it, "id")).collect();
        self.score(&consents, &known, end, &mut verdict);
        verdict
    }

    fn judge_consent(&self, id: &str, at: Timestamp, start: Timestamp, verdict: &mut Verdict) {
        verdict.consents += 1;
        if at.duration_since(start) < GIVEN_BEFORE {
            return;
        }
        let times = self.warned.get(id).into_iter().flatten();
        let ahead = times.map(|told| at.duration_since(*told)).filter(|ahead| !ahead.is_negative());
        // A warning of an earlier consent of the same connection is none of this one.
        let ahead = ahead.filter(|ahead| *ahead < AHEAD * 3).max();
        if ahead.is_some_and(|ahead| ahead >= AHEAD) {
            let days = ahead.unwrap_or_default().as_secs_f64() / 86_400.0;
            verdict.shortest = Some(verdict.shortest.map_or(days, |known: f64| known.min(days)));
        } else if self.was_away(at - AHEAD - AWAY, at - ahead.unwrap_or_default(), SignedDuration::ZERO) {
            verdict.excused += 1;
        } else {
            let told = ahead.map_or("never".to_owned(), |it| format!("{} hours before", it.as_hours()));
            verdict.unwarned.push(format!("{id}: its consent ended at {at}, warned of {told}"));
        }
    }

    fn judge_idle(&self, id: &str, at: Timestamp, verdict: &mut Verdict) {
        if self.was_away(at - LAST, at, AWAY) {
            verdict.lost_away += 1;
        } else {
            verdict.lost.push(format!("{id}: its access ended unused at {at}"));
        }
    }

    /// Whether the app was away for longer than that between two instants.
    fn was_away(&self, from: Timestamp, until: Timestamp, longer: SignedDuration) -> bool {
        let within = |(begun, over): &(Timestamp, Timestamp)| {
            (*over).min(until).duration_since((*begun).max(from)).max(SignedDuration::ZERO)
        };
        self.away.iter().map(within).sum::<SignedDuration>() > longer
    }

    fn score(
        &self,
        consents: &[(Timestamp, &str)],
        known: &BTreeSet<&str>,
        end: Timestamp,
        verdict: &mut Verdict,
    ) {
        let (mut said, mut happened, mut both) = (0_u32, 0_u32, 0_u32);
        for (at, connections) in self.foretold.iter().filter(|(at, _)| *at + FORETOLD < end) {
            let truth: BTreeSet<&str> = consents
                .iter()
                .filter(|(ended, _)| ended > at && *ended <= *at + FORETOLD)
                .map(|(_, id)| *id)
                .collect();
            let counts = |id: &&str| known.contains(id) && !self.killed.contains(*id);
            let foretold: BTreeSet<&str> = connections.iter().map(String::as_str).filter(counts).collect();
            said += count(foretold.len());
            happened += count(truth.len());
            both += count(truth.intersection(&foretold).count());
        }
        let part = |of: u32| (of > 0).then(|| f64::from(both) / f64::from(of));
        (verdict.precision, verdict.recall) = (part(said), part(happened));
    }
}

/// When the access to a connection ended by itself.
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
