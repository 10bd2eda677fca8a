//! Panic reports: each panic is written to a file, and the next start shows a notice.
//!
//! A report has the code location and the backtrace. It has no text that was formatted at run time, because
//! that could contain data of a server or a customer.

use std::{
    backtrace::Backtrace,
    fmt::Write as _,
    io,
    panic::PanicHookInfo,
    path::{Path, PathBuf},
};

use domain::Severity;
use jiff::Timestamp;

use crate::{clock, error::Code, folders::write_private, wire::Notice};

/// The extension of a report that the user has not seen.
const UNSEEN: &str = "txt";
/// The extension of a report that the user has seen.
const SEEN: &str = "told.txt";
const MAX_REPORTS: usize = 10;

/// Installs a panic hook that writes a report into this folder and then calls the previous hook.
pub fn report_to(folder: &Path) {
    let folder = folder.to_owned();
    let previous_hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let text = report(info, &Backtrace::force_capture(), clock::now());
        tracing::error!(place = ?info.location().map(ToString::to_string), "a panic");
        if let Err(error) = write(&folder, &text, clock::now()) {
            tracing::error!(%error, "the report of a panic could not be written");
        }
        previous_hook(info);
    }));
}

/// The notice about new reports. It renames them, so that each is shown once.
pub(crate) fn take_notice(folder: &Path) -> Option<Notice> {
    let mut reports = reports(folder);
    let is_new = |path: &PathBuf| !path.to_string_lossy().ends_with(SEEN);
    let newest = reports.iter().rev().find(|path| is_new(path)).cloned()?;
    for path in reports.iter_mut().filter(|path| is_new(path)) {
        let seen = path.with_extension(SEEN);
        match std::fs::rename(&*path, &seen) {
            Ok(()) => *path = seen,
            Err(error) => {
                tracing::warn!(%error, "a report of a panic could not be marked as seen, so the next start shows it again")
            }
        }
    }
    for old in reports.iter().rev().skip(MAX_REPORTS) {
        if let Err(error) = std::fs::remove_file(old) {
            tracing::warn!(%error, "an old report of a panic could not be deleted");
        }
    }
    Some(Notice {
        id: "panic".to_owned(),
        tone: Severity::Warning,
        code: Code::Internal,
        message: "Portal Desktop had an internal error in its last session. Your data is intact. Send us \
                  the report if this happens again."
            .to_owned(),
        detail: Some(newest.with_extension(SEEN).display().to_string()),
    })
}

/// The reports in a folder, oldest first.
fn reports(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == UNSEEN));
    paths.sort();
    paths
}

fn report(info: &PanicHookInfo, calls: &Backtrace, now: Timestamp) -> String {
    let mut text = format!("Portal Desktop {}, {}, {now}\n", env!("CARGO_PKG_VERSION"), std::env::consts::OS);
    let thread = std::thread::current();
    // Writing to a `String` does not fail.
    let _ = writeln!(text, "Thread: {}", thread.name().unwrap_or("unnamed"));
    if let Some(place) = info.location() {
        let _ = writeln!(text, "Place: {place}");
    }
    if let Some(message) = info.payload().downcast_ref::<&'static str>() {
        let _ = writeln!(text, "Message: {message}");
    }
    let _ = writeln!(text, "\n{calls}");
    text
}

fn write(folder: &Path, text: &str, now: Timestamp) -> io::Result<()> {
    crate::folders::private_folder(folder)?;
    let name = now.strftime("%Y%m%dT%H%M%S%3fZ");
    write_private(&folder.join(format!("{name}.{UNSEEN}")), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_told_about_once_and_old_ones_go() {
        let folder = tempfile::tempdir().unwrap();
        assert!(take_notice(folder.path()).is_none(), "nothing happened");
        for second in 0..15 {
            write(folder.path(), "report", Timestamp::from_second(1_800_000_000 + second).unwrap()).unwrap();
        }
        let notice = take_notice(folder.path()).unwrap();
        assert!(std::fs::exists(notice.detail.unwrap()).unwrap());
        assert!(take_notice(folder.path()).is_none(), "told once");
        assert_eq!(reports(folder.path()).len(), MAX_REPORTS);
    }

    #[test]
    fn a_report_has_the_place_and_no_text_that_was_formatted() {
        let secret = "a-key-that-must-not-be-found";
        let reported = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
        let into = reported.clone();
        let previous_hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            into.lock().unwrap().push_str(&report(info, &Backtrace::disabled(), Timestamp::UNIX_EPOCH));
        }));
        let formatted = std::panic::catch_unwind(|| panic!("{secret}"));
        let constant = std::panic::catch_unwind(|| panic!("the list is empty"));
        std::panic::set_hook(previous_hook);
        assert!(formatted.is_err() && constant.is_err());
        let text = reported.lock().unwrap().clone();
        assert!(text.contains("panics.rs:") && text.contains("Message: the list is empty"), "{text}");
        assert!(!text.contains(secret), "{text}");
    }
}
