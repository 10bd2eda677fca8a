//! The log: a rolling file in the state folder, in which no secret can occur.

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

/// Days that are kept.
const DAYS: usize = 7;

/// Starts the log. What it returns must live as long as the program, or the last lines are lost.
///
/// Without a folder to write to there is no log; that is no reason not to start.
pub fn start(folder: &Path) -> Option<WorkerGuard> {
    let (writer, guard) = tracing_appender::non_blocking(file(folder)?);
    let filter = EnvFilter::try_from_env("PORTAL_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_writer(writer).with_ansi(false).with_env_filter(filter).try_init().ok()?;
    Some(guard)
}

/// The file of today, and of each day that follows.
fn file(folder: &Path) -> Option<Private> {
    let file = Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix("portal")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(folder)
        .ok()?;
    let mut private = Private { file, folder: folder.to_owned(), day: None };
    private.close_to_others();
    Some(private)
}

/// A log that nobody else may read: each day's file is made closed before the day's first line goes into it.
struct Private {
    file: RollingFileAppender,
    folder: PathBuf,
    day: Option<Date>,
}

impl Private {
    fn close_to_others(&mut self) {
        let today = TimeZone::UTC.to_datetime(clock::now()).date();
        if self.day == Some(today) {
            return;
        }
        self.day = Some(today);
        // Where it cannot be done, the folder still keeps others out.
        let _ = make_private(&self.folder.join(format!("portal.{today}.log")));
    }
}

impl Write for Private {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.close_to_others();
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
