//! The parameters of a business.

use jiff::civil::Date;

use crate::{
    money::Money,
    rng::Rng,
    trade::{Trade, TradeProfile},
};

/// How a business develops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FinancialHealth {
    /// It is profitable.
    Healthy,
    /// Sales fall, costs do not, bills stay unpaid, and liabilities exceed assets.
    Distressed,
}

/// The parameters of a business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Business {
    /// Determines everything random.
    pub seed: u64,
    /// The company's name.
    pub name: String,
    /// The industry.
    pub trade: Trade,
    /// An ISO currency code.
    pub currency: String,
    /// The books start with the month of this date.
    pub first: Date,
    /// The date of the last document. None: the books continue.
    pub books_end: Option<Date>,
    /// How the business develops.
    pub health: FinancialHealth,
    /// The first month of the financial year, 1 to 12.
    pub financial_year_start_month: i8,
    /// Multiplies the number of documents and the sales. With 1 there are some hundreds of records of a type
    /// in three years.
    pub scale: u32,
}

impl Business {
    pub(crate) fn figures(&self) -> &'static TradeProfile {
        self.trade.figures()
    }

    /// The random numbers of a month, counted from the first, for one purpose.
    pub(crate) fn rng(&self, month: u32, purpose: u64) -> Rng {
        Rng::new(self.seed, u64::from(month) + 1).branch(purpose)
    }

    /// The sales tax rate in percent, by the currency's country.
    pub(crate) fn tax_percent(&self) -> i64 {
        match self.currency.as_str() {
            "GBP" => 20,
            "EUR" => 21,
            "AUD" | "JPY" => 10,
            "CAD" => 5,
            "SEK" | "NOK" | "DKK" => 25,
            "ZAR" | "NZD" => 15,
            _ => 0,
        }
    }

    /// Converts amounts of the trade's profile to this currency.
    fn unit(&self) -> i64 {
        match self.currency.as_str() {
            "JPY" => 180,
            "SEK" | "NOK" => 13,
            "ZAR" => 22,
            "DKK" => 8,
            _ => 1,
        }
    }

    /// The sales of an average month at the start.
    pub(crate) fn average_sales(&self) -> Money {
        let spread = Rng::new(self.seed, 0).between(600, 1_700);
        Money::units(self.figures().sales)
            .permille(spread)
            .times(self.unit())
            .times(i64::from(self.scale.max(1)))
    }

    /// The planned sales of a month: the average with growth, season and random variation.
    pub(crate) fn sales(&self, month: u32, season: i8) -> Money {
        let figures = self.figures();
        let growth = match self.health {
            FinancialHealth::Healthy => figures.growth,
            FinancialHealth::Distressed => -280,
        };
        let grown = 1_000 + growth * i64::from(month) / 12;
        let at = usize::try_from(season - 1).unwrap_or(0);
        let season = figures.season.get(at).copied().unwrap_or(1_000);
        let variation = self.rng(month, 1).between(930, 1_070);
        self.average_sales().permille(grown.max(120)).permille(season).permille(variation)
    }

    /// A price in the currency with random variation.
    pub(crate) fn price(&self, hundredths: i64, rng: &mut Rng) -> Money {
        Money::cents(hundredths).permille(rng.between(900, 1_150)).times(self.unit())
    }
}
