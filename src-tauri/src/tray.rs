//! Draws the tray menu. The ID of an entry contains its action.

use std::sync::{Arc, Mutex, PoisonError};

use app::{App, Event, PauseEnd, TrayIcon, TrayItem, TrayMenu, WireError};
use tauri::{
    AppHandle, Manager, Wry,
    menu::{IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu},
    tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent},
};

use crate::{
    calls::{self, Starting},
    icon, shell,
};

/// The ID of the tray icon.
const ID: &str = "main";

/// The desired menu and the drawn one.
#[derive(Default)]
pub(crate) struct TrayMenus(Mutex<MenuState>);

#[derive(Default)]
struct MenuState {
    desired: Option<TrayMenu>,
    drawn: Option<TrayMenu>,
    /// Whether a tray host answers. Without one nothing is drawn, because drawing would block.
    has_host: bool,
}

/// Draws a menu, now or when there is a tray host.
pub(crate) fn show(handle: &AppHandle, menu: TrayMenu) {
    change(handle, |menus| menus.desired = Some(menu));
}

/// Reports whether there is a tray host. The tray library registers the icon again by itself.
pub(crate) fn set_has_host(handle: &AppHandle, has_host: bool) {
    change(handle, |menus| menus.has_host = has_host);
}

fn change(handle: &AppHandle, edit: impl FnOnce(&mut MenuState)) {
    let drawn = handle.state::<TrayMenus>();
    edit(&mut drawn.0.lock().unwrap_or_else(PoisonError::into_inner));
    let shown = handle.clone();
    if let Err(error) = handle.run_on_main_thread(move || redraw(&shown)) {
        tracing::warn!(%error, "the tray could not be asked for");
    }
}

fn redraw(handle: &AppHandle) {
    let menus = handle.state::<TrayMenus>();
    let desired = {
        let menus = menus.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !menus.has_host || menus.drawn == menus.desired {
            return;
        }
        menus.desired.clone()
    };
    let Some(menu) = &desired else { return };
    match draw(handle, menu) {
        Ok(()) => menus.0.lock().unwrap_or_else(PoisonError::into_inner).drawn = desired,
        Err(error) => tracing::warn!(%error, "the tray could not be drawn"),
    }
}

/// Adds the icon to the tray.
fn build_icon(handle: &AppHandle) -> tauri::Result<()> {
    TrayIconBuilder::with_id(ID)
        .icon(icon::picture(TrayIcon::Starting))
        .title("Portal Desktop")
        .tooltip("Portal Desktop")
        .show_menu_on_left_click(false)
        .on_menu_event(|handle, event| run_action(handle, event.id().as_ref()))
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
        build_icon(handle)?;
    }
    let Some(tray) = handle.tray_by_id(ID) else { return Ok(()) };
    let items = menu_items(handle, &menu.items)?;
    let items: Vec<&dyn IsMenuItem<Wry>> = items.iter().map(AsRef::as_ref).collect();
    tray.set_menu(Some(Menu::with_items(handle, &items)?))?;
    tray.set_icon(Some(icon::picture(menu.icon)))?;
    tray.set_tooltip(Some(&menu.tooltip))
}

fn menu_items(handle: &AppHandle, items: &[TrayItem]) -> tauri::Result<Vec<Box<dyn IsMenuItem<Wry>>>> {
    items.iter().map(|item| menu_item(handle, item)).collect()
}

fn menu_item(handle: &AppHandle, item: &TrayItem) -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
    let plain = |id: String, label: &str| -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
        Ok(Box::new(MenuItem::with_id(handle, id, escaped(label), true, None::<&str>)?))
    };
    match item {
        TrayItem::Line(text) => Ok(Box::new(MenuItem::new(handle, escaped(text), false, None::<&str>)?)),
        TrayItem::Separator => Ok(Box::new(PredefinedMenuItem::separator(handle)?)),
        TrayItem::Open => plain("open".into(), "Open"),
        TrayItem::RefreshNow => plain("refresh".into(), "Check now"),
        TrayItem::Pause(PauseEnd::Hour) => plain("pause hour".into(), "For an hour"),
        TrayItem::Pause(PauseEnd::Tomorrow) => plain("pause tomorrow".into(), "Until tomorrow"),
        TrayItem::Pause(PauseEnd::Resumed) => plain("pause".into(), "Until I resume"),
        TrayItem::Resume => plain("resume".into(), "Resume"),
        TrayItem::OpenWorkspace { workspace, label } => plain(format!("workspace {workspace}"), label),
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
        TrayItem::OpenView { workspace, view, label } => plain(format!("view {workspace} {view}"), label),
        TrayItem::PauseChoices(items) => submenu(handle, "Pause", items),
        TrayItem::Company { label, items } | TrayItem::Views { label, items } => {
            submenu(handle, label, items)
        }
    }
}

fn submenu(handle: &AppHandle, label: &str, items: &[TrayItem]) -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
    let inner = menu_items(handle, items)?;
    let inner: Vec<&dyn IsMenuItem<Wry>> = inner.iter().map(AsRef::as_ref).collect();
    Ok(Box::new(Submenu::with_items(handle, escaped(label), true, &inner)?))
}

/// An ampersand in a label would underline the next letter.
fn escaped(label: &str) -> String {
    label.replace('&', "&&")
}

