//! Starting programs: said first, shown while they run, ended when they take too long.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::Trouble;

/// How often a running program is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// How long to go on reading from what an ended program left running.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// Variables that cargo sets for the program it runs. Some build scripts of dependencies watch
/// them: handed on, they would rebuild each time xtask and cargo are used in turn.
const CARGOS_OWN: &[&str] = &[
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "CARGO_MANIFEST_LINKS",
    "CARGO_BIN_NAME",
    "CARGO_CRATE_NAME",
    "CARGO_PRIMARY_PACKAGE",
    "LD_LIBRARY_PATH",
    "OUT_DIR",
];

/// One program to start.
#[derive(Debug)]
pub(crate) struct Step {
    program: OsString,
    args: Vec<OsString>,
    dir: Option<PathBuf>,
    set: Vec<(OsString, OsString)>,
    unset: Vec<&'static str>,
    limit: Duration,
}

/// What became of a program.
#[derive(Debug)]
pub(crate) struct Ended {
    /// It exited with 0.
    pub(crate) success: bool,
    /// What it said on both streams, without colors.
    pub(crate) lines: Vec<String>,
    /// Why it did not succeed, for the summary.
    pub(crate) reason: String,
}

/// The cargo that runs us, or the one on the path.
pub(crate) fn cargo() -> Step {
    Step::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())).env("SQLX_OFFLINE", "true")
}

impl Step {
    pub(crate) fn new(program: impl Into<OsString>) -> Self {
        Self {
            program: program.into(),
            args: Vec::new(),
            dir: None,
            set: Vec::new(),
            unset: Vec::new(),
            limit: Duration::from_secs(45 * 60),
        }
    }

    pub(crate) fn args<T: Into<OsString>>(mut self, args: impl IntoIterator<Item = T>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    pub(crate) fn dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.dir = Some(dir.as_ref().to_owned());
        self
    }

    pub(crate) fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.set.push((name.into(), value.into()));
        self
    }

    pub(crate) fn without(mut self, names: &[&'static str]) -> Self {
        self.unset.extend(names);
        self
    }

    /// Ends the program and all it started when it takes longer. Standard is 45 minutes.
    pub(crate) fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// As one would type it.
    pub(crate) fn line(&self) -> String {
        let name = Path::new(&self.program).file_stem().unwrap_or(&self.program);
        let words = std::iter::once(name).chain(self.args.iter().map(OsString::as_os_str));
        words.map(quoted).collect::<Vec<_>>().join(" ")
    }

    /// The same, as the standard library's builder.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args);
        for (name, _) in std::env::vars_os() {
            let known = name.to_str().unwrap_or_default();
            if CARGOS_OWN.contains(&known) || known.starts_with("CARGO_PKG_") {
                command.env_remove(&name);
            }
        }
        for name in &self.unset {
            command.env_remove(name);
        }
        command.envs(self.set.iter().map(|(name, value)| (name, value)));
        if let Some(dir) = &self.dir {
            command.current_dir(dir);
        }
        command
    }

    /// Runs with the terminal as it is: for what asks questions or draws progress.
    pub(crate) fn attached(&self) -> Result<(), Trouble> {
        println!("$ {}", self.line());
        self.unsaid()
    }

    /// The same, without saying so: for what is read by another program.
    pub(crate) fn unsaid(&self) -> Result<(), Trouble> {
        let status = self.command().status().map_err(|error| self.not_started(&error))?;
        if status.success() { Ok(()) } else { Err(format!("`{}` failed ({status}).", self.line())) }
    }

    /// Runs silently. What it said on standard output, if it succeeded.
    pub(crate) fn answer(&self) -> Option<String> {
        let output = self.command().stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Runs, shows and keeps what it says, and ends it at its limit.
    pub(crate) fn run(&self) -> Ended {
        println!("$ {}", self.line());
        self.watch(true)
    }

    /// Runs and keeps what it says without showing it.
    pub(crate) fn run_quietly(&self) -> Ended {
        self.watch(false)
    }

    fn watch(&self, show: bool) -> Ended {
        let started =
            self.command().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        match started {
            Ok(child) => self.follow(child, show),
            Err(error) => Ended { success: false, lines: Vec::new(), reason: self.not_started(&error) },
        }
    }

    fn follow(&self, mut child: Child, show: bool) -> Ended {
        let (sender, receiver) = mpsc::channel();
        if let Some(out) = child.stdout.take() {
            read_lines(out, sender.clone());
        }
        if let Some(err) = child.stderr.take() {
            read_lines(err, sender);
        }
        let mut lines = Vec::new();
        let mut status = None;
        let mut silent = false;
        let mut deadline = Instant::now() + self.limit;
        while !(silent && status.is_some()) {
            match receiver.recv_timeout(LOOK) {
                Ok(line) => {
                    if show {
                        let _ = writeln!(std::io::stdout(), "{line}");
                    }
                    lines.push(without_colors(&line));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    silent = true;
                    thread::sleep(LOOK);
                }
            }
            if status.is_none() {
                status = child.try_wait().ok().flatten();
                if status.is_some() {
                    deadline = deadline.min(Instant::now() + LAST_WORDS);
                }
            }
            if Instant::now() >= deadline {
                if status.is_none() {
                    end_with_children(&mut child);
                }
                break;
            }
        }
        match status {
            Some(status) if status.success() => Ended { success: true, lines, reason: String::new() },
            Some(status) => Ended { success: false, lines, reason: format!("`{}`: {status}", self.line()) },
            None => {
                let reason = format!("`{}` was ended after {} s", self.line(), self.limit.as_secs());
                Ended { success: false, lines, reason }
            }
        }
    }

    fn not_started(&self, error: &std::io::Error) -> Trouble {
        format!("`{}` could not be started: {error}", Path::new(&self.program).display())
    }
}

