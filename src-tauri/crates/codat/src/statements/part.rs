//! The parts of statements, and how they are computed from each other (§2.19).

use crate::topic::StatementKind;

/// A part of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// Revenue.
    Income,
    /// The cost of goods sold.
    CostOfSales,
    /// Income minus cost of sales.
    GrossProfit,
    /// Operating expenses.
    Expenses,
    /// Gross profit minus expenses.
    NetOperatingProfit,
    /// Non-operating income.
    OtherIncome,
    /// Non-operating expenses.
    OtherExpenses,
    /// Other income minus other expenses.
    NetOtherIncome,
    /// Operating profit plus net other income.
    NetProfit,
    /// Assets.
    Assets,
    /// Liabilities.
    Liabilities,
    /// Assets minus liabilities.
    NetAssets,
    /// Equity, which equals net assets.
    Equity,
    /// Cash received.
    CashReceipts,
    /// Cash paid.
    CashPayments,
}

impl Part {
    /// The parts of a statement, from top to bottom.
    pub fn of_statement(kind: StatementKind) -> &'static [Self] {
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

    /// The field in the report.
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

    /// The display name.
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

    /// Whether it has lines. Otherwise it is computed from other parts.
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

    /// The parts to add and the parts to subtract. Empty for parts that are not computed.
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
