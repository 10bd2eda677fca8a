//! *Export diagnostics*: an archive for support with the log, the panic reports and the state of the app.

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use serde::Serialize;
use ts_rs::TS;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::Nothing;
use crate::{
    app::App,
    atomic_file::{file_name_of, save_error},
    clock,
    error::{Code, WireError},
};

/// The maximum size of a log file in the archive, in bytes. Of a larger file, the end is included.
const MAX_LOG_BYTES: u64 = 5 * 1024 * 1024;

/// A saved file.
#[derive(Debug, Clone, Default, Serialize, TS)]
pub(crate) struct SavedFile {
    /// Its path. None if the user cancelled the dialog, or if the page must save the file.
    pub path: Option<String>,
    /// The ID under which the page downloads the file.
    pub download: Option<String>,
}

impl App {
    /// Saves the archive where the user chooses.
    pub(crate) async fn export_diagnostics(&self, _: Nothing) -> Result<SavedFile, WireError> {
        let name = format!("portal-desktop-diagnostics-{}.zip", clock::now().strftime("%Y-%m-%d"));
        let Some(target) = self.ask_for_target(&name).await? else { return Ok(SavedFile::default()) };
        let about = self.about().await?;
        let (path, folders) = (target.path.clone(), [self.folders.log(), self.folders.panics()]);
        let written = tokio::task::spawn_blocking(move || write(&path, &about, &folders)).await;
        let display_name = if target.download.is_some() { name.clone() } else { file_name_of(&target.path) };
        written
            .map_err(io::Error::other)
            .and_then(|written| written)
            .map_err(|error| save_error(&display_name, &error))?;
        let (path, download) = self.exports.saved(target, self.shown_workspace().await.id(), name);
        Ok(SavedFile { path, download })
    }

    /// The state of the app, without names of workspaces and companies.
    async fn about(&self) -> Result<String, WireError> {
        let session = self.session_now().await?;
        let mut text = format!(
            "Portal Desktop {} on {}, {}\n\n",
            session.host.version,
            session.host.platform,
            clock::now()
        );
        for (place, workspace) in (1..).zip(&session.workspaces) {
            let is_shown = workspace.id == session.current;
            // Writing to a `String` does not fail.
            let _ = writeln!(
                text,
                "Workspace {place}: {:?}, shown {is_shown}, watched {}, {:?}, key {:?}, state {:?}",
                workspace.kind, workspace.watched, workspace.safe_mode, workspace.key_state, workspace.state,
            );
        }
        let health = serde_json::to_string_pretty(&session.health);
        let codes: Vec<Code> = session.notices.iter().map(|notice| notice.code).collect();
        let _ = writeln!(text, "\nNotices: {codes:?}\n\nState: {}", health.unwrap_or_default());
        Ok(text)
    }
}

/// Writes the archive with private permissions.
fn write(target: &Path, about: &str, folders: &[PathBuf]) -> io::Result<()> {
    let home = std::env::home_dir();
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Stored).unix_permissions(0o600);
    let mut archive = ZipWriter::new(crate::folders::private_file(target)?);
    archive.start_file("about.txt", options)?;
    archive.write_all(redacted(about, home.as_deref()).as_bytes())?;
    for folder in folders {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut paths: Vec<_> = entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
        paths.sort();
        for path in paths {
            let text = newest_part(&path)?;
            archive.start_file(file_name_of(&path), options)?;
            archive.write_all(redacted(&text, home.as_deref()).as_bytes())?;
        }
    }
    archive.finish()?.sync_all()
}

/// The end of a file, from the start of a line.
fn newest_part(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let from = length.saturating_sub(MAX_LOG_BYTES);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let is_whole = from == 0;
    Ok(if is_whole { text } else { text.split_once('\n').map_or(String::new(), |(_, rest)| rest.to_owned()) })
}

/// Removes the path of the home folder, and everything after the word `Basic`. Keys are never logged by the
/// app; this is for text of other programs.
fn redacted(text: &str, home: Option<&Path>) -> String {
    const SECRET: &str = "Basic ";
    let home = home.map(|home| home.display().to_string()).filter(|home| home.len() > 1);
    let text = home.map_or_else(|| text.to_owned(), |home| text.replace(&home, "~"));
    let mut parts = text.split(SECRET);
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.find(|c: char| !(c.is_ascii_alphanumeric() || "+/=_-".contains(c)));
        result.push_str(SECRET);
        result.push_str("[redacted]");
        result.push_str(rest.map_or("", |rest| &part[rest..]));
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_has_the_log_and_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        std::fs::create_dir(&log).unwrap();
        std::fs::write(log.join("portal.log"), "first\nsaid Basic c2VjcmV0LWtleQ== back\n").unwrap();
        let target = folder.path().join("x.zip");
        write(&target, "about", &[log, folder.path().join("none")]).unwrap();
        let mut archive = zip::ZipArchive::new(File::open(&target).unwrap()).unwrap();
        assert_eq!(archive.len(), 2);
        let mut text = String::new();
        archive.by_name("portal.log").unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "first\nsaid Basic [redacted] back\n");
    }

    #[test]
    fn the_home_folder_is_not_named() {
        assert_eq!(redacted("at /home/ada/x", Some(Path::new("/home/ada"))), "at ~/x");
    }
}