/// The action of a menu entry.
#[derive(Debug, PartialEq)]
enum MenuAction {
    Open,
    Quit,
    RefreshAll,
    PauseAll(PauseEnd),
    ResumeAll,
    Show { workspace: String, company: Option<String>, search: Option<String> },
    ShowView { workspace: String, view: String },
    RefreshData { workspace: String, company: String },
    CopyLink { workspace: String, company: String, connection: String },
}

fn parse_action(id: &str) -> Option<MenuAction> {
    let words: Vec<&str> = id.split(' ').collect();
    match words.as_slice() {
        ["open"] => Some(MenuAction::Open),
        ["quit"] => Some(MenuAction::Quit),
        ["refresh"] => Some(MenuAction::RefreshAll),
        ["pause"] => Some(MenuAction::PauseAll(PauseEnd::Resumed)),
        ["pause", "hour"] => Some(MenuAction::PauseAll(PauseEnd::Hour)),
        ["pause", "tomorrow"] => Some(MenuAction::PauseAll(PauseEnd::Tomorrow)),
        ["resume"] => Some(MenuAction::ResumeAll),
        ["workspace", workspace] => {
            Some(MenuAction::Show { workspace: (*workspace).to_owned(), company: None, search: None })
        }
        ["more", workspace] => Some(MenuAction::Show {
            workspace: (*workspace).to_owned(),
            company: None,
            search: Some("is:attention".to_owned()),
        }),
        ["company", workspace, company] => Some(MenuAction::Show {
            workspace: (*workspace).to_owned(),
            company: Some((*company).to_owned()),
            search: None,
        }),
        ["view", workspace, view] => {
            Some(MenuAction::ShowView { workspace: (*workspace).to_owned(), view: (*view).to_owned() })
        }
        ["data", workspace, company] => Some(MenuAction::RefreshData {
            workspace: (*workspace).to_owned(),
            company: (*company).to_owned(),
        }),
        ["copy", workspace, company, connection] => Some(MenuAction::CopyLink {
            workspace: (*workspace).to_owned(),
            company: (*company).to_owned(),
            connection: (*connection).to_owned(),
        }),
        _ => None,
    }
}

fn run_action(handle: &AppHandle, id: &str) {
    match parse_action(id) {
        None => {}
        Some(MenuAction::Open) => shell::show(handle),
        Some(MenuAction::Quit) => shell::quit(handle),
        Some(MenuAction::Show { workspace, company, search }) => {
            shell::show(handle);
            with_app(handle, move |app| async move {
                let company = company.and_then(|id| id.parse().ok());
                app.show_in_window(Some(workspace), company, search, None);
            });
        }
        Some(MenuAction::ShowView { workspace, view }) => {
            shell::show(handle);
            with_app(handle, move |app| async move { app.show_view(workspace, view) });
        }
        Some(MenuAction::RefreshAll) => {
            run_command(handle, "refreshNow", |app| async move { app.refresh_all_workspaces().await });
        }
        Some(MenuAction::PauseAll(end)) => {
            run_command(handle, "pause", move |app| async move { app.pause_all_workspaces(true, end).await });
        }
        Some(MenuAction::ResumeAll) => run_command(handle, "pause", |app| async move {
            app.pause_all_workspaces(false, PauseEnd::Resumed).await
        }),
        Some(MenuAction::RefreshData { workspace, company }) => {
            run_command(handle, "refreshData", |app| async move {
                app.refresh_company_data(&workspace, &company).await
            });
        }
        Some(MenuAction::CopyLink { workspace, company, connection }) => {
            run_command(handle, "copyLinkUrl", |app| async move {
                app.copy_connection_link(Some(&workspace), &company, &connection).await
            });
        }
    }
}

/// Runs a command. An error is shown in the window.
fn run_command<F, R>(handle: &AppHandle, name: &'static str, run: F)
where
    F: FnOnce(Arc<App>) -> R + Send + 'static,
    R: Future<Output = Result<(), WireError>> + Send,
{
    let shown = handle.clone();
    with_app(handle, move |app| async move {
        if let Err(error) = run(app.clone()).await {
            tracing::warn!(%error, name, "the tray's choice failed");
            shell::show(&shown);
            app.emit(Event::Notice { tone: app::Severity::Warning, message: error.message });
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
        assert_eq!(parse_action("open"), Some(MenuAction::Open));
        assert_eq!(parse_action("pause"), Some(MenuAction::PauseAll(PauseEnd::Resumed)));
        assert_eq!(parse_action("pause hour"), Some(MenuAction::PauseAll(PauseEnd::Hour)));
        assert_eq!(parse_action("resume"), Some(MenuAction::ResumeAll));
        assert_eq!(
            parse_action("copy w a b"),
            Some(MenuAction::CopyLink {
                workspace: "w".to_owned(),
                company: "a".to_owned(),
                connection: "b".to_owned(),
            })
        );
        assert_eq!(
            parse_action("more w"),
            Some(MenuAction::Show {
                workspace: "w".to_owned(),
                company: None,
                search: Some("is:attention".to_owned())
            })
        );
        assert_eq!(
            parse_action("view w expiring"),
            Some(MenuAction::ShowView { workspace: "w".to_owned(), view: "expiring".to_owned() })
        );
        assert_eq!(parse_action("copy a b"), None, "an entry without its workspace does nothing");
    }
}
