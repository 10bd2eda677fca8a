//! The parts of statements, and what each should come to (§2.19).

use crate::topic::StatementKind;

/// A part of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// Turnover.
    Income,
    /// What the goods cost.
    CostOfSales,
    /// Income less cost of sales.
    GrossProfit,
    /// What running the business cost.
    Expenses,
    /// Gross profit less expenses.
    NetOperatingProfit,
    /// Income from other things.
    OtherIncome,
    /// Expenses for other things.
    OtherExpenses,
    /// Other income less other expenses.
    NetOtherIncome,
    /// Operating profit and net other income.
    NetProfit,
    /// What is owned.
    Assets,
    /// What is owed.
    Liabilities,
    /// Assets less liabilities.
    NetAssets,
    /// What belongs to the owners; the same as the net assets.
    Equity,
    /// Cash that came in.
    CashReceipts,
    /// Cash that went out.
    CashPayments,
}

impl Part {
    /// The parts of a statement, in the order in which they are read down.
    pub fn of(kind: StatementKind) -> &'static [Self] {
        match kind {
            StatementKind::ProfitAndLoss => &[
                Self::Income,
                Self::CostOfSales,
                Self::GrossProfit,
                Self::Expenses,
                Self::NetOperatingProfit,
                Self::OtherIncome,
                Self::OtherExpenses,
                Self::NetOtherIncome,
                Self::NetProfit,
            ],
            StatementKind::BalanceSheet => &[Self::Assets, Self::Liabilities, Self::NetAssets, Self::Equity],
            StatementKind::CashFlow => &[Self::CashReceipts, Self::CashPayments],
        }
    }

    /// Its field.
    pub fn key(self) -> &'static str {
        match self {
            Self::Income => "income",
            Self::CostOfSales => "costOfSales",
            Self::GrossProfit => "grossProfit",
            Self::Expenses => "expenses",
            Self::NetOperatingProfit => "netOperatingProfit",
            Self::OtherIncome => "otherIncome",
            Self::OtherExpenses => "otherExpenses",
            Self::NetOtherIncome => "netOtherIncome",
            Self::NetProfit => "netProfit",
            Self::Assets => "assets",
            Self::Liabilities => "liabilities",
            Self::NetAssets => "netAssets",
            Self::Equity => "equity",
            Self::CashReceipts => "cashReceipts",
            Self::CashPayments => "cashPayments",
        }
    }

    /// Its name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Income => "Income",
            Self::CostOfSales => "Cost of sales",
            Self::GrossProfit => "Gross profit",
            Self::Expenses => "Expenses",
            Self::NetOperatingProfit => "Operating profit",
            Self::OtherIncome => "Other income",
            Self::OtherExpenses => "Other expenses",
            Self::NetOtherIncome => "Net other income",
            Self::NetProfit => "Net profit",
            Self::Assets => "Assets",
            Self::Liabilities => "Liabilities",
            Self::NetAssets => "Net assets",
            Self::Equity => "Equity",
            Self::CashReceipts => "Cash receipts",
            Self::CashPayments => "Cash payments",
        }
    }

    /// Whether it has lines; else it is a figure that follows from other parts.
    pub fn has_lines(self) -> bool {
        match self {
            Self::Income
            | Self::CostOfSales
            | Self::Expenses
            | Self::OtherIncome
            | Self::OtherExpenses
            | Self::Assets
            | Self::Liabilities
            | Self::Equity
            | Self::CashReceipts
            | Self::CashPayments => true,
            Self::GrossProfit
            | Self::NetOperatingProfit
            | Self::NetOtherIncome
            | Self::NetProfit
            | Self::NetAssets => false,
        }
    }

    /// What it should come to: parts to add, and parts to take away. Empty for parts that stand alone.
    pub fn identity(self) -> (&'static [Self], &'static [Self]) {
        match self {
            Self::GrossProfit => (&[Self::Income], &[Self::CostOfSales]),
            Self::NetOperatingProfit => (&[Self::GrossProfit], &[Self::Expenses]),
            Self::NetOtherIncome => (&[Self::OtherIncome], &[Self::OtherExpenses]),
            Self::NetProfit => (&[Self::NetOperatingProfit, Self::NetOtherIncome], &[]),
            Self::NetAssets => (&[Self::Assets], &[Self::Liabilities]),
            Self::Equity => (&[Self::NetAssets], &[]),
            Self::Income
            | Self::CostOfSales
            | Self::Expenses
            | Self::OtherIncome
            | Self::OtherExpenses
            | Self::Assets
            | Self::Liabilities
            | Self::CashReceipts
            | Self::CashPayments => (&[], &[]),
        }
    }
}
