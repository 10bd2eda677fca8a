//! What happens by chance: to customers always, and to servers, networks and this computer in rough weather.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use crate::{
    clock::after,
    dice::Dice,
    line::Line,
    trouble::Trouble,
    world::{World, connections_of, text},
};

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const YEAR: u64 = 365 * DAY;

/// Where the computer may be taken: far west and east, with shifts of daylight saving in either half of the
/// year, by an hour or half of one.
const ZONES: &[&str] = &[
    "UTC",
    "Europe/London",
    "America/Los_Angeles",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
];

/// One thing that happens again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weather {
    /// A connection loses its access.
    Death,
    /// Somebody makes a company elsewhere, or takes one away.
    Change,
    /// The API answers 5xx, to some requests or all.
    Trouble,
    /// The API asks for quiet: 429.
    Quiet,
    /// An answer gets lost, or is none.
    Loss,
    /// Answers take long.
    Slowness,
    /// A platform does not answer Codat.
    Outage,
    /// The network is gone.
    Dead,
    /// The app ends, and begins again later.
    Restart,
    /// The computer sleeps.
    Sleep,
    /// The computer is taken to another time zone.
    Travel,
}

/// What follows from weather for the app's side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Blow {
    /// Nothing at once.
    None,
    /// The line is dead until then.
    Dead(Timestamp),
    /// The app ends, in good order or not, and begins again then.
    Restart(bool, Timestamp),
    /// The computer sleeps until then.
    Sleep(Timestamp),
    /// The computer is in this time zone.
    Travel(TimeZone),
    /// This connection lost its access; a customer may link it again then, by that address.
    Death(String, Option<(Timestamp, String)>),
}

impl Weather {
    /// All kinds that there are in this weather.
    pub(crate) fn all(is_rough: bool) -> &'static [Self] {
        const ROUGH: &[Weather] = &[
            Weather::Death,
            Weather::Change,
            Weather::Trouble,
            Weather::Quiet,
            Weather::Loss,
            Weather::Slowness,
            Weather::Outage,
            Weather::Dead,
            Weather::Restart,
            Weather::Sleep,
            Weather::Travel,
        ];
        const CALM: &[Weather] = &[Weather::Death, Weather::Change];
        if is_rough { ROUGH } else { CALM }
    }

    /// How long until it happens again.
    pub(crate) fn wait(self, dice: &mut Dice, connections: u32) -> u64 {
        let mean = match self {
            // One connection in eight, each year.
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
        dice.wait(mean)
    }

    /// Lets it happen.
    pub(crate) async fn happen(
        self,
        world: &World,
        line: &Line,
        dice: &mut Dice,
        now: Timestamp,
    ) -> Result<Blow, Trouble> {
        match self {
            Self::Death => return death(world, dice, now).await,
            Self::Change => change(world, dice).await?,
            Self::Trouble => {
                let status = dice.pick(&[500, 502, 503]).copied();
                let rate = dice.between(1, 10) as f64 / 10.0;
                let until = after(now, dice.between(MINUTE, 3 * HOUR));
                fault(world, &json!({ "status": status, "rate": rate, "until": until })).await?;
            }
            Self::Quiet => {
                let (times, seconds) = (dice.between(1, 20), dice.between(1, 120));
                fault(world, &json!({ "status": 429, "retryAfter": seconds, "times": times })).await?;
            }
            Self::Loss => {
                let times = dice.between(1, 3);
                let kind = match dice.below(6) {
                    0 => json!({ "lost": true, "times": times }),
                    1 => json!({ "cut": dice.below(200), "times": times }),
                    2 => json!({ "malformed": true, "times": times }),
                    3 => json!({ "html": true, "times": times }),
                    4 => json!({ "wrongType": true, "times": times }),
                    _ => json!({ "drop": true, "times": times }),
                };
                fault(world, &kind).await?;
            }
            Self::Slowness => {
                let delay = dice.between(SECOND, 25 * SECOND);
                fault(world, &json!({ "delayMs": delay, "times": dice.between(10, 100) })).await?;
            }
            Self::Outage => {
                let platform = dice.pick(&["gbol", "qhyg", "fbrh", "suuo", "exgd"]).copied();
                let until = after(now, dice.between(HOUR, 24 * HOUR));
                fault(world, &json!({ "outage": platform, "until": until })).await?;
            }
            Self::Dead => {
                line.set_dead(true);
                return Ok(Blow::Dead(after(now, dice.between(SECOND, 8 * HOUR))));
            }
            Self::Restart => return Ok(Blow::Restart(dice.percent(50), after(now, absence(dice)))),
            Self::Sleep => return Ok(Blow::Sleep(after(now, absence(dice)))),
            Self::Travel => return Ok(dice.pick(ZONES).map_or(Blow::None, |name| travel(name))),
        }
        Ok(Blow::None)
    }
}

