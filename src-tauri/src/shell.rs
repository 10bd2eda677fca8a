//! The life cycle of the program: start, tray and shutdown.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU16, Ordering},
    },
    time::Duration,
};

use app::{App, Code, Folders, TrayIcon, TrayMenu, WireError};
use tauri::{AppHandle, Emitter, Manager, RunEvent, WindowEvent};
use tauri_plugin_window_state::{AppHandleExt as _, StateFlags};
use tokio::{sync::watch, time::timeout};

use crate::{
    arguments::Arguments,
    calls::{self, Starting},
    desktop::ShellDesktop,
    drops::Drops,
    links, notify, signals, surroundings, tray, tray_host, window,
};

/// The name of the event that carries every [`app::Event`].
const EVENT: &str = "portal";

/// The parts of the window state that are saved.
const SAVED_STATE: StateFlags = StateFlags::all().difference(StateFlags::VISIBLE);
/// The timeout of the shutdown, for a start in progress and then for stopping.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);

/// What happens when the window closes. All values are available without waiting.
pub(crate) struct CloseBehavior {
    /// Whether the user wants the app to stay in the tray.
    pub(crate) close_to_tray: AtomicBool,
    /// Whether there is a tray host. `None` until the first check.
    pub(crate) tray: watch::Sender<Option<bool>>,
    /// Whether the user quit; this overrides everything.
    pub(crate) quitting: watch::Sender<bool>,
    /// The zoom of the page, in percent.
    pub(crate) zoom: AtomicU16,
}

impl Default for CloseBehavior {
    fn default() -> Self {
        Self {
            close_to_tray: AtomicBool::default(),
            tray: watch::Sender::default(),
            quitting: watch::Sender::default(),
            zoom: AtomicU16::new(100),
        }
    }
}

/// Runs the program.
pub(crate) fn run(arguments: Arguments) -> tauri::Result<()> {
    let folders = data_folders(&arguments);
    let mut log = folders.as_ref().ok().and_then(|folders| {
        folders.prepare().ok()?;
        app::report_panics_to(&folders.panics());
        app::start_log(&folders.log())
    });
    let (send, starting) = watch::channel(None);
    let hidden = arguments.hidden;
    tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|handle, arguments, _folder| {
            match links::link_argument(&arguments) {
                Some(link) => links::open(handle, link),
                None => show(handle),
            }
        }))
        .plugin(tauri_plugin_window_state::Builder::new().with_state_flags(SAVED_STATE).build())
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_autostart::Builder::new().app_name("Portal Desktop").args(["--hidden"]).build())
        .manage::<Starting>(starting)
        .manage(Arc::new(CloseBehavior::default()))
        .manage(tray::TrayMenus::default())
        .manage(notify::Notifier::default())
        .invoke_handler(tauri::generate_handler![calls::call])
        .setup(move |tauri| {
            let handle = tauri.handle().clone();
            signals::quit_on_signal(&handle);
            handle.manage(Drops::start(&handle));
            tray::show(&handle, TrayMenu::without_workspaces(TrayIcon::Starting, "Starting…"));
            tauri::async_runtime::spawn(tray_host::follow(handle.clone()));
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
            let handle = window.app_handle();
            if let WindowEvent::CloseRequested { api, .. } = event {
                api.prevent_close();
                save_window_placement(handle);
                tauri::async_runtime::spawn(close(handle.clone()));
            } else if let WindowEvent::Focused(false) = event {
                save_window_placement(handle);
            } else if let WindowEvent::DragDrop(drag) = event {
                handle.state::<Drops>().add(drag);
            }
        })
        .build(tauri::generate_context!())?
        .run(move |handle, event| {
            if let RunEvent::ExitRequested { code: None, api, .. } = &event {
                if stays_in_tray(handle) {
                    api.prevent_exit();
                }
            } else if matches!(event, RunEvent::Exit) {
                stop(handle);
                // Writes the last lines of the log. All data is saved, and the normal exit would remove the
                // tray icon, which waits for a host that may hang.
                drop(log.take());
                std::process::exit(0);
            }
        });
    Ok(())
}

/// Saves the size and position of the window. Must be called on the main thread, because other threads would
/// block on it.
fn save_window_placement(handle: &AppHandle) {
    if let Err(error) = handle.save_window_state(SAVED_STATE) {
        tracing::warn!(%error, "the window's place could not be kept");
    }
}

/// Shuts the program down.
pub(crate) fn quit(handle: &AppHandle) {
    handle.state::<Arc<CloseBehavior>>().quitting.send_replace(true);
    handle.exit(0);
}

/// Shows the window. Can be called on any thread.
pub(crate) fn show(handle: &AppHandle) {
    let shown = handle.clone();
    let queued = handle.run_on_main_thread(move || {
        if let Err(error) = window::show(&shown) {
            tracing::error!(%error, "the window could not be shown");
        }
    });
    if let Err(error) = queued {
        tracing::error!(%error, "the window could not be asked for");
    }
}

fn data_folders(arguments: &Arguments) -> Result<Folders, WireError> {
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
    let result = match folders {
        Ok(folders) => open(handle.clone(), arguments, folders).await,
        Err(error) => Err(error),
    };
    if let Err(error) = &result {
        tracing::error!(%error, "the application could not start");
        let reason = "Portal Desktop couldn’t start";
        tray::show(&handle, TrayMenu::without_workspaces(TrayIcon::Unreachable, reason));
        show(&handle);
    }
    if let Ok(app) = &result {
        tauri::async_runtime::spawn(forward_events(handle, app.clone()));
        tauri::async_runtime::spawn(surroundings::follow(app.clone()));
    }
    // An error means that no call waits for the application.
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

/// Forwards events to the window. A window that missed events loads everything again.
async fn forward_events(handle: AppHandle, app: Arc<App>) {
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

/// Closes the window into the tray, or quits if there is no tray or the user does not want it. The application
/// is informed afterwards, so that the window closes at once.
async fn close(handle: AppHandle) {
    let close_behavior = handle.state::<Arc<CloseBehavior>>().inner().clone();
    // The first check has a timeout.
    drop(close_behavior.tray.subscribe().wait_for(Option::is_some).await);
    if !stays_in_tray(&handle) {
        return quit(&handle);
    }
    if let Some(window) = handle.get_webview_window(window::MAIN)
        && let Err(error) = window.destroy()
    {
        tracing::error!(%error, "the window could not be closed");
    }
    let started = handle.state::<Starting>().inner().clone();
    if let Ok(app) = calls::started(started).await {
        app.window_closed().await;
        app.notify_still_running().await;
    }
}

/// Whether the program keeps running without a window.
fn stays_in_tray(handle: &AppHandle) -> bool {
    let close_behavior = handle.state::<Arc<CloseBehavior>>();
    close_behavior.tray.borrow().is_some_and(|is_there| is_there)
        && close_behavior.close_to_tray.load(Ordering::Acquire)
        && !*close_behavior.quitting.borrow()
}

/// Tauri never drops managed state, so the application is stopped here.
fn stop(handle: &AppHandle) {
    let started = handle.state::<Starting>().inner().clone();
    tauri::async_runtime::block_on(async {
        let Ok(Ok(app)) = timeout(SHUTDOWN_TIMEOUT, calls::started(started)).await else { return };
        match timeout(SHUTDOWN_TIMEOUT, app.stop()).await {
            Ok(()) => tracing::info!("stopped"),
            Err(_) => tracing::warn!("what was under way did not end in time"),
        }
    });
}
