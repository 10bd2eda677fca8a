//! Random events: customers always cause some; in a rough scenario servers, networks and the computer do,
//! too.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use crate::{
    clock::after,
    error::SimulationError,
    network::Network,
    random::RandomStream,
    world::{World, connections_of, text},
};

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const YEAR: u64 = 365 * DAY;

/// Time zones of the computer: far west and east, with clock changes in either half of the year, by an hour
/// or half an hour.
const ZONES: &[&str] = &[
    "UTC",
    "Europe/London",
    "America/Los_Angeles",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
];

/// A kind of random event. The names of the variants seed the random streams, so a renamed variant changes
/// every run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Disturbance {
    /// A connection loses its access.
    Death,
    /// A company is created or removed by someone else.
    Change,
    /// The API responds with 5xx, to some requests or to all.
    Trouble,
    /// The API responds with 429.
    Quiet,
    /// A response is lost or unreadable.
    Loss,
    /// Responses are slow.
    Slowness,
    /// A platform has an outage.
    Outage,
    /// The network is down.
    Dead,
    /// The app ends and starts again later.
    Restart,
    /// The computer sleeps.
    Sleep,
    /// The computer moves to another time zone.
    Travel,
}

/// The effect of a random event on the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Impact {
    /// No direct effect.
    None,
    /// The network is down until this time.
    Dead(Timestamp),
    /// The app ends, cleanly or not, and starts again at this time.
    Restart(bool, Timestamp),
    /// The computer sleeps until this time.
    Sleep(Timestamp),
    /// The computer moves to this time zone.
    Travel(TimeZone),
    /// This connection lost its access. A customer may link it again at this time, at this address.
    Death(String, Option<(Timestamp, String)>),
}

impl Disturbance {
    /// The kinds in this scenario.
    pub(crate) fn all(is_rough: bool) -> &'static [Self] {
        const ROUGH: &[Disturbance] = &[
            Disturbance::Death,
            Disturbance::Change,
            Disturbance::Trouble,
            Disturbance::Quiet,
            Disturbance::Loss,
            Disturbance::Slowness,
            Disturbance::Outage,
            Disturbance::Dead,
            Disturbance::Restart,
            Disturbance::Sleep,
            Disturbance::Travel,
        ];
        const CALM: &[Disturbance] = &[Disturbance::Death, Disturbance::Change];
        if is_rough { ROUGH } else { CALM }
    }

    /// The time until it happens again.
    pub(crate) fn wait(self, random: &mut RandomStream, connections: u32) -> u64 {
        let mean = match self {
            // One connection in eight per year.
            Self::Death => YEAR * 8 / u64::from(connections.max(1)),
            Self::Change => 5 * DAY,
            Self::Trouble => 5 * DAY,
            Self::Quiet => 2 * DAY,
            Self::Loss => DAY,
            Self::Slowness => 7 * DAY,
            Self::Outage => 30 * DAY,
            Self::Dead => 4 * DAY,
            Self::Restart => 3 * DAY,
            Self::Sleep => 2 * DAY,
            Self::Travel => 20 * DAY,
        };
        random.exponential_wait(mean)
    }

    pub(crate) async fn happen(
        self,
        world: &World,
        network: &Network,
        random: &mut RandomStream,
        now: Timestamp,
    ) -> Result<Impact, SimulationError> {
        match self {
            Self::Death => return death(world, random, now).await,
            Self::Change => change(world, random).await?,
            Self::Trouble => {
                let status = random.pick(&[500, 502, 503]).copied();
                let rate = random.between(1, 10) as f64 / 10.0;
                let until = after(now, random.between(MINUTE, 3 * HOUR));
                fault(world, &json!({ "status": status, "rate": rate, "until": until })).await?;
            }
            Self::Quiet => {
                let (times, seconds) = (random.between(1, 20), random.between(1, 120));
                fault(world, &json!({ "status": 429, "retryAfter": seconds, "times": times })).await?;
            }
            Self::Loss => {
                let times = random.between(1, 3);
                let kind = match random.below(6) {
                    0 => json!({ "lost": true, "times": times }),
                    1 => json!({ "cut": random.below(200), "times": times }),
                    2 => json!({ "malformed": true, "times": times }),
                    3 => json!({ "html": true, "times": times }),
                    4 => json!({ "wrongType": true, "times": times }),
                    _ => json!({ "drop": true, "times": times }),
                };
                fault(world, &kind).await?;
            }
            Self::Slowness => {
                let delay = random.between(SECOND, 25 * SECOND);
                fault(world, &json!({ "delayMs": delay, "times": random.between(10, 100) })).await?;
            }
            Self::Outage => {
                let platform = random.pick(&["gbol", "qhyg", "fbrh", "suuo", "exgd"]).copied();
                let until = after(now, random.between(HOUR, 24 * HOUR));
                fault(world, &json!({ "outage": platform, "until": until })).await?;
            }
            Self::Dead => {
                network.set_offline(true);
                return Ok(Impact::Dead(after(now, random.between(SECOND, 8 * HOUR))));
            }
            Self::Restart => return Ok(Impact::Restart(random.percent(50), after(now, absence(random)))),
            Self::Sleep => return Ok(Impact::Sleep(after(now, absence(random)))),
            Self::Travel => return Ok(random.pick(ZONES).map_or(Impact::None, |name| travel(name))),
        }
        Ok(Impact::None)
    }
}

