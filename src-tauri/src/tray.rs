//! The tray: drawn from a value, and its entries read back from their identifiers.

use std::sync::{Arc, Mutex, PoisonError};

use app::{App, Event, TrayIcon, TrayItem, TrayMenu, WireError};
use serde_json::{Value, json};
use tauri::{
    AppHandle, Manager, Wry,
    menu::{IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu},
    tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent},
};

use crate::{
    calls::{self, Starting},
    icon, shell,
};

/// The one tray icon.
const ID: &str = "main";

/// The tray as it is to be, and as it was drawn.
#[derive(Default)]
pub(crate) struct Drawn(Mutex<Menus>);

#[derive(Default)]
struct Menus {
    wanted: Option<TrayMenu>,
    drawn: Option<TrayMenu>,
    /// A host is there that answers: only then is anything drawn, because drawing waits for it.
    has_host: bool,
}

/// Draws the tray as it is to be, now or once a host is there.
pub(crate) fn show(handle: &AppHandle, menu: TrayMenu) {
    change(handle, |menus| menus.wanted = Some(menu));
}

/// A host came or went. One that comes again is given the icon by the library.
pub(crate) fn host(handle: &AppHandle, is_there: bool) {
    change(handle, |menus| menus.has_host = is_there);
}

fn change(handle: &AppHandle, edit: impl FnOnce(&mut Menus)) {
    let drawn = handle.state::<Drawn>();
    edit(&mut drawn.0.lock().unwrap_or_else(PoisonError::into_inner));
    let shown = handle.clone();
    if let Err(error) = handle.run_on_main_thread(move || redraw(&shown)) {
        tracing::warn!(%error, "the tray could not be asked for");
    }
}

fn redraw(handle: &AppHandle) {
    let menus = handle.state::<Drawn>();
    let wanted = {
        let menus = menus.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !menus.has_host || menus.drawn == menus.wanted {
            return;
        }
        menus.wanted.clone()
    };
    let Some(menu) = &wanted else { return };
    match draw(handle, menu) {
        Ok(()) => menus.0.lock().unwrap_or_else(PoisonError::into_inner).drawn = wanted,
        Err(error) => tracing::warn!(%error, "the tray could not be drawn"),
    }
}

/// Puts the icon into the tray.
fn create(handle: &AppHandle) -> tauri::Result<()> {
    TrayIconBuilder::with_id(ID)
        .icon(icon::picture(TrayIcon::Starting))
        .title("Portal Desktop")
        .tooltip("Portal Desktop")
        .show_menu_on_left_click(false)
        .on_menu_event(|handle, event| chosen(handle, event.id().as_ref()))
        .on_tray_icon_event(|tray, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
            {
                shell::show(tray.app_handle());
            }
        })
        .build(handle)?;
    Ok(())
}

fn draw(handle: &AppHandle, menu: &TrayMenu) -> tauri::Result<()> {
    if handle.tray_by_id(ID).is_none() {
        create(handle)?;
    }
    let Some(tray) = handle.tray_by_id(ID) else { return Ok(()) };
    let items = entries(handle, &menu.items)?;
    let items: Vec<&dyn IsMenuItem<Wry>> = items.iter().map(AsRef::as_ref).collect();
    tray.set_menu(Some(Menu::with_items(handle, &items)?))?;
    tray.set_icon(Some(icon::picture(menu.icon)))?;
    tray.set_tooltip(Some(&menu.tooltip))
}

fn entries(handle: &AppHandle, items: &[TrayItem]) -> tauri::Result<Vec<Box<dyn IsMenuItem<Wry>>>> {
    items.iter().map(|item| entry(handle, item)).collect()
}

fn entry(handle: &AppHandle, item: &TrayItem) -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
    let plain = |id: String, label: &str| -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
        Ok(Box::new(MenuItem::with_id(handle, id, escaped(label), true, None::<&str>)?))
    };
    match item {
        TrayItem::Line(text) => Ok(Box::new(MenuItem::new(handle, escaped(text), false, None::<&str>)?)),
        TrayItem::Separator => Ok(Box::new(PredefinedMenuItem::separator(handle)?)),
        TrayItem::Open => plain("open".into(), "Open"),
        TrayItem::RefreshNow => plain("refresh".into(), "Refresh now"),
        TrayItem::Pause { pause: true } => plain("pause".into(), "Pause"),
        TrayItem::Pause { pause: false } => plain("resume".into(), "Go on"),
        TrayItem::CopyLink { workspace, company, connection, label } => {
            plain(format!("copy {workspace} {company} {connection}"), label)
        }
        TrayItem::RefreshData { workspace, company } => {
            plain(format!("data {workspace} {company}"), "Refresh data")
        }
        TrayItem::OpenCompany { workspace, company } => {
            plain(format!("company {workspace} {company}"), "Open")
        }
        TrayItem::More { workspace, label } => plain(format!("more {workspace}"), label),
        TrayItem::Quit => plain("quit".into(), "Quit"),
        TrayItem::Company { label, items } => {
            let inner = entries(handle, items)?;
            let inner: Vec<&dyn IsMenuItem<Wry>> = inner.iter().map(AsRef::as_ref).collect();
            Ok(Box::new(Submenu::with_items(handle, escaped(label), true, &inner)?))
        }
    }
}

