//! Replays labeled histories: changes of connections of which is known whether they must be told, and why they
//! happened. The figures say how well the app's alerts match the labels.

mod app_run;
mod figures;
mod history;
mod unreadable;

pub use figures::AlertFigures;

use std::path::Path;

use codat::{CompanyId, ConnectionId, status::Trouble};
use engine::UnlinkConnection;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{
    error::SimulationError,
    random::RandomStream,
    scenario::Scenario,
    world::{connections_of, text},
};
use app_run::AppRun;
use history::{History, Label};

/// Connections of the world.
const CONNECTIONS: u32 = 1_150;
/// The integration that has an outage.
const OUTAGE: &str = "exgd";
/// An offline connector.
const OFFLINE: &str = "pqsw";
/// Integrations whose consent ends, and those whose access ends without use (§4.1).
const CONSENT: &[&str] = &["suuo", "upvr"];
const IDLE: &[&str] = &["gbol", "qhyg", "ndsk", "jcrp", "tgff", "knfz"];

/// A connection that the script changes.
#[derive(Debug, Clone)]
struct Target {
    company: String,
    id: String,
}

/// How a connection is lost.
#[derive(Debug, Clone, Copy)]
enum How {
    Deauthorize,
    Unlink,
    Error(&'static str),
}

struct Script {
    app: AppRun,
    history: History,
    random: RandomStream,
    /// Linked connections that nothing was done to, in random order.
    targets: Vec<Target>,
}

/// Replays one day with everything that can happen to connections, and a second day after an absence in which idle
/// clocks and consents end.
///
/// # Errors
/// See [`SimulationError`].
pub fn replay_alerts(seed: u64, folder: &Path) -> Result<AlertFigures, SimulationError> {
    run(replay(seed, folder))
}

/// The notifications of a thousand losses within a minute, which begins after a sweep or at a random time.
///
/// # Errors
/// See [`SimulationError`].
pub fn replay_thousand_losses(seed: u64, after_sweep: bool, folder: &Path) -> Result<usize, SimulationError> {
    run(thousand_losses(seed, after_sweep, folder))
}

fn run<T>(work: impl Future<Output = Result<T, SimulationError>>) -> Result<T, SimulationError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| SimulationError::System("the runtime", error))?.block_on(work)
}

async fn replay(seed: u64, folder: &Path) -> Result<AlertFigures, SimulationError> {
    let mut script = Script::begin(CONNECTIONS, seed, folder).await?;
    script.singles(40).await?;
    script.storm(380).await?;
    script.rolling_outage(200).await?;
    script.platform_outage().await?;
    script.flaps(8).await?;
    script.expected_endings(12).await?;
    script.own_acts(15).await?;
    script.unreadable_companies(4).await?;
    script.restarts(6).await?;
    script.clock_jumps().await?;
    script.causes_that_change(12).await?;
    script.deletions(6).await?;
    script.expired_access().await?;
    script.add_unscripted_losses().await?;
    let end = script.app.now();
    Ok(AlertFigures::new(&script.history, &script.app.record, end))
}

async fn thousand_losses(seed: u64, after_sweep: bool, folder: &Path) -> Result<usize, SimulationError> {
    let mut script = Script::begin(1_500, seed, folder).await?;
    if after_sweep {
        script.pass_sweep().await?;
    }
    let before = script.app.record.notifications.len();
    for target in script.take(1_000) {
        script.lose(&target, How::Deauthorize).await?;
        script.pass_millis(50).await?;
    }
    script.pass_minutes(10).await?;
    let told = script.app.record.told.len();
    if told < 1_000 {
        return Err(SimulationError::Wrong(format!("only {told} of 1,000 losses were told")));
    }
    Ok(script.app.record.notifications.len() - before)
}

impl Script {
    /// A world and the app in it after its first sweeps.
    async fn begin(connections: u32, seed: u64, folder: &Path) -> Result<Self, SimulationError> {
        let mut app = AppRun::new(connections, seed, folder).await?;
        let mut random = RandomStream::new(seed, "alert replay");
        let mut targets = Vec::new();
        for company in app.world.list(None).await? {
            for connection in connections_of(&company) {
                let key = text(connection, "integrationKey");
                if is_healthy(connection) && key != OUTAGE && key != OFFLINE {
                    let [company, id] = [&company, connection].map(|it| text(it, "id").to_owned());
                    targets.push((random.below(u64::MAX), Target { company, id }));
                }
            }
        }
        targets.sort_by_key(|(order, _)| *order);
        let targets = targets.into_iter().map(|(_, target)| target).collect();
        app.start().await?;
        let mut script = Self { app, history: History::default(), random, targets };
        let wait = script.random.between(180_000, 240_000);
        script.pass_millis(wait).await?;
        Ok(script)
    }

