//! What a screen shows of a company and the server is asked for: each topic is one `GET`.
//!
//! An answer is kept as it was said and read when it is shown, so that what a newer API adds is not lost and
//! what was seen stays readable offline.

use serde::{Deserialize, Serialize};

use crate::{
    id::{CompanyId, ConnectionId, DatasetId},
    page::PageRequest,
};

/// Something to ask for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Topic {
    /// A page of the read history (§2.11).
    Reads(CompanyId, PageRequest),
    /// A page of the write history (§2.16).
    Writes(CompanyId, PageRequest),
    /// How each data type stands (§2.11).
    DataStatus(CompanyId),
    /// What the checks of a read found (§2.12).
    Validation(CompanyId, DatasetId),
    /// The uploaded files (§2.17).
    Files(CompanyId),
    /// The sync settings of a company, or of the whole client (§2.13).
    SyncSettings(Option<CompanyId>),
    /// Company information, as the accounting software has it (§2.19).
    Info(CompanyId),
    /// A statement: the newest months, one period a month (§2.19).
    Statement {
        /// Whose.
        company: CompanyId,
        /// Which.
        kind: StatementKind,
        /// How many months, newest first.
        months: u32,
    },
    /// A page of records (§2.19).
    Records {
        /// Whose.
        company: CompanyId,
        /// From which connection, for types that are read by connection.
        connection: Option<ConnectionId>,
        /// The data type's key.
        data_type: String,
        /// Its path behind `/data/`, which may differ from the key.
        path: String,
        /// Which page.
        page: PageRequest,
    },
    /// A page of a copy that is being made of all records of a type (§2.19).
    Copy {
        /// The copy's number, where it is kept.
        number: i64,
        /// Whose.
        company: CompanyId,
        /// From which connection, for types that are read by connection.
        connection: Option<ConnectionId>,
        /// The path behind `/data/`.
        path: String,
        /// Which page.
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
    /// The data type's key, which is also the last part of its path.
    pub fn key(self) -> &'static str {
        match self {
            Self::ProfitAndLoss => "profitAndLoss",
            Self::BalanceSheet => "balanceSheet",
            Self::CashFlow => "cashFlowStatement",
        }
    }
}

impl Topic {
    /// The company that it is about.
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
