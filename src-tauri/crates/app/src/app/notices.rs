//! The notices that the window shows above its screens.

use super::{App, SANDBOX};
use crate::{
    desk::Desk,
    error::Code,
    wire::{Notice, Tone},
};

impl App {
    /// The notices of the shown workspace and of the last start.
    pub(super) fn notices(&self, desk: &Desk) -> Vec<Notice> {
        let sandbox = self.sandbox.as_ref().err().filter(|_| desk.id() == SANDBOX).cloned();
        let database = desk.damage().or_else(|| desk.store().err());
        let engine = desk.runner().err().filter(|_| database.is_none() && sandbox.is_none());
        [("sandbox", sandbox), ("database", database), ("engine", engine)]
            .into_iter()
            .filter_map(|(id, error)| {
                error.map(|error| Notice {
                    id: id.to_owned(),
                    tone: Tone::Error,
                    code: error.code,
                    message: error.message,
                    detail: error.detail,
                })
            })
            .chain(desk.notices())
            .chain(self.registry_backup_failure.notice())
            .chain(cancelled_deletes(desk))
            .chain(self.at_start.iter().cloned())
            .collect()
    }
}

/// The notice that the app closed before it sent some deletes.
fn cancelled_deletes(desk: &Desk) -> Option<Notice> {
    let names = desk.cancelled_deletes();
    (!names.is_empty()).then(|| Notice {
        id: "cancelledDeletes".to_owned(),
        tone: Tone::Warning,
        code: Code::Cancelled,
        message: format!(
            "You quit within ten seconds of deleting {}, so we did not delete {}. Delete again if you still want to.",
            names.join(", "),
            if names.len() == 1 { "it" } else { "them" },
        ),
        detail: None,
    })
}