    fn take(&mut self, count: usize) -> Vec<Target> {
        let rest = self.targets.split_off(count.min(self.targets.len()));
        core::mem::replace(&mut self.targets, rest)
    }

    async fn pass_millis(&mut self, millis: u64) -> Result<(), SimulationError> {
        let until = crate::clock::after(self.app.now(), millis);
        self.app.run_until(until).await
    }

    async fn pass_minutes(&mut self, minutes: u64) -> Result<(), SimulationError> {
        self.pass_millis(minutes * 60_000).await
    }

    /// Passes until all pages of a sweep are answered.
    async fn pass_sweep(&mut self) -> Result<(), SimulationError> {
        let before = self.app.lists;
        while self.app.lists == before {
            self.pass_millis(500).await?;
        }
        self.pass_millis(5_000).await
    }

    async fn lose(&mut self, target: &Target, how: How) -> Result<(), SimulationError> {
        let path = format!("/_sandbox/connections/{}", target.id);
        let (verb, body, cause) = match how {
            How::Deauthorize => ("deauthorize", Value::Null, Trouble::Withdrawn),
            How::Unlink => ("unlink", Value::Null, Trouble::Unlinked),
            How::Error(code) => ("error", json!({ "statusCode": code }), cause_of(code)),
        };
        self.app.world.ask("POST", &format!("{path}/{verb}"), &body).await?;
        self.history.add(target.connection()?, self.app.now(), Label::Lost(cause));
        Ok(())
    }

    /// The customer links it again. Another connection of the company may prevent that.
    async fn heal(&mut self, target: &Target) -> Result<(), SimulationError> {
        let path = format!("/_sandbox/connections/{}/link", target.id);
        if self.app.world.try_ask("POST", &path, &Value::Null).await?.is_some() {
            self.history.add(target.connection()?, self.app.now(), Label::Healed);
        }
        Ok(())
    }

    /// Single losses of each kind, some minutes apart. Half of them heal later.
    async fn singles(&mut self, count: usize) -> Result<(), SimulationError> {
        let kinds = [
            How::Deauthorize,
            How::Unlink,
            How::Error("401"),
            How::Error("403"),
            How::Error("503"),
            How::Error("400"),
            How::Error("QBO-5003"),
        ];
        let targets = self.take(count);
        for (target, how) in targets.iter().zip(kinds.iter().cycle()) {
            self.lose(target, *how).await?;
            let wait = self.random.between(5_000, 120_000);
            self.pass_millis(wait).await?;
        }
        self.pass_minutes(16).await?;
        for target in targets.iter().step_by(2) {
            self.heal(target).await?;
        }
        self.pass_minutes(3).await
    }

    /// Many losses of all integrations within seconds, which heal one after the other.
    async fn storm(&mut self, count: usize) -> Result<(), SimulationError> {
        let targets = self.take(count);
        for target in &targets {
            self.lose(target, How::Deauthorize).await?;
            self.pass_millis(80).await?;
        }
        self.pass_minutes(18).await?;
        for target in &targets {
            self.heal(target).await?;
            self.pass_millis(300).await?;
        }
        self.pass_minutes(3).await
    }

    /// Fourteen connections fail every 18 seconds.
    async fn rolling_outage(&mut self, count: usize) -> Result<(), SimulationError> {
        let targets = self.take(count);
        for batch in targets.chunks(14) {
            for target in batch {
                self.lose(target, How::Error("503")).await?;
            }
            self.pass_millis(18_000).await?;
        }
        self.pass_minutes(18).await?;
        for target in &targets {
            self.heal(target).await?;
        }
        self.pass_minutes(3).await
    }

    /// All connections of one integration fail at once, and heal at once.
    async fn platform_outage(&mut self) -> Result<(), SimulationError> {
        let mut affected = Vec::new();
        for company in self.app.world.list(None).await? {
            for connection in connections_of(&company) {
                if is_healthy(connection) && text(connection, "integrationKey") == OUTAGE {
                    affected.push(parse_connection(text(connection, "id"))?);
                }
            }
        }
        let (from, until) = (self.app.now(), crate::clock::after(self.app.now(), 25 * 60_000));
        let fault = json!({ "outage": OUTAGE, "until": until });
        self.app.world.ask("POST", "/_sandbox/faults", &fault).await?;
        for connection in affected {
            self.history.add(connection, from, Label::Lost(Trouble::Outage));
            self.history.add(connection, until, Label::Healed);
        }
        self.pass_minutes(30).await
    }

