//! Companies beyond the designed ones, derived from the seed and the slot. They are built only when they are
//! read.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::{
    names,
    origin::Origin,
    plan::{self, Age, Course, Look, Plan, days, hours, minutes},
};
use crate::{
    read::{self, Expiry},
    record::{CompanyRecord, Slot},
    seed::Dice,
};

/// The numbers of companies in ten thousand whose worst connection is broken, unlinked or pending, or that
/// have none.
const BROKEN: u32 = 30;
const UNLINKED: u32 = 50;
const PENDING: u32 = 100;
const EMPTY: u32 = 230;

const TWO_YEARS: Age = days(730);

const BOOKS: &[&str] = &[
    "gbol", "gbol", "gbol", "gbol", "qhyg", "qhyg", "qhyg", "qhyg", "fbrh", "tgff", "knfz", "akxx", "hbql",
    "pqsw", "vxvy", "pdvj", "trji", "qudb", "pbtz", "rwuv",
];
const OTHERS: &[&str] = &[
    "suuo", "suuo", "suuo", "upvr", "exgd", "exgd", "exgd", "fztf", "fztf", "zsth", "zsth", "ltpp", "ugxp",
    "qkdj", "vqzp", "fqly",
];

pub(super) fn record(origin: &Origin, slot: Slot) -> CompanyRecord {
    let id = origin.company_id(slot);
    let plans = plans(origin, slot);
    let mut dice = Dice::at(origin.seed ^ 0x6e61_6d65, u64::from(slot));
    let name = names::company(&mut dice);
    let created = plan::before(
        origin.born,
        plan::span(age(origin, slot)) + SignedDuration::from_secs(i64::from(dice.below(60))),
    );
    let mut tags = BTreeMap::new();
    if let Some(region) = dice.pick(&["uk", "uk", "us", "us", "eu", "jp", ""]).filter(|it| !it.is_empty()) {
        tags.insert("region".to_owned(), region.to_owned());
    }
    if let Some(team) =
        dice.pick(&["", "", "lending", "cards", "invoice-finance"]).filter(|it| !it.is_empty())
    {
        tags.insert("owningTeam".to_owned(), team.to_owned());
    }
    CompanyRecord {
        id,
        name,
        description: dice.in_ten_thousand(6_000).then(|| format!("cust-{slot:06}")),
        created,
        created_by: dice.pick(&["API", "API", "API", "Operations", "Onboarding"]).map(str::to_owned),
        products: vec!["lending".to_owned()],
        tags,
        parent: None,
        subsidiaries: vec![],
        connections: plan::connections(id, created, origin.born, &plans),
        connections_made: u32::try_from(plans.len()).unwrap_or(u32::MAX),
    }
}

/// The outlines of the connections. Cheap enough to count a hundred thousand companies.
pub(super) fn plans(origin: &Origin, slot: Slot) -> Vec<Plan> {
    let mut dice = Dice::at(origin.seed, u64::from(slot));
    let age = age(origin, slot);
    let worst = dice.below(10_000);
    if worst < EMPTY {
        return vec![];
    }
    let count = match dice.below(100) {
        0..=44 => 1,
        45..=79 => 2,
        80..=94 => 3,
        _ => dice.between(4, 7),
    };
    let mut plans: Vec<Plan> = vec![];
    let mut keys: Vec<&'static str> = vec![];
    for n in 0..count {
        let from = if n == 0 && dice.below(100) < 85 { BOOKS } else { OTHERS };
        let Some(key) = dice.pick(from).filter(|key| !keys.contains(key)) else { continue };
        keys.push(key);
        let read = read_age(&mut dice, age).min(longest(key));
        plans.push(Plan { key, read: Some(read), made: None, look: Look::Linked, course: Course::Well });
    }
    if let Some(spoilt) = plans.last_mut() {
        spoil(spoilt, worst, age, &mut dice);
    }
    plans
}

/// The company's age in minutes. At least an hour, so that its reads fit in.
fn age(origin: &Origin, slot: Slot) -> Age {
    Dice::at(origin.seed ^ 0x0061_6765, u64::from(slot)).between(hours(1), TWO_YEARS)
}

/// The age of the last read in minutes: mostly within a day, never before the company was created.
fn read_age(dice: &mut Dice, age: Age) -> Age {
    let longest = age.saturating_sub(minutes(30)).max(minutes(2));
    let read = match dice.below(100) {
        0..=79 => dice.between(minutes(2), hours(24)),
        80..=94 => dice.between(hours(24), days(7)),
        95..=98 => dice.between(days(7), days(45)),
        _ => dice.between(days(45), days(120)),
    };
    read.min(longest)
}

/// The maximum age of the last read of a linked connection, because its access has not expired.
fn longest(key: &str) -> Age {
    let (Some(Expiry::Unused(lasts)) | Some(Expiry::Consent(lasts))) = read::expiry(key) else {
        return TWO_YEARS;
    };
    Age::try_from(lasts.as_mins()).unwrap_or(TWO_YEARS).saturating_sub(days(2))
}

fn spoil(plan: &mut Plan, worst: u32, age: Age, dice: &mut Dice) {
    let read = plan.read.unwrap_or(minutes(2));
    let since = dice.between(minutes(1), read.max(minutes(2)) - minutes(1));
    if worst < EMPTY + BROKEN {
        plan.look = if dice.below(100) < 80 { Look::Deauthorized(since) } else { Look::Failing(since) };
    } else if worst < EMPTY + BROKEN + UNLINKED {
        plan.look = Look::Unlinked;
    } else if worst < EMPTY + BROKEN + UNLINKED + PENDING {
        plan.read = None;
        plan.look = if dice.below(100) < 30 { Look::Cancelled(age.min(minutes(5))) } else { Look::Pending };
    } else if dice.in_ten_thousand(100) {
        plan.read = None;
    } else if dice.in_ten_thousand(50) {
        plan.look = Look::Healed(read + minutes(2), read + minutes(1));
    }
}
