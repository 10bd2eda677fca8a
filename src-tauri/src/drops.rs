//! Files that are dragged over the window and dropped on it.

use app::App;
use tauri::{AppHandle, DragDropEvent, Manager};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use crate::calls::{self, Starting};

/// What happens to files over the window, in its order.
pub(crate) struct Drops(UnboundedSender<DragDropEvent>);

impl Drops {
    /// Has the application told, one after the other.
    pub(crate) fn follow(handle: &AppHandle) -> Self {
        let (send, drags) = mpsc::unbounded_channel();
        tauri::async_runtime::spawn(tell(handle.state::<Starting>().inner().clone(), drags));
        Self(send)
    }

    /// Something happened. Where exactly files are held does not matter.
    pub(crate) fn add(&self, drag: &DragDropEvent) {
        if !matches!(drag, DragDropEvent::Over { .. }) && self.0.send(drag.clone()).is_err() {
            tracing::warn!("files were dragged over a window without an application");
        }
    }
}

async fn tell(starting: Starting, mut drags: UnboundedReceiver<DragDropEvent>) {
    let Ok(app) = calls::started(starting).await else { return };
    while let Some(drag) = drags.recv().await {
        take(&app, drag).await;
    }
}

/// Tells the application; what becomes of the files is decided in the window.
async fn take(app: &App, drag: DragDropEvent) {
    match drag {
        DragDropEvent::Enter { paths, .. } => app.files_hover(!paths.is_empty()),
        DragDropEvent::Drop { paths, .. } => {
            app.files_hover(false);
            app.offer_files(paths).await;
        }
        DragDropEvent::Leave => app.files_hover(false),
        // What a newer version adds does not matter.
        DragDropEvent::Over { .. } | _ => {}
    }
}