    /// Connections that are lost and linked again many times. Some end lost.
    async fn flaps(&mut self, count: usize) -> Result<(), SimulationError> {
        let targets = self.take(count);
        for round in 0..12 {
            for (number, target) in targets.iter().enumerate() {
                self.lose(target, How::Deauthorize).await?;
                self.pass_millis(2_000 + 1_500 * number as u64).await?;
            }
            let wait = self.random.between(20_000, 100_000);
            self.pass_millis(wait).await?;
            let stay = if round == 11 { count / 2 } else { 0 };
            for target in targets.iter().skip(stay) {
                self.heal(target).await?;
            }
            let wait = self.random.between(20_000, 100_000);
            self.pass_millis(wait).await?;
        }
        self.pass_minutes(40).await
    }

    /// New connections through an offline connector, which are deauthorized after their first reads.
    async fn expected_endings(&mut self, count: usize) -> Result<(), SimulationError> {
        let mut targets = Vec::new();
        for number in 0..count {
            let name = json!({ "name": format!("One-time {number}") });
            let company = self.app.world.ask("POST", "/companies", &name).await?;
            let path = format!("/companies/{}/connections", text(&company, "id"));
            let connection = self.app.world.ask("POST", &path, &json!({ "platformKey": OFFLINE })).await?;
            let [company, id] = [&company, &connection].map(|it| text(it, "id").to_owned());
            let target = Target { company, id };
            self.app
                .world
                .ask("POST", &format!("/_sandbox/connections/{}/link", target.id), &Value::Null)
                .await?;
            targets.push(target);
        }
        self.pass_minutes(20).await?;
        for target in &targets {
            let path = format!("/_sandbox/connections/{}/deauthorize", target.id);
            self.app.world.ask("POST", &path, &Value::Null).await?;
            self.history.add(target.connection()?, self.app.now(), Label::Expected);
        }
        self.pass_minutes(16).await
    }

    /// The user unlinks connections in this app.
    async fn own_acts(&mut self, count: usize) -> Result<(), SimulationError> {
        for target in self.take(count) {
            let company: CompanyId = target
                .company
                .parse()
                .map_err(|error| SimulationError::unexpected("a company’s ID", error))?;
            let connection = target.connection()?;
            self.history.add(connection, self.app.now(), Label::Expected);
            self.app.act(UnlinkConnection { company, connection }).await?;
            let wait = self.random.between(200, 40_000);
            self.pass_millis(wait).await?;
        }
        self.pass_minutes(5).await
    }

    /// Companies that no response shows in a readable form after their loss was seen, and others at the same time.
    async fn unreadable_companies(&mut self, count: usize) -> Result<(), SimulationError> {
        let (hidden, others) = (self.take(count), self.take(10));
        self.app.unreadable.arm(hidden.iter().map(|target| target.company.clone()));
        for target in &hidden {
            self.lose(target, How::Deauthorize).await?;
        }
        for target in &others {
            self.lose(target, How::Deauthorize).await?;
            self.pass_millis(20_000).await?;
        }
        self.pass_minutes(16).await?;
        self.app.unreadable.clear();
        self.pass_minutes(3).await
    }

    /// The app ends at random moments after losses, cleanly or not.
    async fn restarts(&mut self, count: usize) -> Result<(), SimulationError> {
        for number in 0..count {
            for target in self.take(5) {
                self.lose(&target, How::Deauthorize).await?;
            }
            let wait = self.random.between(100, 75_000);
            self.pass_millis(wait).await?;
            self.app.end(number % 2 == 0).await;
            for target in self.take(2) {
                self.lose(&target, How::Unlink).await?;
            }
            let wait = self.random.between(1_000, 600_000);
            self.pass_millis(wait).await?;
            self.app.start().await?;
            self.pass_minutes(5).await?;
        }
        self.pass_minutes(12).await
    }

    /// The computer's clock is set forward and back while losses wait for their second reads.
    async fn clock_jumps(&mut self) -> Result<(), SimulationError> {
        for hours in [3, -2, -5, 4] {
            for target in self.take(5) {
                self.lose(&target, How::Deauthorize).await?;
            }
            let wait = self.random.between(100, 70_000);
            self.pass_millis(wait).await?;
            self.app.jump(SignedDuration::from_hours(hours));
            self.pass_minutes(17).await?;
        }
        Ok(())
    }

