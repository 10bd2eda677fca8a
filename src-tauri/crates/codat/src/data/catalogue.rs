//! The data types of the reference (§2.13): their paths and columns.

mod accounting;
mod banking;
mod commerce;
mod orders;
mod reference;

use super::column::Column;
use crate::topic::StatementKind;

/// The kind of source of a data type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    /// Accounting software.
    Accounting,
    /// Banks.
    Banking,
    /// Commerce and payment platforms.
    Commerce,
}

/// The heading under which the Portal lists a data type (§1.4). Data types that it does not list are under the
/// heading of similar ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Balance sheet, cash flow, profit and loss.
    FinancialStatements,
    /// Customers and receivables.
    Earning,
    /// Suppliers and payables.
    Spending,
    /// The ledger.
    AccountingData,
    /// Bank accounts in the accounting software.
    BankingData,
    /// Reference data.
    ReferenceData,
    /// Bank accounts at the bank.
    Banking,
    /// Commerce and payments.
    Commerce,
}

impl Group {
    /// All headings, in display order.
    pub const ALL: [Self; 8] = [
        Self::FinancialStatements,
        Self::Earning,
        Self::Spending,
        Self::AccountingData,
        Self::BankingData,
        Self::ReferenceData,
        Self::Banking,
        Self::Commerce,
    ];

    /// The data types under the heading, in display order.
    pub fn types(self) -> impl Iterator<Item = &'static DataType> {
        [accounting::TYPES, orders::TYPES, reference::TYPES, banking::TYPES, commerce::TYPES]
            .into_iter()
            .flatten()
            .filter(move |data_type| data_type.group == self)
    }

    /// The text of the heading.
    pub fn label(self) -> &'static str {
        match self {
            Self::FinancialStatements => "Financial statements",
            Self::Earning => "Earning",
            Self::Spending => "Spending",
            Self::AccountingData => "Accounting data",
            Self::BankingData => "Banking data",
            Self::ReferenceData => "Reference data",
            Self::Banking => "Banking",
            Self::Commerce => "Commerce",
        }
    }
}

/// The resource whose path has the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// `/companies/{companyId}/data/…`
    Company,
    /// `/companies/{companyId}/connections/{connectionId}/data/…`
    Connection,
    /// Like a connection's, for each bank account separately.
    Account,
    /// No path is documented: the data type can be queued but not read.
    Unpublished,
}

/// The form of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Pages of records.
    List,
    /// One object.
    Single,
    /// A statement.
    Statement(StatementKind),
}

/// A data type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataType {
    /// The key.
    pub key: &'static str,
    /// The kind of source.
    pub category: Category,
    /// The heading.
    pub group: Group,
    /// The display name.
    pub name: &'static str,
    /// The resource whose path has the data.
    pub scope: Scope,
    /// The form of a response.
    pub shape: Shape,
    /// The columns. Empty for a statement, which has lines instead.
    pub columns: &'static [Column],
    path: &'static str,
}

impl DataType {
    /// All data types, by heading.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        Group::ALL.into_iter().flat_map(Group::types)
    }

    /// The display name of a data type. For one that this version does not know, its key.
    pub fn name_of(key: &str) -> &str {
        Self::of_key(key).map_or(key, |known| known.name)
    }

    /// Finds a data type by key, without regard to case.
    pub fn of_key(key: &str) -> Option<&'static Self> {
        Self::all().find(|data_type| data_type.key.eq_ignore_ascii_case(key))
    }

    /// The path after `/data/` (§2.19), percent-encoded where needed. `account` is the bank account for data types
    /// that are read per account, and is ignored for others.
    pub fn path(&self, account: Option<&str>) -> Option<String> {
        match self.scope {
            Scope::Company | Scope::Connection => Some(self.path.to_owned()),
            Scope::Account => {
                let account = account?.replace('%', "%25").replace('/', "%2F");
                Some(self.path.replace("{accountId}", &account))
            }
            Scope::Unpublished => None,
        }
    }

    /// The properties that records can be queried by (§2.3), in the order of the columns, each once.
    pub fn properties(&self) -> Vec<&'static str> {
        let mut properties: Vec<&'static str> = Vec::new();
        for property in self.columns.iter().flat_map(Column::properties) {
            if !properties.contains(&property) {
                properties.push(property);
            }
        }
        properties
    }
}

/// A data type whose path is its key, and whose responses are pages.
const fn list(
    category: Category,
    group: Group,
    scope: Scope,
    key: &'static str,
    name: &'static str,
    columns: &'static [Column],
) -> DataType {
    DataType { key, category, group, name, scope, shape: Shape::List, columns, path: key }
}

/// The values of an active or archived record.
const STATUSES: &[&str] = &["Unknown", "Active", "Archived"];

/// Declares columns, followed by those for the times of changes.
macro_rules! columns {
    ($name:ident: $($column:expr),+ $(,)?) => {
        static $name: &[$crate::data::column::Column] = &[
            $($column,)+
            $crate::data::column::moment("modifiedDate", "Modified"),
            $crate::data::column::moment("sourceModifiedDate", "Modified at source"),
        ];
    };
}
use columns;
