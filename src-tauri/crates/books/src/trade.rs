//! Trades: what a kind of business sells, buys and spends.

use crate::chart::Account;

/// A kind of business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the trade it names")]
pub enum Trade {
    Bakery,
    Agency,
    Shop,
    Cafe,
    Builder,
    Software,
    Wholesaler,
    Practice,
}

/// The figures of a trade.
#[derive(Debug)]
pub(crate) struct TradeProfile {
    /// The display name.
    pub(crate) name: &'static str,
    /// The sales of an average month in whole units of the currency.
    pub(crate) sales: i64,
    /// Yearly growth in thousandths.
    pub(crate) growth: i64,
    /// The share of each month in thousandths of an average one, starting with January.
    pub(crate) season: [i64; 12],
    /// The share of cash sales in percent. The rest is invoiced.
    pub(crate) till: i64,
    /// The number of invoices in an average month.
    pub(crate) invoices: i64,
    /// The number of bills for goods in an average month.
    pub(crate) bills: i64,
    /// The cost of goods and subcontractors in percent of sales.
    pub(crate) cost: i64,
    /// Wages in percent of sales.
    pub(crate) wages: i64,
    /// Monthly rent in percent of average sales.
    pub(crate) rent: i64,
    /// The account of sales.
    pub(crate) income: Account,
    /// The accounts of purchases.
    pub(crate) costs: &'static [Account],
    /// The items it sells: the name and the price in hundredths.
    pub(crate) sold: &'static [(&'static str, i64)],
    /// The items it buys: the name and the price in hundredths.
    pub(crate) bought: &'static [(&'static str, i64)],
}

const FLAT: [i64; 12] = [980, 960, 1000, 1000, 1010, 1000, 990, 940, 1010, 1030, 1040, 1040];
const FESTIVE: [i64; 12] = [820, 860, 960, 1040, 1000, 960, 940, 900, 960, 1020, 1160, 1380];
const OUTDOORS: [i64; 12] = [740, 800, 960, 1080, 1160, 1180, 1160, 1060, 1100, 1040, 920, 800];

impl Trade {
    /// All trades.
    pub const ALL: [Self; 8] = [
        Self::Bakery,
        Self::Agency,
        Self::Shop,
        Self::Cafe,
        Self::Builder,
        Self::Software,
        Self::Wholesaler,
        Self::Practice,
    ];

    /// The trade that a company's name suggests.
    pub fn from_company_name(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        let contains_any = |words: &[&str]| words.iter().any(|word| name.contains(word));
        if contains_any(&["bakery", "bäckerei", "bakers", "patisserie", "boulangerie"]) {
            Some(Self::Bakery)
        } else if contains_any(&["agency", "studio", "design", "media", "solicitors", "consult", "law"]) {
            Some(Self::Agency)
        } else if contains_any(&["café", "cafe", "deli", "noodle", "kitchen", "restaurant", "coffee", "brew"])
        {
            Some(Self::Cafe)
        } else if contains_any(&[
            "joinery",
            "plumbing",
            "builder",
            "roofing",
            "landscape",
            "timber",
            "construct",
        ]) {
            Some(Self::Builder)
        } else if contains_any(&["software", "systems", "labs", "cloud", "tech", "data"]) {
            Some(Self::Software)
        } else if contains_any(&[
            "wholesale",
            "freight",
            "traders",
            "trading",
            "steel",
            "supply",
            "logistics",
        ]) {
            Some(Self::Wholesaler)
        } else if contains_any(&["clinic", "dental", "physio", "veterinary", "academy", "therapy"]) {
            Some(Self::Practice)
        } else if contains_any(&[
            "shop",
            "store",
            "emporium",
            "outfitters",
            "florist",
            "homewares",
            "books",
            "gifts",
        ]) {
            Some(Self::Shop)
        } else {
            None
        }
    }

    pub(crate) fn figures(self) -> &'static TradeProfile {
        match self {
            Self::Bakery => &BAKERY,
            Self::Agency => &AGENCY,
            Self::Shop => &SHOP,
            Self::Cafe => &CAFE,
            Self::Builder => &BUILDER,
            Self::Software => &SOFTWARE,
            Self::Wholesaler => &WHOLESALER,
            Self::Practice => &PRACTICE,
        }
    }
}

static BAKERY: TradeProfile = TradeProfile {
    name: "Bakery",
    sales: 42_000,
    growth: 80,
    season: FESTIVE,
    till: 65,
    invoices: 14,
    bills: 7,
    cost: 33,
    wages: 31,
    rent: 7,
    income: Account::Sales,
    costs: &[Account::Materials, Account::Materials, Account::Packaging],
    sold: &[
        ("Sourdough loaf", 420),
        ("Croissant tray", 2_450),
        ("Celebration cake", 5_800),
        ("Sandwich platter", 3_600),
        ("Rye loaf", 390),
    ],
    bought: &[
        ("Strong white flour, 25 kg", 1_890),
        ("Butter, 10 kg", 7_400),
        ("Cake boxes, 100", 2_950),
        ("Yeast, 1 kg", 640),
        ("Sugar, 15 kg", 1_720),
    ],
};

