//! Links that the desktop hands over: to this program when it starts, or to the one that runs already.

use app::App;
use clap::Parser as _;
use tauri::{AppHandle, Manager};
use tauri_plugin_deep_link::DeepLinkExt as _;

use crate::{
    arguments::Arguments,
    calls::{self, Starting},
    shell,
};

/// Has the desktop hand links of ours to this program. A folder of one's own is for trying things: links go to the
/// program that is installed.
pub(crate) fn register(handle: &AppHandle, has_own_folder: bool) {
    let shown = handle.clone();
    // Where links do not come as arguments.
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

/// The link among the arguments of another start, if there is one.
pub(crate) fn among(arguments: &[String]) -> Option<String> {
    Arguments::try_parse_from(arguments).ok()?.link
}

/// Shows the window, and in it what the link names.
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
    use super::among;

    #[test]
    fn a_link_is_told_from_other_arguments() {
        let of = |all: &[&str]| among(&all.iter().map(|&text| text.to_owned()).collect::<Vec<_>>());
        let link = "portal-desktop://company/x";
        assert_eq!(of(&["portal-desktop", "--data-dir", "/tmp/x", link]).as_deref(), Some(link));
        assert_eq!(of(&["/opt/portal-desktop", "--codat-base", "http://127.0.0.1:1", "--hidden"]), None);
    }
}