/// An ampersand in a label would underline the next letter.
fn escaped(label: &str) -> String {
    label.replace('&', "&&")
}

/// What an entry asks for.
#[derive(Debug, PartialEq)]
enum Choice {
    Open,
    Quit,
    RefreshAll,
    PauseAll(bool),
    Show { workspace: String, company: Option<String>, search: Option<String> },
    Call { workspace: String, name: &'static str, args: Value },
}

fn read(id: &str) -> Option<Choice> {
    let words: Vec<&str> = id.split(' ').collect();
    match words.as_slice() {
        ["open"] => Some(Choice::Open),
        ["quit"] => Some(Choice::Quit),
        ["refresh"] => Some(Choice::RefreshAll),
        ["pause"] => Some(Choice::PauseAll(true)),
        ["resume"] => Some(Choice::PauseAll(false)),
        ["more", workspace] => Some(Choice::Show {
            workspace: (*workspace).to_owned(),
            company: None,
            search: Some("is:attention".to_owned()),
        }),
        ["company", workspace, company] => Some(Choice::Show {
            workspace: (*workspace).to_owned(),
            company: Some((*company).to_owned()),
            search: None,
        }),
        ["data", workspace, company] => Some(Choice::Call {
            workspace: (*workspace).to_owned(),
            name: "refreshData",
            args: json!({ "id": company }),
        }),
        ["copy", workspace, company, connection] => Some(Choice::Call {
            workspace: (*workspace).to_owned(),
            name: "copyLinkUrl",
            args: json!({ "company": company, "connection": connection }),
        }),
        _ => None,
    }
}

fn chosen(handle: &AppHandle, id: &str) {
    match read(id) {
        None => {}
        Some(Choice::Open) => shell::show(handle),
        Some(Choice::Quit) => shell::quit(handle),
        Some(Choice::Show { workspace, company, search }) => {
            shell::show(handle);
            with_app(handle, move |app| async move {
                let company = company.and_then(|id| id.parse().ok());
                app.show_in_window(Some(workspace), company, search, None);
            });
        }
        Some(Choice::RefreshAll) => {
            act(handle, "refreshNow", |app| async move { app.refresh_all_workspaces().await });
        }
        Some(Choice::PauseAll(paused)) => {
            act(handle, "pause", move |app| async move { app.pause_all_workspaces(paused).await });
        }
        Some(Choice::Call { workspace, name, args }) => {
            act(handle, name, move |app| async move {
                app.answer_in(Some(&workspace), name, args).await.map(drop)
            });
        }
    }
}

/// Carries out what an entry asks for. An error is shown in the window.
fn act<F, R>(handle: &AppHandle, name: &'static str, run: F)
where
    F: FnOnce(Arc<App>) -> R + Send + 'static,
    R: Future<Output = Result<(), WireError>> + Send,
{
    let shown = handle.clone();
    with_app(handle, move |app| async move {
        if let Err(error) = run(app.clone()).await {
            tracing::warn!(%error, name, "the tray's choice failed");
            shell::show(&shown);
            app.announce(Event::Notice { tone: app::Tone::Warning, message: error.message });
        }
    });
}

fn with_app<F, R>(handle: &AppHandle, run: F)
where
    F: FnOnce(Arc<App>) -> R + Send + 'static,
    R: Future<Output = ()> + Send,
{
    let starting = handle.state::<Starting>().inner().clone();
    tauri::async_runtime::spawn(async move {
        if let Ok(app) = calls::started(starting).await {
            run(app).await;
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_read_back_as_what_it_says() {
        assert_eq!(read("open"), Some(Choice::Open));
        assert_eq!(read("pause"), Some(Choice::PauseAll(true)));
        assert_eq!(
            read("copy w a b"),
            Some(Choice::Call {
                workspace: "w".to_owned(),
                name: "copyLinkUrl",
                args: json!({ "company": "a", "connection": "b" })
            })
        );
        assert_eq!(
            read("more w"),
            Some(Choice::Show {
                workspace: "w".to_owned(),
                company: None,
                search: Some("is:attention".to_owned())
            })
        );
        assert_eq!(read("copy a b"), None, "an entry without its workspace does nothing");
    }
}
