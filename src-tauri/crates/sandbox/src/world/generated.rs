//! Companies beyond the designed ones, derived from the seed and the slot. They are built only when they are
//! read.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::{
    connection_template::{self, Age, Appearance, ConnectionTemplate, ReadPattern, days, hours, minutes},
    names,
    origin::Origin,
};
use crate::{
    read::{self, ExpiryRule},
    record::{CompanyRecord, Slot},
    seed::Rng,
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
    let mut rng = Rng::new(origin.seed ^ 0x6e61_6d65, u64::from(slot));
    let name = names::company(&mut rng);
    let created = connection_template::before(
        origin.born,
        connection_template::span(age(origin, slot)) + SignedDuration::from_secs(i64::from(rng.below(60))),
    );
    let mut tags = BTreeMap::new();
    if let Some(region) = rng.choose(&["uk", "uk", "us", "us", "eu", "jp", ""]).filter(|it| !it.is_empty()) {
        tags.insert("region".to_owned(), region.to_owned());
    }
    if let Some(team) =
        rng.choose(&["", "", "lending", "cards", "invoice-finance"]).filter(|it| !it.is_empty())
    {
        tags.insert("owningTeam".to_owned(), team.to_owned());
    }
    CompanyRecord {
        id,
        name,
        description: rng.chance_in_ten_thousand(6_000).then(|| format!("cust-{slot:06}")),
        created,
        created_by: rng.choose(&["API", "API", "API", "Operations", "Onboarding"]).map(str::to_owned),
        products: vec!["lending".to_owned()],
        tags,
        parent: None,
        subsidiaries: Vec::new(),
        connections: connection_template::connections(id, created, origin.born, &plans),
        connections_made: u32::try_from(plans.len()).unwrap_or(u32::MAX),
    }
}

/// The outlines of the connections. Cheap enough to count a hundred thousand companies.
pub(super) fn plans(origin: &Origin, slot: Slot) -> Vec<ConnectionTemplate> {
    let mut rng = Rng::new(origin.seed, u64::from(slot));
    let age = age(origin, slot);
    let worst = rng.below(10_000);
    if worst < EMPTY {
        return Vec::new();
    }
    let count = match rng.below(100) {
        0..=44 => 1,
        45..=79 => 2,
        80..=94 => 3,
        _ => rng.between(4, 7),
    };
    let mut plans: Vec<ConnectionTemplate> = Vec::new();
    let mut keys: Vec<&'static str> = Vec::new();
    for n in 0..count {
        let from = if n == 0 && rng.below(100) < 85 { BOOKS } else { OTHERS };
        let Some(key) = rng.choose(from).filter(|key| !keys.contains(key)) else { continue };
        keys.push(key);
        let read = read_age(&mut rng, age).min(max_read_age(key));
        plans.push(ConnectionTemplate {
            key,
            read: Some(read),
            made: None,
            appearance: Appearance::Linked,
            read_pattern: ReadPattern::Normal,
        });
    }
    if let Some(affected) = plans.last_mut() {
        add_problem(affected, worst, age, &mut rng);
    }
    plans
}

/// The company's age in minutes. At least an hour, so that its reads fit in.
fn age(origin: &Origin, slot: Slot) -> Age {
    Rng::new(origin.seed ^ 0x0061_6765, u64::from(slot)).between(hours(1), TWO_YEARS)
}

/// The age of the last read in minutes: mostly within a day, never before the company was created.
fn read_age(rng: &mut Rng, age: Age) -> Age {
    let limit = age.saturating_sub(minutes(30)).max(minutes(2));
    let read = match rng.below(100) {
        0..=79 => rng.between(minutes(2), hours(24)),
        80..=94 => rng.between(hours(24), days(7)),
        95..=98 => rng.between(days(7), days(45)),
        _ => rng.between(days(45), days(120)),
    };
    read.min(limit)
}

/// The maximum age of the last read of a linked connection, because its access has not expired.
fn max_read_age(key: &str) -> Age {
    let (Some(ExpiryRule::Unused(lasts)) | Some(ExpiryRule::Consent(lasts))) = read::expiry_rule(key) else {
        return TWO_YEARS;
    };
    Age::try_from(lasts.as_mins()).unwrap_or(TWO_YEARS).saturating_sub(days(2))
}

fn add_problem(plan: &mut ConnectionTemplate, worst: u32, age: Age, rng: &mut Rng) {
    let read = plan.read.unwrap_or(minutes(2));
    let since = rng.between(minutes(1), read.max(minutes(2)) - minutes(1));
    if worst < EMPTY + BROKEN {
        plan.appearance =
            if rng.below(100) < 80 { Appearance::Deauthorized(since) } else { Appearance::Failing(since) };
    } else if worst < EMPTY + BROKEN + UNLINKED {
        plan.appearance = Appearance::Unlinked;
    } else if worst < EMPTY + BROKEN + UNLINKED + PENDING {
        plan.read = None;
        plan.appearance = if rng.below(100) < 30 {
            Appearance::Cancelled(age.min(minutes(5)))
        } else {
            Appearance::Pending
        };
    } else if rng.chance_in_ten_thousand(100) {
        plan.read = None;
    } else if rng.chance_in_ten_thousand(50) {
        plan.appearance = Appearance::Recovered(read + minutes(2), read + minutes(1));
    }
}
