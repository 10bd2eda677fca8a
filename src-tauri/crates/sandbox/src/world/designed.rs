//! Companies designed by hand: every status, error, age, scenario and kind of name that a screen must handle.
//! Ages count back from the world's start.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::{
    connection_template::{self, Age, Appearance, ConnectionTemplate, ReadPattern, days, hours, minutes},
    origin::Origin,
};
use crate::{
    record::{CompanyRecord, Slot},
    seed::Rng,
};

pub(crate) struct CompanyTemplate {
    name: &'static str,
    made: Age,
    by: &'static str,
    note: &'static str,
    tags: &'static [(&'static str, &'static str)],
    products: &'static [&'static str],
    parent: Option<&'static str>,
    /// Oldest first.
    pub(crate) connections: &'static [ConnectionTemplate],
}

pub(crate) fn record(origin: &Origin, slot: Slot, row: &CompanyTemplate) -> CompanyRecord {
    let id = origin.company_id(slot);
    let shift = SignedDuration::from_secs(i64::from(Rng::from_id(id).below(55)));
    let created = connection_template::before(origin.born, connection_template::span(row.made) + shift);
    CompanyRecord {
        id,
        name: row.name.to_owned(),
        description: (!row.note.is_empty()).then(|| row.note.to_owned()),
        created,
        created_by: (!row.by.is_empty()).then(|| row.by.to_owned()),
        products: row.products.iter().map(|it| (*it).to_owned()).collect(),
        tags: row
            .tags
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect::<BTreeMap<_, _>>(),
        parent: row.parent.and_then(|name| slots_where(origin, |other| other.name == name).next()),
        subsidiaries: slots_where(origin, |other| other.parent == Some(row.name)).collect(),
        connections: connection_template::connections(id, created, origin.born, row.connections),
        connections_made: u32::try_from(row.connections.len()).unwrap_or(u32::MAX),
    }
}

fn slots_where(origin: &Origin, is: impl Fn(&CompanyTemplate) -> bool) -> impl Iterator<Item = Slot> {
    (0..origin.companies).zip(COMPANIES).filter(move |(_, row)| is(row)).map(|(slot, _)| slot)
}

// `createdByUserName`.
const OPERATIONS: &str = "Operations";
const API: &str = "API";
const ONBOARDING: &str = "Onboarding";
const NOBODY: &str = "";

// Integration keys.
const XERO: &str = "gbol";
const QUICKBOOKS: &str = "qhyg";
const DESKTOP: &str = "pqsw";
const NETSUITE: &str = "akxx";
const INTACCT: &str = "knfz";
const SAGE: &str = "tgff";
const SAGE_50: &str = "hbql";
const FREEAGENT: &str = "fbrh";
const FRESHBOOKS: &str = "vxvy";
const MYOB: &str = "pdvj";
const DYNAMICS: &str = "trji";
const EXACT: &str = "qudb";
const WAVE: &str = "pbtz";
const ZOHO: &str = "rwuv";
const SANDBOX: &str = "mqjo";
const SANDBOX_BANK: &str = "qhnd";
const SANDBOX_SHOP: &str = "aiwb";
const PLAID: &str = "suuo";
const TRUELAYER: &str = "upvr";
const AMAZON: &str = "qkdj";
const BIGCOMMERCE: &str = "vqzp";
const CLOVER: &str = "fqly";
const SHOPIFY: &str = "fztf";
const SQUARE: &str = "zsth";
const STRIPE: &str = "exgd";
const WOO: &str = "ltpp";
const ZETTLE: &str = "ugxp";
const BANK_FEED: &str = "hcws";

const fn company(
    name: &'static str,
    made: Age,
    by: &'static str,
    connections: &'static [ConnectionTemplate],
) -> CompanyTemplate {
    CompanyTemplate { name, made, by, note: "", tags: &[], products: &["lending"], parent: None, connections }
}

impl CompanyTemplate {
    const fn note(mut self, note: &'static str) -> Self {
        self.note = note;
        self
    }

    const fn tags(mut self, tags: &'static [(&'static str, &'static str)]) -> Self {
        self.tags = tags;
        self
    }

    const fn products(mut self, products: &'static [&'static str]) -> Self {
        self.products = products;
        self
    }

    const fn subsidiary_of(mut self, parent: &'static str) -> Self {
        self.parent = Some(parent);
        self
    }
}

const fn template(key: &'static str, read: Option<Age>, appearance: Appearance) -> ConnectionTemplate {
    ConnectionTemplate { key, read, made: None, appearance, read_pattern: ReadPattern::Normal }
}

const fn linked(key: &'static str, read: Age) -> ConnectionTemplate {
    template(key, Some(read), Appearance::Linked)
}