fn read_lines(stream: impl Read + Send + 'static, sender: mpsc::Sender<String>) {
    thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        let mut line = Vec::new();
        while stream.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&line);
            if sender.send(text.trim_end_matches(['\n', '\r']).to_owned()).is_err() {
                return;
            }
            line.clear();
        }
    });
}

/// Ends a program and everything below it, which would otherwise keep ports and displays.
pub(crate) fn end_with_children(child: &mut Child) {
    let below = descendants(child.id());
    let _ = child.kill();
    for process in below {
        let process = process.to_string();
        let quiet = |mut command: Command| {
            let _ = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        };
        let mut command = Command::new(if cfg!(windows) { "taskkill" } else { "kill" });
        if cfg!(windows) {
            command.args(["/F", "/PID", &process]);
        } else {
            command.args(["-KILL", &process]);
        }
        quiet(command);
    }
    let _ = child.wait();
}

/// All processes below one, nearest first. Known on Linux, where the system's list is a folder.
fn descendants(of: u32) -> Vec<u32> {
    let Ok(folder) = std::fs::read_dir("/proc") else { return Vec::new() };
    let pairs: Vec<(u32, u32)> = folder
        .filter_map(|entry| {
            let process = entry.ok()?.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
            Some((process, parent_in(&stat)?))
        })
        .collect();
    let mut found = vec![of];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        found.extend(pairs.iter().filter(|pair| pair.1 == parent).map(|pair| pair.0));
        next += 1;
    }
    found.split_off(1)
}

/// The parent in a line of `/proc/PID/stat`. The name before it may hold blanks and brackets.
fn parent_in(stat: &str) -> Option<u32> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// A line as it reads without terminal colors, for counting.
fn without_colors(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            characters.find(char::is_ascii_alphabetic);
        } else {
            plain.push(character);
        }
    }
    plain
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    if word.is_empty() || word.contains([' ', '(', '*', '\'', '&']) {
        format!("{word:?}")
    } else {
        word.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_are_left_out() {
        assert_eq!(without_colors("\u{1b}[32;1m 3 passed\u{1b}[0m (2s)"), " 3 passed (2s)");
    }

    #[test]
    fn a_parent_is_found_behind_any_name() {
        assert_eq!(parent_in("71 (a ) (b) S 42 71 71 0"), Some(42));
    }

    #[cfg(unix)]
    #[test]
    fn both_streams_are_kept_and_the_exit_is_told() {
        let ended = Step::new("sh").args(["-c", "echo one; echo two >&2; exit 3"]).run_quietly();
        let mut lines = ended.lines.clone();
        lines.sort();
        assert_eq!(lines, ["one", "two"]);
        assert!(!ended.success && ended.reason.contains('3'), "{ended:?}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_takes_too_long_is_ended_with_its_children() {
        let script = "sleep 1000 & echo $!; wait";
        let ended = Step::new("sh").args(["-c", script]).limit(Duration::from_millis(300)).run_quietly();
        assert!(ended.reason.contains("was ended"), "{ended:?}");
        let child = ended.lines.first().expect("the script tells its child");
        let lives = || {
            std::fs::read_to_string(format!("/proc/{child}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
        };
        let deadline = Instant::now() + Duration::from_secs(20);
        while lives() && Instant::now() < deadline {
            thread::yield_now();
        }
        assert!(!lives(), "the child goes too");
    }
}
