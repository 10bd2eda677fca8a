//! The notices that the window shows above its screens.

use domain::Severity;

use super::App;
use crate::{error::Code, open_workspace::OpenWorkspace, options::SANDBOX, wire::Notice};

impl App {
    /// The notices of the shown workspace and of the last start.
    pub(super) fn notices(&self, workspace: &OpenWorkspace) -> Vec<Notice> {
        let sandbox = self.sandbox.as_ref().err().filter(|_| workspace.id() == SANDBOX).cloned();
        let database = workspace.damage().or_else(|| workspace.store().err());
        let engine = workspace.runner().err().filter(|_| database.is_none() && sandbox.is_none());
        [("sandbox", sandbox), ("database", database), ("engine", engine)]
            .into_iter()
            .filter_map(|(id, error)| {
                error.map(|error| Notice {
                    id: id.to_owned(),
                    tone: Severity::Error,
                    code: error.code,
                    message: error.message,
                    detail: error.detail,
                })
            })
            .chain(workspace.notices())
            .chain(self.registry_backup_failure.notice())
            .chain(cancelled_deletes(workspace))
            .chain(self.startup_notices.iter().cloned())
            .collect()
    }
}

/// The notice that the app closed before it sent some deletes.
fn cancelled_deletes(workspace: &OpenWorkspace) -> Option<Notice> {
    let names = workspace.cancelled_deletes();
    (!names.is_empty()).then(|| Notice {
        id: "cancelledDeletes".to_owned(),
        tone: Severity::Warning,
        code: Code::Cancelled,
        message: format!(
            "You quit within ten seconds of deleting {}, so we didn’t delete {}. Delete again if you still \
             want to.",
            names.join(", "),
            if names.len() == 1 { "it" } else { "them" },
        ),
        detail: None,
    })
}