const fn never_read(key: &'static str) -> ConnectionTemplate {
    template(key, None, Appearance::Linked)
}

const fn pending(key: &'static str) -> ConnectionTemplate {
    template(key, None, Appearance::Pending)
}

const fn cancelled(key: &'static str, at: Age) -> ConnectionTemplate {
    template(key, None, Appearance::Cancelled(at))
}

const fn unlinked(key: &'static str, read: Age) -> ConnectionTemplate {
    template(key, Some(read), Appearance::Unlinked)
}

const fn deauthorized(key: &'static str, read: Age, at: Age) -> ConnectionTemplate {
    template(key, Some(read), Appearance::Deauthorized(at))
}

const fn failing(key: &'static str, read: Age, at: Age) -> ConnectionTemplate {
    template(key, Some(read), Appearance::Failing(at))
}

const fn recovered(key: &'static str, read: Age, at: Age, over: Age) -> ConnectionTemplate {
    template(key, Some(read), Appearance::Recovered(at, over))
}

const fn unspecified_error(key: &'static str, read: Age, at: Age) -> ConnectionTemplate {
    template(key, Some(read), Appearance::UnspecifiedError(at))
}

/// Sets the behavior of the connection's reads.
const fn with_read_pattern(read_pattern: ReadPattern, mut plan: ConnectionTemplate) -> ConnectionTemplate {
    plan.read_pattern = read_pattern;
    plan
}

/// A one-time connection: read within minutes and withdrawn within a day.
const fn one_time(key: &'static str, made: Age) -> ConnectionTemplate {
    ConnectionTemplate {
        key,
        read: Some(made - minutes(12)),
        made: Some(made),
        appearance: Appearance::Deauthorized(made - hours(6)),
        read_pattern: ReadPattern::Normal,
    }
}

const UK: &[(&str, &str)] = &[("region", "uk")];
const US: &[(&str, &str)] = &[("region", "us")];
const JP: &[(&str, &str)] = &[("region", "jp")];
const EU: &[(&str, &str)] = &[("region", "eu")];
const UK_LENDING: &[(&str, &str)] = &[("owningTeam", "lending"), ("region", "uk")];
const UK_FINANCE: &[(&str, &str)] = &[("owningTeam", "invoice-finance"), ("region", "uk")];
const US_CARDS: &[(&str, &str)] = &[("owningTeam", "cards"), ("region", "us")];
const REVIEW: &[(&str, &str)] = &[("region", "uk"), ("review", "due"), ("tier", "2")];

const DENTAL: &str = "Aurora Dental Group";
const STONEBRIDGE: &str = "Stonebridge Care";

