//! Chosen files, and the uploads that pages announced.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use codat::{CompanyId, ConnectionId, upload::Checked};

use crate::{open_workspace::OpenWorkspace, sync, transfers::TransferHandle, wire::ChosenFile};

/// The choices, and the uploads that pages announced.
#[derive(Default)]
pub(crate) struct PendingUploads {
    waiting: Mutex<Waiting>,
}

/// What waits.
#[derive(Default)]
pub(crate) struct Waiting {
    pub(crate) next: u64,
    /// By choice ID.
    pub(crate) chosen: BTreeMap<u64, Vec<(PathBuf, ChosenFile)>>,
    /// By transfer ID.
    pub(crate) expected: BTreeMap<u64, Expected>,
}

/// An upload that a page announced.
pub(crate) struct Expected {
    /// The workspace in which the upload was announced.
    pub(crate) workspace: Arc<OpenWorkspace>,
    pub(crate) target: UploadTarget,
    pub(crate) file: Checked,
    pub(crate) handle: TransferHandle,
}

/// The destination of an upload.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UploadTarget {
    pub(crate) company: CompanyId,
    pub(crate) connection: ConnectionId,
}

impl PendingUploads {
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut Waiting) -> T) -> T {
        act(&mut sync::lock(&self.waiting))
    }
}