    /// An error of the platform becomes one that only the customer can mend.
    async fn causes_that_change(&mut self, count: usize) -> Result<(), SimulationError> {
        let targets = self.take(count);
        for target in &targets {
            self.lose(target, How::Error("503")).await?;
        }
        self.pass_minutes(16).await?;
        for target in &targets {
            self.lose(target, How::Deauthorize).await?;
        }
        self.pass_minutes(16).await
    }

    /// A colleague deletes connections.
    async fn deletions(&mut self, count: usize) -> Result<(), SimulationError> {
        for target in self.take(count) {
            let path = format!("/companies/{}/connections/{}", target.company, target.id);
            self.app.world.ask("DELETE", &path, &Value::Null).await?;
            self.history.add(target.connection()?, self.app.now(), Label::Lost(Trouble::Deleted));
            self.pass_millis(15_000).await?;
        }
        self.pass_minutes(16).await
    }

    /// The app is away for months in which idle clocks and consents end.
    async fn expired_access(&mut self) -> Result<(), SimulationError> {
        self.app.end(true).await;
        let back = self.app.now().saturating_add(SignedDuration::from_hours(24 * 95));
        self.app.run_until(back.unwrap_or(Timestamp::MAX)).await?;
        self.app.start().await?;
        self.pass_minutes(25).await
    }

    /// Adds the losses that the world made by its own rules, with the cause that follows from the integration.
    async fn add_unscripted_losses(&mut self) -> Result<(), SimulationError> {
        let begin = Scenario::start();
        for company in self.app.world.list(None).await? {
            for connection in connections_of(&company) {
                let id = parse_connection(text(connection, "id"))?;
                let errors = connection.get("dataConnectionErrors").and_then(Value::as_array);
                let times = errors.into_iter().flatten().map(|error| text(error, "erroredOnUtc"));
                let lost = times.filter_map(|at| codat::datetime::parse(at).ok()).max();
                let Some(lost) = lost.filter(|at| *at > begin) else { continue };
                let is_scripted = self.history.last(id).is_some_and(|(at, label)| {
                    lost.duration_since(at) < SignedDuration::from_secs(1) || label == Label::Expected
                });
                let was_linked_again = self.history.last(id).is_some_and(|(_, label)| label == Label::Healed);
                if text(connection, "status") == "Deauthorized" && !is_scripted {
                    self.history.add(id, lost, Label::Lost(ended_by(connection, was_linked_again)));
                }
            }
        }
        Ok(())
    }
}

/// The cause by which the world ended the access of this connection. Where a consent was renewed before the app saw
/// the connection, the API does not say when, so its end cannot be told apart from a withdrawal.
fn ended_by(connection: &Value, was_linked_again: bool) -> Trouble {
    let time = |field| codat::datetime::parse(text(connection, field)).ok();
    let first_end = time("created").map(|at| at + SignedDuration::from_hours(24 * 90));
    let is_renewed =
        !was_linked_again && time("lastSync").zip(first_end).is_some_and(|(read, end)| read > end);
    match text(connection, "integrationKey") {
        key if CONSENT.contains(&key) && is_renewed => Trouble::Withdrawn,
        key if CONSENT.contains(&key) => Trouble::ConsentEnded,
        key if IDLE.contains(&key) => Trouble::Idle,
        _ => Trouble::Withdrawn,
    }
}

impl Target {
    fn connection(&self) -> Result<ConnectionId, SimulationError> {
        parse_connection(&self.id)
    }
}

fn parse_connection(id: &str) -> Result<ConnectionId, SimulationError> {
    id.parse().map_err(|error| SimulationError::unexpected("a connection’s ID", error))
}

/// The sandbox's labeled cause of an error with this code.
fn cause_of(code: &str) -> Trouble {
    match code {
        "401" => Trouble::Credentials,
        "403" => Trouble::Permission,
        "503" => Trouble::Outage,
        "400" => Trouble::Request,
        _ => Trouble::Error,
    }
}

/// Whether a connection is linked without an active error.
fn is_healthy(connection: &Value) -> bool {
    let errors = connection.get("dataConnectionErrors").and_then(Value::as_array);
    let mut errors = errors.into_iter().flatten();
    text(connection, "status") == "Linked" && errors.all(|error| text(error, "status") == "Resolved")
}