#[rustfmt::skip]
pub(crate) const COMPANIES: &[CompanyTemplate] = &[
    // The demo company and those of the first screen.
    company("Harbour Lane Bakery", days(22), OPERATIONS,
        &[linked(XERO, minutes(2)), linked(STRIPE, minutes(2)), unlinked(PLAID, days(9))])
        .note("Demo company with sample data").tags(UK_LENDING),
    company("Northwind Traders", days(48), API,
        &[deauthorized(QUICKBOOKS, hours(26), hours(3)), linked(SHOPIFY, minutes(11))])
        .note("cust-0042").tags(US_CARDS),
    company(DENTAL, days(73), ONBOARDING, &[linked(INTACCT, minutes(38))])
        .note("Parent of four practices").tags(US),
    company("Aurora Dental Brighton", days(72), ONBOARDING, &[linked(INTACCT, minutes(41))]).subsidiary_of(DENTAL).tags(US),
    company("Aurora Dental Fairview", days(72), ONBOARDING, &[linked(QUICKBOOKS, hours(2)), linked(PLAID, hours(2))])
        .subsidiary_of(DENTAL).tags(US),
    company("Aurora Dental Lakeside", days(70), ONBOARDING, &[deauthorized(QUICKBOOKS, days(4), days(3))]).subsidiary_of(DENTAL).tags(US),
    company("Aurora Dental Midtown", days(66), ONBOARDING, &[]).subsidiary_of(DENTAL).tags(US),
    company("Copper & Pine Joinery", days(7), API, &[linked(FREEAGENT, hours(1)), pending(STRIPE)]).tags(UK),
    company("Ōsaka Noodle House", days(33), API,
        &[linked(XERO, hours(1)), linked(SQUARE, hours(1)), linked(PLAID, hours(5))]).tags(JP),
    company("Meridian Freight", days(80), OPERATIONS, &[deauthorized(NETSUITE, hours(9), hours(3))])
        .note("Renewal in March").tags(UK_FINANCE),
    company("The Paper Kite Agency", days(14), OPERATIONS, &[linked(XERO, hours(3)), unlinked(PLAID, days(6))]).tags(UK),
    company("Vale Veterinary Clinic", days(40), ONBOARDING, &[linked(XERO, hours(6))]).tags(UK),
    company("Brightwater Physio", days(65), OPERATIONS, &[linked(QUICKBOOKS, hours(7)), linked(STRIPE, hours(7))])
        .tags(US),
    company("Ochre Studio", days(21), API, &[linked(ZETTLE, hours(8))]),
    company("Lighthouse Books", days(47), ONBOARDING,
        &[linked(SHOPIFY, hours(9)), linked(XERO, hours(9)), deauthorized(PLAID, days(2), hours(30))]).tags(UK_LENDING),
    company("Kestrel Roofing", days(72), API, &[linked(SAGE_50, hours(11))]).tags(UK),
    company("Saffron Street Kitchen", days(6), API, &[linked(ZETTLE, hours(26)), linked(XERO, hours(27))]).tags(UK),
    company("Fenwick Optical", days(32), OPERATIONS, &[linked(XERO, hours(30))]).tags(REVIEW),
    company("Tideway Marine", days(79), API, &[linked(MYOB, days(3))]),
    company("Juniper Landscapes", days(13), ONBOARDING, &[linked(XERO, days(3)), linked(WOO, days(3))]).tags(UK),
    company("Old Mill Brewing", days(39), OPERATIONS, &[with_read_pattern(ReadPattern::Busy, linked(QUICKBOOKS, days(4)))]).tags(US),
    company("Pavilion Events", days(64), API, &[unlinked(ZOHO, days(9))]),
    company(STONEBRIDGE, days(20), ONBOARDING, &[deauthorized(INTACCT, days(12), days(11)), linked(PLAID, days(12))])
        .note("Parent of two homes").tags(UK),
    company("Stonebridge Care Harrow", days(19), ONBOARDING, &[linked(INTACCT, days(2))]).subsidiary_of(STONEBRIDGE).tags(UK),
    company("Stonebridge Care Richmond", days(19), ONBOARDING, &[pending(INTACCT)]).subsidiary_of(STONEBRIDGE).tags(UK),

    // Errors of every kind.
    company("Granite Peak Outfitters", days(210), API, &[failing(SHOPIFY, hours(20), hours(2)), with_read_pattern(ReadPattern::Troubled, linked(QUICKBOOKS, hours(4)))])
        .tags(US_CARDS),
    company("Birch & Bloom Florists", days(301), OPERATIONS, &[with_read_pattern(ReadPattern::Limited, recovered(SQUARE, minutes(25), hours(5), hours(4))), linked(XERO, hours(2))])
        .tags(UK),
    company("Tamar Valley Dairy", days(402), API, &[unspecified_error(XERO, hours(16), hours(1))])
        .note("Error without a status, newer than the last read").tags(UK),
    company("Rook & Raven Solicitors", days(388), ONBOARDING, &[unspecified_error(SAGE, hours(2), days(3))])
        .note("Error without a status, older than the last read").tags(UK_FINANCE),
    company("Cobalt Fitness", days(18), API, &[cancelled(QUICKBOOKS, days(17))]).tags(US),
    company("Marigold Nursery School", days(3), ONBOARDING, &[cancelled(XERO, hours(50)), pending(PLAID)]).tags(UK),
    company("Summit Signs", days(2), OPERATIONS, &[pending(QUICKBOOKS)]).tags(US),
    company("Wharf Street Motors", days(530), API, &[deauthorized(SAGE, days(120), days(94))]).tags(UK),
    company("Hollow Tree Cider", days(610), OPERATIONS, &[unlinked(XERO, days(200)), linked(FREEAGENT, hours(12))])
        .note("Moved from Xero").tags(UK),

    // One-time connections of offline connectors, and one that stays.
    company("Ironbridge Tool Hire", days(29), API, &[one_time(DESKTOP, days(28))]).tags(US),
    company("Clearwater Plumbing", days(11), ONBOARDING, &[one_time(SAGE_50, days(10)), linked(STRIPE, hours(3))]).tags(UK),
    company("Prairie Feed & Grain", days(150), OPERATIONS, &[deauthorized(DESKTOP, days(31), days(30))])
        .note("Connector uninstalled months after the first read").tags(US),

    // Many connections.
    company("Everything Emporium", days(240), API, &[
        linked(XERO, minutes(55)), linked(SHOPIFY, minutes(52)), linked(AMAZON, hours(2)), linked(STRIPE, hours(2)),
        failing(SQUARE, days(1), hours(3)), linked(PLAID, hours(6)), unlinked(BIGCOMMERCE, days(40)),
    ]).note("Seven sources").tags(US_CARDS).products(&["lending", "spend-insights"]),
    company("Union Square Deli", days(96), API, &[
        linked(QUICKBOOKS, hours(3)), linked(CLOVER, hours(3)), linked(PLAID, hours(4)), linked(STRIPE, hours(4)),
        pending(SHOPIFY),
    ]).tags(US),
    company("Mosaic Homewares", days(175), ONBOARDING, &[
        linked(DYNAMICS, hours(5)), linked(WOO, hours(5)), linked(TRUELAYER, hours(8)), linked(AMAZON, hours(9)),
    ]).tags(UK_FINANCE),
    company("Blue Heron Books", days(260), OPERATIONS, &[linked(QUICKBOOKS, hours(13)), linked(BANK_FEED, hours(13)), linked(STRIPE, hours(14))])
        .tags(US).products(&["bank-feeds", "lending"]),

    company("First Steps Trading", days(90), ONBOARDING,
        &[linked(SANDBOX, hours(2)), linked(SANDBOX_BANK, hours(2)), linked(SANDBOX_SHOP, hours(2))])
        .note("Linked to the three sandboxes").tags(UK),

    // Expiring soon, stale, and never read.
    company("Foxglove Interiors", days(420), API, &[linked(XERO, days(55))]).note("Xero withdraws access after 60 days without a read").tags(UK),
    company("Redwood Timber", days(330), OPERATIONS, &[linked(QUICKBOOKS, days(96))]).tags(US),
    company("Silver Birch Accounting", days(365), ONBOARDING, &[linked(PLAID, days(80)), linked(FRESHBOOKS, days(15))]).tags(US),
    company("Quiet Harbour Yachts", days(700), NOBODY, &[linked(FREEAGENT, days(140))]).tags(UK),
    company("Pinewood Academy", days(5), API, &[never_read(XERO)]).tags(UK),
    company("Lantern Cycles", days(1), ONBOARDING, &[never_read(QUICKBOOKS), never_read(SHOPIFY)]).tags(US),

    // Without connections.
    company("Bramble & Co", hours(4), OPERATIONS, &[]).tags(UK),
    company("Sandstone Architects", days(12), API, &[]),
    company("Test", days(512), NOBODY, &[]).products(&[]),
    company("Willow Court Residents' Association", days(88), NOBODY, &[]).products(&[]),

    // Names in other scripts, and with accents.
    company("株式会社さくら製作所", days(120), API, &[linked(XERO, hours(15)), linked(STRIPE, hours(15))]).tags(JP),
    company("مخبز النخيل", days(58), ONBOARDING, &[linked(ZOHO, hours(22))]).tags(&[("region", "ae")]),
    company("מאפיית השחר", days(99), OPERATIONS, &[deauthorized(WOO, days(8), days(7))]).tags(&[("region", "il")]),
    company("Καφενείο Αθηνά", days(131), API, &[linked(EXACT, hours(28))]).tags(EU),
    company("Пекарня Колос", days(142), ONBOARDING, &[linked(ZETTLE, days(2))]).tags(EU),
    company("Żabka Świętokrzyska", days(77), API, &[linked(FRESHBOOKS, hours(17))]).tags(EU),
    company("서울 분식", days(44), API, &[pending(SHOPIFY)]).tags(&[("region", "kr")]),

    // Names that differ only in accents or case, equal names, and very long names.
    company("Café Noir", days(181), API, &[linked(XERO, hours(10))]).tags(EU),
    company("Cafe Noir", days(182), API, &[with_read_pattern(ReadPattern::Revoked, linked(WAVE, hours(31)))]).tags(US),
    company("CAFÉ NOIR", days(183), OPERATIONS, &[]).tags(EU),
    company("J. Smith & Sons", days(290), API, &[linked(XERO, hours(19))]).tags(UK),
    company("J. Smith & Sons", days(60), ONBOARDING, &[linked(QUICKBOOKS, hours(21)), unlinked(STRIPE, days(20))]).tags(UK),
    company(
        "The Worshipful Company of Bakers, Millers, Maltsters and Confectioners of the Upper Severn Valley and Neighbouring Parishes Trading Partnership",
        days(365), NOBODY, &[linked(SAGE_50, days(6))]).tags(UK),
    company(
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft & Rindfleischetikettierungsüberwachungsaufgaben",
        days(480), API, &[linked(EXACT, days(1)), failing(WOO, days(5), days(4))]).tags(EU),
    company("3 Men & a Van", days(715), NOBODY, &[linked(WAVE, days(18))]).tags(UK),
];
