//! Transfers of files.

use serde::Serialize;
use ts_rs::TS;

use crate::error::WireError;

/// A download or an upload, running or ended.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Transfer {
    /// Its ID.
    pub id: u64,
    /// The ID of the company.
    pub company: String,
    /// Whether it is a download or an upload.
    #[serde(rename = "way")]
    pub direction: Direction,
    /// The name of the file.
    pub name: String,
    /// The transferred bytes.
    pub done: u64,
    /// The size in bytes, if it is known.
    pub total: Option<u64>,
    /// The state.
    pub state: TransferState,
    /// Why it failed.
    pub error: Option<WireError>,
    /// Where the file was saved.
    pub place: Option<String>,
}

impl Transfer {
    pub(crate) fn has_ended(&self) -> bool {
        match self.state {
            TransferState::Waiting | TransferState::Running => false,
            TransferState::Done | TransferState::Failed | TransferState::Cancelled => true,
        }
    }
}

/// The direction of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Way")]
pub enum Direction {
    /// From Codat to this computer.
    Download,
    /// From this computer to Codat.
    Upload,
}

/// The state of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum TransferState {
    /// It is queued.
    Waiting,
    /// It is in progress.
    Running,
    /// It is complete.
    Done,
    /// It ended with an error.
    Failed,
    /// The user cancelled it.
    Cancelled,
}
