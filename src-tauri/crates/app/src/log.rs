//! The log: a rolling file in the state folder, in which no secret can occur.

use std::path::Path;

use tracing_appender::{
    non_blocking::WorkerGuard,
    rolling::{Builder, Rotation},
};
use tracing_subscriber::EnvFilter;

/// Days that are kept.
const DAYS: usize = 7;

/// Starts the log. What it returns must live as long as the program, or the last lines are lost.
///
/// Without a folder to write to there is no log; that is no reason not to start.
pub fn start(folder: &Path) -> Option<WorkerGuard> {
    let file = Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix("portal")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(folder)
        .ok()?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    let filter = EnvFilter::try_from_env("PORTAL_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_writer(writer).with_ansi(false).with_env_filter(filter).try_init().ok()?;
    Some(guard)
}
