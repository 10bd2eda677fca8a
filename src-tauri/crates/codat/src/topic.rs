//! The requests that screens read from: each topic is one `GET`.
//!
//! The response is stored as raw JSON and decoded when it is shown. So fields of a newer API are kept, and what was
//! loaded once can be shown offline.

use serde::{Deserialize, Serialize};

use crate::{
    id::{CompanyId, ConnectionId, DatasetId},
    page::PageRequest,
};

/// A request that a screen reads from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Topic {
    /// A page of the read history (§2.11).
    Reads(CompanyId, PageRequest),
    /// A page of the write history (§2.16).
    Writes(CompanyId, PageRequest),
    /// The status of each data type (§2.11).
    DataStatus(CompanyId),
    /// The validation results of a read (§2.12).
    Validation(CompanyId, DatasetId),
    /// The uploaded files (§2.17).
    Files(CompanyId),
    /// The sync settings of a company, or of the whole client (§2.13).
    SyncSettings(Option<CompanyId>),
    /// Company information from the accounting software (§2.19).
    Info(CompanyId),
    /// A financial statement of the newest months, one period per month (§2.19).
    Statement {
        /// The company.
        company: CompanyId,
        /// The statement.
        kind: StatementKind,
        /// The number of months.
        months: u32,
    },
    /// A page of records (§2.19).
    Records {
        /// The company.
        company: CompanyId,
        /// The connection, for data types that are read per connection.
        connection: Option<ConnectionId>,
        /// The key of the data type.
        data_type: String,
        /// The path after `/data/`. It can differ from the key.
        path: String,
        /// The page.
        page: PageRequest,
    },
    /// A page of a local copy of all records of a data type (§2.19).
    Copy {
        /// The row of the copy in the store.
        number: i64,
        /// The company.
        company: CompanyId,
        /// The connection, for data types that are read per connection.
        connection: Option<ConnectionId>,
        /// The path after `/data/`.
        path: String,
        /// The page.
        page: PageRequest,
    },
}

/// A financial statement (§2.19).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StatementKind {
    /// `profitAndLoss`
    ProfitAndLoss,
    /// `balanceSheet`
    BalanceSheet,
    /// `cashFlowStatement`
    CashFlow,
}

impl StatementKind {
    /// The key of the data type. It is also the last segment of the path.
    pub fn key(self) -> &'static str {
        match self {
            Self::ProfitAndLoss => "profitAndLoss",
            Self::BalanceSheet => "balanceSheet",
            Self::CashFlow => "cashFlowStatement",
        }
    }
}

impl Topic {
    /// The company that the topic belongs to. None for the sync settings of the whole client.
    pub fn company(&self) -> Option<CompanyId> {
        match self {
            Self::Reads(company, _)
            | Self::Writes(company, _)
            | Self::DataStatus(company)
            | Self::Validation(company, _)
            | Self::Files(company)
            | Self::Info(company)
            | Self::Statement { company, .. }
            | Self::Records { company, .. }
            | Self::Copy { company, .. } => Some(*company),
            Self::SyncSettings(company) => *company,
        }
    }
}
