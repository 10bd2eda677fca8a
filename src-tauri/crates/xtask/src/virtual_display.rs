//! A display and a desktop bus for a machine that has neither.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use xshell::Cmd;

use crate::packages::program;
use crate::process::kill_tree;
use crate::repository::Repository;

/// An X server without a screen and a bus of its own; both end with this value.
#[derive(Debug)]
pub(crate) struct VirtualDisplay {
    name: String,
    bus: String,
    runtime: PathBuf,
    children: Vec<Child>,
}

impl VirtualDisplay {
    /// Starts both.
    pub(crate) fn start(repository: &Repository) -> Result<Self> {
        let runtime = repository.state().join("runtime");
        private_folder(&runtime).with_context(|| format!("can’t create {}", runtime.display()))?;
        let mut display =
            Self { name: String::new(), bus: String::new(), runtime: runtime.clone(), children: Vec::new() };
        let screen = ["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp"];
        display.name = format!(":{}", display.spawn(repository.command("Xvfb").args(screen))?);
        let bus = ["--session", "--nofork", "--print-address=1"];
        display.bus = display.spawn(repository.command("dbus-daemon").args(bus))?;
        Ok(display)
    }

    /// The display, as in `DISPLAY`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The command on this display.
    pub(crate) fn apply<'a>(&self, command: Cmd<'a>) -> Cmd<'a> {
        command
            .env("DISPLAY", &self.name)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("XDG_RUNTIME_DIR", &self.runtime)
            .env("NO_AT_BRIDGE", "1")
    }

    /// Starts a program and waits for its first line. With `setpriv` it ends with this program, even if that is killed.
    fn spawn(&mut self, command: Cmd<'_>) -> Result<String> {
        let name = command.to_string();
        let command = Command::from(command.env("XDG_RUNTIME_DIR", &self.runtime));
        let mut tied = Command::new("setpriv");
        tied.args(["--pdeathsig", "TERM", "--"]).arg(command.get_program()).args(command.get_args());
        tied.env("XDG_RUNTIME_DIR", &self.runtime);
        let mut command = if program("setpriv").is_some() { tied } else { command };
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("couldn’t start `{name}`"))?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            let _ = BufReader::new(output).read_line(&mut line);
        }
        self.children.push(child);
        let line = line.trim();
        ensure!(!line.is_empty(), "`{name}` didn’t start");
        Ok(line.to_owned())
    }
}

impl Drop for VirtualDisplay {
    fn drop(&mut self) {
        for child in &mut self.children {
            kill_tree(child);
        }
    }
}

fn private_folder(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}
