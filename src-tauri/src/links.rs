//! Deep links from the desktop, at the start or while the app runs.

use app::App;
use clap::Parser as _;
use tauri::{AppHandle, Manager};
use tauri_plugin_deep_link::DeepLinkExt as _;

use crate::{
    arguments::Arguments,
    calls::{self, Starting},
    shell,
};

/// Registers the app for its URL scheme. With its own data folder the app is only being tried, so links stay
/// with the installed app.
pub(crate) fn register(handle: &AppHandle, has_own_folder: bool) {
    let shown = handle.clone();
    // On macOS links are events, not arguments.
    #[cfg(target_os = "macos")]
    handle.deep_link().on_open_url(move |event| {
        for url in event.urls() {
            open(&shown, url.to_string());
        }
    });
    #[cfg(not(target_os = "macos"))]
    if !has_own_folder && let Err(error) = shown.deep_link().register_all() {
        tracing::info!(%error, "links are not registered; a package registers them by itself");
    }
    #[cfg(target_os = "macos")]
    let _ = has_own_folder;
}

/// The link in the arguments of another start.
pub(crate) fn link_argument(arguments: &[String]) -> Option<String> {
    Arguments::try_parse_from(arguments).ok()?.link
}

/// Shows the window and opens a link in it.
pub(crate) fn open(handle: &AppHandle, link: String) {
    shell::show(handle);
    let starting = handle.state::<Starting>().inner().clone();
    tauri::async_runtime::spawn(async move {
        let app: Result<std::sync::Arc<App>, _> = calls::started(starting).await;
        match app {
            Ok(app) => app.open_link(&link),
            Err(error) => tracing::warn!(%error, "a link came and there is no application to open it"),
        }
    });
}

#[cfg(test)]
mod tests {
    use super::link_argument;

    #[test]
    fn a_link_is_told_from_other_arguments() {
        let of = |all: &[&str]| link_argument(&all.iter().map(|&text| text.to_owned()).collect::<Vec<_>>());
        let link = "portal-desktop://company/x";
        assert_eq!(of(&["portal-desktop", "--data-dir", "/tmp/x", link]).as_deref(), Some(link));
        assert_eq!(of(&["/opt/portal-desktop", "--codat-base", "http://127.0.0.1:1", "--hidden"]), None);
    }
}