fn travel(zone: &str) -> Blow {
    TimeZone::get(zone).map_or(Blow::None, Blow::Travel)
}

/// Mostly minutes or a night, sometimes a holiday.
fn absence(dice: &mut Dice) -> u64 {
    match dice.below(100) {
        0..=49 => dice.between(SECOND, HOUR),
        50..=95 => dice.between(HOUR, 16 * HOUR),
        _ => dice.between(DAY, 12 * DAY),
    }
}

async fn fault(world: &World, fault: &Value) -> Result<(), Trouble> {
    world.ask("POST", "/_sandbox/faults", fault).await.map(drop)
}

/// A linked connection somewhere is withdrawn, unlinked, or withdrawn so that only a read finds out. Mostly
/// the customer links it again later.
async fn death(world: &World, dice: &mut Dice, now: Timestamp) -> Result<Blow, Trouble> {
    let kind = match dice.below(10) {
        0..=5 => "deauthorize",
        6..=7 => "unlink",
        _ => "revoke",
    };
    let relinked = dice.percent(75).then(|| after(now, dice.wait(6 * DAY)));
    let company = world.company(dice.below(u64::from(u32::MAX))).await?;
    let linked: Vec<&Value> =
        connections_of(&company).iter().filter(|it| text(it, "status") == "Linked").collect();
    let Some(connection) = dice.pick(&linked) else { return Ok(Blow::None) };
    let path = format!("/_sandbox/connections/{}", text(connection, "id"));
    world.ask("POST", &format!("{path}/{kind}"), &Value::Null).await?;
    let relinked = relinked.map(|at| (at, format!("{path}/link")));
    Ok(Blow::Death(text(connection, "id").to_owned(), relinked))
}

async fn change(world: &World, dice: &mut Dice) -> Result<(), Trouble> {
    let number = dice.below(1_000_000);
    let platform = dice.pick(&["gbol", "qhyg", "suuo", "exgd", "tgff"]).copied();
    if dice.percent(60) {
        return newcomer(world, &format!("Newcomer {number}"), platform).await;
    }
    let company = world.company(number).await?;
    world.ask("POST", &format!("/_sandbox/companies/{}/vanish", text(&company, "id")), &Value::Null).await?;
    Ok(())
}

/// Somebody else uses the API for it, and gives up when it does not go well.
async fn newcomer(world: &World, name: &str, platform: Option<&str>) -> Result<(), Trouble> {
    let Some(made) = world.try_ask("POST", "/companies", &json!({ "name": name })).await? else {
        return Ok(());
    };
    let path = format!("/companies/{}/connections", text(&made, "id"));
    let connection = world.try_ask("POST", &path, &json!({ "platformKey": platform })).await?;
    let Some(connection) = connection else { return Ok(()) };
    // An answer that was spoilt names none.
    let link = format!("/_sandbox/connections/{}/link", text(&connection, "id"));
    world.try_ask("POST", &link, &Value::Null).await.map(drop)
}
