//! The data types that the reference names (§2.13): where each is read, and its columns.

mod accounting;
mod banking;
mod commerce;
mod orders;
mod reference;

use super::column::Column;
use crate::topic::StatementKind;

/// What kind of source a type comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    /// Books.
    Accounting,
    /// Bank accounts.
    Banking,
    /// Shops and payments.
    Commerce,
}

/// The heading under which the Portal lists a type (§1.4). Types that it does not list stand with their
/// likes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Balance sheet, cash flow, profit and loss.
    FinancialStatements,
    /// Customers and what they owe.
    Earning,
    /// Suppliers and what they are owed.
    Spending,
    /// The ledger.
    AccountingData,
    /// Bank accounts as the books have them.
    BankingData,
    /// What others refer to.
    ReferenceData,
    /// Bank accounts as the bank has them.
    Banking,
    /// Shops and payments.
    Commerce,
}

impl Group {
    /// All, in the order in which they are shown.
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

    /// The types under it, in the order in which they are shown.
    pub fn types(self) -> impl Iterator<Item = &'static DataType> {
        [accounting::TYPES, orders::TYPES, reference::TYPES, banking::TYPES, commerce::TYPES]
            .into_iter()
            .flatten()
            .filter(move |data_type| data_type.group == self)
    }

    /// Its heading.
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

/// Whose path a type is read under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// `/companies/{companyId}/data/…`
    Company,
    /// `/companies/{companyId}/connections/{connectionId}/data/…`
    Connection,
    /// As the connection's, for each bank account by itself.
    Account,
    /// No path is published: it can be queued and not read.
    Unpublished,
}

/// What an answer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Pages of records.
    List,
    /// One object.
    Single,
    /// A statement.
    Statement(StatementKind),
}

/// One data type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataType {
    /// Its key.
    pub key: &'static str,
    /// What kind of source it comes from.
    pub category: Category,
    /// Under which heading it stands.
    pub group: Group,
    /// Its name for people.
    pub name: &'static str,
    /// Whose path it is read under.
    pub scope: Scope,
    /// What an answer holds.
    pub shape: Shape,
    /// Its columns; a statement has lines instead.
    pub columns: &'static [Column],
    path: &'static str,
}

impl DataType {
    /// All, heading by heading.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        Group::ALL.into_iter().flat_map(Group::types)
    }

    /// A type's name for people; of one that this version does not know, its key.
    pub fn name_of(key: &str) -> &str {
        Self::of_key(key).map_or(key, |known| known.name)
    }

    /// By its key, in any case.
    pub fn of_key(key: &str) -> Option<&'static Self> {
        Self::all().find(|data_type| data_type.key.eq_ignore_ascii_case(key))
    }

    /// What follows `/data/` (§2.19), each step percent-encoded where need be. `account` names the bank
    /// account for types that are read by account, and does not matter for others.
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

    /// What its records can be queried by (§2.3), in the order of the columns, each once.
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

/// A type whose path is its key, and whose answers are pages.
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

/// The words of a record that is used or no longer.
const STATUSES: &[&str] = &["Unknown", "Active", "Archived"];

/// Declares columns, and after them those that tell when a record changed.
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
