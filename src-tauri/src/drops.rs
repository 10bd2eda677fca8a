//! Files that are dragged over the window and dropped on it.

use tauri::{AppHandle, DragDropEvent, Manager};

use crate::calls::{self, Starting};

/// Tells the application; what becomes of the files is decided in the window.
pub(crate) async fn take(handle: AppHandle, drag: DragDropEvent) {
    let starting = handle.state::<Starting>().inner().clone();
    let Ok(app) = calls::started(starting).await else { return };
    match drag {
        DragDropEvent::Enter { paths, .. } => app.files_hover(!paths.is_empty()),
        DragDropEvent::Drop { paths, .. } => {
            app.files_hover(false);
            app.offer_files(paths).await;
        }
        DragDropEvent::Leave => app.files_hover(false),
        // Where exactly they are held does not matter; and what a newer version adds does not either.
        DragDropEvent::Over { .. } | _ => {}
    }
}
