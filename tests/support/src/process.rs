//! A started program.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

use crate::polling::within;

/// A running program. It is killed when it is dropped; if the test is failing then, the end of its output is
/// printed.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

/// How a program ended.
#[derive(Debug)]
pub struct ExitResult {
    /// Whether it exited with 0.
    pub success: bool,
    /// Its output on both streams.
    pub output: String,
}

impl Process {
    /// Starts a program; its output goes to a file in `logs`.
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

    /// Starts a program and reads its first line, which has its address.
    pub(crate) async fn start_and_read_line(mut command: Command, logs: &Path) -> (Self, String) {
        command.stdin(Stdio::null());
        let name = name_of(&command);
        let log = fresh_log(logs, &name);
        let mut process = Self::spawn(command, name, log, Stdio::piped());
        let mut line = String::new();
        let out = process.child.stdout.take().expect("its output");
        within(&process.name, BufReader::new(out).read_line(&mut line)).await.expect("a line");
        let line = line.trim().to_owned();
        assert!(!line.is_empty(), "{} ended at its start: {}", process.name, process.output());
        (process, line)
    }

    /// Starts a program and writes to its input once.
    pub(crate) async fn start_and_write(mut command: Command, logs: &Path, text: &[u8]) -> Self {
        command.stdin(Stdio::piped());
        let mut process = Self::start(command, logs);
        let mut stdin = process.child.stdin.take().expect("its input");
        stdin.write_all(text).await.expect("it reads");
        process
    }

    /// The output so far.
    pub fn output(&self) -> String {
        std::fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// Whether it is still running.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Its process ID, while it is running.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Its running child processes.
    pub(crate) fn children(&self) -> Vec<u32> {
        let Some(id) = self.id() else { return Vec::new() };
        let text = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        text.split_whitespace().filter_map(|id| id.parse().ok()).collect()
    }

    /// Waits until it ends by itself.
    ///
    /// # Panics
    ///
    /// If it does not end.
    pub async fn ended(mut self) -> ExitResult {
        let name = self.name.clone();
        let status = within(format!("the end of {name}"), self.child.wait()).await.expect("a status");
        ExitResult { success: status.success(), output: self.output() }
    }

    /// Sends a signal, for example `TERM`.
    ///
    /// # Panics
    ///
    /// If it is not running.
    pub async fn signal(&self, name: &str) {
        signal(self.id().expect("it runs"), name).await;
    }

    /// Kills it, as a crash would end it.
    ///
    /// # Panics
    ///
    /// If it cannot be killed.
    pub async fn kill(mut self) {
        within("a kill", self.child.kill()).await.expect("killed");
    }
}

/// Sends a signal to a process.
pub(crate) async fn signal(id: u32, name: &str) {
    let mut kill = Command::new("kill");
    kill.args([format!("-{name}"), id.to_string()]);
    let status = within("a signal", kill.status()).await.expect("kill");
    assert!(status.success(), "{id} runs");
}

/// Whether a process is running. Zombies are not.
pub(crate) fn is_process_running(id: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with('Z'))
}

impl Drop for Process {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let output = self.output();
            let lines: Vec<&str> = output.lines().collect();
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

/// A new log file for each start.
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
