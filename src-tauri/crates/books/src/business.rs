//! What a business is made of.

use jiff::civil::Date;

use crate::{
    dice::Dice,
    money::Money,
    trade::{Figures, Trade},
};

/// How it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fortune {
    /// It earns its living.
    Well,
    /// Sales fall, costs do not, bills stay unpaid, and what it owes is more than what it has.
    InTrouble,
}

/// A business, before anything happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Business {
    /// Everything that looks random follows from it.
    pub seed: u64,
    /// Its name.
    pub name: String,
    /// What it does.
    pub trade: Trade,
    /// Three letters.
    pub currency: String,
    /// The first day of its books; they begin with the month of this day.
    pub first: Date,
    /// The last day with any document; none: they go on.
    pub stops: Option<Date>,
    /// How it goes.
    pub fortune: Fortune,
    /// The month in which its financial year begins, 1 to 12.
    pub year_begins: i8,
    /// So many times the usual number of documents and of sales; 1 gives some hundreds a type in three years.
    pub scale: u32,
}

impl Business {
    pub(crate) fn figures(&self) -> &'static Figures {
        self.trade.figures()
    }

    /// Choices of a month, counted from the first, for one purpose.
    pub(crate) fn dice(&self, month: u32, purpose: u64) -> Dice {
        Dice::at(self.seed, u64::from(month) + 1).branch(purpose)
    }

    /// Sales tax, in percent, as it is in the country of the currency.
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

    /// Units of the currency that are worth what a unit of the trade's figures is.
    fn unit(&self) -> i64 {
        match self.currency.as_str() {
            "JPY" => 180,
            "SEK" | "NOK" => 13,
            "ZAR" => 22,
            "DKK" => 8,
            _ => 1,
        }
    }

    /// Sales of a usual month at the beginning.
    pub(crate) fn usual_sales(&self) -> Money {
        let spread = Dice::at(self.seed, 0).between(600, 1_700);
        Money::units(self.figures().sales)
            .permille(spread)
            .times(self.unit())
            .times(i64::from(self.scale.max(1)))
    }

    /// Sales meant for a month: the usual, grown, in season, and with some luck.
    pub(crate) fn sales(&self, month: u32, season: i8) -> Money {
        let figures = self.figures();
        let growth = match self.fortune {
            Fortune::Well => figures.growth,
            Fortune::InTrouble => -280,
        };
        let grown = 1_000 + growth * i64::from(month) / 12;
        let at = usize::try_from(season - 1).unwrap_or(0);
        let season = figures.season.get(at).copied().unwrap_or(1_000);
        let luck = self.dice(month, 1).between(930, 1_070);
        self.usual_sales().permille(grown.max(120)).permille(season).permille(luck)
    }

    /// A price in the currency, with its ups and downs.
    pub(crate) fn price(&self, hundredths: i64, dice: &mut Dice) -> Money {
        Money::cents(hundredths).permille(dice.between(900, 1_150)).times(self.unit())
    }
}
