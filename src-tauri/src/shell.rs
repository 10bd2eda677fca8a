//! Starting, living in the tray, and ending.

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

/// What is remembered of the window's place.
const REMEMBERED: StateFlags = StateFlags::all().difference(StateFlags::VISIBLE);
/// At the end, a start that is under way is waited for this long, and then the stop of what has started.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the window and its end need to know at once.
pub(crate) struct Manners {
    /// The person wants the app to stay in the tray.
    pub(crate) close_to_tray: AtomicBool,
    /// Whether a tray host is there; nothing until it was looked for.
    pub(crate) tray: watch::Sender<Option<bool>>,
    /// Quit was chosen; nothing holds it up.
    pub(crate) quitting: watch::Sender<bool>,
    /// The size of the window's page, in percent.
    pub(crate) zoom: AtomicU16,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            close_to_tray: AtomicBool::default(),
            tray: watch::Sender::default(),
            quitting: watch::Sender::default(),
            zoom: AtomicU16::new(100),
        }
    }
}

/// Runs the program to its end.
pub(crate) fn run(arguments: Arguments) -> tauri::Result<()> {
    let folders = folders(&arguments);
    let mut log = folders.as_ref().ok().and_then(|folders| {
        folders.prepare().ok()?;
        app::report_panics_to(&folders.panics());
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
        .plugin(tauri_plugin_window_state::Builder::new().with_state_flags(REMEMBERED).build())
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_autostart::Builder::new().args(["--hidden"]).build())
        .manage::<Starting>(starting)
        .manage(Arc::new(Manners::default()))
        .manage(tray::Drawn::default())
        .manage(notify::Notifier::default())
        .invoke_handler(tauri::generate_handler![calls::call])
        .setup(move |tauri| {
            let handle = tauri.handle().clone();
            signals::quit_when_told(&handle);
            handle.manage(Drops::follow(&handle));
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
                keep_place(handle);
                tauri::async_runtime::spawn(close(handle.clone()));
            } else if let WindowEvent::Focused(false) = event {
                keep_place(handle);
            } else if let WindowEvent::DragDrop(drag) = event {
                handle.state::<Drops>().add(drag);
            }
        })
        .build(tauri::generate_context!())?
        .run(move |handle, event| {
            if let RunEvent::ExitRequested { code: None, api, .. } = &event {
                if stays(handle) {
                    api.prevent_exit();
                }
            } else if matches!(event, RunEvent::Exit) {
                stop(handle);
                // The log's last lines. All is kept: what would follow is the end of the tray's icon, which waits
                // for a host that may hang.
                drop(log.take());
                std::process::exit(0);
            }
        });
    Ok(())
}

/// Keeps the window's place for the next start. On the main thread alone: elsewhere it would wait for that one.
fn keep_place(handle: &AppHandle) {
    if let Err(error) = handle.save_window_state(REMEMBERED) {
        tracing::warn!(%error, "the window's place could not be kept");
    }
}

/// Ends the program in good order.
pub(crate) fn quit(handle: &AppHandle) {
    handle.state::<Arc<Manners>>().quitting.send_replace(true);
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
    let result = match folders {
        Ok(folders) => open(handle.clone(), arguments, folders).await,
        Err(error) => Err(error),
    };
    if let Err(error) = &result {
        tracing::error!(%error, "the application could not start");
        let reason = "Portal Desktop could not start";
        tray::show(&handle, TrayMenu::without_workspaces(TrayIcon::Unreachable, reason));
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

/// The window is to close: into the tray where there is one and the person wants that, else the program ends. The
/// application is told beside: nothing holds a window up.
async fn close(handle: AppHandle) {
    let manners = handle.state::<Arc<Manners>>().inner().clone();
    // The first look for a tray host has an end of its own.
    drop(manners.tray.subscribe().wait_for(Option::is_some).await);
    if !stays(&handle) {
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
        app.say_that_it_stays().await;
    }
}

/// Whether the program stays in the tray without a window.
fn stays(handle: &AppHandle) -> bool {
    let manners = handle.state::<Arc<Manners>>();
    manners.tray.borrow().is_some_and(|is_there| is_there)
        && manners.close_to_tray.load(Ordering::Acquire)
        && !*manners.quitting.borrow()
}

/// Managed state is never dropped, so what is kept is closed here.
fn stop(handle: &AppHandle) {
    let started = handle.state::<Starting>().inner().clone();
    tauri::async_runtime::block_on(async {
        let Ok(Ok(app)) = timeout(PATIENCE, calls::started(started)).await else { return };
        match timeout(PATIENCE, app.stop()).await {
            Ok(()) => tracing::info!("stopped"),
            Err(_) => tracing::warn!("what was under way did not end in time"),
        }
    });
}
