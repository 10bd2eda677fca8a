//! The log: daily files in the state folder. No secret is ever logged.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use jiff::{civil::Date, tz::TimeZone};
use tracing_appender::{
    non_blocking::WorkerGuard,
    rolling::{Builder, RollingFileAppender, Rotation},
};
use tracing_subscriber::EnvFilter;

use crate::{clock, folders::make_private};

/// The number of daily files that are kept.
const MAX_LOG_FILES: usize = 7;

/// Starts the log. The returned guard must exist until the end of the process, or the last lines are lost.
///
/// Without a writable folder there is no log, and the app starts anyway.
pub fn start(folder: &Path) -> Option<WorkerGuard> {
    let (writer, guard) = tracing_appender::non_blocking(file(folder)?);
    let filter = EnvFilter::try_from_env("PORTAL_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_writer(writer).with_ansi(false).with_env_filter(filter).try_init().ok()?;
    Some(guard)
}

/// The log files, one for each day.
fn file(folder: &Path) -> Option<PrivateLog> {
    let file = Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix("portal")
        .filename_suffix("log")
        .max_log_files(MAX_LOG_FILES)
        .build(folder)
        .ok()?;
    let mut private = PrivateLog { file, folder: folder.to_owned(), day: None };
    private.restrict_permissions();
    Some(private)
}

/// A log that only the user can read: the file of a day is created with its permissions before the first line
/// is written.
struct PrivateLog {
    file: RollingFileAppender,
    folder: PathBuf,
    day: Option<Date>,
}

impl PrivateLog {
    fn restrict_permissions(&mut self) {
        let today = TimeZone::UTC.to_datetime(clock::now()).date();
        if self.day == Some(today) {
            return;
        }
        self.day = Some(today);
        // If it fails, the permissions of the folder still protect the file.
        let _ = make_private(&self.folder.join(format!("portal.{today}.log")));
    }
}

impl Write for PrivateLog {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.restrict_permissions();
        self.file.write(line)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_a_log_of_any_day() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let mut file = file(folder.path()).unwrap();
        file.write_all(b"line\n").unwrap();
        file.flush().unwrap();
        let mut read = 0;
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let entry = entry.unwrap();
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
            read += entry.metadata().unwrap().len();
        }
        assert_eq!(read, 5);
    }
}
