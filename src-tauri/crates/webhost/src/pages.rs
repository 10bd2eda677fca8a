//! The files of the interface.

use std::path::{Component, Path, PathBuf};

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

/// The location of the interface's files.
#[derive(Debug, Clone)]
pub enum Pages {
    /// In the executable. A release build embeds the files of `ui/dist`; a development build reads them from
    /// there.
    BuiltIn,
    /// In a folder.
    Folder(PathBuf),
}

/// The files of `ui/dist` at compile time. Without them the program still builds, and its page explains what
/// to do.
#[derive(RustEmbed)]
#[folder = "../../../ui/dist"]
#[allow_missing = true]
struct Built;

impl Pages {
    async fn read(&self, path: &str) -> Option<Vec<u8>> {
        match self {
            Self::BuiltIn => Built::get(path).map(|file| file.data.into_owned()),
            Self::Folder(folder) => tokio::fs::read(folder.join(inside(path)?)).await.ok(),
        }
    }
}

/// The path, unless it leads out of the folder.
fn inside(path: &str) -> Option<&Path> {
    let path = Path::new(path);
    path.components().all(|next_file_chunk| matches!(next_file_chunk, Component::Normal(_))).then_some(path)
}

/// Sends a file. A path without an extension is a route of the page.
pub(crate) async fn page(State(pages): State<Pages>, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    let is_place = Path::new(path).extension().is_none();
    let path = if is_place { "index.html" } else { path };
    match pages.read(path).await {
        Some(bytes) => file(path, bytes),
        None if is_place => (StatusCode::NOT_FOUND, NO_INTERFACE).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

const NO_INTERFACE: &str = "This program has no built-in interface. Start it with `cargo xtask run`, or \
                            build the interface (`npm run build` in ui) and pass its folder: --ui ui/dist";

fn file(path: &str, bytes: Vec<u8>) -> Response {
    // The build adds a content hash to the names of these files.
    let cache = if path.starts_with("assets/") { "private, max-age=31536000, immutable" } else { "no-store" };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type(path))),
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
    ];
    (headers, Body::from(bytes)).into_response()
}

fn content_type(path: &str) -> &'static str {
    let extension = Path::new(path).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" | "webmanifest" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out_of_the_folder() {
        assert_eq!(inside("assets/a.js"), Some(Path::new("assets/a.js")));
        for path in ["../secret.txt", "assets/../../secret.txt", "/etc/passwd", "./a.js"] {
            assert_eq!(inside(path), None, "{path}");
        }
    }
}