static AGENCY: TradeProfile = TradeProfile {
    name: "Agency",
    sales: 68_000,
    growth: 120,
    season: FLAT,
    till: 0,
    invoices: 16,
    bills: 4,
    cost: 16,
    wages: 46,
    rent: 6,
    income: Account::Services,
    costs: &[Account::Subcontractors],
    sold: &[
        ("Design day", 62_000),
        ("Workshop", 145_000),
        ("Monthly retainer", 280_000),
        ("Copywriting day", 48_000),
    ],
    bought: &[("Freelance day", 38_000), ("Photography", 95_000), ("Print run", 64_000)],
};

static SHOP: TradeProfile = TradeProfile {
    name: "Shop",
    sales: 54_000,
    growth: 50,
    season: FESTIVE,
    till: 80,
    invoices: 6,
    bills: 8,
    cost: 52,
    wages: 17,
    rent: 9,
    income: Account::Sales,
    costs: &[Account::Materials, Account::Packaging],
    sold: &[
        ("Wool throw", 8_500),
        ("Candle", 2_400),
        ("Stoneware mug", 1_800),
        ("Hamper", 6_500),
        ("Gift card", 2_500),
    ],
    bought: &[
        ("Throws, 20", 84_000),
        ("Candles, 60", 66_000),
        ("Mugs, 48", 40_800),
        ("Tissue and bags", 9_600),
    ],
};

static CAFE: TradeProfile = TradeProfile {
    name: "Café",
    sales: 33_000,
    growth: 40,
    season: OUTDOORS,
    till: 92,
    invoices: 3,
    bills: 6,
    cost: 30,
    wages: 34,
    rent: 10,
    income: Account::Sales,
    costs: &[Account::Materials, Account::Packaging],
    sold: &[("Lunch menu", 1_250), ("Coffee and cake", 780), ("Catering a head", 1_650), ("Breakfast", 990)],
    bought: &[
        ("Coffee beans, 10 kg", 14_500),
        ("Milk, weekly", 8_200),
        ("Greengrocer", 11_400),
        ("Cups, 1,000", 7_900),
    ],
};

static BUILDER: TradeProfile = TradeProfile {
    name: "Builder",
    sales: 92_000,
    growth: 60,
    season: OUTDOORS,
    till: 0,
    invoices: 9,
    bills: 11,
    cost: 55,
    wages: 22,
    rent: 3,
    income: Account::Services,
    costs: &[Account::Materials, Account::Subcontractors],
    sold: &[
        ("Stage payment", 480_000),
        ("Carpentry day", 34_000),
        ("Kitchen fitting", 365_000),
        ("Repairs", 42_000),
    ],
    bought: &[
        ("Timber", 84_000),
        ("Plasterboard", 31_500),
        ("Electrician, day", 36_000),
        ("Skip hire", 28_000),
    ],
};

static SOFTWARE: TradeProfile = TradeProfile {
    name: "Software house",
    sales: 110_000,
    growth: 240,
    season: FLAT,
    till: 0,
    invoices: 24,
    bills: 4,
    cost: 12,
    wages: 55,
    rent: 4,
    income: Account::Services,
    costs: &[Account::Subcontractors],
    sold: &[
        ("Licence, monthly", 190_000),
        ("Licence, team", 420_000),
        ("Onboarding", 260_000),
        ("Support hours", 14_500),
    ],
    bought: &[("Hosting", 380_000), ("Contractor day", 45_000)],
};

static WHOLESALER: TradeProfile = TradeProfile {
    name: "Wholesaler",
    sales: 185_000,
    growth: 70,
    season: FESTIVE,
    till: 0,
    invoices: 28,
    bills: 14,
    cost: 68,
    wages: 13,
    rent: 3,
    income: Account::Sales,
    costs: &[Account::Materials, Account::Materials, Account::Packaging],
    sold: &[
        ("Pallet, mixed", 168_000),
        ("Case of 12", 8_400),
        ("Case of 24", 15_600),
        ("Half pallet", 91_000),
    ],
    bought: &[("Container share", 640_000), ("Pallets, mixed", 112_000), ("Shrink wrap", 9_400)],
};

static PRACTICE: TradeProfile = TradeProfile {
    name: "Practice",
    sales: 61_000,
    growth: 55,
    season: FLAT,
    till: 45,
    invoices: 18,
    bills: 5,
    cost: 18,
    wages: 44,
    rent: 7,
    income: Account::Services,
    costs: &[Account::Materials, Account::Subcontractors],
    sold: &[
        ("Consultation", 6_500),
        ("Treatment plan", 42_000),
        ("Course of sessions", 28_500),
        ("Assessment", 12_000),
    ],
    bought: &[("Consumables", 34_000), ("Laboratory", 58_000), ("Locum day", 41_000)],
};
