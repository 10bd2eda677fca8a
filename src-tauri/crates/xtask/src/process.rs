//! Running programs that may hang.

use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use xshell::Cmd;

/// How often a running program is looked at.
const POLL: Duration = Duration::from_millis(50);

/// Runs a program and shows its output. Kills it and all it started when it takes longer than `limit`, which xshell
/// cannot do.
pub(crate) fn run(command: Cmd<'_>, limit: Duration) -> anyhow::Result<()> {
    println!("$ {command}");
    run_with_output(command, Stdio::inherit(), limit)
}

/// The same without showing it: its standard output goes to a file.
pub(crate) fn run_into(file: File, command: Cmd<'_>, limit: Duration) -> anyhow::Result<()> {
    run_with_output(command, file.into(), limit)
}

fn run_with_output(command: Cmd<'_>, output: Stdio, limit: Duration) -> anyhow::Result<()> {
    let name = command.to_string();
    let mut child = Command::from(command)
        .stdin(Stdio::null())
        .stdout(output)
        .spawn()
        .with_context(|| format!("couldn’t start `{name}`"))?;
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            ensure!(status.success(), "`{name}`: {status}");
            return Ok(());
        }
        if Instant::now() >= deadline {
            kill_tree(&mut child);
            bail!("we ended `{name}` after {} s", limit.as_secs());
        }
        thread::sleep(POLL);
    }
}

/// Runs a program silently. Its standard output, if it succeeded.
pub(crate) fn output_of(command: Cmd<'_>) -> Option<String> {
    command.quiet().ignore_stderr().read().ok()
}

/// Kills a program and everything that it started, which would otherwise keep ports and displays.
///
/// A process group of its own would be simpler, but then Ctrl+C at the terminal would no longer reach the program.
pub(crate) fn kill_tree(child: &mut Child) {
    if cfg!(windows) {
        let id = child.id().to_string();
        let _ = Command::new("taskkill").args(["/T", "/F", "/PID", &id]).stdout(Stdio::null()).status();
    } else {
        let ids = descendants(child.id()).into_iter().map(|id| id.to_string());
        let _ = child.kill();
        let _ = Command::new("kill").arg("-KILL").args(ids).stderr(Stdio::null()).status();
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// All processes below one. Only Linux says who started whom without another program.
fn descendants(id: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let children_of: Vec<(u32, u32)> = processes
        .filter_map(|entry| {
            let id = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            Some((parent_in(&stat)?, id))
        })
        .collect();
    let mut found = vec![id];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        found.extend(children_of.iter().filter(|(of, _)| *of == parent).map(|(_, id)| id));
        next += 1;
    }
    found.split_off(1)
}

/// The parent in `/proc/ID/stat`. The name before it may contain spaces and parentheses.
fn parent_in(stat: &str) -> Option<u32> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parent_is_found_behind_any_name() {
        assert_eq!(parent_in("71 (a ) (b) S 42 71 71 0"), Some(42));
    }

    #[cfg(unix)]
    #[test]
    fn the_exit_of_a_program_that_failed_is_told() {
        let shell = xshell::Shell::new().expect("a shell");
        let error =
            run(shell.cmd("sh").args(["-c", "exit 3"]), Duration::from_secs(60)).expect_err("it failed");
        assert!(error.to_string().contains("exit status: 3"), "{error}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_takes_too_long_is_ended_with_its_children() {
        let shell = xshell::Shell::new().expect("a shell");
        let folder = shell.create_temp_dir().expect("a folder");
        let file = folder.path().join("child");
        let script = format!("sleep 1000 & echo $! > {}; wait", file.display());
        let error = run(shell.cmd("sh").args(["-c", &script]), Duration::from_secs(1)).expect_err("it hangs");
        assert!(error.to_string().contains("we ended"), "{error}");
        let child = fs::read_to_string(file).expect("the script writes its child");
        let lives = || {
            let stat = fs::read_to_string(format!("/proc/{}/stat", child.trim()));
            stat.is_ok_and(|stat| !stat.contains(") Z "))
        };
        let deadline = Instant::now() + Duration::from_secs(20);
        while lives() && Instant::now() < deadline {
            thread::yield_now();
        }
        assert!(!lives(), "the child goes too");
    }
}
