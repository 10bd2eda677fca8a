//! A program that a test started.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

use crate::patience::within;

/// A running program. It is killed with this value, and if the test is failing then, the end of
/// what it said is shown.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

/// How a program ended.
#[derive(Debug)]
pub struct Ended {
    /// It exited with 0.
    pub success: bool,
    /// What it said on both streams.
    pub said: String,
}

impl Process {
    /// Starts it, with what it says going to a file in `logs`.
    pub(crate) fn start(command: Command, logs: &Path) -> Self {
        let name = name_of(&command);
        let log = fresh_log(logs, &name);
        let out = File::create(&log).expect("a log file");
        Self::spawn(command, name, log, out.into())
    }

    fn spawn(mut command: Command, name: String, log: PathBuf, out: Stdio) -> Self {
        let err = File::options().append(true).create(true).open(&log).expect("a log file");
        command.stdout(out).stderr(err).kill_on_drop(true);
        let child = command.spawn().unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        Self { name, child, log }
    }

    /// Starts it and waits for its first line, which says where it is to be found.
    pub(crate) async fn start_and_hear(mut command: Command, logs: &Path) -> (Self, String) {
        command.stdin(Stdio::null());
        let name = name_of(&command);
        let log = fresh_log(logs, &name);
        let mut process = Self::spawn(command, name, log, Stdio::piped());
        let mut line = String::new();
        let out = process.child.stdout.take().expect("its output");
        within(&process.name, BufReader::new(out).read_line(&mut line)).await.expect("a line");
        let line = line.trim().to_owned();
        assert!(!line.is_empty(), "{} ended at its start: {}", process.name, process.said());
        (process, line)
    }

    /// Starts it and writes to it once.
    pub(crate) async fn start_and_tell(mut command: Command, logs: &Path, text: &[u8]) -> Self {
        command.stdin(Stdio::piped());
        let mut process = Self::start(command, logs);
        let mut stdin = process.child.stdin.take().expect("its input");
        stdin.write_all(text).await.expect("it reads");
        process
    }

    /// What it said so far.
    pub fn said(&self) -> String {
        std::fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Its number in the system, while it runs.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// The programs that it started and that still run.
    pub(crate) fn children(&self) -> Vec<u32> {
        let Some(id) = self.id() else { return Vec::new() };
        let text = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        text.split_whitespace().filter_map(|id| id.parse().ok()).collect()
    }

    /// Waits for its own end.
    ///
    /// # Panics
    ///
    /// When it does not end.
    pub async fn ended(mut self) -> Ended {
        let name = self.name.clone();
        let status = within(format!("the end of {name}"), self.child.wait()).await.expect("a status");
        Ended { success: status.success(), said: self.said() }
    }

    /// Sends it a signal, such as `TERM`.
    ///
    /// # Panics
    ///
    /// When it runs no more.
    pub async fn signal(&self, name: &str) {
        signal(self.id().expect("it runs"), name).await;
    }

    /// Ends it without asking, as a crash would.
    ///
    /// # Panics
    ///
    /// When it cannot be ended.
    pub async fn kill(mut self) {
        within("a kill", self.child.kill()).await.expect("killed");
    }
}

/// Sends a program a signal.
pub(crate) async fn signal(id: u32, name: &str) {
    let mut kill = Command::new("kill");
    kill.args([format!("-{name}"), id.to_string()]);
    let status = within("a signal", kill.status()).await.expect("kill");
    assert!(status.success(), "{id} runs");
}

/// Whether a program runs; one that ended and was not looked at yet does not.
pub(crate) fn process_runs(id: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with('Z'))
}

impl Drop for Process {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let said = self.said();
            let lines: Vec<&str> = said.lines().collect();
            let last = lines.len().saturating_sub(40);
            eprint_lines(&self.name, &lines[last..]);
        }
    }
}

#[expect(clippy::print_stderr, reason = "a failing test shows what its programs said")]
fn eprint_lines(name: &str, lines: &[&str]) {
    for line in lines {
        eprintln!("[{name}] {line}");
    }
}

fn name_of(command: &Command) -> String {
    let program = Path::new(command.as_std().get_program());
    program.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A log file of its own for each start.
fn fresh_log(logs: &Path, name: &str) -> PathBuf {
    let mut number = 1;
    loop {
        let path = logs.join(format!("{name}-{number}.log"));
        if !path.exists() {
            return path;
        }
        number += 1;
    }
}