fn travel(zone: &str) -> Impact {
    TimeZone::get(zone).map_or(Impact::None, Impact::Travel)
}

/// Mostly minutes or a night, sometimes a holiday.
fn absence(random: &mut RandomStream) -> u64 {
    match random.below(100) {
        0..=49 => random.between(SECOND, HOUR),
        50..=95 => random.between(HOUR, 16 * HOUR),
        _ => random.between(DAY, 12 * DAY),
    }
}

async fn fault(world: &World, fault: &Value) -> Result<(), SimulationError> {
    world.ask("POST", "/_sandbox/faults", fault).await.map(drop)
}

/// Withdraws, unlinks, or secretly withdraws a linked connection. In the last case only a read detects it.
/// Mostly the customer links it again later.
async fn death(world: &World, random: &mut RandomStream, now: Timestamp) -> Result<Impact, SimulationError> {
    let kind = match random.below(10) {
        0..=5 => "deauthorize",
        6..=7 => "unlink",
        _ => "revoke",
    };
    let relinked = random.percent(75).then(|| after(now, random.exponential_wait(6 * DAY)));
    let company = world.company(random.below(u64::from(u32::MAX))).await?;
    let linked: Vec<&Value> =
        connections_of(&company).iter().filter(|it| text(it, "status") == "Linked").collect();
    let Some(connection) = random.pick(&linked) else { return Ok(Impact::None) };
    let path = format!("/_sandbox/connections/{}", text(connection, "id"));
    world.ask("POST", &format!("{path}/{kind}"), &Value::Null).await?;
    let relinked = relinked.map(|at| (at, format!("{path}/link")));
    Ok(Impact::Death(text(connection, "id").to_owned(), relinked))
}

async fn change(world: &World, random: &mut RandomStream) -> Result<(), SimulationError> {
    let number = random.below(1_000_000);
    let platform = random.pick(&["gbol", "qhyg", "suuo", "exgd", "tgff"]).copied();
    if random.percent(60) {
        return newcomer(world, &format!("Newcomer {number}"), platform).await;
    }
    let company = world.company(number).await?;
    world.ask("POST", &format!("/_sandbox/companies/{}/vanish", text(&company, "id")), &Value::Null).await?;
    Ok(())
}

/// Another API client creates a company, and gives up after an error.
async fn newcomer(world: &World, name: &str, platform: Option<&str>) -> Result<(), SimulationError> {
    let Some(made) = world.try_ask("POST", "/companies", &json!({ "name": name })).await? else {
        return Ok(());
    };
    let path = format!("/companies/{}/connections", text(&made, "id"));
    let connection = world.try_ask("POST", &path, &json!({ "platformKey": platform })).await?;
    let Some(connection) = connection else { return Ok(()) };
    // A corrupted response has no ID.
    let link = format!("/_sandbox/connections/{}/link", text(&connection, "id"));
    world.try_ask("POST", &link, &Value::Null).await.map(drop)
}
