//! Starting, living in the tray, and ending.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use app::{App, Code, Folders, WireError};
use tauri::{AppHandle, Emitter, Manager, RunEvent, WindowEvent};
use tauri_plugin_window_state::StateFlags;
use tokio::sync::watch;

use crate::{
    arguments::Arguments,
    calls::{self, Starting},
    desktop::ShellDesktop,
    drops, links, surroundings, tray_host, window,
};

/// The name of the event that carries every [`app::Event`].
const EVENT: &str = "portal";

/// What closing the window needs to know at once.
#[derive(Default)]
pub(crate) struct Manners {
    /// The person wants the app to stay in the tray.
    pub(crate) close_to_tray: AtomicBool,
    /// A tray host is there.
    pub(crate) tray: AtomicBool,
    /// Quit was chosen; nothing holds it up.
    pub(crate) quitting: AtomicBool,
}

/// Runs the program to its end.
pub(crate) fn run(arguments: Arguments) -> tauri::Result<()> {
    let folders = folders(&arguments);
    let log = folders.as_ref().ok().and_then(|folders| {
        folders.prepare().ok()?;
        app::start_log(&folders.log())
    });
    let (send, starting) = watch::channel(None);
    let hidden = arguments.hidden;
    tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|handle, arguments, _folder| {
            match links::among(&arguments) {
                Some(link) => links::open(handle, link),
                None => show(handle),
            }
        }))
        .plugin(
            tauri_plugin_window_state::Builder::new()
                .with_state_flags(StateFlags::all() & !StateFlags::VISIBLE)
                .build(),
        )
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_autostart::Builder::new().args(["--hidden"]).build())
        .manage::<Starting>(starting)
        .manage(Arc::new(Manners::default()))
        .invoke_handler(tauri::generate_handler![calls::call])
        .setup(move |tauri| {
            let handle = tauri.handle().clone();
            links::register(&handle, arguments.data_dir.is_some());
            if !hidden {
                window::show(&handle)?;
            }
            if let Some(link) = arguments.link.clone() {
                links::open(&handle, link);
            }
            tauri::async_runtime::spawn(start(handle, arguments, folders, send));
            Ok(())
        })
        .on_window_event(|window, event| {
            if let WindowEvent::CloseRequested { api, .. } = event {
                api.prevent_close();
                tauri::async_runtime::spawn(close(window.app_handle().clone()));
            } else if let WindowEvent::DragDrop(drag) = event {
                tauri::async_runtime::spawn(drops::take(window.app_handle().clone(), drag.clone()));
            }
        })
        .build(tauri::generate_context!())?
        .run(|handle, event| {
            if let RunEvent::ExitRequested { code: None, api, .. } = &event {
                if stays(handle) {
                    api.prevent_exit();
                }
            } else if matches!(event, RunEvent::Exit) {
                stop(handle);
            }
        });
    drop(log);
    Ok(())
}

/// Ends the program in good order.
pub(crate) fn quit(handle: &AppHandle) {
    handle.state::<Arc<Manners>>().quitting.store(true, Ordering::Release);
    handle.exit(0);
}

/// Shows the window, from wherever that was asked.
pub(crate) fn show(handle: &AppHandle) {
    let shown = handle.clone();
    let asked = handle.run_on_main_thread(move || {
        if let Err(error) = window::show(&shown) {
            tracing::error!(%error, "the window could not be shown");
        }
    });
    if let Err(error) = asked {
        tracing::error!(%error, "the window could not be asked for");
    }
}

fn folders(arguments: &Arguments) -> Result<Folders, WireError> {
    match &arguments.data_dir {
        Some(dir) => Ok(Folders::under(dir)),
        None => Folders::platform().map_err(|error| WireError::new(Code::Database, error.to_string())),
    }
}

async fn start(
    handle: AppHandle,
    arguments: Arguments,
    folders: Result<Folders, WireError>,
    send: watch::Sender<Option<Result<Arc<App>, WireError>>>,
) {
    let manners = handle.state::<Arc<Manners>>().inner().clone();
    manners.tray.store(tray_host::is_there().await, Ordering::Release);
    let result = match folders {
        Ok(folders) => open(handle.clone(), arguments, folders).await,
        Err(error) => Err(error),
    };
    if let Err(error) = &result {
        tracing::error!(%error, "the application could not start");
        show(&handle);
    }
    if let Ok(app) = &result {
        tauri::async_runtime::spawn(pass_events_on(handle, app.clone()));
        tauri::async_runtime::spawn(surroundings::follow(app.clone()));
    }
    // The window's calls wait for this; without a window nobody does.
    let _ = send.send(Some(result));
}

async fn open(handle: AppHandle, arguments: Arguments, folders: Folders) -> Result<Arc<App>, WireError> {
    let desktop = Arc::new(ShellDesktop::new(handle));
    let options = app::Options {
        sandbox_companies: arguments.companies,
        codat_base: arguments.codat_base,
        ..app::Options::default()
    };
    App::start(folders, desktop, options)
        .await
        .map_err(|error| WireError::new(Code::Database, error.to_string()))
}

/// Events to the window; a window that fell behind is told to ask for everything.
async fn pass_events_on(handle: AppHandle, app: Arc<App>) {
    use tokio::sync::broadcast::error::RecvError;
    let mut events = app.events();
    loop {
        let event = match events.recv().await {
            Ok(event) => event,
            Err(RecvError::Lagged(_)) => app::Event::Session,
            Err(RecvError::Closed) => return,
        };
        if let Err(error) = handle.emit(EVENT, event) {
            tracing::warn!(%error, "an event did not reach the window");
        }
    }
}

/// The window is to close: into the tray where there is one and the person wants that, else the program ends.
async fn close(handle: AppHandle) {
    let manners = handle.state::<Arc<Manners>>().inner().clone();
    manners.tray.store(tray_host::is_there().await, Ordering::Release);
    if !stays(&handle) {
        return quit(&handle);
    }
    let started = handle.state::<Starting>().inner().clone();
    if let Ok(app) = calls::started(started).await {
        app.window_closed().await;
        app.say_that_it_stays().await;
    }
    if let Some(window) = handle.get_webview_window(window::MAIN)
        && let Err(error) = window.destroy()
    {
        tracing::error!(%error, "the window could not be closed");
    }
}

/// Whether the program stays in the tray without a window.
fn stays(handle: &AppHandle) -> bool {
    let manners = handle.state::<Arc<Manners>>();
    manners.tray.load(Ordering::Acquire)
        && manners.close_to_tray.load(Ordering::Acquire)
        && !manners.quitting.load(Ordering::Acquire)
}

/// Managed state is never dropped, so what is kept is closed here.
fn stop(handle: &AppHandle) {
    let known = handle.state::<Starting>().borrow().clone();
    if let Some(Ok(app)) = known {
        tauri::async_runtime::block_on(app.stop());
    }
}
