//! Files that the user drags onto the window.

use app::App;
use tauri::{AppHandle, DragDropEvent, Manager};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use crate::calls::{self, Starting};

/// Drag events in the order in which they occurred.
pub(crate) struct Drops(UnboundedSender<DragDropEvent>);

impl Drops {
    /// Starts the task that passes events to the application one after the other.
    pub(crate) fn start(handle: &AppHandle) -> Self {
        let (send, drags) = mpsc::unbounded_channel();
        tauri::async_runtime::spawn(forward(handle.state::<Starting>().inner().clone(), drags));
        Self(send)
    }

    /// Queues an event. The position of the pointer is ignored.
    pub(crate) fn add(&self, drag: &DragDropEvent) {
        if !matches!(drag, DragDropEvent::Over { .. }) && self.0.send(drag.clone()).is_err() {
            tracing::warn!("files were dragged over a window without an application");
        }
    }
}

async fn forward(starting: Starting, mut drags: UnboundedReceiver<DragDropEvent>) {
    let Ok(app) = calls::started(starting).await else { return };
    while let Some(drag) = drags.recv().await {
        handle_drag(&app, drag).await;
    }
}

/// Passes events to the application; the window decides what happens to the files.
async fn handle_drag(app: &App, drag: DragDropEvent) {
    match drag {
        DragDropEvent::Enter { paths, .. } => app.files_hover(!paths.is_empty()),
        DragDropEvent::Drop { paths, .. } => {
            app.files_hover(false);
            app.offer_files(paths).await;
        }
        DragDropEvent::Leave => app.files_hover(false),
        // Events of newer versions are ignored.
        DragDropEvent::Over { .. } | _ => {}
    }
}
