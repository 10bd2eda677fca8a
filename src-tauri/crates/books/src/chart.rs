//! The chart of accounts.

/// The type of an account in the API (Appendix A.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the kind it names")]
pub enum Class {
    Asset,
    Liability,
    Equity,
    Income,
    Expense,
}

impl Class {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Asset => "Asset",
            Self::Liability => "Liability",
            Self::Equity => "Equity",
            Self::Income => "Income",
            Self::Expense => "Expense",
        }
    }
}

/// The section of an account in statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Section {
    FixedAssets,
    CurrentAssets,
    CurrentLiabilities,
    LongTermLiabilities,
    Capital,
    Income,
    CostOfSales,
    Staff,
    Premises,
    Marketing,
    Running,
    OtherIncome,
    OtherExpenses,
}

impl Section {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::FixedAssets => "Fixed assets",
            Self::CurrentAssets => "Current assets",
            Self::CurrentLiabilities => "Current liabilities",
            Self::LongTermLiabilities => "Long-term liabilities",
            Self::Capital => "Capital and reserves",
            Self::Income => "Income",
            Self::CostOfSales => "Cost of sales",
            Self::Staff => "Staff costs",
            Self::Premises => "Premises",
            Self::Marketing => "Marketing",
            Self::Running => "Running costs",
            Self::OtherIncome => "Other income",
            Self::OtherExpenses => "Other expenses",
        }
    }
}

macro_rules! accounts {
    ($($account:ident $code:literal $name:literal $class:ident $section:ident;)+) => {
        /// An account.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each is the account it names")]
        pub enum Account { $($account),+ }

        impl Account {
            /// Ordered by code.
            pub const ALL: &[Self] = &[$(Self::$account),+];

            /// The nominal code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$account => $code),+ }
            }

            /// Its name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$account => $name),+ }
            }

            /// The type of the account.
            pub fn class(self) -> Class {
                match self { $(Self::$account => Class::$class),+ }
            }

            pub(crate) fn section(self) -> Section {
                match self { $(Self::$account => Section::$section),+ }
            }
        }
    };
}

accounts! {
    Equipment "0030" "Equipment" Asset FixedAssets;
    Depreciated "0031" "Equipment: accumulated depreciation" Asset FixedAssets;
    Stock "1001" "Stock" Asset CurrentAssets;
    Receivables "1100" "Accounts receivable" Asset CurrentAssets;
    Current "1200" "Business current account" Asset CurrentAssets;
    Savings "1210" "Business savings account" Asset CurrentAssets;
    Payables "2100" "Accounts payable" Liability CurrentLiabilities;
    SalesTax "2200" "Sales tax" Liability CurrentLiabilities;
    CreditCard "2300" "Company credit card" Liability CurrentLiabilities;
    Loan "2400" "Bank loan" Liability LongTermLiabilities;
    ShareCapital "3000" "Share capital" Equity Capital;
    Dividends "3100" "Dividends" Equity Capital;
    Retained "3200" "Retained earnings" Equity Capital;
    Sales "4000" "Sales" Income Income;
    Services "4010" "Services" Income Income;
    Delivery "4020" "Delivery and postage charged" Income Income;
    InterestReceived "4900" "Interest received" Income OtherIncome;
    Materials "5000" "Materials and goods" Expense CostOfSales;
    Subcontractors "5010" "Subcontractors" Expense CostOfSales;
    Packaging "5020" "Packaging" Expense CostOfSales;
    Wages "7000" "Wages and salaries" Expense Staff;
    Pensions "7006" "Pensions" Expense Staff;
    Rent "7100" "Rent" Expense Premises;
    Power "7200" "Power and heating" Expense Premises;
    Cleaning "7801" "Cleaning" Expense Premises;
    Advertising "6201" "Advertising" Expense Marketing;
    Travel "7400" "Travel" Expense Running;
    Telephone "7502" "Telephone and internet" Expense Running;
    Software "7505" "Software" Expense Running;
    Repairs "7800" "Repairs" Expense Running;
    Audit "7601" "Audit and accountancy" Expense Running;
    BankFees "7901" "Bank fees" Expense Running;
    Depreciation "8000" "Depreciation" Expense Running;
    LoanInterest "7903" "Loan interest" Expense OtherExpenses;
}

impl Account {
    /// The ID in records.
    pub fn id(self) -> String {
        format!("acc-{}", self.code())
    }

    pub(crate) const BANKS: [Self; 3] = [Self::Current, Self::Savings, Self::CreditCard];

    pub(crate) fn is_bank(self) -> bool {
        Self::BANKS.contains(&self)
    }

    pub(crate) fn is_profit_and_loss(self) -> bool {
        matches!(self.class(), Class::Income | Class::Expense)
    }
}
